"""Rows of another level below a table, under the same header: names that stand above already are others there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from einklang.declarations.codelists import CodeList
from einklang.labels import normalise
from einklang.rawtable import TextColumn

_MOST_ROWS = 5_000
_TWICE = 2
_HALF = 0.5


class Below(NamedTuple):
    """The label with which the rows of the other level begin, and the codes of labels in them."""

    dimension: str
    begin: str
    codes: Mapping[str, str]


def find_below(dimension: str, column: TextColumn, known: Mapping[str, str | None], codelist: CodeList) -> Below | None:
    """The rows at the end whose labels stand above already, as names of codes of another kind (`Bezirk Altona`).

    `known` is the code of each label by itself. None where labels recur otherwise.
    """
    if not 1 < len(column.codes) <= _MOST_ROWS or np.bincount(column.codes).max() != _TWICE:
        return None
    labels = [column.cleaned[code] for code in column.codes.tolist()]
    named = _names_of_kinds(codelist)
    first = {label: row for row, label in reversed(list(enumerate(labels)))}
    again = [row for row, label in enumerate(labels) if first[label] != row]
    for names in named:
        start = again[0]
        while start > 0 and normalise(labels[start - 1]) in names and not known.get(labels[start - 1]):
            start -= 1
        inside = labels[start : again[-1] + 1]
        begin = labels[start]
        is_new = not any(one.startswith(begin) for one in labels[:start])
        if is_new and start >= _HALF * len(labels) and all(normalise(label) in names for label in inside):
            return Below(dimension, begin, {label: names[normalise(label)] for label in inside})
    return None


def _names_of_kinds(codelist: CodeList) -> list[dict[str, str]]:
    """Of each kind whose labels begin with the same word, the names behind it."""
    kinds: dict[str, dict[str, str]] = defaultdict(dict)
    for code in codelist.codes.values():
        kinds[code.kind][code.label_de] = code.code
    found = []
    for labels in kinds.values():
        words = {label.partition(" ")[0] for label in labels}
        if len(labels) > 1 and len(words) == 1 and all(" " in label for label in labels):
            found.append({normalise(label.partition(" ")[2]): code for label, code in labels.items()})
    return found
