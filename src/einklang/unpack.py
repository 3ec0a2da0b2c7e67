"""Opens gzip and ZIP: every member a file of its own under a generated name, counted while it is unpacked.

Names of members are shown and never used as paths. One level only: an archive in an archive is refused.
"""

from __future__ import annotations

import gzip
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from einklang.container import (
    MAX_RATIO,
    MAX_UNPACKED,
    RATIO_FROM,
    Kind,
    Limit,
    Unreadable,
    directory_limit,
    kind_of,
)

MAX_FILES = 50
_CHUNK = 1024 * 1024
_LEFT_BEHIND = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_PACKED = frozenset({Kind.GZIP, Kind.ARCHIVE, Kind.BROKEN_ARCHIVE})
_DAMAGED = (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, OSError, NotImplementedError, ValueError)


class Readable(Protocol):
    """Bytes in pieces."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Part:
    """A file to be read: where it lies, what the sender calls it, and which member it is (0: the file itself)."""

    path: Path
    name: str
    kind: Kind
    member: int = 0


Opened = tuple[Part, ...] | Limit | Unreadable


@contextmanager
def opened(path: Path, name: str) -> Iterator[Opened]:
    """The file itself, or the members of an archive, which exist as long as the context does."""
    kind = kind_of(path)
    if kind not in {Kind.GZIP, Kind.ARCHIVE}:
        yield (Part(path, name, kind),)
        return
    with tempfile.TemporaryDirectory(prefix=f"einklang-{os.getpid()}-") as folder:
        try:
            found = _gunzip(path, name, Path(folder)) if kind is Kind.GZIP else _unzip(path, name, Path(folder))
        except _DAMAGED:
            found = Unreadable("file_is_broken_zip")
        yield found


def _gunzip(path: Path, name: str, folder: Path) -> Opened:
    target = folder / "1"
    with gzip.open(path) as stream:
        limit = _copy(stream, target, path.stat().st_size, 0)
    if limit is not None:
        return limit
    inner = name[: -len(".gz")] if name.lower().endswith(".gz") else name
    return _of_one_level((Part(target, inner, kind_of(target), 1),))


def _unzip(path: Path, name: str, folder: Path) -> Opened:
    if limit := directory_limit(path):
        return limit
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if any(not _is_harmless(member) for member in members):
            return Limit("limit_names", sum(not _is_harmless(member) for member in members), 0)
        members = [member for member in members if not _is_left_behind(member.filename)]
        if not members:
            return Unreadable("archive_is_empty")
        if len(members) > MAX_FILES:
            return Limit("limit_files", len(members), MAX_FILES)
        if len({member.filename.casefold() for member in members}) < len(members):
            return Limit("limit_twice", 2, 1)
        if any(member.flag_bits & 1 for member in members):
            return Unreadable("file_is_protected")
        parts = []
        size = 0
        for number, member in enumerate(members, 1):
            target = folder / f"{number}"
            with archive.open(member) as stream:
                if limit := _copy(stream, target, member.compress_size, size):
                    return limit
            size += target.stat().st_size
            parts.append(Part(target, f"{name}/{member.filename}", kind_of(target), number))
    return _of_one_level(tuple(parts))


def _of_one_level(parts: tuple[Part, ...]) -> Opened:
    return Limit("limit_depth", 2, 1) if any(part.kind in _PACKED for part in parts) else parts


def _copy(stream: Readable, target: Path, packed: int, before: int) -> Limit | None:
    """Unpacks into a file; stops at the first limit."""
    size = 0
    with target.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if before + size > MAX_UNPACKED:
                return Limit("limit_size", before + size, MAX_UNPACKED)
            if size > RATIO_FROM and size > MAX_RATIO * max(1, packed):
                return Limit("limit_ratio", size // max(1, packed), MAX_RATIO)
            file.write(chunk)
    return None


def _is_harmless(member: zipfile.ZipInfo) -> bool:
    """Whether the name stays below the archive, and it is an ordinary file."""
    name = member.orig_filename
    kind = stat.S_IFMT(member.external_attr >> 16)
    parts = name.replace("\\", "/").split("/")
    return (
        kind in {0, stat.S_IFREG}
        and "\0" not in name
        and not name.startswith(("/", "\\"))
        and ".." not in parts
        and not (len(name) > 1 and name[1] == ":")
    )


def _is_left_behind(name: str) -> bool:
    parts = name.lower().split("/")
    return parts[0] == "__macosx" or parts[-1] in _LEFT_BEHIND or parts[-1].startswith(("~$", "._"))
