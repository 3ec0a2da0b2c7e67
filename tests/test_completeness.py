"""Completeness: what was agreed and is missing, what was not agreed, holes in series, and registered gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from builders import reasons, rules_found
from conftest import Checker

from einklang.declarations.comparability import Gap

SEXES = {"area": ["land", "kreise"], "sex": ["_T", "M", "F"]}


def bremen(*years: int, without: Mapping[int, Sequence[str]] | None = None) -> list[str]:
    return [
        f"31.12.{year};{area};6;3;3"
        for year in years
        for area in ("04", "04011", "04012")
        if area not in (without or {}).get(year, ())
    ]


def completeness(checker: Checker, rows: Sequence[str], rules: Sequence[str], **changes: Any) -> list[str]:
    checked = checker.rows(
        *rows, heading="Zeit;Schlüssel;insgesamt;männlich;weiblich", rules=rules, supplier="hb", **changes
    )
    return [finding.message.de for finding in checked.result.findings]


def test_what_is_missing_every_year_is_said_once(checker: Checker) -> None:
    rows = bremen(*range(2017, 2025), without={year: ["04012"] for year in (2017, *range(2019, 2025))})
    [message] = completeness(checker, rows, ["IM-CMP-001"], delivers=SEXES)
    assert "21 von 63" in message
    assert "2017-12-31, 2019-12-31 – 2024-12-31: 04012 Bremerhaven." in message


@pytest.mark.parametrize(
    ("codes", "area", "said"),
    [("", "04012", None), ("sex=M|F", "04012", "1 von 7"), ("", "04", None), ("", "05", "3 von 9")],
)
def test_registered_gaps_are_not_missed(codes: str, area: str, said: str | None, checker: Checker) -> None:
    line = Gap(**reasons(dataset="auslaender", measure="", area=area, codes=codes), first_period="2024", last_period="")
    rows = bremen(2024, without={2024: ["04012"]})
    messages = completeness(checker.comparable(gaps=(line,)), rows, ["IM-CMP-001"], delivers=SEXES)
    assert len(messages) == (said is not None)
    assert said is None or said in messages[0]


def test_a_number_in_a_registered_gap_is_not_agreed(checker: Checker) -> None:
    line = Gap(**reasons(dataset="auslaender", measure="", area="04012", codes=""), first_period="", last_period="2023")
    with_gap = checker.comparable(gaps=(line,))
    assert len(completeness(with_gap, bremen(2023), ["IM-CMP-002"], delivers=SEXES)) == 1
    assert completeness(with_gap, bremen(2024), ["IM-CMP-002"], delivers=SEXES) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"delivers": SEXES}, None),
        ({"delivers": {"area": ["land"]}}, "Nicht vereinbarte Angaben: 2. Ausländische Bevölkerung, 2024-12-31: 04011"),
        ({"delivers": {"area": ["land"]}, "may_deliver": {"area": ["kreise"]}}, None),
        ({"delivers": {"sex": ["_T", "M"]}}, "1. Ausländische Bevölkerung, 2024-12-31: weiblich."),
    ],
)
def test_what_was_not_agreed(changes: dict[str, Any], said: str | None, checker: Checker) -> None:
    messages = completeness(checker, bremen(2024), ["IM-CMP-002"], **changes)
    assert len(messages) == (said is not None)
    assert said is None or said in messages[0]


@pytest.mark.parametrize(
    ("rows", "holes"),
    [
        (bremen(2021, 2022, 2023), 0),
        (bremen(2021, 2022, 2023, without={2022: ["04012"]}), 1),
        (bremen(2021, 2022, 2023, without={2021: ["04012"]}), 0),
        (bremen(2021, 2023), 0),
    ],
)
def test_holes_in_series(rows: list[str], holes: int, checker: Checker) -> None:
    assert len(completeness(checker, rows, ["IM-CMP-003"])) == holes


def test_dissolved_and_new_kreise_leave_no_hole(checker: Checker) -> None:
    """Göttingen and Osterode became the new Göttingen in 2016; a sign for what is gone is no zero."""
    rows = [
        f"31.12.{year};{area};{'-' if gone else 100}"
        for year in (2014, 2015, 2016, 2017)
        for area, gone in (("03152", year > 2015), ("03159", year < 2016), ("03151", False))
    ]
    checked = checker.rows(*rows, rules=["IM-CMP-003", "IM-TIM-001"])
    assert rules_found(checked.result) == []
    statuses = checked.observations.select(["area", "period", "obs_status"]).to_pylist()
    assert {one["obs_status"] for one in statuses if one["area"] == "03152" and one["period"] > "2016"} == {"M"}


MICROCENSUS = {
    "dataset": "mikrozensus",
    "rules": ["IM-CMP-001", "IM-CMP-004"],
    "dimensions": {"period": {"heading": "Jahr"}, "measure": {"header_row": 1}, "sex": None},
    "table": {"header": {"find": "Jahr"}},
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ["„Bevölkerung in Hauptwohnsitzhaushalten“, „Nichterwerbspersonen“: keine einzige Angabe"]),
        ({"not_delivered": {"population": "Steht in Tabelle 2."}}, ["„Nichterwerbspersonen“: keine einzige Angabe"]),
        ({"not_delivered": {"population": "Steht in Tabelle 2.", "inactive": "Wird nicht erhoben."}}, []),
        ({"delivers": {"measure": ["employed"]}}, ["„Bevölkerung in Hauptwohnsitzhaushalten“, „Nichterwerbspersonen“"]),
        (
            {"delivers": {"measure": ["employed", "inactive"]}, "not_delivered": {"population": "Anderswo"}},
            ["Fehlende Angaben: 1"],
        ),
    ],
)
def test_a_measure_without_any_figure_is_asked_about(
    changes: dict[str, Any], said: list[str], checker: Checker
) -> None:
    heading = "Jahr;Schlüssel;Erwerbspersonen;Erwerbstätige;Erwerbslose"
    checked = checker.rows("2023;12;1000;2000;/", heading=heading, **MICROCENSUS | changes)
    messages = [finding.message.de for finding in checked.result.findings]
    assert len(messages) == len(said)
    assert all(part in message for part, message in zip(said, messages, strict=True))


def test_a_measure_registered_as_a_gap_is_not_asked_about(checker: Checker) -> None:
    about = {"dataset": "mikrozensus", "area": "12", "codes": ""}
    both = [reasons(measure=name, **about) for name in ("population", "inactive")]
    lines = [Gap(**one, first_period="2023", last_period="") for one in both]
    heading = "Jahr;Schlüssel;Erwerbspersonen;Erwerbstätige;Erwerbslose"
    for period, asked in (("2023", 0), ("2022", 1)):
        checked = checker.comparable(gaps=tuple(lines)).rows(f"{period};12;1000;2000;/", heading=heading, **MICROCENSUS)
        assert len(checked.result.findings) == asked
