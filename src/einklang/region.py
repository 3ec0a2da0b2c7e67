"""Where the table lies in a sheet, found by what the sheet says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from einklang.declarations.profile import Profile
from einklang.labels import normalise
from einklang.rawtable import RawTable

_TITLE_ROWS = 200


@dataclass(frozen=True)
class Region:
    """Rows of the table: header, then `first` up to but without `end`, all counted from 0."""

    header: int
    first: int
    end: int


def find_region(table: RawTable, profile: Profile) -> Region | None:
    wanted = normalise(profile.table.header.find)
    hits = np.zeros(table.rows, dtype=np.bool_)
    for column in table.columns:
        hits |= column.where([normalise(text) == wanted for text in column.texts])
    if not hits.any():
        return None
    header = int(hits.argmax())
    if profile.table.title is not None and not _title_matches(table, header, profile.table.title):
        return None
    first = header + profile.table.header.rows
    ends = np.zeros(table.rows, dtype=np.bool_)
    if profile.table.end:
        markers = tuple(profile.table.end)
        before_blank = np.ones(table.rows, dtype=np.bool_)
        for column in table.columns:
            ends |= column.where([text.startswith(markers) for text in column.cleaned]) & before_blank
            before_blank &= column.blank
    ends[:first] = False
    end = int(ends.argmax()) if ends.any() else table.rows
    return Region(header, min(first, table.rows), end)


def cells_above(table: RawTable, header: int) -> Iterator[str]:
    for row in range(min(header, _TITLE_ROWS)):
        for column in range(len(table.columns)):
            yield table.text(row, column)


def _title_matches(table: RawTable, header: int, pattern: str) -> bool:
    return any(re.search(pattern, text) for text in cells_above(table, header))
