"""Opens delivered files for the way back: which sheets they have, and their rows.

An XLSX file is read with its formats where its parts can be understood and are not too large, else by its
values alone; every other file is read with the reader that the check uses, so rows and columns agree.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, Protocol
from xml.etree import ElementTree
from xml.parsers import expat

import python_calamine as calamine
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.workbook import Workbook

from einklang.container import Kind, kind_of, workbook_limit
from einklang.declarations.profile import FileFormat
from einklang.rawtable import RawTable
from einklang.read_boxed import SheetsRead, read_boxed
from einklang.read_text import ReadText, read_text
from einklang.report.workbook_sheet import (
    Layout,
    Merge,
    Row,
    SheetReader,
    Stored,
    is_true,
    read_merges,
    read_strings,
)
from einklang.report.workbook_xml import plain_text

FORMATTED_BYTES = 60_000_000
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, calamine.CalamineError),
    *(expat.ExpatError, ElementTree.ParseError, ValueError, TypeError, KeyError, IndexError, AttributeError),
)
_VALUES_ALONE = frozenset({Kind.XLS, Kind.ODS, Kind.SPREADSHEETML, Kind.JSON})
_DELIMITERS: tuple[Literal[";", "\t", "|", ","], ...] = (";", "\t", "|", ",")
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_THEME = "xl/theme/theme1.xml"
_LARGEST_THEME = 200_000
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
    hidden: list[str] = field(default_factory=list)
    is_text: bool = False
    is_plain: bool = False
    epoch: dt.datetime = CALENDAR_WINDOWS_1900
    theme: bytes = b""


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
    if kind in _VALUES_ALONE:
        return _open_boxed(path, kind)
    if kind is not Kind.WORKBOOK:
        return None
    try:
        if not is_safe(path):
            return None
        package = _Package(path)
        if with_formats and package.bytes_read <= FORMATTED_BYTES:
            return package.source()
    except DAMAGED:
        if with_formats:
            return open_source(path, agreed, with_formats=False)
        return None
    return _open_plain(path)


def is_safe(path: Path) -> bool:
    """Whether a workbook keeps the safety limits, and every sheet of it was looked at for that.

    Raises:
        One of `DAMAGED`: it is no whole workbook.
    """
    return workbook_limit(path) is None and _Package(path).is_inside


class _Package:
    """The parts of an XLSX file that are read: list of sheets, texts, styles, colours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._strings: list[str] | None = None
        with zipfile.ZipFile(path) as archive:
            self._sizes = {one.filename: one.file_size for one in archive.infolist()}
            book = _tree(archive, "xl/workbook.xml")
            links = _tree(archive, "xl/_rels/workbook.xml.rels")
        self._targets = {
            one.get("Id", ""): posixpath.normpath(posixpath.join("/xl", one.get("Target", ""))).lstrip("/")
            for one in links.iter()
            if one.get("Target") and one.get("TargetMode") != "External"
        }
        sheets = [one for one in book.iter() if one.tag.endswith("}sheet")]
        self._sheets = [(one.get("name", ""), one.get("state", "visible"), self._part_of(one)) for one in sheets]
        settings = next((one for one in book.iter() if one.tag.endswith("}workbookPr")), None)
        self._is_1904 = settings is not None and is_true(settings.get("date1904"))

    def _part_of(self, sheet: ElementTree.Element) -> str:
        return self._targets.get(sheet.get(_OFFICE) or sheet.get(_STRICT) or "", "")

    @contextmanager
    def _open(self, part: str) -> Iterator[IO[bytes]]:
        with zipfile.ZipFile(self._path) as archive, archive.open(part) as stream:
            yield stream

    @property
    def is_inside(self) -> bool:
        """Whether every sheet is a part that the check of the container has looked at."""
        return all(part.startswith("xl/worksheets/") and part.endswith(".xml") for part in self._worksheets())

    def _worksheets(self) -> list[str]:
        return [part for _, _, part in self._sheets if part and not part.startswith("xl/chartsheets/")]

    @property
    def bytes_read(self) -> int:
        """Unpacked size of sheets, texts and styles."""
        parts = {*self._worksheets(), self._strings_part, "xl/styles.xml"}
        return sum(self._sizes.get(part, 0) for part in parts)

    @property
    def _strings_part(self) -> str:
        return next((part for part in self._targets.values() if part.endswith("sharedStrings.xml")), "")

    def source(self) -> Source:
        """The visible sheets with their formats."""
        book = Workbook()
        with zipfile.ZipFile(self._path) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            apply_stylesheet(archive, book)
            theme = archive.read(_THEME) if self._sizes.get(_THEME, _LARGEST_THEME) < _LARGEST_THEME else b""
        visible = [
            SourceSheet(name, self._reader(part), self._merges(part), book.active)
            for name, state, part in self._sheets
            if state == "visible" and part in self._sizes and part in self._worksheets()
        ]
        hidden = [name for name, state, _ in self._sheets if state != "visible"]
        epoch = CALENDAR_MAC_1904 if self._is_1904 else CALENDAR_WINDOWS_1900
        return Source(visible, hidden, epoch=epoch, theme=theme)

    def _reader(self, part: str) -> Callable[[], Rows]:
        return lambda: SheetReader(lambda: self._open(part), self._texts())

    def _texts(self) -> list[str]:
        if self._strings is None:
            self._strings = []
            if self._strings_part in self._sizes:
                with self._open(self._strings_part) as stream:
                    self._strings = read_strings(stream)
        return self._strings

    def _merges(self, part: str) -> list[Merge]:
        with self._open(part) as stream:
            return read_merges(stream)


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    content = archive.read(part)
    if b"<!DOCTYPE" in content:
        raise ValueError(f"{part} declares a document type")
    return ElementTree.fromstring(content)


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

    return _table_sheet(name, PlainTable(len(content), max(map(len, content), default=0), pick))


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
    return Source(content, hidden, is_plain=True)


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
    if not isinstance(read, ReadText):
        return None
    return Source([_table_sheet("", _text_table(read.table))], is_text=True, is_plain=True)


def _open_boxed(path: Path, kind: Kind) -> Source | None:
    read = read_boxed(path, kind, path.name, ".*", ",")
    if not isinstance(read, SheetsRead):
        return None
    hidden = [table.sheet for table in read.tables if table.look is not None and table.look.hidden]
    shown = [(table.sheet, _text_table(table)) for table in read.tables if table.sheet not in hidden]
    return Source([_table_sheet(name, table) for name, table in shown], hidden, is_plain=True)


def _table_sheet(name: str, table: PlainTable) -> SourceSheet:
    return SourceSheet(name, lambda: table, table=table)


def _delimiter(path: Path) -> Literal[";", ",", "\t", "|"]:
    """The separator that most lines at the beginning have equally often."""
    with path.open("rb") as stream:
        lines = stream.read(64 * 1024).replace(b"\0", b"").decode("latin-1").splitlines()[:200]

    def agreement(delimiter: str) -> int:
        counts = Counter(line.count(delimiter) for line in lines if delimiter in line)
        return counts.most_common(1)[0][1] if counts else 0

    return max(_DELIMITERS, key=agreement)
