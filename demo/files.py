"""How the files of the demonstration are written, byte for byte the same everywhere."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from demo import layouts
from demo.layouts import Cell, Grid

SHEET_DATE = (2026, 5, 12, 9, 14, 2)


@dataclass(frozen=True)
class File:
    """How a file is written: kind, character set, numbers and merged header rows of a workbook."""

    kind: Literal["csv", "xlsx"] = "csv"
    encoding: str = "cp1252"
    delimiter: str = ";"
    decimal: str = ","
    thousands: str = ""
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL
    sheet: str = "Tabelle 1"
    header: tuple[int, int] = (0, 0)


def _text(cell: Cell, file: File) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case int():
            return f"{cell:,}".replace(",", file.thousands)
        case float():
            return f"{cell:.1f}".replace(".", file.decimal)


def _write_text(grid: Grid, file: File) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=file.delimiter, quoting=file.quoting, lineterminator="\n")
    writer.writerows([_text(cell, file) for cell in row] for row in grid)
    if file.encoding == "utf-16":
        return b"\xff\xfe" + stream.getvalue().encode("utf-16-le")
    return stream.getvalue().encode(file.encoding)


def repack(data: bytes) -> bytes:
    """The workbook with fixed dates and no compression, so that the same cells give the same bytes everywhere."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-05-12T09:14:02Z", content)
            info = zipfile.ZipInfo(name, SHEET_DATE)
            info.create_system = 3
            target.writestr(info, content)
    return packed.getvalue()


def _write_workbook(grid: Grid, file: File, date: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = file.sheet.format(date=layouts.german(date))
    for number, row in enumerate(grid, start=1):
        for column, cell in enumerate(row, start=1):
            if cell not in (None, ""):
                sheet.cell(number, column, cell).data_type = "s" if isinstance(cell, str) else "n"
    sheet["A1"].font = Font(bold=True)
    first, last = file.header
    if first:
        _merge_header(book, grid, first, last)
    stream = io.BytesIO()
    book.save(stream)
    return repack(stream.getvalue())


def _merge_header(book: Workbook, grid: Grid, first: int, last: int) -> None:
    sheet = book.active
    assert sheet is not None
    heads = grid[first - 1]
    for start, head in enumerate(heads, start=1):
        if head is None:
            continue
        end = next((place for place in range(start, len(heads)) if heads[place] is not None), len(heads))
        down = last if grid[last - 1][start - 1] is None else first
        if end > start or down > first:
            sheet.merge_cells(start_row=first, end_row=down, start_column=start, end_column=end)
        sheet.cell(first, start).alignment = Alignment(horizontal="center", wrap_text=True)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(heads))


def write(grid: Grid, file: File, date: str) -> bytes:
    """The bytes of a delivery file."""
    return _write_workbook(grid, file, date) if file.kind == "xlsx" else _write_text(grid, file)
