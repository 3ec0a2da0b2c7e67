"""Readings that look right and are not: what a draft must see, or ask, before anybody trusts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from builders import workbook

from einklang.draft.drafting import Draft, draft_profile
from einklang.project import Project

Rows = Sequence[Sequence[Any]]
KREISE = [("6411000", "Darmstadt", 100), ("6412000", "Frankfurt am Main", 300), ("6431000", "Bergstraße", 50)]
KREISE_2 = [("6531000", "Gießen", 70), ("6532000", "Lahn-Dill-Kreis", 80), ("6533000", "Limburg-Weilburg", 60)]


def _draft(folder: Path, project: Project, sheets: Mapping[str, Rows], supplier: str, dataset: str) -> Draft:
    path = folder / "probe.xlsx"
    path.write_bytes(workbook(sheets))
    return draft_profile(path, project, dataset, supplier)


def _hessen() -> list[list[Any]]:
    rows: list[list[Any]] = [
        ["Ausländer in Hessen"],
        ["AGS", "Name", "Ausländerinnen und Ausländer", "", "Veränderung in %"],
        ["", "", "31.12.2023", "31.12.2024", "2024 gegenüber 2023"],
    ]
    for kreise, region in ((KREISE, "6400000"), (KREISE_2, "6500000")):
        rows += [[int(key), name, 10 * one, 11 * one, 10.0] for key, name, one in kreise]
        rows.append([int(region), "Reg.-Bez.", *(f * sum(one for _, _, one in kreise) for f in (10, 11)), 10.0])
    return [*rows, [6000000, "Hessen", 6600, 7260, 10.0]]


def test_keys_of_municipalities_are_keys_of_kreise(project: Project, tmp_path: Path) -> None:
    """With the last three digits zero and the first zero lost; sums of regions are checked, rates make none."""
    draft = _draft(tmp_path, project, {"Tab": _hessen()}, "he", "auslaender")
    area = draft.content["dimensions"]["area"]
    assert (area["scheme"], area["pattern"], area["length"]) == ("key", r"(?P<key>\d{4,5})000", 5)
    assert area["codes"] == {"6000": "06"}
    (sums,) = draft.content["rows_not_data"]
    assert (sums["pattern"], sums["sum_of"]) == ("6400000|6500000", "above")
    codes = set(draft.trial.observations.column("area").to_pylist())
    assert codes == {"06", "06411", "06412", "06431", "06531", "06532", "06533"}


def test_a_column_in_per_cent_makes_no_row_a_sum(project: Project, tmp_path: Path) -> None:
    rows = _hessen()
    rows[6][2] += 500
    content = _draft(tmp_path, project, {"Tab": rows}, "he", "auslaender").content
    assert [one for one in content["todo"] if "„6400000“ sind nur in einem Teil der Spalten" in one]
    rows[6][3] += 500
    content = _draft(tmp_path, project, {"Tab": rows}, "he", "auslaender").content
    assert [(one["pattern"], one.get("sum_of")) for one in content["rows_not_data"]] == [(r"\d{1,2}[1-9]00000", None)]


def test_years_in_headings_stay_in_their_row(project: Project, tmp_path: Path) -> None:
    """A column that is left out does not nail the others to the years of this file."""
    content = _draft(tmp_path, project, {"Tab": _hessen()}, "he", "auslaender").content
    assert content["dimensions"]["period"] == {"header_row": 2}
    assert [one["headings"] for one in content["columns"]] == [["Veränderung in %"], ["*"]]


def _naturalised(name: str, one: int) -> list[list[Any]]:
    return [
        [f"Rheinland-Pfalz: {name}"],
        ["Geschlecht", "Herkunft", 2023, 2024],
        ["insgesamt", "zusammen", 10 * one, 11 * one],
        ["", "davon EU-Staaten", 4 * one, 5 * one],
        ["", "davon Drittstaaten", 6 * one, 6 * one],
        ["männlich", "zusammen", 5 * one, 6 * one],
        ["", "davon EU-Staaten", 2 * one, 3 * one],
        ["", "davon Drittstaaten", 3 * one, 3 * one],
    ]


def test_parts_of_a_total_do_not_take_the_column_of_another_dimension(project: Project, tmp_path: Path) -> None:
    content = _draft(tmp_path, project, {"B2": _naturalised("B2", 100)}, "rp", "einbuergerungen").content
    assert content["dimensions"]["sex"] == {"heading": "Geschlecht", "fill_down": True}
    group = content["dimensions"]["nationality_group"]
    assert group == {"heading": "Herkunft", "codes": {"davon EU-Staaten": "EU", "davon Drittstaaten": "NON_EU"}}


def test_sheets_named_after_measures_are_told_apart(project: Project, tmp_path: Path) -> None:
    sheets = {"Einbürgerungen": _naturalised("A", 100), "Bestand": _naturalised("B", 3000)}
    draft = _draft(tmp_path, project, sheets, "rp", "einbuergerungen")
    assert draft.content["dimensions"]["measure"] == {"sheet": True}
    assert [one for one in draft.content["todo"] if "welche Merkmale sind die Blätter „Bestand“" in one]
    assert draft.trial.usable * 2 == draft.trial.observations.num_rows


def test_figures_that_nothing_tells_apart_are_asked_for(project: Project, tmp_path: Path) -> None:
    sheets = {"Teil 1": _naturalised("A", 100), "Teil 2": _naturalised("B", 3000)}
    draft = _draft(tmp_path, project, sheets, "rp", "einbuergerungen")
    (question,) = [one for one in draft.content["todo"] if "dieselben Merkmale" in one]
    assert "24 Werte" in question and "Teil 1!C3 und Teil 2!C3" in question and "Name des Blatts" in question
    assert draft.trial.usable == 0


def test_names_of_sheets_hold_for_other_years(project: Project, tmp_path: Path) -> None:
    rows = [["Geschlecht", "Saarland", "Hessen"], ["männlich", 50, 60], ["weiblich", 40, 70]]
    sheets = {f"Stand {year}": [[f"Ausländer am 31.12.{year}"], *rows] for year in (2023, 2024)}
    draft = _draft(tmp_path, project, sheets, "destatis", "auslaender")
    assert draft.content["file"]["sheet"] == r"Stand 20\d{2}"
    other = {**sheets, "Stand 2022": [["Anmerkung"], ["keine Tabelle"]]}
    draft = _draft(tmp_path, project, other, "destatis", "auslaender")
    assert draft.content["file"]["sheet"] == "Stand 2023|Stand 2024"


SAARLAND = (
    "Schlüssel;Gebiet{};insgesamt;männlich\n10;Saarland;210;110\n10041;Regionalverband Saarbrücken;100;50\n"
    "10042;Merzig-Wadern;50;30\n10043;Neunkirchen;60;30\n"
)


def _from_text(folder: Path, project: Project, text: str) -> dict[str, Any]:
    path = folder / "probe.csv"
    path.write_text(text, encoding="utf-8")
    return draft_profile(path, project, "auslaender", "sl").content


@pytest.mark.parametrize(
    "text",
    [
        f"Ausländische Bevölkerung am 31.12.2024 (in 1 000)\n{SAARLAND.format('')}",
        f"Ausländische Bevölkerung am 31.12.2024\n{SAARLAND.format('')}Angaben in Tausend\n",
        f"Ausländische Bevölkerung am 31.12.2024\n{SAARLAND.format(' (Personen in 1 000)')}",
        f"Ausländische Bevölkerung am 31.12.2024, Anteile in Prozent\n{SAARLAND.format('')}",
    ],
    ids=["title", "note", "heading", "per cent"],
)
def test_a_unit_beside_the_table_is_asked_about(text: str, project: Project, tmp_path: Path) -> None:
    (question,) = _from_text(tmp_path, project, text)["todo"]
    assert question.startswith("units: ")


def test_the_unit_of_the_measure_is_no_question(project: Project, tmp_path: Path) -> None:
    text = f"Ausländische Bevölkerung (Personen) im Jahr 2024\n{SAARLAND.format('')}"
    assert "todo" not in _from_text(tmp_path, project, text)


def test_another_date_in_the_title_is_not_the_period(project: Project, tmp_path: Path) -> None:
    """And two dates are a question in any case."""
    text = f"Gebietsstand 31.12.2023\nAusländische Bevölkerung am 31.12.2024\n{SAARLAND.format('')}"
    content = _from_text(tmp_path, project, text)
    assert content["dimensions"]["period"]["pattern"] == "Ausländische Bevölkerung am (?P<key>.+)"
    assert [one.partition(":")[0] for one in content["todo"]] == ["dimensions.period"]


@pytest.mark.parametrize(
    ("title", "asks"),
    [
        ("Ausländische Bevölkerung", ""),
        ("Deutsche Bevölkerung", "dimensions.measure"),
        ("Ausländische Bevölkerung unter 18 Jahren", "dataset"),
        ("Ausländerinnen", "dataset"),
        ("Ausländerinnen und Ausländer", ""),
        ("Ausländische Bevölkerung: Syrien", "dimensions.nationality"),
        ("Ausländische Bevölkerung 2021/22 nach Altersgruppen", ""),
    ],
)
def test_a_title_that_says_of_whom_the_figures_are_is_asked_about(
    title: str, asks: str, project: Project, tmp_path: Path
) -> None:
    text = f"{title} am 31.12.2024\n{SAARLAND.format('')}"
    todo = _from_text(tmp_path, project, text).get("todo", [])
    assert [one.partition(":")[0] for one in todo] == ([asks] if asks else [])


def test_a_section_without_a_code_is_asked_about(project: Project, tmp_path: Path) -> None:
    rows = SAARLAND.format("").splitlines()
    text = "\n".join(["Bevölkerung am 31.12.2024", rows[0], "Deutsche;;;", *rows[1:], "Ausländer;;;", *rows[1:]])
    assert [one for one in _from_text(tmp_path, project, text)["todo"] if "„Deutsche“" in one]


def test_a_row_of_figures_without_a_label_is_asked_about(project: Project, tmp_path: Path) -> None:
    text = f"Ausländische Bevölkerung am 31.12.2024\n{SAARLAND.format('')};;420;220\n"
    assert [one for one in _from_text(tmp_path, project, text)["todo"] if "ohne Bezeichnung" in one]


def _in_per_cent(folder: Path, project: Project, dataset: str, *heads: str) -> dict[str, Any]:
    rows = "10;Saarland;11,4 %;12,1 %\n10041;Regionalverband Saarbrücken;5 %;5,2 %\n10042;Merzig-Wadern;0,3 %;0\n"
    path = folder / "probe.csv"
    path.write_text(f"Arbeitslose am 31.12.2024\nSchlüssel;Gebiet;{';'.join(heads)}\n{rows}", encoding="utf-8")
    return draft_profile(path, project, dataset, "sl").content


def test_figures_in_per_cent_are_no_counts(project: Project, tmp_path: Path) -> None:
    content = _in_per_cent(tmp_path, project, "arbeitslose", "2023", "2024")
    assert content["dimensions"]["measure"] == {"constant": "unemployment_rate"}
    assert [one for one in content["todo"] if one.startswith("dimensions.measure: welches Merkmal")]


def test_figures_in_per_cent_of_a_count_are_asked_about(project: Project, tmp_path: Path) -> None:
    content = _in_per_cent(tmp_path, project, "auslaender", "insgesamt", "männlich")
    assert [one for one in content["todo"] if one.startswith("IM-COD-006: „%“")]
