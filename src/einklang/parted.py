"""The observations of a delivery parted: those that are accepted, and those in quarantine with the rules they break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang import observations as contract1
from einklang.findings import Located
from einklang.result import Result


@dataclass(frozen=True)
class Finished:
    """The result, and all observations with what parts them: which are accepted, and the rules the others break."""

    result: Result
    table: pa.Table
    keep: NDArray[np.bool_]
    rules: pa.DictionaryArray

    def parted(self) -> tuple[pa.Table, pa.Table]:
        """The observations that are accepted, and those in quarantine."""
        quarantined = np.flatnonzero(~self.keep)
        if not len(quarantined):
            nothing = self.table.schema.empty_table()
            return contract1.compact(self.table), nothing.append_column("rules", self.rules)
        accepted = contract1.compact(self.table.filter(pa.array(self.keep)))
        quarantine = contract1.compact(self.table.take(pa.array(quarantined)))
        return accepted, quarantine.append_column("rules", self.rules)


def rules_of_rows(located: Sequence[Located], size: int, rows: NDArray[np.int64]) -> pa.DictionaryArray:
    """For each quarantined row the codes of the rules it breaks, joined by a bar."""
    found = [one for one in located if one.rows is not None and len(one.rows)]
    rules = sorted({one.finding.rule for one in found})
    bits = np.zeros(size, dtype=np.int64)
    for one in found:
        bits[one.rows] |= 1 << rules.index(one.finding.rule)
    masks, index = np.unique(bits[rows], return_inverse=True)
    texts = ["|".join(rule for bit, rule in enumerate(rules) if mask >> bit & 1) for mask in masks.tolist()]
    return contract1.dictionary(index.astype(np.int32), texts)
