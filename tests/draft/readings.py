"""One profile on one sample: the figures with codes and labels, and what each column, row and cell is used for."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from einklang.columns import ColumnsFound, find_columns
from einklang.declarations.layout import CellsNotData, RowsNotData
from einklang.declarations.place import Place
from einklang.declarations.profile import Profile
from einklang.draft.opening import Sample
from einklang.draft.trial import shortened, try_profile
from einklang.footnotes import Marks
from einklang.heads import columns_with, fits
from einklang.labels import normalise
from einklang.project import Project
from einklang.rawtable import RawTable, column_index
from einklang.region import Region, find_regions
from einklang.structure import structure

PLACES = {"column", "heading", "header_row", "section", "sheet", "file", "title", "constant"}
CELL = ["sheet", "row", "column"]


class Table(NamedTuple):
    table: RawTable
    region: Region
    columns: ColumnsFound


class Whole:
    """What a profile, with all its parts, makes of the sample: a row per figure with codes and with labels."""

    def __init__(self, profile: Profile, sample: Sample, project: Project) -> None:
        wanted = [re.compile(one.file.sheet) for one in profile.layouts]
        sheets = [table for table in sample.tables if any(one.fullmatch(table.sheet.strip()) for one in wanted)]
        self.profile = profile
        self.sheets = list(map(shortened, sheets))
        self.project = project

    @cached_property
    def codes(self) -> pd.DataFrame:
        frame = try_profile(self.sheets, self.profile, self.project).observations.to_pandas()
        for name in frame.columns[frame.dtypes == "category"]:
            frame[name] = frame[name].astype(object)
        frame["column"] = frame["column"].map(column_index)
        return frame.set_index(CELL)

    @cached_property
    def labels(self) -> pd.DataFrame:
        said, signs = self.project.word_meanings(self.profile), self.project.sign_meanings(self.profile)
        long = structure(self.sheets, self.profile, said, signs, self.project.catalogue).table
        if long is None:
            return pd.DataFrame({name: [] for name in CELL}).set_index(CELL)
        texts = {name: np.asarray(one.cleaned, dtype=object)[one.codes] for name, one in long.labels.items()}
        unit = np.asarray(long.unit.cleaned, dtype=object)[long.unit.codes]
        where = {
            "sheet": np.asarray(long.sheet.texts, dtype=object)[long.sheet.codes],
            "row": long.row,
            "column": long.column,
        }
        return pd.DataFrame({**texts, "unit": unit, **where}).set_index(CELL)


class Reading:
    """One layout of a profile on the sample, or on some sheets of it: its tables, and the figures in them."""

    def __init__(self, layout: Profile, whole: Whole, sample: Sample, only: set[str] | None = None) -> None:
        self.profile = layout
        self.whole = whole
        self.sample = sample
        fitting = [one for one in whole.sheets if re.fullmatch(layout.file.sheet, one.sheet.strip())]
        self.sheets = [one for one in fitting if only is None or one.sheet in only]
        self.marks = Marks(layout.footnotes)
        self.tables = [
            Table(one, region, find_columns(one, layout, region, self.marks.strip))
            for one in self.sheets
            for region in find_regions(one, layout).found
        ]

    def _inside(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The figures of the tables of this layout."""
        sheet, row = frame.index.get_level_values("sheet"), frame.index.get_level_values("row")
        mine = np.zeros(len(frame), dtype=np.bool_)
        for table, region, _ in self.tables:
            mine |= (sheet == table.sheet) & (row > region.first) & (row <= region.end)
        return frame[mine]

    @cached_property
    def codes(self) -> pd.DataFrame:
        return self._inside(self.whole.codes)

    @cached_property
    def labels(self) -> pd.DataFrame:
        return self._inside(self.whole.labels)

    def uses(self) -> dict[tuple[str, int], str]:
        """What each column of each table is used for."""
        found: dict[tuple[str, int], str] = {}
        for table, region, columns in self.tables:
            named = {
                "left out": columns.left_out,
                "twin": columns.twins,
                "figures": columns.figures,
                "name": columns.names.values(),
                "label": [index for indices in columns.place.values() for index in indices],
                "unit": columns.unit,
                "status": columns.status.values(),
            }
            for use, indices in named.items():
                found |= {(f"{table.sheet}:{region.header}", index): use for index in indices}
        return found

    def rows(self, declared: RowsNotData) -> set[tuple[str, int]]:
        """The rows of the tables that an entry of `rows_not_data` leaves out."""
        found = set()
        for table, region, columns in self.tables:
            tests = [(declared.column, declared.heading, declared.pattern)]
            tests += [(None, heading, pattern) for heading, pattern in declared.where.items()]
            inside = np.arange(region.first, region.end)
            mask = np.ones(len(inside), dtype=np.bool_)
            for letter, heading, pattern in tests:
                hits = [column_index(letter)] if letter else columns_with(heading or "", columns.heads)
                if not hits or hits[0] >= len(table.columns):
                    mask[:] = False
                    break
                column = table.columns[hits[0]].rows(inside)
                mask &= column.where([bool(re.fullmatch(pattern, text)) for text in column.cleaned])
            found |= {(table.sheet, row) for row in inside[mask].tolist()}
        return found

    def cells(self, declared: CellsNotData) -> set[tuple[str, int, int]]:
        """The cells of the tables that an entry of `cells_not_data` leaves out, rows from 1 as in the figures."""
        found = set()
        for table, region, columns in self.tables:
            inside = np.arange(region.first, region.end)
            column = table.columns[column_index(declared.column)].rows(inside)
            mask = column.where([bool(re.fullmatch(declared.pattern, text)) for text in column.cleaned])
            for index in columns.figures:
                if fits(declared.headings, columns.heads, index):
                    found |= {(table.sheet, row + 1, index) for row in inside[mask].tolist()}
        return found

    def labels_beside(self, name: str) -> set[tuple[str, int, int]]:
        """The label column beside each column of figures, for a dimension whose labels stand there."""
        return {
            (table.sheet, figure, label)
            for table, _, columns in self.tables
            for figure, label in columns.beside.get(name, {}).items()
        }

    def where(self, place: Place) -> object:
        """Where a dimension stands, whether named by letter or by heading."""
        if place.is_row_label:
            indices = [column_index(letter) for letter in place.letters]
            return ("column", indices or [self.index(place.heading or "")])
        return {name: getattr(place, name) for name in PLACES if getattr(place, name)}

    def index(self, heading: str) -> int | None:
        return next((hit for one in self.tables for hit in columns_with(heading, one.columns.heads)), None)

    def name_beside(self, place: Place) -> int | None:
        if place.name_column:
            return column_index(place.name_column)
        return self.index(place.name_heading) if place.name_heading else None

    def texts(self, indices: list[int] | None = None) -> set[str]:
        """The texts of the tables, normalised."""
        return {
            normalise(text)
            for table, region, _ in self.tables
            for number, column in enumerate(table.columns)
            if indices is None or number in indices
            for text in column.rows(np.arange(region.header, region.end)).present
        }

    def starts(self) -> list[tuple[str, int]]:
        return [(one.table.sheet, one.region.header) for one in self.tables]

    def in_common(self, other: Reading) -> tuple[int, int]:
        """How many figures, and how many tables, two layouts have in common."""
        return len(self.codes.index.intersection(other.codes.index)), len({*self.starts()} & {*other.starts()})

    def ends(self) -> list[tuple[str, int]]:
        return [(one.table.sheet, one.region.end) for one in self.tables]
