"""The figures of a delivery in long form, one per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einklang.declarations.profile import Profile
from einklang.rawtable import TextColumn, join_columns


class LabelCell(NamedTuple):
    """Where the label of a figure stands: row from 1 and column from 0; None is the figure's own.

    `beside` gives the column of the label by that of the figure.
    """

    row: int | None = None
    column: int | None = None
    beside: Mapping[int, int] | None = None


class Block(NamedTuple):
    """The rows of one table in a sheet, counted from 1, and its columns, counted from 0; both without the end."""

    file: str
    sheet: str
    first: int
    end: int
    left: int
    right: int


LabelCells = Mapping[Block, Mapping[tuple[str, str], LabelCell]]
"""Table → ("label" or "name", dimension) → cell."""


class Segment(NamedTuple):
    """Consecutive rows of the long table that one layout has read.

    `placed` are the dimensions the layout places; the labels of those in `assigned` are our codes already.
    """

    layout: Profile
    start: int
    end: int
    placed: frozenset[str]
    assigned: frozenset[str]


@dataclass(frozen=True)
class LongTable:
    """All figures of a delivery, one per row, with labels as written.

    `labels` holds a column per dimension, period and measure that a layout places (empty where another
    layout does not); `names` the names beside keys, by dimension; `label_cells` says where labels and
    names stand; `unit` is the unit as delivered (empty: the canonical one).
    """

    labels: dict[str, TextColumn]
    segments: tuple[Segment, ...]
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

    def filter(self, kept: NDArray[np.bool_]) -> LongTable:
        """The rows that are kept; only for a table of one segment."""
        rows = np.flatnonzero(kept)

        def some(columns: Mapping[str, TextColumn]) -> dict[str, TextColumn]:
            return {name: column.rows(rows) for name, column in columns.items()}

        (segment,) = self.segments
        single = ("text", "status", "unit", "file", "sheet")
        return replace(
            self,
            segments=(segment._replace(end=len(rows)),),
            labels=some(self.labels),
            names=some(self.names),
            row=self.row[rows],
            column=self.column[rows],
            **{name: getattr(self, name).rows(rows) for name in single},
        )


def constant(text: str, size: int) -> TextColumn:
    """A column with the same text in every row."""
    return TextColumn((text,), np.zeros(size, dtype=np.int32))


def _segments(tables: Sequence[LongTable]) -> tuple[Segment, ...]:
    """The segments of the joined table; neighbours of one layout become one."""
    joined: list[Segment] = []
    start = 0
    for table in tables:
        for segment in table.segments:
            end = start + segment.end - segment.start
            if joined and joined[-1].layout is segment.layout:
                joined[-1] = joined[-1]._replace(end=end)
            else:
                joined.append(segment._replace(start=start, end=end))
            start = end
    return tuple(joined)


def join_tables(tables: Sequence[LongTable]) -> LongTable:
    """The tables one below the other."""

    def joined(pick: str) -> TextColumn:
        return join_columns([getattr(table, pick) for table in tables])

    def named(pick: str) -> dict[str, TextColumn]:
        names = dict.fromkeys(name for table in tables for name in getattr(table, pick))
        return {
            name: join_columns([getattr(table, pick).get(name) or constant("", table.size) for table in tables])
            for name in names
        }

    return LongTable(
        labels=named("labels"),
        segments=_segments(tables),
        text=joined("text"),
        status=joined("status"),
        names=named("names"),
        label_cells={place: cells for table in tables for place, cells in table.label_cells.items()},
        unit=joined("unit"),
        file=joined("file"),
        sheet=joined("sheet"),
        row=np.concatenate([table.row for table in tables]),
        column=np.concatenate([table.column for table in tables]),
    )
