"""Rows of one table that say the same figures twice: one of them without values, or both with their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from einklang.declarations.dataset import Dataset
from einklang.draft.doubles import Doubles, figures_of
from einklang.draft.shape import Shape
from einklang.draft.trial import Trial
from einklang.draft.words import words

_FEW = 3


def find_twice(trial: Trial, dataset: Dataset, shapes: Sequence[Shape]) -> list[Doubles]:
    """For each part with rows that stand twice: those without values are left out; else the first of a few, as a guess.

    Rows with secret figures are not looked at: a profile names no such figure.
    """
    frame = figures_of(trial.observations, dataset, shapes)
    frame["is_secret"] = trial.is_secret[frame.index.to_numpy()]
    found = (_of_part(number, shape, frame[frame["part"] == number]) for number, shape in enumerate(shapes))
    return [one for one in found if one is not None]


def _of_part(number: int, shape: Shape, figures: pd.DataFrame) -> Doubles | None:
    # A row that is there again with the same figures is a finding of the line, and needs no setting.
    twice = figures[figures.groupby("key")["value"].transform("nunique", dropna=False) > 1]
    rows = twice.groupby("row").agg(is_empty=("value", lambda one: one.isna().all()), is_secret=("is_secret", "any"))
    pairs = twice.groupby("key")["row"].agg(["min", "max", "size"])
    if rows.empty or (pairs["size"] != 2).any():
        return None
    lower, upper = pairs["max"].to_numpy(), pairs["min"].to_numpy()
    empty = rows["is_empty"]
    if (empty[lower].to_numpy() != empty[upper].to_numpy()).all():
        entry = _entry(shape, figures["row"].unique(), rows.index[empty].to_numpy(), is_empty=True)
        return Doubles(number, entry, "") if entry else None
    first = np.unique(upper)
    is_filled = bool(twice["value"].fillna(0).ne(0).all())
    if len(first) > _FEW or rows["is_secret"].any() or not is_filled:
        return None
    entry = _entry(shape, figures["row"].unique(), first, is_empty=False)
    listed = ", ".join(
        f"{one} und {other}" for one, other in sorted(set(zip(upper.tolist(), lower.tolist(), strict=True)))
    )
    return Doubles(number, entry, words().sentences["twice"].format(listed)) if entry else None


def _entry(shape: Shape, rows: Any, wanted: Any, is_empty: bool) -> dict[str, Any] | None:
    """The label and the text of a figure that stand together in the wanted rows and in no others."""
    figure = next((index for index in shape.figures if "heading" in shape.where(index)), None)
    if figure is None:
        return None
    values, inside = _texts(shape, figure, rows), np.isin(rows, wanted)
    of_figure = sorted(set(values[inside].tolist()))
    found: list[tuple[int, int, list[str]]] = []
    for index in shape.labels:
        labels = _texts(shape, index, rows)
        of_label = sorted(set(labels[inside].tolist()))
        labelled = np.isin(labels, of_label)
        is_exact = bool((labelled & np.isin(values, of_figure) == inside).all())
        if is_exact and len(of_label) <= _FEW and not labelled.all() and all(of_label) and all(of_figure):
            found.append((int(labelled.sum()), index, of_label))
    if not found:
        return None
    _, index, of_label = min(found)
    return {
        **shape.where(index),
        "pattern": _either(of_label),
        "where": {shape.where(figure)["heading"]: _either(of_figure)},
        "reason": words().sentences["elsewhere" if is_empty else "again_below"],
    }


def _texts(shape: Shape, index: int, rows: Any) -> Any:
    column = shape.table.columns[index].rows(rows - 1)
    return np.asarray(column.cleaned, dtype=object)[column.codes]


def _either(texts: list[str]) -> str:
    return "|".join(re.escape(text).replace("\\ ", " ") for text in texts)
