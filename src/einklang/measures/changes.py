"""Changes against the period before: single jumps, whole blocks in another unit, last year's values again.

Reference are the sender's own figures only: those of the same delivery and of its accepted earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.cube import Cube
from einklang.findings import Fact
from einklang.measures.figures import Context, Figures, Parameters, nothing
from einklang.periods import shift_years

_FEW = 5


@dataclass(frozen=True)
class _Pairs:
    """Figures with the figure of the same key one year before; `row` is the row of the later one."""

    now: NDArray[np.float64]
    before: NDArray[np.float64]
    row: NDArray[np.int64]
    measure: NDArray[np.int32]
    period: NDArray[np.int32]


def _pairs(history: Cube) -> _Pairs:
    number, size = history.groups([name for name in history.axes if name != "period"])
    periods = history.axes["period"]
    has_number = ~np.isnan(history.value)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for later, code in enumerate(periods.codes):
        earlier = periods.position(shift_years(code, -1)) if code else -1
        if earlier < 0:
            continue
        position = np.full(size, -1, dtype=np.int64)
        before = np.flatnonzero((periods.index == earlier) & has_number)
        position[number[before]] = before
        now = np.flatnonzero((periods.index == later) & has_number & (history.row >= 0))
        partner = position[number[now]]
        found.append((now[partner >= 0], partner[partner >= 0]))
    empty = np.empty(0, dtype=np.int64)
    now = np.concatenate([empty, *(pair[0] for pair in found)])
    before = np.concatenate([empty, *(pair[1] for pair in found)])
    return _Pairs(
        history.value[now],
        history.value[before],
        history.row[now],
        history.axes["measure"].index[now],
        periods.index[now],
    )


@dataclass(frozen=True)
class _Block:
    """The pairs of one measure and period."""

    measure: str
    period: str
    now: NDArray[np.float64]
    before: NDArray[np.float64]
    row: NDArray[np.int64]


def _blocks(context: Context, parameters: Parameters) -> list[_Block]:
    history = context.history
    if history is None:
        return []
    pairs = _pairs(history)
    wanted = parameters.get("measures")
    blocks = []
    for measure, name in enumerate(history.axes["measure"].codes):
        if isinstance(wanted, list) and name not in wanted:
            continue
        for period, code in enumerate(history.axes["period"].codes):
            here = (pairs.measure == measure) & (pairs.period == period)
            if here.any():
                blocks.append(_Block(name, code, pairs.now[here], pairs.before[here], pairs.row[here]))
    return blocks


def _float(parameters: Parameters, key: str) -> float:
    value = parameters[key]
    assert isinstance(value, (int, float))
    return float(value)


def period_changes(context: Context, parameters: Parameters) -> Figures:
    """How unusual each change is within its block: `score` is the modified z of the logarithm of the ratio.

    score = 0.6745·|ln(x/p) − median| / max(MAD, `floor`); 0 for immaterial changes (|x − p| below
    `min_change`, or both below `min_value`). In blocks of fewer than five pairs the median counts as 0 and
    the spread as `floor`.
    """
    frames, rows, facts_of = [], [], []
    floor, min_change, min_value = (_float(parameters, key) for key in ("floor", "min_change", "min_value"))
    for block in _blocks(context, parameters):
        usable = (block.now > 0) & (block.before > 0)
        now, before = block.now[usable], block.before[usable]
        if not len(now):
            continue
        logs = np.log(now / before)
        centre = float(np.median(logs)) if len(logs) >= _FEW else 0.0
        spread = max(float(np.median(np.abs(logs - centre))), floor) if len(logs) >= _FEW else floor
        score = 0.6745 * np.abs(logs - centre) / spread
        immaterial = (np.abs(now - before) < min_change) | (np.maximum(now, before) < min_value)
        frames.append(pd.DataFrame({"score": np.where(immaterial, 0.0, score)}))
        rows.append(block.row[usable])
        facts_of.extend([(block.period, float(x), float(p)) for x, p in zip(now, before, strict=True)])
    if not frames:
        return nothing("no_previous_period")
    all_rows = np.concatenate(rows)

    def facts(i: int) -> dict[str, Fact]:
        period, now, before = facts_of[i]
        return {
            "schluessel": context.describe(int(all_rows[i])),
            "wert": now,
            "jahr": period[:4],
            "vorwert": before,
            "vorjahr": str(int(period[:4]) - 1),
        }

    return Figures(pd.concat(frames, ignore_index=True), lambda i: all_rows[i : i + 1], facts)


def block_factors(context: Context, parameters: Parameters) -> Figures:
    """By which power of ten a whole block differs from the period before: `power`, 0 where it does not.

    A power k ≠ 0 is given where the median of log10(x/p) lies within `tolerance` of k and at least
    `min_pairs` pairs exist.
    """
    records, blocks = [], []
    for block in _blocks(context, parameters):
        usable = (block.now > 0) & (block.before > 0)
        if int(usable.sum()) < _float(parameters, "min_pairs"):
            continue
        median = float(np.median(np.log10(block.now[usable] / block.before[usable])))
        power = round(median)
        records.append({"power": power if abs(median - power) <= _float(parameters, "tolerance") else 0})
        blocks.append(block)
    if not blocks:
        return nothing("no_previous_period")

    def facts(i: int) -> dict[str, Fact]:
        power = records[i]["power"]
        factor = f"{10**power}" if power > 0 else f"1/{10**-power}"
        return {
            "block": context.dataset.measure(blocks[i].measure).title,
            "faktor": factor,
            "jahr": blocks[i].period[:4],
            "vorjahr": str(int(blocks[i].period[:4]) - 1),
        }

    return Figures(pd.DataFrame(records), lambda i: blocks[i].row, facts)


def repeated_periods(context: Context, parameters: Parameters) -> Figures:
    """Share of the figures above `min_value` that equal those of the period before: `share`, per block.

    Blocks with fewer than `min_pairs` such figures are left out.
    """
    records, blocks = [], []
    for block in _blocks(context, parameters):
        material = np.maximum(block.now, block.before) > _float(parameters, "min_value")
        if int(material.sum()) < _float(parameters, "min_pairs"):
            continue
        records.append({"share": float(np.mean(block.now[material] == block.before[material]))})
        blocks.append(block)
    if not blocks:
        return nothing("no_previous_period")

    def facts(i: int) -> dict[str, Fact]:
        return {
            "block": context.dataset.measure(blocks[i].measure).title,
            "p": round(100 * records[i]["share"]),
            "jahr": blocks[i].period[:4],
            "vorjahr": str(int(blocks[i].period[:4]) - 1),
        }

    return Figures(pd.DataFrame(records), lambda i: blocks[i].row, facts)
