"""Which further cells would have to be withheld so that open ones are protected.

A heuristic: for each open cell the cheapest way to move it by the limit without breaking a relation (a linear
program over the open cells around it; small figures are cheap), then every cell that proves unnecessary is
taken out again. The set closes the gap; it need not be the smallest.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from einklang.disclosure.attack import Limits, attack
from einklang.disclosure.system import Bools, Floats, Ints, System

_ATTEMPTS = 3
_CELLS = 20_000
_TARGETS = 60
_TRIED = 40
_NEAR = 3
_SECONDS = 5.0


def further_cells(
    system: System, opened: Ints, targets: Ints, limits: Limits, hidden: Bools, value: Floats, allowed: Bools
) -> Ints | None:
    """Cells that close the gap if they are withheld too; None where none were found.

    `opened` are the targets to protect, `targets` all that must be protected; `hidden` what is withheld already,
    `value` the open figures, `allowed` the open cells that may be withheld.
    """
    if len(opened) > _TARGETS:
        return None
    chosen = np.zeros(system.size, dtype=np.bool_)
    pending = opened
    for attempt in range(_ATTEMPTS):
        for target in pending.tolist():
            width = float(limits.count[target]) * (attempt + 1)
            added = _movement(system, target, width, hidden | chosen, value, allowed)
            if added is not None:
                chosen[added] = True
        pending = _still_open(system, np.concatenate([targets, np.flatnonzero(chosen)]), limits, hidden, chosen)
        pending = np.intersect1d(pending, np.concatenate([targets, np.flatnonzero(chosen)]))
        pending = np.intersect1d(pending, opened)
        if not len(pending):
            return _pruned(system, opened, limits, hidden, chosen, value)
    return None


def withheld(system: System, cells: Bools) -> System:
    """The system if these cells were withheld as well."""
    return replace(
        system, low=np.where(cells, np.minimum(system.low, 0.0), system.low), high=np.where(cells, np.inf, system.high)
    )


def _still_open(system: System, targets: Ints, limits: Limits, hidden: Bools, chosen: Bools) -> Ints:
    attacked = attack(withheld(system, chosen), targets, limits, hidden | chosen, _SECONDS)
    return attacked.targets[attacked.is_open | attacked.is_unsettled]


def _pruned(system: System, opened: Ints, limits: Limits, hidden: Bools, chosen: Bools, value: Floats) -> Ints:
    """Without the cells, largest figure first, that are not needed."""
    order = np.flatnonzero(chosen)
    for cell in order[np.argsort(-value[order])][:_TRIED].tolist():
        chosen[cell] = False
        if len(_still_open(system, opened, limits, hidden, chosen)):
            chosen[cell] = True
    return np.flatnonzero(chosen)


def _movement(system: System, target: int, width: float, hidden: Bools, value: Floats, allowed: Bools) -> Ints | None:
    """The open cells that move when the target moves by `width` in the cheapest way."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    relations = system.relations
    links = csr_array((relations.factor, (relations.relation, relations.cell)), shape=(relations.size, system.size))
    near = np.zeros(relations.size, dtype=np.bool_)
    cells = np.zeros(system.size)
    cells[target] = 1.0
    pattern = abs(links)
    for _ in range(_NEAR):
        near = pattern @ cells > 0
        cells = (pattern.T @ near.astype(np.float64) > 0).astype(np.float64)
        if cells.sum() > _CELLS:
            break
    inside = (cells > 0) & (hidden | allowed)
    # A cell that stands in a relation further away would break it if it moved.
    inside &= pattern.T @ (~near).astype(np.float64) == 0
    inside[target] = True
    columns, rows = np.flatnonzero(inside), np.flatnonzero(near & np.isclose(relations.left, relations.right))
    matrix = links[rows][:, columns]
    known = ~hidden[columns]
    cost = np.where(known, 1.0 + np.log1p(np.maximum(value[columns], 0.0)), 0.0)
    least = np.where(known, -np.maximum(value[columns], 0.0), -width)
    both = np.concatenate([cost, cost])
    at = int(np.searchsorted(columns, target))
    upward = np.column_stack([np.zeros(len(columns)), np.full(len(columns), 10.0 * width)])
    downward = np.column_stack([np.zeros(len(columns)), np.minimum(-least, 10.0 * width)])
    upward[at], downward[at] = (width, width), (0.0, 0.0)
    solved = linprog(
        both,
        A_eq=hstack([matrix, -matrix]),
        b_eq=np.zeros(len(rows)),
        bounds=np.vstack([upward, downward]),
        method="highs",
    )
    if solved.x is None:
        return None
    moved = np.abs(solved.x[: len(columns)] - solved.x[len(columns) :]) > 1e-6
    return np.asarray(columns[moved & known])
