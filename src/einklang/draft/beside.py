"""Label columns beside columns of figures (`Staat_Platz1_ID | Staat_Platz1_Anzahl | Staat_Platz2_ID | …`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from einklang.draft.known import Known, Match
from einklang.draft.shape import Shape
from einklang.draft.wording import is_word
from einklang.draft.words import words

_ENOUGH = 0.5


@dataclass(frozen=True)
class Beside:
    """A dimension whose labels stand to the left of the figures, in the columns `labels`.

    `pattern` fits their headings and no others; `codes` are the codes of the columns of figures that have no such
    label, by their heading, and `asked` the headings of those without a code.
    """

    match: Match
    labels: tuple[int, ...]
    pattern: str
    codes: dict[str, str]
    asked: tuple[str, ...]


def find_beside(shape: Shape, known: Known) -> Beside | None:
    """The columns of labels that are headed alike but for a number, and stand each before a column of figures."""
    heads = _lowest(shape)
    groups: dict[str, list[int]] = {}
    for index in shape.labels:
        if index + 1 in shape.figures and re.search(r"\d", heads[index]):
            groups.setdefault(re.sub(r"\d+", r"\\d+", re.escape(heads[index])), []).append(index)
    for pattern, labels in groups.items():
        texts = list(dict.fromkeys(text for index in labels for text in shape.texts[index] if text))
        best = known.best(texts, but=("period", "unit", "measure", "area"))
        if len(labels) > 1 and best and best[0].share >= _ENOUGH and not best[0].pattern:
            figures = [index for index in shape.figures if index - 1 not in labels]
            return _with_headings(known, best[0], tuple(labels), pattern, [heads[index] for index in figures])
    return None


def _lowest(shape: Shape) -> list[str]:
    return [next((text for text in reversed(texts) if text), "") for texts in zip(*shape.heads, strict=True)]


def _with_headings(known: Known, match: Match, labels: tuple[int, ...], pattern: str, headings: list[str]) -> Beside:
    """The codes of the headings that are labels themselves: a sum, or a group among their words."""
    codes = {text: code for text in headings if (code := _code_within(known, match, text))}
    return Beside(match, labels, pattern, codes, tuple(text for text in headings if text not in codes))


def _code_within(known: Known, match: Match, text: str) -> str | None:
    parts = text.replace("_", " ").split()
    total = known.total(match.dimension)
    if total is not None and any(is_word(part, words().total) for part in parts):
        return total
    pieces = _pieces(parts)
    codes = known.match(pieces, match.dimension).codes
    return next((code for piece in pieces if (code := codes[piece])), None)


def _pieces(parts: Sequence[str]) -> list[str]:
    """The words that follow each other, the most of them first."""
    sizes = range(len(parts), 0, -1)
    return [" ".join(parts[start : start + size]) for size in sizes for start in range(len(parts) - size + 1)]
