"""What a delivery holds, as a profile says it: codes of each dimension that stand together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
import pandas as pd
import pyarrow as pa

from einklang.draft.known import Known

_FEW_CODES = 5
_SHORT_LIST = 12
_GROUPS = frozenset({"total", "continent", "region"})

Codes = Mapping[str, set[str]]


def what_is_delivered(known: Known, codes: Codes, own_area: str = "") -> dict[str, list[str]]:
    """`delivers` for the codes found: areas by levels, of long lists the total and the groups.

    `own_area` is the area of the supplier, where it is one only: another Land is named by its code.
    """
    delivers: dict[str, list[str]] = {}
    if areas := _areas(known, codes.get("area", set()), own_area):
        delivers["area"] = areas
    for axis in known.dataset.dimensions:
        listed = known.lists[axis.name].codes
        found = codes.get(axis.name, set())
        if len(found) > _FEW_CODES and len(listed) > _SHORT_LIST:
            found = {code for code in found if listed[code].kind in _GROUPS}
        if axis.name != "area" and len(found) > 1:
            order = [axis.total, *(code for code in listed if code != axis.total)]
            delivers[axis.name] = sorted(found, key=order.index)
    measures = codes.get("measure", set())
    if len(measures) > 1:
        delivers["measure"] = [one.name for one in known.dataset.measures if one.name in measures]
    return delivers


def _areas(known: Known, areas: set[str], own_area: str) -> list[str]:
    """Words for levels, and areas of a city that have parts in the table."""
    lists = known.project.codelists
    lands = areas & lists["laender"].codes.keys()
    kreise = areas & lists["kreise"].codes.keys()
    found = ["country"] if "DE" in areas else []
    if len(lands) > 1:
        found.append("laender")
    elif lands:
        found.append("land" if own_area in {"", *lands} else next(iter(lands)))
    if len(kreise) > 1 and len({code[:2] for code in kreise}) == 1:
        found.append("kreise")
    listed = known.lists["area"].codes
    parents = {listed[code].parent for code in areas if code in listed} - {*lands, "DE", ""}
    return [*found, *sorted(parents & areas - lists["kreise"].codes.keys())]


def standing_together(observations: pa.Table, common: Sequence[str], further: Sequence[str]) -> dict[str, set[str]]:
    """The codes of which every combination stands in every period.

    Of the `common` dimensions, which every table breaks down, the codes that are missing most are left out first. Then
    each of the `further` ones has the codes that stand with all of them.
    """
    columns = [*common, *further, "period"]
    table = observations.select(columns).group_by(columns).aggregate([])
    frame = pd.DataFrame({name: table[name].cast("string").to_pylist() for name in columns})
    frame = frame[(frame != "").all(axis=1)]
    frame = _complete(frame, list(common), [])
    chosen = list(common)
    for name in further:
        frame = _complete(frame, [name], chosen)
        chosen.append(name)
    return {name: set(frame[name]) for name in chosen}


def _complete(frame: pd.DataFrame, names: list[str], chosen: list[str]) -> pd.DataFrame:
    """The rows without the codes of some dimensions that do not stand with all codes of the others."""
    columns = [*names, *chosen, "period"]
    cells = frame[columns].drop_duplicates()
    while len(cells):
        sizes = {name: cells[name].nunique() for name in columns}
        shares = {
            name: cells[name].value_counts() / prod(size for other, size in sizes.items() if other != name)
            for name in names
        }
        least, name = min((share.min(), name) for name, share in shares.items())
        if least == 1:
            break
        cells = cells[cells[name].map(shares[name] > least)]
    return frame[np.logical_and.reduce([frame[name].isin(cells[name]) for name in names])]
