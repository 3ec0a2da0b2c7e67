"""The draft of a profile: sheets, data set and settings, tried on the sample before it is handed out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np

from einklang.declarations.base import build
from einklang.declarations.profile import Profile
from einklang.draft.figures import as_settings, how_written
from einklang.draft.known import Known, Lookups, is_word, looks_like_period
from einklang.draft.marks import without_marks
from einklang.draft.opening import Sample, open_sample
from einklang.draft.parts import join_parts
from einklang.draft.reading import Understanding
from einklang.draft.rounded import rounding
from einklang.draft.shape import Shape, find_shape
from einklang.draft.sums import complete_dimensions
from einklang.draft.titles import end_marker, table_code, title_cells
from einklang.draft.trial import Trial, try_profile
from einklang.draft.understanding import understand
from einklang.draft.words import words
from einklang.errors import UnusableInput
from einklang.labels import normalise
from einklang.project import Project
from einklang.rawtable import RawTable, TextColumn

_CLOSE = 0.35
_TITLE = 120
_MOST_SHEETS = 60
_FEW_CODES = 5
_SHORT_LIST = 12
_GROUPS = frozenset({"total", "continent", "region"})
_UNNAMED = re.compile(r"(?:Tabelle|Sheet|Table)? ?\d*", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """A profile as it is written, with the remarks for its settings, and what it makes of the sample."""

    content: dict[str, Any]
    remarks: dict[str, list[str]]
    profile: Profile
    sample: Sample
    shape: Shape
    trial: Trial


@dataclass(frozen=True)
class _Candidate:
    shape: Shape
    found: Understanding

    @property
    def worth(self) -> float:
        size = (self.shape.end - self.shape.first) * len(self.shape.figures)
        return self.found.score + 0.2 * float(np.log10(max(1, size)))


def draft_profile(path: Path, project: Project, dataset: str = "", supplier: str = "", sheet: str = "") -> Draft:
    """A profile made from the file alone; what is not sure stands under `todo`.

    Without `sheet`, a name or a regular expression, it is a profile of the sheet that is explained best. Sheets named
    by it that are laid out differently become parts of the profile.

    Raises:
        UnknownName: supplier or data set is not declared.
        FileNotUsable: the safe readers refuse the file.
        UnusableInput: no sheet holds a table of figures, or none of that name.
    """
    names = [project.dataset(dataset).name] if dataset else list(project.datasets)
    area = project.supplier(supplier).extra.get("areas", "") if supplier else ""
    land = area if area in project.codelists["laender"].codes else ""
    sample = open_sample(path, project.catalogue)
    tables = [one for one in sample.tables if not sheet or _is_named(one.sheet.strip(), sheet)]
    if not tables:
        listed = ", ".join(f"`{one.sheet}`" for one in sample.tables[:_MOST_SHEETS])
        raise UnusableInput(f"`{path}` has no sheet `{sheet}`.", f"Its sheets are {listed}.")
    shapes = find_shapes(tables, project)
    if not shapes:
        raise UnusableInput(
            f"`{path}` holds no table of figures under headings.", "Look at the file, or write the profile by hand."
        )
    lookups = Lookups()
    every = [Known(project, project.datasets[name], lookups, land) for name in names]
    candidates = [
        _Candidate(shape, understand(shape, known, path.name, land)) for shape in _different(shapes) for known in every
    ]
    best = max(candidates, key=lambda one: one.worth)
    if not sheet:
        return _Writer(project, sample, shapes, best, candidates, supplier).write([best])
    of_dataset = [one for one in candidates if _same_dataset(one, best)]
    of_dataset.sort(key=lambda one: shapes.index(one.shape))
    return _Writer(project, sample, shapes, best, candidates, supplier).write(of_dataset)


def _is_named(sheet: str, wanted: str) -> bool:
    try:
        return sheet == wanted or re.fullmatch(wanted, sheet) is not None
    except re.error:
        return False


def _same_dataset(one: _Candidate, other: _Candidate) -> bool:
    return one.found.known.dataset.name == other.found.known.dataset.name


def find_shapes(tables: Sequence[RawTable], project: Project) -> list[Shape]:
    """The first table of each sheet that holds one."""
    signs = frozenset(sign for table in project.signs.conventions.values() for sign in table if sign not in {"0", "()"})
    keys = _keys(project)
    found = (find_shape(table, signs, _label_test(table, keys)) for table in tables[:_MOST_SHEETS])
    return [shape for shape in found if shape is not None]


def _different(shapes: list[Shape]) -> list[Shape]:
    """One sheet of each layout."""
    return list({shape.heads: shape for shape in reversed(shapes)}.values())


def _keys(project: Project) -> frozenset[str]:
    """Every code of digits."""
    used = {name for one in project.datasets.values() for axis in one.dimensions for name in axis.codelists}
    return frozenset(code for name in used for code in project.codelists[name].codes if code.isdigit())


def _label_test(table: RawTable, keys: frozenset[str]) -> Callable[[int, TextColumn, str], bool]:
    def is_label(index: int, column: TextColumn, heading: str) -> bool:
        texts = [text for text in dict.fromkeys(" ".join(one.split()) for one in column.present) if text]
        if looks_like_period(texts, heading, index):
            return True
        digits = [text for text in texts if text.isdecimal()]
        if len(digits) < 0.6 * len(texts) or not digits:
            return False
        if any(text.startswith("0") and len(text) > 1 for text in digits) or _is_key(heading):
            return True
        following = table.columns[index + 1].cleaned if index + 1 < len(table.columns) else ()
        named = sum(any(character.isalpha() for character in text) for text in following) > len(following) / 2
        return named and sum(text in keys for text in digits) >= 0.5 * len(digits)

    return is_label


def _is_key(heading: str) -> bool:
    """Whether a heading says that keys stand below it."""
    last = normalise(words().key[0])
    return is_word(heading, words().key) or normalise(heading).endswith(last)


@dataclass
class _Writer:
    project: Project
    sample: Sample
    shapes: list[Shape]
    best: _Candidate
    candidates: list[_Candidate]
    supplier: str

    def write(self, candidates: Sequence[_Candidate]) -> Draft:
        """The draft of the tables, tried on the sample."""
        dataset = self.best.found.known.dataset
        content = join_parts([replace(self, best=one).layout() for one in candidates])
        profile = build(Profile, content, self.sample.path)
        trial = try_profile(self._tables(profile), profile, self.project)
        content |= rounding(trial.observations, dataset)
        if complete := complete_dimensions(trial.observations, dataset, self.project):
            content["complete_hierarchies"] = complete
        parts = content.pop("parts", None)
        if questions := [*content.get("todo", ()), *trial.problems]:
            first = {name: content[name] for name in ("supplier", "dataset", "title")}
            content = {**first, "todo": questions, **{name: content[name] for name in content if name != "todo"}}
        content |= {"parts": parts} if parts else {}
        profile = build(Profile, content, self.sample.path)
        return Draft(content, self._remarks(trial), profile, self.sample, self.best.shape, trial)

    def layout(self) -> dict[str, Any]:
        """The settings of one table."""
        shape, found = self.best.shape, self.best.found
        written = how_written(shape, self.project.signs, self.supplier)
        todo = [*self._choices(), *written.todo, *found.todo]
        content: dict[str, Any] = {
            "supplier": self.supplier or self._supplier(todo),
            "dataset": found.known.dataset.name,
            "title": self._title(),
            "todo": todo,
            **self._valid(),
            "file": self._file(),
            **as_settings(written),
            "table": self._table(),
            "footnotes": {"mark": "|".join(sorted(found.marks))} if found.marks else None,
            "dimensions": found.places,
            "columns": found.columns,
            "unit": found.unit,
            "status": found.status,
            "rows_not_data": found.rows,
            "cells_not_data": found.cells,
            "delivers": self._delivers(),
        }
        content = {name: value for name, value in content.items() if value not in ([], {}, None)}
        return without_marks(content) if found.marks else content

    def _choices(self) -> list[str]:
        """Other data sets that the table could belong to."""
        name = self.best.found.known.dataset.name
        near = {
            one.found.known.dataset.name
            for one in self.candidates
            if one.shape is self.best.shape and one.worth > self.best.worth - _CLOSE
        } - {name}
        return [f"dataset: {name}, oder auch {', '.join(sorted(near))}?"] if near else []

    def _supplier(self, todo: list[str]) -> str:
        """The office whose Land is the only one in the table; otherwise to be said."""
        codes = self.best.found.codes.get("area", set()) | {self.best.found.places.get("area", {}).get("constant", "")}
        lands = {code[:2] for code in codes if code[:2].isdigit()}
        suppliers = self.project.codelists["suppliers"].codes
        fitting = [code for code, one in suppliers.items() if len(lands) == 1 and one.extra.get("areas") in lands]
        chosen = fitting[0] if fitting else "destatis" if "destatis" in suppliers else next(iter(suppliers))
        todo.insert(0, f"supplier: wer liefert die Tabelle? Vermutet: {chosen}.")
        return chosen

    def _title(self) -> str:
        texts = [text for _, _, text in title_cells(self.best.shape)]
        return shorten(" ".join(texts[:3]), _TITLE, placeholder=" …") or self.sample.path.stem

    def _valid(self) -> dict[str, str]:
        """The one period for which a profile holds whose headings name it."""
        periods = self.best.found.codes.get("period", set())
        return {"valid_from": min(periods), "valid_to": max(periods)} if self.best.found.is_of_year else {}

    def _file(self) -> dict[str, Any]:
        file = self.sample.file.model_dump(include={"format"})
        if file["format"] == "csv":
            file |= self.sample.file.model_dump(include={"encoding", "delimiter"})
            return file
        sheets = [one.table.sheet for one in self.shapes if one.heads == self.best.shape.heads]
        if file["format"] != "json" and (len(sheets) < len(self.sample.tables) or not _UNNAMED.fullmatch(sheets[0])):
            file["sheet"] = "|".join(re.escape(sheet).replace(r"\ ", " ").replace(r"\-", "-") for sheet in sheets)
        return file

    def _tables(self, profile: Profile) -> list[RawTable]:
        return [one for one in self.sample.tables if re.fullmatch(profile.file.sheet, one.sheet.strip())]

    def _table(self) -> dict[str, Any]:
        shape = self.best.shape
        header: dict[str, Any] = self._find()
        if shape.rows > 1:
            header["rows"] = shape.rows
        if shape.fill_right:
            header["fill_right"] = list(shape.fill_right)
        unread = self._unread()
        if unread:
            header["unread"] = unread
        table: dict[str, Any] = {"header": header}
        if code := table_code(shape):
            table["title"] = re.escape(code).replace(r"\-", "-")
        if marker := end_marker(shape):
            table["end"] = [marker]
        if shape.repeats:
            table["repeat"] = True
        return table

    def _unread(self) -> dict[int, str]:
        """Header rows that no dimension, no unit and no column reads."""
        found = self.best.found
        places = [*found.places.values(), *([found.unit] if found.unit else [])]
        read = {place["header_row"] for place in places if "header_row" in place}
        for one in found.columns:
            read |= {number for number, text in enumerate(one["headings"], 1) if text != "*"}
        rest = [number for number in range(1, self.best.shape.rows + 1) if number not in read]
        return {number: found.unread.get(number, words().sentences["same"]) for number in rest}

    def _find(self) -> dict[str, Any]:
        """A text of the header that stands in no other row; else several that stand together in no other."""
        shape = self.best.shape
        headers = 1 if not shape.repeats else shape.count_rows_with(shape.heads[0])
        for number, row in enumerate(shape.heads, 1):
            for index in (*shape.labels, *shape.figures):
                if row[index] and shape.count_rows_with([row[index]]) <= headers:
                    return {"find": row[index], **({"at": number} if number > 1 else {})}
        return {"find": list(dict.fromkeys(text for text in shape.heads[0] if text))}

    def _delivers(self) -> dict[str, list[str]]:
        found = self.best.found
        delivers: dict[str, list[str]] = {}
        areas = found.codes.get("area", set()) | set(filter(None, [found.places.get("area", {}).get("constant")]))
        lands = {code for code in areas if code in self.project.codelists["laender"].codes}
        kreise = {code for code in areas if code in self.project.codelists["kreise"].codes}
        words_of = ["country"] if "DE" in areas else []
        if len(lands) > 1:
            words_of.append("laender")
        elif lands:
            words_of.append("land")
        if len(kreise) > 1 and len({code[:2] for code in kreise}) == 1:
            words_of.append("kreise")
        if words_of:
            delivers["area"] = words_of
        for axis in found.known.dataset.dimensions:
            listed = found.known.lists[axis.name].codes
            codes = found.fixed.get(axis.name, found.codes.get(axis.name, set()))
            if len(codes) > _FEW_CODES and len(listed) > _SHORT_LIST:
                # Of a long list, what every delivery has: the total and the groups.
                codes = {code for code in codes if listed[code].kind in _GROUPS}
            if axis.name != "area" and len(codes) > 1:
                order = [axis.total, *(code for code in listed if code != axis.total)]
                delivers[axis.name] = sorted(codes, key=order.index)
        measures = found.codes.get("measure", set())
        if len(measures) > 1:
            delivers["measure"] = [one.name for one in found.known.dataset.measures if one.name in measures]
        return delivers

    def _remarks(self, trial: Trial) -> dict[str, list[str]]:
        shape = self.best.shape
        written = how_written(shape, self.project.signs, self.supplier)
        remarks = {
            "table": [
                f"Titel: Zeilen 1 bis {shape.header}, Kopf: {shape.header + 1} bis {shape.first}, "
                f"Daten: {shape.first + 1} bis {shape.end}."
                if shape.header
                else f"Kopf: Zeilen 1 bis {shape.first}, Daten: {shape.first + 1} bis {shape.end}."
            ],
            "rows_not_data": ["Kein Datum für uns; den Grund bitte prüfen."],
            "delivers": ["Was diese Datei enthält; prüfen, was vereinbart ist."],
            "complete_hierarchies": ["Hier ergeben die Teile ihre Summe."],
        }
        meanings = self.project.signs
        if written.counts:
            table = meanings.conventions[written.convention]
            remarks["signs"] = [
                f"„{sign}“ steht {count}-mal: {meanings.meanings[table[sign]].label_de}."
                for sign, count in sorted(written.counts.items(), key=lambda one: -one[1])
            ]
        remarks["dimensions"] = [f"Gelesen: {trial.observations.num_rows} Werte, davon {trial.usable} ohne Befund."]
        return remarks
