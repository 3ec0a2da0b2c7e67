"""Cells between bounds, tied by linear relations; and what follows from one relation at a time.

Belongs here: the arithmetic of bounds. Does not belong here: what a cell is (`known`), solvers (`attack`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SMALL = 1e-6
_ROUNDS = 100


@dataclass(frozen=True)
class Relations:
    """Linear relations as triplets: `left` ≤ Σ factor · cell ≤ `right`, one number per relation.

    `relation`, `cell` and `factor` have one entry per cell of a relation.
    """

    relation: Ints
    cell: Ints
    factor: Floats
    left: Floats
    right: Floats

    @property
    def size(self) -> int:
        """Number of relations."""
        return len(self.left)

    def keep(self, chosen: Bools) -> Relations:
        """The relations chosen, numbered anew."""
        number = np.cumsum(chosen) - 1
        entries = chosen[self.relation]
        return Relations(
            number[self.relation[entries]],
            self.cell[entries],
            self.factor[entries],
            self.left[chosen],
            self.right[chosen],
        )


def no_relations() -> Relations:
    """No relations at all."""
    empty = np.empty(0, dtype=np.float64)
    return Relations(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), empty, empty, empty)


def join(parts: Sequence[Relations]) -> Relations:
    """Relations of several sources over the same cells."""
    if not parts:
        return no_relations()
    starts = np.cumsum([0, *(part.size for part in parts)])[:-1]
    return Relations(
        np.concatenate([part.relation + start for part, start in zip(parts, starts, strict=True)]),
        np.concatenate([part.cell for part in parts]),
        np.concatenate([part.factor for part in parts]),
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
    )


@dataclass(frozen=True)
class System:
    """What an attacker knows: `low` ≤ cell ≤ `high` (in the unit of the cell), and the relations.

    `whole` marks cells that are whole numbers. An open cell that is not rounded has equal bounds.
    """

    low: Floats
    high: Floats
    whole: Bools
    relations: Relations

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.low)

    @cached_property
    def is_fixed(self) -> Bools:
        """Which cells can have one value only."""
        return np.asarray(self.high - self.low <= SMALL)

    @property
    def is_contradictory(self) -> bool:
        """Whether some cell has no possible value."""
        return bool(np.any(self.low > self.high + SMALL))


def _reach(relations: Relations, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Smallest and largest value that factor · cell of every entry leaves to the rest of its relation."""
    positive = relations.factor > 0
    least = relations.factor * np.where(positive, low[relations.cell], high[relations.cell])
    most = relations.factor * np.where(positive, high[relations.cell], low[relations.cell])
    rest_least = _sum_of_others(relations, least, -np.inf)
    rest_most = _sum_of_others(relations, most, np.inf)
    return relations.left[relations.relation] - rest_most, relations.right[relations.relation] - rest_least


def _sum_of_others(relations: Relations, part: Floats, infinite: float) -> Floats:
    unbounded = np.isinf(part)
    finite = np.where(unbounded, 0.0, part)
    total = np.bincount(relations.relation, finite, relations.size)
    count = np.bincount(relations.relation, unbounded, relations.size)
    others_unbounded = count[relations.relation] - unbounded > 0
    return np.where(others_unbounded, infinite, total[relations.relation] - finite)


def tighten(system: System) -> System:
    """The system with the bounds that follow from one relation at a time, as often as they move.

    What it rules out is ruled out; it does not rule out everything. Stops at a contradiction.
    """
    relations, low, high = system.relations, system.low.copy(), system.high.copy()
    if not relations.size:
        return system
    positive = relations.factor > 0
    for _ in range(_ROUNDS):
        least, most = _reach(relations, low, high)
        below = np.where(positive, least, most) / relations.factor
        above = np.where(positive, most, least) / relations.factor
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, relations.cell, below)
        np.minimum.at(new_high, relations.cell, above)
        new_low = np.where(system.whole, np.ceil(new_low - SMALL), new_low)
        new_high = np.where(system.whole, np.floor(new_high + SMALL), new_high)
        moved = bool(np.any(new_low > low + SMALL) or np.any(new_high < high - SMALL))
        low, high = new_low, new_high
        if not moved or np.any(low > high + SMALL):
            break
    return replace(system, low=low, high=high)


def among_unknown(system: System, interesting: Bools) -> Relations:
    """The relations that hold an interesting cell that is not fixed; fixed cells are moved to the bounds."""
    relations, fixed = system.relations, system.is_fixed
    wanted = np.zeros(relations.size, dtype=np.bool_)
    wanted[relations.relation[interesting[relations.cell] & ~fixed[relations.cell]]] = True
    chosen = relations.keep(wanted)
    at = fixed[chosen.cell]
    middle = (system.low + system.high) / 2
    constant = np.bincount(chosen.relation[at], chosen.factor[at] * middle[chosen.cell[at]], chosen.size)
    return Relations(
        chosen.relation[~at],
        chosen.cell[~at],
        chosen.factor[~at],
        chosen.left - constant,
        chosen.right - constant,
    )
