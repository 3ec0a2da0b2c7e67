"""What the form of a text tells: marks of footnotes, words in front, codes, years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from einklang.draft.words import words
from einklang.footnotes import start_of_mark
from einklang.labels import normalise

_CODE_LIKE = re.compile(r"[A-ZÄÖÜ0-9][A-ZÄÖÜ0-9_./+\-]*")
_MARKS = (r"(?<=%)\d", r"(?<=\d{4})\d\)", r"\s?(?<!\d{3})\d{1,2}(?:,\s?\d)*\)", r"\*+", r"\s?[¹²³⁴-⁹]+", r"\s\d")
_ENDS = {one: re.compile(f"(?:{one})$") for one in _MARKS}
_FOOTNOTE = re.compile("|".join(f"(?:{one})$" for one in _MARKS))
_YEAR = re.compile(r"(?:19|20)\d{2}")
CODE = 24


def without_mark(text: str) -> str:
    """The text without a footnote mark glued to it."""
    return text[: start_of_mark(_FOOTNOTE, text)]


def without_part(text: str) -> str:
    """What stands behind words such as `darunter` or `davon`; the whole text where it has none."""
    plain = normalise(text)
    for word in _longest_first():
        if plain.startswith(word) and not plain[len(word) : len(word) + 1].isalnum():
            return text.strip()[len(word) :].strip(" :")
    return text


@cache
def _longest_first() -> tuple[str, ...]:
    return tuple(sorted(words().part, key=len, reverse=True))


def kind_of_mark(text: str) -> str | None:
    """The regular expression of the mark at the end of a text; None where it bears none."""
    return next((one for one, end in _ENDS.items() if start_of_mark(end, text) is not None), None)


def is_year(text: str) -> bool:
    """Whether a text is a year, with or without a mark."""
    return _YEAR.fullmatch(without_mark(text)) is not None


def looks_like_codes(texts: Sequence[str]) -> bool:
    """Whether texts are codes of capitals and digits rather than words."""
    filled = [text for text in texts if text]
    return bool(filled) and all(len(text) <= CODE and _CODE_LIKE.fullmatch(text) for text in filled)


def could_be_figures(texts: Sequence[str]) -> bool:
    """Whether texts are numbers of different length, as figures are and keys are not."""
    held = [text for text in texts if text]
    return all(text.isdecimal() for text in held) and len(set(map(len, held))) > 1


def is_word(text: str, listed: Sequence[str]) -> bool:
    """Whether a heading is one of the words."""
    return normalise(text) in _normalised(tuple(listed))


@cache
def _normalised(listed: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(normalise, listed))


def looks_like_period(texts: Sequence[str], heading: str, index: int) -> bool:
    """Whether a column of numbers holds years: by its heading, or the first word of it, or as the first column."""
    years = bool(texts) and all(map(is_year, texts))
    return years and (index == 0 or any(is_word(one, words().period) for one in (heading, heading.partition(" ")[0])))
