"""Completeness: which of the agreed combinations are missing."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from einklang.combinations import distinct
from einklang.cube import Cube
from einklang.declarations.base import Text
from einklang.declarations.codelists import CodeList
from einklang.findings import Fact
from einklang.measures.figures import Context, Figures, Parameters, nothing
from einklang.periods import period_of_code

_LISTED = 12
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


def missing_combinations(context: Context, parameters: Parameters) -> Figures:
    """Number of agreed combinations that were not delivered, by measure and period.

    The columns are `expected` and `missing`. What was agreed stands in the profile (`delivers`).
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
    records, lost = [], []
    for measure, period in itertools.product(measures, periods):
        axes = [
            agreed_areas(context, profile.delivers[name], period) if name == "area" else profile.delivers[name]
            for name in names
        ]
        expected = list(itertools.product(*axes))
        missing = [key for key in expected if (measure, period, *key) not in present]
        records.append({"expected": len(expected), "missing": len(missing)})
        lost.append((measure, period, axes, missing))

    def facts(i: int) -> dict[str, Fact]:
        measure, period, axes, missing = lost[i]
        summary = _summary(context, names, axes, missing)
        title = context.dataset.measure(measure).title
        return {
            "n": len(missing),
            "soll": records[i]["expected"],
            "zusammenfassung": Text(de=f"{title.de}, {period}: {summary.de}", en=f"{title.en}, {period}: {summary.en}"),
        }

    return Figures(pd.DataFrame(records), lambda _: _NO_ROWS, facts)


def _present(cube: Cube, names: Sequence[str]) -> set[tuple[str, ...]]:
    first = distinct(*cube.groups(list(names))).representatives
    columns = [np.asarray(cube.axes[name].codes, dtype=object)[cube.axes[name].index[first]] for name in names]
    return set(zip(*columns, strict=True))


def _summary(
    context: Context, names: Sequence[str], axes: Sequence[Sequence[str]], missing: list[tuple[str, ...]]
) -> Text:
    """The missing combinations, a slice that is missing as a whole named once."""
    rest = list(missing)
    parts: list[tuple[str, str]] = []
    for number, name in enumerate(names):
        codelist = context.project.codes(context.dataset.name, name)
        per_code = len(list(itertools.product(*(axis for other, axis in enumerate(axes) if other != number))))
        for code in axes[number]:
            hit = [key for key in rest if key[number] == code]
            if hit and len(hit) == per_code:
                parts.append(_label(codelist, code))
                rest = [key for key in rest if key[number] != code]
    for key in rest:
        labels = [
            _label(context.project.codes(context.dataset.name, name), code)
            for name, code in zip(names, key, strict=True)
        ]
        parts.append((", ".join(german for german, _ in labels), ", ".join(english for _, english in labels)))
    shown = parts[:_LISTED]
    more = len(parts) - len(shown)
    german = "; ".join(part for part, _ in shown) + (f"; und {more} weitere" if more else "")
    english = "; ".join(part for _, part in shown) + (f"; and {more} more" if more else "")
    return Text(de=german or "–", en=english or "–")


def _label(codelist: CodeList, code: str) -> tuple[str, str]:
    listed = codelist.codes[code]
    prefix = f"{code} " if code.isdigit() else ""
    return f"{prefix}{listed.label_de}", f"{prefix}{listed.label_en}"
