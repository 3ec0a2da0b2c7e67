"""The shape of a table: which rows are title, header, data and notes, and which columns hold figures.

Found by the kinds of the cells alone. Belongs here: where things stand. Does not belong here: what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einklang.combinations import combine
from einklang.declarations.place import MAX_HEADER_ROWS
from einklang.draft.wording import is_year
from einklang.labels import UNIT_SIGNS, normalise
from einklang.rawtable import Mask, RawTable, TextColumn, column_letter

_GROUPED = r"\d{1,3}(?:[.,' \x{a0}\x{202f}]\d{3})+(?:[.,]\d+)?"
_NUMBER = rf"^\(?[+\-\x{{2212}}]? ?(?:{_GROUPED}|\d+(?:[.,]\d+)?)(?: ?[{UNIT_SIGNS}])?\)?(?: ?[a-zA-Z*]{{1,2}})?$"
_THOUSAND = re.compile(r"1[., '\u00a0\u202f]?000(?:[., '\u00a0\u202f]?000)?")
_NAMED_BY_NUMBER = re.compile(r"\d{4,}[A-Z]?")
_MOST_TEXT = 0.5
_MOST_ROWS = 100_000
_SAMPLED = 50_000
_GAP = 6
_BLANK_HEADS = 3
_COLUMNS_OF_UNIT = 5
_ROWS_OF_CONSTANT = 5
_ROWS_OF_TWO = 100
_FEW_NUMBERS = 3
_ROWS_OF_NOTES = 300
_COLUMNS_OF_NOTES = 40
_LONGEST_NOTE = 300


class Mark(IntEnum):
    """What a cell holds, as far as its form tells."""

    BLANK = 0
    NUMBER = 1
    SIGN = 2
    TEXT = 3


@dataclass(frozen=True, eq=False)
class Shape:
    """A table in a sheet; rows and columns from 0, `end` behind the last row of data.

    `heads` are the texts of the header rows as they stand in the cells; `fill_right`, `numbers` and `sections`
    count header rows from 1 and rows of the sheet from 0. `top` is the row below the table above; `blocks` are the
    further tables of the sheet with the same header (top, header, first, end), `alike` those of other sheets. Where
    others stand beside it, `span` is its first and last column, and `table` is blank elsewhere.
    """

    table: RawTable
    marks: NDArray[np.uint8]
    header: int
    first: int
    end: int
    labels: tuple[int, ...]
    figures: tuple[int, ...]
    heads: tuple[tuple[str, ...], ...]
    fill_right: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    sections: tuple[int, ...] = ()
    repeats: bool = False
    top: int = 0
    blocks: tuple[tuple[int, int, int, int], ...] = ()
    alike: tuple[Shape, ...] = ()
    span: tuple[int, int] | None = None

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets that hold the table."""
        return tuple(dict.fromkeys(one.table.sheet for one in (self, *self.alike)))

    @property
    def rows(self) -> int:
        """Number of header rows."""
        return len(self.heads)

    @cached_property
    def _columns(self) -> dict[int, TextColumn]:
        return {}

    @cached_property
    def _pairs(self) -> dict[tuple[int, int], dict[str, set[str]]]:
        return {}

    def column(self, index: int) -> TextColumn:
        """The cells of a column in the rows of data."""
        if index not in self._columns:
            self._columns[index] = self.table.columns[index].rows(self.data_rows)
        return self._columns[index]

    def is_in_percent(self, index: int) -> bool:
        """Whether each figure of a column that is no zero bears the sign of its unit (`52,4 %`)."""
        figures = [text for text in self.column(index).present if re.search("[1-9]", text)]
        return bool(figures) and all(any(sign in text for sign in UNIT_SIGNS) for text in figures)

    @cached_property
    def data_rows(self) -> NDArray[np.int64]:
        """The rows of data, without section rows and blank ones."""
        rows = np.concatenate([np.arange(first, end) for _, _, first, end in self.every_block])
        if self.sections:
            rows = rows[~np.isin(rows, self.sections)]
        if rows[-1] < len(self.marks):
            rows = rows[(self.marks[rows] != Mark.BLANK).any(axis=1)]
        return rows

    @cached_property
    def section_of_rows(self) -> NDArray[np.int64]:
        """Of each row of data, how many section rows and tables begin above it."""
        starts = sorted({*self.sections, *(first for _, _, first, _ in self.every_block)})
        return np.searchsorted(np.asarray(starts), self.data_rows, side="right")

    @property
    def every_block(self) -> tuple[tuple[int, int, int, int], ...]:
        """Top, header, first row of data and end of the table, and of those below it with the same header."""
        return ((self.top, self.header, self.first, self.end), *self.blocks)

    @cached_property
    def texts(self) -> dict[int, list[str]]:
        """The distinct texts of the label columns."""
        return {index: _distinct(self.column(index)) for index in self.labels}

    @cached_property
    def notes(self) -> list[str]:
        """The lines below the table and those like it, the cells of a row joined."""
        found: dict[str, None] = {}
        for one in (self, *self.alike):
            end = one.every_block[-1][3]
            columns = (one.table.cut_from or one.table).columns[:_COLUMNS_OF_NOTES]
            for row in range(end, min(one.table.rows, end + _ROWS_OF_NOTES)):
                cells = [column.texts[int(column.codes[row])].strip() for column in columns]
                for line in " ".join(filter(None, cells)).splitlines():
                    found.setdefault(" ".join(line.split())[:_LONGEST_NOTE])
        return [text for text in found if text]

    def beside(self, index: int, other: int) -> dict[str, set[str]]:
        """Text of a column → the texts that stand beside it in another, in a sample of the rows."""
        if (index, other) not in self._pairs:
            keys, names = self.column(index), self.column(other)
            step = max(1, len(keys.codes) // _SAMPLED)
            columns = [(keys.codes[::step], len(keys.texts)), (names.codes[::step], len(names.texts))]
            found: dict[str, set[str]] = {}
            for pair in pd.unique(combine(columns)).tolist():
                key, name = divmod(pair, len(names.texts))
                found.setdefault(keys.cleaned[key], set()).add(names.cleaned[name])
            self._pairs[index, other] = found
        return self._pairs[index, other]

    def where(self, index: int) -> dict[str, str]:
        """A column as a profile names it: by its heading where it has one of its own, else by its letter."""
        below = self.heads[-1]
        heading = below[index]
        is_name = heading and not heading.isdecimal() and below.count(heading) == 1
        return {"heading": heading} if is_name else {"column": column_letter(index)}

    def count_rows_with(self, texts: Sequence[str]) -> int:
        """Number of rows of the sheet that hold all of the texts."""
        hits = np.ones(self.table.rows, dtype=np.bool_)
        for text in filter(None, map(normalise, texts)):
            here = np.zeros(self.table.rows, dtype=np.bool_)
            for column in self.table.columns:
                here |= column.where([normalise(one) == text for one in column.cleaned])
            hits &= here
        return int(hits.sum())

    def filled_heads(self) -> list[list[str]]:
        """The headings, those of merged heads repeated to the right."""
        heads = [list(row) for row in self.heads]
        for number in self.fill_right:
            row, above = heads[number - 1], heads[: number - 1]
            for index in range(1, len(row)):
                if not row[index] and all(one[index] == one[index - 1] for one in above):
                    row[index] = row[index - 1]
        return heads


def _distinct(column: TextColumn) -> list[str]:
    present = np.bincount(column.codes, minlength=len(column.texts)) > 0
    return list(dict.fromkeys(text for text, here in zip(column.cleaned, present.tolist(), strict=True) if here))


def marks_of(table: RawTable, signs: frozenset[str]) -> NDArray[np.uint8]:
    """The kind of every cell, of the first rows of a very long sheet."""
    size = min(table.rows, _MOST_ROWS)
    marks = np.zeros((size, len(table.columns)), dtype=np.uint8)
    for index, column in enumerate(table.columns):
        texts = column.cleaned
        number = pc.match_substring_regex(pa.array(texts, pa.string()), _NUMBER).to_numpy(zero_copy_only=False)
        sign = np.asarray([text in signs for text in texts])
        blank = np.asarray([not text for text in texts])
        kinds = np.where(blank, Mark.BLANK, np.where(sign, Mark.SIGN, np.where(number, Mark.NUMBER, Mark.TEXT)))
        marks[:, index] = kinds.astype(np.uint8)[column.codes[:size]]
    return marks


@dataclass
class _Finder:
    table: RawTable
    marks: NDArray[np.uint8]
    is_label: Callable[[int, TextColumn, str], bool]
    window: tuple[int, int] | None = None
    figures: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)

    def find(self) -> Shape | None:
        figure = (self.marks == Mark.NUMBER) | (self.marks == Mark.SIGN)
        counts = figure.sum(axis=1)
        if not counts.any():
            return None
        many = max(1.0, float(np.median(counts[counts > 0])) / 2)
        body = np.flatnonzero(counts >= many)
        self._columns(body[1:] if len(body) > 1 and self._is_counted(int(body[0])) else body)
        if not self.figures:
            return None
        has = figure[:, self.figures].any(axis=1) & (counts >= many)
        first, numbers = self._first(self._below_preamble(has, figure[:, self.figures].sum(axis=1)))
        if first is None:
            return None
        header = self._header(first)
        if header is None:
            return None
        start, stop = header
        end = self._end(first, has)
        heads = tuple(
            tuple(self.table.text(row, index) for index in range(len(self.table.columns))) for row in range(start, stop)
        )
        inside = self.marks[first:end]
        lone = (inside[:, self.figures] == Mark.BLANK).all(axis=1) & ((inside != Mark.BLANK).sum(axis=1) == 1)
        sections = [*range(stop, first), *(np.flatnonzero(lone) + first).tolist()]
        return Shape(
            table=self.table,
            marks=self.marks,
            header=start,
            first=stop,
            end=end if self.window or len(self.marks) == self.table.rows else self.table.rows,
            labels=tuple(self.labels),
            figures=tuple(self.figures),
            heads=heads,
            fill_right=_merged(heads, self.figures),
            numbers=tuple(row - start + 1 for row in numbers if start <= row < stop),
            sections=tuple(row for row in sections if (self.marks[row] != Mark.BLANK).any()),
            repeats=self._repeats(heads, end),
        )

    def _columns(self, body: NDArray[np.int64]) -> None:
        for index, column in enumerate(self.table.columns):
            kinds = self.marks[body, index]
            filled = kinds != Mark.BLANK
            if not filled.any():
                continue
            text = (kinds == Mark.TEXT).sum() / filled.sum()
            above = range(max(self.window[0] if self.window else 0, int(body[0]) - MAX_HEADER_ROWS), int(body[0]))
            heads = [self.table.text(row, index) for row in above]
            named = [head for head in reversed(heads) if head]
            heading = next((head for head in named if not head.isdecimal()), next(iter(named), ""))
            no_number = not (kinds == Mark.NUMBER).any() and (kinds == Mark.TEXT).any()
            if text >= _MOST_TEXT or no_number or self.is_label(index, column.rows(body), heading):
                self.labels.append(index)
            else:
                self.figures.append(index)
        constant = [index for index in self.figures if self._says_little(index, body)]
        if len(constant) < len(self.figures):
            self.figures = [index for index in self.figures if index not in constant]
            self.labels = sorted([*self.labels, *constant])

    def _says_little(self, index: int, body: NDArray[np.int64]) -> bool:
        """Whether a column holds the same number in every row (of a statistic, a unit: 1000) or one of two codes."""
        present = self.table.columns[index].rows(body).present
        is_number = all(_NAMED_BY_NUMBER.fullmatch(one) for one in present)
        if len(present) == 1:
            return len(body) >= _ROWS_OF_CONSTANT and is_number
        if len(present) <= _FEW_NUMBERS and is_number and len(body) >= _ROWS_OF_TWO:
            return len(set(map(len, present))) == 1
        return len(present) == 2 and len(body) >= _ROWS_OF_TWO and all(one in "123456789" for one in present)

    def _below_preamble(self, has: Mask, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows with figures without those of a preamble, which are less filled and stand apart (`Jahr | 2015`)."""
        start = int(np.argmax(has & (2 * counts > np.median(counts[has]))))
        while start > 0 and has[start - 1]:
            start -= 1
        return np.flatnonzero(has)[np.flatnonzero(has) >= start]

    def _first(self, rows: NDArray[np.int64]) -> tuple[int | None, list[int]]:
        """The first row of data; rows before it that hold only years, or the numbers of the columns."""
        numbers: list[int] = []
        for row in rows.tolist():
            texts = [text for index in self.figures if (text := self.table.text(row, index))]
            if self._is_counted(row):
                numbers.append(row)
            elif self._names_unit(row, texts):
                continue
            elif not (len(texts) > 1 and all(map(is_year, texts)) and len(set(texts)) > 1):
                return row, numbers
        return None, numbers

    def _is_counted(self, row: int) -> bool:
        """Whether a row holds the numbers of the columns."""
        every = [text for index in range(len(self.table.columns)) if (text := self.table.text(row, index))]
        if len(every) < 2 or not every[0].isdecimal() or len(every[0]) > 2:
            return False
        size = every[1:].index(every[0]) + 1 if every[0] in every[1:] else len(every)
        numbers = [str(number) for number in range(int(every[0]), int(every[0]) + size)]
        return size > 1 and len(every) % size == 0 and every == numbers * (len(every) // size)

    def _names_unit(self, row: int, texts: Sequence[str]) -> bool:
        """Whether a row without labels says `1 000` over its columns of figures, beside marks and other units."""
        numbers = [text for text in texts if text[:1].isdigit()]
        labels = [index for index in self.labels if index < min(self.figures)]
        return (
            bool(numbers)
            and all(map(_THOUSAND.fullmatch, numbers))
            and not any(self.table.text(row, one) for one in labels)
        )

    def _header(self, first: int) -> tuple[int, int] | None:
        """The rows of headings above the data: from, and behind the last."""
        blank = (self.marks[:, self.figures] == Mark.BLANK).all(axis=1)
        stop = first
        while stop > 0 and first - stop < _GAP and blank[stop - 1] and self._is_lone(stop - 1):
            stop -= 1
        if stop == 0 or blank[stop - 1]:
            return None
        start = stop
        while start > 0 and stop - start < MAX_HEADER_ROWS and not blank[start - 1]:
            start -= 1
        above = start
        while above > 0 and start - above < _BLANK_HEADS and blank[above - 1]:
            above -= 1
        if self._says_no_columns(start, stop) and 0 < above < start and not blank[above - 1]:
            start = above
            while start > 0 and stop - start < MAX_HEADER_ROWS and not blank[start - 1]:
                start -= 1
        return start, stop

    def _says_no_columns(self, start: int, stop: int) -> bool:
        """Whether rows of headings hold no more than a few units for all columns and their numbers."""
        texts = {self.table.text(row, index) for row in range(start, stop) for index in self.figures}
        return sum(not text.isdecimal() for text in texts - {""}) <= max(1, len(self.figures) // _COLUMNS_OF_UNIT)

    def _is_lone(self, row: int) -> bool:
        return int((self.marks[row] != Mark.BLANK).sum()) <= 1

    def _end(self, first: int, has: Mask) -> int:
        return int(np.flatnonzero(has[first:])[-1]) + first + 1

    def _repeats(self, heads: Sequence[Sequence[str]], end: int) -> bool:
        """Whether the first header row stands again among the data."""
        size = len(self.marks)
        hits = np.ones(size, dtype=np.bool_)
        for column, text in zip(self.table.columns, heads[0], strict=True):
            hits &= column.where([one == text for one in column.cleaned])[:size]
        return int(hits.sum()) > 1 and end > 0


def _merged(heads: Sequence[Sequence[str]], figures: Sequence[int]) -> tuple[int, ...]:
    """Header rows (from 1) in which a blank head continues the one to its left.

    In a lower row a blank head that begins a group, or stands in a table whose groups are all named, is a total.
    """
    found: list[int] = []
    groups = [0] * len(figures)
    for number, row in enumerate(heads[:-1] if len(heads) > 1 else (), 1):
        texts = [row[index] for index in figures]
        wide = [groups.count(group) > 1 for group in groups]
        begins = [not at or groups[at] != groups[at - 1] for at in range(len(groups))]
        is_open = any(not text and each and first for text, each, first in zip(texts, wide, begins, strict=True))
        continues = any(not text and each and not first for text, each, first in zip(texts, wide, begins, strict=True))
        if continues and not is_open:
            found.append(number)
        changed = [first or bool(text) for text, first in zip(texts, begins, strict=True)]
        groups = np.cumsum(changed).tolist()
    return tuple(found)


def find_shape(
    table: RawTable,
    marks: NDArray[np.uint8],
    is_label: Callable[[int, TextColumn, str], bool],
    window: tuple[int, int] | None = None,
) -> Shape | None:
    """The first table of a sheet, or of some rows of it; None where there is none.

    `is_label` is asked of a column of numbers, with its cells and its heading, whether it holds keys or periods.
    """
    if window is not None:
        marks = marks.copy()
        marks[: window[0]] = Mark.BLANK
        marks[window[1] :] = Mark.BLANK
    return _Finder(table, marks, is_label, window).find()
