"""How the figures of a table are written: decimal sign, sign between thousands, and the signs beside numbers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einklang.declarations.signs import Signs
from einklang.draft.explained import signs_explained
from einklang.draft.shape import Shape
from einklang.draft.words import words
from einklang.labels import UNIT_SIGNS

_PLAIN = re.compile(
    rf"\(?[+\-\u2212]? ?(?P<number>\d[\d.,' \u00a0\u202f]*)[{UNIT_SIGNS}]?\)?(?P<mark> ?[a-zA-Z*•·]{{1,2}})?"
)
_FIRST = "din55301"
_ROUNDED = "rounded_to_zero"
_NIL = "nil"


@dataclass
class Written:
    """The number locale as a profile writes it, the signs with their counts, and what is not sure."""

    numbers: dict[str, str]
    convention: str
    changes: dict[str, str]
    counts: dict[str, int]
    unknown: dict[str, int]
    todo: list[str] = field(default_factory=list)


def texts_of_figures(shape: Shape) -> Counter[str]:
    """How often each distinct text stands in the columns of figures, in rows that have one."""
    found: Counter[str] = Counter()
    for index in shape.figures:
        column = shape.column(index)
        counts = np.bincount(column.codes, minlength=len(column.texts))
        for number in np.flatnonzero(counts).tolist():
            found[column.cleaned[number]] += int(counts[number])
    found[""] -= len(shape.figures) * len(rows_without_figures(shape))
    return +found


def rows_without_figures(shape: Shape) -> NDArray[np.int64]:
    """The rows of data (in the sheet, from 0) whose columns of figures are all blank."""
    blank = np.logical_and.reduce([shape.column(index).blank for index in shape.figures])
    rows: NDArray[np.int64] = shape.data_rows[blank]
    return rows


def how_written(shape: Shape, signs: Signs, supplier: str = "") -> Written:
    """Reads the style from all distinct texts of the columns of figures.

    A convention that bears the name of the supplier goes before others that explain as many signs.
    """
    texts = texts_of_figures(shape)
    plain = {text: found for text in texts if (found := _PLAIN.fullmatch(text))}
    numbers, doubt = _locale([found["number"].strip() for found in plain.values()])
    marks: Counter[str] = Counter()
    for text, found in plain.items():
        if found["mark"]:
            marks[found["mark"].strip()] += texts[text]
        if text.startswith("("):
            marks["()"] += texts[text]
    for text, count in texts.items():
        if text not in plain:
            marks[text] += count
    blanks = marks.pop("", 0)
    known = {
        name: sum(count for sign, count in marks.items() if sign in table) for name, table in signs.conventions.items()
    }
    best = max(known.values(), default=0)
    convention = next(name for name in (supplier, _FIRST, *known) if known.get(name) == best)
    table = signs.conventions[convention]
    said = signs_explained(marks, shape.notes, signs)
    changes = {sign: code for sign, code in said.items() if not _is_agreed(table.get(sign), code, signs)}
    table = {**table, **changes}
    unknown = {sign: count for sign, count in marks.items() if sign not in table}
    todo = [doubt] if doubt else []
    if changes:
        listed = ", ".join(f"„{sign}“ als „{signs.meanings[code].label_de}“" for sign, code in changes.items())
        todo.append(f"signs.changes: nach der Legende gelesen: {listed}; stimmt das?")
    if unknown:
        listed = ", ".join(f"„{sign}“ ({count})" for sign, count in list(unknown.items())[:10])
        todo.append(f"signs.changes: Bedeutung fehlt für {listed}.")
    counts = {sign: count for sign, count in marks.items() if sign in table}
    if blanks and not marks:
        changes[""] = _NIL
        todo.append(f"signs.changes: {blanks} Felder sind leer, kein Zeichen steht; heißt leer genau null?")
    elif blanks:
        todo.append(f"signs.changes: {blanks} Felder sind leer; was bedeutet ein leeres Feld? (nil, missing)")
    if len(empty := rows_without_figures(shape)):
        first = int(empty[0])
        label = next((text for index in shape.labels if (text := shape.table.text(first, index))), "")
        todo.append(words().sentences["rows_empty"].format(len(empty), first + 1, label))
    if texts["0"] and table.get("0") == _ROUNDED and not any(table[sign] == _NIL for sign in counts):
        changes["0"] = _NIL
        todo.append(
            f"signs.changes: „0“ steht {texts['0']}-mal, kein anderes Zeichen heißt „nichts“; ist es genau null?"
        )
    return Written(numbers, convention, changes, counts, unknown, todo)


def _is_agreed(agreed: str | None, said: str, signs: Signs) -> bool:
    """Whether a sign does the same to a figure by the convention and by the legend."""
    one, other = (signs.meanings.get(code or "") for code in (agreed, said))
    effects = [(each.value, each.obs_status, each.conf_status) for each in (one, other) if each is not None]
    return len(effects) == 2 and effects[0] == effects[1]


def _locale(numbers: list[str]) -> tuple[dict[str, str], str]:
    """The style in which all numbers can be read, and a doubt where there are two."""
    grouped = {
        "space": any(re.search(r"\d[ \u00a0\u202f]\d", one) for one in numbers),
        "apostrophe": any("'" in one for one in numbers),
    }
    comma, point = ([one for one in numbers if sign in one] for sign in (",", "."))
    both = next((one for one in comma if "." in one), "")
    thousands = " " if grouped["space"] else "'" if grouped["apostrophe"] else ""
    if both:
        decimal = "," if both.rfind(",") > both.rfind(".") else "."
        return {"decimal": decimal, "thousands": "." if decimal == "," else ","}, ""
    for sign, held in ((".", point), (",", comma)):
        other = "," if sign == "." else "."
        if not held:
            continue
        three = all(re.fullmatch(rf"\d{{1,3}}(?:{re.escape(sign)}\d{{3}})+", one) for one in held)
        if not three:
            if sign == "." and comma:
                continue
            return {"decimal": sign, **({"thousands": thousands} if thousands else {})}, ""
        several = any(one.count(sign) > 1 for one in held)
        if other in "".join(numbers):
            return {"decimal": other, "thousands": sign}, ""
        doubt = (
            ""
            if several or len(held) > 5
            else (f"numbers: „{held[0]}“ ist {held[0].replace(sign, '')} oder ein Wert mit drei Nachkommastellen.")
        )
        return {"decimal": other, "thousands": sign}, doubt
    return {"decimal": ",", **({"thousands": thousands} if thousands else {})}, ""


def as_settings(written: Written) -> dict[str, Any]:
    """`numbers` and `signs` of the profile."""
    changes = {"changes": written.changes} if written.changes else {}
    return {"numbers": written.numbers, "signs": {"convention": written.convention, **changes}}
