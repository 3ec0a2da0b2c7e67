"""A lock on a file that dies with its holder: of two processes or threads one gets it.

The operating system gives the lock up when the process ends, however it ends; nothing is left behind
that somebody would have to judge stale. The file itself is never changed.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_held: set[str] = set()
_guard = threading.Lock()

if sys.platform == "win32":
    import msvcrt

    # Locks are mandatory there: a byte far behind the end keeps the content readable.
    _FAR = 2**30

    def _lock(handle: int) -> bool:
        try:
            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def claim(path: Path) -> Iterator[bool]:
    """Whether the file is ours until the end of the block. Never waits."""
    name = os.path.realpath(path)
    # Network file systems may lock per process, not per handle; threads are kept apart here.
    with _guard:
        is_ours = name not in _held
        if is_ours:
            _held.add(name)
    if not is_ours:
        yield False
        return
    try:
        # Some network file systems lock only what is open for writing.
        handle = os.open(path, os.O_RDWR)
        try:
            yield _lock(handle)
        finally:
            os.close(handle)
    finally:
        with _guard:
            _held.discard(name)
