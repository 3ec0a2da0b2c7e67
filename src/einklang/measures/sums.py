"""Sums: parts against their total, with the tolerance that rounding allows.

Where every part has a number (and no zero that is no real zero), the difference is judged on both sides; where a part is suppressed or not
delivered, only that the known parts do not exceed the total. Formulas: cells rounded on their own to a
base move by at most h each, so a sum of n parts differs by at most h·(n+1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.cube import Cube
from einklang.declarations.base import Text
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
    """

    number: NDArray[np.int64]
    is_part: NDArray[np.bool_]
    total: NDArray[np.int64]
    parts: NDArray[np.int64]
    known: NDArray[np.float64]
    expected: NDArray[np.int64]


def _gather(
    cube: Cube,
    number: NDArray[np.int64],
    size: int,
    is_total: NDArray[np.bool_],
    is_part: NDArray[np.bool_],
    expected: NDArray[np.int64] | int,
) -> _Groups:
    total = np.full(size, -1, dtype=np.int64)
    total[number[is_total]] = np.flatnonzero(is_total)
    numbered = is_part & ~np.isnan(cube.value) & cube.certain
    parts = np.bincount(number[numbered], minlength=size)
    known = np.bincount(number[numbered], weights=cube.value[numbered], minlength=size)
    wanted = np.full(size, expected, dtype=np.int64) if isinstance(expected, int) else expected
    return _Groups(number, is_part, total, parts, known, wanted)


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
    frame = pd.DataFrame({"difference": difference, "allowed": allowed, "excess": np.round(excess, 6), "complete": complete})

    def rows(i: int) -> NDArray[np.int64]:
        parts = np.flatnonzero((groups.number == with_total[i]) & groups.is_part)
        return cube.row[np.concatenate([[totals[i]], parts])]

    def facts(i: int) -> dict[str, Fact]:
        found = rows(i)
        cells = [context.cell(int(row)) for row in found[: _SHOWN_PARTS + 1]]
        more = "" if len(found) <= _SHOWN_PARTS + 1 else " …"
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
    number, size = cube.groups(others)
    axis = cube.axes[name]
    rest_share, rest_count = _number(parameters, "rest_share"), _number(parameters, "rest_count")
    if "parts" in parameters:
        parts = _names(parameters, "parts")
        positions = [axis.position(code) for code in parts]
        is_part = np.isin(axis.index, [position for position in positions if position >= 0])
        is_total = axis.index == axis.position(str(parameters["total"]))
        groups = _gather(cube, number, size, is_total, is_part, len(parts))
        return _compare(context, groups, rest_share, rest_count, _labels(context, name, parts))
    return _hierarchy(context, name, number, size, rest_share, rest_count)


def _hierarchy(
    context: Context, name: str, number: NDArray[np.int64], size: int, rest_share: float, rest_count: float
) -> Figures:
    cube, axis = context.cube, context.cube.axes[name]
    profile = context.profile
    complete = profile is not None and name in profile.complete_hierarchies
    lists = [context.project.codelists[listed] for listed in context.dataset.dimension(name).codelists]
    found: list[Figures] = []
    for parent_position, parent in enumerate(axis.codes):
        for codelist in lists:
            children = {code.code for code in codelist.codes.values() if code.parent == parent and code.kind != "combined"}
            positions = [position for position, code in enumerate(axis.codes) if code in children]
            if not positions:
                continue
            is_part = np.isin(axis.index, positions)
            groups = _gather(
                cube, number, size, axis.index == parent_position, is_part, len(positions) if complete else 0
            )
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
    found = []
    for position, parent in enumerate(axis.codes):
        if not parent or codelist[parent].kind != level:
            continue
        children = [code for code in codelist.values() if code.parent == parent and part_kind in code.kind]
        parts = {code.code for code in children} | (residual if level == "country" else set())
        positions = [index for index, code in enumerate(axis.codes) if code in parts]
        if not positions:
            continue
        expected_by_period = np.asarray(
            [
                sum(code.is_valid(period_of_code(one).start, period_of_code(one).end) for code in children) if one else 0
                for one in periods
            ],
            dtype=np.int64,
        )
        expected = np.zeros(size, dtype=np.int64)
        expected[number] = expected_by_period[cube.axes["period"].index]
        groups = _gather(cube, number, size, axis.index == position, np.isin(axis.index, positions), expected)
        figures = _compare(
            context, groups, _number(parameters, "rest_share"), _number(parameters, "rest_count"), _labels(context, "area", sorted(parts))
        )
        if figures.not_evaluable is None:
            found.append(figures)
    return _stack(found) if found else nothing("no_total_with_parts")


def subset_differences(context: Context, parameters: Parameters) -> Figures:
    """Subset minus whole, beyond rounding: `excess` is above 0 where a part exceeds its whole.

    Parameters: `dimension`, `subset`, `whole` (codes); or `measure_subset`, `measure_whole`.
    """
    cube = context.cube
    name = str(parameters.get("dimension", "measure"))
    axis = cube.axes[name]
    number, size = cube.groups([other for other in cube.axes if other != name])
    whole, subset = axis.position(str(parameters["whole"])), axis.position(str(parameters["subset"]))
    groups = _gather(cube, number, size, axis.index == whole, axis.index == subset, 0)
    if name != "measure":
        return _compare(context, groups, 0.0, 0.0, _labels(context, name, [str(parameters["subset"])]))
    return _compare(context, groups, 0.0, 0.0, context.dataset.measure(str(parameters["subset"])).title)
