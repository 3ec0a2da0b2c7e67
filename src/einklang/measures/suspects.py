"""Which figure of a sum that does not add up stands out against the year before: a hint where to look first.

Reference are the sender's own figures only. No rule judges by it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einklang.measures.figures import Context
from einklang.measures.pairs import pairs_of

_FEWEST = 5
_LIKE = 0.5
_APART = 2.0
_EARLIER = "earlier_by_row"


def earlier_by_row(context: Context) -> NDArray[np.float64]:
    """For each row of the delivery its figure of the year before; NaN where there is none to compare with."""
    if _EARLIER not in context.kept:
        context.kept[_EARLIER] = _earlier_by_row(context)
    return context.kept[_EARLIER]


def _earlier_by_row(context: Context) -> NDArray[np.float64]:
    known = [context.cube.row] if context.history is None else [context.cube.row, context.history.row]
    earlier = np.full(int(max(rows.max(initial=-1) for rows in known)) + 1, np.nan)
    for pairs in pairs_of(context, {}):
        own = pairs.of_delivery()
        own = own.only(own.comparable)
        earlier[own.rows] = own.earlier
    return earlier


def stands_out(now: NDArray[np.float64], before: NDArray[np.float64], surplus: float) -> int | None:
    """Position of the one part that explains by how much the parts exceed their total; None where there is none.

    Expected is the part's figure of the year before times the median growth. The part stands out where its
    departure from that is like the surplus (within half of it) and at least twice that of any other part. Of
    fewer than five parts nothing is said.
    """
    usable = np.flatnonzero((now > 0) & (before > 0))
    if len(usable) < _FEWEST or not surplus:
        return None
    growth = float(np.median(now[usable] / before[usable]))
    departure = now[usable] - growth * before[usable]
    best = int(np.argmax(np.abs(departure)))
    others = np.delete(np.abs(departure), best)
    is_like = abs(departure[best] - surplus) <= _LIKE * abs(surplus)
    is_apart = abs(departure[best]) >= _APART * float(others.max())
    return int(usable[best]) if is_like and is_apart else None
