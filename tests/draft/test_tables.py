"""Drafts of sheets with several tables, and what a table says beside its labels: notes, levels, sums, signs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from draft.kept import compare
from einklang.draft.delivers import standing_together
from einklang.draft.drafting import Draft, draft_profile
from einklang.draft.picture import paint_sheets
from einklang.project import Project

RATES = [
    ["Betreuungsquoten am 01.03.2018 nach Ländern"],
    ["Bundesländer", "Kinder im Alter von"],
    [None, "0 bis 2 Jahren", "3 bis 5 Jahren"],
    ["1: Anteil der betreuten Kinder."],
    ["Bayern", 27.5, 92.2],
    ["Berlin", 43.9, 92.4],
    ["Früheres Bundesgebiet", 29.4, 92.7],
    ["Neue Länder einschließlich Berlin", 51.5, 94.1],
    [],
]
BACKGROUND = [
    ["https://example.org/betreuungsquote-2017.html"],
    ["Betreuungsquote mit und ohne Migrationshintergrund am 1. März 2018"],
    ["Land", "Betreuungsquote von Kindern … in %1"],
    [None, "mit Migrationshintergrund", None, None, "ohne Migrationshintergrund"],
    [None, "Alter von … bis unter … Jahren", None, None, "Alter von … bis unter … Jahren"],
    [None, "Zusammen", "0 bis 3", "3 bis 6", "Zusammen", "0 bis 3", "3 bis 6"],
    ["1: In derselben Altersgruppe."],
    ["Bayern", 50, 19, 82, 64, 32, 97],
    ["Hessen", 54, 21, 87, 66, 38, 96],
    ["Deutschland", 50, 20, 82, 69, 41, 99],
]
OTHERS = [[], ["Kreis", "Plätze", "Gruppen"], ["Nord", 7, 1], ["Süd", 8, 2], ["Ost", 9, 3]]


def book(folder: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook with these rows in its sheets."""
    path = folder / "probe.xlsx"
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name.lstrip("_"))
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def parts(draft: Draft) -> list[dict[str, Any]]:
    return [one.model_dump(exclude_defaults=True) for one in draft.profile.layouts]


def test_all_tables_of_a_sheet_are_drafted_and_the_others_named(tmp_path: Path, project: Project) -> None:
    """Also without `--sheet`; an address above a table is no title, so that its year is no period."""
    path = book(tmp_path, Quoten=[*RATES, *BACKGROUND, *OTHERS])
    draft = draft_profile(path, project, "betreuungsquoten", "destatis")
    first, second = parts(draft)
    assert first["table"] == {
        "header": {"find": "Bundesländer", "rows": 2, "unread": {1: "Steht in jeder Spalte gleich."}},
        "end": ["https:"],
        "others": "Noch zu klären, ob diese Tabellen erhoben werden.",
    }
    assert second["table"]["header"] == {
        "find": "Land",
        "rows": 4,
        "fill_right": [1, 2],
        "unread": {3: "Steht in jeder Spalte gleich."},
    }
    assert first["dimensions"]["area"]["codes"] == {"Früheres Bundesgebiet": "DE_W_XBE"}
    assert second["dimensions"]["age"]["codes"] == {"Zusammen": "Y_LT6", "0 bis 3": "Y_LT3", "3 bis 6": "Y3T5"}
    assert second["footnotes"] == {"mark": r"(?<=%)\d"}
    assert [one["rows_not_data"][0]["pattern"] for one in (first, second)] == ["(1:).*", "(1:).*"]
    assert draft.trial.observations.num_rows == draft.trial.usable == 8 + 18
    assert set(draft.trial.observations["period"].to_pylist()) == {"2018-03-01"}
    assert any("die Tabelle ab Zeile 21 („Kreis“) ist nicht beschrieben" in text for text in draft.profile.todo)
    (shown,), _ = paint_sheets(draft.trial, draft.profile, project)
    said = {row.number: row.word for row in shown.rows}
    assert [said[number] for number in (1, 2, 5, 9, 11, 12, 16, 17, 22)] == [
        *("Titel", "Kopf", "Daten", "leer", "Titel", "Kopf", "nicht erhoben", "Daten", "Anmerkung"),
    ]
    assert shown.columns[1].startswith("Werte: Alter: unter 3 Jahre / Werte: Betreuungsquote")


def test_the_same_header_again_is_a_further_block(tmp_path: Path, project: Project) -> None:
    again = [[text.replace("2018", "2019") if isinstance(text, str) else text for text in row] for row in RATES]
    path = book(tmp_path, Quoten=[*RATES, ["https://example.org"], *again])
    draft = draft_profile(path, project, "betreuungsquoten", "destatis")
    (layout,) = parts(draft)
    assert layout["table"]["repeat"] and layout["table"]["end"] == ["https:"]
    assert set(draft.trial.observations["period"].to_pylist()) == {"2018-03-01", "2019-03-01"}
    assert draft.trial.observations.num_rows == draft.trial.usable == 16


def test_a_period_stands_where_every_sheet_says_it(tmp_path: Path, project: Project) -> None:
    """The title of one sheet is not enough for a table that stands in two."""
    path = book(tmp_path, _2018=RATES, _2019=RATES[1:])
    (layout,) = parts(draft_profile(path, project, "betreuungsquoten", "destatis", r"20\d\d"))
    assert layout["dimensions"]["period"] == {"sheet": True}


GROUPS = ["Insgesamt", None, "Kinder mit Migrationshintergrund", None, "Kinder ohne Migrationshintergrund"]


def test_words_that_all_groups_begin_with_say_nothing(tmp_path: Path, project: Project) -> None:
    """Years stand in the column whose heading begins with the word; the numbers of the columns are no heading."""
    path = book(
        tmp_path,
        Reihe=[
            ["Land", "Jahr (Stichtag: 1. März)", "Betreuungsquote"],
            [None, None, *GROUPS],
            [None, None, *["bis unter 3 Jahre", "3 bis unter 6 Jahre"] * 3],
            [1, 2, 3, 4, 5, 6, 7, 8],
            ["Bayern", 2018, 27.5, 92.2, 19, 82, 32, 97],
            ["Bayern", 2019, 28.5, 92.5, 20, 83, 33, 98],
            ["Hessen", 2018, 30.6, 92.2, 21, 87, 38, 96],
        ],
    )
    draft = draft_profile(path, project, "betreuungsquoten", "destatis")
    (layout,) = parts(draft)
    assert layout["dimensions"]["area"] == {"column": "A"}
    assert layout["dimensions"]["period"] == {"column": "B"}
    assert set(draft.trial.observations["migration_status"].to_pylist()) == {"_T", "MH", "XMH"}
    assert draft.trial.usable == 18


def test_what_is_delivered_stands_together_in_every_period() -> None:
    """`06` is missing in 2019, `Y_LT6` has no total, and the measure that only one area has is not agreed."""
    cells = [
        (area, age, status, "rate", period)
        for area in ("DE", "06", "09")
        for age in ("Y_LT3", "Y3T5", "Y_LT6")
        for status in ("_T", "MH", "XMH")
        for period in ("2018", "2019")
        if (area, period) != ("06", "2019") and (age, status) != ("Y_LT6", "_T")
    ]
    cells += [("DE", "Y_LT3", "_T", "places", "2018")]
    columns = ["area", "age", "migration_status", "measure", "period"]
    table = pa.table(dict(zip(columns, map(list, zip(*cells, strict=True)), strict=True)))
    assert standing_together(table, ["area", "age", "migration_status"], ["measure"]) == {
        "area": {"DE", "09"},
        "age": {"Y_LT3", "Y3T5"},
        "migration_status": {"_T", "MH", "XMH"},
        "measure": {"rate"},
    }


QUARTERS = [
    ["Statistische Daten zu den Stadtteilen"],
    ["Stadtgebiet", "Bevölkerung 31.12.2013", None, "Arbeit"],
    [None, "Bevölkerung", "Haushalte", "Arbeitslose (Dez 2013)"],
    [None, "Anzahl der Einwohner", "Anzahl der Haushalte", "Anzahl der Arbeitslosen"],
    ["Rothenburgsort", 10, 5, 0],
    ["Altona-Nord", 20, 9, 1],
    ["Eimsbüttel", 30, 11, 2],
    ["Wandsbek", 30, 11, 2],
    ["Hamburg-Mitte", 15, 6, 0],
    ["Eimsbüttel", 40, 15, 3],
    ["Wandsbek", 45, 16, 4],
    ["Hamburg", 100, 37, 7],
]


def test_names_that_stand_again_below_are_another_level(tmp_path: Path, project: Project) -> None:
    """A heading is known without the date behind it; `0` is nothing where the table has no other sign for it."""
    draft = draft_profile(book(tmp_path, Profil_2014=QUARTERS), project, "stadtteilprofile", "hh")
    above, below = parts(draft)
    assert above["table"]["end"] == below["table"]["begin"] == ["Hamburg-Mitte"]
    assert below["dimensions"]["area"]["codes"] == {"Hamburg-Mitte": "HH_1", "Eimsbüttel": "HH_3", "Wandsbek": "HH_5"}
    assert above["dimensions"]["measure"]["header_row"] == 2
    assert above["signs"]["changes"] == {"0": "nil"} and any("„0“ steht 2-mal" in one for one in draft.profile.todo)
    assert draft.content["parts"] == [
        {"table": {"end": ["Hamburg-Mitte"]}, "dimensions": {"area": draft.content["parts"][0]["dimensions"]["area"]}},
        {"table": {"begin": ["Hamburg-Mitte"]}, "dimensions": {"area": below["dimensions"]["area"]}},
    ]
    assert draft.trial.observations.num_rows == draft.trial.usable == 24


@pytest.mark.parametrize(("sign", "years"), [("-", "200[0-2]"), ("5", None)])
def test_a_group_without_a_number_in_its_first_years_is_asked_about(
    sign: str, years: str | None, tmp_path: Path, project: Project
) -> None:
    """Years in which a group of states was not published: the sign for nothing stands in every row."""
    groups = ["EUROPA", "AFRIKA", "ASIEN", "AMERIKA", "LDR-SM"]
    bases = list(project.codelists["legal_bases"].by_scheme("genesis"))[:25]
    lines = [
        f"{year};DG;{group};{basis};GESM;{sign if group == 'LDR-SM' and year < 2003 else 5}"
        for year in range(2000, 2006)
        for group in groups
        for basis in bases
    ]
    path = tmp_path / "probe.csv"
    path.write_text("\n".join(["JAHR;GEBIET;GRUPPE;GRUND;GES;Wert", *lines]), encoding="utf-8")
    content = draft_profile(path, project, "einbuergerungen_rechtsgrundlage", "destatis").content
    found = [one for one in content.get("rows_not_data", []) if one["pattern"] == "LDR-SM"]
    assert [one["where"] for one in found] == ([{"JAHR": years}] if years else [])
    assert any("von 2000 bis 2002 steht nie eine Zahl" in text for text in content["todo"]) is bool(years)


STATUS = [
    ["2 Bevölkerung 2019 nach Migrationsstatus, Altersgruppen und Geschlecht"],
    ["Männlich in 1 000"],
    ["Detaillierter Migrationsstatus", "Insgesamt", "Davon im Alter1"],
    [None, *range(1, 28)],
    ["Nach Migrationsstatus"],
    ["Bevölkerung insgesamt", *[9.5] * 27],
    ["Personen ohne Migrationshintergrund", *[7.5] * 27],
    ["Personen mit Migrationshintergrund", *[2.5] * 27],
    ["• Ausländer", *[1.5] * 27],
    ["• Deutsche", *[1.5] * 26],
    ["» Eingebürgerte", *[0.5] * 26],
    ["nachrichtlich:"],
    ["• Deutsche i.e.S.", *[1.5] * 26],
    ["» Eingebürgerte i.e.S.", *[0.5] * 26],
    ["Nach Geburtsland"],
    ["Personen mit Migrationshintergrund", *[2.5] * 27],
    ["Europa", *[1.5] * 27],
    ["– EU-28", *[0.5] * 27],
    ["• Polen", *[0.5] * 27],
    [],
    ["1 Am Tag der Befragung."],
]


def test_labels_of_several_dimensions_in_a_column(tmp_path: Path, project: Project) -> None:
    """They are told apart by bullets and lists; the columns of a published table by its number and their order."""
    women = [STATUS[0], ["Weiblich in 1 000"], *STATUS[2:]]
    path = book(tmp_path, Tab2M=STATUS, Tab2W=women)
    draft = draft_profile(path, project, "mikrozensus_migration", "ni", "Tab2.")
    (layout,) = parts(draft)
    places = layout["dimensions"]
    outer = "Personen ohne Migrationshintergrund|Personen mit Migrationshintergrund|Bevölkerung insgesamt"
    assert places["migration_status"]["pattern"] == outer and places["migration_status"]["fill_down"]
    assert places["citizenship"] == {
        "column": "A",
        "pattern": r"• (?P<key>Ausländer|Deutsche)(?: i\.e\.S\.)?",
        "fill_down": True,
        "until": outer,
        "otherwise": "_T",
    }
    assert places["german_by"]["pattern"] == r"» (?P<key>Eingebürgerte)(?: i\.e\.S\.)?"
    assert places["country"]["pattern"] == "(?:[–•] )?(?P<key>Europa|EU-28|Polen)"
    assert places["sex"] == {"title": True, "pattern": "^(?P<key>Männlich|Weiblich)(?= in )"}
    assert places["breakdown"] == {"section": "A", "pattern": "Nach .+"}
    assert layout["units"] == {"persons": "THOUSAND_PERSONS"} and layout["signs"]["changes"] == {"": "nil"}
    assert layout["columns"][26]["codes"] == {"characteristic": "T2_27", "measure": "average_years"}
    assert [one["column"] for one in layout["cells_not_data"]] == ["AB"]
    assert layout["rows_not_data"][0]["pattern"] == "nachrichtlich:" and layout["footnotes"] == {
        "mark": r"(?<=[a-zäöüß])\d"
    }
    read = draft.trial.observations.to_pandas()
    assert draft.trial.usable == len(read) == 2 * (27 * 12 - 4)
    naturalised = read[(read["row"] == 14) & (read["column"] == "B")].iloc[0]
    expected = {"migration_status": "MH", "citizenship": "DE", "german_by": "NATURALISATION", "country": "_T"}
    assert {name: naturalised[name] for name in expected} == expected


@pytest.mark.parametrize(("label", "lost"), [("Hessen", []), ("Hesen", ["dimensions.area.codes.Hesen"])])
def test_a_table_that_the_draft_tells_in_parts_is_judged_in_each(
    label: str, lost: list[str], tmp_path: Path, project: Project
) -> None:
    """A committed profile may be wider than the draft; a setting is kept where every part has it."""
    figures = [["Bayern", 27, 92], [label, 30, 92]]
    path = book(
        tmp_path,
        _2018=[["Land", "0 bis 2 Jahren", "3 bis 5 Jahren"], ["Bayern", 27, 92], ["Hessen", 30, 92]],
        _2019=[["Bundesland", "0 bis 2 Jahren", "3 bis 5 Jahren"], *figures],
    )
    draft = draft_profile(path, project, "betreuungsquoten", "destatis", "20..")
    assert len(draft.content["parts"]) == 2
    committed = {
        **{name: draft.content[name] for name in ("supplier", "dataset", "title", "file", "signs")},
        "table": {"header": {"find": "0 bis 2 Jahren"}},
        "dimensions": {
            "period": {"sheet": True},
            "area": {"column": "A", "codes": {"Hesen": "06"}},
            "age": {"header_row": 1},
            "measure": {"constant": "care_rate"},
        },
    }
    assert compare(committed, draft, project, path).wrong == lost
