"""Which dimension stands where: labels of columns and headings held against the code lists of one data set."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from einklang.draft.known import Known, Match, is_word, without_mark
from einklang.draft.outside import read_outside
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.words import words
from einklang.rawtable import column_letter

ENOUGH = 0.5
_LISTED = 8


@dataclass
class _Reader:
    shape: Shape
    known: Known
    file_name: str
    area: str
    found: Understanding = field(init=False)
    left: list[int] = field(init=False)
    composed: dict[str, dict[str, str]] = field(default_factory=dict)
    meant: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.found = Understanding(self.known)
        self.left = list(self.shape.labels)

    def read(self) -> Understanding:
        texts = {index: list(dict.fromkeys(_own(self.shape, index))) for index in self.shape.labels}
        matches = {index: self.known.best(list(map(without_mark, held))) for index, held in texts.items()}
        self._label_columns(matches)
        self._sections()
        self._other_columns(texts, matches)
        self._headers()
        read_outside(self.shape, self.known, self.file_name, self.area, self.found)
        return self.found

    # -- label columns ------------------------------------------------------------------------

    def _label_columns(self, matches: dict[int, list[Match]]) -> None:
        """Each dimension goes to the column that fits it best; a column of keys before one of names."""
        every = [
            (match, index)
            for index, found in matches.items()
            for match in found
            if match.share >= ENOUGH and match.dimension not in {"unit"}
        ]
        every.sort(key=lambda one: (-round(one[0].share, 1), one[0].scheme == "label", -len(one[0].codes), one[1]))
        for match, index in every:
            if index in self.left and match.dimension not in self.found.places:
                self.left.remove(index)
                self._place(match, index)

    def _place(self, match: Match, index: int) -> None:
        place: dict[str, Any] = {**self._where(index)}
        if match.scheme != "label":
            place["scheme"] = match.scheme
        if match.pattern:
            place["pattern"] = match.pattern
        self.found.places[match.dimension] = place
        self.found.codes[match.dimension] = {code for code in match.codes.values() if code}
        self.found.score += match.share * (1.5 if len(match.codes) > 3 else 1)
        name = self._name_beside(match, index)
        if name is not None:
            self.left.remove(name)
            where = self._where(name)
            place["name_heading" if "heading" in where else "name_column"] = next(iter(where.values()))
        self._unknown(match, index, name)

    def _where(self, index: int) -> dict[str, Any]:
        """A column by its heading where it has one of its own, else by its letter."""
        below = self.shape.heads[-1]
        heading = below[index]
        return {"heading": heading} if heading and below.count(heading) == 1 else {"column": column_letter(index)}

    def _name_beside(self, match: Match, index: int) -> int | None:
        """The column whose names go with the keys."""
        if match.scheme == "label" or match.dimension == "period":
            return None
        for other in (index + 1, index - 1):
            if other in self.left:
                names = self.known.match(list(map(without_mark, _own(self.shape, other))), match.dimension)
                if names.share >= 0.4:
                    return other
        return None

    def _unknown(self, match: Match, index: int, name: int | None) -> None:
        """Labels without a code: known by the name beside them, no data by their form, or to be settled."""
        place = self.found.places[match.dimension]
        column = self.shape.column(index)
        rest = [text for text in match.unknown if text]
        if not rest or match.dimension == "period":
            return
        if name is not None:
            names = self.shape.column(name)
            beside: dict[str, str] = {}
            for key, other in zip(column.codes.tolist(), names.codes.tolist(), strict=True):
                beside.setdefault(column.cleaned[key], names.cleaned[other])
            wanted = {key: beside.get(key, "") for key in rest}
            codes = self.known.match(list(wanted.values()), match.dimension).codes
            own = {key: code for key, text in wanted.items() if (code := codes.get(text)) and not self._is_level(key)}
            if own:
                place["codes"] = own
                self.found.codes[match.dimension] |= set(own.values())
                rest = [key for key in rest if key not in own]
        for group in _by_form(rest, match):
            self.found.rows.append({**self._where(index), **group})
            rest = [key for key in rest if not re.fullmatch(group["pattern"], key)]
        self._sums_and_unknown(match, index, rest)

    def _is_level(self, key: str) -> bool:
        """Whether a key of digits is of a length that stands for levels of areas that are not collected."""
        return key.isdecimal() and len(key) > 2 and key not in self.known.lists["area"].codes

    def _sums_and_unknown(self, match: Match, index: int, rest: list[str]) -> None:
        place = self.found.places[match.dimension]
        sums = [text for text in rest if is_word(text, words().total)]
        for text in sums:
            is_sum = "sum_of" if match.dimension == "area" else ""
            entry = {**self._where(index), "pattern": re.escape(text), "reason": words().sentences["sum"]}
            self.found.rows.append(entry | ({"sum_of": "above"} if is_sum else {}))
        rest = [text for text in rest if text not in sums]
        if match.dimension == "measure":
            meant = {text: code for text in rest if (code := self.known.measure_meant(text))}
            if meant:
                place.setdefault("codes", {}).update(meant)
                self._say_meant(meant)
                rest = [text for text in rest if text not in meant]
        if rest:
            listed = [self._with_suggestion(text, match.dimension) for text in rest[:_LISTED]]
            more = f" und {len(rest) - _LISTED} weitere" if len(rest) > _LISTED else ""
            self.found.todo.append(
                f"dimensions.{match.dimension}: unbekannt sind {', '.join(listed)}{more}; "
                "jeweils `codes`, `not_data` oder ein Alias in der Schlüsselliste."
            )

    def _say_meant(self, meant: dict[str, str]) -> None:
        listed = ", ".join(f"„{text}“ als {code}" for text, code in meant.items())
        self.found.todo.append(f"dimensions.measure: nach der Ähnlichkeit gelesen ist {listed}; stimmt das?")

    def _with_suggestion(self, text: str, dimension: str) -> str:
        nearest = self.known.suggestion(text, dimension)
        return f"„{text}“ (ähnlich: „{nearest}“)" if nearest else f"„{text}“"

    # -- section rows, other columns -----------------------------------------------------------

    def _sections(self) -> None:
        """Rows with a label only, which hold for the rows below them."""
        rows = [row for row in self.shape.sections if row < self.shape.end]
        texts = [
            (row, index, text)
            for row in rows
            for index in range(len(self.shape.table.columns))
            if (text := self.shape.table.text(row, index))
        ]
        if not texts:
            return
        column = Counter(index for _, index, _ in texts).most_common(1)[0][0]
        labels = [text for _, index, text in texts if index == column]
        prefix = re.match(r"[^:]+: ?", labels[0])
        shared = prefix[0] if prefix and all(label.startswith(prefix[0]) for label in labels) else ""
        matches = self.known.best([label[len(shared) :] for label in labels], but=list(self.found.places))
        if matches and matches[0].share >= ENOUGH:
            pattern = f"{re.escape(shared).replace(chr(92) + ' ', ' ')}(?P<key>.+)" if shared else ".+"
            self.found.places[matches[0].dimension] = {"section": column_letter(column), "pattern": pattern}
            self.found.codes[matches[0].dimension] = {code for code in matches[0].codes.values() if code}
            self.found.score += 1
        else:
            self.found.todo.append(
                f"dimensions: was sagen die Zeilen ohne Werte, zuerst Zeile {texts[0][0] + 1} („{labels[0]}“)?"
            )

    def _other_columns(self, texts: dict[int, list[str]], matches: dict[int, list[Match]]) -> None:
        """Label columns of no dimension: statuses, units, or nothing that is collected."""
        for index in list(self.left):
            held = [text for text in texts[index] if text]
            status = {text: words().status[text.casefold()] for text in held if text.casefold() in words().status}
            unit = self.known.match(held, "unit")
            heading = self.shape.heads[-1][index]
            if held and len(status) == len(held) and heading:
                self.found.status = {"heading": heading, "words": status}
                self.left.remove(index)
            elif held and unit.share == 1 and self.found.unit is None and heading:
                self.found.unit = self._where(index)
                self.left.remove(index)

    # -- headings ------------------------------------------------------------------------------

    def _headers(self) -> None:
        heads = self.shape.filled_heads()
        figures = self.shape.figures
        chosen: dict[int, Match] = {}
        for number, row in enumerate(heads, 1):
            texts = list(dict.fromkeys(without_mark(row[index]) for index in figures if row[index]))
            if number in self.shape.numbers:
                self.found.unread[number] = words().sentences["numbers"]
                continue
            taken = [*self.found.places, *(one.dimension for one in chosen.values())]
            if self.found.unit is not None:
                taken.append("unit")
            matches = self.known.best(texts, but=taken)
            if "measure" not in taken and texts:
                matches.append(self._measures_meant(texts, composed=len(heads) == 1 and len(figures) > 1))
            best = max(matches, key=lambda one: (one.share, one.dimension == "measure"), default=None)
            if best is not None and best.share:
                chosen[number] = best
                self.found.score += best.share * 1.5
        used = {text for match in chosen.values() if match.dimension == "measure" for text in match.codes}
        self.meant = {text: code for text, code in self.meant.items() if text in used}
        self.composed = {text: codes for text, codes in self.composed.items() if text in used}
        if self.meant:
            self._say_meant(self.meant)
        needs_columns = bool(self.left or self.composed) or any(
            number not in self.found.unread and not self._explains(chosen.get(number), heads[number - 1])
            for number in range(1, len(heads) + 1)
        )
        if needs_columns:
            self._by_columns(heads, chosen)
        else:
            for number, match in chosen.items():
                self._by_row(number, match, heads[number - 1])

    def _measures_meant(self, texts: list[str], composed: bool) -> Match:
        """Headings as measures, by their labels or the nearest ones; composed headings name a group too."""
        read = {text: self.known.compose(text) for text in texts}
        codes = {
            text: found.get("measure") if composed or len(found) < 2 else None for text, (found, _) in read.items()
        }
        self.composed |= {text: found for text, (found, _) in read.items() if composed and len(found) > 1}
        # Two headings that mean the same measure exactly and nearly are two things.
        exact = {frozenset(found.items()) for found, near in read.values() if found and not near}
        for text, (found, near) in read.items():
            if near and frozenset(found.items()) in exact:
                codes[text] = None
        self.meant |= {text: found["measure"] for text, (found, near) in read.items() if near and codes[text]}
        return Match("measure", "label", codes)

    def _explains(self, match: Match | None, row: list[str]) -> bool:
        """Whether every heading of a row has a code; a blank one is the total where there is one."""
        if match is None or match.share < 1:
            return False
        return (
            all(row[index] for index in self.shape.figures) or self.known.total(match.dimension) is not None
            if (match.dimension not in {"measure", "unit", "period"})
            else all(row[index] for index in self.shape.figures)
        )

    def _by_row(self, number: int, match: Match, row: list[str]) -> None:
        place: dict[str, Any] = {"header_row": number}
        if not all(row[index] for index in self.shape.figures):
            place["codes"] = {"": self.known.total(match.dimension)}
        if match.dimension == "unit":
            self.found.unit = place
        else:
            if match.dimension == "measure" and self.meant:
                place["codes"] = {**place.get("codes", {}), **self.meant}
            self.found.places[match.dimension] = place
            self.found.codes[match.dimension] = {code for code in match.codes.values() if code}

    def _by_columns(self, heads: list[list[str]], chosen: dict[int, Match]) -> None:
        """One entry per column of figures; a heading without a code makes it no data for now."""
        unsettled = words().sentences["unsettled_column"]
        left_out: dict[tuple[str, ...], None] = {}
        figures = self.shape.figures
        only = len(figures) == 1
        measures = [match for match in chosen.values() if match.dimension == "measure"]
        for index in figures:
            codes: dict[str, str] = {}
            wrong = 0
            for number, row in enumerate(heads, 1):
                match = chosen.get(number)
                if number in self.found.unread or (match is not None and match.dimension == "unit"):
                    continue
                code = match.codes.get(without_mark(row[index])) if match and row[index] else None
                if match is not None and not row[index]:
                    code = self.known.total(match.dimension) if match.dimension in self.known.lists else None
                if match is not None and code is not None:
                    codes[match.dimension] = code
                    codes.update(self.composed.get(without_mark(row[index]), {}))
                elif row[index] and not only:
                    wrong = wrong or number
            if wrong and (measures or chosen or not only):
                left_out[(*["*"] * (wrong - 1), heads[wrong - 1][index])] = None
            else:
                entry: dict[str, Any] = {"headings": [row[index] for row in heads]}
                self.found.columns.append(entry | ({"codes": codes} if codes else {}))
        if not self.found.columns:
            # Nothing is understood of the headings: the columns are shown as figures, and the question is asked.
            self.found.columns = [{"headings": [row[index] for row in heads]} for index in figures]
        self._same_codes()
        for index in self.left:
            level = next((number for number, texts in enumerate(heads) if texts[index]), 0)
            left_out[(*["*"] * level, heads[level][index])] = None
        kept = [one["headings"] for one in self.found.columns]
        for headings in left_out:
            if any(row[: len(headings)] == list(headings) for row in kept) or not any(headings):
                continue
            self.found.columns.append({"headings": list(headings), "not_data": unsettled})
        if left_out:
            listed = ", ".join(f"„{one[-1]}“" for one in list(left_out)[:_LISTED])
            self.found.todo.append(f"columns: werden diese Spalten erhoben? {listed}")

    def _same_codes(self) -> None:
        """Every column of figures says the same dimensions: those that are not named are totals."""
        named = {name for one in self.found.columns for name in one.get("codes", {})}
        for one in self.found.columns:
            for name in sorted(named):
                if name not in one.get("codes", {}) and (
                    total := self.known.total(name) if name in self.known.lists and name != "measure" else None
                ):
                    one.setdefault("codes", {})[name] = total
        complete = [one for one in self.found.columns if set(one.get("codes", {})) == named]
        for one in self.found.columns:
            if one not in complete:
                one.pop("codes", None)
                one["not_data"] = words().sentences["unsettled_column"]
        for name in named:
            self.found.codes[name] = {one["codes"][name] for one in complete}


def _own(shape: Shape, index: int) -> list[str]:
    return [" ".join(text.split()) for text in shape.column(index).present]


def _by_form(rest: list[str], match: Match) -> list[dict[str, Any]]:
    """Unknown keys of digits, by their length: levels of areas that are not collected."""
    if match.dimension != "area" or match.scheme != "key":
        return []
    found = []
    known = {len(code) for text, code in match.codes.items() if code and text.isdecimal()}
    for length in sorted({len(text) for text in rest if text.isdecimal()} - known):
        reason = words().sentences["regions" if length == 3 else "unsettled_rows"]
        found.append({"pattern": rf"\d{{{length}}}", "reason": reason})
    return found


def understand(shape: Shape, known: Known, file_name: str, area: str) -> Understanding:
    """Reads a table as a data set; `area` is that of the supplier, where it is one only."""
    return _Reader(shape, known, file_name, area).read()
