"""Rows that are sums by arithmetic, whatever they are called: `Kreisfreie Städte`, `Landkreise`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang.declarations.dataset import Dataset
from einklang.declarations.profile import Numbers
from einklang.draft.figures import how_written
from einklang.draft.known import Known
from einklang.draft.shape import Shape
from einklang.draft.wording import is_word
from einklang.draft.words import words
from einklang.parse import read_numbers

_MOST = 40
_PARTS = 2
_MOSTLY = 0.9


def sums_of_rows_above(shape: Shape, known: Known, column: int, texts: Sequence[str]) -> dict[str, int | None]:
    """Of the texts of a label column, those whose rows are the sum of the rows above → by how much rounding may be off.

    The parts are the rows since the last such row or the last row of a section. None where only some columns of
    figures add up, as beside rates, so that the sums cannot be checked.
    """
    labels = shape.column(column)
    is_text = {text: labels.where([one == text for one in labels.cleaned]) for text in texts[:_MOST]}
    figures = _values(shape, known)
    for _ in range(2):
        if not is_text:
            return {}
        every = np.logical_or.reduce(list(is_text.values()))
        groups = np.cumsum(np.r_[0, every[:-1] | (np.diff(shape.section_of_rows) != 0)])
        differences = [_differences(one, every, groups) for one in figures]
        allowed = _allowed(known.dataset, every, groups)
        fitting = {
            text: [
                _fits(one[rows], allowed[rows], values[rows]) for one, values in zip(differences, figures, strict=True)
            ]
            for text, rows in is_text.items()
            if rows.any()
        }
        is_text = {text: is_text[text] for text, columns in fitting.items() if any(columns)}
    found: dict[str, int | None] = {}
    for text, rows in is_text.items():
        all_fit = all(fits or np.isnan(one[rows]).all() for fits, one in zip(fitting[text], differences, strict=True))
        off = max((float(np.nanmax(np.abs(one[rows]), initial=0)) for one in differences), default=0.0)
        found[text] = (int(allowed[rows].max()) if off else 0) if all_fit else None
    return found


def _values(shape: Shape, known: Known) -> list[NDArray[np.float64]]:
    """The figures of each column but those in per cent; a dash is nothing, other signs are unknown."""
    numbers = Numbers.model_validate(how_written(shape, known.project.signs).numbers)
    found = []
    for index in (one for one in shape.figures if not _is_rate(shape, one)):
        column = shape.column(index)
        values = read_numbers(pa.array(column.cleaned, pa.string()), numbers)
        values[[position for position, text in enumerate(column.cleaned) if text in {"-", "–"}]] = 0
        found.append(values[column.codes])
    return found


def _is_rate(shape: Shape, index: int) -> bool:
    heads = [row[index] for row in shape.filled_heads()]
    return shape.is_in_percent(index) or any("%" in text or is_word(text, words().rates) for text in heads)


def _differences(
    values: NDArray[np.float64], sums: NDArray[np.bool_], groups: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Per row what a sum is more than its parts; NaN where it has fewer than two, or one is unknown."""
    parts = np.bincount(groups, weights=np.where(sums, 0, values))
    count = np.bincount(groups, weights=~sums)
    more: NDArray[np.float64] = np.where(sums & (count[groups] >= _PARTS), values - parts[groups], np.nan)
    return more


def _allowed(dataset: Dataset, sums: NDArray[np.bool_], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """What rounding of sum and parts may make a difference of."""
    base = max((one.rounding.base for one in dataset.measures if one.rounding), default=0)
    allowed: NDArray[np.float64] = np.ceil((np.bincount(groups, weights=~sums)[groups] + 1) * base / 2)
    return allowed


def _fits(differences: NDArray[np.float64], allowed: NDArray[np.float64], sums: NDArray[np.float64]) -> bool:
    """Whether sums that are more than what rounding allows (unlike rates) are those of their parts."""
    known = ~np.isnan(differences)
    if not known.any() or not (np.abs(sums[known]) > allowed[known]).any():
        return False
    return bool((np.abs(differences[known]) <= allowed[known] + 1e-6).mean() >= _MOSTLY)
