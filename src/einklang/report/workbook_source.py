"""Opens delivered files for the way back: which sheets they have, and their rows.

An XLSX file is read with its formats where its parts can be understood and are not too large, else by its
values alone; a text file is read with the reader that the check uses, so rows and columns agree.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol
from xml.etree import ElementTree
from xml.parsers import expat

import python_calamine as calamine
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.workbook import Workbook

from einklang.container import Kind, Unreadable, kind_of, workbook_limit
from einklang.declarations.profile import FileFormat
from einklang.rawtable import RawTable
from einklang.read_text import read_text
from einklang.report.workbook_sheet import Layout, Merge, Row, SheetReader, Stored, read_merges, read_strings
from einklang.report.workbook_xml import plain_text

FORMATTED_BYTES = 60_000_000
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, calamine.CalamineError),
    *(expat.ExpatError, ElementTree.ParseError, ValueError, TypeError, KeyError, IndexError, AttributeError),
)
_DELIMITERS: tuple[Literal[";", "\t", "|", ","], ...] = (";", "\t", "|", ",")
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_SAMPLE = 200
_BATCH = 10_000


class Rows(Protocol):
    """The rows of a sheet, and how it is laid out."""

    @property
    def layout(self) -> Layout:
        """Columns, measures and views."""

    def rows(self) -> Iterator[Row]:
        """The rows in their order."""


@dataclass(frozen=True)
class SourceSheet:
    """A visible sheet of a delivered file."""

    name: str
    open: Callable[[], Rows]
    merges: list[Merge] = field(default_factory=list)
    styles: Any = None
    table: PlainTable | None = None


@dataclass(frozen=True)
class Source:
    """A delivered file; `is_plain` where its formats do not come back."""

    sheets: list[SourceSheet]
    kind: Kind
    hidden: list[str] = field(default_factory=list)
    is_plain: bool = False
    epoch: dt.datetime | None = None


class PlainTable:
    """Rows without formats; any of them can be asked for."""

    def __init__(self, count: int, width: int, pick: Callable[[list[int]], Iterable[list[Stored]]]) -> None:
        self.count = count
        self.width = width
        self._pick = pick

    @property
    def layout(self) -> Layout:
        """Columns as wide as their first texts."""
        longest = [8] * self.width
        for row in self.take(range(1, min(self.count, _SAMPLE) + 1)):
            for cell in row.cells:
                longest[cell.column - 1] = max(longest[cell.column - 1], min(len(cell.text), 40))
        columns = [
            {"min": str(column), "max": str(column), "width": f"{width + 2}"} for column, width in enumerate(longest, 1)
        ]
        return Layout(columns=columns)

    def rows(self) -> Iterator[Row]:
        """All rows."""
        return self.take(range(1, self.count + 1))

    def take(self, numbers: Iterable[int]) -> Iterator[Row]:
        """The rows with these numbers from 1, ascending; numbers beyond the table are passed over."""
        batch: list[int] = []
        for number in numbers:
            if number > self.count:
                break
            batch.append(number)
            if len(batch) == _BATCH:
                yield from self._batch(batch)
                batch = []
        yield from self._batch(batch)

    def _batch(self, numbers: list[int]) -> Iterator[Row]:
        for number, cells in zip(numbers, self._pick(numbers), strict=True):
            yield Row(number, {}, cells)


def open_source(path: Path, agreed: FileFormat | None = None, *, with_formats: bool = True) -> Source | None:
    """The sheets of a file; None where it is not opened, because it is unsafe or no table.

    `agreed` is how a text file is written; found out where it is not given.
    """
    kind = kind_of(path)
    if kind is Kind.TEXT:
        return _open_text(path, agreed)
    if kind is not Kind.WORKBOOK:
        return None
    try:
        if workbook_limit(path) is not None:
            return None
        package = _Package(path)
        if not package.is_inside:
            return None
        if with_formats and package.sheet_bytes <= FORMATTED_BYTES:
            return package.source()
    except DAMAGED:
        if with_formats:
            return open_source(path, agreed, with_formats=False)
        return None
    return _open_plain(path)


class _Package:
    """The parts of an XLSX file that are read: list of sheets, texts, styles."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        self._strings: list[str] | None = None
        book = self._tree("xl/workbook.xml")
        targets = {
            one.get("Id", ""): posixpath.normpath(posixpath.join("/xl", one.get("Target", ""))).lstrip("/")
            for one in self._tree("xl/_rels/workbook.xml.rels").iter()
            if one.get("Target") and one.get("TargetMode") != "External"
        }
        self.sheets = [
            (one.get("name", ""), one.get("state", "visible"), targets.get(one.get(_OFFICE) or one.get(_STRICT) or "", ""))
            for one in book.iter()
            if one.tag.endswith("}sheet")
        ]
        settings = next((one for one in book.iter() if one.tag.endswith("}workbookPr")), None)
        self._is_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        self._targets = targets

    def _tree(self, part: str) -> ElementTree.Element:
        content = self._archive.read(part)
        if b"<!DOCTYPE" in content:
            raise ValueError(f"{part} declares a document type")
        return ElementTree.fromstring(content)

    @property
    def is_inside(self) -> bool:
        """Whether every sheet is a part that the check of the container has looked at."""
        return all(part.startswith("xl/worksheets/") and part.endswith(".xml") for part in self._worksheets())

    def _worksheets(self) -> list[str]:
        return [part for _, _, part in self.sheets if part and not part.startswith("xl/chartsheets/")]

    @property
    def sheet_bytes(self) -> int:
        """Unpacked size of the sheets and texts."""
        parts = [*self._worksheets(), "xl/sharedStrings.xml"]
        return sum(self._archive.getinfo(part).file_size for part in parts if part in self._archive.namelist())

    def source(self) -> Source:
        """The visible sheets with their formats."""
        book = Workbook()
        apply_stylesheet(self._archive, book)
        names = self._archive.namelist()
        visible = [
            SourceSheet(name, self._reader(part), self._merges(part), book.active)
            for name, state, part in self.sheets
            if state == "visible" and part in names and part in self._worksheets()
        ]
        hidden = [name for name, state, _ in self.sheets if state != "visible"]
        epoch = dt.datetime(1904, 1, 1) if self._is_1904 else None
        return Source(visible, Kind.WORKBOOK, hidden, epoch=epoch)

    def _reader(self, part: str) -> Callable[[], Rows]:
        return lambda: SheetReader(self._archive.open(part), self._texts())  # type: ignore[arg-type]

    def _texts(self) -> list[str]:
        if self._strings is None:
            part = next((one for one in self._targets.values() if one.endswith("sharedStrings.xml")), "")
            self._strings = []
            if part in self._archive.namelist():
                with self._archive.open(part) as stream:
                    self._strings = read_strings(stream)  # type: ignore[arg-type]
        return self._strings

    def _merges(self, part: str) -> list[Merge]:
        with self._archive.open(part) as stream:
            return read_merges(stream)  # type: ignore[arg-type]


def _value(column: int, value: Any) -> Stored:
    match value:
        case bool():
            return Stored(column, 0, "b", str(int(value)))
        case int() | float():
            return Stored(column, 0, "n", repr(int(value) if float(value).is_integer() else value))
        case dt.datetime() | dt.date():
            return Stored(column, 0, "s", value.strftime("%d.%m.%Y"))
    text = plain_text(str(value))
    return Stored(column, 0, "s" if text else "", text)


def _plain_sheet(name: str, content: list[list[Any]]) -> SourceSheet:
    def pick(numbers: list[int]) -> Iterator[list[Stored]]:
        for number in numbers:
            row = content[number - 1]
            yield [_value(column, value) for column, value in enumerate(row, 1) if value != ""]

    table = PlainTable(len(content), max(map(len, content), default=0), pick)
    return SourceSheet(name, lambda: table, table=table)


def _open_plain(path: Path) -> Source | None:
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        sheets = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
        visible = [one.name for one in sheets if one.visible == calamine.SheetVisibleEnum.Visible]
        hidden = [one.name for one in sheets if one.visible != calamine.SheetVisibleEnum.Visible]
        content = [
            _plain_sheet(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in visible
        ]
    except DAMAGED:
        return None
    return Source(content, Kind.WORKBOOK, hidden, is_plain=True)


def _text_table(table: RawTable) -> PlainTable:
    texts = [[plain_text(text.replace("\r\n", "\n")) for text in column.texts] for column in table.columns]

    def pick(numbers: list[int]) -> Iterator[list[Stored]]:
        rows = [number - 1 for number in numbers]
        columns = [[own[code] for code in column.codes[rows]] for own, column in zip(texts, table.columns, strict=True)]
        for row in zip(*columns, strict=True):
            yield [Stored(column, 0, "s", text) for column, text in enumerate(row, 1) if text]

    return PlainTable(table.rows, len(table.columns), pick)


def _open_text(path: Path, agreed: FileFormat | None) -> Source | None:
    read = read_text(path, path.name, agreed or FileFormat(format="csv", delimiter=_delimiter(path)))
    if isinstance(read, Unreadable):
        return None
    table = _text_table(read.table)
    return Source([SourceSheet("", lambda: table, table=table)], Kind.TEXT, is_plain=True)


def _delimiter(path: Path) -> Literal[";", ",", "\t", "|"]:
    """The separator that most lines at the beginning have equally often."""
    with path.open("rb") as stream:
        lines = stream.read(64 * 1024).replace(b"\0", b"").decode("latin-1").splitlines()[:200]

    def agreement(delimiter: str) -> int:
        counts = Counter(line.count(delimiter) for line in lines if delimiter in line)
        return counts.most_common(1)[0][1] if counts else 0

    return max(_DELIMITERS, key=agreement)
