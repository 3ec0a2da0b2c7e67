"""Labels of several dimensions in one column, told apart by the blanks before them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from einklang.draft.known import Known, Match
from einklang.draft.reading import LISTED, Understanding
from einklang.draft.shape import Shape
from einklang.draft.unsettled import Unsettled
from einklang.draft.wording import is_word, kind_of_mark, without_mark, without_part
from einklang.draft.words import words
from einklang.labels import clean
from einklang.rawtable import column_letter
from einklang.rowlabels import indent_of

_MOST_ROWS = 5_000
_MOST_LEVELS = 5
_ALONE = 0.8
_HALF = 0.5


@dataclass
class _Indented:
    """`rows` are indentation and label; `inner` the dimension and code of each label further in."""

    shape: Shape
    known: Known
    index: int
    rows: list[tuple[int, str]] = field(init=False)
    levels: list[int] = field(init=False)
    outer: Match | None = None
    sums: dict[str, str] = field(default_factory=dict)
    inner: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        column = self.shape.column(self.index)
        self.rows = [
            (indent_of(column.texts[code]), clean(column.texts[code])) for code in column.codes[:_MOST_ROWS].tolist()
        ]
        self.levels = sorted({indent for indent, text in self.rows if text})

    def is_nested(self) -> bool:
        """Whether labels further in stand below several others, and no dimension explains all labels."""
        if not 1 < len(self.levels) <= _MOST_LEVELS or len(self.shape.data_rows) > _MOST_ROWS:
            return False
        count = Counter(text for indent, text in self.rows if indent > self.levels[0])
        if max(count.values()) < 2 or self.rows[0][0] != self.levels[0]:
            return False
        texts = list(dict.fromkeys(text for _, text in self.rows if text))
        names = [name for name in self.known.lists if name not in {"measure", "unit"}]
        return max(self.known.match(texts, name).share for name in names) < _ALONE

    def read(self) -> bool:
        """Finds the dimension of the outermost labels and of those further in; says whether all levels are known."""
        outer = list(dict.fromkeys(text for indent, text in self.rows if indent == self.levels[0] and text))
        further = list(dict.fromkeys(text for indent, text in self.rows if indent > self.levels[0] and text))
        names = [name for name in self.known.lists if name not in {"measure", "unit"}]
        for text in further:
            key = _key(text)
            for name in names:
                code = self.known.match([key], name).codes.get(key)
                if code and self.known.total(name) and code != self.known.total(name):
                    self.inner.setdefault(text, (name, code))
        taken = {name for name, _ in self.inner.values()}
        found = [one for one in self.known.best(outer, but=["measure", "unit", "period", *taken]) if not one.pattern]
        self.outer = found[0] if found else None
        if self.outer is None or len(self.inner) < len(further) or not taken:
            return False
        total = self.known.total(self.outer.dimension)
        first = outer[0]
        if total and not self.outer.codes[first] and _says_all(first):
            self.sums = {first: total}
        known = [text for text in outer if self.outer.codes[text] or text in self.sums]
        return len(known) >= _HALF * len(outer) and all(map(self._holds, taken))

    def _levels_of(self, name: str) -> list[int]:
        return sorted({indent for indent, text in self.rows if self.inner.get(text, ("",))[0] == name})

    def _is_parent(self, name: str) -> bool:
        """Whether labels of another dimension stand below those of this one."""
        return any(
            below > above and self.inner.get(text, ("",))[0] == name and self.inner.get(lower, (name,))[0] != name
            for (above, text), (below, lower) in zip(self.rows, self.rows[1:], strict=False)
        )

    def _holds(self, name: str) -> bool:
        """Whether a profile can say it: where others stand below a label, it holds up to a row further out."""
        if not self._is_parent(name):
            return True
        (*others, level) = self._levels_of(name)
        is_open = False
        for indent, text in self.rows:
            if indent < level:
                is_open = False
            elif indent == level:
                is_own = self.inner[text][0] == name
                if is_open and not is_own:
                    return False
                is_open = is_open or is_own
        return not others

    def places(self) -> dict[str, dict[str, Any]]:
        """Where each dimension stands; the outermost first."""
        assert self.outer is not None
        column = column_letter(self.index)
        found: dict[str, dict[str, Any]] = {
            self.outer.dimension: {"column": column, "indent": self.levels[0], "fill_down": True}
        }
        found[self.outer.dimension] |= {"scheme": self.outer.scheme} if self.outer.scheme != "label" else {}
        for name in sorted({name for name, _ in self.inner.values()}, key=lambda one: not self._is_parent(one)):
            texts = [text for text, (own, _) in self.inner.items() if own == name]
            place: dict[str, Any] = {"column": column, "pattern": _pattern_of(texts)}
            if self._is_parent(name):
                place |= {"indent": self._levels_of(name)[-1], "fill_down": True}
            found[name] = place | {"otherwise": self.known.total(name)}
        return found


def _pattern_of(texts: Sequence[str]) -> str:
    """The labels, each as `key`, with the words before them (`darunter`)."""
    keys = {text: _key(text) for text in texts}
    starts = dict.fromkeys(text[: text.rindex(key)].strip() for text, key in keys.items())
    labels, before = (
        "|".join(re.escape(one).replace("\\ ", " ").replace("\\-", "-") for one in each if one)
        for each in (dict.fromkeys(keys.values()), starts)
    )
    if before:
        before = f"(?:{before}) " if len(starts) > 1 else f"{before} "
        before = f"(?:{before})?" if "" in starts else before
    return f"{before}(?P<key>{labels})"


def _key(text: str) -> str:
    return without_part(without_mark(text))


def _says_all(text: str) -> bool:
    """Whether the first or last word of a label says that it is a sum."""
    parts = text.split()
    return is_word(parts[-1], words().total) or is_word(parts[0], [*words().total, *words().all])


def read_indented(shape: Shape, known: Known, found: Understanding, left: Iterable[int]) -> list[int]:
    """Places the dimensions whose labels share a column by their indentation; gives the columns that are read so.

    Where not every level is understood, or the language of profiles cannot say it, it is a question.
    """
    for index in left:
        column = _Indented(shape, known, index)
        if not column.is_nested():
            continue
        if not column.read() or column.outer is None:
            further = dict.fromkeys(text for indent, text in column.rows if indent > column.levels[0])
            listed = ", ".join(f"„{text}“" for text in list(further)[:LISTED])
            found.todo.append(words().sentences["indented"].format(column_letter(index), listed))
            return []
        outer = column.outer
        found.places |= column.places()
        found.marks |= outer.marks | {mark for text in outer.codes if (mark := kind_of_mark(text))}
        found.score += 2
        codes = {text: code for text, code in outer.codes.items() if code} | column.sums
        found.codes[outer.dimension] = set(codes.values())
        for name, code in column.inner.values():
            found.codes.setdefault(name, {known.total(name) or ""}).add(code)
        written = outer.written | column.sums
        if written:
            found.places[outer.dimension]["codes"] = written
        if column.sums:
            found.ask(outer.dimension, "der Stellung", column.sums)
        unknown = [without_mark(text) for text in outer.unknown if text not in column.sums]
        Unsettled(shape, found, outer.dimension, index).settle(unknown)
        return [index]
    return []
