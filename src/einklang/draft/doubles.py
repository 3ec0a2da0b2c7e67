"""Rows that say again what another sheet of the delivery says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from einklang.declarations.dataset import Dataset
from einklang.draft.shape import Shape
from einklang.draft.words import words
from einklang.observations import key_columns
from einklang.rawtable import Mask

_MOSTLY = 0.5
_MOST_LABELS = 20


class Doubles(NamedTuple):
    """An entry of `rows_not_data` for the part with a number, and a question where the sheets do not say the same."""

    part: int
    entry: dict[str, Any]
    question: str


class _Candidate(NamedTuple):
    part: int
    rows: NDArray[np.int64]
    label: int
    texts: list[str]
    is_whole: bool
    share: float


def figures_of(observations: pa.Table, dataset: Dataset, shapes: Sequence[Shape]) -> pd.DataFrame:
    """The figures whose labels all have a code: sheet, row, value, number of their part, and of their key.

    The index counts observations. Parts that share a sheet with another one are left out.
    """
    sheets = Counter(shape.table.sheet for shape in shapes)
    part_of = {one.table.sheet: number for number, one in enumerate(shapes) if sheets[one.table.sheet] == 1}
    keys = key_columns(dataset)
    frame: pd.DataFrame = observations.select([*keys, "sheet", "row", "value"]).to_pandas()
    frame["sheet"] = frame["sheet"].astype(object)
    is_known = np.logical_and.reduce([frame[name].to_numpy() != "" for name in keys])
    frame = frame[is_known & frame["sheet"].isin(part_of)]
    frame["part"] = frame["sheet"].map(part_of)
    frame["key"] = frame.groupby(keys, sort=False, observed=True).ngroup()
    return frame


def find_doubles(observations: pa.Table, dataset: Dataset, shapes: Sequence[Shape]) -> list[Doubles]:
    """The rows of which another part has most figures, for each part whose labels tell these rows apart.

    Of two parts the rows are left out of the one of which more would go, such as an extract; else of the later one.
    `shapes` are the tables of the parts.
    """
    frame = figures_of(observations, dataset, shapes)
    found: list[Doubles] = []
    while candidates := _candidates(frame, shapes, {one.part for one in found}):
        best = max(candidates, key=lambda one: (one.is_whole, one.share, one.part))
        mine = (frame["part"] == best.part) & frame["row"].isin(best.rows)
        found.append(_doubles(best, shapes[best.part], frame[mine], frame[frame["part"] != best.part]))
        frame = frame[~mine]
    return found


def _candidates(frame: pd.DataFrame, shapes: Sequence[Shape], done: set[int]) -> list[_Candidate]:
    """The parts, but for those that are done, with rows that could be left out."""
    found = []
    is_double = frame.groupby("key")["part"].transform("nunique") > 1
    for part, shape in ((part, shape) for part, shape in enumerate(shapes) if part not in done):
        own = frame["part"] == part
        shares = is_double[own].groupby(frame["row"][own]).mean()
        rows, doubled = shares.index.to_numpy(), (shares >= _MOSTLY).to_numpy()
        if doubled.any() and not doubled.all() and (labels := _labels(shape, rows, doubled)):
            is_whole = bool((shares[doubled] == 1).all())
            found.append(_Candidate(part, rows[doubled], *labels, is_whole, float(doubled.mean())))
    return found


def _labels(shape: Shape, rows: NDArray[np.int64], doubled: Mask) -> tuple[int, list[str]] | None:
    """The label column whose fewest texts stand in these rows and in no others."""
    found: list[tuple[int, list[str]]] = []
    for index in shape.labels:
        column = shape.table.columns[index].rows(rows - 1)
        texts = np.asarray(column.cleaned, dtype=object)[column.codes]
        inside = set(texts[doubled].tolist())
        if len(inside) <= _MOST_LABELS and "" not in inside and not inside & set(texts[~doubled].tolist()):
            found.append((index, sorted(inside)))
    return min(found, key=lambda one: len(one[1]), default=None)


def _doubles(candidate: _Candidate, shape: Shape, mine: pd.DataFrame, others: pd.DataFrame) -> Doubles:
    again = others[others["key"].isin(mine["key"])]
    sheets = ", ".join(f"„{sheet}“" for sheet in again["sheet"].unique())
    both = mine.merge(again, on="key")
    differs = bool((both["value_x"] != both["value_y"])[both["value_x"].notna() & both["value_y"].notna()].any())
    entry = {
        **shape.where(candidate.label),
        "pattern": "|".join(re.escape(text).replace("\\ ", " ") for text in candidate.texts),
        "reason": words().sentences["other_sheet"].format(sheets),
    }
    listed = ", ".join(f"„{text}“" for text in candidate.texts)
    name = "other_figures" if differs else "" if candidate.is_whole else "further_figures"
    return Doubles(candidate.part, entry, words().sentences[name].format(listed, sheets) if name else "")
