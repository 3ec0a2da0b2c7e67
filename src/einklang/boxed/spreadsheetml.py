"""Reads SpreadsheetML 2003, the XML that Excel 2003 and LSN-Online write, as a stream."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from einklang.boxed.formats import BUILT_IN, Format, as_shown, parse_format, says_more
from einklang.boxed.sheets import (
    MAX_COLUMNS,
    Column,
    Look,
    Refused,
    Sheet,
    check_extent,
    raised,
    write_bool,
    writer,
)
from einklang.boxed.xlsx import MAX_FOUND
from einklang.boxed.xml_stream import parse_stream

_SS = "urn:schemas-microsoft-com:office:spreadsheet "
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)
_NAMED = {"Percent": BUILT_IN[10]}
_HIDDEN = {"SheetHidden", "SheetVeryHidden"}


class _Open:
    """The sheet being read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.look = Look()
        self.columns: list[Column] = []
        self.rows = 0


class _Reader:
    """Handlers of expat; rows and columns counted from 0."""

    def __init__(self, decimal: str) -> None:
        self.decimal, self.write = decimal, writer(decimal)
        self.formats: dict[str, Format] = {}
        self.style = ""
        self.sheets: list[_Open] = []
        self.is_workbook = False
        self.row = self.column = self.width = self.next_row = self.next_width = 0
        self.type = self.formula = ""
        self.text: list[str] | None = None
        self.is_visible_tag = self.is_comment = self.is_raised = False

    # The stack of tags is not kept: but for a comment, which holds data too, the tags used here stand nowhere else.
    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "urn:schemas-microsoft-com:office:spreadsheet Workbook":
                self.is_workbook = True
            case "urn:schemas-microsoft-com:office:spreadsheet Style":
                self.style = attributes.get(_SS + "ID", "")
                if (parent := self.formats.get(attributes.get(_SS + "Parent", ""))) is not None:
                    self.formats[self.style] = parent
            case "urn:schemas-microsoft-com:office:spreadsheet NumberFormat":
                code = attributes.get(_SS + "Format", "")
                sections = parse_format(_NAMED.get(code, code))
                self.formats.pop(self.style, None)
                if says_more(sections):
                    self.formats[self.style] = sections
            case "urn:schemas-microsoft-com:office:spreadsheet Worksheet":
                self.sheets.append(_Open(attributes.get(_SS + "Name", "")))
                self.next_row = self.next_width = 0
            case "urn:schemas-microsoft-com:office:spreadsheet Column" if self.sheets:
                first = _index(attributes, self.next_width)
                last = first + _number(attributes, "Span")
                if _is_hidden(attributes, "Width"):
                    self.sheet.look.hidden_columns.append((first, last))
                self.next_width = last + 1
            case "urn:schemas-microsoft-com:office:spreadsheet Row" if self.sheets:
                self.row = _index(attributes, self.next_row)
                _refuse_twice(self.row < self.next_row)
                last = self.row + _number(attributes, "Span")
                if _is_hidden(attributes, "Height"):
                    self.sheet.look.hidden_rows.append((self.row, last))
                self.next_row, self.column = last + 1, 0
            case "urn:schemas-microsoft-com:office:spreadsheet Cell" if self.sheets:
                self._start_cell(attributes)
            case "urn:schemas-microsoft-com:office:spreadsheet Comment":
                self.is_comment = True
            case "urn:schemas-microsoft-com:office:spreadsheet Data" if self.sheets and not self.is_comment:
                self.type, self.text = attributes.get(_SS + "Type", "String"), []
            case "urn:schemas-microsoft-com:office:excel Visible" if self.sheets:
                self.is_visible_tag, self.text = True, []
            case "urn:schemas-microsoft-com:office:excel FilterColumn" if self.sheets:
                self.sheet.look.filtered = True
            case "http://www.w3.org/TR/REC-html40 Sup":
                self.is_raised = True

    def _start_cell(self, attributes: dict[str, str]) -> None:
        following, self.column = self.column, _index(attributes, self.column)
        _refuse_twice(self.column < following)
        self.width, down = _number(attributes, "MergeAcross"), _number(attributes, "MergeDown")
        if self.width or down:
            look = self.sheet.look
            look.merged.append((self.row, self.column, self.row + down, self.column + self.width))
            if len(look.merged) > MAX_FOUND:
                raise Refused("limit", "limit_found", len(look.merged), MAX_FOUND)
        self.formula, self.style = attributes.get(_SS + "Formula", ""), attributes.get(_SS + "StyleID", "")
        self.type, self.text = "", None

    def characters(self, text: str) -> None:
        if self.text is not None and not self.is_comment:
            self.text.append(raised("".join(self.text), text) if self.is_raised else text)

    def end(self, tag: str) -> None:
        match tag:
            case "http://www.w3.org/TR/REC-html40 Sup":
                self.is_raised = False
            case "urn:schemas-microsoft-com:office:spreadsheet Comment":
                self.is_comment = False
            case "urn:schemas-microsoft-com:office:spreadsheet Cell" if self.sheets:
                self._end_cell()
            case "urn:schemas-microsoft-com:office:excel Visible" if self.is_visible_tag:
                self.sheet.look.hidden = "".join(self.text or []).strip() in _HIDDEN
                self.is_visible_tag, self.text = False, None

    def _end_cell(self) -> None:
        value = _value(self.type, "".join(self.text or []))
        if self.text is None and self.formula:
            value = self.formula[:200]
        if self.style in self.formats and type(value) is float:
            shown = as_shown(value, self.formats[self.style], self.decimal)
            value = value if shown is None else shown
        if value != "":
            sheet = self.sheet
            sheet.rows = max(sheet.rows, self.row + 1)
            check_extent(sheet.rows, max(len(sheet.columns), self.column + 1))
            sheet.columns.extend(Column(self.write) for _ in range(self.column + 1 - len(sheet.columns)))
            column = sheet.columns[self.column]
            column.pad(self.row)
            column.extend([value])
        self.column += self.width + 1
        self.text = None

    @property
    def sheet(self) -> _Open:
        return self.sheets[-1]


def _number(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(_SS + name, "0")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _index(attributes: dict[str, str], following: int) -> int:
    return (_number(attributes, "Index") or following + 1) - 1


def _refuse_twice(is_twice: bool) -> None:
    """Refuses a row, cell or sheet that comes again; no spreadsheet program opens such a file."""
    if is_twice:
        raise Refused("unreadable", "cells_stand_twice")


def _is_hidden(attributes: dict[str, str], extent: str) -> bool:
    return attributes.get(_SS + "Hidden") == "1" or attributes.get(_SS + extent) in {"0", "0.0"}


def _value(kind: str, text: str) -> Any:
    if kind == "Number":
        return float(text) if _NUMBER.fullmatch(text) else text
    if kind == "Boolean":
        return write_bool(text.strip() == "1")
    if kind == "DateTime" and len(text) >= 10 and text[4] == text[7] == "-":
        return f"{text[8:10]}.{text[5:7]}.{text[:4]}"
    return text.replace("\r\n", "\n")


def read_spreadsheetml(path: Path, decimal: str) -> list[Sheet]:
    """All sheets.

    Raises:
        Refused: it is damaged, or exceeds a limit.
    """
    reader = _Reader(decimal)
    with path.open("rb") as stream:
        parse_stream(stream.read, reader)
    if not reader.is_workbook:
        raise Refused("unreadable", "file_is_xml")
    sheets = []
    for one in reader.sheets:
        if len(one.columns) > MAX_COLUMNS:
            raise Refused("limit", "limit_columns", len(one.columns), MAX_COLUMNS)
        for column in one.columns:
            column.pad(one.rows)
        blocks = [column.finish(number) for number, column in enumerate(one.columns)]
        sheets.append(Sheet(one.name, blocks, one.look))
    _refuse_twice(len({one.name for one in sheets}) < len(sheets))
    return sheets
