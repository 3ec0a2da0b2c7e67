"""Tables drawn as text become files: bars between cells, `[name]` begins a sheet, `name.csv:` names the file.

Behind a cell of a workbook, `{Schrift FF0000}` colours its characters, `{Hintergrund FFFF00}` its background, and
`{Kommentar: …}` comments it.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import openpyxl
from builders import workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill


def write_drawing(drawing: str, folder: Path) -> Path:
    """The file that a drawing shows. `·` stands for a blank at the beginning of a cell."""
    lines = drawing.strip("\n").splitlines()
    if re.fullmatch(r"\[.+\]", lines[0]):
        sheets: dict[str, list[list[str]]] = {}
        for line in lines:
            if found := re.fullmatch(r"\[(.+)\]", line):
                rows = sheets.setdefault(found[1], [])
            else:
                rows.append(_cells(line))
        path = folder / "beispiel.xlsx"
        path.write_bytes(workbook({name: _padded(rows) for name, rows in sheets.items()}))
        if "{" in drawing:
            _show(path)
        return path
    named = re.fullmatch(r"(\S+\.csv):", lines[0])
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(_padded([_cells(line) for line in lines[1 if named else 0 :]]))
    path = folder / (named[1] if named else "beispiel.csv")
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("·", " ") for cell in line.split("|")]


def _padded(rows: list[list[str]]) -> list[list[str]]:
    width = max(map(len, rows))
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _show(path: Path) -> None:
    """Colours and comments in place of the words that draw them."""
    book = openpyxl.load_workbook(path)
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
        if found := re.fullmatch(r"(.*?)\s*\{(Schrift|Hintergrund|Kommentar):? (.+)\}", str(cell.value or "")):
            cell.value = found[1]
            match found[2]:
                case "Schrift":
                    cell.font = Font(color=found[3])
                case "Hintergrund":
                    cell.fill = PatternFill("solid", fgColor=found[3])
                case _:
                    cell.comment = Comment(f"Erika Muster:\n{found[3]}", "Erika Muster")
    book.save(path)
