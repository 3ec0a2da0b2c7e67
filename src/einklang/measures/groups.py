"""Totals and their parts, group by group, and the comparison of the two.

Where every part has a number (and no zero that is no real zero), the difference is judged on both sides;
where a part is suppressed or not delivered, only that the known parts do not exceed the total, and nothing at all
where figures may be negative.

Cells rounded on their own to a base move by at most h each, so a total and n parts differ by at most
h·(n+1); the deviation of such a difference has the standard deviation σ·√(n+1). Where bases differ, h and
σ² are added cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.cube import Axis, Cube
from einklang.declarations.base import Text
from einklang.evidence import TERMS_LISTED, Calculation, Term
from einklang.findings import Fact
from einklang.measures.figures import Context, Figures, Parameters, nothing
from einklang.measures.precision import Precision
from einklang.measures.suspects import earlier_by_row, stands_out

_SHOWN_PARTS = 4
_ONE_IN_A_THOUSAND = 0.001
_USUAL = 3.29
"""Standard deviations that one rounded sum in a thousand exceeds."""


@dataclass(frozen=True)
class Groups:
    """Totals and their parts, group by group.

    `total` is the position of the total in the cube, -1 where there is none; `parts` how many parts have a
    number, `known` their sum, `expected` how many parts there must be (0: not agreed, never complete).
    `members` are the positions of all parts, `group` is the group of each, `numbered` tells which have a number.
    """

    members: NDArray[np.integer[Any]]
    group: NDArray[np.integer[Any]]
    numbered: NDArray[np.bool_]
    total: NDArray[np.int64]
    parts: NDArray[np.int64]
    known: NDArray[np.float64]
    expected: NDArray[np.int64]

    @cached_property
    def _by_group(self) -> tuple[NDArray[np.integer[Any]], NDArray[np.int64]]:
        """The members in the order of their groups, and where each group begins."""
        members = self.members[np.argsort(self.group, kind="stable")]
        return members, np.concatenate([[0], np.cumsum(np.bincount(self.group, minlength=len(self.total)))])

    def members_of(self, group: int) -> NDArray[np.int64]:
        """Positions of the parts of one group."""
        members, begins = self._by_group
        return members[begins[group] : begins[group + 1]].astype(np.int64)

    @property
    def is_complete(self) -> NDArray[np.bool_]:
        """Per group: whether every part that there must be has a number."""
        return (self.expected > 0) & (self.parts >= self.expected)

    def added(self, of_members: Callable[[NDArray[np.integer[Any]]], NDArray[np.float64]]) -> NDArray[np.float64]:
        """Per group the sum of a property of its parts that have a number."""
        sums = np.bincount(self.group[self.numbered], of_members(self.members[self.numbered]), len(self.total))
        return sums.astype(np.float64, copy=False)


def gather(
    cube: Cube,
    axis: Axis,
    groups: tuple[NDArray[np.int64], int],
    total: int,
    parts: Sequence[int],
    expected: NDArray[np.int64] | int,
) -> Groups:
    """The groups whose total and parts are the codes at these positions of an axis (-1: none)."""
    number, size = groups
    role = np.zeros(len(axis.codes), dtype=np.int8)
    role[[part for part in parts if part >= 0]] = 1
    if total >= 0:
        role[total] = 2
    roles = role[axis.index]
    totals, members = np.flatnonzero(roles == 2), np.flatnonzero(roles == 1)
    position = np.full(size, -1, dtype=np.int64)
    position[number[totals]] = totals
    # There is one of each per part: of ten million rows these are the largest arrays that stay.
    members, group = members.astype(_narrow(cube.size)), number[members].astype(_narrow(size))
    value = cube.value[members]
    numbered = ~np.isnan(value) & cube.certain[members]
    counted = group[numbered]
    known: NDArray[np.float64] = np.bincount(counted, value[numbered], size).astype(np.float64, copy=False)
    return Groups(
        members=members,
        group=group,
        numbered=numbered,
        total=position,
        parts=np.bincount(counted, minlength=size),
        known=known,
        expected=np.full(size, expected, dtype=np.int64) if isinstance(expected, int) else expected,
    )


def _narrow(size: int) -> type[np.integer[Any]]:
    return np.int32 if size <= np.iinfo(np.int32).max else np.int64


def _over_cells(
    groups: Groups,
    with_total: NDArray[np.int64],
    table: NDArray[np.float64],
    precision: Precision,
    cube: Cube,
) -> NDArray[np.float64]:
    """A property of cells, added over each total and its parts that have a number."""
    of_total = precision.of(table, cube, groups.total[with_total])
    if precision.is_uniform:
        return of_total * (groups.parts[with_total] + 1)
    return of_total + groups.added(lambda rows: precision.of(table, cube, rows))[with_total]


def _may_be_negative(context: Context, cube: Cube) -> NDArray[np.bool_]:
    """Per measure whether a part may exceed its total, because other parts can be negative."""
    declared = [context.dataset.measure(code).minimum if code else None for code in cube.axes["measure"].codes]
    return np.asarray([least is None or least < 0 for least in declared], dtype=np.bool_)


def compare(
    context: Context,
    precision: Precision,
    groups: Groups,
    axis: str,
    names: Text,
    rest: tuple[float, float] = (0.0, 0.0),
) -> Figures:
    """Figures per total: `difference` (total − sum), `allowed`, `excess` (over it, ≥ 0), `complete`, `spread`.

    Where parts are missing and may be negative, the difference says nothing and is 0. `rest` (share of the total, or
    count) is what a total may exceed its parts by, because categories are not delivered; `spread` the standard
    deviation that rounding gives the difference. `axis` is the axis on which the parts differ.
    """
    cube = context.cube
    with_total = np.flatnonzero((groups.total >= 0) & (groups.parts > 0))
    largest = _over_cells(groups, with_total, precision.largest, precision, cube)
    usable = ~np.isnan(cube.value[groups.total[with_total]]) & ~np.isnan(largest)
    with_total, allowed = with_total[usable], largest[usable]
    totals = groups.total[with_total]
    value = cube.value[totals]
    if not len(with_total):
        return nothing("no_total_with_parts")
    spread = np.sqrt(_over_cells(groups, with_total, precision.variance, precision, cube))
    difference = value - groups.known[with_total]
    complete = groups.is_complete[with_total]
    signed = ~complete & _may_be_negative(context, cube)[cube.axes["measure"].index[totals]]
    left = np.maximum(rest[0] * value, rest[1])
    frame = pd.DataFrame(
        {
            "difference": np.where(signed, 0.0, difference),
            "allowed": allowed,
            "excess": np.where(signed, 0.0, beyond(difference, allowed, left, complete)),
            "complete": complete,
            "spread": spread,
            "rest": left,
        }
    )

    def members(i: int) -> NDArray[np.int64]:
        return groups.members_of(int(with_total[i]))

    def rows(i: int) -> NDArray[np.int64]:
        found: NDArray[np.int64] = cube.row[np.concatenate([totals[i : i + 1], members(i)])]
        return found

    def allowed_above(i: int) -> float:
        bound = allowed[i] if np.isfinite(allowed[i]) else _USUAL * spread[i]
        return float(bound + (left[i] if difference[i] > 0 else 0.0))

    def facts(i: int) -> dict[str, Fact]:
        found = rows(i)
        return {
            "total": context.describe(int(found[0])),
            "teile": names,
            "wert": float(value[i]),
            "n": int(groups.parts[with_total[i]]),
            "summe": float(groups.known[with_total[i]]),
            "diff": float(difference[i]),
            "tol": allowed_above(i),
            "ueblich": round(float(_USUAL * spread[i]), 1) if np.isfinite(spread[i]) else "–",
            "zellen": cells_of(context, found),
        }

    def calculation(i: int) -> Calculation:
        parts = np.sort(members(i))
        row = cube.row[parts]
        found = (
            stands_out(cube.value[parts], earlier_by_row(context)[row], -float(difference[i]))
            if (row >= 0).all()
            else None
        )
        terms = [term(context, axis, int(part)) for part in parts[:TERMS_LISTED]]
        if found is not None and found < len(terms):
            terms[found] = terms[found].model_copy(update={"is_suspect": True})
        return Calculation(
            relation="equal" if complete[i] else "at_least",
            terms=terms,
            count=len(parts),
            computed=float(groups.known[with_total[i]]),
            given=term(context, axis, int(totals[i])),
            difference=float(difference[i]),
            allowed=allowed_above(i),
        )

    return Figures(frame, rows, facts, calculation=calculation)


def beyond(
    difference: NDArray[np.float64],
    allowed: NDArray[np.float64],
    rest: NDArray[np.float64],
    complete: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """By how much differences lie over what is allowed; below nothing, so also for incomplete parts."""
    over = np.where(complete, difference - allowed - rest, 0.0)
    excess: NDArray[np.float64] = np.maximum(np.maximum(-difference - allowed, over), 0.0)
    return excess.round(6)


def with_likelihood(figures: Figures, parameters: Parameters) -> Figures:
    """The figures with `unlikely`: by how much a difference within the exact bound exceeds the usual one.

    The usual bound is z·σ·√(n+1). For one sum z is 3.29, which rounding exceeds once in a thousand (`probability`);
    for m sums z is that of probability/m, so that a right delivery of any size is asked that rarely.
    """
    frame = figures.frame
    if figures.not_evaluable is not None or not len(frame):
        return figures
    probability = number_in(parameters, "probability", _ONE_IN_A_THOUSAND)
    allowed, spread = frame["allowed"].to_numpy(), frame["spread"].to_numpy()
    judged = (spread > 0) & (_USUAL * spread < allowed)
    usual = NormalDist().inv_cdf(1 - probability / (2 * max(1, int(judged.sum())))) * np.nan_to_num(spread)
    excess = beyond(
        frame["difference"].to_numpy(), usual, frame["rest"].to_numpy(), frame["complete"].to_numpy(dtype=np.bool_)
    )
    unlikely = np.where(judged & (usual < allowed) & (frame["excess"] == 0), excess, 0.0)
    return replace(figures, frame=frame.assign(unlikely=unlikely))


def term(context: Context, axis: str, position: int) -> Term:
    """A figure of the cube as a term of a calculation, named by its code on an axis."""
    cube = context.cube
    value = float(cube.value[position])
    row = int(cube.row[position])
    return Term(
        label=label_of(context, axis, cube.code(axis, position)),
        value=None if np.isnan(value) else value,
        cell=context.cell(row) if row >= 0 else "",
    )


def label_of(context: Context, axis: str, code: str) -> Text:
    """What a code is called; areas with their key."""
    match axis:
        case "measure":
            return context.dataset.measure(code).title
        case "period":
            return Text(de=code, en=code)
    listed = context.project.codes(context.dataset.name, axis).codes[code]
    prefix = f"{code} " if axis == "area" and code.isdigit() else ""
    return Text(de=f"{prefix}{listed.label_de}", en=f"{prefix}{listed.label_en}")


def labels(context: Context, name: str, codes: Sequence[str]) -> Text:
    """The first codes by name, joined by a plus."""
    listed = context.project.codes(context.dataset.name, name).codes
    shown = [listed[code] for code in codes[:_SHOWN_PARTS] if code in listed]
    more = " …" if len(codes) > _SHOWN_PARTS else ""
    return Text(
        de=" + ".join(code.label_de for code in shown) + more, en=" + ".join(code.label_en for code in shown) + more
    )


def cells_of(context: Context, rows: NDArray[np.int64]) -> str:
    """The cells of the first rows; figures of earlier deliveries have none here."""
    own = rows[rows >= 0]
    more = "" if len(own) <= _SHOWN_PARTS + 1 else ", …"
    return ", ".join(context.cell(int(row)) for row in own[: _SHOWN_PARTS + 1]) + more


def stack(found: Sequence[Figures]) -> Figures:
    """The figures of several measures as those of one."""
    if not found:
        return nothing("no_total_with_parts")
    starts = np.cumsum([0] + [len(figures.frame) for figures in found])

    def at(i: int) -> tuple[Figures, int]:
        which = int(np.searchsorted(starts, i, side="right")) - 1
        return found[which], i - int(starts[which])

    def rows(i: int) -> NDArray[np.int64]:
        figures, inner = at(i)
        return figures.rows(inner)

    def facts(i: int) -> dict[str, Fact]:
        figures, inner = at(i)
        return figures.facts(inner)

    def calculation(i: int) -> Calculation | None:
        figures, inner = at(i)
        return figures.calculation(inner)

    frame = pd.concat([figures.frame for figures in found], ignore_index=True)
    return Figures(frame, rows, facts, calculation=calculation)


def names_in(parameters: Parameters, key: str) -> list[str]:
    """The names that a parameter gives, one or several."""
    value = parameters.get(key, [])
    return [str(name) for name in value] if isinstance(value, list) else [str(value)]


def number_in(parameters: Parameters, key: str, default: float = 0.0) -> float:
    """The number that a parameter gives."""
    value = parameters.get(key, default)
    assert isinstance(value, (int, float))
    return float(value)
