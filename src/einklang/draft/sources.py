"""Rows of several sources in one table: each column of figures is filled in the rows of one source only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from einklang.draft.shape import Shape
from einklang.draft.words import words
from einklang.rawtable import Mask, column_letter

_MOST_SOURCES = 4
_FEWEST_ROWS = 2
_NOTHING = frozenset({"", "-", "–", "x", "X"})


class Sources(NamedTuple):
    """The label column that names the source of a row, and the entries of `cells_not_data`."""

    column: int
    cells: list[dict[str, Any]]


def find_sources(shape: Shape, left: Sequence[int]) -> Sources | None:
    """The first of the label columns without a dimension whose texts divide the columns of figures among them."""
    says = {index: _says(shape, index) for index in shape.figures}
    for column in left:
        if 1 < len(shape.texts[column]) <= _MOST_SOURCES and (of_figure := _source_of_figures(shape, column, says)):
            return Sources(column, [_entry(shape, column, index, source) for index, source in of_figure.items()])
    return None


def _says(shape: Shape, index: int) -> Mask:
    column = shape.column(index)
    return column.where([text not in _NOTHING for text in column.cleaned])


def _source_of_figures(shape: Shape, index: int, says: dict[int, Mask]) -> dict[int, str]:
    """Column of figures → the only source in whose rows it says anything; none where that is not so of every one."""
    column = shape.column(index)
    rows = {source: column.where([text == source for text in column.cleaned]) for source in shape.texts[index]}
    if min(int(mask.sum()) for mask in rows.values()) < _FEWEST_ROWS:
        return {}
    found = {
        figure: [source for source, mask in rows.items() if (mask & filled).any()] for figure, filled in says.items()
    }
    if any(len(sources) != 1 for sources in found.values()) or len({one[0] for one in found.values()}) < len(rows):
        return {}
    return {figure: sources[0] for figure, sources in found.items()}


def _entry(shape: Shape, column: int, figure: int, source: str) -> dict[str, Any]:
    others = [text for text in shape.texts[column] if text != source]
    return {
        "headings": [row[figure] for row in shape.filled_heads()],
        "column": column_letter(column),
        "pattern": "|".join(map(re.escape, others)),
        "reason": words().sentences["other_source"],
    }
