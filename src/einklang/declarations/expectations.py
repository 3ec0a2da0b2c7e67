"""Expectations: which figures about a table are judged, and their limits.

`expectations/<dataset>.yaml` becomes a Great Expectations suite; what Great Expectations judges is
the small table that a measure computed (see `einklang.measures`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from einklang.declarations.base import Declaration
from einklang.declarations.disclosure import Disclosure

MeasureName = Literal[
    "absent_measures",
    "area_sums",
    "balances",
    "block_factors",
    "block_magnitudes",
    "closed_revisions",
    "dimension_sums",
    "missing_combinations",
    "mirror_differences",
    "nested_groups",
    "order_against_keys",
    "period_changes",
    "rate_bounds",
    "rate_identities",
    "repeated_periods",
    "rounding_remainders",
    "series_gaps",
    "share_sums",
    "status_changes",
    "subset_differences",
    "unexpected_combinations",
    "uniform_blocks",
    "values_of_others",
]


REQUIRED: dict[str, set[str]] = {
    "absent_measures": set(),
    "area_sums": {"level"},
    "balances": {"result"},
    "block_factors": {"tolerance", "min_pairs"},
    "block_magnitudes": {"measures", "low", "high"},
    "closed_revisions": set(),
    "dimension_sums": {"dimension"},
    "missing_combinations": set(),
    "mirror_differences": {"dataset", "measure", "here"},
    "nested_groups": {"dimension", "bounds"},
    "order_against_keys": {"correlation", "closeness", "min_pairs", "min_value"},
    "period_changes": {
        *("hb_c", "hb_u", "hb_a", "z", "z_spread", "series", "series_spread", "min_series"),
        *("min_pairs", "few_spread", "slip", "min_change", "min_value"),
    },
    "rate_bounds": {"measure"},
    "rate_identities": {"rate", "numerator", "denominator"},
    "repeated_periods": {"min_value", "min_pairs", "min_part"},
    "rounding_remainders": set(),
    "series_gaps": {"along"},
    "share_sums": {"measure", "dimension", "parts"},
    "status_changes": {"kind"},
    "subset_differences": {"subset", "whole"},
    "unexpected_combinations": set(),
    "uniform_blocks": {"min_figures", "min_zeros"},
    "values_of_others": {"min_value", "min_pairs"},
}
OPTIONAL: dict[str, set[str]] = {
    "area_sums": {"residual", "optional", "rest_share", "rest_count", "probability"},
    "balances": {"plus", "minus", "carried"},
    "block_factors": {"measures"},
    "dimension_sums": {"total", "parts", "rest_share", "rest_count", "probability"},
    "mirror_differences": {"axes", "offset", "same_rounding", "low", "high", "learn"},
    "order_against_keys": {"measures"},
    "period_changes": {"measures"},
    "rate_bounds": {"level", "dimension", "total", "parts"},
    "repeated_periods": {"measures"},
    "subset_differences": {"dimension"},
    "uniform_blocks": {"by", "measures"},
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
        default=[],
        description="Rules whose failure already says it: figures all cells of which they name are left out, and all "
        "figures where they name no cells.",
    )
    pattern: str | None = Field(
        default=None,
        description="Rule that is reported instead where many figures lie outside: one finding with the foremost 20.",
    )
    pattern_share: float = Field(
        default=0.05, gt=0, le=1, description="Share of the figures above which, from 21 on, the pattern is reported."
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


@dataclass(frozen=True)
class SameFigure:
    """A figure of a data set that is a figure of another data set too.

    `measure` is the one here, `other` the one of `dataset`; the other period is `years` later. `axes`: dimension here →
    dimension there, with the same codes; further dimensions stand at their total.
    """

    measure: str
    dataset: str
    other: str
    years: int
    axes: Mapping[str, str]


class Expectations(Declaration):
    """All expectations of one data set."""

    dataset: str = Field(description="Name of the data set.")
    delivery: list[Expectation] = Field(description="Judged for every delivery.")
    release: list[Expectation] = Field(default=[], description="Judged for the national table before a release.")
    disclosure: Disclosure = Field(default=Disclosure(), description="What the disclosure gate asks of a release.")

    @property
    def judged_hierarchies(self) -> frozenset[str]:
        """Dimensions over which a rule adds up the parts of a delivery."""
        found = {str(one.parameters["dimension"]) for one in self.delivery if one.measure == "dimension_sums"}
        return frozenset(found | {"area" for one in self.delivery if one.measure == "area_sums"})

    @property
    def same_figures(self) -> list[SameFigure]:
        """The figures that stand in another data set as well: what `mirror_differences` compares without a range."""
        found = []
        for one in (*self.delivery, *self.release):
            given = one.parameters
            if one.measure != "mirror_differences" or given["dataset"] == self.dataset or {"low", "learn"} & set(given):
                continue
            listed = given.get("axes", [])
            axes = dict(axis.split("=") for axis in (listed if isinstance(listed, list) else [str(listed)]))
            found.append(
                SameFigure(
                    measure=str(given["here"]),
                    dataset=str(given["dataset"]),
                    other=str(given["measure"]),
                    years=int(str(given.get("offset", 0))),
                    axes=axes,
                )
            )
        return found
