"""Rows with one text only: sections that hold for the rows below them, notes and headings between the rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from einklang.draft.composed import is_total
from einklang.draft.known import Known, Match
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.titles import beginning
from einklang.draft.wording import is_word, kind_of_mark, without_part
from einklang.draft.words import words
from einklang.rawtable import column_letter

ENOUGH = 0.5
_NOTE = re.compile(r"(?:\d{1,2}\)|\*+\)?|[¹²³⁴-⁹]+\)?) ?\D")


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
    notes = [text for text in labels if _NOTE.match(text)]
    between = [text for text in labels if _only_heads(text.rstrip(":"))]
    said = [text for text in labels if text not in notes and text not in between]
    sections = _sections(known, said, list(found.places))
    if sections is not None:
        further = [label for label in said if label.endswith(":") and not sections.codes.get(label)]
        if between or further:
            entry = _left_out(column, _either(dict.fromkeys([*between, *further])), "between")
            found.rows.append(entry | {"without_figures": True})
        _leave_notes(column, notes, shape, found)
        _place(sections, column, [label for label in said if label not in further], found)
        return
    if every := _notes(shape, column):
        found.rows.append(_left_out(column, f"({_either(every)}).*", "note") | {"without_figures": True})
        return
    _leave_notes(column, notes, shape, found)
    between = list(dict.fromkeys([*between, *(label for label in said if label.endswith(":"))]))
    if between:
        found.rows.append(_left_out(column, _either(between), "between") | {"without_figures": True})
    left = {*between, *notes}
    if rest := [(row, text) for row, index, text in texts if index != column or text not in left]:
        found.todo.append(
            f"dimensions: was sagen die Zeilen ohne Werte, zuerst Zeile {rest[0][0] + 1} („{rest[0][1]}“)?"
        )


def _only_heads(text: str) -> bool:
    """Whether a label only heads the rows below it: `davon`, `Kreisfreie Städte`."""
    return not without_part(text) or is_word(text, words().sums_of_levels)


class _Sections(NamedTuple):
    """The dimension that rows without figures name, by a match of what stands behind `start` (a pattern).

    `codes` are those of the labels, `taken` those that are not written so in the code list.
    """

    match: Match
    start: str
    codes: dict[str, str | None]
    taken: dict[str, str]


def _sections(known: Known, labels: list[str], placed: list[str]) -> _Sections | None:
    """The dimension of the labels: as they are, behind what all begin with, or behind words such as `davon`."""
    if not labels:
        return None
    prefix = re.match(r"[^:]+: ?", labels[0])
    shared = prefix[0] if prefix and all(label.startswith(prefix[0]) for label in labels) else ""
    behind = {label: label[len(shared) :] for label in labels}
    matches = known.best(list(behind.values()), but=placed)
    if matches and matches[0].share >= ENOUGH and not matches[0].parts:
        codes = {label: matches[0].codes.get(rest) for label, rest in behind.items()}
        return _Sections(matches[0], _either([shared]) if shared else "", codes, {})
    behind = {label: without_part(label) for label in labels}
    starts = dict.fromkeys(label[: len(label) - len(rest)] for label, rest in behind.items() if rest != label)
    if not starts:
        return None
    for match in known.best(list(behind.values()), but=[*placed, "measure", "unit", "period"]):
        taken = _meant(known, match, list(dict.fromkeys(behind.values())))
        codes = {label: match.codes[rest] or taken.get(rest) for label, rest in behind.items()}
        if match.pattern is None and sum(map(bool, codes.values())) >= ENOUGH * len(codes):
            return _Sections(match, f"(?:{_either(starts)})?", codes, taken)
    return None


def _meant(known: Known, match: Match, texts: list[str]) -> dict[str, str]:
    """Label → code of the labels that are not known as they are written: the total first, others by their words."""
    total = known.total(match.dimension)
    found: dict[str, str] = {}
    if total and match.codes[texts[0]] is None and is_total(texts[0].rpartition(" ")[2]):
        found[texts[0]] = total
    used = {*match.codes.values(), *found.values()}
    for text in texts:
        meant = known.meant(text, match.dimension) if match.codes[text] is None and text not in found else None
        if meant and meant.code not in used:
            found[text] = meant.code
            used.add(meant.code)
    return found


def _leave_notes(column: int, notes: Sequence[str], shape: Shape, found: Understanding) -> None:
    """Footnotes between the rows, by the words they begin with."""
    if notes:
        pattern = f"({_either(dict.fromkeys(beginning(shape, text) for text in notes))}).*"
        found.rows.append(_left_out(column, pattern, "note") | {"without_figures": True})


def _place(sections: _Sections, column: int, labels: list[str], found: Understanding) -> None:
    """Takes the rows as sections."""
    match = sections.match
    pattern = f"{sections.start}(?P<key>.+)" if sections.start else ".+"
    first = {label.partition(" ")[0] for label in labels}
    if not sections.start and len(first) == 1 and len(set(labels)) > 1:
        pattern = f"{_either(first)} .+"
    place: dict[str, Any] = {"section": column_letter(column), "pattern": match.pattern or pattern}
    place |= {"scheme": match.scheme} if match.scheme != "label" else {}
    place |= {"prefix": match.prefix} if match.prefix else {}
    codes = match.written | sections.taken
    place |= {"codes": codes} if codes else {}
    found.places[match.dimension] = place
    found.marks |= match.marks | {mark for text in sections.taken if (mark := kind_of_mark(text))}
    found.codes[match.dimension] = {code for code in sections.codes.values() if code}
    found.score += 1
    if sections.taken:
        found.ask(match.dimension, "der Ähnlichkeit", sections.taken)
    if unknown := list(dict.fromkeys(label for label in labels if not sections.codes[label])):
        listed = ", ".join(f"„{text}“" for text in unknown)
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
