"""What a file says of the status of its figures, and the profile does not take; legends on sheets of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from builders import merged, project_with, read_in_file
from drawings import write_drawing

from einklang.declarations.base import build
from einklang.declarations.profile import Profile
from einklang.project import Project
from einklang.result import Result

BASE: dict[str, Any] = {
    "supplier": "sl",
    "dataset": "auslaender",
    "title": "Probe",
    "file": {"format": "csv"},
    "signs": {"convention": "din55301"},
    "table": {"header": {"find": "Gebiet"}, "end": ["Quelle", "__"]},
    "dimensions": {
        "period": {"constant": "2024-12-31"},
        "measure": {"constant": "foreigners"},
        "area": {"column": "A"},
        "sex": {"header_row": 1},
    },
}
MAPPE = {"file": {"format": "workbook", "sheet": "Tab 1"}}
BODY = "Gebiet | männlich | weiblich\nSaarland | 85 | 78\nMerzig-Wadern | 8 | 7"
FOOTED = {"footnotes": {"mark": r"\d\)|(?<=\d)p|\*+"}}
YEARS = {
    "dimensions": {
        "period": {"header_row": 1, "pattern": r"(?P<key>20\d\d)\b.*"},
        "sex": {"constant": "_T"},
    }
}


def _result(drawing: str, changes: dict[str, Any], project: Project, folder: Path) -> Result:
    one = build(Profile, merged(BASE, changes), Path("probe.yaml"))
    lines = "\n".join(line.strip() for line in drawing.strip("\n").splitlines())
    return read_in_file(write_drawing(lines, folder), project_with(project, one), one).result


def _asked(drawing: str, changes: dict[str, Any], project: Project, folder: Path) -> list[tuple[str, int]]:
    """Cell and number of figures of every question; no other finding is there."""
    findings = _result(drawing, changes, project, folder).findings
    assert {one.rule for one in findings} <= {"IM-STA-008"}
    return [(one.places[0].cell, int(one.message.en.rstrip(".").rsplit(" ", 1)[1])) for one in findings]


@pytest.mark.parametrize(
    ("drawing", "changes", "asked"),
    [
        pytest.param(f"Stand 2024 (vorläufig)\n{BODY}", {}, [("A1", 4)], id="title"),
        pytest.param(f"- Vorläufige Ergebnisse -\n{BODY}", {}, [("A1", 4)], id="title between dashes"),
        pytest.param(f"[Tab 1]\nPreliminary figures\n{BODY}", MAPPE, [("A1", 4)], id="English title"),
        pytest.param(
            f"[2024 vorl.]\n{BODY}", {"file": {"format": "workbook", "sheet": ".*"}}, [("", 4)], id="name of the sheet"
        ),
        pytest.param(
            "Gebiet | 2023 | 2024 (vorläufig)\nSaarland | 9 | 10\nMerzig-Wadern | 2 | 3",
            YEARS,
            [("C1", 2)],
            id="period",
        ),
        pytest.param(
            "Gebiet | 2023 | 2024p\nSaarland | 9 | 10\n__ |\np vorläufige Zahlen |",
            merged(YEARS, FOOTED),
            [("C1", 1)],
            id="mark of a note",
        ),
        pytest.param(
            "Gebiet | 2023 | 2024p\nSaarland | 9 | 10\n__ |\np | geschätzt",
            merged(YEARS, FOOTED),
            [("C1", 1)],
            id="mark and explanation in two cells",
        ),
        pytest.param(
            "Gebiet | 2023 | 2024¹)\nSaarland | 9 | 10\n__ |\n1) Vorläufiges Ergebnis. |",
            merged(YEARS, FOOTED),
            [("C1", 1)],
            id="raised mark",
        ),
        pytest.param(
            "Gebiet | männlich | weiblich\nSaarland1) | 85 | 78\nMerzig-Wadern | 8 | 7\n__ |\n1) vorläufig |",
            FOOTED,
            [("A2", 2)],
            id="mark at a row",
        ),
        pytest.param(
            "Gebiet | männlich | weiblich\nSaarland | 85** | 78\n__ |\n** geschätzte Werte |",
            merged(FOOTED, {"footnotes": {"on_figures": True}}),
            [("B2", 1)],
            id="mark at a figure",
        ),
        pytest.param(
            "Gebiet | männlich\n2024 vorläufig: |\nSaarland | 85\nMerzig-Wadern | 8",
            {"dimensions": {"period": {"section": "A", "pattern": r"(?P<key>\d{4}).*"}}},
            [("A2", 2)],
            id="section",
        ),
        pytest.param(
            "Gebiet | Q | männlich\nSaarland | a | 85\nMerzig-Wadern | b | 8\n"
            "Quelle |\nQ = Qualität:  a  gut,  b  Aussagewert eingeschränkt |",
            {"columns": [{"headings": ["männlich"]}, {"headings": ["Q"], "not_data": "Qualität"}]},
            [("B1", 1)],
            id="column that is no data",
        ),
        pytest.param(
            "Gebiet | Q | männlich\nSaarland | e | 85\nMerzig-Wadern | g | 8\nQuelle |\ne = endgültig |\ng = geheim |",
            {"columns": [{"headings": ["männlich"]}, {"headings": ["Q"], "not_data": "Qualität"}]},
            [("B1", 1)],
            id="column of secrecy that is no data",
        ),
    ],
)
def test_a_status_beside_the_figures_is_asked_about(
    drawing: str, changes: dict[str, Any], asked: list[tuple[str, int]], project: Project, tmp_path: Path
) -> None:
    assert _asked(drawing, changes, project, tmp_path) == asked


@pytest.mark.parametrize(
    ("drawing", "changes"),
    [
        pytest.param(f"Vorläufige Schutzmaßnahmen 2024\n{BODY}", {}, id="a subject"),
        pytest.param(f"Keine vorläufigen Ergebnisse\n{BODY}", {}, id="a negation"),
        pytest.param(f"p = vorläufig\n{BODY}", {}, id="a legend above the table"),
        pytest.param(f"p | vorläufig\n{BODY}", {}, id="a legend above the table in two cells"),
        pytest.param(f"{BODY}\nQuelle: vorläufige Ergebnisse |", {}, id="below the table"),
        pytest.param(
            f"Stand 2024 (vorläufig)\n{BODY}", {"status": {"constant": "final"}}, id="the profile says it is final"
        ),
        pytest.param(
            f"Stand 2024 (vorläufig)\n{BODY}",
            {"status": {"title": True, "pattern": "vorläufig", "words": {"vorläufig": "provisional"}}},
            id="the profile takes it",
        ),
        pytest.param(
            "2024 vorläufig |\nGebiet | Q | männlich\nSaarland | p | 85\nMerzig-Wadern |  | 8",
            {"status": {"heading": "Q", "words": {"p": "provisional"}}, "dimensions": {"sex": {"header_row": 1}}},
            id="a column says of which figures",
        ),
        pytest.param(
            "Gebiet | 2023 | 2024p\nSaarland | 9 | 10\n__ |\np Personen |", merged(YEARS, FOOTED), id="another note"
        ),
        pytest.param(
            "Gebiet (11) | männlich\nSaarland | 85\n__ |\n1) vorläufig |",
            {"table": {"header": {"find": "Gebiet (11)"}}},
            id="a number in brackets is no mark",
        ),
        pytest.param(
            "Gebiet | Quote | männlich\nSaarland | - | 85\nMerzig-Wadern | 7 | 8\nQuelle |\n- = nichts vorhanden |",
            {"columns": [{"headings": ["männlich"]}, {"headings": ["Quote"], "not_data": "Quoten werden berechnet."}]},
            id="a column of figures that is no data",
        ),
        pytest.param(
            "Gebiet | Q | männlich\nSaarland | e | 85\nQuelle |\ne = endgültig |",
            {"columns": [{"headings": ["männlich"]}, {"headings": ["Q"], "not_data": "Qualität"}]},
            id="a column that says all is final",
        ),
        pytest.param(
            "Gebiet | Q | männlich\nSaarland | a | 85\nQuelle |\nQ:  a  gut,  b  Aussagewert eingeschränkt |",
            {"columns": [{"headings": ["männlich"]}, {"headings": ["Q"], "not_data": "Qualität"}]},
            id="a column in which all is good",
        ),
    ],
)
def test_what_says_nothing_of_the_figures_is_not_asked_about(
    drawing: str, changes: dict[str, Any], project: Project, tmp_path: Path
) -> None:
    assert _asked(drawing, changes, project, tmp_path) == []


def test_what_a_title_says_is_asked_once(project: Project, tmp_path: Path) -> None:
    drawing = "[2024 vorläufig]\nVorläufige Ergebnisse\nGebiet | männlich | weiblich\nSaarland | 85 | 78"
    changes = {"file": {"format": "workbook"}}

    assert _asked(drawing, changes, project, tmp_path) == [("", 2)]


def test_a_title_of_a_further_table_is_of_that_table(project: Project, tmp_path: Path) -> None:
    drawing = """
        Stand: 2023 |
        Gebiet | männlich
        Saarland | 85
        1) vorläufig geschätzt |
         |
        Stand: 2024, vorläufig |
        Gebiet | männlich
        Saarland | 86
    """
    changes = {
        "table": {"repeat": True, "end": ["1)"]},
        "dimensions": {"period": {"title": True, "pattern": r"Stand: (?P<key>\d+)"}},
    }

    assert _asked(drawing, changes, project, tmp_path) == [("A6", 1)]


SIDE_BY_SIDE = """
    {} |
     |
    Gebiet   | männlich | | {}       |
    Saarland | 85       | | Gebiet   | männlich
             |          | | Saarland | 78
"""


@pytest.mark.parametrize(
    ("above", "right", "asked"),
    [
        ("Ausländer", "Stand 2023", []),
        ("Ausländer, vorläufig", "Stand 2023", [("A1", 2)]),
        ("Ausländer", "vorläufig", [("D3", 1)]),
    ],
)
def test_titles_of_tables_side_by_side_are_of_the_columns_below_them(
    above: str, right: str, asked: list[tuple[str, int]], project: Project, tmp_path: Path
) -> None:
    parts = [
        {"table": {"columns": "A:B"}},
        {
            "table": {"columns": "D:E"},
            "dimensions": {"area": {"column": "D"}, "period": {"constant": "2023-12-31"}},
        },
    ]

    assert _asked(SIDE_BY_SIDE.format(above, right), {"parts": parts}, project, tmp_path) == asked


LEGEND = "[Tab 1]\nGebiet | männlich\nSaarland | {}\n[{}]\n- | geheim zu halten\n. | unbekannt"


@pytest.mark.parametrize(
    ("sheet", "sign", "asked"),
    [("Zeichen", "-", ["A1"]), ("Zeichenerklärung", "-", ["A1"]), ("Zeichen", ".", []), ("Tab 2", "-", [])],
)
def test_a_legend_on_a_sheet_of_its_own_is_held_against_the_signs(
    sheet: str, sign: str, asked: list[str], project: Project, tmp_path: Path
) -> None:
    result = _result(LEGEND.format(sign, sheet), MAPPE, project, tmp_path)

    found = [place for one in result.findings for place in one.places if one.rule == "IM-STA-007"]
    assert [(place.sheet, place.cell) for place in found] == [(sheet, cell) for cell in asked]
    assert [name for one in result.unread_sheets for name in one.names] == [sheet]


def test_a_mark_is_explained_on_a_sheet_of_its_own(project: Project, tmp_path: Path) -> None:
    drawing = "[Tab 1]\nGebiet | 2023 | 2024p\nSaarland | 9 | 10\n[Erläuterungen]\np | vorläufig"

    findings = _result(drawing, merged(merged(YEARS, FOOTED), MAPPE), project, tmp_path).findings

    assert [one.places[0].cell for one in findings if one.rule == "IM-STA-008"] == ["C1"]
