"""Columns of marks beside the figures (`1 234 | a | 56 | b`), explained by the notes below the table."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import shorten

from einklang.draft.explained import marks_explained
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.words import words

_LONGEST = 3
_MOST_MARKS = 8
_SAID = 80
_UNEXPLAINED = "final"


def read_statuses_beside(shape: Shape, found: Understanding, left: Iterable[int]) -> list[int]:
    """Takes columns of short marks, headed alike, each beside a column of figures; gives the columns that remain.

    The meanings are those of the notes; a mark without one is assumed to be no reservation, and all are asked for.
    Marks of which none is explained are a question of their own.
    """
    remaining = list(left)
    beside = [index for index in remaining if index - 1 in shape.figures and _are_marks(shape, index)]
    if len(beside) < 2 or len({shape.heads[-1][index] for index in beside}) > 1:
        return remaining
    heading = shape.heads[-1][beside[0]]
    if not heading and len(beside) < len(shape.figures):
        return remaining
    signs = found.known.project.signs
    marks = list(dict.fromkeys(text for index in beside for text in shape.texts[index] if text))
    said = marks_explained(marks, shape.notes, signs)
    sentences = words().sentences
    if not any(meaning for _, meaning in said.values()):
        name = heading or sentences["no_heading"]
        found.todo.append(sentences["marks_beside"].format(name, ", ".join(f"„{text}“" for text in marks)))
        found.unexplained |= set(beside)
        return remaining
    meanings = {text: meaning or _UNEXPLAINED for text, (_, meaning) in said.items()}
    found.status = {**({"heading": heading} if heading else {}), "beside": True, "words": meanings}
    found.todo.append(_question(found, said, meanings))
    return [index for index in remaining if index not in beside]


def _are_marks(shape: Shape, index: int) -> bool:
    held = [text for text in shape.texts[index] if text]
    return 0 < len(held) <= _MOST_MARKS and all(len(text) <= _LONGEST and not text.isdecimal() for text in held)


def _question(found: Understanding, said: dict[str, tuple[str, str | None]], meanings: dict[str, str]) -> str:
    labels = found.known.project.signs.meanings
    listed = ", ".join(f"„{mark}“ als „{labels[meanings[mark]].label_de}“" for mark, (_, one) in said.items() if one)
    unknown = [
        f"„{mark}“" + (f" („{shorten(text, _SAID)}“)" if text else "") for mark, (text, one) in said.items() if not one
    ]
    sentences = words().sentences
    assumed = sentences["mark_assumed"].format(", ".join(unknown), labels[_UNEXPLAINED].label_de) if unknown else ""
    return sentences["marks_explained"].format(listed, assumed)
