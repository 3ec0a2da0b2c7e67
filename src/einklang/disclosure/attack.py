"""How far an attacker can pin a withheld cell down, who knows the open cells and every relation.

A cell is protected where its possible values span at least the limit. Both answers are proved: "protected" by
two possible tables that lie far enough apart, "open" by bounds that no table can leave. In order of cost:

1. bounds from one relation at a time (`system.tighten`);
2. cells that the equations determine alone (their unit vector lies in the row space);
3. possible tables at the ends of random directions, each of which speaks for many cells;
4. for what is left, cell by cell, the ends of the linear program, then possible tables near a known one, then
   the ends of the integer program, within a time. What is not proved protected by then counts as open.

Solver: HiGHS, through SciPy, imported when there is something to solve.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from einklang.disclosure.system import SMALL, Bools, Floats, Ints, Relations, System, among_unknown, tighten

_FAR = 1e6
_FRACTION = 1e-5
_WORTHWHILE = 0.8
_FEW = 3
_NEIGHBOURS = (50, 150, 400)
_NODES = 20
_SECONDS = 60.0
_SOLVED, _INFEASIBLE = 0, 2


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
    """The outcome per target: whether it is open, and its proved ends. Secret; never to be shown."""

    targets: Ints
    is_open: Bools
    low: Floats
    high: Floats


@dataclass(frozen=True)
class _Part:
    """A connected part: its cells, their bounds, and its relations as a sparse matrix over these cells."""

    cells: Ints
    low: Floats
    high: Floats
    whole: Bools
    matrix: Any
    left: Floats
    right: Floats


def attack(system: System, targets: Ints, limits: Limits, interesting: Bools) -> Attacked:
    """Which targets are open.

    `interesting` are the cells whose value an attacker does not know; relations among the others only
    enter by their bounds.
    """
    tight = consistent(system)
    low, high = tight.low[targets], tight.high[targets]
    is_open = limits.gap(low, high, targets) < -SMALL
    rest = np.flatnonzero(~is_open)
    if len(rest):
        position = np.full(system.size, -1, dtype=np.int64)
        position[targets[rest]] = rest
        for part in _parts(tight, interesting):
            inside = position[part.cells]
            if (inside >= 0).any():
                own = np.flatnonzero(inside >= 0)
                found, least, most = _attack_part(part, own, limits)
                is_open[inside[own]] = found
                low[inside[own]], high[inside[own]] = least, most
    return Attacked(targets, is_open, low, high)


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


def _parts(system: System, interesting: Bools) -> Iterator[_Part]:
    from scipy.sparse import coo_array, csr_array
    from scipy.sparse.csgraph import connected_components

    relations = among_unknown(system, interesting)
    used = np.unique(relations.cell)
    if not len(used):
        return
    column = np.searchsorted(used, relations.cell)
    graph = coo_array(
        (np.ones(len(column)), (column, len(used) + relations.relation)),
        shape=(len(used) + relations.size, len(used) + relations.size),
    )
    _, number = connected_components(graph, directed=False)
    matrix = csr_array((relations.factor, (relations.relation, column)), shape=(relations.size, len(used)))
    of_cell, of_relation = number[: len(used)], number[len(used) :]
    cells_in_order, relations_in_order = np.argsort(of_cell, kind="stable"), np.argsort(of_relation, kind="stable")
    for one in np.unique(of_cell):
        columns = cells_in_order[slice(*np.searchsorted(of_cell[cells_in_order], [one, one + 1]))]
        rows = relations_in_order[slice(*np.searchsorted(of_relation[relations_in_order], [one, one + 1]))]
        yield _part(system, relations, used[columns], rows, matrix[rows][:, columns])


def _part(system: System, relations: Relations, cells: Ints, rows: Ints, matrix: Any) -> _Part:
    """The part with finite bounds: what has no end is cut off far beyond every limit."""
    low = np.where(np.isinf(system.low[cells]), -_FAR, system.low[cells])
    high = np.where(np.isinf(system.high[cells]), np.maximum(low, 0.0) + _FAR, system.high[cells])
    return _Part(cells, low, high, system.whole[cells], matrix, relations.left[rows], relations.right[rows])


@dataclass(frozen=True)
class _Solution:
    """A possible table (None: none was found) and a bound that no table can leave."""

    table: Floats | None
    bound: float


def _solve(part: _Part, cost: Floats, *, is_whole: bool, gap: float = 0.0, nodes: int = _NODES) -> _Solution:
    """The table with the least cost."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    offset = np.floor(part.low)
    moved = part.matrix @ offset
    solved = milp(
        cost,
        integrality=part.whole.astype(np.int8) if is_whole else np.zeros(len(cost), dtype=np.int8),
        bounds=Bounds(part.low - offset, part.high - offset),
        constraints=LinearConstraint(part.matrix, part.left - moved - SMALL / 10, part.right - moved + SMALL / 10),
        options={"mip_rel_gap": gap, "node_limit": nodes, "time_limit": _SECONDS},
    )
    bound = solved.mip_dual_bound if solved.status != _SOLVED and is_whole else solved.fun
    table = None if solved.x is None else np.asarray(solved.x + offset)
    least = float(cost @ offset) + (-np.inf if bound is None else float(bound))
    return _Solution(table, least)


class _Inspection:
    """What is known so far about the targets of one part: possible tables seen, and bounds no table can leave."""

    def __init__(self, part: _Part, own: Ints, limits: Limits) -> None:
        self.part, self.own, self.limits = part, own, limits
        self.determined = _determined(part)[own]
        self.low, self.high = np.full(len(own), np.inf), np.full(len(own), -np.inf)
        self.outer_low, self.outer_high = part.low[own].copy(), part.high[own].copy()
        self.table: Floats | None = None

    def see(self, table: Floats | None) -> bool:
        """Takes a table, if it is possible: whole numbers where cells are."""
        if table is None or np.any(np.abs(table - np.round(table))[self.part.whole] > _FRACTION):
            return False
        self.table = np.where(self.part.whole, np.round(table), table)
        np.minimum(self.low, self.table[self.own], out=self.low)
        np.maximum(self.high, self.table[self.own], out=self.high)
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


def _attack_part(part: _Part, own: Ints, limits: Limits) -> tuple[Bools, Floats, Floats]:
    """For the targets at positions `own` of a part: whether each is open, and its ends as far as proved."""
    seen = _Inspection(part, own, limits)
    if len(own) > _FEW:
        _look_around(seen)
    for settle in (_relaxed_ends, _near_ends, _exact_ends):
        for target in np.flatnonzero(seen.pending()).tolist():
            if seen.pending()[target]:
                settle(seen, target)
    found = seen.open() | seen.pending()
    if seen.determined.any():
        table = _solve(part, np.zeros(len(part.cells)), is_whole=False).table
        if table is not None:
            seen.outer_low[seen.determined] = seen.outer_high[seen.determined] = table[own][seen.determined]
    return found, seen.outer_low, seen.outer_high


def _look_around(seen: _Inspection) -> None:
    """Possible tables at both ends of random directions, as long as they settle a good part of what is left."""
    part, own = seen.part, seen.own
    random = np.random.default_rng(len(part.cells))
    left = int(seen.pending().sum())
    while left > _FEW:
        cost = np.zeros(len(part.cells))
        cost[own] = seen.pending() * random.uniform(0.5, 1.5, len(own)) * random.choice([-1.0, 1.0], len(own))
        for sign in (1.0, -1.0):
            if not seen.see(_solve(part, sign * cost, is_whole=False).table):
                seen.see(_solve(part, sign * cost, is_whole=True, gap=0.5, nodes=1).table)
        before, left = left, int(seen.pending().sum())
        if left > before * _WORTHWHILE:
            return


def _ends(seen: _Inspection, target: int, part: _Part, at: int, *, is_whole: bool) -> Iterator[tuple[float, _Solution]]:
    cost = np.zeros(len(part.cells))
    for sign in (1.0, -1.0):
        cost[at] = sign
        yield sign, _solve(part, cost, is_whole=is_whole)


def _relaxed_ends(seen: _Inspection, target: int) -> None:
    """The ends without regard to whole numbers: bounds for all tables."""
    for sign, solution in _ends(seen, target, seen.part, int(seen.own[target]), is_whole=False):
        seen.see(solution.table)
        seen.bound(target, sign, solution.bound)


def _near_ends(seen: _Inspection, target: int) -> None:
    """Possible tables that differ from a known one only near the target, in growing neighbourhoods."""
    if not seen.part.whole.any():
        return
    cell, size = int(seen.own[target]), 0
    for most in _NEIGHBOURS:
        near = _neighbourhood(seen.part, cell, most)
        if seen.table is None or len(near) in {size, len(seen.part.cells)} or not seen.pending()[target]:
            return
        size, table = len(near), seen.table
        local = _restricted(seen.part, near, table)
        for _, solution in _ends(seen, target, local, int(np.searchsorted(near, cell)), is_whole=True):
            if solution.table is not None:
                moved = table.copy()
                moved[near] = solution.table
                seen.see(moved)


def _exact_ends(seen: _Inspection, target: int) -> None:
    """The ends for whole numbers."""
    if not seen.part.whole.any():
        return
    for sign, solution in _ends(seen, target, seen.part, int(seen.own[target]), is_whole=True):
        seen.see(solution.table)
        seen.bound(
            target, sign, np.ceil(solution.bound - SMALL) if seen.part.whole[seen.own[target]] else solution.bound
        )


def _neighbourhood(part: _Part, cell: int, most: int) -> Ints:
    """At least so many cells around a cell, where its part has them: whole rings of relations, in order."""
    reached = np.zeros(len(part.cells))
    reached[cell] = 1.0
    links, size = abs(part.matrix), 0
    while size < (size := int(reached.sum())) < most:
        reached = (links.T @ (links @ reached) > 0).astype(np.float64)
    return np.flatnonzero(reached)


def _restricted(part: _Part, near: Ints, table: Floats) -> _Part:
    """The part with every cell but the near ones held at its value in a table."""
    held = table.copy()
    held[near] = 0.0
    constant = part.matrix @ held
    rows = np.flatnonzero(abs(part.matrix[:, near]).sum(axis=1))
    matrix = part.matrix[rows][:, near]
    left, right = (part.left - constant)[rows], (part.right - constant)[rows]
    return _Part(part.cells[near], part.low[near], part.high[near], part.whole[near], matrix, left, right)


def _determined(part: _Part) -> Bools:
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
