"""Changes against the period before: single jumps, whole blocks in another unit, last year's values again.

Reference are the sender's own figures only: those of the same delivery and of its accepted earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.findings import Fact
from einklang.measures.figures import Context, Figures, Parameters, nothing
from einklang.periods import shift_years

_FEW = 5


@dataclass(frozen=True)
class _Block:
    """Figures of one measure and period, each with the figure of the same key one year before."""

    measure: str
    period: str
    now: NDArray[np.float64]
    before: NDArray[np.float64]
    row: NDArray[np.int64]


def _blocks(context: Context, parameters: Parameters) -> list[_Block]:
    history = context.history
    if history is None:
        return []
    wanted = parameters.get("measures")
    number, size = history.groups([name for name in history.axes if name != "period"])
    measures, periods = history.axes["measure"], history.axes["period"]
    has_number = ~np.isnan(history.value)
    blocks = []
    for measure, name in enumerate(measures.codes):
        if isinstance(wanted, list) and name not in wanted:
            continue
        of_measure = has_number & (measures.index == measure)
        for period, code in enumerate(periods.codes):
            earlier = periods.position(shift_years(code, -1)) if code else -1
            if earlier < 0:
                continue
            position = np.full(size, -1, dtype=np.int32)
            before = np.flatnonzero(of_measure & (periods.index == earlier))
            position[number[before]] = before
            now = np.flatnonzero(of_measure & (periods.index == period) & (history.row >= 0))
            partner = position[number[now]]
            now, partner = now[partner >= 0], partner[partner >= 0]
            if len(now):
                blocks.append(_Block(name, code, history.value[now], history.value[partner], history.row[now]))
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
    frames, rows, pairs, periods = [], [], [], []
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
        pairs.append(np.stack([now, before]))
        periods.append(block.period)
    if not frames:
        return nothing("no_previous_period")
    all_rows, all_pairs = np.concatenate(rows), np.concatenate(pairs, axis=1)
    ends = np.cumsum([len(part) for part in rows])

    def facts(i: int) -> dict[str, Fact]:
        period = periods[int(np.searchsorted(ends, i, side="right"))]
        now, before = all_pairs[:, i].tolist()
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
