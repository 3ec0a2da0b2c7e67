"""The rows of the list of findings, and what of them must not be shown.

Belongs here: which finding stands where, under which number and identifier, and which cells are secret.
Does not belong here: how a sheet is read or written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from einklang.declarations.rules import Severity
from einklang.discretion import SecretMarks, has_digit
from einklang.findings import Finding, PlaceFound
from einklang.rawtable import column_index
from einklang.report.display import sent_text, shorten, visible
from einklang.report.texts import Language, load_texts, say
from einklang.report.workbook_texts import load_workbook_texts
from einklang.result import Outcome, Result

SECRET_RULE = "IM-STA-002"
UNREAD_RULES = frozenset({"IM-FIL-001", "IM-FIL-002"})
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
ENTRIES_LISTED = 1_000_000

Cell = tuple[int, int]
SheetName = tuple[str, str]

_SENTENCES_PER_NOTE = 5
_TEXT_LIMIT = 1_000
_CELL_NAME = re.compile(r"\b([A-Z]{1,3})([0-9]{1,7})\b")
_WORST = list(Severity)


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of one finding: a row of the list of findings."""

    number: int
    finding: Finding
    place: PlaceFound | None
    identifier: str


def rank(severity: Severity) -> int:
    """0 for the worst."""
    return _WORST.index(severity)


def cell_of(place: PlaceFound) -> Cell | None:
    """Row and column, both from 1, of the cell that stands for a place; of a row or column its first cell."""
    if place.row is None and not place.column:
        return None
    row = 1 if place.row is None else place.row
    column = column_index(place.column) + 1 if place.column else 1
    return (row, column) if 1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN else None


@dataclass
class Secrets:
    """Cells of which nothing may be shown: by file and sheet; or, where they are not all known, every figure.

    `is_unseen` where nobody has looked for secret figures, because the delivery could not be read so far: whatever
    bears one of the `marks` is then withheld, and otherwise what does so outside the figures that were read.
    """

    cells: dict[SheetName, set[Cell]] = field(default_factory=dict)
    everywhere: bool = False
    marks: SecretMarks = field(default_factory=SecretMarks)
    is_unseen: bool = False

    @classmethod
    def of(cls, result: Result, marks: SecretMarks) -> Secrets:
        """The secret cells that the result names; where it could not look for them, those that bear a mark."""
        outcomes = {one.rule: one.outcome for one in result.rules}
        unseen = outcomes.get(SECRET_RULE) is Outcome.NOT_EVALUABLE
        secrets = cls(marks=marks, is_unseen=unseen)
        for finding in result.findings:
            if finding.rule != SECRET_RULE:
                continue
            secrets.everywhere |= finding.count > len(finding.places)
            for place in finding.places:
                cell = cell_of(place)
                if cell is None or place.row is None or not place.column:
                    secrets.everywhere = True
                else:
                    secrets.add((place.file, place.sheet), cell)
        return secrets

    def add(self, sheet: SheetName, cell: Cell) -> None:
        """One more secret cell."""
        self.cells.setdefault(sheet, set()).add(cell)

    def hides_place(self, place: PlaceFound) -> bool:
        """Whether the text of a place is withheld."""
        known = self.cells.get((place.file, place.sheet), ())
        return (self.everywhere and has_digit(place.raw)) or cell_of(place) in known

    def hides_row(self, texts: Iterable[str]) -> bool:
        """Whether every figure of a row is withheld."""
        return self.is_unseen and self.marks.hides_row(texts)

    def hides_text(self, sheet: SheetName, cell: Cell, text: str) -> bool:
        """Whether the text of a cell is withheld."""
        if self.everywhere and has_digit(text):
            return True
        if self.marks.hides_cell(text) if self.is_unseen else self.marks.hides_label(text):
            return True
        return cell in self.cells.get(sheet, ())

    def hides_message(self, finding: Finding) -> bool:
        """Whether the message of a finding may name a secret number: the finding stands at or names such a cell."""
        if finding.rule == SECRET_RULE or not (self.cells or self.everywhere):
            return False
        if self.everywhere and any(place.column for place in finding.places):
            return True
        if any(cell_of(place) in self.cells.get((place.file, place.sheet), ()) for place in finding.places):
            return True
        said = f"{finding.message.de} {finding.message.en}"
        named = {(int(row), column_index(letters) + 1) for letters, row in _CELL_NAME.findall(said)}
        return any(named & cells for cells in self.cells.values())


def identifier_of(finding: Finding, place: PlaceFound | None, *, with_text: bool = True) -> str:
    """What binds an answer to a finding at a place: `IM-TIM-001/3f9a…`.

    The fingerprint of the finding; derived from the place where the result gives none. `with_text` is false
    for a secret text, which a digest of few digits would give away.
    """
    if finding.fingerprint:
        return f"{finding.rule}/{finding.fingerprint}"
    parts: Iterable[str] = (finding.message.de,)
    if place is not None:
        parts = (place.file, place.sheet, place.cell, place.raw if with_text else "")
    elif not with_text:
        parts = ()
    digest = hashlib.sha256("\x1f".join([finding.rule, *parts]).encode("utf-8", "surrogatepass"))
    return f"{finding.rule}/{digest.hexdigest()[:16]}"


def list_entries(result: Result, secrets: Secrets) -> list[Entry]:
    """One entry per listed place, worst first; a finding about a whole has one."""
    found: list[Entry] = []
    for finding in sorted(result.findings, key=lambda one: rank(one.severity)):
        is_open = not secrets.hides_message(finding)
        places: list[PlaceFound] | list[None] = finding.places or [None]
        for place in places:
            with_text = is_open and (place is None or not secrets.hides_place(place))
            found.append(Entry(len(found) + 1, finding, place, identifier_of(finding, place, with_text=with_text)))
            if len(found) == ENTRIES_LISTED:
                return found
    return found


def marks_of(entries: Iterable[Entry]) -> dict[SheetName, dict[Cell, list[Entry]]]:
    """The entries by the cell that is marked, by file and sheet."""
    marks: dict[SheetName, dict[Cell, list[Entry]]] = {}
    for entry in entries:
        place = entry.place
        if place is not None and (cell := cell_of(place)) is not None:
            marks.setdefault((place.file, place.sheet), {}).setdefault(cell, []).append(entry)
    return marks


def worst(entries: Iterable[Entry]) -> Severity:
    """The worst severity among the entries."""
    return min((entry.finding.severity for entry in entries), key=rank)


class Wording:
    """What is said about entries, in one language; each text of a finding is made once."""

    def __init__(self, language: Language, secrets: Secrets) -> None:
        self.language: Language = language
        self._secrets = secrets
        self._said: dict[int, tuple[str, str, str]] = {}

    def of_finding(self, finding: Finding) -> tuple[str, str, str]:
        """Title, message and remedy; instead of a message that may name a secret number, the title."""
        known = self._said.get(id(finding))
        if known is None:
            title = self._text(say(finding.title, self.language))
            remedy = self._text(say(finding.remedy, self.language))
            if self._secrets.hides_message(finding):
                message = f"{title} {say(load_workbook_texts().cells.not_shown, self.language)}"
            else:
                message = self._text(say(finding.message, self.language))
            known = self._said[id(finding)] = (title, message, remedy)
        return known

    def _text(self, text: str) -> str:
        return visible(shorten(text, _TEXT_LIMIT, self.language))

    def severity(self, severity: Severity) -> str:
        """`Fehler`."""
        return say(load_texts().severity.words[severity], self.language)

    def raw(self, entry: Entry) -> str:
        """The sender's text as the list shows it."""
        place = entry.place
        if place is not None and place.is_hidden:
            return say(load_workbook_texts().cells.not_shown, self.language)
        if place is None or not (place.row and place.column):
            return "" if place is None else sent_text(place.raw, self.language)
        if entry.finding.rule == SECRET_RULE or self._secrets.hides_place(place):
            return say(load_workbook_texts().cells.not_shown, self.language)
        return sent_text(place.raw, self.language) or say(load_texts().findings.empty, self.language)

    def key(self, entry: Entry) -> str:
        """What the place is about; empty where nothing is known."""
        key = entry.place.key if entry.place is not None else None
        return "" if key is None else self._text(say(key, self.language))

    def cell(self, entry: Entry) -> str:
        """`C17`, `Zeile 17`, `Spalte C`."""
        texts, place = load_workbook_texts().cells, entry.place
        if place is None or cell_of(place) is None:
            return say(texts.whole_sheet if place is not None and place.sheet else texts.whole, self.language)
        if place.row is None:
            return say(texts.column, self.language, column=place.column)
        if not place.column:
            return say(texts.row, self.language, row=str(place.row))
        return place.cell

    def note(self, entries: list[Entry]) -> str:
        """The note at a cell: for each finding rule, message and remedy."""
        texts = load_workbook_texts().note
        parts = [self._note_of(entry) for entry in entries[:_SENTENCES_PER_NOTE]]
        if (further := len(entries) - len(parts)) > 0:
            parts.append(say(texts.more, self.language, count=str(further)))
        return "\n\n".join(parts)

    def _note_of(self, entry: Entry) -> str:
        texts, language, place = load_workbook_texts().note, self.language, entry.place
        title, message, remedy = self.of_finding(entry.finding)
        severity = self.severity(entry.finding.severity)
        lines = [
            say(texts.head, language, severity=severity, number=str(entry.number)),
            say(texts.rule, language, rule=visible(entry.finding.rule), title=title),
            message,
            say(texts.remedy, language, remedy=remedy),
        ]
        if place is not None and (place.row is None or not place.column):
            lines.append(say(texts.column if place.row is None else texts.row, language))
        return "\n".join(lines)


def rows_around(marks: Mapping[Cell, list[Entry]], first: int, reach: int) -> set[int]:
    """The first rows, and the rows around marked cells."""
    near = (range(max(1, row - reach), row + reach + 1) for row in {row for row, _ in marks})
    return set(chain(range(1, first + 1), *near))
