"""What kind of file it is and whether it is safe to open, before any parser opens it.

Looks at bytes, member names, sizes and cell references only. The type follows from the content;
the name of a file decides nothing.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from einklang.rawtable import column_index

MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 200
RATIO_FROM = 1024 * 1024
MAX_MEMBERS = 2_000
MAX_CELLS = 20_000_000
_CHUNK = 1024 * 1024
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_FORBIDDEN = ("xl/embeddings/", "xl/activeX/")


class Kind(StrEnum):
    """What a file is, by its content."""

    WORKBOOK = "workbook"
    TEXT = "text"
    EMPTY = "empty"
    ENCRYPTED_OR_OLD = "ole"
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
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """A safety limit that a file exceeds: name of the reason in the catalogue, and its figures."""

    reason: str
    found: int
    allowed: int


def kind_of(path: Path) -> Kind:
    """The kind of a file."""
    with path.open("rb") as stream:
        start = stream.read(8192)
    if not start:
        return Kind.EMPTY
    if start.startswith(b"PK\x03\x04"):
        return _kind_of_archive(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return Kind.ENCRYPTED_OR_OLD
    if start.startswith(b"\x1f\x8b"):
        return Kind.GZIP
    if start.startswith(b"%PDF"):
        return Kind.PDF
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Kind.TEXT
    if b"\0" in start:
        return Kind.BINARY
    head = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table")) or b"<html" in head[:1024]:
        return Kind.HTML
    if head.startswith(b"<?xml"):
        return Kind.XML
    return Kind.TEXT


def _kind_of_archive(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Kind.BROKEN_ARCHIVE
    return Kind.WORKBOOK if "xl/workbook.xml" in names else Kind.ARCHIVE


def workbook_limit(path: Path) -> Limit | None:
    """The first safety limit that a workbook exceeds, or None.

    Every sheet is unpacked once in pieces of one megabyte; nothing is kept.

    Raises:
        zipfile.BadZipFile: a member is damaged.
    """
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
        # Any part may be a sheet: its name decides nothing, a relationship does.
        for member in members:
            limit = _scan_part(archive, member)
            if limit is not None:
                return limit
    return None


def _scan_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Limit | None:
    rows = columns = read = 0
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
            rest = piece[max(piece.rfind(b"<"), len(piece) - 10_000) :]
    return None
