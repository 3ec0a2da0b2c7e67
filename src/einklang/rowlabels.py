"""Labels of rows: which part of a cell is the label, and which rows repeat the label above.

Belongs here: what a label column says for each row. Does not belong here: what labels mean (codes).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einklang.declarations.place import Place
from einklang.labels import clean
from einklang.rawtable import Mask, RawTable, TextColumn, join_columns
from einklang.region import key_of

Strip = Callable[[str], str]


@dataclass(frozen=True)
class RowLabels:
    """The label of each row, and the rows that bear it themselves."""

    column: TextColumn
    own: Mask


def said_otherwise(code: str) -> str:
    """How the long table writes a code that holds where a row gives no label."""
    return f"={code}"


def matched(place: Place, text: str) -> str | None:
    """The label in a cleaned text: what the pattern names; None where it does not match."""
    if place.pattern is None:
        return text
    found = re.fullmatch(place.pattern, text)
    return key_of(found) if found else None


def completed(place: Place, label: str) -> str:
    """The label with its lost zeros and what the office leaves out in front; unchanged where the profile names it."""
    if label in place.codes or label in place.not_data:
        return label
    if place.length is not None and label.isdigit():
        label = label.zfill(place.length)
    return f"{place.prefix}{label}" if label else label


def pick(column: TextColumn, place: Place, strip: Strip) -> TextColumn:
    """The column with each label reduced to the part that the pattern names; whole where it does not match."""
    texts = tuple(map(strip, column.cleaned))
    picked = (matched(place, text) for text in texts)
    return TextColumn(
        tuple(completed(place, text if label is None else label) for text, label in zip(texts, picked, strict=True)),
        column.codes,
    )


def indent_of(text: str) -> int:
    """Number of blanks of any kind at the beginning of a cell."""
    return len(text) - len(text.lstrip())


def raw_labels(table: RawTable, indices: Sequence[int], rows: NDArray[np.int64], place: Place) -> TextColumn:
    """What stands in the label columns of the rows: of several columns, the last filled cell that fits the pattern."""
    columns = [table.columns[index].rows(rows) for index in indices]
    if len(columns) == 1:
        return columns[0]
    joined = join_columns(columns).codes.reshape(len(columns), len(rows))
    texts = join_columns(columns).texts
    chosen = joined[0].copy()
    for position, column in enumerate(columns):
        fits = column.where([bool(text) and matched(place, text) is not None for text in column.cleaned])
        chosen[fits] = joined[position][fits]
    return TextColumn(texts, chosen)


def row_labels(cells: TextColumn, place: Place, strip: Strip) -> RowLabels:
    """The label of each row from the cells of its label column."""
    if not place.chooses_rows and place.indent is None:
        return RowLabels(pick(cells, place, strip), ~cells.blank)
    stripped = [strip(text) for text in cells.cleaned]
    labels = [matched(place, text) for text in stripped]
    indents = [indent_of(text) for text in cells.texts]
    gives = [
        bool(text) and label is not None and (place.indent is None or indent == place.indent)
        for text, label, indent in zip(stripped, labels, indents, strict=True)
    ]
    own = cells.where(gives)
    rows = np.arange(len(cells.codes))
    source = np.where(own, rows, -1)
    if place.fill_down:
        source = np.maximum.accumulate(source)
        ended = _ended(cells, place, indents)
        source = np.where(source < np.maximum.accumulate(np.where(ended, rows, -1)), -1, source)
    texts = tuple(completed(place, label) if label is not None else "" for label in labels)
    nothing = said_otherwise(place.otherwise) if place.otherwise is not None else ""
    if place.otherwise is None and not place.fill_down:
        fallback = cells.codes + len(texts)
        texts = (*texts, *map(clean, cells.texts))
    else:
        fallback = np.full(len(rows), len(texts), dtype=np.int32)
        texts = (*texts, nothing)
    codes = np.where(source < 0, fallback, cells.codes[np.maximum(source, 0)]).astype(np.int32)
    return RowLabels(TextColumn(texts, codes), own)


def _ended(cells: TextColumn, place: Place, indents: Sequence[int]) -> Mask:
    """Rows that end what is repeated: they are indented less, or match `until`."""
    less = [
        bool(text) and place.indent is not None and indent < place.indent
        for text, indent in zip(cells.cleaned, indents, strict=True)
    ]
    ended = cells.where(less)
    if place.until is not None:
        pattern = re.compile(place.until)
        ended |= cells.where([bool(pattern.fullmatch(text)) for text in cells.cleaned])
    return ended
