"""How a table lies in its sheet: header, end, columns of figures, rows that are no data, marks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from einklang.declarations.base import Declaration
from einklang.declarations.place import MAX_HEADER_ROWS, Letter, Letters, Pattern
from einklang.letters import column_index

_ALL = "A:ZZZ"
ShownBy = Literal["font_colour", "fill_colour", "comment"]


class Header(Declaration):
    """The rows that head the columns."""

    find: str | list[str] = Field(
        description="Whole text of a cell in the first header row, or of several cells; the first row that has all of "
        "them is taken."
    )
    at: int = Field(
        default=1, ge=1, le=MAX_HEADER_ROWS, description="Header row in which the texts of `find` stand (1 = first)."
    )
    rows: int = Field(default=1, ge=1, le=MAX_HEADER_ROWS, description="Number of header rows.")
    fill_right: list[int] = Field(
        default=[],
        description="Header rows (1 = first) in which a blank cell repeats the cell to its left (merged heads), as far "
        "as the head above it reaches.",
    )
    unread: dict[int, str] = Field(
        default={},
        description="Header row that nothing reads → why, e.g. numbers of columns (German).",
    )

    @property
    def texts(self) -> list[str]:
        """The texts by which the header is found."""
        return self.find if isinstance(self.find, list) else [self.find]


class Table(Declaration):
    """Where the table lies in the sheet."""

    title: Pattern | None = Field(
        default=None,
        description="Regular expression that a cell above the table must hold; tells the tables of one office, or of "
        "one sheet, apart.",
    )
    header: Header = Field(description="The header rows.")
    begin: list[str] = Field(
        default=[],
        description="Beginnings of the first cell of the row with which the figures of this table begin; what stands "
        "between its header and that row belongs to another part.",
    )
    end: list[str] = Field(
        default=[],
        description='Beginnings of the first cell of the row that ends the table; the rest are notes. `""` stands for '
        "a row that is wholly blank.",
    )
    repeat: bool = Field(
        default=False, description="The header stands several times in the sheet; each is a block with its own title."
    )
    others: str | None = Field(
        default=None,
        description="Why other tables in the sheet are no data for us (German, shown in the report).",
    )
    columns: Letters | None = Field(
        default=None,
        description="First and last column of the table, e.g. `A:M`, where another one stands beside it; what stands "
        "in other columns is not looked at.",
    )
    optional: bool = Field(default=False, description="In a profile with `parts`: the delivery may lack this table.")
    values_from: Letter | None = Field(
        default=None, description="Letter of the first column of figures; default: behind the last label column."
    )

    @property
    def span(self) -> tuple[int, int]:
        """First and last column, counted from 0."""
        first, _, last = (self.columns or _ALL).partition(":")
        return column_index(first), column_index(last)

    def has(self, letter: str) -> bool:
        """Whether the column of a letter belongs to the table."""
        return self.span[0] <= column_index(letter) <= self.span[1]

    @model_validator(mode="after")
    def _from_the_left(self) -> Table:
        if self.span[0] > self.span[1]:
            raise ValueError(f"`columns: {self.columns}` begins behind its end")
        return self


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
    status: str | None = Field(
        default=None, description="Status of all figures of the column: a meaning of `signs.csv`, e.g. provisional."
    )
    repeats: bool = Field(
        default=False,
        description="The column stands more than once; the first is taken, the others must hold the same.",
    )
    not_data: str | None = Field(
        default=None, description="Why the column is no data for us (German, shown in the report)."
    )

    @model_validator(mode="after")
    def _data_or_reason(self) -> Column:
        if self.not_data is not None and (self.codes or self.unit or self.status or self.repeats):
            raise ValueError("a column that is no data has no `codes`, `unit`, `status` or `repeats`")
        return self


class RowsNotData(Declaration):
    """Rows that are no data for us."""

    column: Letter | None = Field(default=None, description="Column in which the pattern is looked for.")
    heading: str | None = Field(default=None, description="The same, by heading.")
    pattern: Pattern = Field(description="Regular expression; the whole cell must match.")
    where: dict[str, Pattern] = Field(
        default={}, description="Heading → regular expression that the cell of this column must match too."
    )
    without_figures: bool = Field(
        default=False,
        description="Only rows whose columns of figures are blank, e.g. headings; one with figures is read like any "
        "other.",
    )
    reason: str = Field(min_length=1, description="Why (German, shown in the report).")
    sum_of: Literal["above", "below"] | None = Field(
        default=None,
        description="The row is the sum of the rows above it (since the last such row, section or row "
        "`without_figures`) or below it (up to the next one), and is checked.",
    )
    tolerance: float = Field(default=0, ge=0, description="Difference of the sum that rounding may cause.")

    @model_validator(mode="after")
    def _one_column(self) -> RowsNotData:
        if (self.column is None) == (self.heading is None):
            raise ValueError("give either `column` or `heading`")
        return self


class CellsNotData(Declaration):
    """Cells of some columns in some rows that are no data for us."""

    headings: list[str] = Field(min_length=1, description="The columns, as in `columns`.")
    column: Letter = Field(description="Column in which the pattern is looked for.")
    pattern: Pattern = Field(description="Regular expression; the whole cell must match.")
    reason: str = Field(min_length=1, description="Why (German, shown in the report).")


class Status(Declaration):
    """What says the status of figures: a column, the cell itself, a header row, a name or title, or the agreement."""

    column: Letter | None = Field(default=None, description="Column by its letter; may be a column of labels.")
    heading: str | None = Field(default=None, description="Heading of the column; with `beside`, of every such column.")
    beside: bool = Field(
        default=False,
        description="The status stands in a column to the right of each column of figures: in the next one, or in the "
        "next one with this heading.",
    )
    optional: bool = Field(default=False, description="The table may lack the column, and then says nothing of status.")
    shown_by: ShownBy | None = Field(
        default=None,
        description="What of the cell of the figure itself shows the status, in XLSX: `font_colour` or `fill_colour` "
        "as six hexadecimal digits (FF0000 is red; black on white says nothing), or the text of its `comment`.",
    )
    header_row: int | None = Field(
        default=None, ge=1, le=MAX_HEADER_ROWS, description="Column heads in this header row, marks of footnotes too."
    )
    title: bool = Field(default=False, description="A cell above the table; the first that matches `pattern`.")
    sheet: bool = Field(default=False, description="The name of the sheet.")
    file: bool = Field(default=False, description="The name of the file.")
    constant: str | None = Field(
        default=None, description="The same for all figures: a meaning of `signs.csv`, without `words`."
    )
    pattern: Pattern | None = Field(
        default=None,
        description="Regular expression searched in the text as it stands; its group `key`, or the whole match, is the "
        "word. A text in which it is not found says nothing. Needed with `title`, `sheet`, `file` and comments.",
    )
    words: dict[str, str] = Field(default={}, description="Word → meaning of `signs.csv`; a blank status says nothing.")

    @model_validator(mode="after")
    def _somewhere(self) -> Status:
        given = [self.column, self.shown_by, self.header_row, self.constant]
        is_headed = self.heading is not None or self.beside
        count = sum(place is not None for place in given) + is_headed + self.title + self.sheet + self.file
        if count != 1:
            raise ValueError(
                "give exactly one of column, heading (or beside), shown_by, header_row, title, sheet, file, constant"
            )
        searched = self.title or self.sheet or self.file or self.shown_by == "comment"
        if searched and self.pattern is None:
            raise ValueError("`title`, `sheet`, `file` and `shown_by: comment` need a `pattern`")
        if self.pattern is not None and self.shown_by not in {None, "comment"}:
            raise ValueError("`pattern` does not go with colours")
        if self.constant is not None and (self.words or self.pattern):
            raise ValueError("`constant` is the meaning itself, without `words` and `pattern`")
        if self.optional and not is_headed:
            raise ValueError("`optional` goes with `heading` only")
        return self

    @property
    def is_in_columns(self) -> bool:
        """Whether columns of the table say it."""
        return self.column is not None or self.heading is not None or self.beside


class Footnotes(Declaration):
    """Marks of footnotes glued to labels, headings or figures, such as `2024 2`, `Fachhochschulreife1)`, `2021***`."""

    mark: Pattern = Field(
        description="Regular expression of a mark at the end of a label, e.g. `\\s?\\d\\)`. A cell outside the table, "
        "or a line of it, must begin with the mark. Raised and plain digits are one mark: `¹)` and `1)`."
    )
    on_figures: bool = Field(
        default=False,
        description="Figures bear marks too, such as `1.234 1)`. Of them only marks that end in a sign or a "
        "raised digit are taken off.",
    )
