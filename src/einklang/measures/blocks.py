"""Whole blocks against earlier years: another unit, the same figures again, values that left their key.

A block are the figures of one measure and period. Its parts are those of one combination of the further dimensions,
often a column of the table. A part is named where it alone is concerned, so that one cause is one figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.combinations import combine
from einklang.cube import Cube
from einklang.declarations.base import Text
from einklang.findings import Fact
from einklang.measures.figures import Context, Figures, Parameters, nothing, number
from einklang.measures.pairs import Pairs, pairs_of

_PARTS_NAMED = 4


@dataclass(frozen=True)
class Block:
    """What a measure says of a block: the judged figures, the rows concerned, and what fills the texts."""

    figures: dict[str, float]
    rows: NDArray[np.int64]
    facts: dict[str, Fact]


def part_numbers(cube: Cube, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each figure the number of its part: of its combination of the dimensions besides the area."""
    axes = [axis for name, axis in cube.axes.items() if name not in {"measure", "period", "area"}]
    if not axes:
        return np.zeros(len(positions), dtype=np.int64)
    key = combine([(axis.index[positions], len(axis.codes)) for axis in axes])
    found: NDArray[np.int64] = np.unique(key, return_inverse=True)[1].astype(np.int64)
    return found


def block_label(context: Context, cube: Cube, measure: str, parts: Sequence[int] = ()) -> Text:
    """Name of a block; `parts` are positions of figures, one of each part concerned (none: the whole block)."""
    title = context.dataset.measure(measure).title
    named = []
    for position in parts[:_PARTS_NAMED]:
        labels = [
            context.project.codes(context.dataset.name, name).codes[cube.code(name, position)]
            for name in cube.axes
            if name not in {"measure", "period", "area"}
        ]
        shown = [one for one in labels if one.code not in {"_T", "_Z"}] or labels[:1]
        named.append((", ".join(one.label_de for one in shown), ", ".join(one.label_en for one in shown)))
    if not named:
        return title
    more = " …" if len(parts) > _PARTS_NAMED else ""
    return Text(
        de=f"{title.de} ({'; '.join(german for german, _ in named)}{more})",
        en=f"{title.en} ({'; '.join(english for _, english in named)}{more})",
    )


def as_figures(blocks: Sequence[Block], otherwise: str) -> Figures:
    """The blocks as the figures of a measure; not evaluable for the reason `otherwise` where there is none."""
    if not blocks:
        return nothing(otherwise)
    return Figures(
        pd.DataFrame([block.figures for block in blocks]),
        lambda i: blocks[i].rows,
        lambda i: blocks[i].facts,
    )


def _years(pairs: Pairs) -> dict[str, Fact]:
    return {"jahr": pairs.period[:4], "vorjahr": pairs.previous[:4]}


def _pairs(context: Context, parameters: Parameters, keep: Callable[[Pairs], NDArray[np.bool_]]) -> list[Pairs]:
    """The pairs of the delivery that are kept, block by block; blocks of fewer than `min_pairs` are left out."""
    least = number(parameters, "min_pairs")
    own = (one.of_delivery() for one in pairs_of(context, parameters))
    found = [one.only(keep(one)) for one in own]
    return [one for one in found if len(one.now) >= least]


def block_factors(context: Context, parameters: Parameters) -> Figures:
    """By which power of ten a block differs from the year before: `power`, 0 where it does not.

    A power k ≠ 0 is given where the median of log10(x/p) lies within `tolerance` of k and at least `min_pairs` pairs
    exist. Where the whole block does not differ, its parts are looked at, from `min_pairs` on too. A break does not
    multiply by ten, so breaks are not left out. `measures`: only these.
    """
    tolerance = number(parameters, "tolerance")
    blocks = []
    for pairs in _pairs(context, parameters, lambda one: (one.values > 0) & (one.earlier > 0)):
        decades = np.log10(pairs.values / pairs.earlier)
        power = _power(float(np.median(decades)), tolerance)
        rows, parts = pairs.rows, []
        if not power:
            part = part_numbers(pairs.cube, pairs.now)
            grouped = pd.Series(decades).groupby(part)
            of_part = np.asarray([_power(one, tolerance) for one in grouped.median()])
            of_part[grouped.size().to_numpy() < number(parameters, "min_pairs")] = 0
            if of_part.any():
                power = int(pd.Series(of_part[of_part != 0]).mode().iloc[0])
                concerned = np.flatnonzero(of_part == power)
                rows = rows[np.isin(part, concerned)]
                parts = _one_of_each(pairs.now, part, concerned)
        facts: dict[str, Fact] = {
            "block": block_label(context, pairs.cube, pairs.measure, parts),
            "faktor": f"{10**power}" if power >= 0 else f"1/{10**-power}",
            **_years(pairs),
        }
        blocks.append(Block({"power": power}, rows, facts))
    return as_figures(blocks, "no_previous_period")


def _power(median: float, tolerance: float) -> int:
    power = round(median)
    return power if abs(median - power) <= tolerance else 0


def _one_of_each(positions: NDArray[np.int64], part: NDArray[np.int64], wanted: NDArray[np.int64]) -> list[int]:
    first = {int(one): int(positions[np.argmax(part == one)]) for one in wanted[: _PARTS_NAMED + 1].tolist()}
    return list(first.values())


def repeated_periods(context: Context, parameters: Parameters) -> Figures:
    """Share of the figures above `min_value` that equal those of an earlier year: `share`.

    One figure per block and earlier year. Where a part of at least `min_part` such figures has the larger share, it is
    that of the part. Blocks with fewer than `min_pairs` such figures are left out. `measures`: only these.
    """
    limit = number(parameters, "min_value")
    blocks = []
    for years in _distances(context):
        for every in pairs_of(context, parameters, years):
            own = every.of_delivery()
            pairs = own.only(np.maximum(own.values, own.earlier) > limit)
            if len(pairs.now) < number(parameters, "min_pairs"):
                continue
            equal = pairs.values == pairs.earlier
            part = part_numbers(pairs.cube, pairs.now)
            grouped = pd.Series(equal).groupby(part)
            shares = np.where(grouped.size() >= number(parameters, "min_part"), grouped.mean(), 0.0)
            share, rows, parts = float(equal.mean()), own.rows, []
            best = int(np.argmax(shares))
            if shares[best] > share:
                share, rows = float(shares[best]), pairs.rows[part == best]
                parts = _one_of_each(pairs.now, part, np.asarray([best]))
            facts: dict[str, Fact] = {
                "block": block_label(context, pairs.cube, pairs.measure, parts),
                "p": round(100 * share),
                **_years(pairs),
            }
            blocks.append(Block({"share": share}, rows, facts))
    return as_figures(blocks, "no_previous_period")


def _distances(context: Context) -> list[int]:
    """How many years lie between any two periods."""
    codes = context.history.axes["period"].codes if context.history is not None else ()
    years = sorted({int(code[:4]) for code in codes if code})
    return list(range(1, years[-1] - years[0] + 1)) if years else []


def order_against_keys(context: Context, parameters: Parameters) -> Figures:
    """Parts whose values fit the year before by size but stand at other areas: `apart`, their number per block.

    A part stands apart from its key where the rank correlation (Spearman) with the year before is below `correlation`
    and the values, each side sorted, differ by less than `closeness` times what they differ by area (medians of the
    absolute logarithms of the ratios, less the common change). Pairs below `min_value`, and parts of fewer than
    `min_pairs` pairs, are left out. `measures`: only these.
    """
    limit = number(parameters, "min_value")
    blocks = []
    for pairs in _pairs(
        context,
        parameters,
        lambda one: (one.values > 0) & (one.earlier > 0) & (np.maximum(one.values, one.earlier) >= limit),
    ):
        part = part_numbers(pairs.cube, pairs.now)
        large = np.bincount(part)[part] >= number(parameters, "min_pairs")
        pairs, part = pairs.only(large), part[large]
        if not len(pairs.now):
            continue
        correlation, aligned, by_size = _order(pairs.values, pairs.earlier, part)
        apart = (correlation < number(parameters, "correlation")) & (
            by_size < number(parameters, "closeness") * aligned
        )
        concerned = np.flatnonzero(apart)
        whole = int(apart.sum()) == len(np.unique(part))
        facts: dict[str, Fact] = {
            "block": block_label(
                context, pairs.cube, pairs.measure, [] if whole else _one_of_each(pairs.now, part, concerned)
            ),
            **_years(pairs),
        }
        blocks.append(Block({"apart": float(apart.sum())}, pairs.rows[np.isin(part, concerned)], facts))
    return as_figures(blocks, "no_previous_period")


def _order(
    now: NDArray[np.float64], before: NDArray[np.float64], part: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Per part: rank correlation, and the median distance of the values by key and by size."""
    size = int(part.max()) + 1

    def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
        ranked = pd.Series(values).groupby(part).rank().to_numpy()
        mean = np.bincount(part, ranked, size) / np.maximum(np.bincount(part, minlength=size), 1)
        centred: NDArray[np.float64] = ranked - mean[part]
        return centred

    first, second = ranks(now), ranks(before)
    spread = np.sqrt(np.bincount(part, first**2, size) * np.bincount(part, second**2, size))
    correlation: NDArray[np.float64] = np.ones(size)
    np.divide(np.bincount(part, first * second, size), spread, out=correlation, where=spread > 0)

    def median(values: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(pd.Series(values).groupby(group).median().reindex(range(size)), dtype=np.float64)

    up, down = np.lexsort((now, part)), np.lexsort((before, part))
    sized = np.log(now[up] / before[down])
    trend = median(sized, part[up])
    aligned = median(np.abs(np.log(now / before) - trend[part]), part)
    return correlation, aligned, median(np.abs(sized - trend[part[up]]), part[up])
