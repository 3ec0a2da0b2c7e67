"""Expectations: which figures about a table are judged, and their limits.

`expectations/<dataset>.yaml` becomes a Great Expectations suite; what Great Expectations judges is
the small table that a measure computed (see `einklang.measures`).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from einklang.declarations.base import Declaration

MeasureName = Literal[
    "area_sums",
    "balances",
    "block_factors",
    "dimension_sums",
    "missing_combinations",
    "nested_groups",
    "period_changes",
    "rate_bounds",
    "rate_identities",
    "repeated_periods",
    "rounding_remainders",
    "share_sums",
    "subset_differences",
]


REQUIRED: dict[str, set[str]] = {
    "area_sums": {"level"},
    "balances": {"result"},
    "block_factors": {"tolerance", "min_pairs"},
    "dimension_sums": {"dimension"},
    "missing_combinations": set(),
    "nested_groups": {"dimension", "bounds"},
    "period_changes": {"floor", "min_change", "min_value"},
    "rate_bounds": {"measure"},
    "rate_identities": {"rate", "numerator", "denominator"},
    "repeated_periods": {"min_value", "min_pairs"},
    "rounding_remainders": set(),
    "share_sums": {"measure", "dimension", "parts"},
    "subset_differences": {"subset", "whole"},
}
OPTIONAL: dict[str, set[str]] = {
    "area_sums": {"residual", "optional", "rest_share", "rest_count", "probability"},
    "balances": {"plus", "minus", "carried"},
    "block_factors": {"measures"},
    "dimension_sums": {"total", "parts", "rest_share", "rest_count", "probability"},
    "period_changes": {"measures"},
    "rate_bounds": {"level", "dimension", "total", "parts"},
    "repeated_periods": {"measures"},
    "subset_differences": {"dimension"},
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
