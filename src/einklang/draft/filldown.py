"""Label columns that are filled in the first row of a block only, and blank in the rows below."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from einklang.combinations import combine
from einklang.draft.shape import Shape
from einklang.rawtable import TextColumn

_HALF = 0.5


def filled_down(shape: Shape, labels: Iterable[int]) -> frozenset[int]:
    """The label columns of which a blank cell repeats the one above.

    Most labels have a blank cell below them, and no two rows say the same when the blanks are filled. A column of keys
    is none where a blank key has a name of its own.
    """
    columns = {index: shape.column(index) for index in labels}
    found = {index for index, column in columns.items() if _is_sparse(column, shape.section_of_rows)}
    found = {index for index in found if not any(_is_named(columns[index], columns[other]) for other in columns)}
    if not found or len(found) == len(columns):
        return frozenset()
    size = len(shape.section_of_rows)
    parts = [(shape.section_of_rows.astype(np.int32), int(shape.section_of_rows.max()) + 1)]
    for index, column in columns.items():
        parts.append((_filled(column) if index in found else column.codes, len(column.texts)))
    return frozenset(found) if len(np.unique(combine(parts))) == size else frozenset()


def _is_sparse(column: TextColumn, sections: NDArray[np.int64]) -> bool:
    """Whether a column begins filled, and most of its filled cells have a blank one below them."""
    blank = column.blank
    if blank[0] or not blank.any():
        return False
    begins = ~blank[:-1]
    followed = begins & blank[1:] & (sections[1:] == sections[:-1])
    return int(followed.sum()) >= _HALF * int(begins.sum())


def _is_named(keys: TextColumn, names: TextColumn) -> bool:
    """Whether a column says something of its own where another one is blank, and goes with it where it is not."""
    if keys is names or not (keys.blank & ~names.blank).any() or (~keys.blank & names.blank).any():
        return False
    own, other = keys.codes[~keys.blank], names.codes[~keys.blank]
    pairs = np.unique(combine([(own, len(keys.texts)), (other, len(names.texts))]))
    return len(np.unique(own)) == len(np.unique(other)) == len(pairs) > 1


def _filled(column: TextColumn) -> NDArray[np.int32]:
    rows = np.where(column.blank, -1, np.arange(len(column.codes)))
    return column.codes[np.maximum.accumulate(rows)]
