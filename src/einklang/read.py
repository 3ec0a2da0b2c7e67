"""Step *read*: a delivered file becomes raw tables, every cell as text.

A file that cannot be read is a finding. Belongs here: which reader serves which kind of file, and
what is said of those that none serves. The readers themselves: `read_text`, `read_workbook`.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from einklang.container import Kind, Unreadable, kind_of, workbook_limit
from einklang.declarations.profile import Profile
from einklang.declarations.rules import Catalogue
from einklang.findings import Finding, PlaceFound, finding, reason
from einklang.rawtable import RawTable
from einklang.read_text import read_text
from einklang.read_workbook import SheetsMissing, read_workbook

MAX_FILE = 4 * 1024**3
_EXPECTED = {"csv": Kind.TEXT, "workbook": Kind.WORKBOOK}


@dataclass(frozen=True)
class Read:
    """The tables of one file (none where it cannot be read) and what was found."""

    tables: tuple[RawTable, ...]
    findings: tuple[Finding, ...]


def _unreadable(catalogue: Catalogue, name: str, why: Unreadable) -> Read:
    text = reason(catalogue, why.reason, **why.facts)
    return Read((), (finding(catalogue, "IM-FIL-001", [PlaceFound(file=name)], datei=name, grund=text),))


def read_file(path: Path, name: str, profile: Profile, catalogue: Catalogue) -> Read:
    """The sheets of a file that the profile wants.

    `name` is what the sender calls the file; it appears in findings and decides nothing.
    """
    size = path.stat().st_size
    if size > MAX_FILE:
        why = reason(catalogue, "limit_size", gefunden=size, erlaubt=MAX_FILE)
        return Read((), (finding(catalogue, "IM-FIL-002", [PlaceFound(file=name)], datei=name, grenze=why),))
    kind = kind_of(path)
    if kind is not _EXPECTED[profile.file.format]:
        return _unreadable(catalogue, name, Unreadable(f"file_is_{kind.value}"))
    if kind is Kind.TEXT:
        return _read_text(path, name, profile, catalogue)
    return _read_workbook(path, name, profile, catalogue)


def _read_text(path: Path, name: str, profile: Profile, catalogue: Catalogue) -> Read:
    text = read_text(path, name, profile.file)
    if isinstance(text, Unreadable):
        return _unreadable(catalogue, name, text)
    if text.encoding == text.agreed:
        return Read((text.table,), ())
    note = finding(
        catalogue, "IM-FIL-006", [PlaceFound(file=name)], datei=name, zeichensatz=text.encoding, vereinbart=text.agreed
    )
    return Read((text.table,), (note,))


def _read_workbook(path: Path, name: str, profile: Profile, catalogue: Catalogue) -> Read:
    try:
        limit = workbook_limit(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        return _unreadable(catalogue, name, Unreadable("file_is_broken_zip"))
    place = [PlaceFound(file=name)]
    if limit is not None:
        why = reason(catalogue, limit.reason, gefunden=limit.found, erlaubt=limit.allowed)
        return Read((), (finding(catalogue, "IM-FIL-002", place, datei=name, grenze=why),))
    tables = read_workbook(path, name, profile.file.sheet, profile.numbers.decimal)
    if isinstance(tables, Unreadable):
        return _unreadable(catalogue, name, tables)
    if isinstance(tables, SheetsMissing):
        listed = ", ".join(tables.found)
        missing = finding(catalogue, "IM-STR-001", place, datei=name, erwartet=profile.file.sheet, liste=listed)
        return Read((), (missing,))
    return Read(tables, ())
