"""Tables beside each other in a sheet: the headings of the first label column stand again to the right."""

from __future__ import annotations

from itertools import pairwise

from einklang.draft.shape import Shape
from einklang.labels import normalise

_MOSTLY = 0.6
_FEWEST = 3


def columns_of_tables(shape: Shape) -> list[tuple[int, int]]:
    """The first and the last column of each table, from 0; empty where none stands beside it.

    A table begins at a label column behind columns of figures that has the headings of the first one and mostly its
    labels.
    """
    first = shape.labels[0] if shape.labels else 0
    heading = _headings(shape, first)
    if not any(heading) or first > shape.figures[0]:
        return []
    labels = set(shape.texts.get(first, ())) - {""}
    starts = [
        index
        for index in shape.labels
        if index > shape.figures[0] and _headings(shape, index) == heading and _are_same(shape, index, labels)
    ]
    bounds = [0, *starts, len(shape.table.columns)]
    spans = [(start, end - 1) for start, end in pairwise(bounds)]
    is_each = all(any(start <= one <= end for one in shape.figures) for start, end in spans)
    return [(start, _last_filled(shape, start, end)) for start, end in spans] if starts and is_each else []


def _headings(shape: Shape, index: int) -> list[str]:
    return [normalise(row[index]) for row in shape.heads]


def _are_same(shape: Shape, index: int, labels: set[str]) -> bool:
    others = set(shape.texts[index]) - {""}
    return len(others) >= _FEWEST and len(labels & others) >= _MOSTLY * max(len(labels), len(others))


def _last_filled(shape: Shape, start: int, end: int) -> int:
    """The last column of a table without the blank ones before the next."""
    used = {*shape.labels, *shape.figures} | {index for row in shape.heads for index, text in enumerate(row) if text}
    return max(index for index in used if start <= index <= end)
