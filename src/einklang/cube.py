"""The figures of a delivery as index columns: the shape in which measures compute.

A cube holds the usable rows only. Each axis has its codes and, for every row, the index of its code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang import observations as contract1
from einklang.combinations import combine
from einklang.contract import indices, texts
from einklang.declarations.dataset import Dataset

_DENSE = 64_000_000
NOT_A_REAL_ZERO = "N"


@dataclass(frozen=True)
class Axis:
    """One axis: its codes, and the index of the code in every row."""

    codes: tuple[str, ...]
    index: NDArray[np.int32]

    def position(self, code: str) -> int:
        """Index of a code, -1 where it does not occur."""
        return self.codes.index(code) if code in self.codes else -1


@dataclass(frozen=True)
class Cube:
    """Figures with their axes.

    `value` is NaN where there is no number; `certain` is false for zeros that are no real zero (SDMX
    status N); `row` is the row in the table the cube was made from.
    """

    dataset: Dataset
    axes: Mapping[str, Axis]
    value: NDArray[np.float64]
    certain: NDArray[np.bool_]
    row: NDArray[np.int64]

    @property
    def size(self) -> int:
        """Number of figures."""
        return len(self.value)

    def select(self, hit: NDArray[np.bool_]) -> Cube:
        """The figures that are hit."""
        axes = {name: Axis(axis.codes, axis.index[hit]) for name, axis in self.axes.items()}
        return Cube(self.dataset, axes, self.value[hit], self.certain[hit], self.row[hit])

    def groups(self, names: Sequence[str]) -> tuple[NDArray[np.int64], int]:
        """A number per figure for its combination of codes on some axes, and how many numbers there are."""
        columns = [(self.axes[name].index, len(self.axes[name].codes)) for name in names]
        if not columns:
            return np.zeros(self.size, dtype=np.int64), 1
        key = combine(columns)
        size = int(np.prod([max(1, count) for _, count in columns], dtype=np.float64))
        if size <= max(_DENSE, 4 * self.size):
            return key, size
        distinct, number = np.unique(key, return_inverse=True)
        return number.astype(np.int64), len(distinct)

    def code(self, name: str, position: int) -> str:
        """The code on an axis of the figure at a position."""
        axis = self.axes[name]
        return axis.codes[int(axis.index[position])]


def cube_of(table: pa.Table, dataset: Dataset, usable: NDArray[np.bool_] | None = None) -> Cube:
    """The cube of the usable rows of an observations table."""
    rows = np.arange(table.num_rows) if usable is None else np.flatnonzero(usable)
    everything = usable is None or len(rows) == table.num_rows
    axes = {}
    for name in contract1.key_columns(dataset):
        index, _ = indices(table, name)
        axes[name] = Axis(tuple(texts(table, name)), index if everything else index[rows])
    value = table.column("value").to_numpy()
    status, _ = indices(table, "obs_status")
    certain = np.asarray([text != NOT_A_REAL_ZERO for text in texts(table, "obs_status")] or [True])[status]
    if not everything:
        value, certain = value[rows], certain[rows]
    return Cube(dataset, axes, value, certain, rows)
