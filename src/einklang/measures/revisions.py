"""Revisions against the sender's own accepted figures of the same periods."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.declarations.base import Text
from einklang.findings import Fact, english_number, german_number
from einklang.matching import texts_of
from einklang.measures.figures import Context, Figures, Parameters, nothing
from einklang.revisions import Revised, beside

_LISTED = 10


def _revised(context: Context) -> tuple[Revised, NDArray[np.int64]] | None:
    """The delivery beside what was accepted, and the rows of the delivery of each pair; None without pairs."""
    if context.table is None or context.accepted is None or not context.accepted.num_rows:
        return None
    found = beside(context.table.take(context.cube.row), context.accepted, context.dataset)
    rows = context.cube.row[found.matched.now]
    return (found, rows) if len(rows) else None


def _measures(context: Context, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    assert context.table is not None
    column = context.table.column("measure").take(rows).to_pylist()
    return np.asarray(column, dtype=object)


def closed_revisions(context: Context, parameters: Parameters) -> Figures:
    """Accepted figures of closed periods that were changed: `changed`, one figure per measure.

    Closed are all periods but the data set's latest `open_periods`. Further columns: `compared` (pairs), `mr`,
    `mar`, `rmar` (see `einklang.revisions`). Suppressed figures count in `status_changes`.
    """
    del parameters
    found = _revised(context)
    if found is None:
        return nothing("nothing_accepted_before")
    assert context.table is not None
    assert context.accepted is not None
    revised, rows = found
    known = sorted({*texts_of(context.table, "period"), *texts_of(context.accepted, "period")})
    closed = known[: len(known) - context.dataset.open_periods] if context.dataset.open_periods else known
    period = np.asarray(context.table.column("period").take(rows).to_pylist(), dtype=object)
    is_closed = np.isin(period, closed)
    if not is_closed.any():
        return nothing("nothing_closed")
    measure = _measures(context, rows)
    names = sorted(set(measure[is_closed]))
    hits = [is_closed & (measure == name) for name in names]
    changed = [hit & revised.differs for hit in hits]
    frame = pd.DataFrame(
        {
            "changed": [int(one.sum()) for one in changed],
            "compared": [int(hit.sum()) for hit in hits],
            "mr": [revised.mean_revision(hit) for hit in hits],
            "mar": [revised.mean_absolute_revision(hit) for hit in hits],
            "rmar": [revised.relative_revision(hit) for hit in hits],
        }
    )

    def facts(i: int) -> dict[str, Fact]:
        return {
            "merkmal": context.dataset.measure(names[i]).title,
            "n": int(frame["changed"].iloc[i]),
            "von": int(frame["compared"].iloc[i]),
            "bis": max(closed)[:4],
            "mr": _rounded(frame["mr"].iloc[i], 2),
            "mar": _rounded(frame["mar"].iloc[i], 2),
            "rmar": _rounded(frame["rmar"].iloc[i], 3, times=100),
            "liste": _listed(context, revised, rows, revised.largest(changed[i], _LISTED)),
        }

    return Figures(frame, lambda i: rows[changed[i]], facts)


def _rounded(value: float | None, decimals: int, times: int = 1) -> Fact:
    """A figure for a sentence; a dash where nothing could be computed."""
    return "–" if value is None or np.isnan(value) else round(times * float(value), decimals)


def _listed(context: Context, revised: Revised, rows: NDArray[np.int64], pairs: NDArray[np.int64]) -> Text:
    german, english = [], []
    for pair in pairs.tolist():
        about = context.describe(int(rows[pair]))
        before, now = float(revised.before[pair]), float(revised.now[pair])
        gone = np.isnan(now)
        german.append(f"{about.de}: {german_number(before)} → {'fehlt' if gone else german_number(now)}")
        english.append(f"{about.en}: {english_number(before)} → {'missing' if gone else english_number(now)}")
    return Text(de="; ".join(german) or "–", en="; ".join(english) or "–")


def status_changes(context: Context, parameters: Parameters) -> Figures:
    """Figures whose secrecy changed: `withheld` (given before, suppressed now), `disclosed` (the reverse).

    Parameter: `kind`, one of the two; the figure of that name is one per measure.
    """
    kind = str(parameters["kind"])
    found = _revised(context)
    if found is None:
        return nothing("nothing_accepted_before")
    revised, rows = found
    hit = revised.withheld if kind == "withheld" else revised.disclosed
    measure = _measures(context, rows)
    names = sorted(set(measure))
    hits = [hit & (measure == name) for name in names]

    def facts(i: int) -> dict[str, Fact]:
        first = rows[hits[i]][:_LISTED]
        about = [context.describe(int(row)) for row in first]
        return {
            "merkmal": context.dataset.measure(names[i]).title,
            "n": int(hits[i].sum()),
            "liste": Text(de="; ".join(one.de for one in about) or "–", en="; ".join(one.en for one in about) or "–"),
        }

    return Figures(pd.DataFrame({kind: [int(one.sum()) for one in hits]}), lambda i: rows[hits[i]], facts)
