"""The headings of a table as they are meant: without marks of footnotes, merged heads over all their columns."""

from __future__ import annotations

from collections.abc import Sequence

from einklang.declarations.layout import Header
from einklang.labels import normalise
from einklang.rawtable import RawTable
from einklang.rowlabels import Strip

Heads = Sequence[Sequence[str]]


def read_heads(table: RawTable, header: Header, row: int, strip: Strip) -> tuple[Heads, Heads]:
    """The headings, those of merged heads repeated to the right, and as they stand in the cells."""
    written = [
        [strip(table.text(one, column)) if one < table.rows else "" for column in range(len(table.columns))]
        for one in range(row, row + header.rows)
    ]
    heads = [list(texts) for texts in written]
    for number in sorted(header.fill_right):
        texts = heads[number - 1]
        above = heads[: number - 1]
        for index in range(1, len(texts)):
            is_same_group = all(one[index] == one[index - 1] for one in above)
            if not texts[index] and is_same_group:
                texts[index] = texts[index - 1]
    return heads, written


def fits(headings: Sequence[str], heads: Heads, index: int) -> bool:
    """Whether a column has these headings; `*` is any."""
    return all(
        wanted == "*" or normalise(wanted) == normalise(row[index])
        for wanted, row in zip(headings, heads, strict=False)
    )


def joined(headings: Sequence[str]) -> str:
    """Headings that stand one above the other, as one text."""
    return ": ".join(text for text in headings if text != "*")


def columns_with(heading: str, heads: Heads) -> list[int]:
    """The columns with this heading in the lowest header row that has it."""
    wanted = normalise(heading)
    for row in reversed(heads):
        if found := [index for index, text in enumerate(row) if normalise(text) == wanted]:
            return found
    return []
