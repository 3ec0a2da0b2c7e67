"""Delivery profiles: how one supplier lays out one data set. One YAML per supplier and data set.

A profile says of every dimension *where it stands* in the table. Columns are named by their letter
(`column: B`) or by their heading (`heading: Region`), rows by what they say, never by their number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from einklang.declarations.base import Declaration, inherit
from einklang.declarations.layout import CellsNotData, Column, Footnotes, RowsNotData, ShownBy, Status, Table
from einklang.declarations.place import Pattern, Place


class FileFormat(Declaration):
    """What kind of file the office sends."""

    format: Literal["csv", "workbook", "xls", "ods", "spreadsheetml", "json"] = Field(
        description="`csv` for any delimited text, `workbook` for XLSX and XLSM, `spreadsheetml` for XML of Excel "
        "2003, `json` for GENESIS. Workbooks of another kind are read too, with a note; each may be packed (gzip, ZIP)."
    )
    encoding: Literal["utf-8", "cp1252", "utf-16"] = Field(
        default="utf-8", description="Agreed character set of a text file; a byte order mark is always understood."
    )
    delimiter: Literal[";", ",", "\t", "|"] = Field(default=";", description="Separator of a text file.")
    sheet: Pattern = Field(
        default=".*", description="Regular expression for the names of the sheets to read; the whole name must match."
    )


class Classes(Declaration):
    """Figures that are given as classes, such as `7,00 bis unter 8,50`; their status is E (estimated)."""

    pattern: Pattern = Field(description="Regular expression of the whole cell with the groups `from` and `to`.")
    take: Literal["from", "middle", "to"] = Field(description="Which figure stands for the class.")

    @model_validator(mode="after")
    def _both_ends(self) -> Classes:
        if not {"from", "to"} <= set(re.compile(self.pattern).groupindex):
            raise ValueError("the pattern needs the groups `from` and `to`")
        return self


class Numbers(Declaration):
    """How the office writes numbers."""

    decimal: Literal[",", "."] = Field(default=",", description="Decimal sign.")
    thousands: Literal["", ".", ",", " ", "'"] = Field(
        default="", description="Sign between groups of three digits; a blank stands for any kind of blank."
    )

    classes: Classes | None = Field(default=None, description="How classes in place of figures are written.")

    @model_validator(mode="after")
    def _differ(self) -> Numbers:
        if self.decimal == self.thousands:
            raise ValueError("decimal sign and thousands sign must differ")
        return self


class SignTable(Declaration):
    """Which sign means what in this office's tables."""

    convention: str = Field(description="A convention of `sign_conventions.csv`, e.g. din55301.")
    changes: dict[str, str] = Field(
        default={}, description="Sign → meaning of `signs.csv` where this office departs from the convention."
    )


_OF_PARTS = frozenset(
    {
        "file",
        "table",
        "dimensions",
        "columns",
        "rows_not_data",
        "cells_not_data",
        "footnotes",
        "status",
        "unit",
        "units",
    }
)


OneOrSeveral = Annotated[
    Annotated[Status, Tag("one")] | Annotated[list[Status], Tag("several")],
    Discriminator(lambda given: "several" if isinstance(given, list) else "one"),
]


class Profile(Declaration):
    """How one supplier lays out one data set.

    A profile with `parts` describes several tables: each part says in what it differs from the rest of the
    profile, and every sheet is read by the parts that find their table in it.
    """

    supplier: str = Field(description="Code of the list `suppliers`.")
    dataset: str = Field(description="Name of the data set.")
    title: str = Field(min_length=1, description="What the office calls the table.")
    todo: list[str] = Field(
        default=[],
        description="Questions that a draft leaves open (German); every check names them until they are deleted.",
    )
    valid_from: str = Field(default="", description="First period for which the profile holds; empty: always.")
    valid_to: str = Field(default="", description="Last period for which the profile holds; empty: until today.")
    file: FileFormat = Field(description="Kind of file.")
    numbers: Numbers = Field(default=Numbers(), description="How numbers are written.")
    signs: SignTable = Field(description="What signs mean.")
    table: Table = Field(description="Where the table lies.")
    dimensions: dict[str, Place] = Field(description="Where each dimension, `period` and `measure` stand.")
    columns: list[Column] = Field(
        default=[], description="What the columns of figures hold; then no other is expected."
    )
    rows_not_data: list[RowsNotData] = Field(default=[], description="Rows declared as no data.")
    cells_not_data: list[CellsNotData] = Field(
        default=[], description="Cells of some columns in some rows declared as no data."
    )
    footnotes: Footnotes | None = Field(default=None, description="Marks of footnotes glued to labels and headings.")
    status: OneOrSeveral | None = Field(
        default=None,
        description="What says the status of the figures; of several, the one nearest to the figure that says "
        "something: its cell, a column, the entry of `columns`, a header row, title, sheet, file, `constant`.",
    )
    unit: Place | None = Field(
        default=None, description="Where the unit of the figures stands, e.g. in a header row; labels of `units`."
    )
    units: dict[str, str] = Field(default={}, description="Measure → unit as delivered, where not the canonical one.")
    rounding_base: int | None = Field(
        default=None, ge=1, description="Rounding base where it differs from the data set's."
    )
    rounding_by_area: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default={}, description="Land → rounding base of its figures, where it differs inside one table."
    )
    territory: str = Field(
        default="",
        pattern=r"^(\d{4}-\d{2}-\d{2})?$",
        description="Territorial status (Gebietsstand) as a date; empty: end of the period.",
    )
    delivers: dict[str, list[str]] = Field(
        default={},
        description="What must be complete: dimension → codes; for `area` also `land`, `kreise`, `country`, `laender`.",
    )
    may_deliver: dict[str, list[str]] = Field(
        default={}, description="What may be delivered besides, for dimensions of `delivers`; written as there."
    )
    not_delivered: dict[str, str] = Field(
        default={}, description="Measure of the data set that the office does not deliver → why (German)."
    )
    complete_hierarchies: list[str] = Field(
        default=[], description="Dimensions of which every part is delivered, so that parts must add up to their total."
    )

    parts: list[Profile] = Field(
        default=[],
        description="The tables of a delivery that are laid out differently, each in what it differs from the rest: "
        "`file: {sheet: …}`, `table`, `dimensions`, `columns`, `rows_not_data`, `cells_not_data`, `footnotes`, "
        "`status`, `unit`, `units`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _whole_parts(cls, content: Any) -> Any:
        """Every part becomes a whole profile; the profile itself takes the sheets of all and else the first part."""
        if not isinstance(content, Mapping) or not content.get("parts"):
            return content
        shared = {name: value for name, value in content.items() if name != "parts"}
        for part in content["parts"]:
            if not isinstance(part, Mapping) or set(part) - _OF_PARTS:
                raise ValueError(f"a part says one or several of {sorted(_OF_PARTS)} and nothing else")
        wholes = [inherit(shared, part) for part in content["parts"]]
        sheets = dict.fromkeys(whole.get("file", {}).get("sheet", ".*") for whole in wholes)
        file = {**wholes[0].get("file", {}), "sheet": "|".join(f"(?:{sheet})" for sheet in sheets)}
        return {**wholes[0], "file": file, "parts": wholes}

    @property
    def layouts(self) -> list[Profile]:
        """The parts, or the profile itself where it has none."""
        return self.parts or [self]

    @property
    def shown_by(self) -> list[ShownBy]:
        """What of the look of cells is asked for, in any of the layouts."""
        return sorted({one.shown_by for layout in self.layouts for one in layout.statuses if one.shown_by})

    @property
    def statuses(self) -> list[Status]:
        """What says the status of the figures; the cell of the figure says first."""
        return self.status if isinstance(self.status, list) else [self.status] if self.status else []

    @property
    def status_meanings(self) -> set[str]:
        """The meanings that are given without a word of the office: to a whole table, or to a column."""
        constants = {one.constant for one in self.statuses} | {column.status for column in self.columns}
        return {meaning for meaning in constants if meaning is not None}

    @property
    def _letters(self) -> list[str]:
        """Every column that is named by its letter."""
        places = [*self.dimensions.values(), *([self.unit] if self.unit else [])]
        letters = [letter for place in places for letter in (*place.letters, place.section, place.name_column)]
        letters += [self.table.values_from, *(one.column for one in self.rows_not_data)]
        letters += [*(one.column for one in self.cells_not_data), *(one.column for one in self.statuses)]
        return [letter for letter in letters if letter is not None]

    @model_validator(mode="after")
    def _consistent(self) -> Profile:
        if self.parts:
            return self
        by_column = {name for column in self.columns for name in column.codes}
        both = by_column & set(self.dimensions)
        if both:
            raise ValueError(f"{sorted(both)} stand in `dimensions` and in `columns`")
        for column in self.columns:
            if column.not_data is None and set(column.codes) != by_column:
                raise ValueError(f"column {column.headings} must give a code for each of {sorted(by_column)}")
            if len(column.headings) > self.table.header.rows:
                raise ValueError(f"column {column.headings} names more header rows than the table has")
        if self.shown_by and self.file.format != "workbook":
            raise ValueError("`status: {shown_by: …}` goes with `file: {format: workbook}` only")
        if sum(one.is_in_columns for one in self.statuses) > 1:
            raise ValueError("more than one `status` stands in columns")
        if beyond_table := [letter for letter in self._letters if not self.table.has(letter)]:
            raise ValueError(f"column {beyond_table[0]} lies outside of `table: {{columns: {self.table.columns}}}`")
        if self.unit is not None and any(column.unit for column in self.columns):
            raise ValueError("the unit stands in `unit` and in `columns`")
        header = self.table.header
        places = [*self.dimensions.values(), *([self.unit] if self.unit else [])]
        rows = {place.header_row for place in places if place.header_row is not None}
        said = {one.header_row for one in self.statuses if one.header_row is not None}
        if beyond := [
            row for row in (*rows, *said, *header.fill_right, *header.unread, header.at) if row > header.rows
        ]:
            raise ValueError(f"the table has no header row {beyond[0]}")
        rows |= {one.header_row for one in self.statuses if one.header_row is not None and one.pattern is None}
        for column in self.columns:
            rows |= {number for number, text in enumerate(column.headings, 1) if text != "*"}
        if ignored := [row for row in range(1, header.rows + 1) if row not in rows and row not in header.unread]:
            raise ValueError(
                f"nothing reads header row {ignored[0]}, so a renamed column would pass: name the columns of figures "
                "in `columns`, place a dimension or the unit in it, or say under `header.unread` why it says nothing"
            )
        return self
