"""Headings that no code list knows, by the words that they share with its labels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from einklang.draft.known import Known, Match

_MOSTLY = 0.5
_NO_LABELS = frozenset({"measure", "unit", "period"})


def with_similar(known: Known, match: Match, used: Collection[str | None]) -> Match:
    """The match with the codes, but for those used, whose labels have all words of an unknown heading."""
    found: dict[str, str] = {}
    for text in match.unknown if match.dimension not in _NO_LABELS else ():
        meant = known.meant(text, match.dimension)
        if meant and meant.is_whole and meant.code not in {*used, *found.values()}:
            found[text] = meant.code
    return replace(match, codes={**match.codes, **found}, near=match.near | found.keys())


def match_of_similar(known: Known, texts: Sequence[str], names: Iterable[str]) -> Match | None:
    """The first of the dimensions whose labels have all words of most headings, each another one."""
    for name in dict.fromkeys(one for one in names if one not in _NO_LABELS):
        meant = {text: known.meant(text, name) for text in texts}
        codes = {text: one.code if one and one.is_whole else None for text, one in meant.items()}
        found = list(filter(None, codes.values()))
        if len(found) == len(set(found)) and len(found) > _MOSTLY * len(texts):
            return Match(name, "label", codes, near=frozenset(text for text, code in codes.items() if code))
    return None


def headings_unknown(
    heads: Sequence[Sequence[str]], group: Sequence[int], index: int, wrong: int, unread: Mapping[int, str]
) -> tuple[str, ...]:
    """The headings of a column of a group from the first unknown row (from 1) down to the last one that is filled."""
    rows = [number for number in range(wrong + 1, len(heads) + 1) if number not in unread]
    below = {tuple(heads[number - 1][one] for number in rows) for one in group}
    last = max((number for number in rows if heads[number - 1][index]), default=wrong) if len(below) > 1 else wrong
    return tuple(heads[number - 1][index] for number in range(wrong, last + 1))
