"""What lets a reader see for himself that a finding is right: calculations, series, excerpts, repairs.

Belongs here: the parts of a finding that hold figures in a form that every report can render. Does not
belong here: how they are shown (`report`) and how they are computed (the measures).

Filled with figures of the sender only: those of the delivery and of its own accepted earlier ones. A figure
that is secret, missing or not readable is None; its number is never put in.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from einklang.declarations.base import Text
from einklang.records import Record

TERMS_LISTED = 100
PERIODS_LISTED = 12
SERIES_LISTED = 5
REPAIRS_LISTED = 100
TEXT_SHOWN = 200


def shortened(text: str) -> str:
    """The text as far as a report shows it."""
    return text if len(text) <= TEXT_SHOWN else f"{text[:TEXT_SHOWN]}…"


Shortened = Annotated[str, AfterValidator(shortened)]


class Term(Record):
    """One figure of a calculation."""

    label: Text = Field(description="What tells it from the other terms, e.g. the Kreis or the sex.")
    value: float | None = Field(description="The figure; null where it is secret, missing or not readable.")
    cell: str = Field(default="", description="Cell in which it stands, e.g. `C17`; empty where it stands in none.")
    sign: Literal[1, -1] = Field(default=1, description="-1 where the figure is subtracted.")
    is_suspect: bool = Field(default=False, description="Whether the sender's earlier figures make it stand out.")


class Calculation(Record):
    """A figure beside what other figures make of it.

    `sum`: the terms are added (those of sign -1 subtracted). `share`: 100 × first term / second term, in percent.
    `equal`: the given figure may differ from the computed one by `allowed` to either side. `at_least`: it
    must be at least the computed one, less `allowed`; so for parts some of which are not known, a subgroup
    and its group, a numerator and its denominator. `difference` is given − computed.
    """

    operation: Literal["sum", "share"] = Field(default="sum", description="How the terms make the computed figure.")
    relation: Literal["equal", "at_least"] = Field(default="equal", description="What must hold for the given figure.")
    terms: list[Term] = Field(
        min_length=1,
        max_length=TERMS_LISTED,
        description=f"The terms in the file's order, at most {TERMS_LISTED}.",
    )
    count: int = Field(ge=1, description="Exact number of terms.")
    computed: float = Field(description="What the terms make.")
    given: Term = Field(description="The figure they are compared with.")
    difference: float = Field(description="Given − computed.")
    allowed: float = Field(ge=0, description="Largest difference that rounding and the agreed rest can cause.")
    decimals: int | None = Field(default=None, ge=0, description="Digits shown after the decimal sign; null: all.")


class Point(Record):
    """One figure of a series."""

    period: str = Field(description="Code of the period, e.g. 2024 or 2024-12-31.")
    value: float | None = Field(description="The figure; null where it is secret, missing or not readable.")
    is_judged: bool = Field(default=False, description="Whether the finding is about this figure.")


class Series(Record):
    """The last years of one figure, earliest first; periods without a figure are in it, with null."""

    label: Text = Field(description="What the series is about, without the period.")
    points: list[Point] = Field(
        min_length=1, max_length=PERIODS_LISTED, description=f"The last periods, at most {PERIODS_LISTED}."
    )
    breaks: list[str] = Field(default=[], description="Periods from which on the figures are not comparable.")


class ExcerptCell(Record):
    """One cell of an excerpt."""

    text: Shortened = Field(description="The sender's text; empty where it is not shown.")
    is_marked: bool = Field(default=False, description="Whether the finding is about this cell.")
    is_hidden: bool = Field(default=False, description="Whether the text is not shown because it is or may be secret.")


class ExcerptRow(Record):
    """One row of an excerpt."""

    row: int = Field(ge=1, description="Row as the sender sees it.")
    is_heading: bool = Field(description="Whether it belongs to the headings of the table.")
    cells: list[ExcerptCell] = Field(description="One per column of the excerpt.")


class Excerpt(Record):
    """The region of the table around a cell, with the headings and the label columns."""

    file: str = Field(description="Name of the file as delivered.")
    sheet: str = Field(description="Name of the sheet; empty for text files.")
    columns: list[str] = Field(min_length=1, description="Letters of the columns shown, in order.")
    rows: list[ExcerptRow] = Field(min_length=1, description="Rows shown, in order.")


class Repair(Record):
    """Something that was understood although it was not as agreed."""

    before: Shortened = Field(description="The sender's text.")
    after: Shortened = Field(description="What it was taken for.")
    count: int = Field(ge=1, description="How many figures it concerns; 1 for a file.")
