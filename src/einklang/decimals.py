"""Decimals: figures more exact than they are published, and the traces of binary fractions.

Belongs here: which figures are rounded, and the finding that says so. The text as delivered stays with the
observation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einklang.declarations.dataset import Measure
from einklang.declarations.rules import Catalogue
from einklang.evidence import REPAIRS_LISTED, Repair
from einklang.findings import Finding, finding
from einklang.locate import Locator
from einklang.rawtable import TextColumn

_NOISE = 1e-9
"""Share of a value below which a fraction is no figure but a trace of binary arithmetic (5.7E-14)."""


def too_exact(value: NDArray[np.float64], rows: NDArray[np.int64], measure: Measure) -> NDArray[np.int64]:
    """The rows of a measure whose figures have more decimals than it publishes.

    Of whole numbers only traces count: a real fraction is no whole number, which another rule says.
    """
    rows = rows[np.isfinite(value[rows])]
    here = value[rows]
    rounded = np.round(here, measure.decimals)
    hit = here != rounded
    if measure.is_integer:
        hit &= np.abs(here - rounded) < _NOISE * np.maximum(1, np.abs(rounded))
    found: NDArray[np.int64] = rows[hit]
    return found


def decimals_cut(
    measure: Measure,
    rows: NDArray[np.int64],
    rounded: NDArray[np.float64],
    text: TextColumn,
    decimal: str,
    locator: Locator,
    catalogue: Catalogue,
) -> Finding:
    """The information that the figures of these rows were rounded; `decimal` is the sender's decimal sign."""
    texts, first, counts = np.unique(text.codes[rows], return_index=True, return_counts=True)
    repairs = [
        Repair(
            before=text.texts[code],
            after=f"{rounded[rows[position]]:.{measure.decimals}f}".replace(".", decimal),
            count=int(count),
        )
        for code, position, count in zip(texts[:REPAIRS_LISTED], first, counts, strict=False)
    ]
    places = locator.places(rows)
    found = finding(
        catalogue,
        "IM-VAL-005",
        places,
        count=len(rows),
        merkmal=measure.title,
        d=measure.decimals,
        n=len(rows),
        zelle=places[0].cell,
        roh=text.cleaned[text.codes[rows[0]]],
        wert=float(rounded[rows[0]]),
    )
    return found.model_copy(update={"repairs": repairs})
