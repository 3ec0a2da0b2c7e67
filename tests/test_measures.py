"""Figures about a table: sums with the tolerance of rounding, completeness, changes; and who judges them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from builders import assert_complete, flatten, outcome, rules_found
from conftest import Checker
from cubes import context_of

from einklang.check import Checked
from einklang.declarations.expectations import Expectation
from einklang.findings import Fact
from einklang.gx import keeps
from einklang.measures import MEASURES
from einklang.measures.figures import Context, Figures, Parameters, nothing
from einklang.plausibility import judge
from einklang.project import Project
from einklang.result import Outcome, Verdict

HEADING = "Zeit;Schlüssel;insgesamt;männlich;weiblich"
AT = "31.12.2024"


def found(checked: Checked, rule: str) -> int:
    assert_complete(checked)
    return rules_found(checked.result).count(rule)


# -- sums over a dimension ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "male", "female", "breaks"),
    [
        ("100", "45", "55", False),
        ("100", "48", "58", False),  # 2·(2+1) below its parts
        ("100", "48", "59", True),
        ("100", "30", "34", False),  # the rest of 30 and the rounding of 6
        ("100", "30", "33", True),
        ("100", ".", "55", False),
        ("100", ".", "102", False),  # one part known: allowed 4
        ("100", ".", "105", True),
        ("100", "0", "55", False),  # a rounded zero is not known to be zero
        ("100", "-", "55", True),
        (".", "45", "55", False),
        ("100", ".", ".", False),
    ],
)
def test_sexes(total: str, male: str, female: str, breaks: bool, checker: Checker) -> None:
    row = f"{AT};04;{total};{male};{female}"
    checked = checker.rows(row, heading=HEADING, rules=["IM-AGG-001"])
    assert found(checked, "IM-AGG-001") == breaks


def test_rounding_counts_from_its_first_period(checker: Checker) -> None:
    rows = ["31.12.2015;04;100;48;53", "31.12.2016;04;100;48;53"]
    checked = checker.rows(*rows, heading=HEADING, rules=["IM-AGG-001"])
    assert flatten(checked.result) == [("IM-AGG-001", cell) for cell in ("C2", "D2", "E2")]


def test_rounding_base_of_the_profile(checker: Checker) -> None:
    row = f"{AT};04;100;100;15"
    assert found(checker.rows(row, heading=HEADING, rules=["IM-AGG-001"]), "IM-AGG-001") == 1
    wide = checker.rows(row, heading=HEADING, rules=["IM-AGG-001"], rounding_base=10)
    assert found(wide, "IM-AGG-001") == 0


def test_message_of_a_sum(checker: Checker) -> None:
    checked = checker.rows(f"{AT};04;1.000;500;550", heading=HEADING, rules=["IM-AGG-001"])
    message = checked.result.findings[0].message.de
    for part in ("04 Bremen, 31.12.2024", "1.000", "männlich + weiblich", "1.050", "−50", "C2, D2, E2"):
        assert part in message


NATIONS: dict[str, Any] = {
    "dimensions": {"area": {"constant": "04"}, "nationality": {"heading": "Nat", "scheme": "key"}}
}


@pytest.mark.parametrize(
    ("texts", "complete", "breaks"),
    [
        ({"EUR": "100", "121": "60", "122": "40"}, True, False),
        ({"EUR": "100", "121": "60", "122": "30"}, True, True),
        ({"EUR": "100", "121": "60", "122": "30"}, False, False),
        ({"EUR": "100", "121": "60", "122": "50"}, False, True),
        ({"EUR": "100", "121": "60", "122": "."}, True, False),
        ({"_T": "100", "EUR": "60", "AFR": "50", "121": "60"}, True, True),
        ({"_T": "100", "EUR": "60", "AFR": "40", "EU": "60", "121": "60"}, True, False),
    ],
)
def test_hierarchy(texts: dict[str, str], complete: bool, breaks: bool, checker: Checker) -> None:
    rows = [f"{AT};{code};{text}" for code, text in texts.items()]
    hierarchies = ["nationality"] if complete else []
    checked = checker.rows(
        *rows, heading="Zeit;Nat;insgesamt", rules=["IM-AGG-001"], complete_hierarchies=hierarchies, **NATIONS
    )
    assert found(checked, "IM-AGG-001") == breaks


def test_combined_code_is_not_summed_with_its_members(checker: Checker) -> None:
    rows = [f"{AT};{code};{text}" for code, text in {"EUR": "100", "133_170": "60", "133": "30", "170": "70"}.items()]
    checked = checker.rows(
        *rows, heading="Zeit;Nat;insgesamt", rules=["IM-AGG-001"], complete_hierarchies=["nationality"], **NATIONS
    )
    assert found(checked, "IM-AGG-001") == 0


RESIDENCE: dict[str, Any] = {
    "dataset": "aufenthaltsstatus",
    "dimensions": {
        "residence_status": {"heading": "Status", "scheme": "key"},
        "area": {"constant": "13"},
        "sex": {"header_row": 1},
    },
}


@pytest.mark.parametrize(
    ("changed", "breaks"), [({}, 0), ({"TITLE": "1155"}, 2), ({"NONE_TOLERATED": "110"}, 1), ({"_T": "2145"}, 1)]
)
def test_a_hierarchy_agreed_is_judged_at_every_level(changed: dict[str, str], breaks: int, checker: Checker) -> None:
    figures = {"_T": "1145", "EU_FREE_MOVEMENT": "500", "EXEMPT": "10", "APPLIED": "35", "NONE": "445", "TITLE": "155"}
    parts = {"NONE_ASYLUM": "400", "NONE_OTHER": "35", "NONE_TOLERATED": "10"}
    parts |= {"TITLE_PERMANENT": "55", "TITLE_TEMPORARY": "100"}
    rows = [f"{AT};{code};{text}" for code, text in (figures | parts | changed).items()]
    checked = checker.rows(
        *rows,
        heading="Zeit;Status;insgesamt",
        rules=["IM-AGG-001"],
        complete_hierarchies=["residence_status"],
        **RESIDENCE,
    )
    assert found(checked, "IM-AGG-001") == breaks


def test_what_overlaps_its_sisters_is_no_summand(project: Project) -> None:
    statuses = project.codelists["migration_status"]
    assert {one.code for one in statuses.children("MH")} > {"MH_OWN", "MH_NARROW"}
    assert all("OWN" in one.code and one.kind == "category" for one in statuses.summands("MH"))


@pytest.mark.parametrize(("measure", "breaks"), [("changes_of_nationality", 0), ("births", 1)])
def test_parts_that_may_be_negative_say_nothing_while_some_are_missing(
    measure: str, breaks: int, checker: Checker
) -> None:
    changes: dict[str, Any] = {
        "dataset": "auslaender_bewegungen",
        "dimensions": NATIONS["dimensions"] | {"period": {"heading": "Jahr"}, "measure": {"constant": measure}},
        "table": {"header": {"find": "Jahr"}},
    }
    rows = [f"2024;{code};{text}" for code, text in {"EUR": "100", "121": "160"}.items()]
    checked = checker.rows(*rows, heading="Jahr;Nat;insgesamt", rules=["IM-AGG-001"], **changes)
    assert found(checked, "IM-AGG-001") == breaks


# -- sums of areas --------------------------------------------------------------------------------


def areas(checker: Checker, figures: dict[str, str], **changes: Any) -> Checked:
    rows = [f"{AT};{area};{text}" for area, text in figures.items()]
    return checker.rows(*rows, rules=["IM-AGG-004"], **changes)


@pytest.mark.parametrize(
    ("land", "bremen", "bremerhaven", "breaks"),
    [
        ("100", "60", "40", False),
        ("100", "63", "43", False),
        ("100", "63", "44", True),
        ("100", "57", "37", False),
        ("100", "57", "36", True),
        ("100", ".", "40", False),
        ("100", ".", "105", True),
        ("100", "/", ".", False),
    ],
)
def test_kreise_of_a_land(land: str, bremen: str, bremerhaven: str, breaks: bool, checker: Checker) -> None:
    checked = areas(checker, {"04": land, "04011": bremen, "04012": bremerhaven})
    assert found(checked, "IM-AGG-004") == breaks


def test_missing_kreis_makes_the_sum_incomplete(checker: Checker) -> None:
    assert found(areas(checker, {"04": "100", "04012": "40"}), "IM-AGG-004") == 0
    assert found(areas(checker, {"04": "100", "04012": "140"}), "IM-AGG-004") == 1


def test_kreis_with_an_unreadable_figure_is_missing(checker: Checker) -> None:
    checked = areas(checker, {"04": "100", "04011": "6x0", "04012": "40"})
    assert rules_found(checked.result) == ["IM-VAL-001"]


def test_dissolved_kreise_are_no_parts(checker: Checker, project: Project) -> None:
    kreise = [code.code for code in project.codelists["kreise"].codes.values() if code.parent == "13"]
    figures = {"13": "80"} | dict.fromkeys(kreise, "-")
    existing = [code for code in kreise if project.codelists["kreise"].codes[code].valid_to is None]
    assert len(existing) == 8
    assert found(areas(checker, figures | dict.fromkeys(existing, "10")), "IM-AGG-004") == 0
    assert found(areas(checker, figures | dict.fromkeys(existing, "20")), "IM-AGG-004") == 1


# -- averages, subsets ----------------------------------------------------------------------------

PERSONS: dict[str, Any] = {
    "dataset": "arbeitslose",
    "dimensions": {"sex": None, "measure": {"constant": "unemployed"}, "citizenship": {"header_row": 1}},
}


@pytest.mark.parametrize(
    ("land", "breaks"), [("100", False), ("101", False), ("99", False), ("102", True), ("98", True)]
)
def test_averages_may_be_off_by_half_each(land: str, breaks: bool, checker: Checker) -> None:
    rows = [f"2024;{area};{text}" for area, text in {"04": land, "04011": "60", "04012": "40"}.items()]
    assert found(checker.rows(*rows, rules=["IM-AGG-004"], **PERSONS), "IM-AGG-004") == breaks


def test_rates_do_not_add_up(checker: Checker) -> None:
    rows = [f"2024;{area};{text}" for area, text in {"04": "11,5", "04011": "11,0", "04012": "14,5"}.items()]
    changes: dict[str, Any] = {
        **PERSONS,
        "dimensions": {**PERSONS["dimensions"], "measure": {"constant": "unemployment_rate"}},
    }
    checked = checker.rows(*rows, rules=["IM-AGG-004"], **changes)
    assert rules_found(checked.result) == []
    assert outcome(checked.result, "IM-AGG-004") is Outcome.NOT_EVALUABLE


@pytest.mark.parametrize(
    ("whole", "part", "breaks"), [("10", "9", False), ("10", "11", False), ("10", "12", True), (".", "12", False)]
)
def test_subset(whole: str, part: str, breaks: bool, checker: Checker) -> None:
    heading = "Zeit;Schlüssel;insgesamt;Ausländer"
    checked = checker.rows(f"2024;04;{whole};{part}", heading=heading, rules=["IM-AGG-003"], **PERSONS)
    assert found(checked, "IM-AGG-003") == breaks


# -- national sums with the residual --------------------------------------------------------------


@pytest.mark.parametrize(("abroad", "excess"), [(20.0, 0.0), (10.0, 0.0), (90.0, 14.0)])
def test_abroad_belongs_to_germany_but_to_no_land(abroad: float, excess: float, project: Project) -> None:
    laender = [code.code for code in project.codelists["laender"].codes.values()]
    at = ("naturalisations", "2024")
    figures: dict[tuple[str, ...], float] = {(*at, land): 100.0 for land in laender}
    figures[*at, "DE"] = 1620.0
    figures[*at, "ABROAD"] = abroad
    context = context_of(project, "einbuergerungen", figures)
    frame = MEASURES["area_sums"](context, {"level": "country", "residual": ["ABROAD"]}).frame
    allowed = 2 * (17 + 1)
    assert frame["allowed"].tolist() == [allowed]
    assert frame["complete"].tolist() == [True]
    assert frame["excess"].tolist() == [max(0.0, abs(1620 - 1600 - abroad) - allowed)] != [None]
    assert (frame["excess"].iloc[0] > 0) == (excess > 0)


# -- completeness ---------------------------------------------------------------------------------


def missing(checker: Checker, rows: Sequence[str], **delivers: list[str]) -> list[str]:
    checked = checker.rows(*rows, heading=HEADING, rules=["IM-CMP-001"], supplier="hb", delivers=delivers)
    assert set(rules_found(checked.result)) <= {"IM-CMP-001"}
    return [finding.message.de for finding in checked.result.findings]


ROWS = [f"{AT};04;6;3;3", f"{AT};04011;4;2;2", f"{AT};04012;2;1;1"]


@pytest.mark.parametrize(
    ("rows", "delivers", "lost"),
    [
        (ROWS, {"area": ["land", "kreise"], "sex": ["_T", "M", "F"]}, None),
        (ROWS[:2], {"area": ["land"]}, None),
        (ROWS[:2], {"area": ["land", "kreise"]}, ("1 von 3", "2024-12-31: 04012 Bremerhaven.")),
        (ROWS, {"area": ["land"], "sex": ["D"]}, ("1 von 1", "2024-12-31: 04 Bremen")),
        (ROWS, {"area": ["04"], "period": ["2023-12-31"]}, ("1 von 1", "2023-12-31: 04 Bremen.")),
        (ROWS[1:], {"area": ["land", "kreise"], "sex": ["_T", "M", "F"]}, ("3 von 9", "2024-12-31: 04 Bremen.")),
        (ROWS[:2], {"area": ["04012"], "sex": ["M", "F"]}, ("2 von 2", "04012 Bremerhaven")),
    ],
)
def test_missing_combinations(
    rows: list[str], delivers: dict[str, list[str]], lost: tuple[str, str] | None, checker: Checker
) -> None:
    messages = missing(checker, rows, **delivers)
    if lost is None:
        assert messages == []
    else:
        [message] = messages
        assert all(part in message for part in lost)


def test_a_cell_without_value_is_delivered(checker: Checker) -> None:
    rows = [ROWS[0], ROWS[1], f"{AT};04012;.;/;-"]
    assert missing(checker, rows, area=["land", "kreise"], sex=["_T", "M", "F"]) == []


def test_completeness_waits_for_the_labels(checker: Checker) -> None:
    rows = [*ROWS[:2], f"{AT};04013;2;1;1"]
    checked = checker.rows(*rows, heading=HEADING, rules=["IM-CMP-001"], supplier="hb", delivers={"area": ["kreise"]})
    assert rules_found(checked.result) == ["IM-COD-001"]
    assert outcome(checked.result, "IM-CMP-001") is Outcome.NOT_EVALUABLE


# -- changes --------------------------------------------------------------------------------------

LAENDER = [f"{number:02d}" for number in range(1, 17)]


def years(now: dict[str, float]) -> list[str]:
    before = {land: 1000.0 + 100 * number for number, land in enumerate(LAENDER)}
    rows = [f"31.12.2023;{land};{value:.0f}" for land, value in before.items()]
    return rows + [f"31.12.2024;{land};{now.get(land, before[land] * 1.02):.0f}" for land in LAENDER]


CHANGES = ["IM-TIM-001", "IM-PAT-002", "IM-PAT-003"]


@pytest.mark.parametrize(
    ("now", "rules"),
    [
        ({}, []),
        ({"04": 2600.0}, ["IM-TIM-001"]),
        ({"04": 650.0, "05": 2800.0}, ["IM-TIM-001", "IM-TIM-001"]),
        ({"01": 1040.0}, []),
        ({land: (1000 + 100 * number) / 1000 for number, land in enumerate(LAENDER)}, ["IM-PAT-002"]),
        ({land: (1000 + 100 * number) * 10 for number, land in enumerate(LAENDER)}, ["IM-PAT-002"]),
        ({land: 1000.0 + 100 * number for number, land in enumerate(LAENDER)}, ["IM-PAT-003"]),
        ({land: 1000.0 + 100 * number for number, land in enumerate(LAENDER) if number < 14}, []),
    ],
)
def test_changes(now: dict[str, float], rules: list[str], checker: Checker) -> None:
    checked = checker.rows(*years(now), rules=CHANGES)
    assert rules_found(checked.result) == rules
    if "IM-PAT-002" in rules or "IM-PAT-003" in rules:
        assert outcome(checked.result, "IM-TIM-001") is Outcome.NOT_EVALUABLE
        assert checked.result.findings[0].count == len(LAENDER)


def test_first_delivery_has_no_previous_period(checker: Checker) -> None:
    checked = checker.rows(f"{AT};04;100", rules=CHANGES)
    assert {outcome(checked.result, rule) for rule in CHANGES} == {Outcome.NOT_EVALUABLE}
    assert checked.result.verdict is Verdict.ACCEPTED


def test_history_is_the_period_before(checker: Checker) -> None:
    rows = years({"04": 2600.0})
    before: pa.Table = checker.rows(*rows[:16]).observations
    checked = checker.rows(*rows[16:], rules=CHANGES, history=before)
    assert flatten(checked.result) == [("IM-TIM-001", "C5")]
    assert "2.600 (2024) nach 1.300 (2023)" in checked.result.findings[0].message.de


def test_history_of_the_same_period_does_not_count(checker: Checker) -> None:
    same = checker.rows(*years({})[16:]).observations
    checked = checker.rows(*years({"04": 2600.0})[16:], rules=CHANGES, history=same)
    assert rules_found(checked.result) == []
    assert outcome(checked.result, "IM-TIM-001") is Outcome.NOT_EVALUABLE


# -- who judges -----------------------------------------------------------------------------------


CHANGE_PARAMETERS = {
    "hb_c": 20,
    "hb_u": 0.5,
    "hb_a": 0.05,
    "z": 6,
    "z_spread": 0.01,
    "series": 7.5,
    "series_spread": 0.03,
    "min_series": 5,
    "min_pairs": 8,
    "few_spread": 0.03,
    "slip": 0.1,
    "min_change": 30,
    "min_value": 50,
}
LIMITS = [(None, 0.0), (0.0, None), (0.0, 0.0), (-2.0, 2.0), (None, -1.0), (1.5, 2.5), (None, 9.0)]
VALUES = [-3.0, -1.0, 0.0, 1e-9, 2.0, 2.5, np.nan]
FACTS: dict[str, Fact] = dict.fromkeys(("schluessel", "wert", "jahr", "vorwert", "vorjahr"), "–")


@pytest.mark.parametrize("values", [[-3.0], [0.0], [1e-9], [2.0], [np.nan], VALUES], ids=str)
@pytest.mark.parametrize(("low", "high"), LIMITS)
def test_great_expectations_and_our_mask_agree(
    low: float | None, high: float | None, values: list[float], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame({"score": values})
    figures = Figures(frame, lambda _: np.empty(0, dtype=np.int64), lambda _: FACTS)
    monkeypatch.setattr("einklang.plausibility.MEASURES", {"period_changes": lambda *_: figures})
    limits = {"rule": "IM-TIM-001", "measure": "period_changes", "column": "score", "min_value": low, "max_value": high}
    context = context_of(project, "auslaender", {("foreigners", "2024-12-31", "04"): 1.0})
    judged = judge(context, [Expectation.model_validate({**limits, "parameters": CHANGE_PARAMETERS})], None, project)
    outside = [value for value in values if (low is not None and value < low) or (high is not None and value > high)]
    assert len(judged.located) == len(outside)
    assert not judged.not_evaluable


@pytest.mark.parametrize(("low", "high"), LIMITS)
def test_great_expectations_has_the_word(low: float | None, high: float | None) -> None:
    """What it says alone, without our mask: the two must never differ."""
    limits = {"rule": "IM-TIM-001", "measure": "period_changes", "min_value": low, "max_value": high}
    one = Expectation.model_validate({**limits, "column": "score", "parameters": CHANGE_PARAMETERS})
    outside = [one for one in VALUES if (low is not None and one < low) or (high is not None and one > high)]
    assert keeps(np.array(VALUES), one) is (not outside)


def crash(context: Context, parameters: Parameters) -> Figures:
    return Figures(pd.DataFrame({"other": [1.0]}), lambda _: np.empty(0, dtype=np.int64), lambda _: {})


def test_rule_that_crashed_has_not_passed(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("einklang.plausibility.MEASURES", {**MEASURES, "period_changes": crash})
    checked = checker.rows(f"{AT};04;100", rules=["IM-TIM-001", "IM-AGG-001"])
    assert outcome(checked.result, "IM-TIM-001") is Outcome.NOT_EVALUABLE
    reasons = {one.rule: one.reason.de for one in checked.result.rules if one.reason}
    assert "Programmfehler" in reasons["IM-TIM-001"]
    assert checked.result.verdict is Verdict.CLARIFICATION_NEEDED


def test_measure_without_figures_is_not_evaluable(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "einklang.plausibility.MEASURES", {**MEASURES, "period_changes": lambda *_: nothing("no_previous_period")}
    )
    checked = checker.rows(f"{AT};04;100", rules=["IM-TIM-001"])
    assert outcome(checked.result, "IM-TIM-001") is Outcome.NOT_EVALUABLE
    assert checked.result.verdict is Verdict.ACCEPTED


def test_many_failures_of_one_rule_are_one_finding(checker: Checker) -> None:
    states = [f"{number:03d}" for number in range(100, 1000)]
    codes = [code for code in checker.project.codelists["nationalities"].codes if code in states][:201]
    assert len(codes) > 200
    rows = [f"{AT};{code};100;100;100" for code in codes]
    checked = checker.rows(*rows, heading="Zeit;Nat;insgesamt;männlich;weiblich", rules=["IM-AGG-001"], **NATIONS)
    assert [(one.rule, one.count) for one in checked.result.findings] == [("IM-AGG-001", len(codes))]


def raising(context: Context, parameters: Parameters) -> Figures:
    raise ZeroDivisionError("987654")


def test_measure_that_raises_stops_neither_the_check_nor_passes(
    checker: Checker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("einklang.plausibility.MEASURES", {**MEASURES, "period_changes": raising})
    result = checker.rows(f"{AT};04;100", rules=["IM-TIM-001", "IM-AGG-001"]).result
    assert outcome(result, "IM-TIM-001") is Outcome.NOT_EVALUABLE
    assert result.verdict is Verdict.CLARIFICATION_NEEDED
    assert "987654" not in caplog.text
