"""Distinct combinations of index columns, counted densely: no sorting, however many rows there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_FEW = 1_000_000
_BLOCK = 65_536


@dataclass(frozen=True)
class Combinations:
    """Distinct combinations of some columns: a representative row of each, and each row's combination."""

    representatives: NDArray[np.int64]
    of_row: NDArray[np.integer[Any]]


def combine(columns: Sequence[tuple[NDArray[np.int32], int]]) -> NDArray[np.int64]:
    """One number per row for the combination of several index columns, each with its count of codes."""
    key = np.zeros(len(columns[0][0]), dtype=np.int64)
    # Block by block the numbers stay in the processor's cache.
    for start in range(0, len(key), _BLOCK):
        block = slice(start, start + _BLOCK)
        for index, count in columns:
            key[block] *= max(count, 1)
            key[block] += index[block]
    return key


def _is_dense(key: NDArray[np.int64], size: int) -> bool:
    """Whether a table over all possible numbers is no larger than what the rows take anyway."""
    return size <= max(_FEW, 8 * len(key))


def distinct(key: NDArray[np.int64], size: int) -> Combinations:
    """The distinct numbers in `key`, all below `size`."""
    if _is_dense(key, size):
        first = np.full(size, -1, dtype=np.int32)
        first[key[::-1]] = np.arange(len(key) - 1, -1, -1, dtype=np.int32)
        present = np.flatnonzero(first >= 0)
        number = np.zeros(size, dtype=np.int32)
        number[present] = np.arange(len(present), dtype=np.int32)
        return Combinations(first[present].astype(np.int64), number[key])
    _, representatives, of_row = np.unique(key, return_index=True, return_inverse=True)
    return Combinations(representatives, of_row)


def occurring(index: NDArray[np.int32], size: int) -> NDArray[np.bool_]:
    """Which of the numbers below `size` stand in a column."""
    found = np.zeros(size, dtype=np.bool_)
    for start in range(0, len(index), _BLOCK):
        found[index[start : start + _BLOCK]] = True
        if found.all():
            break
    return found


def count_distinct(key: NDArray[np.int64], size: int) -> int:
    """How many distinct numbers, all below `size`, there are in `key`."""
    if not _is_dense(key, size):
        return len(pd.unique(key))
    seen = np.zeros(size, dtype=np.bool_)
    seen[key] = True
    return int(np.count_nonzero(seen))


def occurs_twice(key: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    """Rows whose number, below `size`, stands in another row too."""
    if not _is_dense(key, size):
        several: NDArray[np.bool_] = pd.Series(key).duplicated(keep=False).to_numpy()
        return several
    row = np.arange(len(key), dtype=np.int32)
    last = np.empty(size, dtype=np.int32)
    last[key] = row
    twice = np.zeros(size, dtype=np.bool_)
    twice[key[last[key] != row]] = True
    found: NDArray[np.bool_] = twice[key]
    return found
