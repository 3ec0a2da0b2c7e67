"""Great Expectations, imported without what judging limits never touches, still does all the rest."""

from __future__ import annotations

import subprocess
import sys

_START = """
import sys
from einklang.gx import great_expectations

gx = great_expectations()
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
import pandas as pd

asset = context.data_sources.add_pandas("any").add_dataframe_asset("any")
batches = asset.add_batch_definition_whole_dataframe("whole")


def judge(frame, expectation):
    return batches.get_batch({"dataframe": frame}).validate(expectation)


def is_unused(name):
    return type(sys.modules.get(name)).__name__ in {"NoneType", "_LazyModule"}
"""


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", _START + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_judging_limits_loads_no_plots_statistics_or_databases() -> None:
    code = """
limits = gx.expectations.ExpectColumnValuesToBeBetween(column="a", min_value=0, max_value=1)
print(judge(pd.DataFrame({"a": [0.0, 1.0]}), limits).success, judge(pd.DataFrame({"a": [2.0]}), limits).success)
print(*(name for name in ("altair", "jsonschema", "scipy.stats", "sqlalchemy") if not is_unused(name)))
print(any(type(finder).__module__ == "einklang.lean_import" for finder in sys.meta_path))
"""
    assert _run(code).split() == ["True", "False", "False"]


def test_what_was_spared_is_there_when_used_and_data_docs_are_rendered() -> None:
    code = """
schema = {"type": "object", "required": ["b"]}
print(judge(pd.DataFrame({"a": ['{"b": 1}']}), gx.expectations.ExpectColumnValuesToMatchJsonSchema(
    column="a", json_schema=schema)).success)
print(judge(pd.DataFrame({"a": list("xxy")}), gx.expectations.ExpectColumnKLDivergenceToBeLessThan(
    column="a", partition_object={"values": ["x", "y"], "weights": [0.66, 0.34]}, threshold=0.1)).success)
import scipy.stats, sqlalchemy
print(round(scipy.stats.norm.cdf(0), 1), sqlalchemy.select is not None)

suite = gx.ExpectationSuite(name="any", expectations=[
    gx.expectations.ExpectColumnValuesToBeBetween(column="a", min_value=0),
    gx.expectations.ExpectColumnKLDivergenceToBeLessThan(
        column="b", partition_object={"values": ["x", "y"], "weights": [0.5, 0.5]}, threshold=0.1),
])
result = judge(pd.DataFrame({"a": [-1.0, 1.0], "b": ["x", "y"]}), suite)
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

page = DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(result))
print("greater than or equal to" in page)
"""
    assert _run(code).split() == ["True", "True", "0.5", "True", "True"]
