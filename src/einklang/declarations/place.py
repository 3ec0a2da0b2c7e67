"""Where a dimension stands in a table, and what its labels are."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from einklang.declarations.base import Declaration

MAX_HEADER_ROWS = 9


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"`{pattern}` is no regular expression ({error})") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
Letters = Annotated[str, Field(pattern=r"^[A-Z]{1,3}:[A-Z]{1,3}$")]
Letter = Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")]


class Place(Declaration):
    """Where a dimension stands. Exactly one of the first nine keys is given."""

    column: Letter | list[Letter] | None = Field(
        default=None,
        description="Label column by its letter; of several letters, the last filled cell that fits `pattern`.",
    )
    heading: str | None = Field(
        default=None, description="Label column with this heading (the lowest header row that has it)."
    )
    header_row: int | None = Field(
        default=None, ge=1, le=MAX_HEADER_ROWS, description="Column heads in this header row."
    )
    section: Letter | None = Field(
        default=None, description="Row that has only a label in this column and holds for the rows below it."
    )
    sheet: bool = Field(default=False, description="The name of the sheet.")
    file: bool = Field(default=False, description="The name of the file.")
    title: bool = Field(default=False, description="A cell above the table; the first that matches `pattern`.")
    constant: str | None = Field(default=None, description="The same code for the whole delivery.")
    beside: Pattern | None = Field(
        default=None,
        description="Label columns whose whole heading matches this regular expression, each to the left of the column "
        "of figures that it labels; a column of figures without one is labelled by its own heading.",
    )

    pattern: Pattern | None = Field(
        default=None,
        description="Regular expression that the label, without blanks at its ends, must match; its group `key`, or "
        "the whole match, is the label.",
    )
    indent: int | None = Field(
        default=None, ge=0, description="Only rows whose cell begins with so many blanks give this dimension a label."
    )
    fill_down: bool = Field(
        default=False,
        description="A row that gives no label (blank cell, other `indent`, `pattern` not matched) repeats the one "
        "above; with `indent`, up to a row that is indented less.",
    )
    until: Pattern | None = Field(
        default=None, description="With `fill_down`: a row whose cell matches ends the repetition."
    )
    otherwise: str | None = Field(
        default=None, description="Our code for rows that give no label and have none to repeat, e.g. the total."
    )
    scheme: str = Field(
        default="label",
        description="What the labels are: `label` (names and aliases), `key` (our codes), or a key of the code list "
        "such as azr, iso, nuts. Numeric keys need a declared scheme.",
    )
    length: int | None = Field(
        default=None, ge=1, le=12, description="Digits of a key; lost leading zeros are put back up to this length."
    )
    prefix: str = Field(
        default="", description="What the office leaves out in front of every key, e.g. the key of the Land."
    )
    year_is: Literal["start", "end"] | None = Field(
        default=None,
        description="Only for `period`: a year stands for the school year that starts or ends in it, and a school "
        "year for the year in which it starts or ends.",
    )
    name_column: Letter | None = Field(
        default=None,
        description="Column whose name, or key and name, must belong to the key (check only).",
    )
    name_heading: str | None = Field(default=None, description="As `name_column`, by heading.")
    codes: dict[str, str] = Field(default={}, description="This office's label → our code, beyond labels and aliases.")
    not_data: dict[str, str] = Field(
        default={},
        description="Label of rows or columns that are no data for us → reason (German, shown in the report).",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Place:
        given = [self.column, self.heading, self.header_row, self.section, self.constant, self.beside]
        count = sum(place is not None for place in given) + self.sheet + self.file + self.title
        if count != 1:
            raise ValueError(
                "give exactly one of column, heading, header_row, section, sheet, file, title, constant, beside"
            )
        if (self.section or self.title or self.file) and self.pattern is None:
            raise ValueError("`section`, `title` and `file` need a `pattern`")
        rows_only = {"indent": self.indent, "until": self.until, "otherwise": self.otherwise}
        if not self.is_row_label and (wrong := [name for name, value in rows_only.items() if value is not None]):
            raise ValueError(f"`{wrong[0]}` goes with `column` or `heading` only")
        if self.beside is not None and self.not_data:
            raise ValueError("`not_data` does not go with `beside`")
        if self.until is not None and not self.fill_down:
            raise ValueError("`until` goes with `fill_down` only")
        return self

    @property
    def is_row_label(self) -> bool:
        """Whether the dimension stands in a label column."""
        return self.column is not None or self.heading is not None

    @property
    def letters(self) -> list[str]:
        """The letters of the label columns; none where it is named by its heading."""
        if self.column is None:
            return []
        return self.column if isinstance(self.column, list) else [self.column]

    @property
    def chooses_rows(self) -> bool:
        """Whether only some rows give a label and the others repeat it or have the code of `otherwise`."""
        return self.fill_down or self.otherwise is not None
