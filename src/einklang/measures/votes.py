"""Which changes are unusual: three robust tests, each computed for all changes at once.

*Hidiroglou–Berthelot* (Survey Methodology 12, 1986) and the *modified z* (Iglewicz and Hoaglin, 1993) compare a change
with the other changes of its block, the third test compares it with the earlier changes of its own series.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_NORMAL = 0.6745
_ALIKE = 0.25
_LEAST = 1e-9
_FEW = 5

Numbers = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Limits:
    """Parameters of the vote; their names are those of the parameters of `period_changes`."""

    hb_c: float
    hb_u: float
    hb_a: float
    z: float
    z_spread: float
    series: float
    series_spread: float
    min_series: float
    min_pairs: float
    few_spread: float

    @classmethod
    def of(cls, parameters: Mapping[str, object]) -> Limits:
        """The limits among the parameters of an expectation."""
        return cls(**{one.name: float(str(parameters[one.name])) for one in fields(cls)})


def _spread(values: Numbers, group: Index) -> tuple[Numbers, Numbers]:
    """Median and median absolute deviation of the group of each value."""
    grouped = pd.Series(values).groupby(group)
    centre = grouped.transform("median").to_numpy()
    deviation = pd.Series(np.abs(values - centre)).groupby(group).transform("median").to_numpy()
    return centre, deviation


def hidiroglou_berthelot(now: Numbers, before: Numbers, group: Index, limits: Limits) -> Numbers:
    """Distance of each change from the middle of its group, as a multiple of what is accepted (above 1: unusual).

    Where more than a quarter of the ratios are equal, the 10 % and 90 % quantiles replace the quartiles.
    """
    ratio = now / before
    by_group = pd.Series(ratio).groupby(group)
    middle = by_group.transform("median").to_numpy()
    symmetric = np.where(ratio < middle, 1 - middle / ratio, ratio / middle - 1)
    effect = symmetric * np.maximum(now, before) ** limits.hb_u
    effects = pd.Series(effect).groupby(group)
    alike = pd.Series(ratio == middle).groupby(group).transform("mean").to_numpy() > _ALIKE
    low, high = (
        np.where(alike, effects.transform("quantile", far).to_numpy(), effects.transform("quantile", near).to_numpy())
        for near, far in ((0.25, 0.1), (0.75, 0.9))
    )
    centre = effects.transform("median").to_numpy()
    least = np.abs(limits.hb_a * centre)
    below = np.maximum(np.maximum(centre - low, least), _LEAST)
    above = np.maximum(np.maximum(high - centre, least), _LEAST)
    distance = np.where(effect < centre, (centre - effect) / below, (effect - centre) / above)
    found: Numbers = distance / limits.hb_c
    return found


def modified_z(log_ratio: Numbers, group: Index, limits: Limits) -> Numbers:
    """Modified z of each change within its group, as a multiple of its limit (above 1: unusual)."""
    centre, deviation = _spread(log_ratio, group)
    found: Numbers = _NORMAL * np.abs(log_ratio - centre) / np.maximum(deviation, limits.z_spread) / limits.z
    return found


def own_series(log_ratio: Numbers, series: Index, limits: Limits) -> Numbers:
    """Distance of each change from the median of its series, as a multiple of its limit; 0 in short series."""
    centre, deviation = _spread(log_ratio, series)
    size = pd.Series(series).groupby(series).transform("size").to_numpy()
    distance = np.abs(log_ratio - centre) / np.maximum(deviation, limits.series_spread) / limits.series
    found: Numbers = np.where(size >= limits.min_series, distance, 0.0)
    return found


@dataclass(frozen=True)
class Votes:
    """Of each change: how many tests call it unusual, how far it lies outside, and its logarithm beside the others'."""

    count: NDArray[np.int64]
    distance: Numbers
    beside_others: Numbers


def votes(now: Numbers, before: Numbers, block: Index, fine: Index, series: Index, limits: Limits) -> Votes:
    """The votes on changes between positive figures.

    A change is compared with its `fine` group (e.g. one sex) where that has `min_pairs` changes, else with its
    whole `block` (measure and period). In a block of fewer changes quartiles say nothing: there the modified z
    counts twice, with a spread of at least `few_spread`, and with the centre 0 where there are fewer than five.
    """
    log_ratio = np.log(now / before)
    fine_size = pd.Series(fine).groupby(fine).transform("size").to_numpy()
    block_size = pd.Series(block).groupby(block).transform("size").to_numpy()
    offset = int(block.max(initial=0)) + 1
    group = np.where(fine_size >= limits.min_pairs, fine + offset, block)
    few = (group < offset) & (block_size < limits.min_pairs)
    berthelot = hidiroglou_berthelot(now, before, group, limits)
    z = modified_z(log_ratio, group, limits)
    own = own_series(log_ratio, series, limits)
    centre, deviation = _spread(log_ratio, group)
    centre = np.where(few & (block_size < _FEW), 0.0, centre)
    spread = np.where(block_size < _FEW, limits.few_spread, np.maximum(deviation, limits.few_spread))
    alone = _NORMAL * np.abs(log_ratio - centre) / spread / limits.z
    of_block = np.where(few, 2 * (alone > 1), (berthelot > 1).astype(np.int64) + (z > 1))
    return Votes(
        count=of_block + (own > 1),
        distance=np.where(few, alone, np.maximum(z, own)),
        beside_others=log_ratio - centre,
    )
