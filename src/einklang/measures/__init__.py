"""Measures: figures about a table. Each computes, none judges; see `einklang.plausibility`."""

from __future__ import annotations

from collections.abc import Mapping

from einklang.measures.changes import block_factors, period_changes, repeated_periods
from einklang.measures.completeness import missing_combinations
from einklang.measures.figures import Measure
from einklang.measures.sums import area_sums, dimension_sums, subset_differences

MEASURES: Mapping[str, Measure] = {
    "area_sums": area_sums,
    "block_factors": block_factors,
    "dimension_sums": dimension_sums,
    "missing_combinations": missing_combinations,
    "period_changes": period_changes,
    "repeated_periods": repeated_periods,
    "subset_differences": subset_differences,
}
