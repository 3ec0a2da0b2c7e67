"""What every measure takes and gives.

A measure computes a small table of figures from a cube. It does not judge: limits stand in
`expectations/<dataset>.yaml`, and Great Expectations compares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from einklang.cube import Cube
from einklang.declarations.base import Text
from einklang.declarations.dataset import Dataset
from einklang.declarations.profile import Profile
from einklang.evidence import Calculation, Series
from einklang.findings import Fact
from einklang.project import Project

Parameters = Mapping[str, str | float | int | list[str]]


@dataclass(frozen=True)
class Reference:
    """Accepted or released observations to compare with, and where they come from."""

    origin: Text
    table: pa.Table


References = Callable[[str], Sequence[Reference]]
"""Data set → what may be compared with: the sender's own accepted figures, and released ones."""


def no_references(dataset: str) -> Sequence[Reference]:
    """Nothing to compare with."""
    del dataset
    return ()


@dataclass(frozen=True)
class Context:
    """What measures may look at.

    `delivered` gives every figure whose labels are known, also those without a usable value; `cube` the
    usable ones; `history` these and the sender's own accepted figures of earlier periods (None where
    there are none), with row -1 for figures of earlier deliveries. `labels_known` tells whether every
    label of the delivery was understood. `describe` says what a row is about. `released` gives the figures of the
    latest release, of all Länder; figures of others that are not released are never seen. `table` are the
    observations to which the rows belong, `accepted` the sender's accepted ones of all periods before this
    delivery, `references` what else the figures may be compared with. `kept` holds columns that several measures
    need, computed once for a delivery.
    """

    cube: Cube
    delivered: Callable[[], Cube]
    history: Cube | None
    labels_known: bool
    project: Project
    dataset: Dataset
    profile: Profile | None
    describe: Callable[[int], Text]
    cell: Callable[[int], str]
    released: Callable[[], Cube | None] = lambda: None
    table: pa.Table | None = None
    accepted: pa.Table | None = None
    references: References = no_references
    kept: dict[str, NDArray[np.float64]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Figures:
    """The figures of a measure.

    `frame` has one row per judged figure; its column `distance`, if any, says how far outside a figure lies, for the
    order in which many are shown. `rows(i)` gives the rows of the observations that figure i was computed from,
    `single` these rows where each figure has only one, `facts(i)` what fills the rule's texts. `calculation(i)` and
    `series(i)` are what reports show of it as a calculation or as a line of years; who joins figures passes them on.
    `not_evaluable` names the reason in the catalogue where nothing could be judged.
    """

    frame: pd.DataFrame
    rows: Callable[[int], NDArray[np.int64]]
    facts: Callable[[int], dict[str, Fact]]
    not_evaluable: str | None = None
    calculation: Callable[[int], Calculation | None] = lambda _: None
    series: Callable[[int], list[Series]] = lambda _: []
    single: NDArray[np.int64] | None = None


def nothing(reason: str) -> Figures:
    """No figures, for the reason of that name in the catalogue."""
    return Figures(pd.DataFrame(), lambda _: np.empty(0, dtype=np.int64), lambda _: {}, not_evaluable=reason)


def number(parameters: Parameters, key: str, default: float = 0.0) -> float:
    """A parameter that is a number."""
    value = parameters.get(key, default)
    assert isinstance(value, (int, float))
    return float(value)


def listed(parameters: Parameters, key: str) -> list[str]:
    """A parameter that is a list of names."""
    value = parameters.get(key, [])
    return [str(name) for name in value] if isinstance(value, list) else [str(value)]


Measure = Callable[[Context, Parameters], Figures]
