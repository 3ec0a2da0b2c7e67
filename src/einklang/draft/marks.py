"""A draft whose labels and headings bear marks of footnotes: the profile names them without their marks."""

from __future__ import annotations

from typing import Any

from einklang.declarations.layout import Footnotes
from einklang.footnotes import Marks


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
