"""Delivery profiles: how one supplier lays out one data set. One YAML per supplier and data set.

A profile says of every dimension *where it stands* in the table. Columns are named by their letter
(`column: B`) or by their heading (`heading: Region`), rows by what they say, never by their number.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from einklang.declarations.base import Declaration


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"`{pattern}` is no regular expression ({error})") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
Letter = Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")]


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


class Numbers(Declaration):
    """How the office writes numbers."""

    decimal: Literal[",", "."] = Field(default=",", description="Decimal sign.")
    thousands: Literal["", ".", ",", " ", "'"] = Field(
        default="", description="Sign between groups of three digits; a blank stands for any kind of blank."
    )

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


class Header(Declaration):
    """The rows that head the columns."""

    find: str = Field(description="Text of a cell in the first header row; the first row that has it is taken.")
    rows: int = Field(default=1, ge=1, le=6, description="Number of header rows.")
    fill_right: list[int] = Field(
        default=[],
        description="Header rows (1 = first) in which a blank cell repeats the cell to its left (merged heads).",
    )


class Table(Declaration):
    """Where the table lies in the sheet."""

    title: Pattern | None = Field(
        default=None,
        description="Regular expression that a cell above the table must hold; tells the tables of one office apart.",
    )
    header: Header = Field(description="The header rows.")
    end: list[str] = Field(
        default=[], description="Beginnings of the first cell of the row that ends the table; the rest are notes."
    )
    values_from: Letter | None = Field(
        default=None, description="Letter of the first column of figures; default: behind the last label column."
    )


class Place(Declaration):
    """Where a dimension stands. Exactly one of the first eight keys is given."""

    column: Letter | None = Field(default=None, description="Row label in the column of this letter.")
    heading: str | None = Field(
        default=None, description="Row label in the column with this heading (last header row)."
    )
    header_row: int | None = Field(default=None, ge=1, le=6, description="Column heads in this header row.")
    section: Letter | None = Field(
        default=None, description="Row that has only a label in this column and holds for the rows below it."
    )
    sheet: bool = Field(default=False, description="The name of the sheet.")
    file: bool = Field(default=False, description="The name of the file.")
    title: bool = Field(default=False, description="A cell above the table; the first that matches `pattern`.")
    constant: str | None = Field(default=None, description="The same code for the whole delivery.")

    pattern: Pattern | None = Field(
        default=None,
        description="Regular expression that the label must match; its group `key`, or the whole match, is the label.",
    )
    scheme: str = Field(
        default="label",
        description="What the labels are: `label` (names and aliases), `key` (our codes), or a key of the code list "
        "such as azr, iso, nuts. Numeric keys need a declared scheme.",
    )
    name_column: Letter | None = Field(
        default=None, description="Column whose name must belong to the key (check only)."
    )
    name_heading: str | None = Field(default=None, description="As `name_column`, by heading.")
    fill_down: bool = Field(default=False, description="A blank label repeats the label above.")
    codes: dict[str, str] = Field(default={}, description="This office's label → our code, beyond labels and aliases.")
    not_data: dict[str, str] = Field(
        default={},
        description="Label of rows or columns that are no data for us → reason (German, shown in the report).",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Place:
        given = [self.column, self.heading, self.header_row, self.section, self.constant]
        count = sum(place is not None for place in given) + self.sheet + self.file + self.title
        if count != 1:
            raise ValueError("give exactly one of column, heading, header_row, section, sheet, file, title, constant")
        if (self.section or self.title or self.file) and self.pattern is None:
            raise ValueError("`section`, `title` and `file` need a `pattern`")
        return self

    @property
    def is_row_label(self) -> bool:
        """Whether the dimension stands in a label column."""
        return self.column is not None or self.heading is not None


class Column(Declaration):
    """What one column (or several alike) holds, named by its headings."""

    headings: list[str] = Field(
        min_length=1,
        description='Heading in each header row from the first; `*` stands for any, `""` for an empty one.',
    )
    codes: dict[str, str] = Field(
        default={}, description="Dimension or `measure` → our code, for all cells of the column."
    )
    unit: str | None = Field(
        default=None, description="Unit of the column where it is not the canonical one (list `units`)."
    )
    not_data: str | None = Field(
        default=None, description="Why the column is no data for us (German, shown in the report)."
    )

    @model_validator(mode="after")
    def _data_or_reason(self) -> Column:
        if bool(self.codes) == bool(self.not_data):
            raise ValueError("give either `codes` or `not_data`")
        return self


class RowsNotData(Declaration):
    """Rows that are no data for us."""

    column: Letter = Field(description="Column in which the pattern is looked for.")
    pattern: Pattern = Field(description="Regular expression; the whole cell must match.")
    reason: str = Field(min_length=1, description="Why (German, shown in the report).")


class StatusColumn(Declaration):
    """A text column that says the status of the figures in its row."""

    heading: str = Field(description="Heading of the column (last header row).")
    words: dict[str, str] = Field(description="Word → meaning of `signs.csv`; a blank status says nothing.")


class Profile(Declaration):
    """How one supplier lays out one data set."""

    supplier: str = Field(description="Code of the list `suppliers`.")
    dataset: str = Field(description="Name of the data set.")
    title: str = Field(min_length=1, description="What the office calls the table.")
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
    status: StatusColumn | None = Field(default=None, description="Column with the status of each row's figures.")
    units: dict[str, str] = Field(default={}, description="Measure → unit as delivered, where not the canonical one.")
    rounding_base: int | None = Field(
        default=None, ge=1, description="Rounding base where it differs from the data set's."
    )
    rounding_by_area: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default={}, description="Land → rounding base of its figures, where it differs inside one table."
    )
    territory: str = Field(
        default="", description="Territorial status (Gebietsstand) as a date; empty: end of the period."
    )
    delivers: dict[str, list[str]] = Field(
        default={},
        description="What must be complete: dimension → codes; for `area` also `land`, `kreise`, `country`, `laender`.",
    )
    may_deliver: dict[str, list[str]] = Field(
        default={}, description="What may be delivered besides, for dimensions of `delivers`; written as there."
    )
    complete_hierarchies: list[str] = Field(
        default=[], description="Dimensions of which every part is delivered, so that parts must add up to their total."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Profile:
        by_column = {name for column in self.columns for name in column.codes}
        both = by_column & set(self.dimensions)
        if both:
            raise ValueError(f"{sorted(both)} stand in `dimensions` and in `columns`")
        for column in self.columns:
            if column.codes and set(column.codes) != by_column:
                raise ValueError(f"column {column.headings} must give a code for each of {sorted(by_column)}")
            if len(column.headings) > self.table.header.rows:
                raise ValueError(f"column {column.headings} names more header rows than the table has")
        rows = [place.header_row for place in self.dimensions.values() if place.header_row is not None]
        if beyond := [row for row in (*rows, *self.table.header.fill_right) if not 1 <= row <= self.table.header.rows]:
            raise ValueError(f"the table has no header row {beyond[0]}")
        return self
