"""Which dimension stands where: labels of columns and rows held against the code lists of one data set."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from einklang.codes import bearers
from einklang.draft.absent import leave_out_absent
from einklang.draft.areas import lands_of_one_kreis
from einklang.draft.below import find_below
from einklang.draft.beside import find_beside
from einklang.draft.coloured import read_colours
from einklang.draft.explained import explained
from einklang.draft.filldown import filled_down
from einklang.draft.headings import read_headings
from einklang.draft.indented import read_indented
from einklang.draft.known import Known, Match
from einklang.draft.lone import ENOUGH, read_lone_rows
from einklang.draft.mixed import read_mixed
from einklang.draft.municipal import PATTERN_OF_MUNICIPALITY, PATTERN_OF_REGIONS
from einklang.draft.outside import read_outside
from einklang.draft.parted import read_parted
from einklang.draft.provisional import read_status_outside
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.sources import find_sources
from einklang.draft.statuses import read_statuses_beside
from einklang.draft.unsettled import Unsettled
from einklang.draft.wording import could_be_figures, looks_like_codes
from einklang.draft.words import words
from einklang.labels import normalise
from einklang.rawtable import column_letter

_NAMED = 0.4
_MOST_SAID = 60
_MOST_STATUSES = 12
_UNSETTLED = 0.7


@dataclass
class _Reader:
    shape: Shape
    known: Known
    file_name: str
    area: str
    found: Understanding = field(init=False)
    left: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.found = Understanding(self.known)
        self.left = list(self.shape.labels)
        self.texts = self.shape.texts
        self.filled_down: frozenset[int] = frozenset()

    def read(self) -> Understanding:
        self._labels_beside()
        self.left = read_statuses_beside(self.shape, self.found, self.left)
        self.filled_down = filled_down(self.shape, self._but_marks())
        self.left = read_parted(self.shape, self.known, self.found, self.left)
        mixed = read_indented(self.shape, self.known, self.found, self.left)
        mixed = mixed or read_mixed(self.shape, self.known, self.found, self.left)
        self.left = [index for index in self.left if index not in mixed]
        self._label_columns()
        read_lone_rows(self.shape, self.known, self.found)
        self._other_columns()
        read_headings(self.shape, self.known, self.found, self.left)
        leave_out_absent(self.shape, self.found)
        read_colours(self.shape, self.found)
        read_status_outside(self.shape, self.found)
        read_outside(self.shape, self.known, self.file_name, self.area, self.found)
        return self.found

    # -- label columns ------------------------------------------------------------------------

    def _but_marks(self) -> list[int]:
        """The label columns without those of marks beside figures."""
        marks = set(self.shape.labels) - set(self.left) if self.found.status else self.found.unexplained
        return [index for index in self.shape.labels if index not in marks]

    def _labels_beside(self) -> None:
        """A dimension whose labels stand before each column of figures; other columns of figures say it above."""
        if (beside := find_beside(self.shape, self.known)) is None:
            return
        name = beside.match.dimension
        self.left = [index for index in self.left if index not in beside.labels]
        scheme = {"scheme": beside.match.scheme} if beside.match.scheme != "label" else {}
        self.found.places[name] = {"beside": beside.pattern, **scheme, "codes": beside.match.written | beside.codes}
        self.found.codes[name] = {*filter(None, beside.match.codes.values()), *beside.codes.values()}
        self.found.fixed[name] = set(beside.codes.values())
        self.found.score += 1.5 * beside.match.share
        if unknown := [text for text in (*beside.match.unknown, *beside.asked) if text]:
            self._unsettled(name, beside.labels[0]).ask(unknown)

    def _label_columns(self) -> None:
        """Each dimension goes to the column that fits it best; a column of keys before one of names."""
        every = [
            (match, index)
            for index, texts in self.texts.items()
            for match in self._of_name(index, self._matches(index, texts))
            if match.share >= ENOUGH and match.dimension != "unit" and not self._says_less(match)
        ]
        every.sort(
            key=lambda one: (
                -round(one[0].share, 1),
                one[0].share < 1,
                not one[0].is_keyed,
                one[0].pattern is not None,
                -len(one[0].codes),
                len(one[0].said),
                one[1],
            )
        )
        for match, index in every:
            if index in self.left and match.dimension not in self.found.places:
                self.left.remove(index)
                self._place(match, index)

    def _of_name(self, index: int, matches: list[Match]) -> list[Match]:
        """The matches of a column; of keys that the heading names, only those of their dimension."""
        named = self._keys_of(index)
        return [one for one in matches if one.dimension in named and one.share >= ENOUGH] or matches

    def _keys_of(self, index: int) -> list[str]:
        """The dimensions whose keys a heading names (`Staatsangehörigkeitsschlüssel`)."""
        heading = normalise(self.shape.heads[-1][index])
        if not any(heading.endswith(normalise(word)) for word in words().key):
            return []
        return [one.name for one in self.known.dataset.dimensions if heading.startswith(normalise(one.title.de))]

    def _says_less(self, match: Match) -> bool:
        """Whether a column holds one period only, where the headings hold several."""
        if match.dimension != "period" or len(match.codes) > 1:
            return False
        rows = ([row[index] for index in self.shape.figures] for row in self.shape.heads)
        return any(len(set(filter(None, self.known.period(row).codes.values()))) > 1 for row in rows)

    def _matches(self, index: int, texts: list[str]) -> list[Match]:
        """The dimensions that a column could hold by its own labels, and codes by the names beside them."""
        own = self.known.best(texts)
        if not looks_like_codes(texts) or any(one.dimension == "period" and one.share >= ENOUGH for one in own):
            return own
        by_name = {match.dimension: match for match in own}
        for other in (index + 1, index - 1):
            if other not in self.texts or looks_like_codes(self.texts[other]):
                continue
            for names in self.known.best(self.texts[other], but=("period", "unit")):
                match = self._with_names(by_name.get(names.dimension), names, index, other)
                if names.share >= ENOUGH and len(match.said) <= _MOST_SAID:
                    by_name[names.dimension] = match
        return list(by_name.values())

    def _with_names(self, own: Match | None, names: Match, index: int, other: int) -> Match:
        """Codes that have no code of ours by themselves have that of the name beside them."""
        match = own or Match(names.dimension, "label", dict.fromkeys(self.texts[index]))
        lands = {code[:2] for code in names.codes.values() if code}
        if names.dimension == "area" and match.share < ENOUGH and len(lands) == 1:
            match = max(
                match, self.known.of_land(lands.pop()).match(self.texts[index], "area"), key=lambda one: one.share
            )
        beside = self._beside(index, other)
        said = {text: code for text in match.unknown if (code := names.codes.get(beside.get(text, "")))}
        return replace(match, codes={**match.codes, **said}, said=match.said | said.keys())

    def _beside(self, index: int, other: int) -> dict[str, str]:
        """Text of a column → the text that always stands beside it."""
        return {key: next(iter(found)) for key, found in self.shape.beside(index, other).items() if len(found) == 1}

    def _place(self, match: Match, index: int) -> None:
        place: dict[str, Any] = {**self.shape.where(index)}
        if match.scheme != "label":
            place["scheme"] = match.scheme
        if match.pattern:
            place["pattern"] = match.pattern
        if match.length:
            place["length"] = match.length
        if match.prefix:
            place["prefix"] = match.prefix
        if index in self.filled_down:
            place["fill_down"] = True
        self.found.places[match.dimension] = place
        self.found.marks |= match.marks
        self.found.score += match.share * (1.5 if len(match.codes) > 3 else 1)
        codes = match.written
        name = self._name_beside(match, index)
        if name is not None:
            self.left.remove(name)
            beside = self._beside(index, name)
            names = self.known.match(list(dict.fromkeys(beside.values())), match.dimension)
            codes |= {text: code for text in match.unknown if (code := names.codes.get(beside.get(text, "")))}
            if match.dimension == "area" or (match.scheme == "key" and not match.pattern):
                where = self.shape.where(name)
                place["name_heading" if "heading" in where else "name_column"] = next(iter(where.values()))
            else:
                self.found.settled[name] = words().sentences["name"]
            if index not in self.filled_down:
                self._without_any_key(index, name, names, codes)
            self._without_key(match, index, name, codes)
        asked = [text for text in match.unknown if text and text not in codes]
        asked = [text for text in asked if name is None or not self._is_left_out(text, index, name)]
        if match.dimension == "area" and match.scheme == "key":
            known = {text: code for text, code in {**match.codes, **codes}.items() if code}
            if lands := lands_of_one_kreis(self.known, known):
                codes |= lands
                self.found.ask("area", "den übrigen Ländern", lands)
        if len(self.shape.labels) == 1 and match.dimension in self.known.lists:
            column, codelist = self.shape.column(index), self.known.lists[match.dimension]
            below = find_below(match.dimension, column, match.codes, codelist)
            self.found.below = below
            asked = [text for text in asked if below is None or text not in below.codes]
        codes = {_label(match.pattern, text): code for text, code in codes.items() if code}
        if codes:
            place["codes"] = codes
        self.found.codes[match.dimension] = {*filter(None, match.codes.values()), *codes.values()}
        if self.found.below is not None and self.found.below.dimension == match.dimension:
            self.found.codes[match.dimension] |= set(self.found.below.codes.values())
        if near := {text: code for text, code in match.codes.items() if code and text in match.near}:
            self.found.ask(match.dimension, "der Abkürzung", near)
        by_limits = {text: code for text, code in match.codes.items() if code and text in match.said and name is None}
        if by_limits:
            self.found.ask(match.dimension, "den Grenzen", by_limits)
        self._levels(match, index)
        self._unsettled(match.dimension, index).settle(asked)

    def _is_left_out(self, key: str, index: int, name: int) -> bool:
        """Whether the names beside a key leave out all of its rows."""
        beside = self.shape.beside(index, name).get(key, set())
        patterns = [one["pattern"] for one in self.found.rows if self.shape.where(name).items() <= one.items()]
        return bool(beside) and all(any(re.fullmatch(one, text) for one in patterns) for text in beside)

    def _unsettled(self, dimension: str, index: int) -> Unsettled:
        return Unsettled(self.shape, self.found, dimension, index)

    def _name_beside(self, match: Match, index: int) -> int | None:
        """The column whose names go with the keys."""
        if not match.is_keyed or match.dimension == "period":
            return None
        keyed = {text: code for text, code in match.codes.items() if code}
        for other in (index + 1, index - 1):
            if other in self.left and not looks_like_codes(self.texts[other]):
                beside = self._beside(index, other)
                named = [(code, beside[text]) for text, code in keyed.items() if text in beside]
                codelist = self.known.lists[match.dimension]
                agreeing = sum(code in bearers(codelist, name) for code, name in named)
                if named and agreeing >= _NAMED * len(keyed):
                    return other
        return None

    def _without_any_key(self, index: int, name: int, names: Match, codes: dict[str, str]) -> None:
        """Rows whose key is blank: sums of the rows above, or the code of the only name beside it."""
        beside = [text for text in sorted(self.shape.beside(index, name).get("", ())) if text]
        codes_of = self.known.match(beside, names.dimension).codes
        unsettled = self._unsettled(names.dimension, name)
        named = [text for text in beside if codes_of[text]]
        rest = unsettled.leave_out_sums([text for text in beside if not codes_of[text]])
        if len(named) == 1 and not rest and (code := codes_of[named[0]]):
            codes[""] = code
        elif named or rest:
            unsettled.ask_without_key([*named, *rest])

    def _without_key(self, match: Match, index: int, name: int, codes: dict[str, str]) -> None:
        """Rows whose key is a word that stands for none (`ohne Schlüssel`): there the name is the label."""
        every = self.shape.beside(index, name)
        words_for_none = [text for text in match.unknown if not re.search(r"\d", text) and len(every.get(text, ())) > 1]
        if not words_for_none or match.scheme != "key":
            return
        names = self.known.match(sorted(set().union(*(every[text] for text in words_for_none))), match.dimension)
        place = self.found.places[match.dimension]
        for key in ("heading", "column", "name_heading", "name_column"):
            place.pop(key, None)
        place["column"] = [column_letter(name), column_letter(index)]
        place["pattern"] = f"(?!{'|'.join(map(re.escape, words_for_none))}).+"
        codes |= {text: code for text, code in names.codes.items() if code} | dict.fromkeys(words_for_none, "")
        self._unsettled(names.dimension, name).settle(names.unknown)

    def _levels(self, match: Match, index: int) -> None:
        """Keys of levels of areas that are not collected, by the number of their digits."""
        sentences = words().sentences
        if match.pattern == PATTERN_OF_MUNICIPALITY:
            rest = self._unsettled(match.dimension, index).leave_out_sums(sorted(match.levels))
            entry = {**self.shape.where(index), "pattern": PATTERN_OF_REGIONS, "reason": sentences["regions"]}
            self.found.rows += [entry] if rest else []
            return
        reasons = {3: sentences["regions"], 8: sentences["municipalities"]}
        for length in sorted({len(text) for text in match.levels}):
            reason = reasons.get(length + len(match.prefix), sentences["unsettled_rows"])
            self.found.rows.append({**self.shape.where(index), "pattern": rf"\d{{{length}}}", "reason": reason})

    # -- other columns -----------------------------------------------------------

    def _other_columns(self) -> None:
        """Label columns of no dimension: statuses, units, or nothing that is collected."""
        for index in list(self.left):
            held = [text for text in self.texts[index] if text]
            heading = next((row[index] for row in reversed(self.shape.heads) if row[index]), "")
            status = self._statuses(held)
            if status and heading and any(map(str.isalpha, "".join(held))):
                if "-" in status and self._is_nothing(index, "-"):
                    status["-"] = "nil"
                self.found.status = {"heading": heading, "words": status}
            elif held and heading and self.found.unit is None and self.known.units(held).share == 1:
                self.found.unit = self.shape.where(index)
            else:
                continue
            self.left.remove(index)
        if sources := find_sources(self.shape, self.left):
            self.left.remove(sources.column)
            self.found.settled[sources.column] = words().sentences["source"]
            self.found.cells = sources.cells
        for index in self.left:
            if any(name in self.found.places for name in self._keys_of(index)):
                self.found.settled.setdefault(index, words().sentences["key"])
            is_open = index not in self.found.settled and index not in self.found.unexplained
            if is_open and (reason := self._says_nothing(index)):
                self.found.settled[index] = reason
        self.found.score -= _UNSETTLED * len(set(self.left) - set(self.found.settled))
        self.left = sorted({*self.left, *self.found.settled})

    def _statuses(self, held: list[str]) -> dict[str, str]:
        """The meanings of few words, by themselves or by the notes below the table; none where a word has none."""
        signs = self.known.project.signs
        if not 0 < len(held) <= _MOST_STATUSES:
            return {}
        found = {text: meaning for text in held if (meaning := explained(text, self.shape.notes, signs))}
        return found if len(found) == len(held) else {}

    def _is_nothing(self, index: int, word: str) -> bool:
        """Whether every figure beside a word is zero or blank."""
        beside = [self.shape.beside(index, figure).get(word, set()) for figure in self.shape.figures]
        return all(not text.strip("0.,-") for texts in beside for text in texts)

    def _says_nothing(self, index: int) -> str:
        """Why a column says nothing that the others do not: it is the same in all rows, or goes with another."""
        column = self.shape.column(index)
        size = len(column.codes)
        if could_be_figures(self.texts[index]):
            return ""
        if len(self.texts[index]) == 1 and size > 1:
            return words().sentences["constant"]
        for other in set(self.shape.labels) - set(self.left):
            if 2 * len(self.texts[other]) <= size and len(self._beside(other, index)) == len(self.texts[other]):
                return words().sentences["beside"].format(self._title(other))
            if self._is_part_of(index, other):
                return words().sentences["part"].format(self._title(other))
        return ""

    def _is_part_of(self, index: int, other: int) -> bool:
        """Whether a column repeats the same digits of the keys of another."""
        every = self.shape.beside(other, index)
        if not all(len(found) == 1 for found in every.values()) or not looks_like_codes(self.texts[other]):
            return False
        pairs = [(key, next(iter(found))) for key, found in every.items()]
        width = len(pairs[0][1])
        return width > 0 and any(
            all(len(text) == width and key[start : start + width] == text for key, text in pairs)
            for start in range(len(pairs[0][0]) - width + 1)
        )

    def _title(self, index: int) -> str:
        return next((row[index] for row in reversed(self.shape.heads) if row[index]), column_letter(index))


def _label(pattern: str | None, text: str) -> str:
    """The part of a text that is the label."""
    found = re.fullmatch(pattern, text) if pattern else None
    return found["key"] if found and "key" in found.re.groupindex else text


def understand(shape: Shape, known: Known, file_name: str, area: str) -> Understanding:
    """Reads a table as a data set; `area` is that of the supplier, where it is one only."""
    return _Reader(shape, known, file_name, area).read()
