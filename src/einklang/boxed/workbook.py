"""Reads XLSX, XLS and ODS: stored values by calamine, everything it does not tell by a pass over the XML."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import python_calamine as calamine

from einklang.boxed import ods, xlsx
from einklang.boxed.sheets import Found, Refused, Sheet, check_extent, gather, write_bool, writer
from einklang.letters import column_letter

_MOST_LEGENDS = 5
_MOST_LEGEND_CELLS = 100_000
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


def read_workbook(
    path: Path,
    kind: str,
    pattern: str,
    decimal: str,
    own: Sequence[Sequence[str]] = (),
    shown: Sequence[str] = (),
    legends: str = "",
) -> Found:
    """The sheets whose whole name matches the pattern, and the names of the others.

    `own` names the sheets that the service adds to a workbook it returns. One that was mended and sent again
    still has them; where all of a group are there beside others, they are neither. `shown` is what of the look
    of the cells is asked for (XLSX only). `legends` are names of sheets that explain signs: their texts are given too,
    where they are small and readable, and they stay among the others.

    Raises:
        Refused: it is damaged or protected, or exceeds a limit.
    """
    told: Mapping[str, xlsx.Told] = {}
    try:
        if kind == "ods":
            told = ods.look_into(path, decimal)
        book = calamine.CalamineWorkbook.from_path(str(path))
        if len({one.name for one in book.sheets_metadata}) < len(book.sheets_metadata):
            raise Refused("unreadable", "cells_stand_twice")
        metadata = {one.name: one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet}
        passed = {name for group in own if set(group) < set(metadata) for name in group}
        wanted = [name for name in metadata if name not in passed and re.fullmatch(pattern, name.strip())]
        read = {*wanted, *passed}
        others = [(one.name, _is_shown_table(one)) for one in book.sheets_metadata if one.name not in read]
        if not wanted:
            return Found([], others)
        if kind == "workbook":
            told = xlsx.look_into(path, wanted, decimal)
            if shown:
                from einklang.boxed.shown import look_at_cells  # few profiles ask

                look_at_cells(path, told, shown)
        write = writer(decimal)
        sheets = []
        for name in wanted:
            sheet = book.get_sheet_by_name(name)
            check_extent(sheet.total_height, sheet.total_width)
            look, cells = told.get(name) or xlsx.unknown()
            rows: Iterable[Sequence[Any]] = sheet.iter_rows()
            if kind != "workbook":
                rows = map(_with_bools_written, rows)
            block = gather(rows, sheet.start[1] if sheet.start else 0, sheet.width, write, cells)
            look.hidden = metadata[name].visible != calamine.SheetVisibleEnum.Visible
            if kind == "xls":
                look.merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
            sheets.append(Sheet(name, [block], look))
        names = [name for name, is_shown in others if is_shown]
        explaining = [name for name in names if legends and re.fullmatch(legends, name.strip())]
        sheets += [sheet for name in explaining[:_MOST_LEGENDS] for sheet in _legend(book, name, write)]
    except calamine.PasswordError as error:
        raise Refused("unreadable", "file_is_protected") from error
    except calamine.CalamineError as error:
        _refuse_unknown_error(str(error), told)
        raise Refused("unreadable", "file_is_broken_zip") from error
    except _DAMAGED as error:
        raise Refused("unreadable", "file_is_broken_zip") from error
    return Found(sheets, others)


def _legend(book: calamine.CalamineWorkbook, name: str, write: Callable[[Any], str]) -> Iterator[Sheet]:
    """The texts of a small sheet; none where it cannot be read, as nothing that is delivered stands in it."""
    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > _MOST_LEGEND_CELLS:
            return
        rows = map(_with_bools_written, sheet.iter_rows())
        yield Sheet(name, [gather(rows, sheet.start[1] if sheet.start else 0, sheet.width, write, {})])
    except (calamine.CalamineError, *_DAMAGED):
        return


def _is_shown_table(one: calamine.SheetMetadata) -> bool:
    return one.typ == calamine.SheetTypeEnum.WorkSheet and one.visible == calamine.SheetVisibleEnum.Visible


def _with_bools_written(row: Sequence[Any]) -> Sequence[Any]:
    """Truth values as text, because True and 1 are the same key."""
    return [write_bool(value) if type(value) is bool else value for value in row]


def _refuse_unknown_error(message: str, told: Mapping[str, xlsx.Told]) -> None:
    """Newer error values such as #SPILL! stop calamine; the office is told where one stands."""
    if "cell error value" in message:
        for name, (_, cells) in told.items():
            for (row, column), text in sorted(cells.items()):
                if f"'{text}'" in message:
                    cell = f"{column_letter(column)}{row + 1}"
                    raise Refused("unreadable", "error_value_unknown", wert=text, zelle=cell, blatt=name)
