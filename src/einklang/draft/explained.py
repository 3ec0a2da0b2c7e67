"""What the notes below a table say of words and colours: `vorl. vorläufiges Ergebnis`, `Rot: vorläufig`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from einklang.declarations.layout import ShownBy
from einklang.declarations.signs import Signs
from einklang.draft.shape import Shape
from einklang.draft.words import ColourWord, words
from einklang.labels import normalise

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
    entries = (entry for note in notes for entry in (note, *_ENTRIES.split(note)))
    behind = (re.fullmatch(rf"{re.escape(word)}{_BETWEEN}(.+)", entry, re.IGNORECASE) for entry in entries)
    return next((meaning for hit in behind if hit and (meaning := meaning_of(hit[1], signs))), None)


def meaning_of(text: str, signs: Signs) -> str | None:
    """The meaning of a text: a label of `signs.csv`, a word of statuses, or the only one whose words stand in it."""
    plain = normalise(text)
    for code, meaning in signs.meanings.items():
        if plain == normalise(meaning.label_de):
            return code
    for word, code in words().status.items():
        if plain == normalise(word):
            return code
    said = {code for code, meaning in signs.meanings.items() if any(word in plain for word in meaning.words)}
    return said.pop() if len(said) == 1 else None


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
