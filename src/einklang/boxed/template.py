"""The process of which those that read are copies (forks), so that nothing need be imported for each file.

It opens no file and knows no job. In, on standard input: a socket over which come, for each job, one byte and three
open files: a socket to the one who asks, the place of the answer, the place of errors. A copy reads the job from the
socket, reads one file (`child`) and ends; its exit code is then written to the socket in four bytes. Where the other
end of a socket is closed before, the copy is killed. When standard input ends, the template ends after its copies.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterable

from einklang.boxed import child

FILES = 3


def main() -> None:
    """Serves until standard input ends."""
    # Ctrl-C reaches every process of a terminal. The one that asks decides, and closes its sockets.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    line = socket.socket(fileno=sys.stdin.fileno())
    bell, rings = socket.socketpair()
    for one in (bell, rings):
        one.setblocking(False)
    signal.set_wakeup_fd(rings.fileno(), warn_on_full_buffer=False)
    watch = select.poll()
    for one in (line, bell):
        watch.register(one, select.POLLIN)
    # What is here stays: copies need not look through it, nor take pages of their own for it.
    gc.freeze()
    jobs: dict[int, tuple[int, socket.socket]] = {}
    is_open = True
    while is_open or jobs:
        told = {file for file, _ in watch.poll()}
        for file in told & jobs.keys():
            watch.unregister(file)
            os.kill(jobs[file][0], signal.SIGKILL)
        if line.fileno() in told:
            if files := _taken(line):
                process = _fork(files, [line, bell, rings, *(asker for _, asker in jobs.values())])
                jobs[files[0]] = process, socket.socket(fileno=files[0])
                # Without a mask, a poll tells only that the other end is closed.
                watch.register(files[0], 0)
            else:
                watch.unregister(line)
                is_open = False
        if bell.fileno() in told:
            bell.recv(4096)
            for file in [file for file in jobs if _has_told(*jobs[file])]:
                del jobs[file]
                with contextlib.suppress(KeyError):
                    watch.unregister(file)


def _taken(line: socket.socket) -> list[int]:
    """The open files of the next job; none at the end, or where no more can be opened."""
    try:
        _, files, _, _ = socket.recv_fds(line, 1, FILES)
    except ConnectionError:
        return []
    return files if len(files) == FILES else []


def _fork(files: list[int], others: Iterable[socket.socket]) -> int:
    """Number of the new process, which has the files given as its standard files, and no other."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for one in others:
                one.close()
            for number, file in enumerate(files):
                os.dup2(file, number)
                os.close(file)
            child.main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        except BaseException:
            traceback.print_exc()
        finally:
            # A copy must not go on with what the template does.
            os._exit(code)
    for file in files[1:]:
        os.close(file)
    return process


def _has_told(process: int, asker: socket.socket) -> bool:
    """Whether the process has ended; if so, its exit code is told."""
    ended, status = os.waitpid(process, os.WNOHANG)
    if ended:
        with asker, contextlib.suppress(OSError):
            asker.send(os.waitstatus_to_exitcode(status).to_bytes(4, "little", signed=True))
    return bool(ended)
