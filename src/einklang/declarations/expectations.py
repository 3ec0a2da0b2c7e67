"""Expectations: which figures about a table are judged, and their limits.

`expectations/<dataset>.yaml` becomes a Great Expectations suite; what Great Expectations judges is
the small table that a measure computed (see `einklang.measures`).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from einklang.declarations.base import Declaration

MeasureName = Literal[
    "missing_combinations",
    "dimension_sums",
    "area_sums",
    "subset_differences",
    "period_changes",
    "block_factors",
    "repeated_periods",
]


REQUIRED: dict[str, set[str]] = {
    "missing_combinations": set(),
    "dimension_sums": {"dimension"},
    "area_sums": {"level"},
    "subset_differences": {"subset", "whole"},
    "period_changes": {"floor", "min_change", "min_value"},
    "block_factors": {"tolerance", "min_pairs"},
    "repeated_periods": {"min_value", "min_pairs"},
}
OPTIONAL: dict[str, set[str]] = {
    "dimension_sums": {"total", "parts", "rest_share", "rest_count"},
    "area_sums": {"residual", "rest_share", "rest_count"},
    "subset_differences": {"dimension"},
    "period_changes": {"measures"},
    "block_factors": {"measures"},
    "repeated_periods": {"measures"},
}


class Expectation(Declaration):
    """One figure of a measure and the limits within which it must lie."""

    rule: str = Field(description="Code of the rule that is broken where the figure lies outside.")
    measure: MeasureName = Field(description="The measure that computes the figures.")
    parameters: dict[str, str | float | int | list[str]] = Field(default={}, description="Parameters of the measure.")
    column: str = Field(description="The column of figures that is judged.")
    min_value: float | None = Field(default=None, description="Smallest accepted figure.")
    max_value: float | None = Field(default=None, description="Largest accepted figure.")
    follows: list[str] = Field(
        default=[], description="Rules whose failure already says it; then this one is not evaluated."
    )

    @model_validator(mode="after")
    def _has_limit(self) -> Expectation:
        if self.min_value is None and self.max_value is None:
            raise ValueError("give `min_value`, `max_value` or both")
        required, optional = REQUIRED[self.measure], OPTIONAL.get(self.measure, set())
        if missing := required - set(self.parameters):
            raise ValueError(f"the measure `{self.measure}` needs the parameters {sorted(missing)}")
        if unknown := set(self.parameters) - required - optional:
            raise ValueError(f"the measure `{self.measure}` has no parameters {sorted(unknown)}")
        return self


class Expectations(Declaration):
    """All expectations of one data set."""

    dataset: str = Field(description="Name of the data set.")
    delivery: list[Expectation] = Field(description="Judged for every delivery.")
    release: list[Expectation] = Field(default=[], description="Judged for the national table before a release.")
