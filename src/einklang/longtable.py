"""The figures of a delivery in long form, one per row, and where everything else that was read has gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einklang.rawtable import TextColumn, join_columns


class LabelCell(NamedTuple):
    """Where the label of a figure stands: row from 1 and column from 0; None is the figure's own."""

    row: int | None = None
    column: int | None = None


LabelCells = Mapping[tuple[str, str], Mapping[tuple[str, str], LabelCell]]
"""(file, sheet) → ("label" or "name", dimension) → cell."""


@dataclass(frozen=True)
class LongTable:
    """All figures of a delivery, one per row, with labels as written.

    `label_cells` says where labels and names stand. `labels` holds a column per dimension, period and
    measure that the profile places; those in
    `assigned` are our codes already. `names` are the names beside keys, by dimension; `unit` is the unit
    as delivered (empty: the canonical one).
    """

    labels: dict[str, TextColumn]
    assigned: frozenset[str]
    text: TextColumn
    status: TextColumn
    names: dict[str, TextColumn]
    label_cells: LabelCells
    unit: TextColumn
    file: TextColumn
    sheet: TextColumn
    row: NDArray[np.int32]
    column: NDArray[np.int32]

    @property
    def size(self) -> int:
        """Number of figures."""
        return len(self.row)

    def count_rows(self) -> int:
        """Number of rows of the files that hold figures."""
        sheet = self.file.codes.astype(np.int64) * len(self.sheet.texts) + self.sheet.codes
        return len(np.unique(sheet * (int(self.row.max(initial=0)) + 1) + self.row))


@dataclass
class Accounted:
    """Where rows and cells went that are not in the long table.

    `rows` and `cells` count what is no data by reason (name in the catalogue, or the profile's own
    words); `unstructured_*` what could not be understood and is quarantined.
    """

    rows_read: int = 0
    cells_read: int = 0
    unstructured_rows: int = 0
    unstructured_cells: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)

    def leave_unstructured(self, rows: int, cells: int) -> None:
        """Counts rows and cells that are quarantined because their table was not understood."""
        self.unstructured_rows += rows
        self.unstructured_cells += cells

    def leave_rows(self, reason: str, count: int) -> None:
        """Counts rows as no data."""
        if count:
            self.rows[reason] = self.rows.get(reason, 0) + int(count)

    def leave_cells(self, reason: str, count: int) -> None:
        """Counts cells as no data."""
        if count:
            self.cells[reason] = self.cells.get(reason, 0) + int(count)


def join_tables(tables: Sequence[LongTable]) -> LongTable:
    def joined(pick: str) -> TextColumn:
        return join_columns([getattr(table, pick) for table in tables])

    first = tables[0]
    return LongTable(
        labels={name: join_columns([table.labels[name] for table in tables]) for name in first.labels},
        assigned=first.assigned,
        text=joined("text"),
        status=joined("status"),
        names={name: join_columns([table.names[name] for table in tables]) for name in first.names},
        label_cells={place: cells for table in tables for place, cells in table.label_cells.items()},
        unit=joined("unit"),
        file=joined("file"),
        sheet=joined("sheet"),
        row=np.concatenate([table.row for table in tables]),
        column=np.concatenate([table.column for table in tables]),
    )
