"""Data sets: what the monitoring collects. One YAML per data set."""

from __future__ import annotations

from datetime import date
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

    base: int = Field(ge=1, description="Every rounded value is a multiple of this.")
    of_averages: bool = Field(
        default=False, description="Whether averages are rounded (off by up to half the base) and not whole counts."
    )
    of_some: bool = Field(
        default=False,
        description="Whether only some figures are rounded (some years, or some of the parts), so that a figure that "
        "is no multiple of the base is not asked about (IM-VAL-004).",
    )
    since: str = Field(default="", description="First period of the rounding; empty: always.")
    source: str = Field(min_length=1, description="Where the source says so.")


class PublicationLimit(Declaration):
    """Below which value the source withholds a figure, or marks it as uncertain."""

    withheld_below: float = Field(description="Smaller figures are replaced by the sign for `not reliable`.")
    uncertain_below: float | None = Field(
        default=None, description="Smaller figures that are shown bear the sign for `limited reliability`."
    )
    levels: list[str] = Field(default=[], description="Kinds of areas for which it holds, e.g. land; empty: all.")
    since: str = Field(default="", description="First period; empty: always.")
    until: str = Field(default="", description="Last period; empty: until today.")
    source: str = Field(min_length=1, description="Where the source says so.")

    def holds(self, period: str, level: str) -> bool:
        """Whether it holds for a figure of this period and kind of area."""
        in_time = (not self.since or period >= self.since) and (not self.until or period <= self.until)
        return in_time and (not self.levels or level in self.levels)


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
    is_optional: bool = Field(
        default=False,
        description="Whether an office may leave it out without saying why; of any other measure a delivery without a "
        "single figure is asked about (IM-CMP-004).",
    )
    additivity: Literal["exact", "rounded", "perturbed", "sample", "none"] = Field(
        description="Whether parts add up to their total: exactly, but for rounding of every cell, not exactly by "
        "design (cell-key method), as extrapolated and then rounded figures of a sample, never (rates)."
    )
    rounding: Rounding | None = Field(default=None, description="Rounding of every cell by the source.")
    perturbation: float | None = Field(
        default=None,
        gt=0,
        description="For `perturbed`: standard deviation of the random change of a cell, where it is published.",
    )
    limits: list[PublicationLimit] = Field(
        default=[], description="Below which values the source gives a sign in place of the number, or beside it."
    )

    def rounding_base(self, period: str, base: int | None = None) -> int:
        """Rounding base in a period, `base` in place of the declared one; 1 where nothing is rounded."""
        if self.rounding is None or period < self.rounding.since:
            return 1
        return base or self.rounding.base

    def largest_deviation(self, period: str, base: int | None = None) -> float:
        """By how much rounding can move one cell, in units of the measure; infinite if perturbed."""
        if self.additivity == "perturbed":
            return float("inf")
        if self.additivity == "none":
            return 0.5 * 10.0**-self.decimals
        if self.additivity == "exact" or self.rounding is None or period < self.rounding.since:
            return 0.0
        used = self.rounding_base(period, base)
        return used / 2 if self._is_continuous else float(used // 2)

    def variance(self, period: str, base: int | None = None) -> float:
        """Variance of the deviation of one cell: uniform for rounding, as published for perturbation, else NaN."""
        if self.additivity == "perturbed":
            return self.perturbation**2 if self.perturbation else float("nan")
        used = self.rounding_base(period, base)
        return used**2 / 12 if self._is_continuous else (used**2 - 1) / 12

    @property
    def _is_continuous(self) -> bool:
        """Whether what is rounded is no whole number."""
        return self.additivity == "sample" or (self.rounding is not None and self.rounding.of_averages)


class Dataset(Declaration):
    """A table that the monitoring collects."""

    name: str = Field(pattern=r"^[a-z][a-z_]*$", description="Name, also of the Parquet file.")
    title: Text = Field(description="Title in reports and in the release.")
    description: Text = Field(description="What is counted, in two or three sentences.")
    source: Text = Field(description="The statistic the figures come from.")
    period_type: Literal["year", "reference_date", "school_year", "semester", "quarter", "month", "week"] = Field(
        description="What a period is; `year` is the calendar or reporting year."
    )
    reference_day: str = Field(
        default="",
        pattern=r"^(\d{2}-\d{2})?$",
        description="Month and day of the reference date, e.g. 12-31; empty: any day, but no year alone.",
    )
    dimensions: list[Dimension] = Field(min_length=1, description="The axes; `area` is always one of them.")
    measures: list[Measure] = Field(min_length=1, description="The figures.")
    deadlines: dict[str, date] = Field(
        default={}, description="Period → last day on which its delivery is in time; none: not agreed."
    )
    open_periods: int = Field(
        default=1,
        ge=0,
        description="How many of the latest periods may change without a reason; changes in earlier ones ask for it.",
    )
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
        if self.reference_day and self.period_type != "reference_date":
            raise ValueError("`reference_day` goes with the period type `reference_date` only")
        return self

    def dimension(self, name: str) -> Dimension:
        """The dimension of that name (KeyError if there is none)."""
        return {dimension.name: dimension for dimension in self.dimensions}[name]

    def measure(self, name: str) -> Measure:
        """The measure of that name (KeyError if there is none)."""
        return {measure.name: measure for measure in self.measures}[name]
