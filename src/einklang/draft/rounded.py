"""Rounding that the figures themselves show, where it is not that of the data set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from einklang.declarations.dataset import Dataset

_BASES = (10, 5, 3)
_ENOUGH = 30
_FEW = 0.1
_THOUSAND = 1000


def rounding(observations: pa.Table, dataset: Dataset) -> dict[str, Any]:
    """`rounding_base: 1` where figures are not rounded as the data set says; the base of each Land that rounds alone.

    A Land rounds to a base where all its figures are multiples of it, and those of others are not.
    """
    whole = [one for one in dataset.measures if one.is_integer and one.additivity in {"exact", "rounded"}]
    measure = np.asarray(observations.column("measure").to_pylist(), dtype=object)
    values = observations.column("value").to_numpy(zero_copy_only=False)
    known = ~np.isnan(values) & (values != 0) & np.isin(measure, [one.name for one in whole])
    base = max((one.rounding.base for one in whole if one.rounding), default=1)
    if known.sum() < _ENOUGH:
        return {}
    if 1 < base < _THOUSAND and (values[known] % base != 0).mean() > _FEW:
        return {"rounding_base": 1}
    lands = np.asarray([code[:2] for code in observations.column("area").to_pylist()], dtype=object)
    by_land: dict[str, int] = {}
    for land in sorted(set(lands[known].tolist()) - {"DE"}):
        own = values[known & (lands == land)]
        fitting = next((one for one in _BASES if len(own) >= _ENOUGH and (own % one == 0).all()), 1)
        if land.isdigit() and fitting > base:
            by_land[land] = fitting
    return {"rounding_by_area": by_land} if 0 < len(by_land) < len(set(lands[known].tolist()) - {"DE"}) else {}
