"""Drafts of tables beside each other, of headings that abbreviate, and of what titles say of the status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from draft.test_nested import _asked, _draft, _schools
from einklang.project import Project

HEAD: list[list[Any]] = [
    ["Schlüssel und Name", "Insges.", "Kein Titel nötig", "", "Mit Aufenthaltstitel", "", ""],
    ["", "", "freizügig (EU)", "befreit, heimatlos", "zus.", "davon", ""],
    ["", "", "", "", "", "unbefr.", "befristet"],
    [1, 2, 3, 4, 5, 6, 7],
]
AREAS = {"13 Mecklenburg-Vorpommern": 4, "Kreisfreie Städte": 0, "13003 Rostock": 1, "13004 Schwerin": 3}


def _table(date: str, base: int) -> list[list[Any]]:
    figures = [[name, *(base * size * number for number in (10, 2, 1, 7, 3, 4))] for name, size in AREAS.items()]
    rows = [row if any(row[1:]) else [row[0], *[""] * 6] for row in figures]
    return [[f"Stand: {date}", *[""] * 6], *HEAD, *rows]


def _beside(notes: list[list[Any]]) -> list[list[Any]]:
    pairs = zip(_table("31.12.2022", 5), _table("31.12.2023p", 10), strict=True)
    return [["Ausländer nach Aufenthaltsstatus"], [], *([*left, "", *right] for left, right in pairs), [], *notes]


def test_tables_beside_each_other_are_parts_of_some_columns(project: Project, tmp_path: Path) -> None:
    sheets = {"Kreise": _beside([["p  vorläufige Zahlen"]])}
    draft = _draft(tmp_path, project, sheets, "mv", "aufenthaltsstatus")
    left, right = draft.content["parts"]
    assert (left["table"]["columns"], right["table"]["columns"]) == ("A:G", "I:O")
    assert (left["dimensions"]["area"]["column"], right["dimensions"]["area"]["column"]) == ("A", "I")
    assert draft.content["table"]["header"]["unread"] == {4: "Nummern der Spalten"}
    assert right["status"] == {"title": True, "pattern": r"(?<=\d)p$", "words": {"p": "provisional"}}
    assert "status" not in left
    assert _asked(draft, "Spalten I bis O: status: „Stand: 31.12.2023p“", "Vorläufiges Ergebnis")
    table = draft.trial.observations.to_pandas()
    assert draft.trial.usable == len(table)
    by_date = table.groupby("period", observed=True)
    assert {name: set(one["obs_status"]) for name, one in by_date} == {"2022-12-31": {"A"}, "2023-12-31": {"P"}}
    land = table[(table["area"] == "13") & (table["residence_status"] == "_T")]
    assert dict(zip(land["period"], land["value"], strict=True)) == {"2022-12-31": 200, "2023-12-31": 400}


def test_a_letter_behind_a_date_that_nobody_explains_is_no_status(project: Project, tmp_path: Path) -> None:
    draft = _draft(tmp_path, project, {"Kreise": _beside([])}, "mv", "aufenthaltsstatus")
    assert not any("status" in one for one in draft.content["parts"])


def test_headings_that_share_all_words_with_a_label_are_read_and_asked_for(project: Project, tmp_path: Path) -> None:
    """Those of a group that are not read are named one by one, with the label that they could mean."""
    draft = _draft(tmp_path, project, {"Kreise": _table("31.12.2022", 5)}, "mv", "aufenthaltsstatus")
    codes = {tuple(one["headings"]): one.get("codes", {}).get("residence_status") for one in draft.content["columns"]}
    assert codes == {
        ("Insges.", "", ""): "_T",
        ("Mit Aufenthaltstitel", "zus.", ""): "TITLE",
        ("Mit Aufenthaltstitel", "davon", "unbefr."): "TITLE_PERMANENT",
        ("Mit Aufenthaltstitel", "davon", "befristet"): "TITLE_TEMPORARY",
        ("Kein Titel nötig", "freizügig (EU)"): None,
        ("Kein Titel nötig", "befreit, heimatlos"): None,
    }
    assert _asked(draft, "nach der Ähnlichkeit", "„unbefr.“ als „Aufenthaltstitel, zeitlich unbefristet“")
    assert _asked(draft, "werden diese Spalten erhoben?", "„befreit, heimatlos“ (ähnlich: „von Erfordernis befreit")
    between = draft.content["rows_not_data"]
    assert [(one["pattern"], one["without_figures"]) for one in between] == [("Kreisfreie Städte", True)]


def test_rows_wholly_without_figures_are_no_question_of_a_sign(project: Project, tmp_path: Path) -> None:
    rows = [["Key", "Gebiet", "insgesamt", "männlich"], ["10", "Saarland", 160, 80], ["x", "Städte", "", ""]]
    table = [["Ausländer am 31.12.2023"], *rows, ["10041", "Regionalverband Saarbrücken", 90, 45]]
    draft = _draft(tmp_path, project, {"Tab": table}, "sl", "auslaender")
    assert _asked(draft, "1 Zeilen haben Bezeichnungen", "Zeile 4 („x“)")
    assert not _asked(draft, "Felder sind leer")


@pytest.mark.parametrize(("title", "is_provisional"), [("- vorläufiges Ergebnis -", True), ("Ergebnis", False)])
def test_a_title_that_says_provisional_is_the_status(
    project: Project, tmp_path: Path, title: str, is_provisional: bool
) -> None:
    rows = _schools("2023/24", "Entlassene insgesamt")
    sheets = {"Sj 2023-24": [rows[0], [title], *rows[1:]]}
    draft = _draft(tmp_path, project, sheets, "hb", "schulabgaenge_schulform")
    assert set(draft.trial.observations.column("obs_status").to_pylist()) == {"P" if is_provisional else "A"}
    assert bool(_asked(draft, "status: „- vorläufiges Ergebnis -“")) == is_provisional
