"""What a table shows beside its cells, judged where figures stand: hidden figures, merged cells, swallowed rows.

Only figures count: a hidden key column, a merged heading, or a note of many lines is fine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from einklang.declarations.rules import Catalogue
from einklang.discretion import place_in
from einklang.findings import PLACES_LISTED, Finding, PlaceFound, finding, reason
from einklang.longtable import LongTable
from einklang.rawtable import Look, Mask, RawTable, column_letter

_RANGES_LISTED = 5
_MOST_BREAKS = 5


def check_appearance(tables: Sequence[RawTable], long: LongTable, catalogue: Catalogue) -> list[Finding]:
    """Hidden figures (IM-STR-005), figures in merged cells (IM-STR-007), rows swallowed by a quote (IM-FIL-001)."""
    findings: list[Finding] = []
    for table in tables:
        if table.look is None and not (swallowing := _swallowing(table)).any():
            continue
        if table.sheet in long.sheet.texts and table.file in long.file.texts:
            sheet, file = long.sheet.texts.index(table.sheet), long.file.texts.index(table.file)
            here = np.flatnonzero((long.sheet.codes == sheet) & (long.file.codes == file))
            if len(here) and table.look is None:
                findings += _swallowed(table, swallowing[long.row[here] - 1], long.row[here], catalogue)
            elif len(here) and table.look is not None:
                figures = _Figures(table, long, here, catalogue)
                findings += [*figures.hidden(table.look), *figures.merged(table.look)]
    return findings


def _swallowing(table: RawTable) -> Mask:
    """Rows of a text with a cell of many lines, as an open quotation mark makes them."""
    hit = np.zeros(table.rows, dtype=np.bool_)
    for column in table.columns:
        hit |= column.where([text.count("\n") + text.count("\r") > _MOST_BREAKS for text in column.texts])
    return hit


def _swallowed(table: RawTable, hit: Mask, row: NDArray[np.int32], catalogue: Catalogue) -> Iterator[Finding]:
    if hit.any():
        first = int(row[hit][0])
        why = reason(catalogue, "quotes_swallow_rows", zeile=first)
        yield finding(catalogue, "IM-FIL-001", [PlaceFound(file=table.file, row=first)], datei=table.file, grund=why)


def _inside(numbers: NDArray[np.int64], ranges: NDArray[np.int64]) -> Mask:
    """Whether each number lies in one of the ranges (both ends included)."""
    if not len(ranges):
        return np.zeros(len(numbers), dtype=np.bool_)
    order = np.argsort(ranges[:, 0], kind="stable")
    starts, ends = ranges[order, 0], np.maximum.accumulate(ranges[order, 1])
    position = np.searchsorted(starts, numbers, side="right") - 1
    inside: Mask = (position >= 0) & (numbers <= ends[np.maximum(position, 0)])
    return inside


class _Figures:
    """The figures of one sheet."""

    def __init__(self, table: RawTable, long: LongTable, here: NDArray[np.int64], catalogue: Catalogue) -> None:
        self.table, self.catalogue = table, catalogue
        self.row = long.row[here].astype(np.int64) - 1
        self.column = long.column[here].astype(np.int64)
        self.filled = ~long.text.blank[here]

    def hidden(self, look: Look) -> Iterator[Finding]:
        if look.hidden:
            yield from self._hidden(self.filled, "hidden_sheet", "")
            return
        in_rows = _inside(self.row, look.hidden_rows) & self.filled
        in_columns = _inside(self.column, look.hidden_columns) & self.filled
        if in_rows.any():
            listed = _listed(np.unique(self.row[in_rows]), lambda number: str(number + 1))
            yield from self._hidden(in_rows, "hidden_by_filter" if look.filtered else "hidden_rows", listed)
        if in_columns.any():
            yield from self._hidden(
                in_columns, "hidden_columns", _listed(np.unique(self.column[in_columns]), column_letter)
            )

    def _hidden(self, hit: Mask, why: str, listed: str) -> Iterator[Finding]:
        rows = np.flatnonzero(hit)
        if len(rows):
            said = reason(self.catalogue, why, blatt=self.table.sheet, liste=listed)
            places = self._places(rows)
            yield finding(
                self.catalogue,
                "IM-STR-005",
                places,
                count=len(rows),
                bereich=said,
                n=len(rows),
                zelle=places[0].cell,
            )

    def merged(self, look: Look) -> Iterator[Finding]:
        """Ranges of which more than one cell is a figure, or a figure is hidden behind the first cell."""
        if not len(look.merged):
            return
        low_row, high_row = self.row.min(), self.row.max()
        low, high = self.column.min(), self.column.max()
        touching = look.merged[
            (look.merged[:, 0] <= high_row)
            & (look.merged[:, 2] >= low_row)
            & (look.merged[:, 1] <= high)
            & (look.merged[:, 3] >= low)
        ]
        if not len(touching):
            return
        is_figure = np.zeros((high_row - low_row + 1, high - low + 1), dtype=np.bool_)
        is_figure[self.row - low_row, self.column - low] = True
        # Summed up from the corner, so that the figures in a rectangle are four numbers.
        summed = np.pad(is_figure.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        top, bottom = (np.clip(touching[:, at] - low_row + after, 0, len(is_figure)) for at, after in ((0, 0), (2, 1)))
        left, right = (np.clip(touching[:, at] - low + after, 0, is_figure.shape[1]) for at, after in ((1, 0), (3, 1)))
        held = summed[bottom, right] - summed[top, right] - summed[bottom, left] + summed[top, left]
        guilty = touching[held > 0]
        if not len(guilty):
            return
        places = [place_in(self.table, int(one[0]), int(one[1])) for one in guilty[:PLACES_LISTED].tolist()]
        yield finding(self.catalogue, "IM-STR-007", places, count=len(guilty), n=len(guilty), zelle=places[0].cell)

    def _places(self, rows: NDArray[np.int64]) -> list[PlaceFound]:
        return [
            place_in(self.table, int(self.row[row]), int(self.column[row])) for row in rows[:PLACES_LISTED].tolist()
        ]


def _listed(numbers: NDArray[np.int64], name: Callable[[int], str]) -> str:
    """Neighbours as ranges: 40–52, 60."""
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    first, last = numbers[np.r_[0, breaks + 1]], numbers[np.r_[breaks, len(numbers) - 1]]
    ranges = [
        name(start) if start == end else f"{name(start)}–{name(end)}"
        for start, end in zip(first[:_RANGES_LISTED].tolist(), last[:_RANGES_LISTED].tolist(), strict=True)
    ]
    return ", ".join(ranges) + (" …" if len(first) > _RANGES_LISTED else "")
