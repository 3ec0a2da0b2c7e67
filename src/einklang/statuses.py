"""What says the status of figures: the cell itself, a column, the agreement, a heading, a title or a name.

Belongs here: which word holds for which figure. Does not belong here: what words mean (parse).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from einklang.columns import ColumnsFound
from einklang.declarations.layout import Status
from einklang.declarations.profile import Profile
from einklang.declarations.signs import assigned
from einklang.footnotes import Marks
from einklang.heads import read_heads
from einklang.labels import clean
from einklang.longtable import constant
from einklang.rawtable import RawTable, TextColumn, join_columns
from einklang.region import Region, key_of, title_text


def statuses_of(
    table: RawTable, layout: Profile, region: Region, columns: ColumnsFound
) -> Mapping[int, TextColumn] | None:
    """The word for each column of figures, for every row of the sheet; None where the layout names none.

    Of several, the one nearest to the figure that says something. Where nothing tells columns apart, they share one.
    """
    layers = list(_layers(table, layout, region, columns))
    if not layers:
        return None
    shared: dict[tuple[int, ...], TextColumn] = {}
    found = {}
    for figure in columns.figures:
        said = [layer[figure] for layer in layers if figure in layer] or [constant("", table.rows)]
        key = tuple(map(id, said)) if len(said) == len(layers) else (-1, figure)
        found[figure] = shared.setdefault(key, _first(said))
    return found


def _layers(table: RawTable, layout: Profile, region: Region, columns: ColumnsFound) -> Iterator[dict[int, TextColumn]]:
    """What says a status of the columns of figures, the nearest to the figure first."""
    statuses, rows = layout.statuses, table.rows
    marks = Marks(layout.footnotes)

    def words(status: Status, column: TextColumn) -> TextColumn:
        return TextColumn(tuple(_word(status, text, marks) for text in column.texts), column.codes)

    def same(text: str) -> dict[int, TextColumn]:
        return dict.fromkeys(columns.figures, constant(text, rows))

    for one in statuses:
        shown = table.look.shown.get(one.shown_by) if one.shown_by and table.look is not None else None
        if shown is not None:
            yield {index: words(one, shown.of_column(index, rows)) for index in columns.figures}
    for one in statuses:
        if one.is_in_columns:
            read = {index: words(one, table.columns[index]) for index in set(columns.status.values())}
            yield {figure: read[index] for figure, index in columns.status.items()}
    if columns.statuses:
        given = {meaning: constant(assigned(meaning), rows) for meaning in set(columns.statuses.values())}
        yield {figure: given[meaning] for figure, meaning in columns.statuses.items()}
    for one in statuses:
        if one.header_row is not None:
            heads, _ = read_heads(table, layout.table.header, region.header, str)
            row = heads[one.header_row - 1]
            said = {text: constant(_word(one, text, marks), rows) for text in {row[index] for index in columns.figures}}
            yield {index: said[row[index]] for index in columns.figures}
    for one in sorted(statuses, key=lambda status: (status.file, status.sheet)):
        if one.title and one.pattern is not None:
            yield same(_known(one, title_text(table, region, one.pattern) or "", marks))
        elif one.sheet or one.file:
            yield same(_word(one, table.sheet if one.sheet else table.file, marks))
    for one in statuses:
        if one.constant is not None:
            yield same(assigned(one.constant))


def _word(status: Status, text: str, marks: Marks) -> str:
    """The word in a text: what the pattern finds in it; empty where it is not found."""
    text = clean(text)
    if status.pattern is not None:
        found = re.search(status.pattern, text)
        text = (key_of(found) or "") if found else ""
    return _known(status, text, marks)


def _known(status: Status, word: str, marks: Marks) -> str:
    """The word without its mark of a footnote, unless it is agreed with it."""
    return word if word.casefold() in map(str.casefold, status.words) else marks.strip(word)


def _first(columns: Iterable[TextColumn]) -> TextColumn:
    """In each row the first text that is not blank."""
    first, *others = columns
    for other in others:
        joined = join_columns([first, other])
        rows = len(first.codes)
        codes = np.where(first.blank, joined.codes[rows:], joined.codes[:rows]).astype(np.int32)
        first = TextColumn(joined.texts, codes)
    return first
