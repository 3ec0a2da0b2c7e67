"""Completeness: which of the agreed combinations are missing, which were not agreed, which series have a hole."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.combinations import distinct
from einklang.cube import Cube
from einklang.declarations.base import Text
from einklang.declarations.codelists import CodeList
from einklang.findings import Fact
from einklang.measures.figures import Context, Figures, Parameters, listed, nothing
from einklang.periods import period_of_code, shift_years

_LISTED = 12
_LEAST_PERIODS = 3
_NO_ROWS = np.empty(0, dtype=np.int64)


def agreed_areas(context: Context, wanted: Sequence[str], period: str) -> list[str]:
    """The areas that `delivers` names, for a period: words such as `kreise` become their codes."""
    assert context.profile is not None
    codelist = context.project.codes(context.dataset.name, "area")
    land = context.project.supplier(context.profile.supplier).extra["areas"]
    days = period_of_code(period)
    valid = [code for code in codelist.codes.values() if code.is_valid(days.start, days.end)]
    areas: list[str] = []
    for word in wanted:
        match word:
            case "land":
                areas.append(land)
            case "kreise":
                areas += [code.code for code in valid if "kreis" in code.kind and land in {code.parent, "*"}]
            case "laender":
                areas += [code.code for code in valid if code.kind == "land"]
            case "country":
                areas += [code.code for code in valid if code.kind == "country"]
            case _:
                areas.append(word)
    return areas


def _agreed(context: Context, delivers: Mapping[str, list[str]], names: Sequence[str], period: str) -> list[list[str]]:
    """The codes agreed for each dimension in a period."""
    codes = [delivers.get(name, []) for name in names]
    return [
        agreed_areas(context, wanted, period) if name == "area" else wanted
        for name, wanted in zip(names, codes, strict=True)
    ]


def _gaps(context: Context, measure: str, period: str, names: Sequence[str]) -> Callable[[Sequence[str]], bool]:
    """Tells of codes of some dimensions whether their figure is registered as one that does not exist."""
    gaps = [
        gap
        for gap in context.project.comparability.gaps
        if gap.is_about(context.dataset.name, measure) and gap.holds_in(period)
    ]
    known = context.project.codes(context.dataset.name, "area").codes

    def is_gap(key: Sequence[str]) -> bool:
        codes = dict(zip(names, key, strict=True))
        area = codes.get("area", "")
        parent = known[area].parent if area in known else ""
        return any(
            gap.is_in(area, parent) and all(codes.get(name) in wanted for name, wanted in gap.by_dimension.items())
            for gap in gaps
        )

    return is_gap if gaps else lambda _: False


def missing_combinations(context: Context, parameters: Parameters) -> Figures:
    """Number of agreed combinations that were not delivered: `missing`, and how many were `expected`.

    What was agreed stands in the profile (`delivers`); what is registered as a gap (`schemas/gaps.csv`) and areas
    that did not exist are not expected. One figure per measure and period; those that miss the same are one.
    """
    del parameters
    profile = context.profile
    if profile is None or not profile.delivers:
        return nothing("completeness_not_agreed")
    if not context.labels_known:
        return nothing("labels_unknown")
    names = [name for name in profile.delivers if name not in {"measure", "period"}]
    found = context.delivered()
    present = _present(found, ["measure", "period", *names])
    measures = profile.delivers.get("measure") or sorted({key[0] for key in present})
    periods = profile.delivers.get("period") or sorted({key[1] for key in present})
    lost: dict[tuple[tuple[str, ...], ...], list[_Lost]] = {}
    for measure, period in itertools.product(measures, periods):
        axes = _agreed(context, profile.delivers, names, period)
        is_gap = _gaps(context, measure, period, names)
        expected = [key for key in itertools.product(*axes) if not is_gap(key)]
        missing = tuple(key for key in expected if (measure, period, *key) not in present)
        lost.setdefault(missing, []).append(_Lost(measure, period, axes, len(expected)))
    groups = list(lost.items())

    def facts(i: int) -> dict[str, Fact]:
        missing, where = groups[i]
        summary = _summary(context, names, where[0].axes, list(missing))
        title, when = _titles(context, where), _periods(sorted({one.period for one in where}))
        return {
            "n": len(missing) * len(where),
            "soll": sum(one.expected for one in where),
            "zusammenfassung": Text(de=f"{title.de}, {when}: {summary.de}", en=f"{title.en}, {when}: {summary.en}"),
        }

    records = [
        {"expected": sum(one.expected for one in where), "missing": len(missing) * len(where)}
        for missing, where in groups
    ]
    return Figures(pd.DataFrame(records), lambda _: _NO_ROWS, facts)


@dataclass(frozen=True)
class _Lost:
    """A measure and period with the codes agreed for it and the number of combinations expected."""

    measure: str
    period: str
    axes: list[list[str]]
    expected: int


def _titles(context: Context, where: Sequence[_Lost]) -> Text:
    titles = [context.dataset.measure(name).title for name in dict.fromkeys(one.measure for one in where)]
    return Text(de=" / ".join(title.de for title in titles), en=" / ".join(title.en for title in titles))


def _periods(codes: Sequence[str]) -> str:
    """Periods in one phrase: neighbouring years as a range."""
    runs: list[list[str]] = []
    for code in codes:
        if runs and shift_years(runs[-1][-1], 1) == code:
            runs[-1].append(code)
        else:
            runs.append([code])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} – {run[-1]}" for run in runs)


def unexpected_combinations(context: Context, parameters: Parameters) -> Figures:
    """Number of delivered combinations that were not agreed: `unexpected`, per measure and period.

    A combination is not agreed where a dimension that the profile names (`delivers`) has another code, which it does
    not allow besides (`may_deliver`) either, or where a
    number stands although the figure is registered as a gap (`schemas/gaps.csv`). Areas that did not exist in the
    period are none: a sign is all there can be.
    """
    del parameters
    profile = context.profile
    if profile is None or not profile.delivers:
        return nothing("completeness_not_agreed")
    if not context.labels_known:
        return nothing("labels_unknown")
    found = context.delivered()
    names = [name for name in profile.delivers if name not in {"measure", "period"}]
    wanted = {name: [*codes, *profile.may_deliver.get(name, [])] for name, codes in profile.delivers.items()}
    columns = ["measure", "period", *names]
    combinations = distinct(*found.groups(columns))
    first = combinations.representatives
    codes = {name: np.asarray(found.axes[name].codes, dtype=object)[found.axes[name].index[first]] for name in columns}
    keys = list(zip(*(codes[name].tolist() for name in names), strict=True)) if names else [()] * len(first)
    known = context.project.codes(context.dataset.name, "area").codes
    extra = np.zeros(len(first), dtype=np.bool_)
    agreed: dict[str, list[set[str]]] = {}
    gaps = {
        (measure, period): _gaps(context, measure, period, names)
        for measure, period in set(zip(codes["measure"].tolist(), codes["period"].tolist(), strict=True))
    }
    for number, (measure, period, key) in enumerate(
        zip(codes["measure"].tolist(), codes["period"].tolist(), keys, strict=True)
    ):
        sets = agreed.setdefault(period, [set(axis) for axis in _agreed(context, wanted, names, period)])
        area = dict(zip(names, key, strict=True)).get("area", "")
        days = period_of_code(period)
        exists = area not in known or known[area].is_valid(days.start, days.end)
        has_number = not np.isnan(found.value[first[number]])
        other = any(code not in allowed for code, allowed in zip(key, sets, strict=True))
        other |= "measure" in wanted and measure not in wanted["measure"]
        extra[number] = exists and (other or (has_number and gaps[measure, period](key)))
    places = [
        ((measure, period), np.flatnonzero((codes["measure"] == measure) & (codes["period"] == period)))
        for measure, period in sorted(gaps)
    ]
    of_row = combinations.of_row

    def unexpected(i: int) -> NDArray[np.int64]:
        numbers: NDArray[np.int64] = places[i][1][extra[places[i][1]]]
        return numbers

    def rows(i: int) -> NDArray[np.int64]:
        hit: NDArray[np.int64] = found.row[np.isin(of_row, unexpected(i))]
        return hit

    def facts(i: int) -> dict[str, Fact]:
        (measure, period), _ = places[i]
        numbers = unexpected(i)
        title = context.dataset.measure(measure).title
        axes = [sorted(axis) for axis in agreed[period]]
        summary = _summary(context, names, axes, [keys[number] for number in numbers.tolist()])
        return {
            "n": len(numbers),
            "liste": Text(de=f"{title.de}, {period}: {summary.de}", en=f"{title.en}, {period}: {summary.en}"),
        }

    return Figures(pd.DataFrame([{"unexpected": int(extra[numbers].sum())} for _, numbers in places]), rows, facts)


def series_gaps(context: Context, parameters: Parameters) -> Figures:
    """Number of series with a hole: `holes`, per measure and period.

    A series has a hole in a period of the delivery in which its figure is not delivered, though the delivery holds it
    for an earlier and for a later period. Looked at are series whose dimensions other than those in `along` stand at
    their total; areas that did not exist in the period and registered gaps (`schemas/gaps.csv`) are no holes.
    """
    if not context.labels_known:
        return nothing("labels_unknown")
    found = context.delivered()
    along = listed(parameters, "along")
    for dimension in context.dataset.dimensions:
        if dimension.name not in along:
            axis = found.axes[dimension.name]
            found = found.select(axis.index == axis.position(dimension.total))
    axes = [name for name in found.axes if name != "period"]
    periods = sorted({code for code in found.axes["period"].codes if code})
    if len(periods) < _LEAST_PERIODS or not found.size:
        return nothing("too_few_periods")
    first = distinct(*found.groups(axes))
    position = np.asarray([periods.index(code) if code else 0 for code in found.axes["period"].codes])
    holds = np.zeros((len(first.representatives), len(periods)), dtype=np.bool_)
    holds[first.of_row, position[found.axes["period"].index]] = True
    before = np.logical_or.accumulate(holds, axis=1)
    after = np.logical_or.accumulate(holds[:, ::-1], axis=1)[:, ::-1]
    known = context.project.codes(context.dataset.name, "area").codes
    dimensions = axes[1:]
    lost: dict[tuple[str, str], list[tuple[str, ...]]] = {
        (measure, period): [] for measure in found.axes["measure"].codes if measure for period in periods
    }
    gaps = {place: _gaps(context, *place, dimensions) for place in lost}
    for series, place in np.argwhere(~holds & before & after).tolist():
        at = int(first.representatives[series])
        measure, period = found.code("measure", at), periods[place]
        key = tuple(found.code(name, at) for name in dimensions)
        days = period_of_code(period)
        exists = known[found.code("area", at)].is_valid(days.start, days.end)
        if exists and not gaps[measure, period](key):
            lost[measure, period].append(key)
    judged = list(lost.items())

    def facts(i: int) -> dict[str, Fact]:
        (measure, period), keys = judged[i]
        codes = [sorted({found.code(name, int(one)) for one in first.representatives}) for name in dimensions]
        title, summary = context.dataset.measure(measure).title, _summary(context, dimensions, codes, keys)
        return {
            "n": len(keys),
            "jahr": period,
            "liste": Text(de=f"{title.de}: {summary.de}", en=f"{title.en}: {summary.en}"),
        }

    return Figures(pd.DataFrame([{"holes": len(keys)} for _, keys in judged]), lambda _: _NO_ROWS, facts)


def _present(cube: Cube, names: Sequence[str]) -> set[tuple[str, ...]]:
    first = distinct(*cube.groups(list(names))).representatives
    columns = [np.asarray(cube.axes[name].codes, dtype=object)[cube.axes[name].index[first]] for name in names]
    return set(zip(*columns, strict=True))


def _summary(
    context: Context, names: Sequence[str], axes: Sequence[Sequence[str]], keys: list[tuple[str, ...]]
) -> Text:
    """The combinations, a slice that is whole named once: first of one dimension, then of two, and so on."""
    rest = list(keys)
    parts: list[tuple[str, str]] = []
    for size in range(1, len(names) + 1):
        for chosen in itertools.combinations(range(len(names)), size):
            whole = math.prod(len(axis) for number, axis in enumerate(axes) if number not in chosen)
            counted = Counter(tuple(key[number] for number in chosen) for key in rest)
            slices = {codes for codes, count in counted.items() if count == whole}
            for codes in (codes for codes in counted if codes in slices):
                labels = [
                    _label(context.project.codes(context.dataset.name, names[number]), code)
                    for number, code in zip(chosen, codes, strict=True)
                ]
                parts.append((", ".join(german for german, _ in labels), ", ".join(english for _, english in labels)))
            rest = [key for key in rest if tuple(key[number] for number in chosen) not in slices]
    shown = parts[:_LISTED]
    more = len(parts) - len(shown)
    german = "; ".join(part for part, _ in shown) + (f"; und {more} weitere" if more else "")
    english = "; ".join(part for _, part in shown) + (f"; and {more} more" if more else "")
    return Text(de=german or "–", en=english or "–")


def _label(codelist: CodeList, code: str) -> tuple[str, str]:
    listed = codelist.codes[code]
    prefix = f"{code} " if code.isdigit() else ""
    return f"{prefix}{listed.label_de}", f"{prefix}{listed.label_en}"
