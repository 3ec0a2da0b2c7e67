"""The draft of a profile: sheets, data set and settings, tried on the sample before it is handed out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np
import pyarrow.compute as pc

from einklang.declarations.base import build
from einklang.declarations.profile import Profile
from einklang.draft.coloured import with_colours
from einklang.draft.delivers import standing_together, what_is_delivered
from einklang.draft.doubles import find_doubles
from einklang.draft.figures import as_settings, how_written
from einklang.draft.keys import label_test
from einklang.draft.known import Known, Lookups
from einklang.draft.marks import marks_behind_words, without_marks
from einklang.draft.opening import Sample, open_sample
from einklang.draft.parts import join_parts
from einklang.draft.reading import Understanding
from einklang.draft.rounded import rounding
from einklang.draft.segments import find_tables, same_layouts
from einklang.draft.shape import Shape
from einklang.draft.sums import complete_dimensions
from einklang.draft.titles import end_markers, table_code, title_cells, without_year
from einklang.draft.trial import Trial, try_profile
from einklang.draft.twice import find_twice
from einklang.draft.understanding import understand
from einklang.draft.words import words
from einklang.errors import UnusableInput
from einklang.project import Project
from einklang.rawtable import RawTable, column_letter

_CLOSE = 0.35
_TITLE = 120
_MOST_SHEETS = 60
_YEAR = re.compile(r"(?<!\d)20\d{2}(?:(?P<sign>[-/_ ])\d{2}(?:\d{2})?)?(?!\d)")
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


@dataclass(frozen=True, eq=False)
class _Candidate:
    shape: Shape
    found: Understanding

    @property
    def worth(self) -> float:
        size = (self.shape.end - self.shape.first) * len(self.shape.figures)
        return self.found.score + 0.2 * float(np.log10(max(1, size)))


def draft_profile(path: Path, project: Project, dataset: str = "", supplier: str = "", sheet: str = "") -> Draft:
    """A profile made from the file alone; what is not sure stands under `todo`.

    Without `sheet`, a name or a regular expression, it is a profile of the sheet with the table that is explained best.
    Tables of the same data set that are laid out differently become parts of the profile, in this sheet or in those
    named; of others it is said that they are left out.

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
    shapes = same_layouts(find_shapes(tables, project))
    if not shapes:
        raise UnusableInput(
            f"`{path}` holds no table of figures under headings.", "Look at the file, or write the profile by hand."
        )
    coloured = with_colours(path, sample, shapes, project.signs, project.catalogue)
    if coloured is not sample:
        sample = coloured
        named = {one.sheet for one in tables}
        shapes = same_layouts(find_shapes([one for one in sample.tables if one.sheet in named], project))
    lookups = Lookups()
    every = [Known(project, project.datasets[name], lookups, land) for name in names]
    candidates = [_Candidate(shape, understand(shape, known, path.name, land)) for shape in shapes for known in every]
    best = max(candidates, key=lambda one: one.worth)
    here = shapes if sheet else _in_same_sheets(shapes, best.shape)
    chosen = _explained([one for one in candidates if one.shape in here], best, bool(sheet))
    rest = [shape for shape in here if shape not in [one.shape for one in chosen]]
    return _Writer(project, sample, shapes, best, candidates, supplier, area).write(chosen, rest)


def _is_named(sheet: str, wanted: str) -> bool:
    try:
        return sheet == wanted or re.fullmatch(wanted, sheet) is not None
    except re.error:
        return False


def of_any_year(name: str) -> str:
    """A regular expression for the name of a sheet with any year, or school year, in place of its own."""
    escaped = re.escape(name).replace(r"\ ", " ").replace(r"\-", "-")
    return _YEAR.sub(lambda hit: "20" + re.sub(r"\d+", lambda one: rf"\d{{{len(one[0])}}}", hit[0][2:]), escaped)


def _in_same_sheets(shapes: Sequence[Shape], wanted: Shape) -> list[Shape]:
    """The tables that share a sheet with the wanted one, or with another of them; a sheet of another year counts."""
    names = {of_any_year(sheet.strip()) for sheet in wanted.sheets}
    sheets = {sheet for one in shapes for sheet in one.sheets if of_any_year(sheet.strip()) in names}
    while joined := {name for one in shapes if sheets & set(one.sheets) for name in one.sheets} - sheets:
        sheets |= joined
    return [one for one in shapes if sheets & set(one.sheets)]


def _explained(candidates: Sequence[_Candidate], best: _Candidate, is_named: bool) -> list[_Candidate]:
    """The tables that are explained by the data set of the best one, those beside it, and one of each sheet named."""
    dataset = best.found.known.dataset.name
    found = [one for one in candidates if one.found.known.dataset.name == dataset]
    of_sheet = {sheet: one for one in sorted(found, key=lambda one: one.worth) for sheet in one.shape.sheets}
    beside = [one for one in found if one.shape.span and best.shape.span and one.shape.sheets == best.shape.sheets]
    named = [best, *beside, *(of_sheet.values() if is_named else ())]
    most = {one.shape: max(each.worth for each in candidates if each.shape is one.shape) for one in found}
    return [one for one in found if one in named or (one.found.score > 0 and one.worth >= most[one.shape] - _CLOSE)]


def find_shapes(tables: Sequence[RawTable], project: Project) -> list[Shape]:
    """The tables of each sheet, from the upper to the lower."""
    signs = frozenset(sign for table in project.signs.conventions.values() for sign in table if sign not in {"0", "()"})
    return [shape for table in tables[:_MOST_SHEETS] for shape in find_tables(table, signs, label_test(table, project))]


def _left_out(shape: Shape, sheet: str, is_alone: bool) -> str:
    """The question of a table that the draft does not describe, alone in its sheet or beside one that it describes."""
    one = next(each for each in (shape, *shape.alike) if each.table.sheet == sheet)
    heads = [text for row in one.heads for text in row if text]
    named = f"Blatt {sheet}: " if sheet else ""
    if is_alone:
        return words().sentences["other_sheet_left"].format(named, one.header + 1, heads[0])
    return (
        f"{named}die Tabelle ab Zeile {one.header + 1} („{heads[0]}“) ist nicht beschrieben; wird sie erhoben? "
        "Wenn nicht, sagt `table.others`, warum."
    )


@dataclass
class _Writer:
    project: Project
    sample: Sample
    shapes: list[Shape]
    best: _Candidate
    candidates: list[_Candidate]
    supplier: str
    area: str

    def write(self, candidates: Sequence[_Candidate], rest: Sequence[Shape]) -> Draft:
        """The draft of the tables, tried on the sample; `rest` are tables of the same sheets that it leaves out."""
        dataset = self.best.found.known.dataset
        open_sheets = {sheet for one in rest for sheet in one.sheets}
        layouts: list[dict[str, Any]] = []
        shapes: list[Shape] = []
        for one in candidates:
            others = {"others": words().sentences["unsettled_tables"]} if open_sheets & {*one.shape.sheets} else {}
            made = replace(self, best=one).layouts()
            layouts += [{**content, "table": {**content["table"], **others}} for content in made]
            shapes += [one.shape] * len(made)
        content, trial = self._tried(layouts)
        doubles = find_doubles(trial.observations, dataset, shapes) if len(layouts) > 1 else []
        if doubles := [*doubles, *find_twice(trial, dataset, shapes)]:
            for part, entry, question in doubles:
                layouts[part]["rows_not_data"] = [*layouts[part].get("rows_not_data", ()), entry]
                layouts[part]["todo"] = [*layouts[part].get("todo", ()), *filter(None, [question])]
            content, trial = self._tried(layouts)
        content |= rounding(trial.observations, dataset)
        if complete := complete_dimensions(trial.observations, dataset, self.project):
            content["complete_hierarchies"] = complete
        if "parts" in content:
            content["delivers"] = self._together(trial, candidates)
            content = {name: value for name, value in content.items() if value != {}}
        parts = content.pop("parts", None)
        described = {sheet for one in candidates for sheet in one.shape.sheets}
        left_out = [_left_out(one, sheet, sheet not in described) for one in rest for sheet in one.sheets]
        asked = [*content.get("todo", ()), *left_out, *trial.problems]
        if questions := [*asked, *trial.unasked(asked)]:
            first = {name: content[name] for name in ("supplier", "dataset", "title")}
            content = {**first, "todo": questions, **{name: content[name] for name in content if name != "todo"}}
        content |= {"parts": parts} if parts else {}
        profile = build(Profile, content, self.sample.path)
        return Draft(content, self._remarks(trial), profile, self.sample, self.best.shape, trial)

    def _tried(self, layouts: list[dict[str, Any]]) -> tuple[dict[str, Any], Trial]:
        """The layouts as one profile, and what it makes of the sample."""
        content = join_parts(layouts)
        profile = build(Profile, content, self.sample.path)
        return content, try_profile(self._tables(profile), profile, self.project)

    def _together(self, trial: Trial, candidates: Sequence[_Candidate]) -> dict[str, list[str]]:
        """What the tables hold together in every period."""
        known = self.best.found.known
        broken_down = [{name for name, codes in one.found.codes.items() if len(codes) > 1} for one in candidates]
        names = ["measure", *(one.name for one in known.dataset.dimensions if one.name != "area")]
        common = [name for name in names if all(name in one for one in broken_down)]
        if len(pc.unique(trial.observations["measure"])) > 1:
            broken_down.append({"measure"})
        further = [name for name in names if name not in common and any(name in one for one in broken_down)]
        together = standing_together(trial.observations, ["area", *common], further)
        return what_is_delivered(known, together, self.area)

    def layouts(self) -> list[dict[str, Any]]:
        """The settings of one table; twice where rows of another level stand below, under the same header."""
        content, below = self.layout(), self.best.found.below
        if below is None:
            return [content]
        dimensions, table = content["dimensions"], content["table"]
        place = dimensions[below.dimension]
        other = {**place, "codes": {**place.get("codes", {}), **below.codes}}
        return [
            {**content, "table": {**table, "end": [below.begin]}},
            {
                **content,
                "table": {**table, "begin": [below.begin]},
                "dimensions": {**dimensions, below.dimension: other},
            },
        ]

    def layout(self) -> dict[str, Any]:
        """The settings of one table."""
        shape, found = self.best.shape, self.best.found
        written = how_written(shape, self.project.signs, self.supplier)
        found.marks |= marks_behind_words(shape)
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
            "units": found.units,
            "status": found.status,
            "rows_not_data": found.rows,
            "cells_not_data": found.cells,
            "delivers": what_is_delivered(found.known, self._codes(), self.area),
        }
        content = {name: value for name, value in content.items() if value not in ([], {}, None)}
        return without_marks(content) if found.marks else content

    def _codes(self) -> dict[str, set[str]]:
        found = self.best.found
        constant = found.places.get("area", {}).get("constant")
        return {**found.codes, **found.fixed, "area": found.codes.get("area", set()) | set(filter(None, [constant]))}

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
        if {"title", "sheet"} & self.best.found.places.get("period", {}).keys():
            texts = [without_year(text, self.best.found.known.dataset) for text in texts]
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
        sheets = self.best.shape.sheets
        if file["format"] != "json" and (len(sheets) < len(self.sample.tables) or not _UNNAMED.fullmatch(sheets[0])):
            file["sheet"] = self._sheets_of(sheets)
        return file

    def _sheets_of(self, sheets: Sequence[str]) -> str:
        """The names of the sheets; with any year in place of theirs where no other table could be meant."""
        names = [re.escape(sheet).replace(r"\ ", " ").replace(r"\-", "-") for sheet in sheets]
        pattern = "|".join(dict.fromkeys(map(of_any_year, sheets)))
        meant = [one.sheet for one in self.sample.tables if re.fullmatch(pattern, one.sheet.strip())]
        others = [sheet for shape in self.shapes if shape is not self.best.shape for sheet in shape.sheets]
        is_clear = set(meant) == set(sheets) and not set(meant) & set(others)
        return pattern if is_clear else "|".join(names)

    def _tables(self, profile: Profile) -> list[RawTable]:
        return [one for one in self.sample.tables if re.fullmatch(profile.file.sheet, one.sheet.strip())]

    def _table(self) -> dict[str, Any]:
        shape = self.best.shape
        header: dict[str, Any] = self._find()
        if shape.rows > 1:
            header["rows"] = shape.rows
        unread = self._unread()
        last = max((number for number in shape.fill_right if number not in unread), default=0)
        if merged := [number for number in shape.fill_right if number <= last]:
            header["fill_right"] = merged
        if unread:
            header["unread"] = unread
        table: dict[str, Any] = {"header": header}
        if code := table_code(shape):
            table["title"] = re.escape(code).replace(r"\-", "-")
        if markers := end_markers(shape):
            table["end"] = markers
        if shape.repeats:
            table["repeat"] = True
        if shape.span:
            table["columns"] = ":".join(map(column_letter, shape.span))
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
        periods = sorted(filter(None, pc.unique(trial.observations["period"].cast("string")).to_pylist()))
        if periods and not self._valid():
            remarks["file"] = [
                f'Gilt der Aufbau nicht schon immer, dann hier angeben, seit wann: valid_from: "{periods[0]}"'
            ]
        meanings = self.project.signs
        if written.counts:
            table = {**meanings.conventions[written.convention], **written.changes}
            remarks["signs"] = [
                f"„{sign}“ steht {count}-mal: {meanings.meanings[table[sign]].label_de}."
                for sign, count in sorted(written.counts.items(), key=lambda one: -one[1])
            ]
        remarks["dimensions"] = [f"Gelesen: {trial.observations.num_rows} Werte, davon {trial.usable} ohne Befund."]
        return remarks
