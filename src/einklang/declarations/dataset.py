"""Data sets: what the monitoring collects. One YAML per data set."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from einklang.declarations.base import Declaration, Text


class Dimension(Declaration):
    """One axis of the cube besides measure and period."""

    name: str = Field(pattern=r"^[a-z][a-z_]*$", description="Column name in the Parquet.")
    title: Text = Field(description="Name of the axis in reports.")
    codelists: list[str] = Field(min_length=1, description="Code lists whose union is allowed here.")
    total: str = Field(default="_T", description="Code of the total; for the area the country.")
    default: str | None = Field(default=None, description="Code that holds where a table says nothing of the axis.")


class Rounding(Declaration):
    """The base to which the source rounds every cell on its own."""

    base: int = Field(ge=1, description="Every published value is a multiple of this.")
    of_averages: bool = Field(
        default=False, description="Whether averages are rounded (off by up to half the base) and not whole counts."
    )
    since: str = Field(default="", description="First period of the rounding; empty: always.")
    source: str = Field(min_length=1, description="Where the source says so.")


class Measure(Declaration):
    """One figure that is collected."""

    name: str = Field(pattern=r"^[a-z][a-z_]*$", description="Code in the column `measure`.")
    title: Text = Field(description="Name of the figure in reports.")
    aliases: list[str] = Field(default=[], description="Headings under which offices deliver it.")
    unit: str = Field(description="Canonical unit, a code of the list `units`.")
    minimum: float | None = Field(default=None, description="Smallest possible value.")
    maximum: float | None = Field(default=None, description="Largest possible value.")
    is_integer: bool = Field(default=False, description="Whether only whole numbers are possible.")
    decimals: int = Field(default=0, ge=0, le=6, description="Digits after the decimal sign that are published.")
    additivity: Literal["exact", "rounded", "perturbed", "none"] = Field(
        description="Whether parts add up to their total: exactly, but for rounding, not exactly by design, never."
    )
    rounding: Rounding | None = Field(default=None, description="Rounding of every cell by the source.")

    def rounding_base(self, period: str) -> int:
        """Rounding base in a period; 1 where nothing is rounded."""
        if self.rounding is None or period < self.rounding.since:
            return 1
        return self.rounding.base

    def largest_deviation(self, period: str, base: int | None = None) -> float:
        """By how much rounding can move one cell, in units of the measure; 0 for exact counts."""
        if self.additivity == "exact" or self.rounding is None or period < self.rounding.since:
            return 0.0
        base = base or self.rounding.base
        return base / 2 if self.rounding.of_averages else float(base // 2)


class Dataset(Declaration):
    """A table that the monitoring collects."""

    name: str = Field(pattern=r"^[a-z][a-z_]*$", description="Name, also of the Parquet file.")
    title: Text = Field(description="Title in reports and in the release.")
    description: Text = Field(description="What is counted, in two or three sentences.")
    source: Text = Field(description="The statistic the figures come from.")
    period_type: Literal["year", "reference_date"] = Field(description="What a period is.")
    reference_day: str = Field(
        default="", pattern=r"^(\d{2}-\d{2})?$", description="Month and day of the reference date, e.g. 12-31."
    )
    dimensions: list[Dimension] = Field(min_length=1, description="The axes; `area` is always one of them.")
    measures: list[Measure] = Field(min_length=1, description="The figures.")
    answer_days: int = Field(default=14, ge=1, description="Days within which an office mends or confirms findings.")
    priority: list[Literal["land", "federal"]] = Field(
        default=["land", "federal"],
        description="Whose figure is released where both a Land office and a federal source deliver a cell.",
    )

    @model_validator(mode="after")
    def _check(self) -> Dataset:
        names = [dimension.name for dimension in self.dimensions]
        if "area" not in names:
            raise ValueError("the dimension `area` is missing")
        if len(set(names)) < len(names) or {"measure", "period"} & set(names):
            raise ValueError("dimension names must be unique and other than `measure` and `period`")
        if (self.period_type == "reference_date") != bool(self.reference_day):
            raise ValueError("`reference_day` goes with the period type `reference_date`, and only with it")
        return self

    def dimension(self, name: str) -> Dimension:
        """The dimension of that name (KeyError if there is none)."""
        return {dimension.name: dimension for dimension in self.dimensions}[name]

    def measure(self, name: str) -> Measure:
        """The measure of that name (KeyError if there is none)."""
        return {measure.name: measure for measure in self.measures}[name]
