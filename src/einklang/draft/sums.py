"""Totals recognised by arithmetic: dimensions whose parts add up to their total in the sample."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from einklang.declarations.dataset import Dataset
from einklang.observations import key_columns
from einklang.project import Project

_MOST_ROWS = 200_000
_MOST = 0.9


def complete_dimensions(observations: pa.Table, dataset: Dataset, project: Project) -> list[str]:
    """Dimensions in which nine of ten totals are the sum of their parts, but for rounding; those that a rule judges."""
    additive = [one for one in dataset.measures if one.additivity in {"exact", "rounded"}]
    if not observations.num_rows or not additive:
        return []
    keys = key_columns(dataset)
    table = observations.slice(0, _MOST_ROWS).select([*keys, "value"]).to_pandas()
    for name in keys:
        table[name] = table[name].astype(str)
    table = table[table["measure"].isin([one.name for one in additive])]
    found = []
    judged = project.expectations[dataset.name].judged_hierarchies
    for axis in (one for one in dataset.dimensions if one.name in judged):
        codes = project.codes(dataset.name, axis.name)
        others = [name for name in keys if name != axis.name]
        wide = table.drop_duplicates(keys).pivot(index=others, columns=axis.name, values="value")
        tried = fitting = 0
        for total in wide.columns:
            parts = [code.code for code in codes.summands(str(total)) if code.code in wide.columns]
            if len(parts) < 2:
                continue
            whole, sums = wide[total], wide[parts].sum(axis=1)
            base = max((one.rounding.base for one in additive if one.rounding), default=1)
            known = whole.notna() & wide[parts].notna().sum(axis=1).ge(2)
            tried += int(known.sum())
            fitting += int((np.abs(whole - sums)[known] <= base * (len(parts) + 1) / 2).sum())
        if tried and fitting >= _MOST * tried:
            found.append(axis.name)
    return found
