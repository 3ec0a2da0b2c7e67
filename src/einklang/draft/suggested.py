"""Which label of a code list an unknown text could mean: by its words, also abbreviated ones, or by a slip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from rapidfuzz import fuzz, process

from einklang.draft.wording import without_mark, without_part
from einklang.draft.words import words
from einklang.labels import normalise

_SHORTEST = 4
_STEM = 6
_ENDING = 2
_SLIP = 80
_MOST = 3
_OF_LABEL = 0.3
_LONGEST = 200
_DIVIDED = re.compile(r"(?<=\w)- (?=[a-zäöüß])")
_PARTS = re.compile(r"[,;(]| - ")


class _Word(NamedTuple):
    text: str
    is_negated: bool


class Suggestion(NamedTuple):
    """A code that could be meant; `is_whole` where its label has all words of the text, and not many others."""

    code: str
    is_whole: bool


def suggested(text: str, labels: Mapping[str, str]) -> Suggestion | None:
    """The code of the label that shares most words with a text, above all the first; None where too many do.

    `labels` are label → code. A word that is negated in one of them only (`ohne Duldung`) is not shared.
    """
    wanted = _words(without_part(without_mark(text)))
    if not wanted or len(text) > _LONGEST:
        return None
    whole: set[str] = set()
    found: dict[str, tuple[tuple[bool, float], float]] = {}
    for label, code in labels.items():
        own = _words(label)
        shared = [any(_is_same(word, one) for one in own) for word in wanted]
        is_denied = any(word.is_negated and not here for word, here in zip(wanted, shared, strict=True))
        if any(shared) and not is_denied:
            worth = (shared[0], sum(shared) / len(wanted)), fuzz.ratio(normalise(text), normalise(label))
            found[code] = max(found.get(code, worth), worth)
            if all(shared) and sum(any(_is_same(word, one) for word in wanted) for one in own) >= _OF_LABEL * len(own):
                whole.add(code)
    top = max((worth for worth, _ in found.values()), default=None)
    best = sorted((ratio, code) for code, (worth, ratio) in found.items() if worth == top)
    if best and len(best) <= _MOST:
        return Suggestion(best[-1][1], best[-1][1] in whole)
    slip = process.extractOne(text.strip(), labels.keys(), scorer=fuzz.ratio, score_cutoff=_SLIP)
    return Suggestion(labels[slip[0]], False) if slip else None


def _words(text: str) -> list[_Word]:
    """The words that say something, and whether a word such as `ohne` stands before them in their part of the text."""
    found = []
    for part in _PARTS.split(_DIVIDED.sub("", text)):
        is_negated = False
        for written in re.findall(r"\w+\.?", part):
            word = normalise(written)
            if word in words().negations:
                is_negated = True
            elif (len(word) >= _SHORTEST and not word.isdecimal()) or sum(map(str.isupper, written)) > 1:
                found.append(_Word(word, is_negated))
    return found


def _is_same(word: _Word, of_label: _Word) -> bool:
    """Whether words are the same but for their ending, or one abbreviates the other or ends it (`Titel`)."""
    said, own = word.text, of_label.text
    if word.is_negated != of_label.is_negated:
        return False
    if said.endswith(".") or said == own:
        return own.startswith(said.rstrip("."))
    short, long = sorted((said, own), key=len)
    if len(long) - len(short) <= _ENDING and long[: len(short) - 1] == short[:-1]:
        return len(short) >= _STEM
    return len(said) > _SHORTEST and own.endswith(said) and own[: -len(said)] not in words().negating
