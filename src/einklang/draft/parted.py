"""Rows such as `darunter: Ausländer`, which name a group of the row above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from einklang.draft.known import Known, Match
from einklang.draft.meant import measure_begun, measure_meant
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.wording import without_part
from einklang.rawtable import column_letter

_MOST = 400
_MOSTLY = 0.6


def read_parted(shape: Shape, known: Known, found: Understanding, left: Iterable[int]) -> list[int]:
    """Reads a column whose rows are wholes and, below them, their parts; gives the columns that remain.

    The wholes are measures or the groups of one dimension, the parts those of another, in which a whole is the total.
    """
    remaining = list(left)
    for index in list(remaining):
        texts = shape.texts[index]
        behind = {text: rest for text in texts if text and (rest := without_part(text)) != text and rest}
        wholes = [text for text in texts if text and text not in behind]
        if not behind or not wholes or not texts[0] or texts[0] in behind or len(texts) > _MOST:
            continue
        inner = _inner(known, list(behind.values()))
        outer = _outer(known, wholes, inner.dimension) if inner is not None else None
        if inner is None or outer is None:
            continue
        if 1 in {known.match(texts, name).share for name in (inner.dimension, outer.dimension)}:
            continue
        _place(index, behind, inner, outer, found)
        remaining.remove(index)
    return remaining


def _inner(known: Known, parts: Sequence[str]) -> Match | None:
    """The dimension that knows all parts, and has a total for the wholes."""
    matches = known.best(parts, but=("measure", "unit", "area", "period"))
    return next((one for one in matches if one.share == 1 and known.total(one.dimension) is not None), None)


def _outer(known: Known, wholes: Sequence[str], inner: str) -> Match | None:
    """The dimension, or the measures, that know most of the wholes."""
    by_label = known.match(wholes, "measure").codes
    codes = {text: by_label[text] or measure_meant(known, text) or measure_begun(known, text) for text in wholes}
    measures = Match("measure", "label", codes, near=frozenset(text for text in wholes if not by_label[text]))
    others = [one for one in known.best(wholes, but=("measure", "unit", "period", inner)) if one.scheme == "label"]
    return next((one for one in (measures, *others) if one.share >= _MOSTLY and one.pattern is None), None)


def _place(index: int, behind: dict[str, str], inner: Match, outer: Match, found: Understanding) -> None:
    beginnings = dict.fromkeys(text[: len(text) - len(rest)] for text, rest in behind.items())
    either = "|".join(re.escape(one).replace("\\ ", " ") for one in beginnings)
    column, total = column_letter(index), found.known.total(inner.dimension) or ""
    places: dict[str, dict[str, Any]] = {
        outer.dimension: {"column": column, "pattern": f"(?!{either}).+", "fill_down": True},
        inner.dimension: {"column": column, "pattern": f"(?:{either})(?P<key>.+)", "otherwise": total},
    }
    for match in (outer, inner):
        found.places[match.dimension] = places[match.dimension] | ({"codes": match.written} if match.written else {})
        found.codes[match.dimension] = set(filter(None, match.codes.values()))
        found.score += 1.5 * match.share
    found.codes[inner.dimension].add(total)
    if near := {text: code for text, code in outer.codes.items() if code and text in outer.near}:
        found.ask(outer.dimension, "der Ähnlichkeit", near)
    if outer.unknown:
        listed = ", ".join(f"„{text}“" for text in outer.unknown)
        found.todo.append(f"dimensions.{outer.dimension}: unbekannt sind {listed}; jeweils `codes` oder `not_data`.")
