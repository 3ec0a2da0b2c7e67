"""Reads XLSX sheets: the stored value of every cell, as the sender sees it.

Numbers are written with the decimal sign that was agreed for the table, dates as 31.12.2024.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import python_calamine as calamine

from einklang.container import Unreadable
from einklang.rawtable import RawTable, encode


@dataclass(frozen=True, slots=True)
class SheetsMissing:
    """No sheet has the agreed name; these are there."""

    found: tuple[str, ...]


def _number(value: float, decimal: str) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return np.format_float_positional(value, trim="-").replace(".", decimal)


def _writer(decimal: str) -> Callable[[Any], str]:
    def write(value: Any) -> str:
        match value:
            case str():
                return value
            case bool():
                return "WAHR" if value else "FALSCH"
            case float() | int():
                return _number(float(value), decimal)
            case dt.datetime():
                return value.strftime("%d.%m.%Y")
            case dt.date():
                return value.strftime("%d.%m.%Y")
            case _:
                return str(value)

    return write


def read_workbook(
    path: Path, name: str, sheet_pattern: str, decimal: str
) -> tuple[RawTable, ...] | SheetsMissing | Unreadable:
    """The sheets whose whole name matches the pattern, in the order of the workbook."""
    try:
        workbook = calamine.CalamineWorkbook.from_path(path)
        wanted = [sheet for sheet in workbook.sheet_names if re.fullmatch(sheet_pattern, sheet.strip())]
        if not wanted:
            return SheetsMissing(tuple(workbook.sheet_names))
        contents = [(sheet, workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)) for sheet in wanted]
    except calamine.CalamineError:
        return Unreadable("file_is_broken_zip")
    write = _writer(decimal)
    return tuple(
        RawTable(name, sheet, tuple(encode([write(value) for value in column]) for column in zip(*rows, strict=True)))
        for sheet, rows in contents
    )
