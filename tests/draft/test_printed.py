"""Drafts of tables as offices print them: groups of headings, blocks, short keys, sums, words and colours explained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill

from einklang.draft.drafting import Draft, draft_profile
from einklang.project import Project

GROUPS = """Ausländische Bevölkerung am 31.12.2024;;;
Gebiet;Insgesamt;Darunter;
;;Syrien;Ukraine 1)
Saarland;100;30;20
Merzig-Wadern;60;20;10
Neunkirchen;40;10;10
1) mit Schutzsuchenden;;;
"""
NAMED = GROUPS.replace("Darunter", "nach ausgewählten Staatsangehörigkeiten")
MEASURES = """Jahr;Geschlecht;Einbürgerungen insgesamt;davon;;Ausländer am 31.12. des Vorjahres;Bemerkung
;;;EU-Staaten;Drittstaaten;;
2023;männlich;90;30;60;1000;
;weiblich;100;40;60;1100;
;zusammen;190;70;120;2100;
2024;männlich;95;30;65;1010;vorl.
;weiblich;110;40;70;1110;vorl.
;zusammen;205;70;135;2120;vorl.
vorl. vorläufiges Ergebnis;;;;;;
"""
BLOCKS = """Arbeitslose in Schleswig-Holstein
Krs;Name;Personengruppe;2023;;2024;
;;;Bestand;Quote;Bestand;Quote
1001;Flensburg;alle;4100;8,1;4200;8,2
;;dar. Ausl.;900;19,7;950;20,1
1002;Kiel;alle;9800;7,6;9900;7,7
;;dar. Ausl.;2400;20,5;2500;20,9
1;Schleswig-Holstein;alle;13900;7,8;14100;7,9
;;dar. Ausl.;3300;20,2;3450;20,6
"""
SUMS = """Ausländische Bevölkerung am 31.12.2024;;
Schl.-Nr.;Kreisfreie Stadt / Landkreis;Anzahl
;männlich;
51;Erfurt, Stadt;30
52;Gera, Stadt;20
;Kreisfreie Städte;50
61;Eichsfeld;15
62;Nordhausen;10
;Landkreise;25
16;Thüringen;75
;weiblich;
51;Erfurt, Stadt;25
52;Gera, Stadt;15
;Kreisfreie Städte;40
61;Eichsfeld;10
62;Nordhausen;5
;Landkreise;15
16;Thüringen;55
"""


def _draft(text: str, folder: Path, project: Project, dataset: str, supplier: str) -> Draft:
    path = folder / "tabelle.csv"
    path.write_text(text, encoding="utf-8")
    return draft_profile(path, project, dataset, supplier)


@pytest.mark.parametrize("text", [GROUPS, NAMED], ids=["darunter", "named"])
def test_a_heading_that_only_announces_groups_says_nothing_of_its_own(
    text: str, tmp_path: Path, project: Project
) -> None:
    draft = _draft(text, tmp_path, project, "auslaender", "sl")
    above = "Darunter" if text is GROUPS else "nach ausgewählten Staatsangehörigkeiten"
    assert draft.content["columns"] == [
        {"headings": ["Insgesamt", ""], "codes": {"nationality": "_T"}},
        {"headings": [above, "Syrien"], "codes": {"nationality": "475"}},
        {"headings": [above, "Ukraine"], "codes": {"nationality": "166"}},
    ]
    assert not draft.profile.todo and draft.trial.usable == 9


def test_groups_belong_to_the_measure_beside_them(tmp_path: Path, project: Project) -> None:
    """Also: years at the beginning of a block only, a measure that is nearly named, a word of status explained."""
    draft = _draft(MEASURES, tmp_path, project, "einbuergerungen", "sn")
    assert draft.content["columns"][1] == {
        "headings": ["davon", "EU-Staaten"],
        "codes": {"measure": "naturalisations", "nationality_group": "EU"},
    }
    assert draft.content["dimensions"]["period"] == {"column": "A", "fill_down": True}
    assert draft.content["status"] == {"heading": "Bemerkung", "words": {"vorl.": "provisional"}}
    (question,) = draft.profile.todo
    assert "„Ausländer am 31.12. des Vorjahres“" in question and "foreigners_previous_year" in question
    assert draft.trial.usable == draft.trial.observations.num_rows == 24


def test_blocks_of_rows_under_a_count_and_a_rate_for_each_year(tmp_path: Path, project: Project) -> None:
    draft = _draft(BLOCKS, tmp_path, project, "arbeitslose", "sh")
    assert draft.content["dimensions"] == {
        "area": {"column": "A", "scheme": "key", "prefix": "0", "fill_down": True, "name_column": "B"},
        "citizenship": {"column": "C", "codes": {"dar. Ausl.": "FOREIGN"}},
        "period": {"header_row": 1},
        "measure": {"header_row": 2, "codes": {"Bestand": "unemployed", "Quote": "unemployment_rate"}},
    }
    assert not draft.profile.todo and draft.trial.usable == 24


@pytest.mark.parametrize("supplier", ["th", ""])
def test_short_keys_and_sums_in_sections(supplier: str, tmp_path: Path, project: Project) -> None:
    """The Land is that of the supplier, else that of the names beside the keys."""
    draft = _draft(SUMS, tmp_path, project, "auslaender", supplier)
    assert draft.content["dimensions"]["area"] == {
        "heading": "Schl.-Nr.",
        "scheme": "key",
        "length": 3,
        "prefix": "16",
        "name_heading": "Kreisfreie Stadt / Landkreis",
        "codes": {"16": "16"},
    }
    assert draft.content["rows_not_data"] == [
        {
            "heading": "Kreisfreie Stadt / Landkreis",
            "pattern": "Kreisfreie Städte|Landkreise",
            "reason": "Summe der Zeilen darüber",
            "sum_of": "above",
        }
    ]
    assert "IM-AGG-007" not in {one.rule for one in draft.trial.findings}
    assert draft.trial.usable == 10


def test_a_row_that_is_no_sum_is_asked_about(tmp_path: Path, project: Project) -> None:
    draft = _draft(SUMS.replace(";Landkreise;25", ";Landkreise;45"), tmp_path, project, "auslaender", "th")
    assert "Landkreise" not in str(draft.content["rows_not_data"])
    (question,) = draft.profile.todo
    assert "ohne Schlüssel sind „Landkreise“" in question


@pytest.mark.parametrize(
    ("note", "style", "kind"),
    [
        ("Rot: vorläufig", {"font": Font(color="FFFF0000")}, "font_colour"),
        ("Gelb hinterlegte Zahlen sind geschätzt.", {"fill": PatternFill("solid", fgColor="FFFFFF00")}, "fill_colour"),
        ("Rot: vorläufig", {}, ""),
    ],
    ids=["font", "fill", "absent"],
)
def test_a_colour_that_a_note_explains_is_a_status(
    note: str, style: dict[str, Any], kind: str, tmp_path: Path, project: Project
) -> None:
    path = tmp_path / "farbe.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    rows: list[Sequence[object]] = [["Stand: 31.12.2024"], ["Gebiet", "männlich", "weiblich"], ["Saarland", 80, 90]]
    for row in (*rows, ["Merzig-Wadern", 30, 40], [note]):
        sheet.append(row)
    for name, value in style.items():
        setattr(sheet["C4"], name, value)
    book.save(path)
    draft = draft_profile(path, project, "auslaender", "sl")
    meaning, colour = ("estimated", "FFFF00") if kind == "fill_colour" else ("provisional", "FF0000")
    assert draft.content.get("status") == ({"shown_by": kind, "words": {colour: meaning}} if kind else None)
    (question,) = draft.profile.todo
    assert note in question
    flagged = [one["obs_status"] for one in draft.trial.observations.to_pylist() if one["obs_status"] != "A"]
    assert flagged == ([{"estimated": "E", "provisional": "P"}[meaning]] if kind else [])


SHORT = """Schulentlassene 2023;;;
Verwaltungsbezirk;Abschluss;männl.;weibl.
Kaiserslautern, kfr. St.;ohne Hauptschulabschl.;30;20
;mit mittl. Abschluss;50;60
;zusammen;80;80
Kaiserslautern (LKR);ohne Hauptschulabschl.;10;15
;mit mittl. Abschluss;20;25
;zusammen;30;40
Landkreise;ohne Hauptschulabschl.;10;15
;mit mittl. Abschluss;20;25
;zusammen;30;40
"""
LEFT = """Einbürgerungen im Land Bremen
Berichtsjahr;Einb. insg.;dar. weibl.;dar. EU-Staaten;Einb.quote II;Stat.
2021;1700;850;420;1,55;e
2022;1750;860;430;1,58;e
2023;1800;900;450;1,61;v
e = endgültig, v = vorläufig
"""


def test_abbreviated_labels_and_types_of_areas(tmp_path: Path, project: Project) -> None:
    """Types tell areas of one name apart; sums of a level stand in a block of their own."""
    draft = _draft(SHORT, tmp_path, project, "schulabgaenge", "rp")
    area, certificate = (draft.content["dimensions"][name] for name in ("area", "certificate"))
    assert area["codes"] == {"Kaiserslautern, kfr. St.": "07312", "Kaiserslautern (LKR)": "07335"}
    assert area["not_data"] == {"Landkreise": "Summe der kreisfreien Städte oder der Landkreise"}
    assert certificate["codes"] == {"ohne Hauptschulabschl.": "NONE", "mit mittl. Abschluss": "MSA", "zusammen": "_T"}
    (question,) = draft.profile.todo
    assert "nach der Abkürzung" in question and "„mit mittl. Abschluss“" in question
    assert draft.trial.usable == draft.trial.observations.num_rows == 12


def test_groups_in_one_header_row_belong_to_the_measure_to_their_left(tmp_path: Path, project: Project) -> None:
    draft = _draft(LEFT, tmp_path, project, "einbuergerungen", "hb")
    codes = {one["headings"][0]: one["codes"] for one in draft.content["columns"]}
    assert codes["dar. weibl."] == {"measure": "naturalisations", "sex": "F", "nationality_group": "_T"}
    assert codes["dar. EU-Staaten"] == {"measure": "naturalisations", "sex": "_T", "nationality_group": "EU"}
    assert codes["Einb.quote II"]["measure"] == "naturalisation_rate"
    assert draft.content["status"] == {"heading": "Stat.", "words": {"e": "final", "v": "provisional"}}


def test_measures_in_rows_with_their_parts_below_and_a_sheet_for_each_area(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "kennzahlen.xlsx"
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in ("Darmstadt", "Wetteraukreis", "Hessen"):
        sheet = book.create_sheet(name)
        rows: list[Sequence[object]] = [
            [name],
            ["Kennzahl", "Einheit", 2023, 2024],
            ["Arbeitslose im Jahresdurchschnitt", "Anz.", 4100, 4200],
            ["  darunter: Ausländer", "Anz.", 1300, 1400],
            ["Arbeitslosenquote (alle ziv. Erwerbspers.)", "%", 5.1, 5.2],
            ["  darunter: Ausländer", "%", 13.0, 13.1],
        ]
        for row in rows:
            sheet.append(row)
    book.save(path)
    draft = draft_profile(path, project, "", "he")
    assert draft.content["dataset"] == "arbeitslose" and draft.content["dimensions"]["area"] == {"sheet": True}
    assert draft.content["dimensions"]["citizenship"] == {
        "column": "A",
        "pattern": "(?:darunter: )(?P<key>.+)",
        "otherwise": "_T",
    }
    assert draft.trial.usable == draft.trial.observations.num_rows == 24
    (question,) = draft.profile.todo
    assert "„Arbeitslosenquote (alle ziv. Erwerbspers.)“" in question


@pytest.mark.parametrize(
    ("legend", "changes"),
    [
        ("x = wegen geringer Fallzahl nicht ausgewiesen", {"x": "primary_suppressed"}),
        ("x Tabellenfach gesperrt; - nichts vorhanden", {}),
        ("x: nichts, was man kennt", {}),
        ("- vorläufige Zahlen für 2024", {}),
    ],
    ids=["otherwise", "as agreed", "unknown words", "a list"],
)
def test_signs_mean_what_the_legend_says(
    legend: str, changes: dict[str, str], tmp_path: Path, project: Project
) -> None:
    text = f"Stand: 31.12.2024;;\nGebiet;männlich;weiblich\nSaarland;100;90\nMerzig-Wadern;x;-\n{legend};;\n"
    draft = _draft(text.replace("; -", "\n-"), tmp_path, project, "auslaender", "sl")
    assert draft.content["signs"] == {"convention": "din55301", **({"changes": changes} if changes else {})}
    assert [legend.partition(" ")[0] in one for one in draft.profile.todo] == [True] * len(changes)
