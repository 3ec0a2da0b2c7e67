"""Drafts of the tables of statistical reports: labels beside figures, two sources, year, unit and group in headings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from draft.test_draft import page_of
from einklang.draft.drafting import Draft, draft_profile
from einklang.project import Project

# No column of numbers of the statistic: with five rows and more it would be the same in every row.
BESIDE = """Stichtag;Gebiet;Staatsangehoerigkeit;Auslaender_Insgesamt;Staat_Platz1_ID;Platz1;Staat_Platz2_ID;Platz2;{}
31.12.2024;Deutschland;Belgien;30;BE;18;DE;3;2
31.12.2024;Deutschland;Polen;40;PL;27;{};5;3
"""
SOURCES = """Quelle;Stichtag;Region;Bevoelkerung_Insgesamt_Anzahl;Auslaender_AZR_Insgesamt_Anzahl
Fortschreibung;31.12.2024;Deutschland;83;{}
Fortschreibung;31.12.2024;Bayern;13;-
Register;31.12.2024;Deutschland;-;14
Register;31.12.2024;Bayern;-;2
"""
YEAR = """Stichtag;Gebiet;Bestand_am_31_12_{}_Anzahl;Zugaenge_in_2024_Insgesamt_Anzahl;Tod_in_2024_Anzahl;{}
31.12.2024;Deutschland;10;3;1;12
31.12.2024;Bayern;4;2;1;5
"""
UNITS = """Stichtag;Gebiet;Bevoelkerung_Insgesamt_in_1000;Bevoelkerung_Weiblich_in_1000;Auslaender_AZR_Insgesamt_in_1000
31.12.2023;Deutschland;83456;42250;13896
31.12.2024;Deutschland;83577;42338;14062
"""

SHOWN = """Ausländische Bevölkerung am 31.12.2024 nach Staatsangehörigkeit
Staatsangehörigkeit;Insgesamt;Durchschnitts-;;Anteil der
;;alter;aufenthalts-dauer;Ledigen
;;in Jahren;;{}
Insgesamt;100;37,8;14,5;44,2
Belgien;30;46,6;21,2;44,1
nachrichtlich:;;;;
• EU-Kandidatenländer 1;25;41;18;40
• EU-Drittstaaten;20;40,5;17,6;36,5
1 Mit Georgien.
"""

KEYS = """Stichtag;Gebiet;Staatsangehoerigkeit;Staatsangehoerigkeitsschluessel;Auslaender_Insgesamt_Anzahl
31.12.2024;Deutschland;Insgesamt;Kein_Schluessel;100
31.12.2024;Deutschland;Belgien;124;30
31.12.2024;Deutschland;Polen;152;40
31.12.2024;Deutschland;Serbien;133, 170;9
"""
GROUPS = """Stichtag;Gebiet;{}Insgesamt_Anzahl;Geschlecht_Weiblich_Anzahl;Alter_unter_6_Anzahl;Alter_65_und_mehr_Anzahl
31.12.2024;Deutschland;100;50;12;9
31.12.2024;Bayern;30;16;4;3
"""


def drafted(text: str, dataset: str, tmp_path: Path, project: Project) -> Draft:
    path = tmp_path / "probe.csv"
    path.write_text(text, encoding="utf-8")
    return draft_profile(path, project, dataset, "destatis")


@pytest.mark.parametrize(
    ("heading", "label", "codes", "asked"),
    [
        ("Nachrichtlich_Sonstige", "DE", {"Auslaender_Insgesamt": "_T", "Nachrichtlich_Sonstige": "_U"}, ""),
        ("Raetsel", "DE", {"Auslaender_Insgesamt": "_T"}, "„Raetsel“"),
        ("Nachrichtlich_Sonstige", "QQ", {"Auslaender_Insgesamt": "_T", "Nachrichtlich_Sonstige": "_U"}, "„QQ“"),
    ],
    ids=["all are known", "a heading is not", "a label is not"],
)
def test_labels_beside_figures(
    heading: str, label: str, codes: dict[str, str], asked: str, tmp_path: Path, project: Project
) -> None:
    draft = drafted(BESIDE.format(heading, label), "auslaender_geburtsstaat", tmp_path, project)
    wanted = {"beside": r"Staat_Platz\d+_ID", "scheme": "iso", "codes": codes}
    assert draft.content["dimensions"]["birth_country"] == wanted
    assert draft.content["dimensions"]["measure"] == {"constant": "foreigners"}
    assert draft.content["columns"] == [
        {"headings": [one]} for one in ("Auslaender_Insgesamt", "Platz1", "Platz2", heading)
    ]
    assert any("birth_country" in one and asked in one for one in draft.content.get("todo", ())) == bool(asked)
    assert draft.trial.observations.num_rows == 8


def test_rows_of_two_sources(tmp_path: Path, project: Project) -> None:
    draft = drafted(SOURCES.format("-"), "bevoelkerung_auslaender", tmp_path, project)
    assert [(one["headings"][0], one["column"], one["pattern"]) for one in draft.content["cells_not_data"]] == [
        ("Bevoelkerung_Insgesamt_Anzahl", "A", "Register"),
        ("Auslaender_AZR_Insgesamt_Anzahl", "A", "Fortschreibung"),
    ]
    assert {"headings": ["Quelle"], "not_data": "Nennt die Quelle der Zeile."} in draft.content["columns"]
    assert draft.trial.observations.num_rows == draft.trial.usable == 4


def test_a_figure_of_both_sources_leaves_out_no_cell(tmp_path: Path, project: Project) -> None:
    draft = drafted(SOURCES.format("14"), "bevoelkerung_auslaender", tmp_path, project)
    assert "cells_not_data" not in draft.content
    assert draft.trial.observations.num_rows == 8


@pytest.mark.parametrize(
    ("before", "last", "codes", "valid"),
    [
        ("2023", "Bestand_am_31_12_2024_Anzahl", {"2023": "stock_before", "2024": "stock"}, "2024"),
        ("2023", "Geburten_in_2024_Anzahl", {"2023": "stock_before"}, "2024"),
    ],
    ids=["two stocks", "one stock"],
)
def test_headings_name_the_year(
    before: str, last: str, codes: dict[str, str], valid: str, tmp_path: Path, project: Project
) -> None:
    content = drafted(YEAR.format(before, last), "auslaender_bewegungen", tmp_path, project).content
    assert content["dimensions"]["period"] == {"heading": "Stichtag", "pattern": r"31\.12\.(?P<key>\d{4})"}
    assert content["dimensions"]["measure"] == {
        "header_row": 1,
        "pattern": r"(?P<key>.+?)(?:_in_20\d{2})?(?:_Insgesamt)?_Anzahl",
        "codes": {f"Bestand_am_31_12_{year}": code for year, code in codes.items()},
    }
    assert (content["valid_from"], content["valid_to"]) == (valid, valid)


def test_a_stock_of_two_years_ago_is_asked_about(tmp_path: Path, project: Project) -> None:
    text = YEAR.format("2022", "Geburten_in_2024_Anzahl")
    content = drafted(text, "auslaender_bewegungen", tmp_path, project).content
    assert any("„Bestand_am_31_12_2022_Anzahl“" in one for one in content["todo"])
    assert "valid_from" not in content


def test_headings_end_with_their_unit(tmp_path: Path, project: Project) -> None:
    content = drafted(UNITS, "bevoelkerung_lange_reihe", tmp_path, project).content
    wanted: list[tuple[str, dict[str, Any]]] = [
        ("Bevoelkerung_Insgesamt_in_1000", {"measure": "population", "sex": "_T"}),
        ("Bevoelkerung_Weiblich_in_1000", {"measure": "population", "sex": "F"}),
        ("Auslaender_AZR_Insgesamt_in_1000", {"measure": "foreigners_register", "sex": "_T"}),
    ]
    unit = {"unit": "THOUSAND_PERSONS"}
    assert content["columns"] == [{"headings": [heading], "codes": codes, **unit} for heading, codes in wanted]


def test_a_table_as_it_is_printed(tmp_path: Path, project: Project) -> None:
    """Divided words and the sum under the title are measures; bullets, marks and a row between say nothing."""
    draft = drafted(SHOWN.format("in %"), "auslaender_merkmale", tmp_path, project)
    assert [one["codes"]["measure"] for one in draft.content["columns"]] == [
        "foreigners",
        "average_age",
        "average_stay",
        "share_single",
    ]
    assert draft.content["table"]["header"]["unread"] == {3: "Einheit des Merkmals"}
    assert draft.content["dimensions"]["nationality"] == {"column": "A", "pattern": "(?:• )?(?P<key>.+)"}
    assert draft.content["dimensions"]["area"] == {"constant": "DE"}
    assert draft.content["footnotes"] == {"mark": r"\s\d"}
    assert [(one["pattern"], one["reason"]) for one in draft.content["rows_not_data"]] == [
        ("nachrichtlich:", "Zwischenzeile ohne Werte")
    ]
    assert draft.trial.observations.num_rows == draft.trial.usable == 16


def test_another_unit_than_that_of_the_measure_is_read(tmp_path: Path, project: Project) -> None:
    content = drafted(SHOWN.format("Promille"), "auslaender_merkmale", tmp_path, project).content
    assert content["unit"] == {"header_row": 3}


def test_a_column_of_keys_belongs_to_the_names_that_its_heading_says(tmp_path: Path, project: Project) -> None:
    """Countries of birth have the same keys; the heading says whose these are."""
    content = drafted(KEYS, "auslaender_geburtsstaat", tmp_path, project).content
    assert content["dimensions"]["nationality"] == {"heading": "Staatsangehoerigkeit"}
    assert content["dimensions"]["birth_country"] == {"constant": "_T"}
    left_out = {"headings": ["Staatsangehoerigkeitsschluessel"], "not_data": "Schlüssel neben dem Namen"}
    assert left_out in content["columns"]


@pytest.mark.parametrize("title", ["Geschlecht_", "Alter_"])
def test_groups_behind_the_title_of_their_dimension(title: str, tmp_path: Path, project: Project) -> None:
    content = drafted(GROUPS.format(title), "auslaender_alter", tmp_path, project).content
    total = {"age": "_T", "sex": "_T"}
    assert [one["codes"] for one in content["columns"]] == [
        total,
        total | {"sex": "F"},
        total | {"age": "Y_LT6"},
        total | {"age": "Y_GE65"},
    ]


def test_columns_that_nothing_tells_apart_are_asked_about(tmp_path: Path, project: Project) -> None:
    text = GROUPS.format("").replace("Geschlecht", "Rätsel")
    content = drafted(text, "auslaender_alter", tmp_path, project).content
    assert "columns: was unterscheidet die 4 Spalten mit Werten?" in content["todo"]


def test_the_page_says_what_stands_beside_figures_and_what_belongs_to_the_other_source(
    tmp_path: Path, project: Project
) -> None:
    page = page_of(drafted(BESIDE.format("Raetsel", "DE"), "auslaender_geburtsstaat", tmp_path, project), project)
    assert page.count("Geburtsstaat der Zahl rechts") == 2
    page = page_of(drafted(SOURCES.format("-"), "bevoelkerung_auslaender", tmp_path, project), project)
    assert page.count('title="nicht erhoben">-') == 4 and 'title="ungeklärt"' not in page


TWICE = """Stichtag;Gebiet;Bevoelkerung_Insgesamt_in_1000;Bevoelkerung_Weiblich_in_1000
31.12.2010;Deutschland;81751;41637
31.12.2011;Deutschland;{}
31.12.2011;Deutschland;{}
"""


@pytest.mark.parametrize(
    ("rows", "left_out", "reason"),
    [
        (("81843;41640", "80328;41098"), "81843", "Steht weiter unten mit anderen Werten."),
        (("80328;41098", ".;."), r"\.", "Steht in einer anderen Zeile mit Werten."),
        (("80328;41098", "80328;41098"), "", ""),
    ],
    ids=["two values", "one without", "the same"],
)
def test_rows_that_stand_twice(
    rows: tuple[str, str], left_out: str, reason: str, tmp_path: Path, project: Project
) -> None:
    draft = drafted(TWICE.format(*rows), "bevoelkerung_lange_reihe", tmp_path, project)
    where = {"Bevoelkerung_Insgesamt_in_1000": left_out}
    entry = {"heading": "Stichtag", "pattern": r"31\.12\.2011", "where": where, "reason": reason}
    assert draft.content.get("rows_not_data", []) == ([entry] if left_out else [])
    assert any("die Zeilen 3 und 4" in one for one in draft.content.get("todo", ())) == left_out.isdigit()


def test_a_secret_figure_is_not_named(tmp_path: Path, project: Project) -> None:
    draft = drafted(TWICE.format("81843•;41640", "80328;41098"), "bevoelkerung_lange_reihe", tmp_path, project)
    assert "81843" not in str(draft.content)
