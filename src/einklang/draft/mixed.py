"""Labels of several dimensions in one column, told apart by bullets and by the code lists that know them.

The dimension of the first row is the outermost: its labels hold for the rows below them. One whose rows are followed by
rows with a deeper bullet holds for these.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from einklang.draft.known import Known
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.wording import is_word
from einklang.draft.words import words
from einklang.labels import normalise
from einklang.rawtable import column_letter

_LABEL = re.compile(r"(?:(?P<bullet>[–•»▪·‣◦o-]) )?(?P<key>.+)")
_MOST_ROWS = 5_000
_ALONE = 0.9
_TOGETHER = 0.7
_SEVERAL = 2
_LISTED = 15
_FIRST = 4


@dataclass
class _Mixed:
    shape: Shape
    known: Known
    index: int
    rows: list[str] = field(init=False)
    own: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    endings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        column = self.shape.column(self.index)
        self.rows = [column.cleaned[code] for code in column.codes[:_MOST_ROWS].tolist()]

    def read(self) -> bool:
        """Finds the dimension of each label; says whether there are several that together explain the column."""
        texts = list(dict.fromkeys(self.rows))
        names = [name for name in self.known.lists if name not in {"measure", "unit", "area"}]
        keys = [_key(text) for text in texts]
        if max((self.known.match(keys, name).share for name in names), default=1) >= _ALONE:
            return False
        self._find_endings(keys, names)
        outer = self._outermost(names)
        if outer is None:
            return False
        for run in self._runs(outer):
            self._read_run(run, [name for name in names if name != outer])
        count = Counter(self.own.values())
        return len([name for name in count if count[name] >= _SEVERAL]) >= _SEVERAL and len(
            self.own
        ) >= _TOGETHER * len(texts)

    def _find_endings(self, keys: list[str], names: list[str]) -> None:
        """Last words (`i.e.S.`) without which several labels are known."""
        known = {text for name in names for text, code in self.known.match(keys, name).codes.items() if code}
        ends = Counter(key.rpartition(" ")[2] for key in keys if key not in known and key.rpartition(" ")[0] in known)
        self.endings = [f" {end}" for end, count in ends.items() if count >= _SEVERAL and end]

    def _plain(self, text: str) -> str:
        key = _key(text)
        return next((key.removesuffix(end) for end in self.endings if key.endswith(end)), key)

    def _outermost(self, names: list[str]) -> str | None:
        """The dimension of the labels with which the table and its sections begin, after a sum over all rows.

        Its labels may be known without their first word only (`Personen mit …`).
        """
        first = self.rows[0]
        if not is_word(first.rpartition(" ")[2], words().total):
            return None
        texts = list(dict.fromkeys(self.rows))
        found = {name: codes for name in names if self.known.total(name) and (codes := self._worded(name, texts))}
        beginnings = self._beginnings()
        best = max(found, key=lambda name: len(beginnings & found[name].keys()), default=None)
        if best is None or len(beginnings & found[best].keys()) < _SEVERAL:
            return None
        codes = found[best]
        starts = {_key(text).partition(" ")[0] for text in codes} | {first.partition(" ")[0]}
        for text in texts:
            is_sum = is_word(text.rpartition(" ")[2], words().total) and text.partition(" ")[0] in starts
            if is_sum and text not in codes:
                codes[text] = self.known.total(best) or ""
        labels = self.known.lists[best].by_label
        self.codes[best] = codes
        self.said[best] = {text: code for text, code in codes.items() if normalise(text) not in labels}
        self.own = dict.fromkeys(codes, best)
        return best

    def _worded(self, name: str, texts: list[str]) -> dict[str, str]:
        """The codes of labels with or without their first word, but for totals."""
        total = self.known.total(name)
        match = self.known.match([_key(text) for text in texts], name).codes
        short = {text: _key(text).partition(" ")[2] for text in texts}
        shorter = self.known.match([one for one in short.values() if one], name).codes
        own = {text: match.get(_key(text)) or shorter.get(short[text]) for text in texts}
        return {text: code for text, code in own.items() if code and code != total}

    def _beginnings(self) -> set[str]:
        """The labels with which the table and its sections begin."""
        below = [row + 1 for row in self.shape.sections if row + 1 < self.shape.end]
        return {*self.rows[:_FIRST], *(self.shape.table.text(row, self.index) for row in below)}

    def _runs(self, outer: str) -> list[list[str]]:
        """The labels between those of the outermost dimension."""
        runs: list[list[str]] = [[]]
        for text in self.rows:
            if self.own.get(text) == outer:
                runs.append([])
            else:
                runs[-1].append(text)
        return [list(dict.fromkeys(run)) for run in runs if run]

    def _read_run(self, run: list[str], names: list[str]) -> None:
        """Gives each label of a run to the dimension that knows most of them."""
        found = {name: self.known.match([self._plain(text) for text in run], name) for name in names}

        def worth(name: str) -> float:
            match = found[name]
            return sum(1 - 0.5 * (text in match.said) for text, code in match.codes.items() if code)

        for name in sorted(names, key=worth, reverse=True):
            for text in run:
                plain = self._plain(text)
                code = found[name].codes.get(plain)
                if code and text not in self.own:
                    self.own[text] = name
                    self.codes.setdefault(name, {})[text] = code
                    if plain in found[name].said:
                        self.said.setdefault(name, {})[plain] = code

    # -- places -------------------------------------------------------------------------------

    def places(self) -> dict[str, dict[str, Any]]:
        """Where each dimension stands."""
        outer = next(iter(self.codes))
        count = Counter(self.own.values())
        names = sorted(self.codes, key=lambda name: (name != outer, self._depth(name)))
        patterns = {name: self._pattern(name) for name in names}
        widest = max((name for name in names if name != outer), key=lambda name: count[name])
        if count[widest] > _LISTED:
            others = "|".join(_plain(patterns[name]) for name in names if name != widest)
            patterns[widest] = f"(?!(?:{others})$){self._bullets(widest)}(?P<key>.+)"
        found: dict[str, dict[str, Any]] = {}
        for number, name in enumerate(names):
            place: dict[str, Any] = {"column": column_letter(self.index), "pattern": patterns[name]}
            if name == outer:
                place["fill_down"] = True
            elif self._holds_below(name):
                above = [one for one in names[:number] if one == outer or self._holds_below(one)]
                place |= {"fill_down": True, "until": "|".join(_plain(patterns[one]) for one in above)}
            if name != outer and (total := self.known.total(name)):
                place["otherwise"] = total
            if self.said.get(name):
                place["codes"] = dict(self.said[name])
            found[name] = place
        return found

    def _order(self) -> list[str]:
        return list(dict.fromkeys(_bullet(text) for text in self.rows))

    def _depth(self, name: str) -> int:
        order = self._order()
        return min(order.index(_bullet(text)) for text, one in self.own.items() if one == name)

    def _holds_below(self, name: str) -> bool:
        """Whether rows of another dimension with a deeper bullet follow its rows."""
        order = self._order()
        return any(
            self.own.get(above) == name
            and self.own.get(below) not in {name, None}
            and order.index(_bullet(below)) > order.index(_bullet(above)) > 0
            for above, below in zip(self.rows, self.rows[1:], strict=False)
        )

    def _pattern(self, name: str) -> str:
        texts = [text for text, one in self.own.items() if one == name]
        if name == next(iter(self.codes)):
            return "|".join(map(_escaped, texts))
        ends = "|".join(_escaped(end) for end in self.endings if any(text.endswith(end) for text in texts))
        keys = "|".join(map(_escaped, dict.fromkeys(map(self._plain, texts))))
        return f"{self._bullets(name)}(?P<key>{keys}){f'(?:{ends})?' if ends else ''}"

    def _bullets(self, name: str) -> str:
        own = list(dict.fromkeys(_bullet(text) for text, one in self.own.items() if one == name))
        filled = [one for one in own if one]
        if not filled:
            return ""
        signs = filled[0] if len(filled) == 1 else f"[{''.join(one.strip() for one in filled)}] "
        return f"(?:{signs})?" if "" in own else signs


def _key(text: str) -> str:
    found = _LABEL.fullmatch(text)
    return found["key"] if found else text


def _bullet(text: str) -> str:
    found = _LABEL.fullmatch(text)
    return f"{found['bullet']} " if found and found["bullet"] else ""


def _escaped(text: str) -> str:
    return re.escape(text).replace("\\ ", " ").replace("\\-", "-")


def _plain(pattern: str) -> str:
    return pattern.replace("(?P<key>", "(?:")


def read_mixed(shape: Shape, known: Known, found: Understanding, left: Iterable[int]) -> list[int]:
    """Places the dimensions whose labels share a column; gives the columns that are read so."""
    columns = list(left)
    if len(columns) != 1 or len(shape.column(columns[0]).codes) > _MOST_ROWS:
        return []
    mixed = _Mixed(shape, known, columns[0])
    if not mixed.rows or not mixed.read():
        return []
    found.places |= mixed.places()
    found.codes |= {name: set(codes.values()) for name, codes in mixed.codes.items()}
    found.score += 2
    for name, codes in mixed.said.items():
        found.ask(name, "einem Teil des Wortlauts", codes)
    rest = [text for text in dict.fromkeys(mixed.rows) if text and text not in mixed.own]
    if rest:
        listed = ", ".join(f"„{text}“" for text in rest[:8])
        found.todo.append(f"dimensions: zu keiner Dimension gehören {listed}.")
    return columns
