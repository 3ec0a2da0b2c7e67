"""The table around a cell, as the sender wrote it: what a report shows beside a finding.

Shown are headings, columns of labels and columns of figures. A column that the profile leaves out is never
shown, nor a figure that is secret, nor one of which it is not known whether it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einklang.columns import ColumnsFound
from einklang.discretion import SecretMarks, has_digit, headings_hidden
from einklang.evidence import Excerpt, ExcerptCell, ExcerptRow
from einklang.findings import Finding, PlaceFound
from einklang.longtable import LongTable
from einklang.rawtable import RawTable, TextColumn, column_index, column_letter
from einklang.region import Region

AROUND = 2
HEADINGS_SHOWN = 6
LABELS_SHOWN = 8
COLUMNS_SHOWN = 10
PER_RULE = 5
IN_ALL = 40


@dataclass(frozen=True)
class TableShown:
    """What may be shown of a table in a sheet: rows and columns counted from 0, headings as read."""

    file: str
    sheet: str
    region: Region
    heads: Sequence[Sequence[str]]
    labels: dict[int, TextColumn]
    status: frozenset[int]
    figures: dict[int, TextColumn]

    def holds(self, place: PlaceFound) -> bool:
        """Whether a place lies in this table."""
        if (place.file, place.sheet) != (self.file, self.sheet) or place.row is None or not place.column:
            return False
        column = column_index(place.column)
        return self.region.holds(place.row - 1) and (column in self.labels or column in self.figures)

    def window(self, place: PlaceFound) -> tuple[list[int], list[int]]:
        """Rows and columns around a place."""
        assert place.row is not None
        row, column = place.row - 1, column_index(place.column)
        region = self.region
        headings = list(range(region.header, min(region.below, region.header + HEADINGS_SHOWN)))
        low = region.first if row < region.first else max(region.first, row - AROUND)
        rows = [*headings, *range(low, min(region.end, max(row, low) + AROUND + 1))]
        figures = sorted(self.figures)
        if len(self.labels) + len(figures) <= COLUMNS_SHOWN:
            return rows, sorted([*self.labels, *figures])
        middle = 0 if column < figures[0] else sum(figure < column for figure in figures[:-1])
        near = figures[max(0, middle - AROUND) : middle + AROUND + 1]
        close = {one for one in self.labels if one < figures[0] or near[0] - 1 <= one <= near[-1] + 1}
        labels = sorted(close | ({column} & set(self.labels)), key=lambda one: (one != column, one))[:LABELS_SHOWN]
        return rows, sorted([*labels, *near])


def table_shown(table: RawTable, region: Region, columns: ColumnsFound) -> TableShown:
    """What may be shown of a table whose columns are known."""
    status = frozenset(columns.status.values()) - {*columns.labels}
    labels = {*columns.labels, *columns.unit, *status}
    return TableShown(
        file=table.file,
        sheet=table.sheet,
        region=region,
        heads=columns.heads,
        labels={index: table.columns[index] for index in labels if index < len(table.columns)},
        status=status,
        figures={index: table.columns[index] for index in columns.figures},
    )


def headings_shown(table: RawTable, region: Region, columns: ColumnsFound) -> Excerpt:
    """The headings of a table that do not fit, the cells concerned marked; a bare number among them is not shown."""
    rows = range(region.header, min(region.header + len(columns.heads), region.header + HEADINGS_SHOWN))
    near = [index for index in range(len(table.columns)) if index not in columns.left_out]
    if len(near) > COLUMNS_SHOWN:
        first = columns.unfit[0][1] if columns.unfit else 0
        middle = next((number for number, index in enumerate(near) if index >= first), 0)
        start = min(max(0, middle - COLUMNS_SHOWN // 2), len(near) - COLUMNS_SHOWN)
        near = near[start : start + COLUMNS_SHOWN]

    hidden = [headings_hidden(texts) for texts in columns.heads]

    def cell(row: int, index: int) -> ExcerptCell:
        text, is_hidden = columns.heads[row - region.header][index], hidden[row - region.header][index]
        return ExcerptCell(text="" if is_hidden else text, is_marked=(row, index) in columns.unfit, is_hidden=is_hidden)

    return Excerpt(
        file=table.file,
        sheet=table.sheet,
        columns=[column_letter(index) for index in near],
        rows=[ExcerptRow(row=row + 1, is_heading=True, cells=[cell(row, index) for index in near]) for row in rows],
    )


@dataclass(frozen=True)
class Excerpts:
    """Cuts excerpts out of the tables of a delivery; `secret` are the rows of the long table with a secret figure."""

    shown: Sequence[TableShown]
    table: LongTable
    secret: NDArray[np.bool_]
    marks: SecretMarks

    def add(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings with the table around their first place: the first findings of every rule."""
        given: Counter[str] = Counter()
        result = []
        for finding in findings:
            if given[finding.rule] < PER_RULE and given.total() < IN_ALL:
                excerpt = self.around(finding.places)
                if excerpt is not None:
                    given[finding.rule] += 1
                    finding = finding.model_copy(update={"excerpt": excerpt})
            result.append(finding)
        return result

    def around(self, places: Sequence[PlaceFound]) -> Excerpt | None:
        """The table around the first place, with all places in it marked; None where it lies in no table."""
        shown = next((one for one in self.shown if places and one.holds(places[0])), None)
        if shown is None:
            return None
        rows, columns = shown.window(places[0])
        marked = {
            (place.row - 1, column_index(place.column))
            for place in places
            if (place.file, place.sheet) == (shown.file, shown.sheet) and place.row is not None and place.column
        }
        known = self._open_figures(shown, rows)
        return Excerpt(
            file=shown.file,
            sheet=shown.sheet,
            columns=[column_letter(index) for index in columns],
            rows=[
                ExcerptRow(
                    row=row + 1,
                    is_heading=row < shown.region.below,
                    cells=[self._cell(shown, row, index, known, (row, index) in marked) for index in columns],
                )
                for row in rows
            ],
        )

    def _open_figures(self, shown: TableShown, rows: Sequence[int]) -> set[tuple[int, int]]:
        """The cells of these rows whose figure was read and is not secret."""
        table = self.table
        data = [row for row in rows if row >= shown.region.first]
        if not data:
            return set()
        near = np.flatnonzero((table.row > data[0]) & (table.row <= data[-1] + 1) & ~self.secret)
        files, sheets = table.file.codes[near], table.sheet.codes[near]
        return {
            (int(table.row[one]) - 1, int(table.column[one]))
            for one, file, sheet in zip(near.tolist(), files.tolist(), sheets.tolist(), strict=True)
            if (table.file.texts[file], table.sheet.texts[sheet]) == (shown.file, shown.sheet)
        }

    def _cell(
        self, shown: TableShown, row: int, index: int, known: set[tuple[int, int]], is_marked: bool
    ) -> ExcerptCell:
        if row < shown.region.below:
            text = shown.heads[row - shown.region.header][index]
            is_hidden = self.marks.hides_label(text)
            return ExcerptCell(text="" if is_hidden else text, is_marked=is_marked, is_hidden=is_hidden)
        column = shown.labels[index] if index in shown.labels else shown.figures[index]
        text = column.texts[int(column.codes[row])]
        may_show = (row, index) in known if index in shown.figures else index not in shown.status
        is_hidden = has_digit(text) and (not may_show or (index in shown.labels and self.marks.hides_label(text)))
        return ExcerptCell(text="" if is_hidden else text, is_marked=is_marked, is_hidden=is_hidden)
