"""What the cells of a table do not say: period, area and measure by titles and names, and what is assumed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import shorten

from einklang.declarations.dataset import Measure
from einklang.draft.known import Known
from einklang.draft.meant import measure_meant
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.titles import measures_in_title, period_in, periods_in, stands_in_every_title, title_cells
from einklang.draft.words import words
from einklang.labels import normalise

_FEW = 8
_SHEETS = 2
_MOSTLY = 0.6
_SHORTEST = 4
_PER_QUESTION = 0.5
_SAID_NOWHERE = 1.5
_ALIKE = 1.5
_SHOWN = 80
_PART_OF_ALL = re.compile(
    r"(?:(?:unter|über|ab|bis|von) )?\d{1,2}(?:(?: bis| -|-|–)(?: unter)? ?\d{1,2})? (?:und mehr )?Jahren?\b"
    r"|\bAusländerinnen\b(?! und)|\b(?:weiblich|männlich|minderjährig|erwerbsfähig)e[nr]?\b"
)


@dataclass
class _Outside:
    shape: Shape
    known: Known
    file_name: str
    area: str
    found: Understanding

    def read(self) -> None:
        self._period()
        self._area()
        self._measure()
        self._missing()
        self._alike()
        self._units()
        self._weigh()
        self._ask_period()
        self._ask_unit()
        self._ask_title()

    def _period(self) -> None:
        if self.found.has("period"):
            return
        dataset = self.known.dataset
        for text in sorted(self._titles, key=_is_of_another_date):
            if (hit := period_in(text, dataset)) and stands_in_every_title(self.shape, hit[1]):
                self.found.places["period"] = {"title": True, "pattern": hit[1]}
                self.found.score += 0.5
                return
        for name, place in ((self.shape.table.sheet, {"sheet": True}), (self.file_name, {"file": True})):
            hit = period_in(name, dataset)
            if hit and ("file" in place or all(re.search(hit[1], one) for one in self.shape.sheets)):
                whole = "sheet" in place and hit[0] == name
                self.found.places["period"] = place if whole else {**place, "pattern": hit[1]}
                self.found.score += 0.25
                return
        self.found.places["period"] = {"file": True, "pattern": r"(?P<key>20\d{2})"}
        self.found.todo.append("dimensions.period: der Berichtszeitraum steht weder in der Tabelle noch im Dateinamen.")

    def _area(self) -> None:
        if self.found.has("area") or self._in_sheets("area") or self._in_title("area"):
            return
        codes = self.known.lists["area"]
        titles = " ".join(f" {normalise(text)} " for text in self._titles)
        named = [code for label, code in codes.by_label.items() if len(label) > 5 and f" {label} " in titles]
        code = self.area or (named[0] if named else self.known.total("area") or next(iter(codes.codes)))
        self.found.places["area"] = {"constant": code}
        if not self.area:
            self.found.score -= 1
            which = f"vermutet: {code}, wie im Titel" if named else f"angenommen: {code}"
            self.found.todo.append(f"dimensions.area: in der Tabelle steht keine Spalte mit Gebieten ({which}).")

    def _units(self) -> None:
        """The unit that a cell above the table ends with (`Insgesamt in 1 000`), where no other says one."""
        if self.found.unit is not None or any("unit" in one for one in self.found.columns):
            return
        texts = self._titles
        behind = {text: f"in {text.rpartition(' in ')[2]}" for text in texts if " in " in text}
        units = self.known.units(list(behind.values())).codes
        code = next((code for text in behind if (code := units.get(behind[text]))), None)
        measures = self.found.codes.get("measure") or {self.found.places.get("measure", {}).get("constant", "")}
        for one in self.known.dataset.measures if code else ():
            factor = self.known.project.factor(code or "", one.unit)
            if one.name in measures and one.additivity != "none" and factor not in {None, 1}:
                self.found.units[one.name] = code or ""

    def _in_sheets(self, name: str) -> bool:
        """Whether the names of the sheets are labels of the dimension."""
        names = [one.strip() for one in self.shape.sheets]
        match = self.known.match(names, name)
        if len(names) < _SHEETS or match.share < _MOSTLY or match.scheme != "label" or match.pattern:
            return False
        self.found.places[name] = {"sheet": True, **({"codes": match.written} if match.written else {})}
        self.found.codes[name] = set(filter(None, match.codes.values()))
        self.found.score += 1
        if match.unknown:
            listed = ", ".join(f"„{text}“" for text in match.unknown)
            self.found.todo.append(f"dimensions.{name}: unbekannt sind die Blätter {listed}; dafür `codes` angeben.")
        return True

    def _in_title(self, name: str) -> bool:
        """Whether a cell above the table holds a label of the dimension and nothing else, or a unit behind it."""
        for text in self._titles:
            match = self.known.match([text], name)
            if self._before_unit(name, text):
                return True
            if (code := match.codes.get(text)) and match.scheme == "label":
                labels = [one.label_de for one in self.known.lists[name].codes.values()]
                others = labels if len(labels) <= _FEW else []
                pattern = "|".join(re.escape(one).replace("\\ ", " ") for one in dict.fromkeys([text, *others]))
                self.found.places[name] = {"title": True, "pattern": f"^({pattern})$" if others else f"^{pattern}$"}
                self.found.codes[name] = {code}
                self.found.score += 0.5
                return True
        return False

    def _before_unit(self, name: str, text: str) -> bool:
        """Whether labels of the dimension stand before the unit (`Männlich in 1 000`), and not the total only."""
        head, _, unit = text.rpartition(" in ")
        if not head or not self.known.units([f"in {unit}"]).share:
            return False
        cells = [one for shape in (self.shape, *self.shape.alike) for _, _, one in title_cells(shape)]
        heads = list(dict.fromkeys(one.removesuffix(f" in {unit}") for one in cells if one.endswith(f" in {unit}")))
        codes = self.known.match(heads, name).codes
        if not all(codes.get(one) for one in heads) or set(codes.values()) == {self.known.total(name)}:
            return False
        pattern = "|".join(re.escape(one).replace("\\ ", " ") for one in heads)
        self.found.places[name] = {"title": True, "pattern": f"^(?P<key>{pattern})(?= in )"}
        self.found.codes[name] = {code for code in codes.values() if code}
        self.found.score += 0.5
        return True

    def _in_file_name(self, name: str) -> bool:
        """Whether a word of the name of the file is a label of the dimension."""
        stem, _, ending = self.file_name.rpartition(".")
        parts = re.split(r"[_ ]", stem)
        for number, part in enumerate(parts):
            if len(part) < _SHORTEST or not (code := self.known.match([part], name).codes.get(part)):
                continue
            before = re.sub(r"\d+", lambda one: rf"\d{{{len(one[0])}}}", parts[number - 1]) if number else ""
            behind = parts[number + 1] if number + 1 < len(parts) else ""
            start = rf"_{before}_" if before else "^" if not number else "_"
            end = rf"_{re.escape(behind)}" if behind else rf"\.{re.escape(ending)}$"
            self.found.places[name] = {"file": True, "pattern": rf"{start}(?P<key>[^_.]+){end}"}
            self.found.codes[name] = {code}
            self.found.score += 0.25
            return True
        return False

    def _measure(self) -> None:
        if self.found.has("measure") or self._measure_in_sheets():
            return
        measures = self._measures_possible()
        titled = measures_in_title(self.shape, self.known)
        named = [one.name for one in measures if one.name in titled]
        self.found.score += 1.0 if named else 0.0 if len(measures) == 1 else -1.0
        code = next(iter(named), measures[0].name)
        self.found.places["measure"] = {"constant": code}
        every = self.known.dataset.measures
        if len(every) > 1 and len(named) != 1:
            listed = ", ".join(one.name for one in every)
            self.found.todo.append(f"dimensions.measure: welches Merkmal ist es? ({listed})")

    def _measures_possible(self) -> Sequence[Measure]:
        """The measures of the data set; where all figures are in per cent, those that can be."""
        every = self.known.dataset.measures
        if not all(map(self.shape.is_in_percent, self.shape.figures)):
            return every
        units = self.known.lists["unit"].codes
        return [one for one in every if units[one.unit].extra["sign"]] or every

    def _measure_in_sheets(self) -> bool:
        """Whether sheets of the same layout are named after different measures, all or some of them."""
        names = [name for one in self.shape.sheets if (name := one.strip())]
        known = self.known.match(names, "measure").codes
        near = {text: code for text in names if not known[text] and (code := measure_meant(self.known, text))}
        codes = {text: code for text in names if (code := known[text] or near.get(text))}
        is_told = 2 * len(codes) >= len(names) and len(set(codes.values())) == len(codes) > 0
        if len(names) < _SHEETS or not is_told:
            return False
        self.found.places["measure"] = {"sheet": True, **({"codes": near} if near else {})}
        self.found.codes["measure"] = set(codes.values())
        self.found.score += 1
        if near:
            self.found.ask("measure", "der Ähnlichkeit", near)
        if unknown := [text for text in names if text not in codes]:
            listed = ", ".join(f"„{text}“" for text in unknown)
            measures = ", ".join(one.name for one in self.known.dataset.measures)
            self.found.todo.append(
                f"dimensions.measure: welche Merkmale sind die Blätter {listed}? Dafür `codes` angeben ({measures})."
            )
        return True

    def _missing(self) -> None:
        """Dimensions that the table does not say: by title and name of the file, else assumed where they must be."""
        for axis in self.known.dataset.dimensions:
            if self.found.has(axis.name) or (
                axis.name != "area" and (self._in_sheets(axis.name) or self._in_title(axis.name))
            ):
                continue
            if axis.default is None and not self._in_file_name(axis.name):
                codes = self.known.lists[axis.name].codes
                code = self.known.total(axis.name) or next(iter(codes))
                self.found.places[axis.name] = {"constant": code}
                self.found.score -= _SAID_NOWHERE
                self.found.todo.append(
                    f"dimensions.{axis.name}: {axis.title.de} steht nirgends; angenommen ist {code} für alles."
                )

    def _alike(self) -> None:
        """Several columns of figures of which nothing says what tells them apart."""
        kept = [one for one in self.found.columns if "not_data" not in one]
        count = len(kept) if self.found.columns else len(self.shape.figures)
        places = self.found.places.values()
        says = any("header_row" in one or "beside" in one for one in places) or any("codes" in one for one in kept)
        if count > 1 and not says and not any("repeats" in one for one in kept):
            self.found.score -= _ALIKE
            self.found.todo.append(f"columns: was unterscheidet die {count} Spalten mit Werten?")

    def _weigh(self) -> None:
        """What the reading leaves out counts against it, a measure that the headings name for it."""
        out = sum("not_data" in one for one in self.found.columns)
        self.found.score -= _PER_QUESTION * len(self.found.todo)
        self.found.score -= 1.5 * out / max(1, len(self.found.columns))
        place = self.found.places.get("measure", {})
        if place.get("constant") is None:
            self.found.score += 1.5

    def _ask_period(self) -> None:
        """Asks which period is meant where the titles name several."""
        if "title" not in self.found.places.get("period", {}):
            return
        said: dict[str, str] = {}
        for text in self._titles:
            said = {**periods_in(text, self.known.dataset), **said}
        if len(said) > 1:
            listed = ", ".join(f"„{written}“" for written in said.values())
            self.found.todo.append(
                f"dimensions.period: über der Tabelle stehen {listed}; was ist der Berichtszeitraum?"
            )

    def _ask_unit(self) -> None:
        """Asks about a unit that is named around the table and that no setting takes up."""
        found = self.found
        if found.unit is not None or found.units or any("unit" in one for one in found.columns):
            return
        heads = [row[index] for row in self.shape.heads for index in self.shape.labels]
        measures = found.codes.get("measure") or {found.places.get("measure", {}).get("constant", "")}
        own = {one.unit for one in self.known.dataset.measures if one.name in measures}
        for text in [*self._titles, *heads, *self.shape.notes]:
            for label, code in _units_in(text, self.known):
                factors = {self.known.project.factor(code, one) for one in own}
                if 1 not in factors and (factors != {None} or label.startswith("in ")):
                    shown = shorten(text, _SHOWN, placeholder=" …")
                    found.todo.append(
                        f"units: bei der Tabelle steht „{shown}“; gilt „{label}“ ({code}) für alle Werte?"
                    )
                    return

    def _ask_title(self) -> None:
        """Asks where a title says of whom the figures are and the draft says something else."""
        found, titles = self.found, [f" {_plain(text)} " for text in self._titles]
        assumed = found.places.get("measure", {}).get("constant")
        is_named = not assumed or bool(measures_in_title(self.shape, self.known))
        names = () if is_named else self._measures_of_all
        others = [one for one in names if any(f" {_plain(one)} " in text for text in titles)]
        if assumed and others:
            label = self.known.dataset.measure(assumed).title.de
            found.todo.append(f"dimensions.measure: im Titel steht „{max(others, key=len)}“; ist das „{label}“?")
        areas = self.known.lists["area"].by_label
        for axis in self.known.dataset.dimensions:
            total, labels = self.known.total(axis.name), self.known.lists[axis.name].by_label
            if axis.name == "area" or (found.has(axis.name) and "constant" not in found.places.get(axis.name, {})):
                continue
            named = {
                code: label
                for label, code in labels.items()
                if code != total
                and len(label) >= _SHORTEST
                and label not in areas
                and any(f" {label} " in text for text in titles)
            }
            if len(named) == 1:
                ((code, label),) = named.items()
                found.todo.append(
                    f"dimensions.{axis.name}: im Titel steht „{label}“; gelten alle Werte nur dafür ({code})?"
                )
        for text in self._titles:
            if (group := _PART_OF_ALL.search(text)) and not found.has("age"):
                found.todo.append(f"dataset: im Titel steht „{group[0]}“; sind die Werte nur die dieser Gruppe?")

    @property
    def _measures_of_all(self) -> set[str]:
        """What the measures of all data sets are called."""
        measures = (one for dataset in self.known.project.datasets.values() for one in dataset.measures)
        return {label for one in measures for label in (one.title.de, *one.aliases) if len(label) > _SHORTEST}

    @property
    def _titles(self) -> list[str]:
        """The texts of the cells above the header."""
        return [text for _, _, text in title_cells(self.shape)]


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", normalise(text)).strip()


def _is_of_another_date(text: str) -> bool:
    """Whether a title names the date of something else than the figures."""
    return any(normalise(word) in normalise(text) for word in words().other_dates)


def _units_in(text: str, known: Known) -> list[tuple[str, str]]:
    """The labels of units in a text and their codes, the longest first. Numbers alone are none."""
    normal = normalise(text)
    hits = [
        (label, code)
        for label, code in known.lists["unit"].by_label.items()
        if label in normal and any(map(str.isalpha, label)) and re.search(rf"(?<!\w){re.escape(label)}(?!\w)", normal)
    ]
    return sorted(hits, key=lambda one: -len(one[0]))


def read_outside(shape: Shape, known: Known, file_name: str, area: str, found: Understanding) -> None:
    """Completes a reading with what stands outside the table, or is assumed, and weighs it."""
    _Outside(shape, known, file_name, area, found).read()
