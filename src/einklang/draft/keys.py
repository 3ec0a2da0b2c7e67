"""Columns of keys: told from columns of figures by their heading, their digits, or the names beside them."""

from __future__ import annotations

import re
from collections.abc import Callable

from einklang.codes import bearers
from einklang.draft.wording import looks_like_period
from einklang.draft.words import words
from einklang.labels import normalise
from einklang.project import Project
from einklang.rawtable import RawTable, TextColumn

LabelTest = Callable[[int, TextColumn, str], bool]
_DIGITS = 0.6
_HALF = 0.5
_FEW = 3
_LONGEST = 60
# Letters of the shortest name beside a key; fewer are a mark beside a figure.
_NAME = 3


def label_test(table: RawTable, project: Project) -> LabelTest:
    """Whether a column of numbers, given by its index, its cells and its heading, holds keys or periods."""
    keys = _keys(project)

    def is_label(index: int, column: TextColumn, heading: str) -> bool:
        texts = [text for text in dict.fromkeys(" ".join(one.split()) for one in column.present) if text]
        if looks_like_period(texts, heading, index):
            return True
        digits = [text for text in texts if text.isdecimal()]
        if len(digits) < _DIGITS * len(texts) or not digits:
            return False
        if any(text.startswith("0") and len(text) > 1 for text in digits) or is_key(heading):
            return True
        following = table.columns[index + 1].cleaned if index + 1 < len(table.columns) else ()
        named = sum(sum(map(str.isalpha, text)) >= _NAME for text in following) > len(following) / 2
        if named and sum(text in keys for text in digits) >= _HALF * len(digits):
            return True
        return any(_end_keys(digits, table.columns[other], project) for other in _beside(table, index))

    return is_label


def is_key(heading: str) -> bool:
    """Whether a heading says that keys stand below it; points and hyphens do not matter (`Schl.-Nr.`)."""
    letters = _letters(heading)
    if heading.endswith(":"):
        return False
    return letters in set(map(_letters, words().key)) or letters.endswith(_letters(words().key[0]))


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", normalise(text))


def _keys(project: Project) -> frozenset[str]:
    """Every code of digits."""
    used = {name for one in project.datasets.values() for axis in one.dimensions for name in axis.codelists}
    return frozenset(code for name in used for code in project.codelists[name].codes if code.isdigit())


def _beside(table: RawTable, index: int) -> list[int]:
    return [other for other in (index + 1, index - 1) if 0 <= other < len(table.columns)]


def _end_keys(digits: list[str], names: TextColumn, project: Project) -> bool:
    """Whether numbers are the ends of the keys of the areas that a column names (`51` beside Erfurt, 16051)."""
    short = [text for text in dict.fromkeys(names.cleaned) if text and len(text) <= _LONGEST and not text.isdecimal()]
    named = {
        code for text in short for name in ("laender", "kreise") for code in bearers(project.codelists[name], text)
    }
    ends = {code[start:].lstrip("0") for code in named for start in range(len(code))}
    return (
        len(digits) >= _FEW
        and len(named) >= _HALF * len(short)
        and len(digits) >= _HALF * len(short)
        and sum(text.lstrip("0") in ends for text in digits) >= _DIGITS * len(digits)
    )
