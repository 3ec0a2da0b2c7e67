"""How many settings of a committed profile a draft has without an edit.

Settings are the leaves of the committed YAML with everything it is based on. One is kept where the draft says the same:
equal, or in other words with the same effect on the file (a column by letter in place of its heading, another text
of the same header, another pattern for the same rows). What a draft does not say is not kept, and a draft that reads
nothing keeps no setting that is judged by its effect.

Not counted are what no table says (the supplier, which is given to the draft as a steward would; titles; reasons in
words) and what a shared layout says of labels, columns and rows that the file does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from draft.readings import PLACES, Reading, Whole
from einklang.declarations.base import build, inherit
from einklang.declarations.layout import CellsNotData, RowsNotData
from einklang.declarations.profile import Profile
from einklang.draft.drafting import Draft, draft_profile
from einklang.draft.opening import Sample
from einklang.footnotes import Marks
from einklang.heads import fits
from einklang.labels import normalise
from einklang.project import Project, read_profile


class Kept(NamedTuple):
    right: list[str]
    wrong: list[str]

    @property
    def share(self) -> float:
        return len(self.right) / (len(self.right) + len(self.wrong))


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every leaf with its path; a list of texts is one leaf."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, str(name)))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, part in enumerate(value):
            yield from leaves(part, (*path, str(number)))
    else:
        yield path, value


def at(content: Any, path: tuple[str, ...]) -> Any:
    """What a draft says at a path; None where it says nothing."""
    for name in path:
        content = content.get(name, content.get(int(name)) if name.isdigit() else None) if content else None
        if not isinstance(content, Mapping):
            return content if name == path[-1] else None
    return content


class Comparison:
    """Setting by setting, a committed profile against a draft from a file."""

    def __init__(self, committed: dict[str, Any], theirs: Reading, content: dict[str, Any], ours: Reading) -> None:
        self.committed = committed
        self.content = content
        self.sample = ours.sample
        self.theirs = theirs
        self.ours = ours
        self.profile = self.theirs.profile
        assert len(self.theirs.codes), "the committed profile reads nothing"

    # -- effects ------------------------------------------------------------------------------

    def read_same(self, name: str, cells: pd.Index | None = None) -> bool:
        """Whether the draft reads every figure of the committed profile with the same code (or value)."""
        wanted, ours = self.theirs.codes, self.ours.codes
        wanted = wanted if cells is None else wanted[wanted.index.isin(cells)]
        if not len(wanted) or not wanted.index.isin(ours.index).all():
            return False
        both = ours[name].reindex(wanted.index)
        return bool(((both == wanted[name]) | (both.isna() & wanted[name].isna())).all())

    def cells_of_label(self, name: str, label: str) -> pd.Index:
        """The figures that bear a label by the committed profile."""
        labels = self.theirs.labels
        if name not in labels:
            return labels.index[:0]
        here = labels[name].map({text: normalise(text) == normalise(label) for text in labels[name].unique()})
        return labels.index[here.to_numpy(dtype=bool)]

    def cells_of_columns(self, indices: list[int]) -> pd.Index:
        codes = self.theirs.codes
        return codes.index[codes.index.get_level_values("column").isin(indices)]

    # -- settings -----------------------------------------------------------------------------

    def kept(self, path: tuple[str, ...], value: Any) -> bool:
        said = at(self.content, path)
        match path:
            case ("file", "sheet"):
                names = [one.sheet.strip() for one in self.sample.tables]
                return said is not None and all(
                    bool(re.fullmatch(value, one)) == bool(re.fullmatch(said, one)) for one in names
                )
            case ("table", "header", "find" | "at") | ("table", "title"):
                return at(self.content, (*path[:-1], "title" if path[-1] == "title" else "find")) is not None and (
                    self.theirs.starts() == self.ours.starts()
                )
            case ("table", "header", "rows"):
                return bool((said or 1) == value)
            case ("table", "header", "unread", _):
                return said is not None
            case ("table", "end"):
                return said is not None and self.theirs.ends() == self.ours.ends()
            case ("dimensions", dimension, *rest):
                return self.dimension(dimension, rest, value)
            case ("unit", *rest) if self.ours.profile.unit is not None:
                same = self.theirs.where(self.profile.unit) == self.ours.where(self.ours.profile.unit)
                return (rest[0] in PLACES and same) or self.read_same("value")
            case ("columns", number, *rest):
                return self.column(int(number), rest, value)
            case ("rows_not_data", number, *rest):
                return self.rows(self.profile.rows_not_data[int(number)], rest)
            case ("cells_not_data", number, _):
                return self.cells(self.profile.cells_not_data[int(number)])
            case ("footnotes", "mark"):
                theirs, ours = Marks(self.profile.footnotes), Marks(self.ours.profile.footnotes)
                texts = {text for one in self.theirs.sheets for column in one.columns for text in column.cleaned}
                return said is not None and all(theirs.strip(text) == ours.strip(text) for text in texts)
            case ("status", "heading"):
                return bool(said) and self.theirs.index(value) == self.ours.index(said)
            case ("delivers" | "may_deliver", _) | ("complete_hierarchies",):
                return said is not None and set(said) == set(value)
        return bool(said == value)

    def dimension(self, name: str, rest: list[str], value: Any) -> bool:
        place, ours = self.profile.dimensions[name], self.ours.profile.dimensions.get(name)
        same = ours is not None and self.theirs.where(place) == self.ours.where(ours)
        match rest:
            case ["codes", label]:
                return self.read_same(name, self.cells_of_label(name, label))
            case ["not_data", label]:
                return same and ours is not None and normalise(label) in set(map(normalise, ours.not_data))
            case ["name_column" | "name_heading"]:
                beside = self.theirs.name_beside(place)
                return ours is not None and beside is not None and beside == self.ours.name_beside(ours)
            case ["beside"]:
                labelled = self.theirs.labels_beside(name)
                return bool(labelled) and labelled == self.ours.labels_beside(name)
            case [key] if key in PLACES:
                return same or self.read_same(name)
        return (same and ours is not None and getattr(ours, rest[0]) == value) or self.read_same(name)

    def column(self, number: int, rest: list[str], value: Any) -> bool:
        indices = self.columns_of(number)
        theirs, ours = self.theirs.uses(), self.ours.uses()
        match rest:
            case ["codes", dimension]:
                return self.read_same(dimension, self.cells_of_columns(indices))
            case ["headings"] | ["not_data"]:
                mine = {key: use for key, use in theirs.items() if key[1] in indices}
                return bool(mine) and all(ours.get(key) == use for key, use in mine.items())
        entries = [one for one in self.ours.profile.columns if set(self.matching(one.headings, self.ours)) & {*indices}]
        return bool(entries) and all(getattr(one, rest[0]) == value for one in entries)

    def matching(self, headings: list[str], reading: Reading) -> list[int]:
        return [
            index
            for one in reading.tables
            for index in range(len(one.table.columns))
            if fits(headings, one.columns.heads, index)
        ]

    def columns_of(self, number: int) -> list[int]:
        """The columns that an entry of the committed `columns` describes."""
        before = {index for one in self.profile.columns[:number] for index in self.matching(one.headings, self.theirs)}
        return [one for one in self.matching(self.profile.columns[number].headings, self.theirs) if one not in before]

    def rows(self, declared: RowsNotData, rest: list[str]) -> bool:
        """Whether the draft says that these rows are no data, and says it of no row of figures."""
        wanted = self.theirs.rows(declared)
        figures = {(sheet, row - 1) for sheet, row, _ in self.theirs.codes.index}
        entries = [(one, self.ours.rows(one)) for one in self.ours.profile.rows_not_data]
        fitting = [(one, rows) for one, rows in entries if rows & wanted and not rows & figures]
        if rest == ["sum_of"]:
            return any(one.sum_of == declared.sum_of for one, _ in fitting)
        return wanted <= set().union(*(rows for _, rows in fitting))

    def cells(self, declared: CellsNotData) -> bool:
        """Whether the draft says that these cells are no data, in one entry, and says it of no figure."""
        wanted, figures = self.cells_beside_figures(declared), set(self.theirs.codes.index)
        entries = [self.ours.cells(one) for one in self.ours.profile.cells_not_data]
        return any(wanted <= cells and not cells & figures for cells in entries)

    def cells_beside_figures(self, declared: CellsNotData) -> set[tuple[str, int, int]]:
        """The cells that an entry of the committed profile leaves out in rows of figures."""
        rows = {(sheet, row) for sheet, row, _ in self.theirs.codes.index}
        return {(sheet, row, column) for sheet, row, column in self.theirs.cells(declared) if (sheet, row) in rows}

    # -- which settings count -----------------------------------------------------------------

    def concerns(self, path: tuple[str, ...], value: Any) -> bool:
        """Whether a setting says anything of this file: a shared layout names what others have."""
        match path:
            case ("supplier",) | ("dataset",) | ("title",) | ("todo",):
                return False
            case ("columns", number, *rest):
                return rest != ["not_data"] and bool(self.columns_of(int(number)))
            case ("rows_not_data", number, *rest):
                return rest != ["reason"] and bool(self.theirs.rows(self.profile.rows_not_data[int(number)]))
            case ("cells_not_data", _, "reason") | ("table", "others"):
                return False
            case ("cells_not_data", number, _):
                return bool(self.cells_beside_figures(self.profile.cells_not_data[int(number)]))
            case ("dimensions", name, "codes", label):
                return len(self.cells_of_label(name, label)) > 0
            case ("dimensions", _, "not_data", label):
                return normalise(label) in self.theirs.texts()
            case ("unit", "codes", label):
                return len(self.cells_of_label("unit", label)) > 0
            case ("table", "end"):
                texts = {text for one in self.sample.tables for column in one.columns for text in column.cleaned}
                return any(text.startswith(marker) if marker else True for marker in value for text in texts)
            case ("status", "optional"):
                return False
            case ("status", "heading"):
                return self.theirs.index(value) is not None
            case ("status", "words", label):
                index = self.theirs.index(self.committed["status"].get("heading", ""))
                return normalise(label) in self.theirs.texts(None if index is None else [index])
        return value not in ([], {}, "")


def layouts(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The settings of each part with those that all share; of a profile without parts, its own."""
    shared = {name: value for name, value in content.items() if name != "parts"}
    return [inherit(shared, part) for part in content["parts"]] if content.get("parts") else [content]


def _of_sheets(content: dict[str, Any], sheets: list[str]) -> dict[str, Any]:
    """The settings without the parts that stand in none of the sheets."""
    parts = content.get("parts", [])
    kept = [one for one in parts if any(re.fullmatch(one.get("file", {}).get("sheet", ".*"), name) for name in sheets)]
    return {**content, "parts": kept} if parts else content


def _of_other_sheets(
    layout: Profile, theirs: Reading, ours: list[tuple[dict[str, Any], Reading]], wanted: Whole, sample: Sample
) -> list[tuple[Reading, dict[str, Any], Reading]]:
    """A layout whose sheets the draft gives to several parts, on the sheets of each; empty where one part has all."""
    sheets = {one.sheet for one in theirs.sheets}
    fitting = [(content, one) for content, one in ours if theirs.in_common(one)[0]]
    own = [sheets & {table.table.sheet for table in one.tables} for _, one in fitting]
    if len(fitting) < 2 or sum(map(len, own)) != len(sheets) or set().union(*own) != sheets:
        return []
    return [(Reading(layout, wanted, sample, some), *each) for some, each in zip(own, fitting, strict=True)]


def compare(committed: dict[str, Any], draft: Draft, project: Project, path: Path, sheet: str = "") -> Kept:
    """The settings of a committed profile that a draft has, and those that it lacks; of parts, one after the other.

    Where sheets are named, those of other sheets do not count.
    """
    tables = tuple(one for one in draft.sample.tables if not sheet or re.fullmatch(sheet, one.sheet.strip()))
    sample = replace(draft.sample, tables=tables)
    whole = Whole(draft.profile, sample, project)
    named = _of_sheets(committed, [one.sheet.strip() for one in tables])
    wanted = Whole(build(Profile, named, path), sample, project)
    ours = [(one, Reading(build(Profile, one, path), whole, sample)) for one in layouts(draft.content)]
    right: list[str] = []
    wrong: list[str] = []
    for number, one in enumerate(layouts(named)):
        layout = build(Profile, one, path)
        theirs = Reading(layout, wanted, sample)
        comparison = Comparison(one, theirs, *max(ours, key=lambda each: theirs.in_common(each[1])))
        several = _of_other_sheets(layout, theirs, ours, wanted, sample)
        comparisons = [Comparison(one, *each) for each in several] or [comparison]
        for where, value in leaves(one):
            if comparison.concerns(where, value) and not (sheet and where == ("file", "sheet")):
                name = ".".join([str(number), *where] if named.get("parts") else where)
                concerned = [each for each in comparisons if each.concerns(where, value)]
                is_kept = bool(concerned) and all(each.kept(where, value) for each in concerned)
                (right if is_kept else wrong).append(name)
    return Kept(right, wrong)


def kept(path: Path, profile: Path, project: Project, dataset: str = "", sheet: str = "") -> Kept:
    """The same for a draft made from the file alone, with its supplier and, where given, its data set and sheets."""
    committed = read_profile(profile, project.folder / "schemas")
    draft = draft_profile(path, project, dataset, committed["supplier"], sheet)
    return compare(committed, draft, project, profile, sheet)
