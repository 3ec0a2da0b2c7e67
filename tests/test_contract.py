"""Rows: ranges, statuses, keys; the schema's verdict equals counting by hand."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from builders import assert_complete, everything, flatten, outcome, rules_found
from conftest import Checker
from pandera.errors import SchemaErrors

from einklang.combinations import combine, distinct
from einklang.contract import row_schema
from einklang.project import Project
from einklang.result import Outcome, Verdict


def judge_rows(project: Project, dataset: str, rows: list[tuple[str, float, str, str]]) -> list[bool]:
    """Whether each row keeps the schema."""
    frame = pd.DataFrame(rows, columns=["measure", "value", "obs_status", "conf_status"])
    frame = frame.astype({"measure": str, "obs_status": str, "conf_status": str, "value": float})
    try:
        row_schema(project.dataset(dataset), project).validate(frame, lazy=True)
    except SchemaErrors as errors:
        broken = set(errors.failure_cases["index"])
    else:
        broken = set()
    return [number not in broken for number in range(len(rows))]


def keeps_contract(project: Project, dataset: str, row: tuple[str, float, str, str]) -> bool:
    """The same, said without Pandera."""
    name, value, obs, conf = row
    measure = project.dataset(dataset).measure(name)
    is_blank = math.isnan(value)
    if not is_blank:
        if measure.minimum is not None and value < measure.minimum:
            return False
        if measure.maximum is not None and value > measure.maximum:
            return False
        if math.isinf(value) or (measure.is_integer and value != int(value)):
            return False
    needs = [
        project.codelists[listed].codes[code].extra["allowed_value"]
        for listed, code in (("obs_status", obs), ("conf_status", conf))
    ]
    return not (
        ("none" in needs and not is_blank)
        or ("zero" in needs and not is_blank and value != 0)
        or ("number" in needs and is_blank)
    )


@pytest.mark.parametrize("measure", ["unemployed", "unemployment_rate"])
def test_schema_equals_counting_by_hand(measure: str, project: Project) -> None:
    values = [math.nan, -1.0, 0.0, 0.5, 7.0, 100.0, 100.5, math.inf]
    rows = [(measure, *row) for row in product(values, ("A", "N", "Q", "M", "O", "L", "U", "P"), ("F", "C"))]
    assert judge_rows(project, "arbeitslose", rows) == [keeps_contract(project, "arbeitslose", row) for row in rows]


@pytest.mark.parametrize(
    "row", [("births", 1.0, "A", "F"), ("unemployed", 1.0, "?", "F"), ("unemployed", 1.0, "A", "?")]
)
def test_unknown_code_breaks_the_schema(row: tuple[str, float, str, str], project: Project) -> None:
    assert judge_rows(project, "arbeitslose", [row]) == [False]


@pytest.mark.parametrize("size", [12, 100_000_000])
def test_distinct_combinations(size: int) -> None:
    first = np.asarray([0, 1, 0, 2, 1], dtype=np.int32)
    second = np.asarray([3, 3, 3, 0, 3], dtype=np.int32)
    key = combine([(first, 3), (second, 4)])
    found = distinct(key, size)
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    assert [pairs[row] for row in found.representatives] == sorted(set(pairs))
    assert [pairs[found.representatives[number]] for number in found.of_row] == pairs


@pytest.mark.parametrize(
    ("text", "rule"),
    [("0", ""), ("-1", "IM-VAL-003"), ("1,5", "IM-VAL-003"), ("1,0", ""), ("9" * 400, "IM-VAL-003")],
)
def test_range_of_counts(text: str, rule: str, checker: Checker) -> None:
    assert rules_found(checker.rows(f"31.12.2024;04;{text}").result) == ([rule] if rule else [])


def test_range_is_reported_with_each_cell(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;04;-1", "31.12.2024;05;7", "31.12.2024;06;-1", "31.12.2024;07;-2")
    assert flatten(checked.result) == [("IM-VAL-003", "C2"), ("IM-VAL-003", "C4"), ("IM-VAL-003", "C5")]
    assert checked.result.findings[0].count == 3
    assert "−1 in C2" in checked.result.findings[0].message.de
    assert checked.observations.column("value").to_pylist() == [7]


def test_equal_duplicates_keep_the_first(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;04;7", "31.12.2024;04;7", "31.12.2024;04;7,0")
    assert checked.result.verdict is Verdict.CLARIFICATION_NEEDED
    assert flatten(checked.result) == [("IM-KEY-002", "C2"), ("IM-KEY-002", "C3"), ("IM-KEY-002", "C4")]
    assert checked.observations.column("row").to_pylist() == [2]
    assert_complete(checked)


def test_unequal_duplicates_keep_none(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;04;7", "31.12.2024;05;1", "31.12.2024;04;8", "31.12.2024;04;7")
    assert rules_found(checked.result) == ["IM-KEY-001"]
    assert checked.observations.column("area").to_pylist() == ["05"]
    assert {row["rules"] for row in checked.quarantine.to_pylist()} == {"IM-KEY-001"}
    assert_complete(checked)


def test_number_and_sign_are_unequal_duplicates(checker: Checker) -> None:
    assert rules_found(checker.rows("31.12.2024;04;7", "31.12.2024;04;.").result) == ["IM-KEY-001"]
    assert rules_found(checker.rows("31.12.2024;04;0", "31.12.2024;04;-").result) == ["IM-KEY-001"]
    assert rules_found(checker.rows("31.12.2024;04;.", "31.12.2024;04;·").result) == ["IM-KEY-002"]


def test_broken_row_is_no_duplicate(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;04;7", "31.12.2024;04;-7")
    assert flatten(checked.result) == [("IM-VAL-003", "C3")]
    assert everything(checked)["C2"].get("rules") is None


def test_rules_of_the_contract_have_passed_only_if_judged(checker: Checker) -> None:
    assert outcome(checker.rows("31.12.2024;04;7").result, "IM-KEY-001") is Outcome.PASSED
    nothing_left = checker.rows("31.12.2024;99;7").result
    assert outcome(nothing_left, "IM-KEY-001") is not Outcome.FAILED
    stopped = checker("x\n").result
    assert outcome(stopped, "IM-KEY-001") is Outcome.NOT_EVALUABLE


@pytest.mark.parametrize(
    ("value", "said"),
    [("-1", "−1 in C2 ist kleiner als 0"), ("1,5", "1,5 in C2 ist keine ganze Zahl"), ("9" * 400, "ist zu groß")],
)
def test_the_message_names_the_limit_that_is_broken(checker: Checker, value: str, said: str) -> None:
    (finding,) = checker.rows(f"31.12.2024;08;{value}").result.findings
    assert said in finding.message.de
