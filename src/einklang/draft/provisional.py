"""What a title or the name of a sheet says of the status of all figures: `vorläufiges Ergebnis`, `31.12.2023p`."""

from __future__ import annotations

import re
from typing import Any

from einklang.draft.explained import marks_explained, meaning_of
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.titles import title_cells
from einklang.draft.words import words

_PROVISIONAL = "provisional"
_WORD = re.compile(r"[Vv](?=orläufig)")
_BEHIND_YEAR = re.compile(r"(?<=\d)(?P<mark>[a-z])$")


def read_status_outside(shape: Shape, found: Understanding) -> None:
    """Takes the status of a whole table from its title or sheet, as a question; what a figure says goes first."""
    titles = [text for _, _, text in title_cells(shape)]
    sheets = [one.strip() for one in shape.sheets]
    for place, texts in (("title", titles), ("sheet", sheets)):
        for text in texts:
            if (read := _read(text, shape, found)) is not None:
                own = {place: True, **read}
                found.status = [found.status, own] if isinstance(found.status, dict) else own
                (meaning,) = read["words"].values()
                label = found.known.project.signs.meanings[meaning].label_de
                found.todo.append(words().sentences["status_outside"].format(text, label))
                return


def _read(text: str, shape: Shape, found: Understanding) -> dict[str, Any] | None:
    """Where the word of a status stands in a text, and its meaning."""
    signs = found.known.project.signs
    if _WORD.search(text) and meaning_of(text, signs) == _PROVISIONAL:
        return {"pattern": "[Vv]orläufig", "words": {"vorläufig": _PROVISIONAL}}
    if hit := _BEHIND_YEAR.search(text):
        mark = hit["mark"]
        if meaning := marks_explained([mark], shape.notes, signs)[mark][1] if _is_noted(mark, shape) else None:
            return {"pattern": rf"(?<=\d){mark}$", "words": {mark: meaning}}
    return None


def _is_noted(mark: str, shape: Shape) -> bool:
    return any(re.match(rf"{mark}[\s:=–-]", note) for note in shape.notes)
