"""Groups that a long table shows for some periods with the sign for nothing only: not yet, or no longer, published."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einklang.draft.reading import LISTED, Understanding
from einklang.draft.shape import Shape
from einklang.draft.words import words
from einklang.rawtable import column_index

_ENOUGH = 20
_MOST = 0.2
_NIL = "nil"
_PERIOD = "period"
_YEAR = re.compile(r"(?:19|20)\d{2}")


def leave_out_absent(shape: Shape, found: Understanding) -> None:
    """Proposes to leave out the rows of such groups, and asks for the reason.

    Only where label and period stand in columns by heading, and many rows of the group in the period hold nothing else.
    Where many groups come and go, such as legal bases, nothing is what the sign says, and it is only asked.
    """
    period = _index(shape, found.places.get(_PERIOD, {}))
    if period is None or not shape.figures:
        return
    signs = found.known.project.signs.conventions.values()
    nothing = {sign for table in signs for sign, meaning in table.items() if meaning == _NIL} | {""}
    held = np.zeros(len(shape.column(period).codes), dtype=np.bool_)
    for index in shape.figures:
        column = shape.column(index)
        held |= column.where([text not in nothing for text in column.cleaned])
    for name, place in list(found.places.items()):
        label = _index(shape, place)
        if name != _PERIOD and label is not None and "heading" in found.places[_PERIOD]:
            absent = _absent(shape, label, period, held)
            labels = set().union(*absent.values())
            if len(labels) > _MOST * len(set(shape.column(label).present)):
                listed = ", ".join(f"„{label}“" for label in sorted(labels)[:LISTED])
                found.todo.append(
                    f"dimensions.{name}: nur in manchen Jahren steht eine Zahl bei {listed}; gab es sonst nichts?"
                )
                continue
            for periods, of_periods in absent.items():
                _propose(found, place, of_periods, periods)


def _index(shape: Shape, place: dict[str, Any]) -> int | None:
    if isinstance(place.get("column"), str):
        return column_index(place["column"])
    heading = place.get("heading")
    return next((row.index(heading) for row in reversed(shape.heads) if heading in row), None) if heading else None


def _absent(shape: Shape, index: int, period: int, held: NDArray[np.bool_]) -> dict[tuple[str, ...], list[str]]:
    """Periods, the first or the last of the table → the labels that hold nothing in all of them."""
    labels, periods = shape.column(index), shape.column(period)
    size = (len(labels.texts), len(periods.texts))
    rows, filled = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.add.at(rows, (labels.codes, periods.codes), 1)
    np.add.at(filled, (labels.codes, periods.codes), held)
    order = sorted(np.flatnonzero(rows.sum(axis=0)).tolist(), key=lambda code: periods.cleaned[code])
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for label in np.flatnonzero(filled.sum(axis=1)).tolist():
        empty = ((filled[label, order] == 0) & (rows[label, order] >= _ENOUGH)).tolist()
        first = empty.index(False)
        last = len(empty) - empty[::-1].index(False)
        if sum(empty) == first + len(empty) - last:
            for some in (order[:first], order[last:]):
                if some:
                    found[tuple(periods.cleaned[code] for code in some)].append(labels.cleaned[label])
    return found


def _propose(found: Understanding, place: dict[str, Any], labels: list[str], periods: tuple[str, ...]) -> None:
    key = "heading" if "heading" in place else "column"
    pattern = "|".join(re.escape(one).replace("\\ ", " ").replace("\\-", "-") for one in labels)
    where = {found.places[_PERIOD]["heading"]: _any_of(periods)}
    found.rows.append({key: place[key], "pattern": pattern, "where": where, "reason": words().sentences["absent"]})
    listed = ", ".join(f"„{label}“" for label in labels)
    found.todo.append(
        f"rows_not_data: {listed}: von {periods[0]} bis {periods[-1]} steht nie eine Zahl; wurde das noch nicht oder "
        "nicht mehr ausgewiesen?"
    )


def _any_of(periods: tuple[str, ...]) -> str:
    """A pattern for the periods; years by their decades."""
    if not all(_YEAR.fullmatch(one) for one in periods):
        return "|".join(map(re.escape, periods))
    decades: dict[str, list[str]] = defaultdict(list)
    for year in periods:
        decades[year[:3]].append(year[3])
    return "|".join(start + _digits(own) for start, own in decades.items())


def _digits(digits: list[str]) -> str:
    if len(digits) == len("0123456789"):
        return r"\d"
    return f"[{digits[0]}-{digits[-1]}]" if len(digits) > 1 else digits[0]
