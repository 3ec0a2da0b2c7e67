"""Which agreed heading probably stands behind one that is not agreed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from rapidfuzz import fuzz

from einklang.declarations.profile import Profile
from einklang.discretion import has_word, headings_hidden
from einklang.heads import Heads, fits, joined
from einklang.labels import normalise
from einklang.rawtable import RawTable, TextColumn
from einklang.region import Region

_BEGINNING, _END = 4, 6


def renamed_label(
    profile: Profile, missing: Sequence[str], labels: Collection[int], table: RawTable, region: Region
) -> dict[int, str]:
    """The column in which the one label heading that is missing should stand; none where its place is not clear.

    Label columns stand at the left: it is the gap that the others leave, or the column behind them if it holds words.
    """
    places = profile.dimensions.values()
    declared = {where.heading for where in places} | {where.name_heading for where in places}
    declared |= {profile.unit.heading} if profile.unit is not None else set()
    if len(missing) != 1 or missing[0] not in declared:
        return {}
    free = [index for index in range(min(len(labels) + 1, len(table.columns))) if index not in labels]
    if len(free) != 1:
        return {}
    is_between = any(index > free[0] for index in labels)
    column = table.columns[free[0]].rows(np.arange(region.first, region.end))
    return {free[0]: missing[0]} if is_between or _holds_words(column) else {}


def _holds_words(column: TextColumn) -> bool:
    words = column.where([has_word(text) for text in column.texts])
    return 2 * int(words.sum()) > int((~column.blank).sum())


def expected_there(
    unknown: Collection[int], agreed: Mapping[int, int], absent: Mapping[int, Sequence[str]], heads: Heads
) -> dict[int, str]:
    """The absent heading that the layout expects in each unknown column whose heading is hidden.

    `agreed` gives the number of every column that fits, `absent` the headings of those numbers that no column has.
    What is not hidden in the heading must fit.
    """
    is_hidden = [headings_hidden(row) for row in heads]
    rest = dict(absent)
    found: dict[int, str] = {}
    for index in sorted(_hidden(unknown, heads)):
        low = next((agreed[one] for one in sorted(agreed, reverse=True) if one < index), -1)
        high = next((agreed[one] for one in sorted(agreed) if one > index), max(absent, default=0) + 1)
        for number, headings in rest.items():
            shown = ["*" if row[index] else text for row, text in zip(is_hidden, headings, strict=False)]
            if low < number < high and fits(shown, heads, index):
                found[index] = joined(rest.pop(number))
                break
    return found


def probably_meant(
    unknown: Mapping[int, str], missing: Sequence[str], by_place: Mapping[int, str], heads: Heads
) -> list[tuple[str, str]]:
    """Each unknown heading with the missing one probably meant: by its place, else by its text if it is not hidden."""
    hidden = _hidden(unknown, heads)
    rest = [text for text in missing if text not in by_place.values()]
    pairs = []
    for index, title in unknown.items():
        other = by_place.get(index) or (None if index in hidden else _most_similar(title, rest))
        if other is not None:
            pairs.append((title, other))
    return pairs


def _hidden(columns: Collection[int], heads: Heads) -> set[int]:
    rows = [headings_hidden(row) for row in heads]
    return {index for index in columns if any(row[index] for row in rows)}


def _most_similar(text: str, missing: Sequence[str]) -> str | None:
    """The missing heading that begins or ends as this one; of several, the most similar."""
    one = normalise(text)
    similar = [
        other
        for other in missing
        if one[:_BEGINNING] == normalise(other)[:_BEGINNING] or one[-_END:] == normalise(other)[-_END:]
    ]
    return max(similar, key=lambda other: fuzz.ratio(one, normalise(other)), default=None)
