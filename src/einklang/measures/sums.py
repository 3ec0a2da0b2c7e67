"""Sums: parts against their total, over a dimension or over areas; subgroups against their group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from einklang.cube import Cube
from einklang.declarations.codelists import Code
from einklang.measures.figures import Context, Figures, Parameters, nothing
from einklang.measures.groups import compare, gather, labels, names_in, number_in, stack, with_likelihood
from einklang.measures.precision import Precision, precision_of
from einklang.periods import period_of_code

_PART_KINDS = {"land": "kreis", "country": "land"}


def _additive(context: Context) -> tuple[Context, Precision] | None:
    """The context with the figures that can be added up and how exact they are, None where there are none."""
    cube = context.cube
    precision = precision_of(context, cube)
    if precision.is_additive.all():
        return context, precision
    kept = precision.is_additive[cube.axes["measure"].index]
    return (replace(context, cube=cube.select(kept)), precision) if kept.any() else None


def dimension_sums(context: Context, parameters: Parameters) -> Figures:
    """Sums over one dimension.

    Parameters: `dimension`; `total` and `parts` (codes), or neither for a hierarchy, where each code
    is the sum of its children of one code list if the profile says that all parts are delivered
    (`complete_hierarchies`). `rest_share` and `rest_count` allow a total to exceed its parts by categories
    that are not delivered (share of the total, or count).
    """
    found_additive = _additive(context)
    if found_additive is None:
        return nothing("no_total_with_parts")
    additive, precision = found_additive
    cube, name = additive.cube, str(parameters["dimension"])
    numbered = cube.groups([axis for axis in cube.axes if axis != name])
    axis = cube.axes[name]
    rest = number_in(parameters, "rest_share"), number_in(parameters, "rest_count")
    if "parts" not in parameters:
        return with_likelihood(_hierarchy(additive, precision, name, numbered, rest), parameters)
    parts = names_in(parameters, "parts")
    positions = [axis.position(code) for code in parts]
    total = axis.position(str(parameters["total"]))
    groups = gather(cube, axis, numbered, total, positions, len(parts))
    figures = compare(additive, precision, groups, name, labels(context, name, parts), rest)
    return with_likelihood(figures, parameters)


def _hierarchy(
    context: Context,
    precision: Precision,
    name: str,
    numbered: tuple[NDArray[np.int64], int],
    rest: tuple[float, float],
) -> Figures:
    cube, axis = context.cube, context.cube.axes[name]
    profile = context.profile
    complete = profile is not None and name in profile.complete_hierarchies
    lists = [context.project.codelists[listed] for listed in context.dataset.dimension(name).codelists]
    found: list[Figures] = []
    for parent_position, parent in enumerate(axis.codes):
        for codelist in lists:
            children = {code.code for code in codelist.summands(parent)}
            positions = [position for position, code in enumerate(axis.codes) if code in children]
            if not positions:
                continue
            groups = gather(cube, axis, numbered, parent_position, positions, len(positions) if complete else 0)
            label = labels(context, name, [axis.codes[position] for position in positions])
            figures = compare(context, precision, groups, name, label, rest)
            if figures.not_evaluable is None:
                found.append(figures)
    return stack(found)


def _number_existing(codes: Sequence[Code], period: str) -> int:
    if not period:
        return 0
    days = period_of_code(period)
    return sum(code.is_valid(days.start, days.end) for code in codes)


def area_sums(context: Context, parameters: Parameters) -> Figures:
    """Sums of areas.

    `level: land` adds the Kreise of each Land, `level: country` the Länder of Germany, `level: part` the Länder of
    western and eastern Germany, with Berlin where the source has put it, and these two to Germany. `residual` names
    areas that belong to the total but to no part (e.g. ABROAD): where one is not delivered, a sum is not complete.
    `optional` names such areas that are delivered only where there is something in them (e.g. _U). A sum is
    complete where every area that existed in the period has a number.
    """
    found_additive = _additive(context)
    if found_additive is None:
        return nothing("no_total_with_parts")
    additive, precision = found_additive
    level = str(parameters["level"])
    wanted = _parts_of_germany(additive) if level == "part" else _areas_below(additive, level, _PART_KINDS[level])
    cube, axis = additive.cube, additive.cube.axes["area"]
    residual, optional = names_in(parameters, "residual"), names_in(parameters, "optional")
    if len(wanted) > 1:
        optional = []
    numbered = cube.groups([name for name in cube.axes if name != "area"])
    found = []
    for parent, children in wanted:
        others = residual if level == "country" or (level == "part" and parent == "DE") else []
        extra = [code for code in optional if code in axis.codes]
        codes = [*(code.code for code in children), *others, *extra]
        positions = [axis.position(code) for code in codes if code in axis.codes]
        if not positions:
            continue
        expected = _expected(cube, numbered, children, len(others), [axis.position(code) for code in extra])
        groups = gather(cube, axis, numbered, axis.position(parent), positions, expected)
        label = labels(context, "area", sorted(codes))
        rest = number_in(parameters, "rest_share"), number_in(parameters, "rest_count")
        figures = compare(additive, precision, groups, "area", label, rest)
        if figures.not_evaluable is None:
            found.append(figures)
    return with_likelihood(stack(found), parameters)


def _areas_below(context: Context, level: str, part_kind: str) -> list[tuple[str, list[Code]]]:
    listed = context.project.codes(context.dataset.name, "area").codes
    parents = [code for code in context.cube.axes["area"].codes if code and listed[code].kind == level]
    return [
        (parent, [code for code in listed.values() if code.parent == parent and part_kind in code.kind])
        for parent in parents
    ]


def _parts_of_germany(context: Context) -> list[tuple[str, list[Code]]]:
    """The parts of Germany with their Länder, and Germany with each two parts that make it up."""
    listed = context.project.codes(context.dataset.name, "area").codes
    delivered = context.cube.axes["area"].codes
    members = {
        code: frozenset(listed[code].extra.get("members", "").split("|"))
        for code in delivered
        if code and listed[code].kind == "part"
    }
    found = [(part, [listed[code] for code in sorted(codes)]) for part, codes in members.items()]
    for country in (code for code in delivered if code and listed[code].kind == "country"):
        laender = frozenset(code.code for code in listed.values() if code.kind == "land" and code.parent == country)
        for one, other in combinations(sorted(members), 2):
            if not members[one] & members[other] and members[one] | members[other] == laender:
                found.append((country, [listed[one], listed[other]]))
    return found


def _expected(
    cube: Cube,
    numbered: tuple[NDArray[np.int64], int],
    children: Sequence[Code],
    residual: int,
    optional: Sequence[int],
) -> NDArray[np.int64]:
    """How many parts there must be per group: those that existed in its period, the residual, the optional ones."""
    number, size = numbered
    periods = cube.axes["period"]
    of_period = np.asarray([*(_number_existing(children, one) for one in periods.codes), 0], dtype=np.int64)
    period_of_group = np.full(size, -1, dtype=np.int32)
    period_of_group[number] = periods.index
    found: NDArray[np.int64] = of_period[period_of_group] + residual
    for position in optional:
        found += np.bincount(number[cube.axes["area"].index == position], minlength=size)
    return found


def subset_differences(context: Context, parameters: Parameters) -> Figures:
    """Subset minus whole, beyond rounding: `excess` is above 0 where a part exceeds its whole.

    Parameters: `subset` (one or several) and `whole` (codes of the `dimension`; without one, measures). Rates are
    judged only where they are named: of a rate for all and one for a group either may be the larger.
    """
    name = str(parameters.get("dimension", "measure"))
    found_additive = (context, precision_of(context, context.cube)) if name == "measure" else _additive(context)
    if found_additive is None:
        return nothing("no_total_with_parts")
    context, precision = found_additive
    cube = context.cube
    axis = cube.axes[name]
    numbered = cube.groups([other for other in cube.axes if other != name])
    whole = axis.position(str(parameters["whole"]))
    found = []
    for subset in names_in(parameters, "subset"):
        label = context.dataset.measure(subset).title if name == "measure" else labels(context, name, [subset])
        groups = gather(cube, axis, numbered, whole, [axis.position(subset)], 0)
        figures = compare(context, precision, groups, name, label)
        if figures.not_evaluable is None:
            found.append(figures)
    return stack(found)


def nested_groups(context: Context, parameters: Parameters) -> Figures:
    """Intervals inside intervals, e.g. ages: `excess` is above 0 where the inner one exceeds the outer one.

    Parameters: `dimension`, and `bounds`, the two columns of its code list with lower and upper bound.
    """
    cube, name = context.cube, str(parameters["dimension"])
    lower, upper = names_in(parameters, "bounds")
    axis = cube.axes[name]
    listed = context.project.codes(context.dataset.name, name).codes
    numbered = cube.groups([other for other in cube.axes if other != name])
    bounds = {
        code: (float(listed[code].extra.get(lower) or "-inf"), float(listed[code].extra.get(upper) or "inf"))
        for code in axis.codes
        if code and (listed[code].extra.get(lower) or listed[code].extra.get(upper))
    }
    precision = precision_of(context, cube)
    found = []
    for inner, outer in _directly_inside(bounds):
        groups = gather(cube, axis, numbered, axis.position(outer), [axis.position(inner)], 0)
        figures = compare(context, precision, groups, name, labels(context, name, [inner]))
        if figures.not_evaluable is None:
            found.append(figures)
    return stack(found)


def _directly_inside(bounds: dict[str, tuple[float, float]]) -> list[tuple[str, str]]:
    """Each interval with the delivered ones that hold it, without those that hold such a one in turn."""

    def inside(inner: str, outer: str) -> bool:
        (low, high), (least, most) = bounds[inner], bounds[outer]
        return (least, most) != (low, high) and least <= low and high <= most

    pairs = [(inner, outer) for inner in bounds for outer in bounds if inside(inner, outer)]
    return [
        (inner, outer)
        for inner, outer in pairs
        if not any(inside(inner, between) and inside(between, outer) for between in bounds)
    ]
