"""The tables that fulfil all equations of a part, as one table plus whole steps.

With sums over several axes few cells are free; the rest follow from them. Integer programs over the free cells
alone are settled in a fraction of the time: their relaxation knows of the equations what the solver else has to find.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from einklang.disclosure.system import SMALL, Floats, Ints

_ENTRIES = 30_000_000
_FREE = 3_000
_LARGEST = 1_000


@dataclass(frozen=True)
class Coordinates:
    """cell = `base` + `steps` · free cells; `free` are their positions, `steps` is sparse (cells × free).

    Whole numbers in the free cells give whole numbers everywhere, and every table of whole numbers comes about so.
    """

    base: Floats
    steps: Any
    free: Ints


def coordinates(matrix: Any, right: Floats) -> Coordinates | None:
    """The coordinates of all tables with matrix · cells = right (sparse, whole factors).

    None where the equations are too many, where more than `_FREE` cells are free, where some cell does not follow with
    a factor of one, or where the equations contradict each other.
    """
    rows, cells = matrix.shape
    if not rows or rows * cells > _ENTRIES or cells - rows > _FREE:
        return None
    left = np.round(matrix.toarray()).astype(np.int64)
    wanted = np.round(right).astype(np.int64)
    if np.abs(matrix - left).max() > SMALL or np.abs(right - wanted).max() > SMALL:
        return None
    left = np.column_stack([left, wanted])
    pivots = _eliminate(left)
    if pivots is None:
        return None
    of_rows, of_cells = pivots
    free = np.setdiff1d(np.arange(cells), of_cells)
    if len(free) > _FREE or np.delete(left[:, -1], of_rows).any():
        return None
    return _coordinates(left[of_rows], of_cells, free)


def _coordinates(reduced: Ints, of_cells: Ints, free: Ints) -> Coordinates:
    from scipy.sparse import csr_array

    cells = reduced.shape[1] - 1
    steps = np.zeros((cells, len(free)))
    steps[free, np.arange(len(free))] = 1.0
    steps[of_cells] = -reduced[:, free]
    base = np.zeros(cells)
    base[of_cells] = reduced[:, -1]
    return Coordinates(base, csr_array(steps), free)


def _eliminate(left: Ints) -> tuple[Ints, Ints] | None:
    """Solves the equations in place, each for a cell with the factor one, in the order that fills in least.

    The last column is the right side. Returns the equations and the cells they are solved for.
    """
    factors = left[:, :-1]
    entries = np.count_nonzero(factors, axis=1)
    pending = entries > 0
    of_rows, of_cells = [], []
    while pending.any():
        row = int(np.argmin(np.where(pending, entries, np.iinfo(np.int64).max)))
        ones = np.flatnonzero(np.abs(factors[row]) == 1)
        if not len(ones) or np.abs(factors[row]).max() > _LARGEST:
            return None
        cell = int(ones[np.argmin(np.count_nonzero(factors[:, ones], axis=0))])
        left[row] *= factors[row, cell]
        others = np.flatnonzero(factors[:, cell])
        others = others[others != row]
        left[others] -= np.outer(factors[others, cell], left[row])
        entries[others] = np.count_nonzero(factors[others], axis=1)
        pending[row] = False
        pending &= entries > 0
        of_rows.append(row)
        of_cells.append(cell)
    return np.asarray(of_rows, dtype=np.int64), np.asarray(of_cells, dtype=np.int64)
