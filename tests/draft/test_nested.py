"""Drafts of tables whose rows and headings say more than one thing: units, marks, indentation, sections with words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from builders import workbook

from einklang.draft.drafting import Draft, draft_profile
from einklang.draft.known import Known
from einklang.project import Project

Rows = Sequence[Sequence[Any]]
# Zwei Merkmale, die Einheit unter dem Kopf, ein Zeichen neben jeder Zahl.
SURVEY = [
    ["Bevölkerung in Hauptwohnsitzhaushalten in Brandenburg"],
    ["Migrationshintergrund", "Jahr", "Bevölkerung insgesamt", "", "Davon", "", "", ""],
    ["", "", "", "", "Erwerbspersonen", "", "Nichterwerbspersonen", ""],
    ["", "", "1 000", "Q", "1 000", "Q", "1 000", "Q"],
    ["Insgesamt"],
    ["Ohne Migrationshintergrund", "2022", 2223, "a", 1183, "a", 1040, "a"],
    ["", "2023", 2224, "a", 1188, "a", 1036, "a"],
    ["Mit Migrationshintergrund", "2022", 304, "a", 156, "a", 148, "b"],
    ["", "2023", 308, "a", 160, "a", 148, "a"],
    ["Männer"],
    ["Ohne Migrationshintergrund", "2022", 1101, "a", 611, "a", 490, "a"],
    ["", "2023", 1100, "a", 610, "a", 490, "a"],
    ["Mit Migrationshintergrund", "2022", 154, "a", 87, "a", 67, "b"],
    ["", "2023", 150, "a", 87, "a", 63, "b"],
    ["_____"],
]
LEGEND = ["Q = Qualität: a gut (unter 5 %), b Aussagewert eingeschränkt"]


def _draft(folder: Path, project: Project, sheets: Mapping[str, Rows], supplier: str, dataset: str) -> Draft:
    path = folder / "probe.xlsx"
    path.write_bytes(workbook(sheets))
    return draft_profile(path, project, dataset, supplier)


def _asked(draft: Draft, *texts: str) -> list[str]:
    return [one for one in draft.content.get("todo", ()) if all(text in one for text in texts)]


def test_a_row_of_units_is_a_heading_and_marks_beside_figures_are_statuses(project: Project, tmp_path: Path) -> None:
    draft = _draft(tmp_path, project, {"Tab 1": [*SURVEY, LEGEND]}, "bb", "mikrozensus")
    assert draft.content["table"]["header"]["rows"] == 3
    assert draft.content["unit"] == {"header_row": 3}
    assert draft.content["dimensions"]["migration_status"]["fill_down"] is True
    assert draft.content["status"] == {
        "heading": "Q",
        "beside": True,
        "words": {"a": "final", "b": "low_reliability"},
    }
    assert _asked(draft, "„b“ als „Aussagewert eingeschränkt“", "ist „a“ („gut (unter 5 %)“)")
    measures = [one["codes"]["measure"] for one in draft.content["columns"]]
    assert measures == ["population", "labour_force", "inactive"]
    assert draft.trial.usable == draft.trial.observations.num_rows == 24
    first = draft.trial.observations.select(["value"]).to_pylist()[0]
    assert first["value"] == 2_223_000


def test_marks_that_nobody_explains_are_asked_for_and_hide_no_figure(project: Project, tmp_path: Path) -> None:
    """Their column stands under the heading of the figures: it never takes these with it."""
    draft = _draft(tmp_path, project, {"Tab 1": SURVEY}, "bb", "mikrozensus")
    assert _asked(draft, "Zeichen neben den Werten", "„a“, „b“")
    assert "status" not in draft.content
    left_out = [one["headings"] for one in draft.content["columns"] if "not_data" in one]
    assert left_out == [["*", "*", "Q"]]
    assert draft.trial.observations.num_rows == 24


def test_a_column_of_figures_is_never_left_out_without_a_question(project: Project, tmp_path: Path) -> None:
    """Its heading reaches over a column of marks, which says the same in every row."""
    other = {"Bevölkerung insgesamt": "Geburten", "b": "a"}
    rows = [[other.get(cell, cell) if isinstance(cell, str) else cell for cell in row] for row in SURVEY]
    draft = _draft(tmp_path, project, {"Tab 1": [["Erwerbspersonen in Brandenburg"], *rows[1:]]}, "bb", "mikrozensus")
    (left_out,) = [one for one in draft.content["columns"] if one["headings"][0] == "Geburten"]
    assert left_out["not_data"].startswith("Noch zu klären")
    assert _asked(draft, "werden diese Spalten erhoben", "„Geburten“")


SCHOOLS = [
    ["Alle Schularten", 900, 300],
    ["   dar. weiblich", 450, 150],
    ["   dar. Ausländer/-innen", 90, 30],
    ["      dar. weiblich", 40, 20],
    ["Gymnasium", 600, 200],
    ["   dar. weiblich", 300, 100],
    ["   dar. Ausländer/-innen", 60, 20],
    ["      dar. weiblich", 30, 15],
    ["Förderzentrum (Lernen)", 300, 100],
    ["   dar. weiblich", 150, 50],
    ["   dar. Ausländer/-innen", 30, 10],
    ["      dar. weiblich", 10, 5],
]


def _schools(year: str, head: str, rows: Rows = SCHOOLS) -> list[list[Any]]:
    return [[f"Schuljahr {year}"], ["Schulart", head, "davon mit Abschluss"], ["", "", "Abitur"], *map(list, rows)]


def test_labels_of_several_dimensions_are_told_apart_by_their_indentation(project: Project, tmp_path: Path) -> None:
    sheets = {"Sj 2023-24": _schools("2023/24", "Entlassene insgesamt")}
    draft = _draft(tmp_path, project, sheets, "hb", "schulabgaenge_schulform")
    places = draft.content["dimensions"]
    assert places["school_form"] == {"column": "A", "indent": 0, "fill_down": True, "codes": {"Alle Schularten": "_T"}}
    assert places["citizenship"] == {
        "column": "A",
        "pattern": r"dar\. (?P<key>Ausländer/-innen)",
        "indent": 3,
        "fill_down": True,
        "otherwise": "_T",
    }
    assert places["sex"] == {"column": "A", "pattern": r"dar\. (?P<key>weiblich)", "otherwise": "_T"}
    assert _asked(draft, "„Förderzentrum (Lernen)“ (ähnlich: „Förderschule - Lernen“)")
    table = draft.trial.observations.to_pylist()
    of_women = {(one["citizenship"], one["value"]) for one in table if one["sex"] == "F" and one["school_form"] == "_T"}
    assert of_women == {("_T", 450), ("_T", 150), ("FOREIGN", 40), ("FOREIGN", 20)}


@pytest.mark.parametrize("case", ["an unknown label", "an order that cannot be said"])
def test_indentation_that_a_profile_cannot_say_is_a_question(project: Project, tmp_path: Path, case: str) -> None:
    """After `dar. Ausländer` with rows below it, `dar. weiblich` on its level would bear its label too."""
    rows = [[str(one[0]).replace("Ausländer/-innen", "Fahrschüler"), *one[1:]] for one in SCHOOLS]
    turned = [SCHOOLS[4 * block + at] for block in range(3) for at in (0, 2, 3, 1)]
    table = _schools("2023/24", "Entlassene insgesamt", rows if case == "an unknown label" else turned)
    draft = _draft(tmp_path, project, {"Sj 2023-24": table}, "hb", "schulabgaenge_schulform")
    assert _asked(draft, "sagt die Einrückung", "`indent`, `fill_down`")


def test_a_sheet_of_another_year_is_a_part_or_a_question(project: Project, tmp_path: Path) -> None:
    """Where it is laid out otherwise, no pattern is written that its name cannot fit."""
    sheets = {
        "Sj 2022-23": _schools("2022/23", "Entlassene insgesamt"),
        "Sj 2023-24": _schools("2023/24", "Entlassene zusammen"),
    }
    draft = _draft(tmp_path, project, sheets, "hb", "schulabgaenge_schulform")
    assert [one["file"]["sheet"] for one in draft.content["parts"]] == ["Sj 2022-23", "Sj 2023-24"]
    alike = {name: _schools(name[3:].replace("-", "/"), "Entlassene insgesamt") for name in sheets}
    draft = _draft(tmp_path, project, alike, "hb", "schulabgaenge_schulform")
    assert draft.content["file"].get("sheet", r"Sj 20\d{2}-\d{2}") == r"Sj 20\d{2}-\d{2}"
    unread = {"Sj 2022-23": [["Schuljahr 2022/23"], ["Ort", "Kosten"], ["Bremen", 7], ["Hafen", 8], ["Mitte", 9]]}
    draft = _draft(tmp_path, project, {**unread, "Sj 2023-24": sheets["Sj 2023-24"]}, "hb", "schulabgaenge_schulform")
    assert draft.content["file"]["sheet"] == "Sj 2023-24"
    assert _asked(draft, "Blatt Sj 2022-23")


AGES = ["Alle Altersgruppen", "unter 15", "davon", "unter 6", "6 – 15", "15 – 65", "65 u. älter", "dar. 75 u. älter"]
ORIGINS = ["Ausländische Staatsangehörige insgesamt", "davon: EU-27-Staaten²)", "darunter: Syrien, Arab. Republik"]


def test_section_rows_with_words_before_them_are_a_dimension(project: Project, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Ausländer am 31.12.2023"], ["Alter", "zusammen", "männlich", "weiblich"]]
    rows += [["1) Ohne Gewähr."], []]
    for number, origin in enumerate(ORIGINS, 1):
        figures = [[age] if age == "davon" else [age, *(5 * number * (n + 9) for n in (9, 5, 4))] for age in AGES]
        rows += [[origin], *figures, []]
    draft = _draft(tmp_path, project, {"Tab": [*rows, ["2) Ohne Deutschland."]]}, "sh", "auslaender_alter")
    assert draft.content["dimensions"]["nationality"] == {
        "section": "A",
        "pattern": "(?:davon: |darunter: )?(?P<key>.+)",
        "codes": {
            "Syrien, Arab. Republik": "475",
            "Ausländische Staatsangehörige insgesamt": "_T",
            "EU-27-Staaten": "EU",
        },
    }
    assert draft.content["dimensions"]["age"]["codes"]["dar. 75 u. älter"] == "Y_GE75"
    left_out = [(one["pattern"], one["without_figures"]) for one in draft.content["rows_not_data"]]
    assert left_out == [("davon", True), (r"(1\)).*", True)]
    assert _asked(draft, "nach der Ähnlichkeit", "„EU-27-Staaten²)“ als „EU-Staaten“")
    assert draft.trial.usable == draft.trial.observations.num_rows == 3 * 7 * 3


@pytest.mark.parametrize(
    ("text", "dimension", "label"),
    [
        ("befristet", "residence_status", "Aufenthaltstitel, zeitlich befristet"),
        ("unbefr.", "residence_status", "Aufenthaltstitel, zeitlich unbefristet"),
        ("mit Duldung", "residence_status", "ohne Aufenthaltstitel, Duldung"),
        ("mit Gestat- tung²)", "residence_status", "ohne Aufenthaltstitel, Aufenthaltsgestattung"),
        ("Antrag auf Titel gestellt", "residence_status", "Antrag auf Aufenthaltstitel gestellt"),
        ("Titel", "residence_status", ""),
        ("Landkreise", "area", ""),
        ("Mersig-Wadern", "area", "Merzig-Wadern"),
    ],
)
def test_a_suggestion_shares_the_words_that_matter(project: Project, text: str, dimension: str, label: str) -> None:
    """Never the opposite (`unbefristet` for `befristet`), nor a chance likeness (`Hochsauerlandkreis`)."""
    known = Known(project, project.dataset("aufenthaltsstatus"))
    assert known.suggestion(text, dimension) == label
