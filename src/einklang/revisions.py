"""Revisions: figures that differ from those accepted before. Figures about them, no judgement.

MR = mean of x(now) − x(before), MAR = mean of |x(now) − x(before)|, RMAR = Σ|x(now) − x(before)| / Σ|x(now)|,
over all pairs in which both have a number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang import observations as contract1
from einklang.declarations.dataset import Dataset
from einklang.matching import Matched, is_withheld, match, numbers, of_periods, texts_of


@dataclass(frozen=True)
class Revised:
    """Two tables beside each other.

    `matched` are rows of the tables; `now` and `before` the values of each pair, NaN where there is none.
    `same` are pairs with equal value and status, `withheld` those that had a number and are suppressed
    now, `disclosed` the reverse.
    """

    matched: Matched
    now: NDArray[np.float64]
    before: NDArray[np.float64]
    same: NDArray[np.bool_]
    withheld: NDArray[np.bool_]
    disclosed: NDArray[np.bool_]

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Pairs of two different numbers, and numbers that are there no more without being suppressed."""
        changed = (self.now != self.before) & ~np.isnan(self.before) & ~self.withheld
        found: NDArray[np.bool_] = changed
        return found

    @property
    def _numbered(self) -> NDArray[np.bool_]:
        both: NDArray[np.bool_] = ~np.isnan(self.now) & ~np.isnan(self.before)
        return both

    def mean_revision(self, hit: NDArray[np.bool_] | None = None) -> float | None:
        """MR over the pairs, or over those that are hit."""
        difference = (self.now - self.before)[self._of(hit)]
        return float(difference.mean()) if len(difference) else None

    def mean_absolute_revision(self, hit: NDArray[np.bool_] | None = None) -> float | None:
        """MAR over the pairs, or over those that are hit."""
        difference = np.abs(self.now - self.before)[self._of(hit)]
        return float(difference.mean()) if len(difference) else None

    def relative_revision(self, hit: NDArray[np.bool_] | None = None) -> float | None:
        """RMAR over the pairs, or over those that are hit; None where the figures are all zero."""
        chosen = self._of(hit)
        total = float(np.abs(self.now[chosen]).sum())
        return float(np.abs(self.now - self.before)[chosen].sum()) / total if total else None

    def _of(self, hit: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        return self._numbered if hit is None else self._numbered & hit

    def largest(self, hit: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
        """The pairs that are hit with the largest differences, largest first, at most so many."""
        chosen = np.flatnonzero(hit)
        size = np.nan_to_num(np.abs(self.now - self.before)[chosen])
        found: NDArray[np.int64] = chosen[np.argsort(-size, kind="stable")][:count]
        return found


def beside(now: pa.Table, before: pa.Table, dataset: Dataset) -> Revised:
    """The rows of the periods that both tables have; row numbers are those of the tables given."""
    shared = sorted(set(texts_of(now, "period")) & set(texts_of(before, "period")))
    numbered_now, numbered_before = (
        table.append_column("_row", pa.array(np.arange(table.num_rows))) for table in (now, before)
    )
    ours, theirs = of_periods(numbered_now, shared), of_periods(numbered_before, shared)
    matched = match(ours, theirs, contract1.key_columns(dataset))
    row_now, row_before = ours.column("_row").to_numpy(), theirs.column("_row").to_numpy()
    value_now, value_before = numbers(ours)[matched.now], numbers(theirs)[matched.before]
    hidden_now, hidden_before = is_withheld(ours)[matched.now], is_withheld(theirs)[matched.before]
    equal = (value_now == value_before) | (np.isnan(value_now) & np.isnan(value_before))
    for name in ("obs_status", "conf_status"):
        equal &= _text(ours, name)[matched.now] == _text(theirs, name)[matched.before]
    return Revised(
        matched=Matched(
            row_now[matched.now], row_before[matched.before], row_now[matched.added], row_before[matched.removed]
        ),
        now=value_now,
        before=value_before,
        same=equal,
        withheld=hidden_now & ~hidden_before & ~np.isnan(value_before),
        disclosed=hidden_before & ~hidden_now & ~np.isnan(value_now),
    )


def _text(table: pa.Table, name: str) -> NDArray[np.object_]:
    column = contract1.whole(table.column(name))
    found: NDArray[np.object_] = np.asarray(column.dictionary.to_pylist(), dtype=object)[
        column.indices.to_numpy(zero_copy_only=False)
    ]
    return found
