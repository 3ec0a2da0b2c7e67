"""Completeness: which of the agreed combinations are missing, which were not agreed, which series have a hole."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.combinations import distinct
from einklang.cube import Axis
from einklang.declarations.base import Text
from einklang.declarations.codelists import CodeList
from einklang.declarations.comparability import Gap
from einklang.findings import Fact
from einklang.measures.figures import Context, Figures, Parameters, listed, nothing
from einklang.periods import in_words, period_of_code

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
        list(dict.fromkeys(agreed_areas(context, wanted, period) if name == "area" else wanted))
        for name, wanted in zip(names, codes, strict=True)
    ]


def _in_gap(context: Context, gap: Gap, columns: Mapping[str, Axis], size: int) -> NDArray[np.bool_]:
    """Which of some combinations of area and further dimensions a registered gap is about."""
    known = context.project.codes(context.dataset.name, "area").codes
    hit = np.full(size, set(gap.by_dimension) <= set(columns) and ("area" in columns or gap.is_in("", "")))
    for name, axis in columns.items():
        of_codes = np.ones(len(axis.codes), dtype=np.bool_)
        if name == "area":
            of_codes &= [gap.is_in(code, known[code].parent if code in known else "") for code in axis.codes]
        if name in gap.by_dimension:
            of_codes &= [code in gap.by_dimension[name] for code in axis.codes]
        hit &= of_codes[axis.index]
    return hit


def _gaps_among(context: Context, columns: Mapping[str, Axis]) -> NDArray[np.bool_]:
    """Which combinations of measure, period, area and further dimensions are registered as gaps."""
    measure, period = columns["measure"], columns["period"]
    others = {name: axis for name, axis in columns.items() if name not in {"measure", "period"}}
    found = np.zeros(len(measure.index), dtype=np.bool_)
    for gap in context.project.comparability.gaps:
        about = np.asarray([gap.is_about(context.dataset.name, code) for code in measure.codes], dtype=np.bool_)
        holds = np.asarray([bool(code) and gap.holds_in(code) for code in period.codes], dtype=np.bool_)
        hit = np.flatnonzero(about[measure.index] & holds[period.index])
        if len(hit):
            chosen = {name: Axis(axis.codes, axis.index[hit]) for name, axis in others.items()}
            found[hit] |= _in_gap(context, gap, chosen, len(hit))
    return found


def _exist(context: Context, area: Axis, period: Axis) -> NDArray[np.bool_]:
    """Which areas existed in the period; areas that no list knows did."""
    known = context.project.codes(context.dataset.name, "area").codes
    days = [period_of_code(code) if code else None for code in period.codes]
    table = np.asarray(
        [[code not in known or day is None or known[code].is_valid(day.start, day.end) for day in days]
         for code in area.codes],
        dtype=np.bool_,
    ).reshape(len(area.codes), len(days))  # fmt: skip
    found: NDArray[np.bool_] = table[area.index, period.index]
    return found


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
    first = distinct(*found.groups(["measure", "period", *names])).representatives
    delivered = {name: Axis(axis.codes, axis.index[first]) for name, axis in found.axes.items()}
    measures = profile.delivers.get("measure") or _occurring(delivered["measure"])
    periods = profile.delivers.get("period") or _occurring(delivered["period"])
    lost: dict[tuple[tuple[str, ...], ...], list[_Lost]] = {}
    for measure, period in itertools.product(measures, periods):
        axes = _agreed(context, profile.delivers, names, period)
        expected = _expected(context, measure, period, names, axes)
        absent = expected & ~_among(delivered, measure, period, names, axes)
        missing = tuple(
            tuple(axis[place] for axis, place in zip(axes, places, strict=True))
            for places in np.argwhere(absent).tolist()
        )
        lost.setdefault(missing, []).append(_Lost(measure, period, axes, int(expected.sum())))
    groups = list(lost.items())

    def facts(i: int) -> dict[str, Fact]:
        missing, where = groups[i]
        summary = _summary(context, names, where[0].axes, list(missing))
        title, when = _titles(context, where), in_words(sorted({one.period for one in where}))
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


def _occurring(axis: Axis) -> list[str]:
    return sorted(axis.codes[number] for number in np.unique(axis.index).tolist())


def _expected(
    context: Context, measure: str, period: str, names: Sequence[str], axes: Sequence[Sequence[str]]
) -> NDArray[np.bool_]:
    """Which combinations of the codes agreed are expected: all but registered gaps. One axis per dimension."""
    shape = tuple(len(axis) for axis in axes)
    size = math.prod(shape)
    places = np.unravel_index(np.arange(size), shape) if shape else ()
    columns = {
        name: Axis(tuple(axis), place.astype(np.int32)) for name, axis, place in zip(names, axes, places, strict=True)
    }
    nothing_else = np.zeros(size, dtype=np.int32)
    columns |= {"measure": Axis((measure,), nothing_else), "period": Axis((period,), nothing_else)}
    return ~_gaps_among(context, columns).reshape(shape)


def _among(
    delivered: Mapping[str, Axis], measure: str, period: str, names: Sequence[str], axes: Sequence[Sequence[str]]
) -> NDArray[np.bool_]:
    """Which combinations of the codes agreed were delivered. One axis per dimension."""
    here = delivered["measure"].index == delivered["measure"].position(measure)
    here &= delivered["period"].index == delivered["period"].position(period)
    rows = np.flatnonzero(here)
    places = []
    for name, axis in zip(names, axes, strict=True):
        position = {code: place for place, code in enumerate(axis)}
        of_code = np.asarray([position.get(code, -1) for code in delivered[name].codes] or [-1], dtype=np.int64)
        places.append(of_code[delivered[name].index[rows]])
    agreed = np.all([place >= 0 for place in places], axis=0) if places else np.ones(len(rows), dtype=np.bool_)
    found = np.zeros(tuple(len(axis) for axis in axes), dtype=np.bool_)
    found[tuple(place[agreed] for place in places)] = len(rows) > 0
    return found


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


def absent_measures(context: Context, parameters: Parameters) -> Figures:
    """Number of measures of which a delivery holds nothing at all, not even a sign: `absent`, for the whole delivery.

    Asked for are the measures of the data set that are not optional (`is_optional`) and that the profile does not say
    to be left out (`not_delivered`). Those that `delivers` names are the matter of `missing_combinations`; those for
    which gaps are registered (`schemas/gaps.csv`) in every period and area of the delivery do not exist.
    """
    del parameters
    profile, measures = context.profile, context.dataset.measures
    if not context.labels_known:
        return nothing("labels_unknown")
    found = context.delivered()
    if profile is None or not found.size:
        return nothing("nothing_to_judge")
    agreed = {*profile.not_delivered, *profile.delivers.get("measure", [])}
    delivered = _occurring(found.axes["measure"])
    absent = [
        one.title
        for one in measures
        if one.name not in {*agreed, *delivered} and not one.is_optional and not _is_known_gap(context, one.name)
    ]

    def facts(_: int) -> dict[str, Fact]:
        return {
            "liste": Text(
                de=", ".join(f"„{title.de}“" for title in absent), en=", ".join(f"“{title.en}”" for title in absent)
            ),
            "jahr": in_words(_occurring(found.axes["period"])),
            "n": len(delivered),
            "von": len(measures),
        }

    return Figures(pd.DataFrame({"absent": [len(absent)]}), lambda _: _NO_ROWS, facts)


def _is_known_gap(context: Context, measure: str) -> bool:
    """Whether a measure is registered as a gap wherever the delivery has figures."""
    found = context.delivered()
    first = distinct(*found.groups(["period", "area"])).representatives
    columns = {name: Axis(found.axes[name].codes, found.axes[name].index[first]) for name in ("period", "area")}
    columns["measure"] = Axis((measure,), np.zeros(len(first), dtype=np.int32))
    return bool(_gaps_among(context, columns).all())


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
    delivered = {name: Axis(found.axes[name].codes, found.axes[name].index[first]) for name in columns}
    measure_axis, period_axis = delivered["measure"], delivered["period"]
    agreed = {period: _agreed(context, wanted, names, period) for period in _occurring(period_axis)}
    other = ~np.isin(
        measure_axis.index, [measure_axis.position(one) for one in wanted.get("measure", measure_axis.codes)]
    )
    for number, name in enumerate(names):
        axis = delivered[name]
        allowed = np.zeros((len(period_axis.codes), len(axis.codes)), dtype=np.bool_)
        for period, codes in agreed.items():
            allowed[period_axis.position(period)] = np.isin(axis.codes, codes[number])
        other |= ~allowed[period_axis.index, axis.index]
    has_number = ~np.isnan(found.value[first])
    extra = other | (has_number & _gaps_among(context, delivered))
    if "area" in delivered:
        extra &= _exist(context, delivered["area"], period_axis)
    places = [
        ((measure, period), here)
        for measure, period in itertools.product(_occurring(measure_axis), _occurring(period_axis))
        if len(here := np.flatnonzero(
            (measure_axis.index == measure_axis.position(measure))
            & (period_axis.index == period_axis.position(period))
        ))
    ]  # fmt: skip
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
        keys = [tuple(found.code(name, int(first[number])) for name in names) for number in numbers.tolist()]
        summary = _summary(context, names, axes, keys)
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
    dimensions = axes[1:]
    lost: dict[tuple[str, str], list[tuple[str, ...]]] = {
        (measure, period): [] for measure in found.axes["measure"].codes if measure for period in periods
    }
    series, place = np.nonzero(~holds & before & after)
    at = first.representatives[series]
    columns = {name: Axis(found.axes[name].codes, found.axes[name].index[at]) for name in axes}
    columns["period"] = Axis(tuple(periods), place.astype(np.int32))
    holes = _exist(context, columns["area"], columns["period"]) & ~_gaps_among(context, columns)
    for hole in np.flatnonzero(holes).tolist():
        key = tuple(found.code(name, int(at[hole])) for name in dimensions)
        lost[found.code("measure", int(at[hole])), periods[place[hole]]].append(key)
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
