"""Labels become codes: schemes, aliases, names beside keys, territories of the date, units."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from builders import by_cell, everything, flatten, rules_found
from conftest import Checker

from einklang.project import Project
from einklang.result import Outcome, Verdict


def area_of(checker: Checker, label: str, **place: Any) -> str | None:
    """The code of an area label, None where it is unknown."""
    where = {"heading": "Schlüssel", **place}
    checked = checker.rows(f"31.12.2024;{label};7", dimensions={"area": where})
    if checked.observations.num_rows:
        code: str = checked.observations.column("area").to_pylist()[0]
        return code
    assert rules_found(checked.result) == ["IM-COD-001"]
    return None


@pytest.mark.parametrize(
    ("label", "scheme", "code"),
    [
        ("01", "key", "01"),
        ("08", "key", "08"),
        ("01001", "key", "01001"),
        ("DE", "key", "DE"),
        ("1", "key", None),
        ("1001", "key", None),
        ("99", "key", None),
        ("Bremen", "key", None),
        ("1", "azr", "08"),
        ("11", "azr", "01"),
        ("3", "azr", "11"),
        ("01", "azr", None),
        ("DE-BW", "iso", "08"),
        ("de-sh", "iso", "01"),
        ("DE1", "nuts", "08"),
        ("DEF01", "nuts", "01001"),
        ("01", "label", None),
        ("1", "label", None),
        ("11", "label", None),
        ("09162", "label", None),
        ("Bayern", "label", "09"),
        ("BY", "label", "09"),
        ("Freistaat Bayern", "label", "09"),
        ("Bavaria", "label", "09"),
        ("THÜRINGEN", "label", "16"),
        ("Thueringen", "label", "16"),
        ("  Baden-\u00adWürttemberg ", "label", "08"),
        ("NRW", "label", "05"),
        ("Deutschland", "label", "DE"),
        ("Berlin", "label", "11"),
        ("Hamburg", "label", "02"),
        ("Bayernn", "label", None),
        ("", "label", None),
    ],
)
def test_area_schemes(label: str, scheme: str, code: str | None, checker: Checker) -> None:
    assert area_of(checker, label, scheme=scheme) == code


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Ostdeutschland (einschl. Berlin)", "DE_E_BE"),
        ("Ostdeutschland ohne Berlin", "DE_E_XBE"),
        ("Westdeutschland mit Berlin", "DE_W_BE"),
        ("Früheres Bundesgebiet ohne Berlin", "DE_W_XBE"),
        ("Ostdeutschland", None),
        ("Westdeutschland", None),
        ("Neue Länder", None),
        ("Früheres Bundesgebiet", None),
    ],
)
def test_west_and_east_need_the_place_of_berlin(label: str, code: str | None, checker: Checker) -> None:
    assert area_of(checker, label) == code


def test_an_office_may_have_its_own_labels(checker: Checker) -> None:
    assert area_of(checker, "Freie Stadt", codes={"Freie Stadt": "04"}) == "04"


def test_unknown_label_comes_with_a_suggestion(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;Baiern;7", "31.12.2024;Zzz;7", dimensions={"area": {"heading": "Schlüssel"}})
    messages = [finding.message.de for finding in checked.result.findings]
    assert "Meinten Sie „Bayern“?" in messages[0]
    assert "keine ähnliche" in messages[1]
    assert flatten(checked.result) == [("IM-COD-001", "B2"), ("IM-COD-001", "B3")]


def test_one_finding_per_unknown_label(checker: Checker) -> None:
    rows = [f"31.12.2024;{area};7" for area in ("98", "99", "98", "98")]
    result = checker.rows(*rows).result
    assert [(finding.rule, finding.count) for finding in result.findings] == [("IM-COD-001", 3), ("IM-COD-001", 1)]


def test_a_row_with_an_unknown_label_is_not_accused_twice(checker: Checker) -> None:
    assert rules_found(checker.rows("31.12.2024;99;?").result) == ["IM-COD-001"]
    assert rules_found(checker.rows("30.12.2024;99;?").result) == ["IM-COD-001"]


def test_unknown_period_names_what_to_write(checker: Checker) -> None:
    result = checker.rows("Ende 2024;04;7").result
    assert rules_found(result) == ["IM-COD-001"]
    assert "31.12.2024" in result.findings[0].message.de


NAMED = {"dimensions": {"area": {"column": "B", "scheme": "key", "name_column": "C"}}}


@pytest.mark.parametrize(
    ("key", "name", "fits"),
    [
        ("04011", "Bremen", True),
        ("04011", "    Bremen, kreisfreie Stadt", True),
        ("04012", "Bremerhaven (Seestadt)", True),
        ("08", "Baden-Württemberg", True),
        ("08", "Baden-Wuerttemberg", True),
        ("08", "Bayern", False),
        ("04012", "Bremen, Stadt", False),
        ("04012", "Irgendwo", True),
        ("04012", "", True),
        ("04012", "04012 Bremerhv.", True),
        ("04012", "04011 Bremerhv.", False),
        ("04012", "04012 Bremerhaven", True),
        ("04012", "04012 Bremen, Stadt", False),
        ("04012", "99999 Bremen, Stadt", False),
        ("04012", "99999 Irgendwo", True),
    ],
)
def test_name_beside_the_key(key: str, name: str, fits: bool, checker: Checker) -> None:
    heading = "Zeit;Schlüssel;Name;insgesamt"
    result = checker.rows(f"31.12.2024;{key};{name};7", heading=heading, **NAMED).result
    assert rules_found(result) == ([] if fits else ["IM-COD-002"])


@pytest.mark.parametrize(
    ("names", "is_judged"), [(["", "B."], False), (["Brmn", "Bremerhaven"], True), (["04 B.", "B."], True)]
)
def test_names_that_nobody_knows_are_not_said_to_fit(names: list[str], is_judged: bool, checker: Checker) -> None:
    rows = [f"31.12.2024;{key};{name};7" for key, name in zip(["04", "04012"], names, strict=True)]
    result = checker.rows(*rows, heading="Zeit;Schlüssel;Name;insgesamt", **NAMED).result
    (rule,) = [one for one in result.rules if one.rule == "IM-COD-002"]
    assert rule.outcome is (Outcome.PASSED if is_judged else Outcome.NOT_EVALUABLE)


def test_kreis_after_its_end(checker: Checker) -> None:
    checked = checker.rows(
        "31.12.2024;03152;-", "31.12.2024;03156;.", "31.12.2024;03159;7", "31.12.2015;03152;9", "31.12.2015;03159;-"
    )
    assert rules_found(checked.result) == []
    found = {cell: (row["value"], row["obs_status"]) for cell, row in by_cell(checked.observations).items()}
    assert found == {"C2": (None, "M"), "C3": (None, "M"), "C4": (7, "A"), "C5": (9, "A"), "C6": (None, "M")}


def test_number_of_a_dissolved_kreis_names_its_successor(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;13052;7", "31.12.2024;13071;8")
    assert flatten(checked.result) == [("IM-COD-001", "B2")]
    message = checked.result.findings[0].message.de
    assert "03.09.2011" in message
    assert "13071, 13075" in message
    assert everything(checked)["C2"]["rules"] == "IM-COD-001"


def test_dissolved_in_the_year_belongs_to_the_state_at_its_end(checker: Checker) -> None:
    result = checker.rows("31.12.2016;03152;7", "31.12.2015;03152;7").result
    assert flatten(result) == [("IM-COD-001", "B2")]


LAND = {"supplier": "hb"}


def test_supplier_of_one_land(checker: Checker) -> None:
    assert rules_found(checker.rows("31.12.2024;04;7", "31.12.2024;04012;7", **LAND).result) == []
    assert flatten(checker.rows("31.12.2024;04;7", "31.12.2024;DE;7", **LAND).result) == [("IM-COD-003", "B3")]
    alien = checker.rows("31.12.2024;05;7", "31.12.2024;05111;7", **LAND)
    assert flatten(alien.result) == [("IM-FIL-003", "B2"), ("IM-FIL-003", "B3")]
    assert "05 Nordrhein-Westfalen" in alien.result.findings[0].message.de
    assert alien.observations.num_rows == 0


def test_municipality_belongs_to_the_land_of_its_kreis(checker: Checker) -> None:
    municipal: dict[str, Any] = {
        "dataset": "steuereinnahmen",
        "dimensions": {"sex": None, "measure": {"constant": "inhabitants"}},
        "columns": [{"headings": ["insgesamt"]}],
    }
    assert rules_found(checker.rows("2024;03254026;7", supplier="ni", **municipal).result) == []
    assert rules_found(checker.rows("2024;03254026;7", supplier="nw", **municipal).result) == ["IM-FIL-003"]


COUNTED: dict[str, Any] = {
    "dataset": "arbeitslose",
    "dimensions": {"sex": None, "measure": {"constant": "unemployed"}, "citizenship": {"constant": "_T"}},
    "columns": [{"headings": ["insgesamt"]}],
}


def test_unit_of_a_measure(checker: Checker) -> None:
    checked = checker.rows(
        "2024;04;43,293", "2024;05;.", "2024;06;0", units={"unemployed": "THOUSAND_PERSONS"}, **COUNTED
    )
    assert checked.observations.column("value").to_pylist() == [43293, None, 0]
    assert set(checked.observations.column("unit").to_pylist()) == {"PERSONS"}
    assert checked.observations.column("value_text").to_pylist() == ["43,293", ".", "0"]


def test_unit_of_a_column(checker: Checker) -> None:
    rates = {
        "dataset": "arbeitslose",
        "dimensions": {"sex": None, "measure": None},
        "columns": [
            {"headings": ["Tsd."], "codes": {"measure": "unemployed", "citizenship": "_T"}, "unit": "THOUSAND_PERSONS"},
            {"headings": ["Anteil"], "codes": {"measure": "unemployment_rate", "citizenship": "_T"}, "unit": "SHARE"},
            {"headings": ["Ausl."], "codes": {"measure": "unemployed", "citizenship": "FOREIGN"}},
        ],
    }
    checked = checker.rows("2024;04;43,3;0,115;19430", heading="Zeit;Schlüssel;Tsd.;Anteil;Ausl.", **rates)
    assert checked.observations.column("value").to_pylist() == [43300, 11.5, 19430]
    assert checked.result.verdict is Verdict.ACCEPTED


RATES: dict[str, Any] = {
    **COUNTED,
    "dimensions": {**COUNTED["dimensions"], "measure": {"constant": "unemployment_rate"}},
}


@pytest.mark.parametrize("text", ["11,5 %", "11,5%", "11,5\u202f%", "115 ‰", "(11,5 %)", "11,5 % p"])
@pytest.mark.parametrize("agreed", [{}, {"units": {"unemployment_rate": "SHARE"}}], ids=["canonical", "share"])
def test_a_sign_of_a_unit_in_the_cell_goes_first(text: str, agreed: dict[str, Any], checker: Checker) -> None:
    signs = {"signs": {"convention": "din55301", "changes": {"p": "provisional"}}}
    checked = checker.rows(f"2024;04;{text}", **RATES, **agreed, **signs)
    assert rules_found(checked.result) == []
    assert checked.observations.column("value").to_pylist() == [11.5]


def test_zero_per_cent_is_the_sign_that_zero_is(checker: Checker) -> None:
    checked = checker.rows("2024;04;0 %", "2024;05;0", **RATES)
    assert checked.observations.column("obs_status").to_pylist() == ["N", "N"]


@pytest.mark.parametrize("text", ["11,5 %%", "% 11,5", "11,5 % 3", "11,5 % bis 12,5 %", "%"])
def test_what_else_bears_a_sign_of_a_unit_is_no_number(text: str, checker: Checker) -> None:
    [found] = checker.rows(f"2024;04;{text}", **RATES).result.findings
    assert found.rule in {"IM-VAL-001", "IM-STA-003"}


@pytest.mark.parametrize(
    "agreed", [COUNTED, {**COUNTED, "units": {"unemployed": "THOUSAND_PERSONS"}}], ids=["count", "thousands"]
)
def test_a_figure_in_per_cent_where_it_is_none(agreed: dict[str, Any], checker: Checker) -> None:
    checked = checker.rows("2024;04;11 %", "2024;05;12", **agreed)
    assert flatten(checked.result) == [("IM-COD-006", "C2")]
    [found] = checked.result.findings
    assert found.places[0].raw == "11 %"
    assert found.message.de.startswith("„%“ ist keine Einheit für Arbeitslose")
    assert checked.observations.column("row").to_pylist() == [3]


def test_a_change_in_per_cent_bears_the_same_sign(project: Project) -> None:
    units = project.codelists["units"].codes
    assert [code for code, unit in units.items() if unit.extra["sign"] == "%"] == [
        "PERCENT",
        "PERCENTAGE_POINTS",
        "PERCENT_CHANGE",
    ]


def test_a_fraction_of_a_person_is_out_of_range(checker: Checker) -> None:
    assert rules_found(checker.rows("2024;04;43,5", **COUNTED).result) == ["IM-VAL-003"]


def test_observation_has_every_column(checker: Checker, project: Project) -> None:
    checked = checker.rows("31.12.2024;04012;27.605", territory="2024-12-31")
    [row] = checked.observations.to_pylist()
    assert row == {
        "dataset": "auslaender",
        "measure": "foreigners",
        "period": "2024-12-31",
        "period_start": date(2024, 12, 31),
        "period_end": date(2024, 12, 31),
        "area": "04012",
        "area_level": "kreisfreie_stadt",
        "area_version": "2024-12-31",
        "nationality": "_T",
        "sex": "_T",
        "unit": "PERSONS",
        "value": 27605.0,
        "obs_status": "A",
        "conf_status": "F",
        "value_text": "27.605",
        "supplier": "ba",
        "delivery": "",
        "file": "lieferung.csv",
        "sheet": "",
        "row": 2,
        "column": "C",
    }


def test_combined_key_and_name_of_a_nationality(checker: Checker) -> None:
    places = {
        "area": {"constant": "04"},
        "nationality": {"heading": "Nr", "scheme": "key", "name_heading": "Staat", "codes": {"0": "_T"}},
    }
    rows = ["31.12.2024;0;Insgesamt;9", "31.12.2024;163;Türkei;7", "31.12.2024;163;Syrien;7"]
    checked = checker.rows(*rows, heading="Zeit;Nr;Staat;insgesamt", dimensions=places)
    assert flatten(checked.result) == [("IM-COD-002", "C4")]
    assert checked.observations.column("nationality").to_pylist() == ["_T", "163"]


def test_lost_zeros_are_put_back_and_listed(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;4;30", "31.12.2024;4011;20", "31.12.2023;4011;10", supplier="hb")
    (finding,) = [one for one in checked.result.findings if one.rule == "IM-COD-004"]
    assert [(one.before, one.after, one.count) for one in finding.repairs] == [("4", "04", 1), ("4011", "04011", 2)]
    assert checked.observations.column("area").to_pylist() == ["04", "04011", "04011"]


def test_a_label_that_is_agreed_is_no_repaired_key(checker: Checker) -> None:
    agreed = {"area": {"column": "B", "codes": {"4": "04011"}}, "period": {"column": "A"}}
    checked = checker.rows("31.12.2024;4;30", "31.12.2024;04;40", dimensions=agreed, supplier="hb")
    assert "IM-COD-004" not in [one.rule for one in checked.result.findings]


@pytest.mark.parametrize(("supplier", "label"), [("ba", "4"), ("ba", "4011"), ("hb", "1"), ("hb", "1001")])
def test_zeros_are_put_back_for_the_own_land_only(checker: Checker, supplier: str, label: str) -> None:
    checked = checker.rows(f"31.12.2024;{label};7", supplier=supplier)
    assert rules_found(checked.result) == ["IM-COD-001"]


def test_the_remedy_lists_the_agreed_signs_with_their_meanings(checker: Checker) -> None:
    (finding,) = checker.rows("31.12.2024;04;?").result.findings
    assert finding.rule == "IM-STA-003"
    assert "„-“ = Genau null" in finding.remedy.de
    assert "„/“ = Keine Angabe, Zahlenwert nicht sicher genug" in finding.remedy.de
    assert "„–“" not in finding.remedy.de
