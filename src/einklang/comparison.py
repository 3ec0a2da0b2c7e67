"""A delivery beside the one it replaces: findings mended, still open, new; figures revised."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa

from einklang import observations as contract1
from einklang.declarations.base import Text
from einklang.declarations.dataset import Dataset
from einklang.findings import Finding
from einklang.project import Project
from einklang.result import Comparison, Revision

_LARGEST = 10


def _points(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    """What the findings are about: each place, or the whole where there is none."""
    return {
        (finding.rule, point)
        for finding in findings
        for point in ([place.point for place in finding.places] or [finding.point])
    }


def compare(
    delivery: str,
    before: tuple[Iterable[Finding], pa.Table],
    now: tuple[Iterable[Finding], pa.Table],
    dataset: Dataset,
    project: Project,
) -> Comparison:
    """Findings and accepted figures of two deliveries of the same supplier and data set.

    Only figures of periods that both have are compared.
    """
    old, new = _points(before[0]), _points(now[0])
    figures = _joined(before[1], now[1], dataset)
    both = figures["_merge"] == "both"
    same = (figures["value"] == figures["value_before"]) | (figures["value"].isna() & figures["value_before"].isna())
    same &= figures["status"] == figures["status_before"]
    changed = figures[both & ~same]
    return Comparison(
        delivery=delivery,
        mended=len(old - new),
        still_open=len(old & new),
        new=len(new - old),
        unchanged=int((both & same).sum()),
        changed=len(changed),
        added=int((figures["_merge"] == "left_only").sum()),
        removed=int((figures["_merge"] == "right_only").sum()),
        largest=_largest(changed, dataset, project),
    )


def _frame(table: pa.Table, keys: list[str]) -> pd.DataFrame:
    frame = table.select([*keys, "value", "obs_status", "conf_status"]).to_pandas()
    frame = frame.astype(dict.fromkeys([*keys, "obs_status", "conf_status"], str))
    frame["status"] = frame["obs_status"] + frame["conf_status"]
    return pd.DataFrame(frame[[*keys, "value", "status"]])


def _joined(before: pa.Table, now: pa.Table, dataset: Dataset) -> pd.DataFrame:
    keys = contract1.key_columns(dataset)
    left, right = _frame(now, keys), _frame(before, keys)
    shared = set(left["period"]) & set(right["period"])
    left, right = left[left["period"].isin(shared)], right[right["period"].isin(shared)]
    return left.merge(right, on=keys, how="outer", suffixes=("", "_before"), indicator=True)


def _largest(changed: pd.DataFrame, dataset: Dataset, project: Project) -> list[Revision]:
    size = (changed["value"] - changed["value_before"]).abs().fillna(0)
    ordered = changed.loc[size.sort_values(ascending=False, kind="stable").index[:_LARGEST]]
    return [
        Revision(key=_key(row, dataset, project), before=_number(row["value_before"]), now=_number(row["value"]))
        for _, row in ordered.iterrows()
    ]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _key(row: pd.Series, dataset: Dataset, project: Project) -> Text:
    german, english = [], []
    for name in ("area", *contract1.axes(dataset)):
        code = project.codes(dataset.name, name).codes[row[name]]
        german.append(code.label_de)
        english.append(code.label_en)
    measure = dataset.measure(row["measure"]).title
    return Text(
        de=", ".join([german[0], row["period"], *german[1:], measure.de]),
        en=", ".join([english[0], row["period"], *english[1:], measure.en]),
    )
