"""Which cells an attacker knows: those open in this release or in an earlier one that was not withdrawn.

One frame per data set, each key once: columns of the key, `value`, `is_open`, `is_secret`, `is_unsure`, `low`,
`high`, `is_whole`, `is_count`, `supplier`, `source` (0: this release, then earlier ones, newest first) and `row`
(in the table of the source).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from einklang import observations as contract1
from einklang.declarations.dataset import Dataset
from einklang.project import Project

NOT_A_REAL_ZERO, CANNOT_EXIST, SUPPRESSED = "N", "M", "Q"
UNSURE = frozenset({"U"})
_MORE = ["value", "obs_status", "conf_status", "supplier"]


@dataclass(frozen=True)
class Sources:
    """What is looked at: the tables to be released, the rows kept apart as secret, and earlier releases.

    `earlier` maps the version of each release that is not withdrawn to its folder, newest first.
    """

    tables: Mapping[str, pa.Table]
    rates: pa.Table
    apart: Mapping[str, pa.Table] = field(default_factory=dict)
    earlier: Mapping[str, Path] = field(default_factory=dict)

    def table(self, dataset: str, source: int) -> pa.Table | None:
        """The observations of a data set in a source: this release, the rows kept apart, earlier releases."""
        if source == 0:
            return self.tables.get(dataset)
        if source == 1:
            return self.apart.get(dataset)
        path = list(self.earlier.values())[source - 2] / "data" / f"{dataset}.parquet"
        return _released(path) if path.is_file() else None

    @property
    def count(self) -> int:
        """Number of sources."""
        return 2 + len(self.earlier)

    def name(self, source: int) -> str:
        """The version of an earlier source; empty for this release."""
        return "" if source < 2 else list(self.earlier)[source - 2]


@lru_cache(maxsize=64)
def _released(path: Path) -> pa.Table:
    """The table of an earlier release, which never changes."""
    return pq.read_table(path)


@dataclass(frozen=True)
class Known:
    """The cells of one data set. `twice` are cells secret in this release and open in another source."""

    dataset: Dataset
    cells: pd.DataFrame
    twice: pd.DataFrame


def secret_codes(project: Project) -> frozenset[str]:
    """Confidentiality statuses with which no number may stand."""
    listed = project.codelists["conf_status"].codes.values()
    return frozenset(code.code for code in listed if code.extra.get("allowed_value") == "zero")


def is_secret(obs_status: pd.Series, conf_status: pd.Series, project: Project) -> pd.Series:
    """Which figures are withheld for confidentiality."""
    return conf_status.isin(secret_codes(project)) | (obs_status == SUPPRESSED)


def cells_of(table: pa.Table, dataset: Dataset, project: Project, source: int = 0) -> pd.DataFrame:
    """The cells of one table, with what may be said of each."""
    keys = contract1.key_columns(dataset)
    frame: pd.DataFrame = table.select([*keys, *_MORE]).to_pandas()
    frame = frame.astype(dict.fromkeys([*keys, "obs_status", "conf_status", "supplier"], str))
    frame["is_secret"] = is_secret(frame["obs_status"], frame["conf_status"], project)
    frame["is_open"] = frame["value"].notna() & ~frame["is_secret"]
    frame["is_unsure"] = frame["value"].isna() & ~frame["is_secret"] & frame["obs_status"].isin(UNSURE)
    frame["source"], frame["row"] = source, np.arange(len(frame))
    return frame


def known_cells(sources: Sources, dataset: Dataset, project: Project, periods: Sequence[str] | None = None) -> Known:
    """The cells of a data set in some periods (all where none are given)."""
    keys = contract1.key_columns(dataset)
    frames = []
    for source in range(sources.count):
        table = sources.table(dataset.name, source)
        if table is None or not set(keys) <= set(table.schema.names):
            continue
        if periods is not None:
            wanted = pa.compute.is_in(
                table.column("period").cast(pa.string()), value_set=pa.array(periods, pa.string())
            )
            numbers = pa.compute.indices_nonzero(wanted)
            frame = cells_of(table.take(numbers), dataset, project, source)
            frame["row"] = numbers.to_numpy()
        else:
            frame = cells_of(table, dataset, project, source)
        frames.append(frame)
    whole = pd.concat(frames, ignore_index=True)
    now = whole[(whole["source"] < 2) & whole["is_secret"]]
    out = whole[whole["is_open"] & (whole["source"] != 1)].drop_duplicates(keys)
    twice = now.drop_duplicates(keys).merge(out[[*keys, "source"]], on=keys, suffixes=("", "_open"))
    order = whole.assign(_order=~whole["is_open"]).sort_values(["_order", "source"], kind="stable")
    cells = order.drop_duplicates(keys).drop(columns="_order").reset_index(drop=True)
    return Known(dataset, _bounded(cells, dataset, project), twice)


def _bounded(cells: pd.DataFrame, dataset: Dataset, project: Project) -> pd.DataFrame:
    """The cells with the bounds of their true value: what rounding hides, and what the measure allows."""
    low, high = np.full(len(cells), -np.inf), np.full(len(cells), np.inf)
    whole, count = np.zeros(len(cells), dtype=np.bool_), np.zeros(len(cells), dtype=np.bool_)
    units = project.codelists["units"].codes
    value = cells["value"].to_numpy(np.float64)
    real = cells["is_open"].to_numpy(np.bool_)
    for group, rows in cells.groupby(["measure", "period", "supplier"]).indices.items():
        name, period, supplier = (str(part) for part in cast("tuple[str, ...]", group))
        measure = dataset.measure(name)
        deviation = measure.largest_deviation(period, rounding_base(project, supplier, dataset.name))
        low[rows] = -np.inf if measure.minimum is None else measure.minimum
        high[rows] = np.inf if measure.maximum is None else measure.maximum
        known = rows[real[rows]]
        low[known] = np.maximum(low[known], value[known] - deviation)
        high[known] = value[known] + deviation
        averages = measure.rounding is not None and measure.rounding.of_averages
        whole[rows] = measure.is_integer and not averages and measure.additivity != "sample"
        count[rows] = units[measure.unit].kind == "count"
        small = rows[(cells["obs_status"].to_numpy()[rows] == NOT_A_REAL_ZERO) & real[rows]]
        high[small] = np.maximum(high[small], 0.5 * 10.0**-measure.decimals)
    nothing = (cells["obs_status"] == CANNOT_EXIST).to_numpy() & ~real
    low[nothing] = high[nothing] = 0.0
    return cells.assign(low=low, high=high, is_whole=whole, is_count=count)


def rounding_base(project: Project, supplier: str, dataset: str) -> int | None:
    """The smallest base to which a supplier rounds, where its profiles name another than the data set."""
    profiles = project.profiles.get((supplier, dataset), ())
    bases = [one.rounding_base for one in profiles if one.rounding_base]
    bases += [base for one in profiles for base in one.rounding_by_area.values()]
    return min(bases) if bases else None


def periods_with_withheld(sources: Sources, dataset: Dataset, project: Project) -> set[str]:
    """Periods in which some cell of a data set is withheld, in any source."""
    found: set[str] = set()
    for source in range(sources.count):
        table = sources.table(dataset.name, source)
        if table is None:
            continue
        pairs = table.select(["period", "obs_status", "conf_status"]).group_by(["period", "obs_status", "conf_status"])
        frame = pairs.aggregate([]).to_pandas().astype(str)
        hit = is_secret(frame["obs_status"], frame["conf_status"], project) | frame["obs_status"].isin(UNSURE)
        found |= set(frame.loc[hit, "period"])
    return found
