"""Several tables in a sheet: where each of them lies, and which are the same table again, below or in another sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from einklang.declarations.place import MAX_HEADER_ROWS
from einklang.draft.shape import Mark, Shape, find_shape, marks_of
from einklang.draft.sidebyside import columns_of_tables
from einklang.draft.wording import is_year
from einklang.rawtable import Mask, RawTable, TextColumn

_MOST_TABLES = 40
_NOTES = 6
_ROWS = 3
_HALF = 0.5

IsLabel = Callable[[int, TextColumn, str], bool]


def find_tables(table: RawTable, signs: frozenset[str], is_label: IsLabel) -> list[Shape]:
    """The tables of a sheet from the upper to the lower, or from left to right where they stand beside each other.

    One with the same header again below is a further block of it.
    """
    if not table.rows or not table.columns:
        return []
    found = _below_each_other(table, signs, is_label)
    spans = columns_of_tables(found[0]) if len(found) == 1 else []
    beside = [(span, _below_each_other(table.between(*span), signs, is_label)) for span in spans]
    return [replace(one, span=span) for span, shapes in beside for one in shapes] or found


def _below_each_other(table: RawTable, signs: frozenset[str], is_label: IsLabel) -> list[Shape]:
    """The tables in the filled columns of a sheet, from the upper to the lower."""
    marks = marks_of(table, signs)
    starts = _starts(table, marks)
    found: list[Shape] = []
    top = 0
    for start, stop in zip([0, *starts], [*starts, len(marks)], strict=True):
        is_alone = (start, stop) == (0, len(marks))
        shape = find_shape(table, marks, is_label, None if is_alone else (top, stop))
        if shape is not None and (is_alone or _is_table(shape, marks)):
            found.append(replace(shape, top=top, marks=marks))
            top = shape.end
    if starts and not found:
        whole = find_shape(table, marks, is_label)
        found = [whole] if whole is not None else []
    return _with_blocks(found)


def _starts(table: RawTable, marks: NDArray[np.uint8]) -> list[int]:
    """The rows behind the figures of a table below which another header stands."""
    numbers, texts = (marks == Mark.NUMBER) | (marks == Mark.SIGN), marks == Mark.TEXT
    years = np.column_stack([one.where(list(map(is_year, one.cleaned))) for one in table.columns])
    counts = numbers.sum(axis=1)
    years = years[: len(marks)]
    heads_of_years = (years.sum(axis=1) > 1) & (counts > 0) & ((years & numbers).sum(axis=1) == counts)
    data = (counts > 0) & ~heads_of_years
    rows = np.flatnonzero(data)
    if not len(rows):
        return []
    filled = (marks != Mark.BLANK).sum(axis=1)
    inside = marks[data]
    figures = (inside == Mark.NUMBER).sum(axis=0) > _HALF * np.maximum(1, (inside != Mark.BLANK).sum(axis=0))
    heads = ~data & (filled > 1) & ((texts & figures).any(axis=1) | heads_of_years)
    below_gap = np.concatenate([[True], (filled[:-1] < 2) & ~data[:-1]])
    again = _rows_like(table, int(np.flatnonzero(heads)[0]), len(marks)) if heads.any() else np.zeros_like(heads)
    candidates = np.flatnonzero(heads & (below_gap | again))
    if len(candidates) > _MOST_TABLES:
        return []
    starts: list[int] = []
    for row in candidates.tolist():
        before = int(np.searchsorted(rows, row))
        if 0 < before < len(rows) and rows[before] - row <= MAX_HEADER_ROWS + _NOTES:
            starts.append(int(rows[before - 1]) + 1)
    return list(dict.fromkeys(starts))


def _rows_like(table: RawTable, row: int, size: int) -> Mask:
    """The rows with the same texts."""
    hits = np.ones(size, dtype=np.bool_)
    for column in table.columns:
        text = column.cleaned[column.codes[row]]
        hits &= column.where([one == text for one in column.cleaned])[:size]
    return hits


def _is_table(shape: Shape, marks: NDArray[np.uint8]) -> bool:
    """Whether it is more than a preamble (`Jahr | 2015`), which has few rows and those less filled than others."""
    own = marks[shape.first : shape.end]
    counts = ((own == Mark.NUMBER) | (own == Mark.SIGN)).sum(axis=1)
    every = ((marks == Mark.NUMBER) | (marks == Mark.SIGN)).sum(axis=1)
    rows = int((counts > 0).sum())
    return rows >= _ROWS or (rows > 1 and 2 * float(np.median(counts[counts > 0])) > float(np.median(every[every > 0])))


def _with_blocks(shapes: Iterable[Shape]) -> list[Shape]:
    """The tables, those with the same header as one of several blocks."""
    found: dict[tuple[tuple[str, ...], ...], Shape] = {}
    several = list(shapes)
    for shape in several:
        first = found.get(shape.heads)
        if first is None:
            found[shape.heads] = replace(shape, repeats=shape.repeats and len(several) == 1)
            continue
        found[shape.heads] = replace(
            first,
            repeats=True,
            blocks=(*first.blocks, (shape.top, shape.header, shape.first, shape.end)),
            sections=(*first.sections, *shape.sections),
        )
    return list(found.values())


def same_layouts(shapes: Iterable[Shape]) -> list[Shape]:
    """One table of each layout, with those of other sheets that are laid out alike."""
    groups: dict[tuple[object, ...], list[Shape]] = {}
    for shape in shapes:
        groups.setdefault((shape.heads, shape.repeats), []).append(shape)
    return [replace(first, alike=tuple(others)) for first, *others in groups.values()]
