"""Where tables lie in a sheet, found by what the sheet says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from einklang.declarations.profile import Profile
from einklang.labels import normalise
from einklang.rawtable import Mask, RawTable, column_letter

_TITLE_ROWS = 200


@dataclass(frozen=True)
class Region:
    """Rows of a table, counted from 0: its title from `top`, header, figures from `first` up to but without `end`.

    `below` is the row below the header: `first`, unless other tables stand between them.
    """

    top: int
    header: int
    below: int
    first: int
    end: int

    def holds(self, row: int) -> bool:
        """Whether a row is a header row or one of the figures."""
        return self.header <= row < self.below or self.first <= row < self.end


@dataclass(frozen=True)
class Regions:
    """The tables of a sheet; `again` names the cells of a header that stands twice where one only is agreed."""

    found: tuple[Region, ...]
    again: tuple[tuple[int, int], ...] = ()


def _rows_with(table: RawTable, text: str) -> Mask:
    wanted = normalise(text)
    hits = np.zeros(table.rows, dtype=np.bool_)
    for column in table.columns:
        hits |= column.where([normalise(one) == wanted for one in column.texts])
    return hits


def _headers(table: RawTable, layout: Profile) -> list[int]:
    """First header rows of all tables that bear the header, in order and without overlap."""
    header = layout.table.header
    hits = np.ones(table.rows, dtype=np.bool_)
    for text in header.texts:
        hits &= _rows_with(table, text)
    starts: list[int] = []
    for row in (np.flatnonzero(hits) - (header.at - 1)).tolist():
        if row >= 0 and (not starts or row >= starts[-1] + header.rows):
            starts.append(row)
    return starts


def _marked(table: RawTable, markers: Sequence[str]) -> Mask:
    """Rows whose first filled cell begins with a marker; an empty marker stands for a blank row."""
    marked = np.zeros(table.rows, dtype=np.bool_)
    before_blank = np.ones(table.rows, dtype=np.bool_)
    texts = tuple(marker for marker in markers if marker)
    for column in table.columns:
        if texts:
            marked |= column.where([text.startswith(texts) for text in column.cleaned]) & before_blank
        before_blank &= column.blank
    return marked | before_blank if "" in markers else marked


def seen_by(layout: Profile, table: RawTable) -> RawTable:
    """The sheet as a layout sees it: without the columns that belong to tables beside its own."""
    return table if layout.table.columns is None else table.between(*layout.table.span)


def find_regions(table: RawTable, layout: Profile) -> Regions:
    """The tables that the layout describes, in a sheet as it sees it; none where its header or title is not there."""
    starts = _headers(table, layout)
    rows = layout.table.header.rows
    tops = [0, *(start + rows for start in starts[:-1])]
    title = layout.table.title
    if title is not None:
        wanted = re.compile(title)
        every = list(zip(tops, starts, strict=False))
        chosen = [one for one in every if _has(table, *one, wanted)]
        if not chosen and table.cut_from is not None:
            chosen = [one for one in every if _has(table.cut_from, *one, wanted)]
    else:
        chosen = list(zip(tops, starts, strict=False))
    if not chosen:
        return Regions(())
    begins = _marked(table, layout.table.begin)
    ends = _marked(table, layout.table.end)
    others = starts
    if not layout.table.repeat:
        others = [start for start in starts if start > chosen[0][1]] if title is not None else []
        chosen = chosen[:1]
    found: list[Region] = []
    for top, header in chosen:
        below = first = min(header + rows, table.rows)
        following = next((start for start in others if start >= first), table.rows)
        if layout.table.begin:
            begun = np.flatnonzero(begins[first:following])
            if not len(begun):
                continue
            first += int(begun[0])
        marked = np.flatnonzero(ends[first:following])
        end = first + int(marked[0]) if len(marked) else _before_title(table, layout, following, first)
        found.append(Region(found[-1].end if found else top, header, below, first, end))
    if not found:
        return Regions(())
    again = [] if layout.table.repeat else [row for row in starts if found[0].first <= row < found[0].end]
    column = _column_of(table, found[0].header + layout.table.header.at - 1, layout.table.header.texts[0])
    twice = [found[0].header, *again] if again else []
    return Regions(tuple(found), tuple((row + layout.table.header.at - 1, column) for row in twice))


def _column_of(table: RawTable, row: int, text: str) -> int:
    wanted = normalise(text)
    return next((index for index in range(len(table.columns)) if normalise(table.text(row, index)) == wanted), 0)


def _before_title(table: RawTable, layout: Profile, following: int, first: int) -> int:
    """The end of a block that no marker ends: above the title rows of the following one."""
    if following == table.rows:
        return following
    patterns = [place.pattern for place in layout.dimensions.values() if place.title and place.pattern]
    patterns += [layout.table.title] if layout.table.title else []
    end = following
    for row in range(following - 1, first - 1, -1):
        texts = [text for text in _cells(table, row, row + 1) if text]
        if any(re.search(pattern, text) for pattern in patterns for text in texts):
            end = row
        elif texts:
            break
    return end


def _cells(table: RawTable, start: int, end: int) -> Iterator[str]:
    for row in range(start, min(end, start + _TITLE_ROWS)):
        for column in range(len(table.columns)):
            yield table.text(row, column)


def _has(table: RawTable, top: int, header: int, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(text) for text in _cells(table, max(top, header - _TITLE_ROWS), header))


def title_text(table: RawTable, region: Region, pattern: str) -> str | None:
    """The part that the pattern names, of the first cell above the table that holds it.

    Looked for between the table above and this one first, then at the top of the sheet.
    """
    wanted = re.compile(pattern)
    for start in dict.fromkeys((region.top, 0)):
        for text in _cells(table, start, region.header):
            if found := wanted.search(text):
                return key_of(found)
    return None


def shared_title_text(table: RawTable, region: Region, pattern: str) -> str | None:
    """As `title_text`; else of a row above that says nothing of this table alone: the title of tables side by side."""
    own = title_text(table, region, pattern)
    if own is not None or table.cut_from is None:
        return own
    wanted = re.compile(pattern)
    for row in range(min(region.header, _TITLE_ROWS)):
        if not any(_cells(table, row, row + 1)):
            for text in _cells(table.cut_from, row, row + 1):
                if found := wanted.search(text):
                    return key_of(found)
    return None


def key_of(found: re.Match[str]) -> str | None:
    """The group `key` of a match, or the whole match; None where the group is in another alternative."""
    return found["key"] if "key" in found.re.groupindex else found[0]


def cell_name(row: int, column: int) -> str:
    """Name of a cell, both counted from 0."""
    return f"{column_letter(column)}{row + 1}"
