"""Which changes are unusual: three robust tests, each computed for all changes at once.

*Hidiroglou–Berthelot* (Survey Methodology 12, 1986) and the *modified z* (Iglewicz and Hoaglin, 1993) compare a change
with the other changes of its block, the third test compares it with the earlier changes of its own series.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
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


class _Groups:
    """Quantiles by group: one sort for all groups together."""

    def __init__(self, group: Index) -> None:
        _, index = np.unique(group, return_inverse=True)
        self.of = index.astype(np.int64)
        self.size = np.bincount(self.of)
        self._start = np.concatenate([[0], np.cumsum(self.size)[:-1]])

    def quantiles(self, values: Numbers, *shares: float) -> list[Numbers]:
        """For each share and group the quantile, interpolated between neighbours."""
        ordered = values[np.lexsort((values, self.of))]
        found = []
        for share in shares:
            place = self._start + share * (self.size - 1)
            below = np.floor(place).astype(np.int64)
            above = np.ceil(place).astype(np.int64)
            found.append(ordered[below] + (place - below) * (ordered[above] - ordered[below]))
        return found

    def spread(self, values: Numbers) -> tuple[Numbers, Numbers]:
        """Median and median absolute deviation of the group of each value."""
        [centre] = self.quantiles(values, 0.5)
        [deviation] = self.quantiles(np.abs(values - centre[self.of]), 0.5)
        return centre[self.of], deviation[self.of]


def hidiroglou_berthelot(now: Numbers, before: Numbers, groups: _Groups, limits: Limits) -> Numbers:
    """Distance of each change from the middle of its group, as a multiple of what is accepted (above 1: unusual).

    Where more than a quarter of the ratios are equal, the 10 % and 90 % quantiles replace the quartiles.
    """
    ratio = now / before
    [of_group] = groups.quantiles(ratio, 0.5)
    effect = of_group[groups.of]
    alike = np.bincount(groups.of, ratio == effect) > _ALIKE * groups.size
    fallen = ratio < effect
    # Arrays over all changes are used again: of ten million rows each takes tens of megabytes.
    np.divide(ratio, effect, out=effect)
    np.divide(1.0, effect, out=effect, where=fallen)
    effect -= 1
    np.negative(effect, out=effect, where=fallen)
    np.maximum(now, before, out=ratio)
    ratio **= limits.hb_u
    effect *= ratio
    del ratio, fallen
    lowest, low, centre, high, highest = groups.quantiles(effect, 0.1, 0.25, 0.5, 0.75, 0.9)
    least = np.maximum(np.abs(limits.hb_a * centre), _LEAST)
    below = np.maximum(centre - np.where(alike, lowest, low), least)
    above = np.maximum(np.where(alike, highest, high) - centre, least)
    effect -= centre[groups.of]
    accepted = np.where(effect < 0, below[groups.of], above[groups.of])
    np.abs(effect, out=effect)
    effect /= accepted
    effect /= limits.hb_c
    return effect


def own_series(log_ratio: Numbers, series: Index, limits: Limits) -> Numbers:
    """Distance of each change from the median of its series, as a multiple of its limit; 0 in short series."""
    groups = _Groups(series)
    centre, deviation = groups.spread(log_ratio)
    distance = np.abs(log_ratio - centre) / np.maximum(deviation, limits.series_spread) / limits.series
    found: Numbers = np.where(groups.size[groups.of] >= limits.min_series, distance, 0.0)
    return found


@dataclass(frozen=True)
class Votes:
    """Of each change: how many tests call it unusual, how far it lies outside, and its logarithm beside the others'."""

    count: NDArray[np.int64]
    distance: Numbers
    beside_others: Numbers


def votes(
    now: Numbers,
    before: Numbers,
    block: Index,
    fine: Index,
    series: Index,
    limits: Limits,
) -> Votes:
    """The votes on changes between positive figures.

    A change is compared with its `fine` group (e.g. one sex) where that has `min_pairs` changes, else with its
    whole `block` (measure and period). In a block of fewer changes quartiles say nothing: there the modified z
    counts twice, with a spread of at least `few_spread`, and with the centre 0 where there are fewer than five. The
    own series is asked where one of the other two tests has voted.
    """
    offset = int(block.max(initial=0)) + 1
    block_size = np.bincount(block)
    is_large = (np.bincount(fine) >= limits.min_pairs)[fine]
    few = ~is_large & (block_size < limits.min_pairs)[block]
    very_few = few & (block_size < _FEW)[block]
    groups = _Groups(np.where(is_large, fine + offset, block))
    del is_large
    unusual = (hidiroglou_berthelot(now, before, groups, limits) > 1).astype(np.int64)
    log_ratio = np.log(now / before)
    centre, spread = groups.spread(log_ratio)
    del groups
    centre[very_few] = 0.0
    spread[very_few] = 0.0
    np.maximum(spread, np.where(few, limits.few_spread, limits.z_spread), out=spread)
    beside = np.subtract(log_ratio, centre, out=centre)
    distance = np.abs(beside)
    distance *= _NORMAL
    distance /= spread
    distance /= limits.z
    del spread
    unusual[few] = 0
    unusual += np.where(few, 2, 1) * (distance > 1)
    asked = np.isin(series, series[unusual > 0])
    own = np.zeros(len(now))
    own[asked] = own_series(log_ratio[asked], series[asked], limits)
    return Votes(count=unusual + (own > 1), distance=np.maximum(distance, own), beside_others=beside)
