"""What the notes below a table say of words and colours: `vorl. vorläufiges Ergebnis`, `Rot: vorläufig`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from einklang.declarations.layout import ShownBy
from einklang.declarations.signs import Signs
from einklang.draft.shape import Shape
from einklang.draft.words import ColourWord, words
from einklang.labels import normalise
from einklang.legend import entries_in, signs_counting

_ENTRIES = re.compile(r"[,;] ")
_BETWEEN = r"[\s:=–-]+"


class Explained(NamedTuple):
    """A colour that a note gives a meaning; `shown_by` says of what it can be the colour."""

    colour: ColourWord
    shown_by: tuple[ShownBy, ...]
    meaning: str
    note: str


def explained(word: str, notes: Sequence[str], signs: Signs) -> str | None:
    """The meaning of a word in a column of statuses: by itself, or by the note that begins with it."""
    if own := meaning_of(word, signs):
        return own
    wanted = re.compile(rf"{re.escape(word)}{_BETWEEN}(.+)", re.IGNORECASE)
    behind = map(wanted.fullmatch, _entries(notes))
    return next((meaning for hit in behind if hit and (meaning := meaning_of(hit[1], signs))), None)


def marks_explained(marks: Sequence[str], notes: Sequence[str], signs: Signs) -> dict[str, tuple[str, str | None]]:
    """Mark → what the notes say of it (empty: nothing) and its meaning (None: none that is known).

    One note may explain several (`Q = Qualität: a gut, b Aussagewert eingeschränkt`).
    """
    either = "|".join(map(re.escape, sorted(marks, key=len, reverse=True)))
    begin = re.compile(rf"(?:^|(?<=[,;:] ))(?=(?:{either}){_BETWEEN})")
    entry = re.compile(rf"({either}){_BETWEEN}(.+)")
    pieces = (piece.strip(" ,;") for note in notes for piece in begin.split(note))
    said: dict[str, str] = {}
    for hit in filter(None, map(entry.fullmatch, pieces)):
        said.setdefault(hit[1], hit[2])
    return {one: (said.get(one, ""), meaning_of(said.get(one, one), signs)) for one in marks}


def _entries(notes: Sequence[str]) -> list[str]:
    """The notes and their parts, where one explains several words."""
    return [entry for note in notes for entry in dict.fromkeys((note, *_ENTRIES.split(note)))]


def meaning_of(text: str, signs: Signs) -> str | None:
    """The meaning of a text: a label of `signs.csv`, a word of statuses, or the one whose words stand in it."""
    plain = normalise(text)
    for code, meaning in signs.meanings.items():
        if plain == normalise(meaning.label_de):
            return code
    for word, code in words().status.items():
        if plain == normalise(word):
            return code
    said = [(len(word), code) for code, one in signs.meanings.items() for word in one.words if word in plain]
    longest = {code for size, code in said if size == max(said)[0]}
    return longest.pop() if len(longest) == 1 else None


def signs_explained(used: Iterable[str], notes: Sequence[str], signs: Signs) -> dict[str, str]:
    """Sign → meaning, of those that the notes explain (`x = wegen geringer Fallzahl nicht ausgewiesen`)."""
    rows = [(number, [(0, note)]) for number, note in enumerate(notes)]
    read = ((one, meaning_of(one.text, signs)) for one in entries_in(rows, used))
    known = [(one, meaning) for one, meaning in read if meaning]
    counting = signs_counting(one for one, _ in known)
    return {one.sign: meaning for one, meaning in reversed(known) if one.sign in counting}


def _names(colour: ColourWord, text: str) -> bool:
    return re.search(rf"\b(?:{'|'.join(colour.words)})(?:n?e[rnsm]?|n)?\b", text) is not None


def colours_explained(shape: Shape, signs: Signs) -> list[Explained]:
    """The colours that the notes below a table give a meaning."""
    found = []
    for note in shape.notes:
        plain = normalise(note)
        named = [one for one in words().colours if _names(one, plain)]
        if len(named) == 1 and (meaning := meaning_of(note, signs)):
            is_fill = any(root in plain for root in words().background)
            kinds: tuple[ShownBy, ...] = ("fill_colour",) if is_fill else ("font_colour", "fill_colour")
            found.append(Explained(named[0], kinds, meaning, note))
    return found
