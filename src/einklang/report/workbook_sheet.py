"""Reads one sheet of a delivered XLSX file row by row: stored values as they are written, styles by number.

Nothing but values, styles and measures is looked at; a merged range or a link over a million cells costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO, NamedTuple
from xml.parsers import expat

from einklang.rawtable import column_index
from einklang.report.workbook_entries import LAST_COLUMN, LAST_ROW

MERGES_KEPT = 50_000
_LARGEST_MERGE = 20_000
_MERGED_KEPT = 1_000_000
_CHUNK = 1024 * 1024
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class Stored(NamedTuple):
    """A cell: column from 1, number of its style, kind (`s` text, `n` number, `b`, `e`, `d`, or empty), text."""

    column: int
    style: int
    kind: str
    text: str


class Row(NamedTuple):
    """A row: its number from 1, what the sheet says of it, and its cells."""

    number: int
    attributes: dict[str, str]
    cells: list[Stored]


class Merge(NamedTuple):
    """A merged range, rows and columns from 1."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def cells(self) -> int:
        """How many cells it covers."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


@dataclass
class Layout:
    """How a sheet is laid out. What stands behind the rows is known only after they were read."""

    columns: list[dict[str, str]] = field(default_factory=list)
    measures: dict[str, str] = field(default_factory=dict)
    view: dict[str, str] = field(default_factory=dict)
    pane: dict[str, str] = field(default_factory=dict)
    tab: dict[str, str] = field(default_factory=dict)
    page: dict[str, str] = field(default_factory=dict)
    margins: dict[str, str] = field(default_factory=dict)
    has_hidden_rows: bool = False

    @property
    def hides_lines(self) -> bool:
        """Whether rows or columns are hidden."""
        return self.has_hidden_rows or any(is_true(column.get("hidden")) for column in self.columns)


_PARTS = {
    "sheetFormatPr": "measures",
    "sheetView": "view",
    "pane": "pane",
    "tabColor": "tab",
    "pageSetup": "page",
    "pageMargins": "margins",
}


def is_true(value: str | None) -> bool:
    """Whether an attribute says yes."""
    return value in ("1", "true")


def refuse_doctype(*_: object) -> None:
    """Handler of document types: no part of a workbook has one."""
    raise ValueError("a part of the workbook declares a document type")


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    return parser


class _Strings:
    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._is_text = False
        self._is_reading = False

    def start(self, name: str, _: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "si":
                self._parts, self._is_text = [], True
            case "rPh":
                self._is_text = False
            case "t":
                self._is_reading = self._is_text

    def end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "si":
                self.found.append("".join(self._parts))
            case "rPh":
                self._is_text = True
            case "t":
                self._is_reading = False

    def text(self, text: str) -> None:
        if self._is_reading:
            self._parts.append(text)


def read_strings(stream: IO[bytes]) -> list[str]:
    """The shared texts of a workbook as they are written, formats within a text left out."""
    parser, strings = _parser(), _Strings()
    parser.StartElementHandler, parser.EndElementHandler = strings.start, strings.end
    parser.CharacterDataHandler = strings.text
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk)
    parser.Parse(b"", True)
    return strings.found


def read_merges(stream: IO[bytes]) -> list[Merge]:
    """The merged ranges of a sheet, top first; without those that are larger than anyone merges by hand."""
    merges: list[Merge] = []
    rest = b""
    while chunk := stream.read(_CHUNK):
        piece = rest + chunk
        end = piece.rfind(b"<") if len(chunk) == _CHUNK else len(piece)
        for left, top, right, bottom in _MERGE.findall(piece[:end]):
            merge = Merge(int(top), column_index(left.decode()) + 1, int(bottom), column_index(right.decode()) + 1)
            if merge.bottom <= LAST_ROW and merge.right <= LAST_COLUMN and 1 <= merge.cells <= _LARGEST_MERGE:
                merges.append(merge)
        if len(merges) > MERGES_KEPT or sum(merge.cells for merge in merges) > _MERGED_KEPT:
            return []
        rest = piece[max(end, len(piece) - _CHUNK) :]
    return sorted(merges)


class Covered:
    """Which merged range covers a cell; to be asked for rows in ascending order."""

    def __init__(self, merges: list[Merge]) -> None:
        self._waiting = merges[::-1]
        self._open: list[Merge] = []

    def at(self, row: int) -> list[Merge]:
        """The ranges that touch a row."""
        while self._waiting and self._waiting[-1].top <= row:
            self._open.append(self._waiting.pop())
        if self._open:
            self._open = [merge for merge in self._open if merge.bottom >= row]
        return self._open


class SheetReader:
    """The rows of a sheet; `layout` fills while they are read."""

    def __init__(self, opened: Callable[[], AbstractContextManager[IO[bytes]]], strings: list[str]) -> None:
        self.layout = Layout()
        self._opened = opened
        self._strings = strings
        self._rows: list[Row] = []
        self._row = Row(0, {}, [])
        self._columns: dict[str, int] = {}
        self._column = 0
        self._style = 0
        self._kind = "n"
        self._text: list[str] = []
        self._is_reading = self._is_phonetic = False

    def rows(self) -> Iterator[Row]:
        """Every row that the sheet holds, in its order.

        Raises:
            expat.ExpatError: the sheet is no XML.
            ValueError: a reference or a number of a text makes no sense.
        """
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        with self._opened() as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
                yield from self._rows
                self._rows.clear()
        parser.Parse(b"", True)
        yield from self._rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        match name:
            case "c":
                self._column = self._column_of(attributes.get("r"))
                self._style = int(attributes.get("s", 0))
                self._kind = attributes.get("t", "n")
                self._text.clear()
            case "v":
                self._is_reading = True
            case "t":
                self._is_reading = not self._is_phonetic
            case "rPh":
                self._is_phonetic = True
            case "row":
                number = int(attributes.get("r", self._row.number + 1))
                if not self._row.number < number <= LAST_ROW:
                    raise ValueError(f"row {number} follows row {self._row.number}")
                self._row, self._column = Row(number, attributes, []), 0
                self.layout.has_hidden_rows |= is_true(attributes.get("hidden"))
            case "col":
                self.layout.columns.append(attributes)
            case _ if name in _PARTS:
                getattr(self.layout, _PARTS[name]).update(attributes)

    def _column_of(self, reference: str | None) -> int:
        if reference is None:
            return self._column + 1
        found = _REFERENCE.fullmatch(reference)
        if found is None or int(found[2]) != self._row.number:
            raise ValueError(f"{reference} stands in row {self._row.number}")
        letters = found[1]
        if letters not in self._columns:
            self._columns[letters] = column_index(letters) + 1
        if not self._column < self._columns[letters] <= LAST_COLUMN:
            raise ValueError(f"{reference} follows column {self._column}")
        return self._columns[letters]

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self._row.cells.append(self._stored("".join(self._text)))
            case "v" | "t":
                self._is_reading = False
            case "rPh":
                self._is_phonetic = False
            case "row":
                self._rows.append(self._row)

    def _characters(self, text: str) -> None:
        if self._is_reading:
            self._text.append(text)

    def _stored(self, text: str) -> Stored:
        kind = self._kind
        if kind == "s" and text:
            text = self._strings[int(text)]
        elif kind in ("str", "inlineStr"):
            kind = "s"
        return Stored(self._column, self._style, kind if text else "", text)
