"""Figures beside those of the year before: what every rule about change looks at.

Reference are the sender's own figures only: those of the same delivery and of its accepted earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einklang.cube import Cube
from einklang.declarations.base import Text
from einklang.evidence import PERIODS_LISTED, Point, Series
from einklang.measures.figures import Context, Parameters
from einklang.periods import period_of_code, shift_years
from einklang.project import Project


@dataclass(frozen=True)
class Pairs:
    """Figures of one measure and period, each with the figure of the same key one year before.

    `now` and `before` are positions in the cube of the delivery and its history; `comparable` is false where a
    registered break, a known case or a change of territory lies between the two.
    """

    cube: Cube
    measure: str
    period: str
    previous: str
    now: NDArray[np.int64]
    before: NDArray[np.int64]
    comparable: NDArray[np.bool_]

    @property
    def values(self) -> NDArray[np.float64]:
        """The figures of the period."""
        found: NDArray[np.float64] = self.cube.value[self.now]
        return found

    @property
    def earlier(self) -> NDArray[np.float64]:
        """The figures of the year before."""
        found: NDArray[np.float64] = self.cube.value[self.before]
        return found

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows of the figures of the period; -1 for those of earlier deliveries."""
        found: NDArray[np.int64] = self.cube.row[self.now]
        return found

    def of_delivery(self) -> Pairs:
        """The pairs whose later figure is one of the delivery."""
        return self.only(self.rows >= 0)

    def only(self, hit: NDArray[np.bool_]) -> Pairs:
        """The pairs that are hit."""
        return Pairs(
            self.cube,
            self.measure,
            self.period,
            self.previous,
            self.now[hit],
            self.before[hit],
            self.comparable[hit],
        )


def pairs_of(context: Context, parameters: Parameters, years: int = 1) -> Iterator[Pairs]:
    """The pairs of every measure and period, those of earlier deliveries too; `years` lie between the two figures."""
    cube = context.history
    if cube is None or not cube.size:
        return
    wanted = parameters.get("measures")
    number, size = cube.groups([name for name in cube.axes if name != "period"])
    measures, periods = cube.axes["measure"], cube.axes["period"]
    has_number = ~np.isnan(cube.value)
    for measure, name in enumerate(measures.codes):
        if not name or (isinstance(wanted, list) and name not in wanted):
            continue
        of_measure = has_number & (measures.index == measure)
        for period, code in enumerate(periods.codes):
            previous = shift_years(code, -years) if code else ""
            earlier = periods.position(previous) if code else -1
            if earlier < 0:
                continue
            position = np.full(size, -1, dtype=np.int64)
            before = np.flatnonzero(of_measure & (periods.index == earlier))
            position[number[before]] = before
            now = np.flatnonzero(of_measure & (periods.index == period))
            partner = position[number[now]]
            now, partner = now[partner >= 0], partner[partner >= 0]
            if len(now):
                areas = cube.axes["area"]
                stands = comparable_areas(context.project, cube, name, previous, code)[areas.index[now]]
                yield Pairs(cube, name, code, previous, now, partner, stands)


def comparable_areas(project: Project, cube: Cube, measure: str, before: str, now: str) -> NDArray[np.bool_]:
    """For each area of the cube, whether figures of the two periods can be compared."""
    known = project.codes(cube.dataset.name, "area").codes
    stands = np.ones(len(cube.axes["area"].codes), dtype=np.bool_)
    about = [
        one
        for one in project.comparability.breaks
        if one.is_about(cube.dataset.name, measure) and one.lies_between(before, now)
    ]
    cases = [
        one
        for one in project.comparability.known_cases
        if one.is_about(cube.dataset.name, measure) and (one.holds_in(before) or one.holds_in(now))
    ]
    first, last = period_of_code(before).end, period_of_code(now).end
    grown = {
        successor
        for code in known.values()
        if code.valid_to is not None and first <= code.valid_to < last
        for successor in code.extra.get("successor", "").split("|")
    }
    for position, area in enumerate(cube.axes["area"].codes):
        parent = known[area].parent if area in known else ""
        stands[position] = area not in grown and not any(one.is_in(area, parent) for one in (*about, *cases))
    return stands


def series_of(context: Context, position: int) -> Series:
    """The last years of the figure at a position of the cube with history, for reports."""
    cube = context.history
    assert cube is not None
    same = np.ones(cube.size, dtype=np.bool_)
    for name, axis in cube.axes.items():
        if name != "period":
            same &= axis.index == axis.index[position]
    values = {cube.code("period", one): float(cube.value[one]) for one in np.flatnonzero(same).tolist()}
    judged, area = cube.code("period", position), cube.code("area", position)
    last = int(max(values)[:4])
    years = range(max(int(min(values)[:4]), last - PERIODS_LISTED + 1), last + 1)
    shown = [f"{year}{judged[4:]}" for year in years]
    parent = context.project.codes(cube.dataset.name, "area").codes[area].parent
    breaks = [
        one
        for one in context.project.comparability.breaks
        if one.is_about(cube.dataset.name, cube.code("measure", position)) and one.is_in(area, parent)
    ]
    return Series(
        label=_label(context, cube, position),
        points=[Point(period=code, value=_number(values.get(code)), is_judged=code == judged) for code in shown],
        breaks=[code for code in shown[1:] if any(one.lies_between(shift_years(code, -1), code) for one in breaks)],
    )


def _label(context: Context, cube: Cube, position: int) -> Text:
    """What a figure is about, without the period."""
    dataset = context.dataset
    parts = []
    for dimension in dataset.dimensions:
        code = cube.code(dimension.name, position)
        if code != dimension.default:
            listed = context.project.codes(dataset.name, dimension.name).codes[code]
            prefix = f"{code} " if dimension.name == "area" and code.isdigit() else ""
            parts.append(Text(de=f"{prefix}{listed.label_de}", en=f"{prefix}{listed.label_en}"))
    if len(dataset.measures) > 1:
        parts.append(dataset.measure(cube.code("measure", position)).title)
    return Text(de=", ".join(part.de for part in parts), en=", ".join(part.en for part in parts))


def _number(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else value
