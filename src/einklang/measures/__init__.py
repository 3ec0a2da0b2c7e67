"""Measures: figures about a table. Each computes, none judges; see `einklang.plausibility`."""

from __future__ import annotations

from collections.abc import Mapping

from einklang.measures.blocks import block_factors, order_against_keys, repeated_periods
from einklang.measures.changes import period_changes
from einklang.measures.completeness import absent_measures, missing_combinations, series_gaps, unexpected_combinations
from einklang.measures.figures import Measure
from einklang.measures.logic import balances, rate_bounds, rate_identities, rounding_remainders, share_sums
from einklang.measures.mirror import mirror_differences
from einklang.measures.revisions import closed_revisions, status_changes
from einklang.measures.shapes import block_magnitudes, uniform_blocks, values_of_others
from einklang.measures.sums import area_sums, dimension_sums, nested_groups, subset_differences

MEASURES: Mapping[str, Measure] = {
    "absent_measures": absent_measures,
    "area_sums": area_sums,
    "balances": balances,
    "block_factors": block_factors,
    "block_magnitudes": block_magnitudes,
    "closed_revisions": closed_revisions,
    "dimension_sums": dimension_sums,
    "missing_combinations": missing_combinations,
    "mirror_differences": mirror_differences,
    "nested_groups": nested_groups,
    "order_against_keys": order_against_keys,
    "period_changes": period_changes,
    "rate_bounds": rate_bounds,
    "rate_identities": rate_identities,
    "repeated_periods": repeated_periods,
    "rounding_remainders": rounding_remainders,
    "series_gaps": series_gaps,
    "share_sums": share_sums,
    "status_changes": status_changes,
    "subset_differences": subset_differences,
    "unexpected_combinations": unexpected_combinations,
    "uniform_blocks": uniform_blocks,
    "values_of_others": values_of_others,
}
