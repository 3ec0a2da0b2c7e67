"""Sums: parts against their total, with the tolerance that rounding allows.

Where every part has a number (and no zero that is no real zero), the difference is judged on both sides;
where a part is suppressed or not delivered, only that the known parts do not exceed the total. Formulas:
cells rounded on their own to a base move by at most h each, so a sum of n parts differs by at most h·(n+1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.cube import Axis, Cube
from einklang.declarations.base import Text
from einklang.declarations.codelists import Code
from einklang.findings import Fact
from einklang.measures.figures import Context, Figures, Parameters, nothing
from einklang.periods import period_of_code

_SHOWN_PARTS = 4


def deviations(context: Context) -> NDArray[np.float64]:
    """By how much rounding can move a cell, per measure and period of the cube; NaN where nothing adds up."""
    cube = context.cube
    measures, periods = cube.axes["measure"], cube.axes["period"]
    table = np.full((len(measures.codes), len(periods.codes)), np.nan)
    base = context.profile.rounding_base if context.profile else None
    for i, name in enumerate(measures.codes):
        for j, period in enumerate(periods.codes):
            if not name or not period:
                continue
            measure = context.dataset.measure(name)
            if measure.additivity in {"exact", "rounded"}:
                table[i, j] = measure.largest_deviation(period, base)
    return table


def _of_figures(context: Context, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    cube = context.cube
    found: NDArray[np.float64] = deviations(context)[cube.axes["measure"].index[rows], cube.axes["period"].index[rows]]
    return found


@dataclass(frozen=True)
class _Groups:
    """Totals and their parts, group by group.

    `total` is the position of the total in the cube, -1 where there is none; `parts` how many parts have a
    number, `known` their sum, `expected` how many parts there must be (0: not agreed, never complete).
    `members` are the positions of all parts, `group` is the group of each.
    """

    members: NDArray[np.int64]
    group: NDArray[np.int64]
    total: NDArray[np.int64]
    parts: NDArray[np.int64]
    known: NDArray[np.float64]
    expected: NDArray[np.int64]

    @cached_property
    def _by_group(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        order = np.argsort(self.group, kind="stable")
        return self.members[order], self.group[order]

    def members_of(self, group: int) -> NDArray[np.int64]:
        """Positions of the parts of one group."""
        members, groups = self._by_group
        first, end = np.searchsorted(groups, [group, group + 1])
        return members[first:end]


def _gather(
    cube: Cube,
    axis: Axis,
    groups: tuple[NDArray[np.int64], int],
    total: int,
    parts: Sequence[int],
    expected: NDArray[np.int64] | int,
) -> _Groups:
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
    group, value = number[members], cube.value[members]
    numbered = ~np.isnan(value) & cube.certain[members]
    counted = group[numbered]
    known: NDArray[np.float64] = np.bincount(counted, value[numbered], size).astype(np.float64, copy=False)
    return _Groups(
        members=members,
        group=group,
        total=position,
        parts=np.bincount(counted, minlength=size),
        known=known,
        expected=np.full(size, expected, dtype=np.int64) if isinstance(expected, int) else expected,
    )


def _compare(context: Context, groups: _Groups, rest_share: float, rest_count: float, names: Text) -> Figures:
    """Figures: `difference` (total − sum), `allowed`, `excess` (over it, ≥ 0) and `complete` per total."""
    cube = context.cube
    with_total = np.flatnonzero((groups.total >= 0) & (groups.parts > 0))
    totals = groups.total[with_total]
    value = cube.value[totals]
    allowed_per_cell = _of_figures(context, totals)
    usable = ~np.isnan(value) & ~np.isnan(allowed_per_cell)
    with_total, totals, value = with_total[usable], totals[usable], value[usable]
    if not len(with_total):
        return nothing("no_total_with_parts")
    allowed = allowed_per_cell[usable] * (groups.parts[with_total] + 1)
    difference = value - groups.known[with_total]
    complete = (groups.expected[with_total] > 0) & (groups.parts[with_total] >= groups.expected[with_total])
    rest = np.maximum(rest_share * value, rest_count)
    over = np.where(complete, difference - allowed - rest, 0.0)
    excess = np.maximum(np.maximum(-difference - allowed, over), 0.0)
    frame = pd.DataFrame(
        {"difference": difference, "allowed": allowed, "excess": np.round(excess, 6), "complete": complete}
    )

    def rows(i: int) -> NDArray[np.int64]:
        found: NDArray[np.int64] = cube.row[np.concatenate([totals[i : i + 1], groups.members_of(int(with_total[i]))])]
        return found

    def facts(i: int) -> dict[str, Fact]:
        found = rows(i)
        cells = [context.cell(int(row)) for row in found[: _SHOWN_PARTS + 1]]
        more = "" if len(found) <= _SHOWN_PARTS + 1 else ", …"
        return {
            "total": context.describe(int(found[0])),
            "teile": names,
            "wert": float(value[i]),
            "n": int(groups.parts[with_total[i]]),
            "summe": float(groups.known[with_total[i]]),
            "diff": float(difference[i]),
            "tol": float(allowed[i] + (rest[i] if difference[i] > 0 else 0.0)),
            "zellen": ", ".join(cells) + more,
        }

    return Figures(frame, rows, facts)


def _names(parameters: Parameters, key: str) -> list[str]:
    value = parameters.get(key, [])
    return [str(name) for name in value] if isinstance(value, list) else [str(value)]


def _number(parameters: Parameters, key: str) -> float:
    value = parameters.get(key, 0)
    assert isinstance(value, (int, float))
    return float(value)


def dimension_sums(context: Context, parameters: Parameters) -> Figures:
    """Sums over one dimension.

    Parameters: `dimension`; `total` and `parts` (codes), or `total` alone for a hierarchy, where each code
    is the sum of its children of one code list if the profile says that all parts are delivered
    (`complete_hierarchies`). `rest_share` and `rest_count` allow a total to exceed its parts by categories
    that are not delivered (share of the total, or count).
    """
    cube, name = context.cube, str(parameters["dimension"])
    others = [axis for axis in cube.axes if axis != name]
    axis = cube.axes[name]
    rest_share, rest_count = _number(parameters, "rest_share"), _number(parameters, "rest_count")
    if "parts" in parameters:
        parts = _names(parameters, "parts")
        positions = [axis.position(code) for code in parts]
        total = axis.position(str(parameters["total"]))
        groups = _gather(cube, axis, cube.groups(others), total, positions, len(parts))
        return _compare(context, groups, rest_share, rest_count, _labels(context, name, parts))
    return _hierarchy(context, name, cube.groups(others), rest_share, rest_count)


def _hierarchy(
    context: Context, name: str, numbered: tuple[NDArray[np.int64], int], rest_share: float, rest_count: float
) -> Figures:
    cube, axis = context.cube, context.cube.axes[name]
    profile = context.profile
    complete = profile is not None and name in profile.complete_hierarchies
    lists = [context.project.codelists[listed] for listed in context.dataset.dimension(name).codelists]
    found: list[Figures] = []
    for parent_position, parent in enumerate(axis.codes):
        for codelist in lists:
            children = {
                code.code for code in codelist.codes.values() if code.parent == parent and code.kind != "combined"
            }
            positions = [position for position, code in enumerate(axis.codes) if code in children]
            if not positions:
                continue
            groups = _gather(cube, axis, numbered, parent_position, positions, len(positions) if complete else 0)
            label = _labels(context, name, [axis.codes[position] for position in positions])
            figures = _compare(context, groups, rest_share, rest_count, label)
            if figures.not_evaluable is None:
                found.append(figures)
    return _stack(found) if found else nothing("no_total_with_parts")


def _stack(found: Sequence[Figures]) -> Figures:
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

    return Figures(pd.concat([figures.frame for figures in found], ignore_index=True), rows, facts)


def _labels(context: Context, name: str, codes: Sequence[str]) -> Text:
    listed = context.project.codes(context.dataset.name, name).codes
    shown = [listed[code] for code in codes[:_SHOWN_PARTS] if code in listed]
    more = " …" if len(codes) > _SHOWN_PARTS else ""
    return Text(
        de=" + ".join(code.label_de for code in shown) + more, en=" + ".join(code.label_en for code in shown) + more
    )


def _number_existing(codes: Sequence[Code], period: str) -> int:
    if not period:
        return 0
    days = period_of_code(period)
    return sum(code.is_valid(days.start, days.end) for code in codes)


def area_sums(context: Context, parameters: Parameters) -> Figures:
    """Sums of areas: the Kreise of a Land (`level: land`), or the Länder of Germany (`level: country`).

    `residual` names areas that belong to the total but to no part (e.g. ABROAD). The sum is complete where
    every area that existed in the period has a number.
    """
    cube, axis = context.cube, context.cube.axes["area"]
    level = str(parameters["level"])
    residual = set(_names(parameters, "residual"))
    codelist = context.project.codes(context.dataset.name, "area").codes
    part_kind = "kreis" if level == "land" else "land"
    number, size = cube.groups([name for name in cube.axes if name != "area"])
    periods = cube.axes["period"].codes
    period_of_group = np.full(size, -1, dtype=np.int32)
    period_of_group[number] = cube.axes["period"].index
    found = []
    for position, parent in enumerate(axis.codes):
        if not parent or codelist[parent].kind != level:
            continue
        children = [code for code in codelist.values() if code.parent == parent and part_kind in code.kind]
        parts = {code.code for code in children} | (residual if level == "country" else set())
        positions = [index for index, code in enumerate(axis.codes) if code in parts]
        if not positions:
            continue
        expected_by_period = np.asarray([*(_number_existing(children, one) for one in periods), 0], dtype=np.int64)
        groups = _gather(cube, axis, (number, size), position, positions, expected_by_period[period_of_group])
        figures = _compare(
            context,
            groups,
            _number(parameters, "rest_share"),
            _number(parameters, "rest_count"),
            _labels(context, "area", sorted(parts)),
        )
        if figures.not_evaluable is None:
            found.append(figures)
    return _stack(found) if found else nothing("no_total_with_parts")


def subset_differences(context: Context, parameters: Parameters) -> Figures:
    """Subset minus whole, beyond rounding: `excess` is above 0 where a part exceeds its whole.

    Parameters: `subset` and `whole` (codes of the `dimension`; without one, measures).
    """
    cube = context.cube
    name = str(parameters.get("dimension", "measure"))
    axis = cube.axes[name]
    numbered = cube.groups([other for other in cube.axes if other != name])
    whole, subset = axis.position(str(parameters["whole"])), axis.position(str(parameters["subset"]))
    groups = _gather(cube, axis, numbered, whole, [subset], 0)
    if name != "measure":
        return _compare(context, groups, 0.0, 0.0, _labels(context, name, [str(parameters["subset"])]))
    return _compare(context, groups, 0.0, 0.0, context.dataset.measure(str(parameters["subset"])).title)
