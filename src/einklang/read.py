"""Step *read*: a delivered file becomes raw tables, every cell as text.

A file that cannot be read is a finding. Belongs here: which reader serves which kind of file, and
what is said of those that none serves. The readers themselves: `read_text`, `read_boxed`.
"""

from __future__ import annotations

import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from einklang.container import (
    Kind,
    Limit,
    Unreadable,
    holdings,
    outer_limit,
    workbook_limit,
)
from einklang.declarations.base import Text
from einklang.declarations.profile import Profile
from einklang.declarations.rules import Catalogue
from einklang.evidence import Repair
from einklang.findings import Finding, PlaceFound, finding, reason
from einklang.labels import spelled
from einklang.rawtable import RawTable
from einklang.read_boxed import SheetsMissing, read_boxed
from einklang.read_text import read_text
from einklang.result import UnreadSheets
from einklang.status_words import status_words
from einklang.unpack import Part, opened
from einklang.unread import check_unread, listed, unread_sheets

MAX_FILE = 4 * 1024**3
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
_CONTAINERS = frozenset({Kind.WORKBOOK, Kind.XLS, Kind.ODS})
_WORKBOOKS = frozenset({Kind.WORKBOOK, Kind.XLS, Kind.ODS, Kind.SPREADSHEETML})
_AGREED = {
    "csv": Kind.TEXT,
    "workbook": Kind.WORKBOOK,
    "xls": Kind.XLS,
    "ods": Kind.ODS,
    "spreadsheetml": Kind.SPREADSHEETML,
    "json": Kind.JSON,
}
# What a suffix promises. Any other suffix promises nothing.
_PROMISED = {
    ".csv": {Kind.TEXT},
    ".txt": {Kind.TEXT},
    ".tsv": {Kind.TEXT},
    ".ffcsv": {Kind.TEXT},
    ".xlsx": {Kind.WORKBOOK},
    ".xlsm": {Kind.WORKBOOK},
    ".xls": {Kind.XLS},
    ".ods": {Kind.ODS},
    ".xml": {Kind.SPREADSHEETML},
    ".json": {Kind.JSON},
}


@dataclass(frozen=True)
class Read:
    """The tables of one file (none where it cannot be read) and what was found.

    `members` gives, for each file that came out of an archive, its place there: shown name → number.
    `not_evaluable` are rules that the kind of file does not let judge, with the reason. `unread` names the sheets that
    the profile does not want, by workbook; `legends` are those of them that explain signs. `is_of_kind` is false where
    a file is of a kind the profile cannot read.
    """

    tables: tuple[RawTable, ...] = ()
    findings: tuple[Finding, ...] = ()
    members: Mapping[str, int] = field(default_factory=dict)
    not_evaluable: Mapping[str, str] = field(default_factory=dict)
    unread: Sequence[UnreadSheets] = ()
    legends: tuple[RawTable, ...] = ()
    is_of_kind: bool = True


def read_file(path: Path, name: str, profile: Profile, catalogue: Catalogue) -> Read:
    """The sheets of a file that the profile wants; of an archive, those of every member.

    `name` is what the sender calls the file; it appears in findings and decides nothing.
    """
    say = _Say(name, catalogue)
    size = path.stat().st_size
    if size > MAX_FILE:
        return Read(findings=(say.limit(Limit("limit_size", size, MAX_FILE)),))
    with opened(path, name) as parts:
        if isinstance(parts, Limit):
            return Read(findings=(say.limit(parts),))
        if isinstance(parts, Unreadable):
            return Read(findings=(say.unreadable(parts),))
        reads = [_read_part(part, profile, catalogue) for part in parts]
    return Read(
        tables=tuple(table for read in reads for table in read.tables),
        findings=tuple(one for read in reads for one in read.findings),
        members={part.name: part.member for part in parts if part.member},
        not_evaluable={rule: why for read in reads for rule, why in read.not_evaluable.items()},
        unread=tuple(one for read in reads for one in read.unread),
        legends=tuple(table for read in reads for table in read.legends),
        is_of_kind=all(read.is_of_kind for read in reads),
    )


@dataclass(frozen=True)
class _Say:
    """Findings about one file."""

    name: str
    catalogue: Catalogue

    @property
    def place(self) -> list[PlaceFound]:
        return [PlaceFound(file=self.name)]

    def unreadable(self, why: Unreadable) -> Finding:
        text = reason(self.catalogue, why.reason, **why.facts)
        return finding(self.catalogue, "IM-FIL-001", self.place, datei=self.name, grund=text)

    def limit(self, limit: Limit) -> Finding:
        why = reason(self.catalogue, limit.reason, gefunden=limit.found, erlaubt=limit.allowed)
        return finding(self.catalogue, "IM-FIL-002", self.place, datei=self.name, grenze=why)

    def kind(self, found: Kind, expected: Text) -> Finding:
        kind = self.catalogue.reasons[f"kind_{found.value}"]
        return finding(self.catalogue, "IM-FIL-007", self.place, datei=self.name, gefunden=kind, erwartet=expected)


def _read_part(part: Part, profile: Profile, catalogue: Catalogue) -> Read:
    agreed = _AGREED[profile.file.format]
    say = _Say(part.name, catalogue)
    if part.kind is not agreed and not {part.kind, agreed} <= _WORKBOOKS:
        why = Unreadable(f"file_is_{part.kind.value}", {"vereinbart": _kind(catalogue, agreed)})
        return Read(findings=(say.unreadable(why),), is_of_kind=False)
    if profile.shown_by and part.kind is not Kind.WORKBOOK:
        return Read(findings=(say.unreadable(Unreadable("status_not_shown", {"art": _kind(catalogue, part.kind)})),))
    notes = tuple(_notes(part, agreed, say))
    if part.kind is Kind.TEXT:
        return _read_text(part, profile, say, notes)
    return _read_boxed(part, profile, say, notes)


def _kind(catalogue: Catalogue, kind: Kind) -> Text:
    return catalogue.reasons[f"kind_{kind.value}"]


def _notes(part: Part, agreed: Kind, say: _Say) -> Iterator[Finding]:
    """Whether the file is what was agreed, and what its name says."""
    suffix = Path(part.name).suffix.lower()
    if part.kind is not agreed:
        yield say.kind(part.kind, reason(say.catalogue, "kind_is_agreed", vereinbart=_kind(say.catalogue, agreed)))
    elif part.kind not in _PROMISED.get(suffix, {part.kind}):
        yield say.kind(part.kind, reason(say.catalogue, "name_ends_in", endung=suffix))


def _read_text(part: Part, profile: Profile, say: _Say, notes: tuple[Finding, ...]) -> Read:
    text = read_text(part.path, part.name, profile.file)
    if isinstance(text, Limit):
        return Read(findings=(say.limit(text),))
    if isinstance(text, Unreadable):
        return Read(findings=(say.unreadable(text),))
    if text.is_undoubled or text.encoding != text.agreed:
        note = finding(
            say.catalogue,
            "IM-FIL-006",
            say.place,
            datei=part.name,
            zeichensatz=say.catalogue.reasons["encoding_doubled"] if text.is_undoubled else text.encoding,
            vereinbart=text.agreed,
        )
        repair = Repair(before=text.encoding, after=text.agreed, count=1)
        notes = (*notes, note.model_copy(update={"repairs": [repair]}))
    return Read((text.table,), notes)


def _read_boxed(part: Part, profile: Profile, say: _Say, notes: tuple[Finding, ...]) -> Read:
    path, kind = part.path, part.kind
    try:
        limit = outer_limit(path, kind) if kind in _CONTAINERS else None
        if limit is None and kind is Kind.WORKBOOK and not sys.platform.startswith("linux"):
            # Elsewhere the process that reads is not bounded in memory.
            limit = workbook_limit(path)
        held = holdings(path, kind) if limit is None and kind in _CONTAINERS else ()
        pattern, decimal = profile.file.sheet, profile.numbers.decimal
        read = limit or read_boxed(
            path, kind, part.name, pattern, decimal, profile.shown_by, status_words().legend_sheets
        )
        if isinstance(read, Limit) and read.reason == "limit_memory" and kind is Kind.WORKBOOK:
            read = workbook_limit(path) or read
    except _DAMAGED:
        read = Unreadable("file_is_broken_zip")
    match read:
        case Limit():
            return Read(findings=(say.limit(read),))
        case Unreadable():
            return Read(findings=(say.unreadable(read),))
        case SheetsMissing():
            there = listed(read.found, say.catalogue)
            wanted = spelled(profile.file.sheet)
            return Read(
                findings=(
                    finding(say.catalogue, "IM-STR-001", say.place, datei=part.name, erwartet=wanted, liste=there),
                )
            )
    for what in held:
        note = finding(say.catalogue, "IM-FIL-008", say.place, datei=part.name, was=say.catalogue.reasons[what])
        notes = (*notes, note)
    notes = (*notes, *check_unread(part.name, [one.sheet for one in read.tables], read.others, say.catalogue))
    known = all(table.look is not None and table.look.is_known for table in read.tables)
    untold = {} if known else {"IM-STR-005": "kind_does_not_tell", "IM-STR-006": "kind_does_not_tell"}
    unread = unread_sheets(part.name, [name for name, _ in read.others])
    return Read(read.tables, notes, not_evaluable=untold, unread=unread, legends=read.legends)
