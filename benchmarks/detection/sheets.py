"""A delivery file as lists of cells, and back to bytes: what stands around a planted fault stays as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import openpyxl

from einklang.declarations.profile import Numbers, Profile

Cell: TypeAlias = Any
Grid: TypeAlias = list[list[Cell]]
_MOST_DECIMALS = 3
_UTF16_MARK = b"\xff\xfe"
_BLANKS = (" ", "\u00a0", "\u2009", "\u202f")


@dataclass(frozen=True)
class Book:
    """The cells of a file by sheet. A text file is one sheet without a name; a workbook has no `encoding`."""

    sheets: Mapping[str, Grid]
    encoding: str = ""
    delimiter: str = ";"
    merged: Mapping[str, tuple[str, ...]] | None = None

    def copy(self) -> Book:
        """A book whose cells may be changed."""
        return replace(self, sheets={name: [list(row) for row in grid] for name, grid in self.sheets.items()})

    def write(self) -> bytes:
        """The bytes of the file."""
        return self._text() if self.encoding else self._workbook()

    def _text(self) -> bytes:
        stream = io.StringIO(newline="")
        [grid] = self.sheets.values()
        csv.writer(stream, delimiter=self.delimiter, lineterminator="\n").writerows(grid)
        if self.encoding == "utf-16":
            return _UTF16_MARK + stream.getvalue().encode("utf-16-le")
        return stream.getvalue().encode(self.encoding)

    def _workbook(self) -> bytes:
        book = openpyxl.Workbook()
        assert book.active is not None
        book.remove(book.active)
        for name, grid in self.sheets.items():
            sheet = book.create_sheet(name)
            for row, cells in enumerate(grid, start=1):
                for column, cell in enumerate(cells, start=1):
                    if cell not in (None, ""):
                        written = sheet.cell(row, column, cell)
                        if isinstance(cell, str):
                            written.data_type = "s"
            for area in (self.merged or {}).get(name, ()):
                sheet.merge_cells(area)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()


def _encoding(data: bytes) -> str:
    if data.startswith(_UTF16_MARK):
        return "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def read_book(data: bytes, profile: Profile, sheets: frozenset[str]) -> Book:
    """The file as cells; of a workbook only the sheets named."""
    if profile.file.format != "workbook":
        encoding = _encoding(data)
        stream = io.StringIO(data.decode(encoding), newline="")
        return Book({"": list(csv.reader(stream, delimiter=profile.file.delimiter))}, encoding, profile.file.delimiter)
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    chosen = [sheet for sheet in book.worksheets if sheet.title in sheets]
    return Book(
        {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in chosen},
        merged={sheet.title: tuple(str(area) for area in sheet.merged_cells.ranges) for sheet in chosen},
    )


def number_of(cell: Cell, numbers: Numbers) -> float | None:
    """The number that a cell holds in the office's style; None where it holds none."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    for sign in _BLANKS if numbers.thousands == " " else (numbers.thousands,):
        text = text.replace(sign, "")
    try:
        return float(text.replace(numbers.decimal, "."))
    except ValueError:
        return None


def written(number: float, like: Cell, numbers: Numbers, is_grouped: bool) -> Cell:
    """A number as the office writes it in the place of the cell `like`."""
    if not isinstance(like, str):
        return int(number) if float(number).is_integer() else round(number, 6)
    decimals = len(like.strip().rpartition(numbers.decimal)[2]) if numbers.decimal in like else 0
    while decimals and decimals < _MOST_DECIMALS and round(number, decimals) != round(number, _MOST_DECIMALS):
        decimals += 1
    group = "," if is_grouped else ""
    text = f"{number:{group}.{decimals}f}"
    return text.translate({ord(","): numbers.thousands, ord("."): numbers.decimal})


def file_of(folder: Path, name: str, book: Book) -> Path:
    """The book written to a file of that name."""
    path = folder / name
    path.write_bytes(book.write())
    return path
