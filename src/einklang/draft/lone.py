"""Rows with one text only: sections that hold for the rows below them, notes and headings between the rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from einklang.draft.known import Known, Match
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.titles import beginning
from einklang.draft.words import words
from einklang.rawtable import column_letter

ENOUGH = 0.5


def read_lone_rows(shape: Shape, known: Known, found: Understanding) -> None:
    """Completes a reading with what the rows say that have a label only."""
    blocks = shape.every_block
    rows = [row for row in shape.sections if any(first <= row < end for _, _, first, end in blocks)]
    cells = [(row, index, shape.table.text(row, index)) for row in rows for index in range(len(shape.table.columns))]
    texts = [(row, index, text) for row, index, text in cells if text]
    if not texts:
        return
    column = Counter(index for _, index, _ in texts).most_common(1)[0][0]
    labels = [text for _, index, text in texts if index == column]
    prefix = re.match(r"[^:]+: ?", labels[0])
    shared = prefix[0] if prefix and all(label.startswith(prefix[0]) for label in labels) else ""
    matches = known.best([label[len(shared) :] for label in labels], but=list(found.places))
    if matches and matches[0].share >= ENOUGH:
        between = [label for label in labels if label.endswith(":") and not matches[0].codes.get(label[len(shared) :])]
        if between:
            found.rows.append(_left_out(column, _either(dict.fromkeys(between)), "between") | {"without_figures": True})
        _place(matches[0], column, shared, [label for label in labels if label not in between], found)
        return
    if notes := _notes(shape, column):
        found.rows.append(_left_out(column, f"({_either(notes)}).*", "note") | {"without_figures": True})
        return
    between = list(dict.fromkeys(label for label in labels if label.endswith(":")))
    if between:
        found.rows.append(_left_out(column, _either(between), "between"))
    if rest := [(row, text) for row, index, text in texts if index != column or text not in between]:
        found.todo.append(
            f"dimensions: was sagen die Zeilen ohne Werte, zuerst Zeile {rest[0][0] + 1} („{rest[0][1]}“)?"
        )


def _place(match: Match, column: int, shared: str, labels: list[str], found: Understanding) -> None:
    """Takes the rows as sections; `shared` is what all of them begin with and says nothing."""
    pattern = f"{_either([shared])}(?P<key>.+)" if shared else ".+"
    first = {label.partition(" ")[0] for label in labels}
    if not shared and len(first) == 1 and len(set(labels)) > 1:
        pattern = f"{_either(first)} .+"
    place = {"section": column_letter(column), "pattern": match.pattern or pattern}
    place |= {"scheme": match.scheme} if match.scheme != "label" else {}
    place |= {"prefix": match.prefix} if match.prefix else {}
    found.places[match.dimension] = place
    found.marks |= match.marks
    found.codes[match.dimension] = {code for code in match.codes.values() if code}
    found.score += 1
    if match.unknown:
        listed = ", ".join(f"„{text}“" for text in match.unknown)
        found.todo.append(f"dimensions.{match.dimension}: unbekannt sind die Zwischenzeilen {listed}; `codes` angeben.")


def _left_out(column: int, pattern: str, reason: str) -> dict[str, Any]:
    return {"column": column_letter(column), "pattern": pattern, "reason": words().sentences[reason]}


def _either(texts: Iterable[str]) -> str:
    return "|".join(re.escape(text).replace("\\ ", " ") for text in texts)


def _notes(shape: Shape, column: int) -> list[str]:
    """How the notes between header and figures begin, in every sheet; none where rows further down stand alone."""
    found: dict[str, None] = {}
    for one in (shape, *shape.alike):
        for _, _, first, end in one.every_block:
            rows = [row for row in one.sections if first <= row < end]
            above = [row for row in range(first, rows[-1]) if row not in rows] if rows else []
            if any(one.table.text(row, index) for row in above for index in one.figures):
                return []
            found |= dict.fromkeys(beginning(shape, one.table.text(row, column)) for row in rows)
    return [text for text in found if text]
