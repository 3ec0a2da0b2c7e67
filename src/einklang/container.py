"""What kind of file it is and whether it is safe to open, before any parser opens it.

Looks at bytes, member names, sizes and cell references only. The type follows from the content;
the name of a file decides nothing.
"""

from __future__ import annotations

import mmap
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from einklang.declarations.base import Text
from einklang.rawtable import column_index

MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 200
RATIO_FROM = 1024 * 1024
MAX_MEMBERS = 2_000
MAX_DIRECTORY = 4 * 1024 * 1024
MAX_CELLS = 20_000_000
MAX_MERGED = 200_000
_CHUNK = 1024 * 1024
_HEAD = 8192
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_JSON = re.compile(r'\{\s*"|\[\s*\{\s*"')
_FORBIDDEN = ("xl/embeddings/", "xl/activeX/", "Object ", "ObjectReplacements/")
_SPREADSHEETML = "urn:schemas-microsoft-com:office:spreadsheet"
_WORKBOOK_STREAMS = tuple(name.encode("utf-16-le") + b"\0\0" for name in ("Workbook", "Book"))
_PROTECTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OLE_OBJECT = "\x01Ole10Native".encode("utf-16-le")
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")


class Kind(StrEnum):
    """What a file is, by its content."""

    WORKBOOK = "workbook"
    XLS = "xls"
    ODS = "ods"
    SPREADSHEETML = "spreadsheetml"
    JSON = "json"
    TEXT = "text"
    EMPTY = "empty"
    PROTECTED = "protected"
    OLE = "ole"
    XLSB = "xlsb"
    HTML = "html"
    XML = "xml"
    PDF = "pdf"
    GZIP = "gzip"
    ARCHIVE = "zip"
    BROKEN_ARCHIVE = "broken_zip"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file is not read: name of the reason in the catalogue, and what fills its placeholders."""

    reason: str
    facts: Mapping[str, str | int | Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """A safety limit that a file exceeds: name of the reason in the catalogue, and its figures."""

    reason: str
    found: int
    allowed: int


def kind_of(path: Path) -> Kind:
    """The kind of a file."""
    with path.open("rb") as stream:
        start = stream.read(_HEAD)
    if not start:
        return Kind.EMPTY
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _kind_of_ole(path)
    if start.startswith(b"\x1f\x8b"):
        return Kind.GZIP
    if start.startswith(b"%PDF"):
        return Kind.PDF
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _kind_of_text(start[: len(start) & ~1].decode("utf-16", "replace"))
    if b"\0" in start:
        return Kind.TEXT if is_utf16(start) else Kind.BINARY
    return _kind_of_text(start.removeprefix(b"\xef\xbb\xbf").decode("latin-1"))


def _kind_of_text(start: str) -> Kind:
    head = start.lstrip().lower()
    is_xml = head.startswith(("<?xml", "<?mso-application", "<workbook"))
    if is_xml and _SPREADSHEETML in head:
        return Kind.SPREADSHEETML
    if head.startswith(("<!doctype html", "<html", "<table")) or "<html" in head[:1024]:
        return Kind.HTML
    if is_xml:
        return Kind.XML
    return Kind.JSON if _JSON.match(head) else Kind.TEXT


def is_utf16(start: bytes) -> bool:
    """Whether every other byte is mostly zero: Latin letters in UTF-16 without a mark."""
    half = len(start) // 2
    low, high = sorted(start[side : 2 * half : 2].count(0) for side in (0, 1))
    return high > 0.7 * half and low < 0.3 * half


def _kind_of_archive(path: Path) -> Kind:
    if directory_limit(path) is not None:
        return Kind.ARCHIVE
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Kind.BROKEN_ARCHIVE
    if "xl/workbook.xml" in names:
        return Kind.WORKBOOK
    if "xl/workbook.bin" in names:
        return Kind.XLSB
    return Kind.ODS if {"mimetype", "content.xml"} <= names else Kind.ARCHIVE


def _kind_of_ole(path: Path) -> Kind:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(_PROTECTED_STREAM) >= 0:
            return Kind.PROTECTED
        return Kind.XLS if any(data.find(name) >= 0 for name in _WORKBOOK_STREAMS) else Kind.OLE


def directory_limit(path: Path) -> Limit | None:
    """The limit that the directory of an archive exceeds, told by its last bytes; None where it keeps all.

    Python reads the directory whole, so that its size is looked at before.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 66_000))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return None
    members, length = struct.unpack_from("<H", tail, at + 10)[0], struct.unpack_from("<I", tail, at + 12)[0]
    large = tail.rfind(b"PK\x06\x06", 0, at)
    if large >= 0 and len(tail) >= large + 56:
        members, length = struct.unpack_from("<QQ", tail, large + 32)
    if members > MAX_MEMBERS:
        return Limit("limit_members", members, MAX_MEMBERS)
    return Limit("limit_directory", length, MAX_DIRECTORY) if length > MAX_DIRECTORY else None


def holdings(path: Path, kind: Kind) -> tuple[str, ...]:
    """What a workbook holds beside values: names of reasons in the catalogue."""
    if kind is Kind.XLS:
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return ("holds_macros",) if data.find(_OLE_MACROS) >= 0 else ()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    prefixes = {
        "holds_macros": ("xl/vbaProject.bin", "Basic/", "Scripts/"),
        "holds_links": ("xl/externalLinks/externalLink",),
        "holds_connections": ("xl/connections.xml",),
    }
    return tuple(reason for reason, starts in prefixes.items() if any(name.startswith(starts) for name in names))


def outer_limit(path: Path, kind: Kind) -> Limit | None:
    """The first safety limit that a workbook exceeds by what its directory says; nothing is unpacked.

    Raises:
        zipfile.BadZipFile: it is no whole archive.
    """
    if kind is Kind.XLS:
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return Limit("limit_embedded", 1, 0) if data.find(_OLE_OBJECT) >= 0 else None
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        return Limit("limit_members", len(members), MAX_MEMBERS)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        return Limit("limit_size", unpacked, MAX_UNPACKED)
    for member in members:
        if member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * max(1, member.compress_size):
            return Limit("limit_ratio", member.file_size // max(1, member.compress_size), MAX_RATIO)
        if member.filename.startswith(_FORBIDDEN):
            return Limit("limit_embedded", 1, 0)
    return None


def workbook_limit(path: Path) -> Limit | None:
    """The first safety limit that a workbook exceeds, or None.

    Every sheet is unpacked once in pieces of one megabyte; nothing is kept.

    Raises:
        zipfile.BadZipFile: a member is damaged.
    """
    if limit := outer_limit(path, Kind.WORKBOOK):
        return limit
    with zipfile.ZipFile(path) as archive:
        # Any part may be a sheet: its name decides nothing, a relationship does.
        for member in archive.infolist():
            limit = _scan_part(archive, member)
            if limit is not None:
                return limit
    return None


def _scan_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Limit | None:
    rows = columns = read = merged = 0
    rest = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            read += len(chunk)
            if read > MAX_UNPACKED:
                return Limit("limit_size", read, MAX_UNPACKED)
            piece = rest + chunk
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                return Limit("limit_doctype", 1, 0)
            if found := _CELL.findall(piece):
                columns = max(columns, *(column_index(letters.decode()) + 1 for letters in {part[0] for part in found}))
                rows = max(rows, int(max((number for _, number in found), key=lambda text: (len(text), text))))
                if rows * columns > MAX_CELLS:
                    return Limit("limit_far_cell", rows * columns, MAX_CELLS)
            merged += chunk.count(b"mergeCell ")
            if merged > MAX_MERGED:
                return Limit("limit_merged", merged, MAX_MERGED)
            rest = piece[max(piece.rfind(b"<"), len(piece) - 10_000) :]
    return None
