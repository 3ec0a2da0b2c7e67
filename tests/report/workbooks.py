"""Tiny delivered workbooks and text files for tests of the returned workbook."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from einklang.report.workbook import render_workbook
from einklang.result import DeliveredFile, Result

from .factories import FILE, identity, result

PLANTED = "geheimer-nachbar"
FORMULA = '=HYPERLINK("http://evil.example/";"klick")'


def delivered(folder: Path, change: Callable[[Any], object] = lambda _: None, name: str = FILE) -> Path:
    """A delivery as offices send them: merged heads, formats, a formula, and much that must not travel."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Tab 1"
    sheet["A1"] = "Einbürgerungen"
    sheet["A1"].font = Font(name="Arial", size=14, bold=True, italic=True, color="FF123456")
    sheet.merge_cells("A1:E1")
    sheet["C3"] = "2025"
    sheet["C3"].alignment = Alignment(horizontal="center")
    sheet.merge_cells("C3:E3")
    for column, head in enumerate(["Schlüssel", "Kreis", "insgesamt", "männlich", "Anteil"], 1):
        cell = sheet.cell(4, column, head)
        cell.fill = PatternFill("solid", fgColor="FF44546A")
        cell.border = Border(bottom=Side("double"))
    for row in range(5, 31):
        sheet.cell(row, 1, f"03{row:03d}").number_format = "@"
        sheet.cell(row, 2, f"Landkreis {row}")
        sheet.cell(row, 3, 1000 + row).number_format = "#,##0"
        sheet.cell(row, 4, f"=C{row}-1").number_format = "#,##0"
        sheet.cell(row, 5, row / 1000).number_format = "0.0%"
    sheet["C17"] = "12,,5"
    sheet["B18"] = FORMULA
    sheet["B18"].data_type = "s"
    sheet["B19"].hyperlink = f"http://{PLANTED}.example/"
    sheet["B20"].comment = Comment(f"Notiz {PLANTED}", f"Sachbearbeitung {PLANTED}")
    sheet.column_dimensions["B"].width = 31.5
    sheet.row_dimensions[4].height = 33
    sheet.row_dimensions[22].hidden = True
    sheet.freeze_panes = "C5"
    sheet.page_setup.orientation = "landscape"
    sheet.oddHeader.center.text = PLANTED
    validation = DataValidation(type="list", formula1=f"'[{PLANTED}.xlsx]Tab 1'!$A$1:$A$9")
    validation.add("A5:A9")
    sheet.add_data_validation(validation)
    hidden = book.create_sheet("Nebenrechnung")
    hidden["A1"] = PLANTED
    hidden.sheet_state = "veryHidden"
    book.defined_names["Quelle"] = DefinedName("Quelle", attr_text=f"'[{PLANTED}.xlsx]Tab 1'!$A$1")
    book.properties.creator = book.properties.title = PLANTED
    change(sheet)
    path = folder / name
    book.save(path)
    rewrite(path, {"xl/worksheets/sheet1.xml": _with_stored_values})
    return path


def _with_stored_values(sheet: bytes) -> bytes:
    return re.sub(rb"</f><v\s*(?:/>|></v>)", b"</f><v>42</v>", sheet)


def rewrite(path: Path, changes: Mapping[str, Callable[[bytes], bytes]]) -> None:
    """Changes parts of a workbook as no library would."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            changed = changes[name](content) if name in changes else content
            assert name not in changes or changed != content, name
            archive.writestr(name, changed)


def returned(folder: Path, checked: Result, files: Mapping[str, Path], **options: Any) -> Any:
    """The returned workbook, opened."""
    path = folder / "zurueck.xlsx"
    render_workbook(checked, files, path, **options)
    return openpyxl.load_workbook(path)


def content_of(path: Path) -> bytes:
    """All parts of a workbook, unpacked, one after the other."""
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(name.encode() + b"\n" + archive.read(name) for name in archive.namelist())


def result_on(*names: str, **overrides: Any) -> Result:
    """A result about files with these names."""
    files = [DeliveredFile(name=name, stored_as=name, sha256="3f9a" * 16, size=100) for name in names]
    return result(identity=identity(files=files), **overrides)


def listed(book: Any) -> list[dict[str, Any]]:
    """The rows of the list of findings, by their heads."""
    head, *rows = book.worksheets[1].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def said_on_front(book: Any) -> str:
    """All texts of the first sheet."""
    rows = book.worksheets[0].iter_rows(values_only=True)
    return "\n".join(str(value) for row in rows for value in row if value is not None)
