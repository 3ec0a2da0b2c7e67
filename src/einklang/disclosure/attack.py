"""How far an attacker can pin a withheld cell down, who knows the open cells and every relation.

A cell is protected where its possible values span at least the limit. Both answers are proved: "protected" by
two possible tables that lie far enough apart, "open" by bounds that no table can leave. In order of cost:

1. bounds from one relation at a time (`system.tighten`);
2. cells that the equations determine alone (their unit vector lies in the row space);
3. possible tables at the ends of random directions, each of which speaks for many cells;
4. for what is left, cell by cell, possible tables near a known one, the ends of the linear program, then those of
   the integer program, all within a time. What is proved neither way by then is unsettled.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from einklang.disclosure.parts import Part, Solution, parts_of, solve
from einklang.disclosure.system import SMALL, Bools, Floats, Ints, System, tighten

_FRACTION = 1e-5
_WORTHWHILE = 0.9
_FEW = 3
_NEIGHBOURS = (50, 150, 400)
_PER_RELATION = 4
_NODES, _ROUGH, _CLOSE = 20, 0.5, 0.02
_SECONDS = 30.0


@dataclass(frozen=True)
class Limits:
    """How wide the interval of a withheld cell must be: max(`count`, `share` · upper end)."""

    count: Floats
    share: Floats

    def gap(self, low: Floats, high: Floats, cells: Ints) -> Floats:
        """By how much intervals keep the limit; negative where they do not. Grows with the interval."""
        return np.minimum(high - low - self.count[cells], (1.0 - self.share[cells]) * high - low)


@dataclass(frozen=True)
class Attacked:
    """The outcome per target: whether it is open, and its proved ends. Secret; never to be shown.

    `is_unsettled` marks targets of which the search proved neither that they are open nor that they are protected.
    """

    targets: Ints
    is_open: Bools
    is_unsettled: Bools
    low: Floats
    high: Floats


def attack(system: System, targets: Ints, limits: Limits, interesting: Bools, seconds: float = _SECONDS) -> Attacked:
    """Which targets are open; the search ends after so many seconds.

    `interesting` are the cells whose value an attacker does not know; relations among the others only
    enter by their bounds.
    """
    until = time.monotonic() + seconds
    tight = consistent(system)
    low, high = tight.low[targets], tight.high[targets]
    is_open = limits.gap(low, high, targets) < -SMALL
    is_unsettled = np.zeros(len(targets), dtype=np.bool_)
    rest = np.flatnonzero(~is_open)
    if len(rest):
        position = np.full(system.size, -1, dtype=np.int64)
        position[targets[rest]] = rest
        for part in sorted(parts_of(tight, interesting), key=lambda part: len(part.cells)):
            inside = position[part.cells]
            if (inside >= 0).any():
                own = np.flatnonzero(inside >= 0)
                seen = _inspected(part, own, limits, until)
                is_open[inside[own]], is_unsettled[inside[own]] = seen.open(), seen.pending()
                low[inside[own]], high[inside[own]] = seen.outer_low, seen.outer_high
    return Attacked(targets, is_open, is_unsettled, low, high)


def consistent(system: System) -> System:
    """The tightened system; where the open figures contradict each other, relations give way by the least amount."""
    tight = tighten(system)
    if not tight.is_contradictory:
        return tight
    return tighten(_relaxed(system))


def _relaxed(system: System) -> System:
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, eye_array, hstack, vstack

    relations = system.relations
    matrix = csr_array((relations.factor, (relations.relation, relations.cell)), shape=(relations.size, system.size))
    middle = np.where(np.isfinite(system.low), system.low, 0.0)
    shift = matrix @ middle
    give = eye_array(relations.size, format="csr")
    has_right, has_left = np.isfinite(relations.right), np.isfinite(relations.left)
    rows = vstack([hstack([matrix, -give])[has_right], hstack([-matrix, -give])[has_left]])
    bounds = np.concatenate([(relations.right - shift)[has_right], (shift - relations.left)[has_left]])
    cost = np.concatenate([np.zeros(system.size), np.ones(relations.size)])
    box = np.column_stack(
        [
            np.concatenate([system.low - middle, np.zeros(relations.size)]),
            np.concatenate([system.high - middle, np.full(relations.size, np.inf)]),
        ]
    )
    solved = linprog(cost, A_ub=rows, b_ub=bounds, bounds=box, method="highs")
    slack = np.full(relations.size, np.inf) if solved.x is None else solved.x[system.size :]
    slack = np.where(slack > SMALL, slack + SMALL, 0.0)
    return replace(
        system,
        whole=np.zeros_like(system.whole),
        relations=replace(relations, left=relations.left - slack, right=relations.right + slack),
    )


class _Inspection:
    """What is known so far about the targets of one part: possible tables seen, and bounds no table can leave."""

    def __init__(self, part: Part, own: Ints, limits: Limits, until: float) -> None:
        self.part, self.own, self.limits, self.until = part, own, limits, until
        self.determined = _determined(part)[own]
        self.low, self.high = np.full(len(own), np.inf), np.full(len(own), -np.inf)
        self.outer_low, self.outer_high = part.low[own].copy(), part.high[own].copy()
        self.table: Floats | None = None

    @property
    def seconds(self) -> float:
        """How many seconds the search has left; at least a moment."""
        return max(self.until - time.monotonic(), 0.1)

    @property
    def is_late(self) -> bool:
        """Whether the search must end."""
        return time.monotonic() >= self.until

    def see(self, table: Floats | None) -> bool:
        """Takes a table, if it is possible: whole numbers where cells are, within all bounds and relations."""
        if table is None or np.any(np.abs(table - np.round(table))[self.part.whole] > _FRACTION):
            return False
        table = np.where(self.part.whole, np.round(table), table)
        if not self.part.allows(table):
            return False
        self.table = table
        np.minimum(self.low, table[self.own], out=self.low)
        np.maximum(self.high, table[self.own], out=self.high)
        return True

    def bound(self, target: int, sign: float, least: float) -> None:
        """Takes the smallest possible sign · target."""
        if sign > 0:
            self.outer_low[target] = max(self.outer_low[target], least)
        else:
            self.outer_high[target] = min(self.outer_high[target], -least)

    def pending(self) -> Bools:
        """Targets that are neither proved protected nor proved open."""
        cells, seen = self.part.cells[self.own], np.isfinite(self.low)
        inner = self.limits.gap(np.where(seen, self.low, 0.0), np.where(seen, self.high, 0.0), cells)
        return np.asarray(~(seen & (inner >= -SMALL)) & ~self.open())

    def open(self) -> Bools:
        """Targets that are proved open."""
        outer = self.limits.gap(self.outer_low, self.outer_high, self.part.cells[self.own])
        return np.asarray(self.determined | (outer < -SMALL))


def _inspected(part: Part, own: Ints, limits: Limits, until: float) -> _Inspection:
    """What is found about the targets at positions `own` of a part."""
    seen = _Inspection(part, own, limits, until)
    if len(own) > _FEW:
        _look_around(seen)
    for settle in (_near_ends, _relaxed_ends, _quick_ends, _exact_ends):
        for target in np.flatnonzero(seen.pending()).tolist():
            if seen.pending()[target] and not seen.is_late:
                settle(seen, target)
    if seen.determined.any() and not seen.is_late:
        table = solve(part, np.zeros(len(part.cells)), seen.seconds, is_whole=False).table
        if table is not None:
            seen.outer_low[seen.determined] = seen.outer_high[seen.determined] = table[own][seen.determined]
    return seen


def _look_around(seen: _Inspection) -> None:
    """Possible tables at both ends of random directions, as long as they settle a good part of what is left."""
    part, own = seen.part, seen.own
    random = np.random.default_rng(len(part.cells))
    left = int(seen.pending().sum())
    while left > _FEW and not seen.is_late:
        cost = np.zeros(len(part.cells))
        cost[own] = seen.pending() * random.uniform(0.5, 1.5, len(own)) * random.choice([-1.0, 1.0], len(own))
        for sign in (1.0, -1.0):
            _see_end(seen, sign * cost, random)
        before, left = left, int(seen.pending().sum())
        if left > before * _WORTHWHILE:
            return


def _see_end(seen: _Inspection, cost: Floats, random: np.random.Generator) -> None:
    """A possible table near the end of a direction: over the free cells, or made of that without whole numbers."""
    part = seen.part
    if not part.is_over_free_cells:
        end = solve(part, cost, seen.seconds, is_whole=False).table
        if (
            seen.see(end)
            or (end is not None and seen.see(_made_whole(seen, end, cost, random)))
            or seen.table is not None
        ):
            return
    seen.see(solve(part, cost, seen.seconds, is_whole=True, gap=_ROUGH, nodes=1).table)


def _made_whole(seen: _Inspection, table: Floats, cost: Floats, random: np.random.Generator) -> Floats | None:
    """A possible table that differs from one with fractions in these and a few more cells of their relations."""
    part = seen.part
    links = abs(part.matrix)
    moved = (np.abs(table - np.round(table)) > _FRACTION) & part.whole
    touched = np.flatnonzero(links @ moved.astype(np.float64))
    held = np.where(part.whole & ~moved, np.round(table), table)
    for row in touched.tolist():
        cells = part.matrix.indices[part.matrix.indptr[row] : part.matrix.indptr[row + 1]]
        moved[random.permutation(cells)[:_PER_RELATION]] = True
    near = np.flatnonzero(moved)
    found = solve(_restricted(part, near, held), cost[near], seen.seconds, is_whole=True, gap=_ROUGH, nodes=1).table
    if found is None:
        return None
    held[near] = found
    return held


def _ends(
    seen: _Inspection, part: Part, at: int, *, is_whole: bool, gap: float = 0.0, nodes: int = _NODES
) -> Iterator[tuple[float, Solution]]:
    cost = np.zeros(len(part.cells))
    for sign in (1.0, -1.0):
        cost[at] = sign
        yield sign, solve(part, cost, seen.seconds, is_whole=is_whole, gap=gap, nodes=nodes)


def _relaxed_ends(seen: _Inspection, target: int) -> None:
    """The ends without regard to whole numbers: bounds for all tables."""
    for sign, solution in _ends(seen, seen.part, int(seen.own[target]), is_whole=False):
        seen.see(solution.table)
        seen.bound(target, sign, solution.bound)


def _near_ends(seen: _Inspection, target: int) -> None:
    """Possible tables that differ from a known one only near the target, in growing neighbourhoods."""
    if not seen.part.whole.any() or seen.part.is_over_free_cells:
        return
    cell, size = int(seen.own[target]), 0
    for most in _NEIGHBOURS:
        near = _neighbourhood(seen.part, cell, most)
        if seen.table is None or len(near) in {size, len(seen.part.cells)} or not seen.pending()[target]:
            return
        size, table = len(near), seen.table
        local = _restricted(seen.part, near, table)
        for _, solution in _ends(seen, local, int(np.searchsorted(near, cell)), is_whole=True):
            if solution.table is not None:
                moved = table.copy()
                moved[near] = solution.table
                seen.see(moved)


def _quick_ends(seen: _Inspection, target: int) -> None:
    """Possible tables close to the ends for whole numbers, without branching."""
    if seen.part.is_over_free_cells:
        for _, solution in _ends(seen, seen.part, int(seen.own[target]), is_whole=True, gap=_CLOSE, nodes=1):
            seen.see(solution.table)


def _exact_ends(seen: _Inspection, target: int) -> None:
    """The ends for whole numbers."""
    if not seen.part.whole.any():
        return
    for sign, solution in _ends(seen, seen.part, int(seen.own[target]), is_whole=True):
        seen.see(solution.table)
        bound = np.ceil(solution.bound - SMALL) if seen.part.whole[seen.own[target]] else solution.bound
        seen.bound(target, sign, bound)


def _neighbourhood(part: Part, cell: int, most: int) -> Ints:
    """At least so many cells around a cell, where its part has them: whole rings of relations, in order."""
    reached = np.zeros(len(part.cells))
    reached[cell] = 1.0
    links, size = abs(part.matrix), 0
    while size < (size := int(reached.sum())) < most:
        reached = (links.T @ (links @ reached) > 0).astype(np.float64)
    return np.flatnonzero(reached)


def _restricted(part: Part, near: Ints, table: Floats) -> Part:
    """The part with every cell but the near ones held at its value in a table."""
    held = table.copy()
    held[near] = 0.0
    constant = part.matrix @ held
    rows = np.flatnonzero(abs(part.matrix[:, near]).sum(axis=1))
    matrix = part.matrix[rows][:, near]
    left, right = (part.left - constant)[rows], (part.right - constant)[rows]
    low, high, whole = part.low[near], part.high[near], part.whole[near]
    return Part(low, high, whole, matrix, left, right, part.cells[near], is_small=True)


def _determined(part: Part) -> Bools:
    """Cells that the equations alone determine: every vector of the null space is zero there.

    Two random vectors are projected on the null space; a cell outside the row space has zero in both with
    probability none.
    """
    from scipy.sparse.linalg import lsmr

    equal = part.right - part.left <= SMALL
    matrix = part.matrix[np.flatnonzero(equal)]
    if not matrix.shape[0]:
        return np.zeros(len(part.cells), dtype=np.bool_)
    random = np.random.default_rng(1)
    zero = np.ones(len(part.cells), dtype=np.bool_)
    for _ in range(2):
        vector = random.standard_normal(len(part.cells))
        onto = lsmr(matrix.T, vector, atol=1e-13, btol=1e-13, maxiter=4 * sum(matrix.shape) + 100)[0]
        zero &= np.abs(vector - matrix.T @ onto) < 1e-7
    return zero
