"""Colours that a note below the table gives a meaning (`Rot: vorläufig`), and the figures that bear them."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from einklang.declarations.layout import ShownBy
from einklang.declarations.rules import Catalogue
from einklang.declarations.signs import Signs
from einklang.draft.explained import colours_explained
from einklang.draft.opening import Sample, open_sample
from einklang.draft.reading import LISTED, Understanding
from einklang.draft.shape import Shape
from einklang.draft.words import ColourWord

_GREY = 0.15


def with_colours(path: Path, sample: Sample, shapes: Sequence[Shape], signs: Signs, catalogue: Catalogue) -> Sample:
    """The sample with the colours of its cells, where a note explains one that figures bear; as it is otherwise.

    Only then is the file read a further time.
    """
    notes = [one for shape in shapes for one in colours_explained(shape, signs)]
    if sample.file.format != "workbook":
        return sample
    for kind in dict.fromkeys(kind for one in notes for kind in one.shown_by):
        coloured = open_sample(path, catalogue, kind)
        shown = (table.look.shown.get(kind) for table in coloured.tables if table.look is not None)
        colours = {text for cells in shown if cells is not None for text in cells.texts}
        if any(_is(colour, one.colour) for colour in colours for one in notes if kind in one.shown_by):
            return coloured
    return sample


def read_colours(shape: Shape, found: Understanding) -> None:
    """Completes a reading with the status that the colours of figures show, and asks whether they are read rightly."""
    signs = found.known.project.signs
    notes = colours_explained(shape, signs)
    for kind in dict.fromkeys(kind for one in notes for kind in one.shown_by):
        colours = _colours(shape, kind)
        words = {colour: one.meaning for colour in colours for one in notes if _is(colour, one.colour)}
        if words and found.status is None:
            found.status = {"shown_by": kind, "words": words}
            said = ", ".join(f"{colour} als „{signs.meanings[code].label_de}“" for colour, code in words.items())
            found.todo.append(f"status: nach „{notes[0].note}“ gelesen: {said}; stimmt das?")
            if rest := [colour for colour in colours if colour not in words]:
                listed = ", ".join(rest[:LISTED])
                found.todo.append(f"status: was sagen Zahlen in anderen Farben ({listed})?")
            return
    for one in notes:
        found.todo.append(f"status: „{one.note}“ – die Farbe ist bei keiner Zahl zu lesen; woran ist sie zu erkennen?")


def _colours(shape: Shape, kind: ShownBy) -> list[str]:
    """The colours of figures in the table and those like it."""
    found: dict[str, None] = {}
    for one in (shape, *shape.alike):
        shown = one.table.look.shown.get(kind) if one.table.look is not None else None
        if shown is not None:
            here = np.isin(shown.places[:, 0], one.data_rows) & np.isin(shown.places[:, 1], one.figures)
            found |= dict.fromkeys(shown.texts[code] for code in np.unique(shown.codes[here]).tolist())
    return list(found)


def _is(colour: str, named: ColourWord) -> bool:
    """Whether six hexadecimal digits are of the colour that a word names."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)
    if named.hue is None or saturation < _GREY:
        return named.hue is None and saturation < _GREY
    start, end = named.hue
    degrees = 360 * hue
    return start <= degrees < end if start < end else degrees >= start or degrees < end
