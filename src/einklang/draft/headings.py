"""What the headings of the columns of figures say: a dimension per header row, or codes per column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from einklang.draft.composed import (
    groups_of,
    is_total_of,
    matches_without_start,
    measures_by_kind,
    measures_meant,
    measures_of_path,
    suffixes_of,
)
from einklang.draft.dated import measures_of_year
from einklang.draft.entries import ANY, Columns, Headings, headings_of_label
from einklang.draft.grouped import without_group_names
from einklang.draft.known import Known, Match
from einklang.draft.published import read_publication
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.similar import headings_unknown, match_of_similar, with_similar
from einklang.draft.titled import measure_of_title
from einklang.draft.words import words

_MOSTLY = 0.5
_LEVELS = 3
# A row refines one above that says every column only where half of its texts do.
_FINER = 0.5


@dataclass
class _Headings:
    shape: Shape
    known: Known
    found: Understanding
    left: Sequence[int]
    chosen: dict[int, Match] = field(default_factory=dict)
    finer: dict[int, Match] = field(default_factory=dict)
    composed: dict[str, dict[str, str]] = field(default_factory=dict)
    meant: dict[str, str] = field(default_factory=dict)
    suffixed: dict[str, dict[str, str]] = field(default_factory=dict)
    paths: dict[int, str] = field(default_factory=dict)
    path_rows: frozenset[int] = frozenset()
    titled: dict[int, str] = field(default_factory=dict)
    similar: set[str] = field(default_factory=set)

    def read(self) -> None:
        self.heads = self.shape.filled_heads()
        self.figures = self.shape.figures
        self.said = without_group_names(self.known, self.heads, self.figures)
        # Headings of figures that a label stands beside say where they stand, and no dimension.
        for number, row in enumerate(self.said if not self.found.fixed else (), 1):
            self._choose(number, row)
        used = {text for match in self.chosen.values() for text in match.codes}
        self.meant = {text: code for text, code in self.meant.items() if text in used}
        self.composed = {text: codes for text, codes in self.composed.items() if text in used}
        if self.meant:
            self.found.ask("measure", "der Ähnlichkeit", self.meant)
        self._take_similar()
        self._leave_unit()
        self._leave_unread()
        self._read_paths()
        self._read_title()
        self._leave_own_units()
        for match in (*self.chosen.values(), *self.finer.values()):
            self.found.marks |= match.marks
            for by, is_similar in (("der Abkürzung", False), ("der Ähnlichkeit", True)):
                near = {text: code for text, code in match.codes.items() if code and text in match.near}
                near = {text: code for text, code in near.items() if (text in self.similar) == is_similar}
                if near:
                    self.found.ask(match.dimension, by, near)
        for number, match in self.chosen.items():
            if match.dimension == "unit":
                self.found.unit = {"header_row": number}
        if self._needs_columns():
            self._by_columns()
        else:
            self._by_rows(self._labels_left())

    # -- rows ---------------------------------------------------------------------------------

    def _choose(self, number: int, row: list[str]) -> None:
        """The dimension of a header row: the one that explains most of its texts."""
        if number in self.shape.numbers:
            self.found.unread[number] = words().sentences["numbers"]
            return
        texts = list(dict.fromkeys(row[index] for index in self.figures if row[index]))
        taken = [*self.found.places, *(one.dimension for one in self.chosen.values()), "unit"]
        taken += {name for codes in self.composed.values() for name in codes}
        matches = self.known.best(texts, but=taken)
        if self.found.unit is None and all(one.dimension != "unit" for one in self.chosen.values()):
            matches.append(self.known.units(texts))
        dated = self._dated(texts) if "measure" not in taken else None
        if dated is not None and dated.share >= _MOSTLY:
            matches.append(dated)
        elif "measure" not in taken and (kinds := measures_by_kind(self.known, texts)):
            matches.append(kinds)
        elif "measure" not in taken and texts:
            is_alone = len(self.heads) == 1 and len(self.figures) > 1
            meant = measures_meant(self.known, texts, list(self.found.places), is_alone)
            self.composed |= meant.composed
            self.meant |= meant.near
            matches.append(meant.match)
        matches += matches_without_start(self.known, texts, taken)
        matches = [one for one in matches if not self._knows_totals_only(one)]
        best = max(matches, key=lambda one: (one.share, one.dimension == "measure"), default=None)
        share = best.share if best is not None else 0
        above = [one for one in self.chosen.values() if one.dimension in self.known.lists and one.dimension != "unit"]
        again = max((self.known.match(texts, one.dimension) for one in above), key=lambda one: one.share, default=None)
        if again is not None and again.share < _FINER and any(one.share == 1 for one in above):
            again = None
        if max(share, again.share if again is not None else 0) < 1 and (mixed := self._mixed(texts, taken)):
            self.chosen[number] = mixed
            share = mixed.share
        elif again is not None and again.share > share:
            self.finer[number] = again
        elif best is not None and best.share:
            self.chosen[number] = best
            if best.dimension == "measure" and (best.marks or best.pattern):
                self.meant = {text: code for text, code in self.meant.items() if text not in best.codes}
            self.suffixed |= suffixes_of(self.known, best, [*taken, best.dimension])
        # Headings that only announce groups explain nothing.
        read = len(texts) / max(1, len({self.heads[number - 1][index] for index in self.figures} - {""}))
        self.found.score += 1.5 * min(1, read) * max(share, again.share if again is not None else 0)

    def _knows_totals_only(self, match: Match) -> bool:
        """Whether of several headings it knows words for a sum only, which every dimension has."""
        known = {code for code in match.codes.values() if code}
        return (
            bool(match.unknown) and match.dimension in self.known.lists and known == {self.known.total(match.dimension)}
        )

    def _dated(self, texts: list[str]) -> Match | None:
        """Headings that name the year, where the rows have one period."""
        years = {int(code[:4]) for code in self.found.codes.get("period", ())}
        return measures_of_year(self.known, texts, years.pop()) if len(years) == 1 else None

    def _mixed(self, texts: list[str], taken: list[str]) -> Match | None:
        """A row whose headings name groups of several dimensions, those that are not named being totals."""
        groups = groups_of(self.known, texts, [*taken, "measure"]) if len(texts) > 1 else {}
        names = sorted({name for codes in groups.values() for name in codes})
        if not names or any(self.known.total(name) is None for name in names):
            return None
        totals = {name: self.known.total(name) or "" for name in names}
        self.composed |= {text: totals | codes for text, codes in groups.items()}
        return Match(names[0], "label", {text: (totals | codes)[names[0]] for text, codes in groups.items()})

    def _take_similar(self) -> None:
        """Takes codes by the words of unknown headings, also where a row above says the dimension."""
        for matches in (self.chosen, self.finer):
            for number, match in matches.items():
                used = {code for one in (*self.chosen.values(), *self.finer.values()) for code in one.codes.values()}
                matches[number] = with_similar(self.known, match, used)
                self.similar |= matches[number].near - match.near
        for number, row in enumerate(self.said, 1):
            texts = list(dict.fromkeys(row[index] for index in self.figures if row[index]))
            above = [one.dimension for n, one in (*self.chosen.items(), *self.finer.items()) if n < number]
            if self._is_open(number) and texts and (found := match_of_similar(self.known, texts, above)):
                self.finer[number] = found
                self.similar |= found.near

    def _leave_unit(self) -> None:
        """A row that names one unit in some columns only, and the canonical one, is not read."""
        for number, match in list(self.chosen.items()):
            row = self.said[number - 1]
            units = set(filter(None, match.codes.values()))
            own = {one.unit for one in self.known.dataset.measures}
            is_one = match.dimension == "unit" and len(units) == 1 and not all(row[index] for index in self.figures)
            if is_one and all(self.known.project.factor(unit, one) == 1 for unit in units for one in own):
                del self.chosen[number]
                self.found.unread[number] = words().sentences["unit"]

    def _leave_own_units(self) -> None:
        """A row that names in some columns only the unit that the measure of the column has is not read."""
        for number, match in list(self.chosen.items()):
            row = self.heads[number - 1]
            if match.dimension != "unit" or all(row[index] for index in self.figures):
                continue
            units = {one.name: one.unit for one in self.known.dataset.measures}
            pairs = [(match.codes.get(row[index]), self._codes(index)[0].get("measure")) for index in self.figures]
            said = [(unit, units.get(measure or "")) for unit, measure in pairs if unit]
            if said and all(own and self.known.project.factor(unit, own) == 1 for unit, own in said):
                del self.chosen[number]
                self.found.unread[number] = words().sentences["own_unit"]

    def _leave_unread(self) -> None:
        """Rows that say nothing of a column which the other rows do not say."""
        rest = [number for number in range(1, len(self.heads) + 1) if self._is_open(number)]
        if len(rest) == len(self.heads):
            return
        for number in list(rest):
            if len({self.heads[number - 1][index] for index in self.figures}) == 1:
                self.found.unread[number] = words().sentences["same" if any(self.heads[number - 1]) else "blank"]
                rest.remove(number)
        read = {index: self._codes(index) for index in self.figures}
        codes = [tuple(sorted(found.items())) for found, _ in read.values()]
        whole = all(self._explains(match, self.said[number - 1]) for number, match in self.chosen.items())
        apart = whole and bool(self.chosen) and len(set(codes)) == len(codes)
        kept = [index for index, (found, wrong) in read.items() if found and not wrong]
        for number in [*rest, *self.finer]:
            is_blank = 2 * len(kept) >= len(self.figures) and not any(self.heads[number - 1][index] for index in kept)
            if is_blank or (apart and number in rest):
                self.finer.pop(number, None)
                self.found.unread[number] = words().sentences["above"]

    def _read_paths(self) -> None:
        """Measures that several header rows say together, where no row says them alone."""
        if (
            len(self.heads) < 3
            or self.found.has("measure")
            or "measure" in {one.dimension for one in self.finer.values()}
        ):
            return
        number = next((number for number, one in self.chosen.items() if one.dimension == "measure"), None)
        if number is not None and self.chosen[number].share == 1 and not self._are_open():
            return
        rows = [n for n in range(1, len(self.heads) + 1) if n not in self.found.unread]
        rows = [n for n in rows if n not in self.chosen or self.chosen[n].dimension == "measure"]
        paths = [list(dict.fromkeys(self.said[n - 1][i] for n in rows if self.said[n - 1][i])) for i in self.figures]
        read = measures_of_path(self.known, paths)
        read |= measure_of_title(self.shape, self.known, paths, read)
        if len(set(read.values())) > max(1, len(set(self.chosen[number].codes.values()) - {None}) if number else 0):
            self.paths = {self.figures[index]: code for index, code in read.items()}
            self.path_rows = frozenset(rows)
            for row in rows:
                self.chosen.pop(row, None)
            self.found.score += 1.5 * len(read) / len(self.figures)

    def _read_title(self) -> None:
        """The measure of the title, where others stand in single header rows."""
        if self.paths or "measure" not in {one.dimension for one in (*self.chosen.values(), *self.finer.values())}:
            return
        units = {number for number, one in self.chosen.items() if one.dimension == "unit"}
        rows = [row for number, row in enumerate(self.said, 1) if number not in units | set(self.found.unread)]
        paths = [list(dict.fromkeys(row[index] for row in rows if row[index])) for index in self.figures]
        codes = [self._codes(index)[0].get("measure") for index in self.figures]
        read = {number: code for number, code in enumerate(codes) if code}
        named = measure_of_title(self.shape, self.known, paths, read)
        self.titled = {self.figures[number]: code for number, code in named.items()}

    def _are_open(self) -> bool:
        return any(self._is_open(number) for number in range(1, len(self.heads) + 1))

    def _is_open(self, number: int) -> bool:
        return number not in self.chosen and number not in self.finer and number not in self.found.unread

    def _needs_columns(self) -> bool:
        is_dated = any(one.dimension == "measure" and one.pattern for one in self.chosen.values())
        if (
            (self.left and not is_dated)
            or self.said != self.heads
            or self.composed
            or self.finer
            or self.suffixed
            or self.paths
        ):
            return True
        heads = [tuple(row[index] for row in self.heads) for index in self.figures]
        if len(set(heads)) < len(heads):
            return True
        return any(
            number not in self.found.unread and not self._explains(self.chosen.get(number), row)
            for number, row in enumerate(self.heads, 1)
        )

    def _explains(self, match: Match | None, row: list[str]) -> bool:
        """Whether every heading of a row has a code; a blank one is the total where there is one."""
        if match is None or match.share < 1:
            return False
        if all(row[index] for index in self.figures):
            return True
        return match.dimension not in {"measure", "unit", "period"} and self.known.total(match.dimension) is not None

    def _rows_say_all(self, kept: list[int]) -> bool:
        """Whether header rows tell these columns apart, one of them by periods, which change from file to file."""
        if self.said != self.heads or self.composed or self.finer or self.suffixed or self.paths:
            return False
        heads = [tuple(row[index] for row in self.heads) for index in kept]
        read = {number: match for number, match in self.chosen.items() if match.dimension != "unit"}
        return (
            "period" in {match.dimension for match in read.values()}
            and len(set(heads)) == len(heads)
            and all(match.codes.get(self.heads[number - 1][index]) for number, match in read.items() for index in kept)
        )

    def _by_rows(self, left_out: dict[Headings, str]) -> None:
        """A dimension per header row, for all columns but those left out."""
        for number, match in self.chosen.items():
            self._by_row(number, match)
        if left_out:
            Columns(self.shape, self.known, self.found).leave_out(left_out, self._suggest)
            self.found.columns.append({"headings": [ANY]})

    def _by_row(self, number: int, match: Match) -> None:
        if match.dimension == "unit":
            return
        place: dict[str, Any] = {"header_row": number, **({"pattern": match.pattern} if match.pattern else {})}
        codes = match.written
        if match.pattern and codes:
            self.found.ask(match.dimension, "dem Jahr im Kopf", codes)
            codes = {found["key"]: code for text, code in codes.items() if (found := re.fullmatch(match.pattern, text))}
            self.found.is_of_year = bool(codes)
        if not all(self.heads[number - 1][index] for index in self.figures):
            codes[""] = self.known.total(match.dimension) or ""
        if match.dimension == "measure":
            codes |= self.meant
        if codes:
            place["codes"] = codes
        self.found.places[match.dimension] = place
        self.found.codes[match.dimension] = {code for code in match.codes.values() if code}

    # -- columns ------------------------------------------------------------------------------

    def _codes(self, index: int) -> tuple[dict[str, str], int]:
        """The codes that the headings of a column give, and the first row (from 1) whose heading has none."""
        if index in self.titled:
            return {"measure": self.titled[index]}, 0
        codes: dict[str, str] = {}
        wrong = of_group = 0
        if self.paths:
            lowest = max((number for number in self.path_rows if self.heads[number - 1][index]), default=0)
            codes, wrong = ({"measure": self.paths[index]}, 0) if index in self.paths else ({}, lowest)
        for number, row in enumerate(self.said, 1):
            if number in self.path_rows:
                continue
            text = row[index]
            match = self.chosen.get(number)
            if number in self.found.unread or (match is not None and match.dimension == "unit"):
                continue
            if number in self.finer:
                dimension = self.finer[number].dimension
                code = self.finer[number].codes.get(text)
                if code is not None and code != self.known.total(dimension):
                    codes[dimension] = code
                elif text and code is None and not is_total_of(text, ()):
                    wrong = wrong or number
                continue
            if text in self.suffixed:
                codes |= self.suffixed[text]
                continue
            code = match.codes.get(text) if match is not None and text else None
            if match is not None and not text:
                code = self.known.total(match.dimension) if match.dimension in self.known.lists else None
            if match is not None and code is not None:
                codes[match.dimension] = code
                codes.update(self.composed.get(text, {}))
            elif is_total_of(text, ()):
                continue
            elif text != self.heads[number - 1][index]:
                of_group = of_group or number
            elif text and len(self.figures) > 1:
                wrong = wrong or number
        # An unknown whole that `davon` stands in place of does not matter where the part is known.
        return codes, wrong or (0 if codes else of_group)

    def _by_columns(self) -> None:
        """One entry per column of figures; a heading without a code makes it no data for now."""
        left_out: dict[Headings, str] = {}
        entries: dict[Headings, list[int]] = {}
        given: dict[Headings, dict[str, str]] = {}
        for index in self.figures:
            codes, wrong = self._codes(index)
            if wrong:
                left_out[self._headings_unknown(index, wrong)] = ""
            else:
                entries.setdefault(self._headings_of(index), []).append(index)
                given[self._headings_of(index)] = codes
        columns = Columns(self.shape, self.known, self.found)
        if left_out and self._rows_say_all([index for indices in entries.values() for index in indices]):
            self._by_rows(left_out | self._labels_left())
            return
        columns.take(entries, given, left_out)
        if not self.found.columns:
            # Nothing is understood of the headings: the columns are shown as figures, and the question is asked.
            self.found.columns = [
                {"headings": list(one)} for one in dict.fromkeys(map(self._headings_of, self.figures))
            ]
        columns.agree()
        columns.leave_out(left_out | self._labels_left(), self._suggest)
        columns.uncover(self.heads, self.left)

    def _headings_unknown(self, index: int, wrong: int) -> Headings:
        """The headings of a column from the first unknown one; with those below where one could mean a label."""
        group = [one for one in self.figures if self.heads[wrong - 1][one] == self.heads[wrong - 1][index]]
        headings = headings_unknown(self.heads, group, index, wrong, self.found.unread)
        could_mean = any(self._suggest((row[one],)) for row in self.heads[wrong:] for one in group if row[one])
        return (*[ANY] * (wrong - 1), *(headings if could_mean else headings[:1]))

    def _suggest(self, headings: Headings) -> str:
        """The label that the last of the headings could mean: of what header rows say, or of what stands nowhere."""
        read = [one.dimension for one in (*self.finer.values(), *self.chosen.values())]
        names = [name for name in (*read, *self.known.lists) if name in read or not self.found.has(name)]
        wanted = [name for name in dict.fromkeys(names) if name not in {"unit", "area", "period"}]
        return next((near for name in wanted if (near := self.known.suggestion(headings[-1], name))), "")

    def _labels_left(self) -> dict[Headings, str]:
        """The label columns of no dimension, with the reason why they are no data where it is known."""
        left: dict[Headings, str] = {}
        for index in self.left:
            headings, is_apart = headings_of_label(self.heads, index, self.figures)
            # What no heading tells from a column of figures is asked about, whatever the reason.
            left[headings] = self.found.settled.get(index, "") if is_apart else ""
        return left

    def _headings_of(self, index: int) -> Headings:
        """The headings of a column down to the last row that says something of it."""
        unit = {number for number, match in self.chosen.items() if match.dimension == "unit"}
        says = [number for number in range(1, len(self.heads) + 1) if number not in unit | set(self.found.unread)]
        last = max(says, default=1)
        return tuple(
            self.heads[number - 1][index] if number in says or not says else ANY for number in range(1, last + 1)
        )


def read_headings(shape: Shape, known: Known, found: Understanding, left: Sequence[int]) -> None:
    """Completes a reading with what the headings say; `left` are label columns of no dimension."""
    if not read_publication(shape, known, found):
        _Headings(shape, known, found, left).read()
