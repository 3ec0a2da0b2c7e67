"""Headings that only announce the groups below them: `darunter`, `davon`, `nach Staatsangehörigkeit`."""

from __future__ import annotations

from collections.abc import Sequence

from einklang.draft.known import Known
from einklang.draft.wording import without_mark, without_part
from einklang.labels import normalise

_LONG = 5


def without_group_names(known: Known, heads: Sequence[Sequence[str]], figures: Sequence[int]) -> list[list[str]]:
    """The header rows in which what groups are part of stands in place of a heading that only announces them.

    That is the heading to the left, if any: `Eingebürgerte | davon | davon` is three times `Eingebürgerte`.
    """
    said = [list(row) for row in heads]
    for number, row in enumerate(heads[:-1]):
        left = ""
        for index in figures:
            is_above = any(below[index] for below in heads[number + 1 :])
            if row[index] and is_above and _announces_groups(known, row[index]):
                said[number][index] = left
            else:
                left = row[index]
    return said


def _announces_groups(known: Known, text: str) -> bool:
    """Whether a heading says that groups follow, or by what, and names none of them."""
    rest = without_part(without_mark(text))
    if not rest:
        return True
    titles = [normalise(axis.title.de).split() for axis in known.dataset.dimensions]
    names = {
        word + end for title in titles for word in title if len(word) > _LONG for end in ("", "n", "en", "s", "es")
    }
    if not names & set(normalise(rest).split()):
        return False
    return not any(known.match([text, *rest.split()], name).share for name in known.lists)
