"""Drafts from samples: settings of committed profiles that a draft finds by itself, questions, drift, and the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from builders import ROOT, merged, project_with, read_in_file, workbook

from draft.kept import compare, kept
from einklang.cli.app import main
from einklang.declarations.base import build
from einklang.declarations.profile import Profile
from einklang.draft.drafting import Draft, draft_profile
from einklang.draft.drift import find_drift
from einklang.draft.page import render_page, some_figures
from einklang.draft.writing import write_draft
from einklang.errors import FileNotUsable, UnusableInput
from einklang.project import Project

INBOX = ROOT / "demo" / "inbox" / "2-aktuell"
SAMPLES = [
    "bb/arbeitslose/bb_arbeitslose_2025.csv",
    "bw/auslaender/bw_azr_kreise_2024-12-31.csv",
    "by/auslaender/12521-001r_2024-12-31.xlsx",
    "nw/einbuergerungen/B2_Grundzahlen_2024.xlsx",
    "ni/auslaender/Z1250-NI_2024-12-31.csv",
    "sl/arbeitslose/Export_Arbeitslose_Saarland_2025.csv",
    "sn/arbeitslose/Arbeitslose_Sachsen_2025.txt",
    "th/auslaender/TLS_foreigners_2024-12-31.csv",
]
TINY = """Ausländische Bevölkerung
Stand: 31.12.2024
Gebiet;insgesamt;männlich;weiblich
Saarland;163.935;85.000;78.935
Merzig-Wadern;14.000;7.500;-
Neunkirhcen;20.000;11.000;9.000
Zusammen;34.000;18.500;9.000
Quelle: Probe
"""

SEXES = [["insgesamt", 30], ["männlich", 16], ["weiblich", 14]]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "probe.csv"
    path.write_text(TINY, encoding="utf-8")
    return path


def test_headings_divided_at_the_end_of_a_line_are_known(project: Project, tmp_path: Path) -> None:
    heads = ["Gebiet", "Arbeits-\nlose³)", "Arbeitslosen-\nquote"]
    rows = [["Saarland", 36000, 7.1], ["Hessen", 190000, 5.4], ["Bayern", 290000, 3.9]]
    book = workbook({"2024": [heads, *rows, ["3) Jahresdurchschnitt"]]})
    path = tmp_path / "probe.xlsx"
    path.write_bytes(book)
    drafted = draft_profile(path, project, "arbeitslose", "destatis")
    assert set(drafted.trial.observations["measure"].to_pylist()) == {"unemployed", "unemployment_rate"}


@pytest.mark.parametrize("years", ["2023;2024¹)", "2023²;2024", "2023 1);2024 2)", "20231);2024"])
def test_years_with_marks_head_columns(years: str, project: Project, tmp_path: Path) -> None:
    path = tmp_path / "probe.csv"
    path.write_text(f"Gebiet;{years}\nSaarland;160.665;163.935\nHessen;9.001;9.002\n1) geändert\n", encoding="utf-8")
    drafted = draft_profile(path, project, "auslaender", "destatis")
    assert drafted.content["dimensions"]["period"] == {"header_row": 1}
    assert sorted(set(drafted.trial.observations["period"].to_pylist())) == ["2023-12-31", "2024-12-31"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: Path(one).name)
def test_most_settings_of_the_committed_profile_are_found(sample: str, project: Project) -> None:
    supplier, dataset, _ = sample.split("/")
    found = kept(INBOX / sample, ROOT / "schemas/profiles" / supplier / f"{dataset}.yaml", project)
    assert found.share >= 0.8, found.wrong


def test_a_draft_that_reads_nothing_keeps_no_setting_judged_by_its_effect(tiny: Path, project: Project) -> None:
    """Also nothing that it does not say: the measure would flatter a draft that leaves a setting out."""
    draft = draft_profile(tiny, project, "auslaender", "sl")
    committed = {name: value for name, value in draft.content.items() if name != "todo"}
    whole = compare(committed, draft, project, tiny)
    assert not whole.wrong and "rows_not_data.0.pattern" in whole.right
    content = {name: value for name, value in draft.content.items() if name not in {"rows_not_data", "numbers"}}
    content["table"] = {"header": {"find": "steht nirgends"}}
    empty = compare(committed, replace(draft, content=content, profile=build(Profile, content, tiny)), project, tiny)
    lost = {"numbers.decimal", "table.header.find", "table.end", "rows_not_data.0.pattern"}
    assert lost <= set(empty.wrong)


def test_a_draft_loads_and_its_questions_stay_a_warning(tiny: Path, tmp_path: Path, project: Project) -> None:
    text = write_draft(draft_profile(tiny, project, supplier="sl"))
    path = tmp_path / "entwurf.yaml"
    profile = build(Profile, yaml.safe_load(text), path)
    assert "IM-STR-012" in {
        one.rule for one in read_in_file(tiny, project_with(project, profile), profile).result.findings
    }


def test_settings_of_a_tiny_table(tiny: Path, project: Project) -> None:
    content = draft_profile(tiny, project, supplier="sl").content
    assert content["dataset"] == "auslaender"
    assert content["numbers"] == {"decimal": ",", "thousands": "."}
    assert content["table"] == {"header": {"find": "Gebiet"}, "end": ["Quelle:"]}
    assert content["dimensions"] == {
        "area": {"heading": "Gebiet"},
        "sex": {"header_row": 1},
        "period": {"title": True, "pattern": "Stand: (?P<key>.+)"},
        "measure": {"constant": "foreigners"},
    }
    assert content["rows_not_data"] == [
        {"heading": "Gebiet", "pattern": "Zusammen", "reason": "Summe der Zeilen darüber", "sum_of": "above"}
    ]


FLAT = """nr;name;tcode;Zeit;gcode;gname;acode;aname;value;unit
12345;Probe;JAHR;2024;GES;Geschlecht;;Insgesamt;30;1000
12345;Probe;JAHR;2024;GES;Geschlecht;GESM;männlich;15;1000
12345;Probe;JAHR;2024;GES;Geschlecht;GESW;weiblich;15;1000
12345;Probe;JAHR;2023;GES;Geschlecht;;Insgesamt;28;1000
12345;Probe;JAHR;2023;GES;Geschlecht;GESM;männlich;14;1000
12345;Probe;JAHR;2023;GES;Geschlecht;GESW;weiblich;14;1000
"""
PREAMBLE = """Region;Deutschland;Schlüssel:;d
Berichtsjahr;2015
Staatsangehörigkeit;Ausländer

Merkmal;JD Arbeitslose;Anteil in %
unter 25 Jahre;238;9
25 bis unter 55 Jahre;1982;71
55 oder älter;573;20

Exportdatum:;21.05.2025
"""
KEYS = """AGS,Ort,Alter,Bevölkerung männlich,Bevölkerung weiblich
8,Baden-Württemberg,3 - 6 Jahre,10,11
8,Baden-Württemberg,6 - 10 Jahre,12,13
8111,Stuttgart,3 - 6 Jahre,5,6
8111,Stuttgart,6 - 10 Jahre,7,8
8111000,Stuttgart,3 - 6 Jahre,5,6
8111000,Stuttgart,6 - 10 Jahre,7,8
"""


@pytest.mark.parametrize(
    ("text", "dataset", "supplier", "wanted"),
    [
        # A number that is the same in every row is no figure; a blank code is what the name beside it says.
        (
            FLAT,
            "mikrozensus",
            "destatis",
            {
                "dimensions.sex": {"heading": "acode", "codes": {"": "_T"}},
                "dimensions.period": {"heading": "Zeit"},
                "unit": {"heading": "unit"},
                "columns.0": {"headings": ["value"]},
                "columns.1": {"headings": ["nr"], "not_data": "Steht in jeder Zeile gleich."},
            },
        ),
        # Area, year and citizenship stand in the preamble, whose year is no figure.
        (
            PREAMBLE,
            "arbeitslose_merkmale",
            "ba",
            {
                "table.header.find": "Merkmal",
                "dimensions.area": {"title": True, "pattern": "^Deutschland$"},
                "dimensions.period": {"title": True, "pattern": r"^(?P<key>\d{4})$"},
                "dimensions.citizenship.title": True,
                "dimensions.age": {"heading": "Merkmal", "codes": {"55 oder älter": "Y_GE55"}},
                "dimensions.measure.codes": {"JD Arbeitslose": "unemployed", "Anteil in %": "share"},
            },
        ),
        # Keys have lost their zero; Gemeinden are not collected; ages up to where the next group begins.
        (
            KEYS,
            "bevoelkerung",
            "bw",
            {
                "dimensions.area": {"heading": "AGS", "scheme": "key", "prefix": "0", "name_heading": "Ort"},
                "dimensions.age.codes": {"3 - 6 Jahre": "Y3T5", "6 - 10 Jahre": "Y6T9"},
                "rows_not_data.0.pattern": r"\d{7}",
                "columns.1.codes": {"measure": "population", "sex": "F"},
            },
        ),
    ],
    ids=["flat", "preamble", "keys"],
)
def test_settings_are_found(
    text: str, dataset: str, supplier: str, wanted: dict[str, Any], tmp_path: Path, project: Project
) -> None:
    path = tmp_path / "probe_2024.csv"
    path.write_text(text, encoding="utf-8")
    content = draft_profile(path, project, dataset, supplier).content
    assert {name: _at(content, name) for name in wanted} == wanted


def page_of(draft: Draft, project: Project) -> str:
    return render_page(draft.sample.path.name, draft.trial, draft.profile, project)


def _at(content: Any, name: str) -> Any:
    for part in name.split("."):
        content = content[int(part)] if part.isdigit() else content[part]
    return content


def test_sheets_that_are_laid_out_differently_become_parts(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "probe.xlsx"
    book = openpyxl.Workbook()
    wide, long = book.active, book.create_sheet("lang")
    wide.title = "breit 2024"
    for row in (["Gebiet", "männlich", "weiblich"], ["Saarland", 85000, 78935], ["Quelle: Probe"]):
        wide.append(row)
    for row in (
        ["Land", "Geschlecht", "Stichtag", "Anzahl"],
        ["Bayern", "männlich", "31.12.2024", 7],
        ["Bayern", "weiblich", "31.12.2024", 8],
    ):
        long.append(row)
    book.save(path)
    draft = draft_profile(path, project, "auslaender", "destatis", "breit.*|lang")
    assert [one.file.sheet for one in draft.profile.layouts] == [r"breit 20\d{2}", "lang"]
    assert draft.content["parts"][1]["dimensions"]["area"] == {"heading": "Land"}
    assert draft.trial.observations.num_rows == draft.trial.usable == 4
    with pytest.raises(UnusableInput, match="fehlt"):
        draft_profile(path, project, "auslaender", "destatis", "fehlt")


def test_an_unknown_label_is_asked_about_with_the_nearest_one(tiny: Path, project: Project) -> None:
    (question,) = [text for text in draft_profile(tiny, project, supplier="sl").profile.todo if "Neunkirhcen" in text]
    assert "„Neunkirchen“" in question


def test_signs_are_counted(tiny: Path, project: Project) -> None:
    assert "# „-“ steht 1-mal: Genau null, nichts vorhanden." in write_draft(draft_profile(tiny, project))


def test_figures_shown_name_the_cell(tiny: Path, project: Project) -> None:
    draft = draft_profile(tiny, project, supplier="sl")
    first = some_figures(draft.trial, draft.profile, project)[0]
    assert first[0] == "B4" and first[-2:] == ["163.935", "163935"]


def test_page_says_in_words_what_each_row_and_column_is(tiny: Path, project: Project) -> None:
    page = page_of(draft_profile(tiny, project, supplier="sl"), project)
    for word in ("Titel", "Kopf", "Daten", "Anmerkung", "Schlüssel", "Wert", "Summe", "nicht erhoben", "ungeklärt"):
        assert f">{word}<" in page
    assert "<script" not in page and "Noch zu klären" in page


def test_texts_of_the_file_are_no_markup(tiny: Path, project: Project) -> None:
    tiny.write_text(TINY.replace("Ausländische Bevölkerung", "<img src=x onerror=alert(1)>"), encoding="utf-8")
    draft = draft_profile(tiny, project, dataset="auslaender", supplier="sl")
    assert "<img" not in page_of(draft, project)
    assert yaml.safe_load(write_draft(draft))["title"].startswith("<img")


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("weiblich", "weiblich;divers", "structure"),
        ("Gebiet;", "Region;", "header"),
        ("Merzig-Wadern", "Merzig", "label"),
        (
            "Gebiet;insgesamt;männlich;weiblich\n",
            "Gebiet;insgesamt;männlich;weiblich\n;Anzahl;Anzahl;Anzahl\n",
            "header",
        ),
    ],
)
def test_drift_is_shown(old: str, new: str, kind: str, tmp_path: Path, project: Project) -> None:
    text = TINY.replace("Neunkirhcen", "Neunkirchen")
    path = tmp_path / "probe.csv"
    path.write_text(text, encoding="utf-8")
    profile = draft_profile(path, project, supplier="sl").profile
    assert not find_drift(path, profile, project).drifts
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert kind in {one.kind for one in find_drift(path, profile, project).drifts}


@pytest.mark.parametrize(
    ("place", "codes", "gone"),
    [
        ({"sheet": True}, ["Frauen"], ""),
        ({"sheet": True}, ["Mädchen"], "„Mädchen“"),
        ({"sheet": True, "pattern": "(?P<key>Fr)auen|.*"}, ["Fr"], ""),
        ({"title": True, "pattern": "Bestand, (?P<key>.+)"}, ["nur weiblich"], ""),
        ({"title": True, "pattern": "Bestand, (?P<key>.+)"}, ["nur männlich"], "„nur männlich“"),
        ({"file": True, "pattern": "(?P<key>pro)be"}, ["pro"], ""),
        ({"section": "A", "pattern": "(?P<key>.+):"}, ["Mädchen, Frauen"], ""),
        ({"heading": "Gebiet"}, ["Saarland"], ""),
    ],
)
def test_labels_are_looked_for_where_they_stand(
    place: dict[str, Any], codes: list[str], gone: str, tmp_path: Path, project: Project
) -> None:
    """Names of sheets, parts of titles, labels with marks of notes."""
    path = tmp_path / "probe.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Frauen"
    for row in (["Bestand, nur weiblich"], ["Gebiet", "Anzahl"], ["Mädchen, Frauen:"], ["Saarland 1)", 78935]):
        book.active.append(row)
    book.save(path)
    content = {
        "supplier": "sl",
        "dataset": "auslaender",
        "title": "Probe",
        "file": {"format": "workbook"},
        "signs": {"convention": "din55301"},
        "table": {"header": {"find": "Gebiet"}},
        "footnotes": {"mark": r"\s\d\)"},
        "dimensions": {
            "sex": {**place, "codes": dict.fromkeys(codes, "F")},
            "area": {"heading": "Gebiet"},
            "period": {"constant": "2024-12-31"},
            "measure": {"constant": "foreigners"},
        },
        "columns": [{"headings": ["Anzahl"], "codes": {"nationality": "_T"}}],
    }
    found = [one for one in find_drift(path, build(Profile, content, path), project).drifts if one.kind == "vanished"]
    assert [one.sentence for one in found] == ([f"dimensions.sex: nicht mehr in der Datei: {gone}."] if gone else [])


def test_what_a_check_would_find_is_said(tmp_path: Path, project: Project) -> None:
    """Figures of the same codes, a sheet of another year that is left out, and an alternative without a key."""
    path = tmp_path / "probe.xlsx"
    rows = [["Gebiet", "insgesamt"], ["Hessen", 9001], ["davon: Saarland", 1001], ["Saarland", 1002]]
    path.write_bytes(workbook({"Stand 2023": rows, "Stand 2024": rows}))
    content: dict[str, Any] = {
        "supplier": "destatis",
        "dataset": "auslaender",
        "title": "Probe",
        "file": {"format": "workbook", "sheet": "Stand 2024"},
        "signs": {"convention": "din55301"},
        "table": {"header": {"find": "Gebiet"}},
        "dimensions": {
            "period": {"sheet": True, "pattern": r"Stand (?P<key>\d+)"},
            "area": {"column": "A", "pattern": "Hessen|Saarland|davon: (?P<key>.+)", "codes": {"Hessen": "06"}},
            "sex": {"header_row": 1},
            "measure": {"constant": "foreigners"},
        },
    }
    found = find_drift(path, build(Profile, content, path), project)
    assert found.drifts == ()
    assert found.found[0].startswith("dimensions: 2 Werte haben dieselben Merkmale")
    assert {"IM-KEY-001", "IM-STR-013:"} <= {one.split()[0] for one in found.found}


def test_what_is_no_table_is_refused(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "leer.csv"
    path.write_text("Nur ein Satz.\n", encoding="utf-8")
    with pytest.raises(UnusableInput):
        draft_profile(path, project)
    with pytest.raises(FileNotUsable):
        draft_profile(tmp_path / "fehlt.csv", project)


CHECKED = """Ausländische Bevölkerung
Stand: 31.12.2024
Gebiet;insgesamt;männlich;weiblich
Saarland;163.935;85.000;78.935
Quelle: Probe
"""


@pytest.mark.parametrize(
    ("change", "code"),
    [(("", ""), 0), (("weiblich", "weibl. Personen"), 1), (("85.000", "58.000"), 1), (("85.000", ""), 1)],
)
def test_check_tells_drift_by_its_exit_code(
    change: tuple[str, str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, profile = tmp_path / "probe.csv", tmp_path / "profil.yaml"
    text = CHECKED
    path.write_text(text, encoding="utf-8")
    for arguments, expected in (
        (["--supplier", "sl", "--out", str(profile)], 0),
        (["--check", str(profile)], code),
    ):
        if "--check" in arguments:
            path.write_text(text.replace(*change), encoding="utf-8")
        monkeypatch.setattr("sys.argv", ["einklang", "draft", str(path), *arguments, "--project", str(ROOT)])
        with pytest.raises(SystemExit) as stopped:
            main()
        assert (stopped.value.code or 0) == expected


def test_a_blank_row_between_headings_and_their_unit_and_numbers(tmp_path: Path, project: Project) -> None:
    """The years in the second column are periods, whatever the title says."""
    rows = [
        ["Ausländische Bevölkerung, Bericht 2021"],
        ["Geschlecht", "Jahr", "Saarland", "Hessen"],
        [],
        ["", "", "Anzahl"],
        ["1", "2", "3", "4"],
        ["männlich", "2020", "85000", "480000"],
        ["weiblich", "2020", "78000", "450000"],
        ["männlich", "2019", "84000", "470000"],
        ["weiblich", "2019", "77000", "440000"],
    ]
    path = tmp_path / "reihe.csv"
    path.write_text("".join(";".join([*row, *[""] * (4 - len(row))]) + "\n" for row in rows), encoding="utf-8")
    content = draft_profile(path, project, "auslaender", "destatis").content
    header = {"find": "Geschlecht", "rows": 4, "unread": {2: "Leere Zeile", 3: "Einheit, in allen Spalten dieselbe"}}
    assert content["table"]["header"] == merged(header, {"unread": {4: "Nummern der Spalten"}})
    assert content["dimensions"]["period"] == {"column": "B"}
    assert content["dimensions"]["sex"] == {"column": "A"}
    assert content["dimensions"]["area"]["header_row"] == 1


@pytest.mark.parametrize(
    ("sexes", "rows", "wanted", "asked"),
    [
        (3, [["Insgesamt", 30], ["Belgien", 20], ["Polen", 10]], (1, "Insgesamt", "Geschlecht"), ""),
        (3, [["Insgesamt", 31], ["Belgien", 20], ["Polen", 10]], (1, "Insgesamt", "Geschlecht"), "anderen Werten"),
        (2, [["Insgesamt", 30], ["Belgien", 20], ["Polen", 10]], (0, "insgesamt", "Staaten"), ""),
        (3, [["Belgien", 20], ["Polen", 10]], None, ""),
    ],
    ids=["as many in both: the later one", "other figures", "more of the first one", "nothing twice"],
)
def test_rows_that_another_sheet_has_are_left_out(
    sexes: int,
    rows: list[list[Any]],
    wanted: tuple[int, str, str] | None,
    asked: str,
    tmp_path: Path,
    project: Project,
) -> None:
    path = tmp_path / "probe.xlsx"
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("Staaten")
    first.title = "Geschlecht"
    for sheet, name, own in ((first, "Geschlecht", SEXES[:sexes]), (second, "Staatsangehörigkeit", rows)):
        sheet.append(["Stichtag", "Gebiet", name, "Ausländer"])
        for row in own:
            sheet.append(["31.12.2024", "Deutschland", *row])
    book.save(path)
    draft = draft_profile(path, project, "auslaender", "destatis", "Geschlecht|Staaten")
    entries = [
        (number, one["pattern"], one["reason"])
        for number, part in enumerate(draft.content["parts"])
        for one in part.get("rows_not_data", ())
    ]
    assert entries == ([(*wanted[:2], f"Steht auch im Blatt „{wanted[2]}“.")] if wanted else [])
    assert any("rows_not_data" in one and asked in one for one in draft.content.get("todo", ())) == bool(asked)
    assert draft.trial.observations.num_rows == sexes + len(rows) - bool(wanted)
