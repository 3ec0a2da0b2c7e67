"""Values the source would not publish, marks that were lost, and decimals beyond those that are published."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from builders import everything, flatten, rules_found
from conftest import Checker

from einklang.contract import check_released, failures_of_figures
from einklang.declarations.dataset import PublicationLimit
from einklang.project import Project

MICROCENSUS: dict[str, Any] = {
    "supplier": "hb",
    "dataset": "mikrozensus",
    "dimensions": {"measure": {"constant": "persons"}},
    "units": {"persons": "THOUSAND_PERSONS"},
}


@pytest.fixture
def tried(test_project: Project, checker: Checker) -> Checker:
    return Checker(test_project, checker.folder)


@pytest.mark.parametrize(
    ("year", "text", "rule"),
    [
        ("2019", "4,999", "IM-STA-005"),
        ("2019", "(4)", "IM-STA-005"),
        ("2019", "5", "IM-STA-006"),
        ("2019", "9,9", "IM-STA-006"),
        ("2019", "(9,9)", ""),
        ("2019", "10", ""),
        ("2019", "-", ""),
        ("2019", "0", ""),
        ("2019", "/", ""),
        ("2020", "4", ""),
    ],
)
def test_publication_limits(year: str, text: str, rule: str, tried: Checker) -> None:
    """Microcensus, Länder tables to 2019: below 5 000 withheld, below 10 000 in brackets."""
    checked = tried.rows(f"{year};04;{text}", **MICROCENSUS)
    assert rules_found(checked.result) == ([rule] if rule else [])
    assert everything(checked)["C2"].get("rules", "") == rule


def test_one_finding_names_every_small_figure(tried: Checker) -> None:
    checked = tried.rows("2018;04;3", "2019;04;2", "2017;04;12", **MICROCENSUS)
    assert flatten(checked.result) == [("IM-STA-005", "C2"), ("IM-STA-005", "C3")]
    assert "5.000" in checked.result.findings[0].message.de
    assert checked.quarantine.num_rows == 2


@pytest.mark.parametrize(
    ("period", "level", "holds"),
    [
        ("2004", "land", False),
        ("2005", "land", True),
        ("2019", "land", True),
        ("2020", "land", False),
        ("2010", "x", False),
    ],
)
def test_limit_holds_in_its_time_and_level(period: str, level: str, holds: bool) -> None:
    one = PublicationLimit(withheld_below=5, levels=["land"], since="2005", until="2019", source="Probe")
    assert one.holds(period, level) == holds


def test_the_release_is_judged_by_the_same_limits(tried: Checker, test_project: Project) -> None:
    good = tried.rows("2019;04;12", **MICROCENSUS).observations
    dataset = test_project.dataset("mikrozensus")
    assert check_released(good, dataset, test_project) == []
    small = good.set_column(good.schema.get_field_index("value"), good.schema.field("value"), [[4000.0]])
    assert [one.rule for one in check_released(small, dataset, test_project)] == ["IM-STA-005"]


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        ("11,5", 11.5, False),
        ("11", 11, False),
        ("11,50", 11.5, False),
        ("11,46", 11.5, True),
        ("11,499999999999998", 11.5, True),
    ],
)
def test_decimals(text: str, value: float, found: bool, checker: Checker) -> None:
    checked = checker.rows(
        f"2024;04;{text}",
        dataset="arbeitslose",
        dimensions={"sex": None, "measure": {"constant": "unemployment_rate"}, "citizenship": {"header_row": 1}},
    )
    [cell] = checked.observations.to_pylist()
    assert (cell["value"], cell["value_text"]) == (value, text)
    assert rules_found(checked.result) == (["IM-VAL-005"] if found else [])
    if found:
        assert [(one.before, one.after) for one in checked.result.findings[0].repairs] == [(text, "11,5")]


@pytest.mark.parametrize(
    ("text", "rule"), [("7,00000000001", "IM-VAL-005"), ("0,000000000000057", "IM-VAL-005"), ("7,5", "IM-VAL-003")]
)
def test_traces_in_whole_numbers(text: str, rule: str, checker: Checker) -> None:
    assert rules_found(checker.rows(f"31.12.2024;04;{text}").result) == [rule]


def test_figures_of_a_frame_are_judged_like_those_of_a_delivery(test_project: Project) -> None:
    frame = pd.DataFrame(
        {
            "measure": "persons",
            "value": [4999.0, 5000.0, 12000.0, 3.0],
            "obs_status": ["A", "A", "A", "A"],
            "conf_status": "F",
            "period": ["2019", "2019", "2019", "2021"],
            "area_level": "land",
        }
    )
    found = failures_of_figures(frame, test_project.dataset("mikrozensus"), test_project)
    assert {rule: rows.tolist() for rule, rows in found.items()} == {"IM-STA-005": [0], "IM-STA-006": [1]}
