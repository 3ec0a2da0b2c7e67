"""`python -m benchmarks.disclosure`: times the attack on tables of 16 areas × 200 × 10 cells with all their sums.

Cells are locked at random, so that most tables are badly protected: the hard case for the solver. The first line
of a table of counts, the second of counts rounded to 5.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from einklang.disclosure.attack import Limits, attack
from einklang.disclosure.system import Relations, System

SHAPE = (16, 200, 10)
MOST_SECONDS = 60.0
CASES = (
    *((0.0, share) for share in (0.01, 0.05, 0.08, 0.10, 0.12, 0.15, 0.20)),
    *((2.0, share) for share in (0.01, 0.05, 0.10)),
)


def _table(random: np.random.Generator) -> NDArray[np.float64]:
    full = random.integers(0, 200, SHAPE).astype(np.float64)
    for axis in range(full.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    return full


def _relations(shape: tuple[int, ...]) -> Relations:
    numbers = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
    relation, cell, factor, count = [], [], [], 0
    for axis, length in enumerate(shape):
        lines = np.moveaxis(numbers, axis, -1).reshape(-1, length)
        signs = np.full(lines.shape, -1.0)
        signs[:, -1] = 1.0
        relation.append(np.repeat(np.arange(count, count + len(lines), dtype=np.int64), length))
        cell.append(lines.ravel())
        factor.append(signs.ravel())
        count += len(lines)
    zero = np.zeros(count)
    return Relations(np.concatenate(relation), np.concatenate(cell), np.concatenate(factor), zero, zero)


def _measure(deviation: float, share: float) -> str:
    random = np.random.default_rng(0)
    full = _table(random)
    value = full.ravel()
    locked = random.random(value.size) < share
    low = np.where(locked, 0.0, np.maximum(value - deviation, 0.0))
    high = np.where(locked, np.inf, value + deviation)
    system = System(low, high, np.ones(value.size, dtype=np.bool_), _relations(full.shape))
    limits = Limits(np.full(value.size, 5.0), np.full(value.size, 0.1))
    start = time.perf_counter()
    attacked = attack(system, np.flatnonzero(locked), limits, locked)
    seconds = time.perf_counter() - start
    cells = [
        f"{value.size:,}",
        "exact" if not deviation else "rounded to 5",
        f"{int(locked.sum()):,}",
        f"{int(attacked.is_open.sum()):,}",
        f"{int(attacked.is_unsettled.sum()):,}",
        f"{seconds:.1f} s",
        "met" if seconds <= MOST_SECONDS else "**not met**",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Prints a Markdown table."""
    print("| cells | figures | locked | of them open | unsettled | time | within a minute |")
    print("|---|---|---|---|---|---|---|")
    for deviation, share in CASES:
        print(_measure(deviation, share), flush=True)


if __name__ == "__main__":
    main()
