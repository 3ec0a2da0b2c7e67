"""A draft whose labels and headings bear marks of footnotes: the profile names them without their marks."""

from __future__ import annotations

import re
from typing import Any

from einklang.declarations.layout import Footnotes
from einklang.draft.shape import Shape
from einklang.draft.titles import title_cells
from einklang.footnotes import Marks, plain

_ROWS_OF_NOTES = 30
_GLUED = r"(?<=[a-zäöüß])\d"


def marks_behind_words(shape: Shape) -> set[str]:
    """The kind of a digit glued to a heading or title, where a note below the table begins with it."""
    heads = [text for row in shape.heads for text in row] + [text for _, _, text in title_cells(shape)]
    digits = {text[-1] for text in heads if re.search(f"{_GLUED}$", text)}
    rows = range(shape.every_block[-1][3], min(shape.table.rows, shape.every_block[-1][3] + _ROWS_OF_NOTES))
    notes = [plain(shape.table.text(row, index)) for row in rows for index in range(len(shape.table.columns))]
    return {_GLUED} if any(note.startswith(f"{digit} ") for note in notes for digit in digits) else set()


def without_marks(content: dict[str, Any]) -> dict[str, Any]:
    """The settings with the headings and labels that the line compares after it has taken off the marks."""
    strip = Marks(Footnotes(**content["footnotes"])).strip

    def place(one: dict[str, Any]) -> dict[str, Any]:
        stripped: dict[str, Any] = {name: strip(one[name]) for name in ("heading", "name_heading") if name in one}
        codes = {strip(text): code for text, code in one.get("codes", {}).items()}
        return {**one, **stripped, **({"codes": codes} if codes else {})}

    changed = dict(content)
    changed["dimensions"] = {name: place(one) for name, one in content["dimensions"].items()}
    if "unit" in content:
        changed["unit"] = place(content["unit"])
    if "status" in content:
        changed["status"] = place(content["status"])
    if "rows_not_data" in content:
        changed["rows_not_data"] = [place(one) for one in content["rows_not_data"]]
    for name in ("columns", "cells_not_data"):
        if name in content:
            changed[name] = [{**one, "headings": [strip(text) for text in one["headings"]]} for one in content[name]]
    return changed
