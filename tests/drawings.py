"""Tables drawn as text become files: bars between cells, `[name]` begins a sheet, `name.csv:` names the file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from builders import workbook


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
