"""Every construct of the layout language on a tiny table: which cell becomes which figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from builders import assert_complete, by_cell, merged, project_with, read_in_file, rules_found
from drawings import write_drawing

from einklang.check import Checked
from einklang.declarations.base import build
from einklang.declarations.profile import Profile
from einklang.project import Project

BASE: dict[str, Any] = {
    "supplier": "ba",
    "dataset": "auslaender",
    "title": "Probe",
    "file": {"format": "csv"},
    "numbers": {"decimal": ",", "thousands": "."},
    "signs": {"convention": "din55301"},
    "dimensions": {"period": {"constant": "2024-12-31"}, "measure": {"constant": "foreigners"}},
}


class Construct(NamedTuple):
    """An entry of `constructs.yaml`, which says what stands in it."""

    name: str
    drawing: str
    profile: dict[str, Any]
    figures: list[str]


CONSTRUCTS = [
    Construct(**one) for one in yaml.safe_load(Path(__file__).with_name("constructs.yaml").read_text(encoding="utf-8"))
]


def _read(construct: Construct, project: Project, folder: Path) -> Checked:
    drawing = "\n".join(line.strip() for line in construct.drawing.strip("\n").splitlines()).strip()
    declared = merged(BASE, construct.profile)
    profile = build(Profile, declared, Path("probe.yaml"))
    return read_in_file(write_drawing(drawing, folder), project_with(project, profile), profile)


def _figures(checked: Checked) -> list[str]:
    found = []
    for row in checked.observations.to_pylist():
        cell = f"{row['column']}{row['row']}"
        status = "" if row["obs_status"] == "A" else f" {row['obs_status']}"
        value = "–" if row["value"] is None else f"{row['value']:g}"
        found.append(f"{cell} {row['area']} {row['period']} {row['sex']} {row['nationality']} {value}{status}")
    return sorted(found)


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda one: one.name)
def test_construct(construct: Construct, project: Project, tmp_path: Path) -> None:
    checked = _read(construct, project, tmp_path)
    assert [one.message.en for one in checked.result.findings] == []
    assert _figures(checked) == sorted(construct.figures)
    assert_complete(checked)


class Fault(NamedTuple):
    name: str
    construct: str
    old: str
    new: str
    found: list[tuple[str, str]]


FAULTS = [
    Fault("the header is not there", "row of column numbers", "Gebiet  ", "Region  ", [("IM-STR-003", "")]),
    Fault(
        "no title of ours",
        "several tables in one sheet, one of them ours",
        "Tabelle 2",
        "Tabelle 3",
        [("IM-STR-003", "")],
    ),
    Fault(
        "a part that is not there",
        "several tables in one sheet, each a part",
        "Land     |",
        "Region   |",
        [("IM-STR-009", "B6")],
    ),
    Fault(
        "a label in one of two tables side by side",
        "tables side by side, each a part with its columns",
        "| 06 Hessen ",
        "| 60 Hessen ",
        [("IM-COD-001", "D5")],
    ),
    Fault(
        "figures below one of two tables side by side",
        "tables side by side, each a part with its columns",
        "                  |           |   | 1) geschätzt ",
        "Bremen            | 7         |   | 1) geschätzt ",
        [("IM-STR-009", "B6")],
    ),
    Fault(
        "a third table beside the two",
        "tables side by side under one title, with the same headings",
        "| Hessen    | 5",
        "| Hessen    | 5 | | Bremen | 2",
        [("IM-STR-009", "G4")],
    ),
    Fault(
        "a heading in one of two tables side by side",
        "tables side by side under one title, with the same headings",
        "| Gebiet    | Anzahl",
        "| Gebiet    | Zahl",
        [("IM-STR-003", "D3")],
    ),
    Fault(
        "the title of one of two tables side by side",
        "tables side by side under one title, with the same headings",
        "Männer",
        "Herren",
        [("IM-STR-009", "D4"), ("IM-STR-009", "D5")],
    ),
    Fault(
        "the row with which a part begins is not there",
        "two parts under one header: a name stands for two areas",
        "Landkreise:",
        "Kreise:",
        [("IM-STR-003", "")],
    ),
    Fault(
        "a label that no level explains",
        "three levels: a middle label is repeated until a row of the first level",
        "– Türkei        | 5\n",
        "– – – Türkei        | 5\n",
        [("IM-COD-001", "A3")],
    ),
    Fault(
        "another unit",
        "unit row with several units",
        "| 1000 ",
        "| Prozent ",
        [("IM-COD-006", "B2")],
    ),
    Fault(
        "a unit that nobody knows",
        "unit in a column of its own",
        "in 1 000",
        "Dutzend",
        [("IM-COD-006", "B3")],
    ),
    Fault(
        "a status word in a quality column",
        "a quality column beside each column of figures",
        "| p",
        "| z",
        [("IM-STA-003", "D2")],
    ),
    Fault(
        "a colour that is not agreed",
        "colours of the characters say the status",
        "{Schrift 000000}",
        "{Schrift 00B050}",
        [("IM-STA-003", "B3")],
    ),
    Fault(
        "a number behind a comment of secrecy",
        "comments say the status",
        "mit Amt besprochen",
        "geheim, Auskunft verweigert",
        [("IM-STA-002", "C3")],
    ),
    Fault(
        "a mark at a figure without a note",
        "marks of footnotes at figures",
        "** gezählt",
        "gezählt",
        [("IM-STR-010", "")],
    ),
    Fault(
        "a label beside the figure that nobody knows",
        "a label column before each column of figures",
        "Italien",
        "Utopia",
        [("IM-COD-001", "E2")],
    ),
    Fault(
        "no label column beside the figures",
        "a label column before each column of figures",
        "Platz",
        "Rang",
        [("IM-STR-003", "C1"), ("IM-STR-003", "E1")],
    ),
    Fault(
        "the twin differs",
        "two identical headings with the same figures",
        "6        | 10",
        "6        | 11",
        [("IM-STR-011", "D2")],
    ),
    Fault(
        "the sum differs",
        "sum rows are checked and not counted",
        "Summe     | 10",
        "Summe     | 11",
        [("IM-AGG-007", "B4")],
    ),
    Fault(
        "the sum below differs",
        "sum rows above their parts, found by heading",
        "| 10\n",
        "| 11\n",
        [("IM-AGG-007", "C2")],
    ),
    Fault(
        "a mark without a note",
        "marks of footnotes at labels, years and headings",
        "1) revidiert",
        "revidiert",
        [("IM-STR-010", "")],
    ),
    Fault(
        "a raised mark without a note",
        "raised marks and plain ones are the same",
        "2) geändert",
        "geändert",
        [("IM-STR-010", "")],
    ),
    Fault(
        "figures slipped into a heading",
        "words that head the rows below them",
        "nachrichtlich: |",
        "nachrichtlich: | 20",
        [("IM-COD-001", "A3")],
    ),
    Fault(
        "the header stands again",
        "row of column numbers",
        "Saarland | 10        | 6\n",
        "Saarland | 10        | 6\nGebiet   | insgesamt | männlich\n",
        [("IM-STR-008", "A1"), ("IM-STR-008", "A4")],
    ),
    Fault(
        "figures below the end",
        "a blank row ends the table",
        "Anmerkung ohne Zeichen |",
        "Hessen   | 20",
        [("IM-STR-009", "B4")],
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_what_does_not_fit_is_named(fault: Fault, project: Project, tmp_path: Path) -> None:
    construct = next(one for one in CONSTRUCTS if one.name == fault.construct)
    assert fault.old in construct.drawing
    checked = _read(construct._replace(drawing=construct.drawing.replace(fault.old, fault.new)), project, tmp_path)
    places = [(one.rule, place.cell) for one in checked.result.findings for place in one.places]
    assert places == fault.found
    assert_complete(checked)


def test_heading_twice_is_named(project: Project, tmp_path: Path) -> None:
    construct = next(one for one in CONSTRUCTS if one.name.startswith("unit in a column"))
    drawing = construct.drawing.replace("Gebiet   | Einheit     | Wert", "Gebiet   | Einheit | Einheit")
    checked = _read(construct._replace(drawing=drawing), project, tmp_path)
    assert "IM-STR-008" in rules_found(checked.result)
    twice = next(one for one in checked.result.findings if one.rule == "IM-STR-008")
    assert [place.cell for place in twice.places] == ["B1", "C1"]


def test_labels_of_parts_are_looked_up_by_their_part(project: Project, tmp_path: Path) -> None:
    construct = next(one for one in CONSTRUCTS if one.name == "several tables in one sheet, each a part")
    drawing = construct.drawing.replace("10       | 4 ", "09       | 4 ")
    checked = _read(construct._replace(drawing=drawing), project, tmp_path)
    assert by_cell(checked.observations)["B6"]["area"] == "09"
