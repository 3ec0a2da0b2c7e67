"""Connected parts of what an attacker does not know, and linear and integer programs over one part.

Solver: HiGHS, through SciPy, imported when there is something to solve.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from einklang.disclosure.coordinates import coordinates
from einklang.disclosure.system import SMALL, Bools, Floats, Ints, Relations, System, among_unknown

_FAR = 1e6
_SMALL_PART = 200
_LARGE = 10_000
_TOLERANCE = 1e-5
_SOLVED = 0


@dataclass(frozen=True)
class _Constraints:
    """Variables lie in `low` … `high`, some are `whole`; matrix (sparse) · variables in `left` … `right`."""

    low: Floats
    high: Floats
    whole: Bools
    matrix: Any
    left: Floats
    right: Floats


@dataclass(frozen=True)
class _Program(_Constraints):
    """What the solver is given, over variables of which the cells follow: `base` + `steps` · variables."""

    base: Floats
    steps: Any


@dataclass(frozen=True)
class Part(_Constraints):
    """A connected part: its cells, which are the variables, and its relations.

    `is_small`: too small to be worth solving the equations for its free cells.
    """

    cells: Ints
    is_small: bool

    @property
    def is_equation(self) -> Bools:
        """Which relations leave no room."""
        return np.asarray(self.right - self.left <= SMALL)

    def allows(self, table: Floats) -> bool:
        """Whether a table keeps all bounds and relations."""
        sums = self.matrix @ table
        least, most = np.concatenate([self.low, self.left]), np.concatenate([self.high, self.right])
        value = np.concatenate([table, sums])
        return bool(np.all((value >= least - _TOLERANCE) & (value <= most + _TOLERANCE)))

    @cached_property
    def program(self) -> _Program:
        """What the solver is given: the free cells alone where that is possible, else all cells."""
        return self._over_free_cells() or self._over_all_cells()

    @property
    def is_over_free_cells(self) -> bool:
        """Whether the solver is given the free cells alone."""
        return len(self.program.low) < len(self.cells)

    def _over_all_cells(self) -> _Program:
        from scipy.sparse import eye_array

        base = np.floor(self.low)
        moved = self.matrix @ base
        left, right = self.left - moved, self.right - moved
        steps = eye_array(len(self.cells), format="csr")
        return _Program(self.low - base, self.high - base, self.whole, self.matrix, left, right, base, steps)

    def _over_free_cells(self) -> _Program | None:
        from scipy.sparse import vstack

        if self.is_small or not self.whole.all():
            return None
        equations = np.flatnonzero(self.is_equation)
        found = coordinates(self.matrix[equations], self.right[equations])
        if found is None or not len(found.free):
            return None
        bound = np.setdiff1d(np.arange(len(self.cells)), found.free)
        rows = self.matrix[np.flatnonzero(~self.is_equation)]
        moved = rows @ found.base
        matrix = vstack([found.steps[bound], rows @ found.steps], format="csr")
        left = np.concatenate([(self.low - found.base)[bound], self.left[~self.is_equation] - moved])
        right = np.concatenate([(self.high - found.base)[bound], self.right[~self.is_equation] - moved])
        low, high, whole = self.low[found.free], self.high[found.free], self.whole[found.free]
        return _Program(low, high, whole, matrix, left, right, found.base, found.steps)


def parts_of(system: System, interesting: Bools) -> Iterator[Part]:
    """The connected parts of the relations that hold an interesting cell."""
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


def _part(system: System, relations: Relations, cells: Ints, rows: Ints, matrix: Any) -> Part:
    """The part with finite bounds: what has no end is cut off far beyond every limit."""
    low = np.where(np.isinf(system.low[cells]), -_FAR, system.low[cells])
    high = np.where(np.isinf(system.high[cells]), np.maximum(low, 0.0) + _FAR, system.high[cells])
    left, right = relations.left[rows], relations.right[rows]
    return Part(low, high, system.whole[cells], matrix, left, right, cells, is_small=len(cells) < _SMALL_PART)


@dataclass(frozen=True)
class Solution:
    """A possible table (None: none was found) and a bound that no table can leave."""

    table: Floats | None
    bound: float


def solve(part: Part, cost: Floats, seconds: float, *, is_whole: bool, gap: float = 0.0, nodes: int = 1) -> Solution:
    """The table with the least cost, as far as so many seconds and branchings find it."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    program = part.program
    costs = cost @ program.steps
    if not is_whole and len(costs) > _LARGE:
        return _by_interior_points(program, cost, costs, seconds)
    solved = milp(
        costs,
        integrality=program.whole.astype(np.int8) if is_whole else np.zeros(len(costs), dtype=np.int8),
        bounds=Bounds(program.low, program.high),
        constraints=LinearConstraint(program.matrix, program.left, program.right),
        options={"mip_rel_gap": gap, "node_limit": nodes, "time_limit": seconds},
    )
    bound = solved.mip_dual_bound if is_whole else solved.fun if solved.status == _SOLVED else None
    return _solution(program, cost, solved.x, bound)


def _by_interior_points(program: _Program, cost: Floats, costs: Floats, seconds: float) -> Solution:
    """The same without whole numbers: on large parts interior points are several times as fast."""
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    equal = program.right - program.left <= SMALL
    above, below = (np.flatnonzero(~equal & np.isfinite(side)) for side in (program.right, program.left))
    solved = linprog(
        costs,
        A_ub=vstack([program.matrix[above], -program.matrix[below]]),
        b_ub=np.concatenate([program.right[above], -program.left[below]]),
        A_eq=program.matrix[np.flatnonzero(equal)],
        b_eq=program.right[equal],
        bounds=np.column_stack([program.low, program.high]),
        method="highs-ipm",
        options={"time_limit": seconds},
    )
    return _solution(program, cost, solved.x, solved.fun if solved.status == _SOLVED else None)


def _solution(program: _Program, cost: Floats, found: Floats | None, bound: float | None) -> Solution:
    table = None if found is None else np.asarray(program.base + program.steps @ found)
    return Solution(table, float(cost @ program.base) + (-np.inf if bound is None else float(bound)))
