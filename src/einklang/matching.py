"""Which rows of two observation tables are about the same, by their keys. Vectorised over integer keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang import observations as contract1
from einklang.combinations import combine


@dataclass(frozen=True)
class Matched:
    """Rows of two tables with equal keys, pair by pair, and those without a partner."""

    now: NDArray[np.int64]
    before: NDArray[np.int64]
    added: NDArray[np.int64]
    removed: NDArray[np.int64]


def match(now: pa.Table, before: pa.Table, names: Sequence[str]) -> Matched:
    """Pairs the rows of two tables by the text columns named; each table has every key once."""
    both = pa.concat_tables([table.select(names).cast(_schema(names)) for table in (now, before)])
    whole = [contract1.whole(column) for column in both.unify_dictionaries().columns]
    if math.prod(max(1, len(column.dictionary)) for column in whole) >= 2**63:
        raise OverflowError("more combinations of codes than can be numbered")
    key = combine([(column.indices.to_numpy(zero_copy_only=False), len(column.dictionary)) for column in whole])
    ours, theirs = key[: now.num_rows], key[now.num_rows :]
    order = np.argsort(theirs, kind="stable")
    place = np.searchsorted(theirs, ours, sorter=order)
    found = place < len(theirs)
    partner = order[np.where(found, place, 0)] if len(theirs) else np.zeros(len(ours), dtype=np.int64)
    if len(theirs):
        found &= theirs[partner] == ours
    taken = np.zeros(len(theirs), dtype=np.bool_)
    taken[partner[found]] = True
    return Matched(np.flatnonzero(found), partner[found], np.flatnonzero(~found), np.flatnonzero(~taken))


def _schema(names: Sequence[str]) -> pa.Schema:
    return pa.schema([(name, pa.dictionary(pa.int32(), pa.string())) for name in names])


def of_periods(table: pa.Table, wanted: Sequence[str]) -> pa.Table:
    """The rows of some periods."""
    column = table.column("period").cast(pa.string())
    return table.filter(pa.compute.is_in(column, value_set=pa.array(sorted(wanted), pa.string())))


def texts_of(table: pa.Table, name: str) -> list[str]:
    """The distinct texts of a column that occur, in order."""
    return sorted(pa.compute.unique(table.column(name).cast(pa.string())).to_pylist())


def numbers(table: pa.Table) -> NDArray[np.float64]:
    """The values; NaN where there is none."""
    found: NDArray[np.float64] = table.column("value").to_numpy()
    return found


def is_withheld(table: pa.Table) -> NDArray[np.bool_]:
    """Rows whose figure is not given because it is secret or suppressed."""
    conf = table.column("conf_status").cast(pa.string())
    obs = table.column("obs_status").cast(pa.string())
    withheld = pa.compute.or_(pa.compute.not_equal(conf, "F"), pa.compute.equal(obs, "Q"))
    found: NDArray[np.bool_] = withheld.to_numpy().astype(np.bool_)
    return found
