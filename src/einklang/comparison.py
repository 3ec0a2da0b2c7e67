"""A delivery beside the one it replaces: findings mended, still open, new; figures revised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa

from einklang.declarations.base import Text
from einklang.declarations.dataset import Dataset
from einklang.findings import Finding
from einklang.locate import described, label_of, names_said
from einklang.project import Project
from einklang.result import Comparison, Revision
from einklang.revisions import beside

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
    revised = beside(now[1], before[1], dataset)
    changed = ~revised.same
    largest = revised.largest(changed, _LARGEST)
    keys = now[1].take(revised.matched.now[largest])
    return Comparison(
        delivery=delivery,
        mended=len(old - new),
        still_open=len(old & new),
        new=len(new - old),
        unchanged=int(revised.same.sum()),
        changed=int(changed.sum()),
        added=len(revised.matched.added),
        removed=len(revised.matched.removed),
        mean_revision=revised.mean_revision(),
        mean_absolute_revision=revised.mean_absolute_revision(),
        relative_revision=revised.relative_revision(),
        now_suppressed=int(revised.withheld.sum()),
        no_longer_suppressed=int(revised.disclosed.sum()),
        largest=[
            Revision(
                key=_key(row, dataset, project),
                before=_number(revised.before[pair]),
                now=_number(revised.now[pair]),
            )
            for row, pair in zip(keys.to_pylist(), largest, strict=True)
        ],
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _key(row: Mapping[str, str], dataset: Dataset, project: Project) -> Text:
    codes = {name: row[name] for name in names_said(dataset)}
    return described(codes, lambda name: label_of(name, codes[name], dataset, project), dataset)
