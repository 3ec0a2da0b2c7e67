"""Rows declared as the sum of other rows: checked, and never counted as figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang.declarations.layout import RowsNotData
from einklang.declarations.profile import Numbers
from einklang.parse import read_numbers
from einklang.rawtable import Mask, RawTable


@dataclass(frozen=True)
class SumDiffers:
    """A sum that its parts do not give: row and column of the sum, counted from 0."""

    row: int
    column: int
    given: float
    parts: float
    count: int


def check_sums(
    table: RawTable,
    declared: RowsNotData,
    sums: NDArray[np.int64],
    data: NDArray[np.int64],
    sections: NDArray[np.int64],
    figures: Sequence[int],
    numbers: Numbers,
    closed: Mapping[int, Mask],
) -> list[SumDiffers]:
    """The sum rows that differ from the sum of their data rows by more than the tolerance.

    A row that only heads those below it (`sections`) ends the rows that a sum counts.
    A group in which a part bears a sign other than `-` is not judged, because the sign may hide a number; nor one
    with a row that `closed` names for the column of figures: its figure may be secret.
    """
    if not len(sums) or not len(data):
        return []
    bounds = np.union1d(sums, sections)
    bound = np.searchsorted(bounds, data, side="left" if declared.sum_of == "above" else "right")
    if declared.sum_of == "below":
        bound -= 1
    inside = (bound >= 0) & (bound < len(bounds))
    inside[inside] = np.isin(bounds[bound[inside]], sums)
    group = np.searchsorted(sums, bounds[bound[inside]])
    found: list[SumDiffers] = []
    for index in figures:
        column = table.columns[index]
        value = read_numbers(pa.array(column.cleaned, pa.string()), numbers)
        value[[position for position, text in enumerate(column.cleaned) if text == "-"]] = 0
        figure = value[column.codes]
        if index in closed:
            figure[closed[index]] = np.nan
        given, parts = figure[sums], figure[data]
        found += _differing(sums, given, parts[inside], group, index, declared.tolerance)
    return found


def _differing(
    sums: NDArray[np.int64],
    given: NDArray[np.float64],
    parts: NDArray[np.float64],
    group: NDArray[np.int64],
    column: int,
    tolerance: float,
) -> list[SumDiffers]:
    total = np.bincount(group, weights=parts, minlength=len(sums))
    count = np.bincount(group, minlength=len(sums))
    with np.errstate(invalid="ignore"):
        differs: Mask = (count > 0) & (np.abs(total - given) > tolerance + 1e-6)
    return [
        SumDiffers(int(sums[one]), column, float(given[one]), float(total[one]), int(count[one]))
        for one in np.flatnonzero(differs).tolist()
    ]
