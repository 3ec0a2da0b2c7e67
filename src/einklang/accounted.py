"""Where everything went that was read and is not in the long table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from einklang.declarations.base import Text
from einklang.result import Accounting, NotData

_UNSAID = -1
_FIGURES = -2


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

    def add(self, other: Accounted) -> None:
        """Adds what was counted for another sheet."""
        self.rows_read += other.rows_read
        self.cells_read += other.cells_read
        self.leave_unstructured(other.unstructured_rows, other.unstructured_cells)
        for reason, count in other.rows.items():
            self.leave_rows(reason, count)
        for reason, count in other.cells.items():
            self.leave_cells(reason, count)

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

    def balance(
        self, rows: tuple[int, int], keep: NDArray[np.bool_], reasons: Mapping[str, Text]
    ) -> tuple[Accounting, Accounting]:
        """The accounts of rows and of cells: read = accepted + quarantined + not data.

        `rows` of the long table are accepted and quarantined, `keep` says which of its cells are accepted.
        """
        kept, lost = rows
        return (
            Accounting(
                read=self.rows_read,
                accepted=kept,
                quarantined=lost + self.unstructured_rows,
                not_data=_not_data(self.rows, reasons),
            ),
            Accounting(
                read=self.cells_read,
                accepted=int(keep.sum()),
                quarantined=int((~keep).sum()) + self.unstructured_cells,
                not_data=_not_data(self.cells, reasons),
            ),
        )


def _not_data(counts: Mapping[str, int], reasons: Mapping[str, Text]) -> list[NotData]:
    return [NotData(reason=reasons.get(name) or Text(de=name, en=name), count=count) for name, count in counts.items()]


class RowsOfSheet:
    """What every row of a sheet is: figures, no data for a reason, or not yet said."""

    def __init__(self, size: int) -> None:
        self._why = np.full(size, _UNSAID, dtype=np.int32)
        self._reasons: list[str] = []

    def leave(self, rows: NDArray[np.int64] | slice, reason: str) -> None:
        """Rows that are no data."""
        if reason not in self._reasons:
            self._reasons.append(reason)
        self._why[rows] = self._reasons.index(reason)

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Rows that hold figures."""
        self._why[rows] = _FIGURES

    @property
    def unsaid(self) -> NDArray[np.int64]:
        """The rows that no table has taken."""
        return np.flatnonzero(self._why == _UNSAID)

    def left_for(self, reasons: Iterable[str]) -> NDArray[np.int64]:
        """The rows that are no data for one of these reasons."""
        wanted = set(reasons)
        numbers = [number for number, reason in enumerate(self._reasons) if reason in wanted]
        return np.flatnonzero(np.isin(self._why, numbers))

    def join(self, other: RowsOfSheet) -> None:
        """Takes what another table says of the rows that hold no figures here, and of which nothing is said."""
        self.keep(np.flatnonzero(other._why == _FIGURES))
        for number, reason in enumerate(other._reasons):
            self.leave(np.flatnonzero((other._why == number) & (self._why == _UNSAID)), reason)

    def counts(self) -> dict[str, int]:
        """Number of rows by reason."""
        return {reason: int((self._why == number).sum()) for number, reason in enumerate(self._reasons)}


Span = tuple[int, int]
"""First and last column, counted from 0."""


class RowsOfTables:
    """What every row of a sheet is; tables that stand side by side have the rows of their columns for themselves."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._of: dict[Span, RowsOfSheet] = {}

    def of(self, span: Span) -> RowsOfSheet:
        """The rows of the tables in these columns."""
        return self._of.setdefault(span, RowsOfSheet(self._size))

    def unsaid(self, span: Span) -> NDArray[np.int64]:
        """The rows that no table has taken in any of these columns."""
        found = np.arange(self._size)
        for other, rows in self._of.items():
            if common(span, other) is not None:
                found = np.intersect1d(found, rows.unsaid, assume_unique=True)
        return found

    def joined(self) -> RowsOfSheet:
        """What every row is in the sheet as a whole: figures, if it holds one in any column."""
        first, *others = self._of.values()
        for one in others:
            first.join(one)
        return first


def common(one: Span, other: Span) -> Span | None:
    """The columns that two tables share; None where they stand side by side."""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return (first, last) if first <= last else None
