"""A sheet as it was delivered: every cell as text, in Arrow dictionary columns.

Row i of the arrays is row i + 1 as the sender sees it; column j is the spreadsheet column of that
number. A cell that the row does not have is an empty text; `fields` tells how many it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einklang.labels import clean
from einklang.letters import column_index as column_index
from einklang.letters import column_letter as column_letter

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class TextColumn:
    """One column: the distinct texts, and for each row the index of its text."""

    texts: tuple[str, ...]
    codes: NDArray[np.int32]

    @cached_property
    def cleaned(self) -> tuple[str, ...]:
        """The distinct texts without superfluous blanks and invisible characters."""
        return tuple(map(clean, self.texts))

    def where(self, hits: list[bool]) -> Mask:
        """Rows whose distinct text is hit."""
        if not any(hits):
            return np.zeros(len(self.codes), dtype=np.bool_)
        found: Mask = np.asarray(hits, dtype=np.bool_)[self.codes]
        return found

    def rows(self, rows: NDArray[np.int64]) -> TextColumn:
        """The rows named, in order; without a copy where none between them is left out."""
        is_run = len(rows) and rows[-1] - rows[0] + 1 == len(rows)
        part = TextColumn(self.texts, self.codes[rows[0] : rows[-1] + 1] if is_run else self.codes[rows])
        part.__dict__["cleaned"] = self.cleaned  # the same texts need not be cleaned again
        return part

    @property
    def present(self) -> tuple[str, ...]:
        """The distinct texts that stand in a row."""
        return tuple(self.texts[index] for index in np.flatnonzero(np.bincount(self.codes)).tolist())

    @cached_property
    def blank(self) -> Mask:
        """Rows in which the cell is empty."""
        return self.where([not text for text in self.cleaned])


def text_column(array: pa.DictionaryArray) -> TextColumn:
    """The column of a dictionary-encoded Arrow array without nulls."""
    texts = tuple(array.dictionary.to_pylist()) or ("",)
    return TextColumn(texts, array.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False))


def encode(texts: list[str]) -> TextColumn:
    """The column of a list of texts."""
    return text_column(pc.dictionary_encode(pa.array(texts, pa.string())))


def blank_column(rows: int) -> TextColumn:
    """A column of empty cells."""
    return TextColumn(("",), np.zeros(rows, dtype=np.int32))


def join_columns(pieces: list[TextColumn]) -> TextColumn:
    """The pieces one below the other, with one list of distinct texts."""
    if len(pieces) == 1:
        return pieces[0]
    position: dict[str, int] = {}
    for piece in pieces:
        for text in piece.texts:
            position.setdefault(text, len(position))
    codes = np.empty(sum(len(piece.codes) for piece in pieces), dtype=np.int32)
    start = 0
    for piece in pieces:
        own = np.asarray([position[text] for text in piece.texts], dtype=np.int32)
        end = start + len(piece.codes)
        np.take(own, piece.codes, out=codes[start:end], mode="clip")
        start = end
    return TextColumn(tuple(position), codes)


@dataclass(frozen=True)
class CellTexts:
    """Texts of single cells: the distinct texts, for each cell the index of its text, and its row and column from 0."""

    texts: tuple[str, ...]
    codes: NDArray[np.int32]
    places: NDArray[np.int64]

    def of_column(self, index: int, rows: int) -> TextColumn:
        """The texts of the cells of a column; blank where there is none."""
        here = self.places[:, 1] == index
        here &= self.places[:, 0] < rows
        codes = np.zeros(rows, dtype=np.int32)
        codes[self.places[here, 0]] = self.codes[here] + 1
        return TextColumn(("", *self.texts), codes)


@dataclass(frozen=True)
class Look:
    """What a spreadsheet program shows of a sheet; rows and columns from 0, both ends included.

    Each row of `hidden_rows` and `hidden_columns` is a range, each of `merged` first row, first column,
    last row, last column. `is_known` is false where the kind of file does not tell. `shown` holds what single cells
    show beside their value, of the kinds that a profile asks for (`Status.shown_by`).
    """

    hidden: bool
    filtered: bool
    hidden_rows: NDArray[np.int64]
    hidden_columns: NDArray[np.int64]
    merged: NDArray[np.int64]
    is_known: bool = True
    shown: Mapping[str, CellTexts] = field(default_factory=dict)


@dataclass(frozen=True)
class RawTable:
    """One sheet, or one text file; `look` is None for text, of which all is seen.

    `cut_from` is the whole sheet, where only some of its columns are looked at.
    """

    file: str
    sheet: str
    columns: tuple[TextColumn, ...]
    fields: NDArray[np.int32] | None = None
    look: Look | None = None
    cut_from: RawTable | None = None

    def between(self, first: int, last: int) -> RawTable:
        """The sheet as if only the columns from `first` to `last`, counted from 0, were filled."""
        blank = blank_column(self.rows)
        columns = (column if first <= index <= last else blank for index, column in enumerate(self.columns))
        return replace(self, columns=tuple(columns), cut_from=self)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].codes) if self.columns else 0

    def text(self, row: int, column: int) -> str:
        """The cleaned text of a cell, both counted from 0."""
        cells = self.columns[column]
        return cells.cleaned[int(cells.codes[row])]
