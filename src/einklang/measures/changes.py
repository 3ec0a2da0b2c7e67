"""Single changes against the year before: which are unusual, and which look like a slipped decimal place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.combinations import combine
from einklang.findings import Fact
from einklang.measures.figures import Context, Figures, Parameters, nothing, number
from einklang.measures.pairs import Pairs, pairs_of, series_of
from einklang.measures.votes import Limits, votes

_RETURNED = 1 / 3
_ZERO_AS = 1.0


def period_changes(context: Context, parameters: Parameters) -> Figures:
    """How many of three tests call a change unusual: `votes`; and `power`, where it looks like a slipped decimal place.

    The tests are Hidiroglou–Berthelot (`hb_c`, `hb_u`, `hb_a`) and the modified z of the logarithm of the ratio (limit
    `z`, spread at least `z_spread`) among the changes of the block, and the distance from the median change of the own
    series (limit `series`, spread at least `series_spread`, from `min_series` changes on). A block are the changes of
    one measure, period and further dimensions; where these are fewer than `min_pairs`, of one measure and period. In
    smaller blocks the modified z has two votes, with a spread of at least `few_spread`, and the centre is 0 where there
    are fewer than five. A zero counts as 1.

    Immaterial changes (|x − p| below `min_change`, or both below `min_value`) have no vote. Neither has the way
    back from a jump of the year before. Changes across a registered break or a known case, and of areas that grew,
    are left out. `power` is k ≠ 0 where a change with two votes or more lies within `slip` (in powers of ten) of 10^k
    beside the other changes of its block. `measures`: only these.
    """
    joined = _join(pairs_of(context, parameters))
    cube = context.history
    if joined is None or cube is None or not (cube.row[joined.now] >= 0).any():
        return nothing("no_previous_period")
    now = np.maximum(cube.value[joined.now], _ZERO_AS)
    before = np.maximum(cube.value[joined.before], _ZERO_AS)
    voted = votes(now, before, joined.block, _fine_groups(joined), _series_groups(joined), Limits.of(parameters))
    material = (np.abs(now - before) >= number(parameters, "min_change")) & (
        np.maximum(now, before) >= number(parameters, "min_value")
    )
    count = np.where(material, voted.count, 0)
    count = np.where(_is_way_back(joined, np.log(now / before), count > 1), 0, count)
    decades = voted.beside_others / np.log(10)
    power = np.rint(decades)
    slipped = (count > 1) & (np.abs(decades - power) <= number(parameters, "slip"))
    own = np.flatnonzero(cube.row[joined.now] >= 0)
    frame = pd.DataFrame(
        {
            "votes": count[own],
            "power": np.where(slipped, power, 0.0)[own],
            "distance": voted.distance[own],
        }
    )
    positions = joined.now[own]
    single = cube.row[positions]
    which = joined.block[own]

    def facts(i: int) -> dict[str, Fact]:
        period, previous = joined.periods[int(which[i])]
        exponent = int(power[own[i]])
        return {
            "schluessel": context.describe(int(single[i])),
            "wert": float(cube.value[positions[i]]),
            "jahr": period[:4],
            "vorwert": float(cube.value[joined.before[own[i]]]),
            "vorjahr": previous[:4],
            "faktor": f"{10**exponent}" if exponent >= 0 else f"1/{10**-exponent}",
        }

    return Figures(
        frame,
        lambda i: single[i : i + 1],
        facts,
        series=lambda i: [series_of(context, int(positions[i]))],
        single=single,
    )


class _Joined:
    """All pairs as one: positions in the cube, the number of the block of each, and the two periods of each block."""

    def __init__(self, pairs: list[Pairs]) -> None:
        self.cube = pairs[0].cube
        self.now = np.concatenate([one.now for one in pairs])
        self.before = np.concatenate([one.before for one in pairs])
        self.block = np.repeat(np.arange(len(pairs), dtype=np.int64), [len(one.now) for one in pairs])
        self.periods = [(one.period, one.previous) for one in pairs]


def _join(pairs: Iterable[Pairs]) -> _Joined | None:
    """The comparable pairs of which one figure at least is above zero."""
    kept = [one.only(one.comparable & ((one.values > 0) | (one.earlier > 0))) for one in pairs]
    return _Joined(kept) if any(len(one.now) for one in kept) else None


def _numbered(joined: _Joined, names: list[str]) -> NDArray[np.int64]:
    axes = [joined.cube.axes[name] for name in names]
    if not axes:
        return np.zeros(len(joined.now), dtype=np.int64)
    return combine([(axis.index[joined.now], len(axis.codes)) for axis in axes])


def _fine_groups(joined: _Joined) -> NDArray[np.int64]:
    """Measure, period and all further dimensions but the area."""
    key = _numbered(joined, [name for name in joined.cube.axes if name != "area"])
    found: NDArray[np.int64] = np.unique(key, return_inverse=True)[1].astype(np.int64)
    return found


def _series_groups(joined: _Joined) -> NDArray[np.int64]:
    return _numbered(joined, [name for name in joined.cube.axes if name != "period"])


def _is_way_back(joined: _Joined, log_ratio: NDArray[np.float64], unusual: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Unusual changes that take back an unusual change of the year before."""
    of_position = np.full(joined.cube.size, -1, dtype=np.int64)
    of_position[joined.now] = np.arange(len(joined.now))
    earlier = of_position[joined.before]
    both = unusual & (earlier >= 0) & unusual[earlier]
    rest = np.abs(log_ratio + log_ratio[earlier])
    found: NDArray[np.bool_] = both & (rest < _RETURNED * np.abs(log_ratio))
    return found
