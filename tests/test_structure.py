"""Where things stand: titles, footers, header rows, sections, sheets, file names, columns, declared rows."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from builders import (
    assert_complete,
    by_cell,
    counts,
    flatten,
    merged,
    profile,
    project_with,
    rules_found,
    sending,
    workbook,
)
from conftest import Checker

from einklang.check import check
from einklang.labels import spelled
from einklang.project import Project
from einklang.rawtable import column_index, column_letter
from einklang.result import Verdict


@pytest.mark.parametrize(
    ("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_letters_of_columns(index: int, letter: str) -> None:
    assert (column_letter(index), column_index(letter)) == (letter, index)


def keyed(checked: Any, *names: str) -> dict[str, tuple[Any, ...]]:
    return {cell: tuple(row[name] for name in names) for cell, row in by_cell(checked.observations).items()}


def test_title_blank_rows_and_footer_are_accounted(checker: Checker) -> None:
    text = "Titel\n\nZeit;Schlüssel;insgesamt\n31.12.2024;04;1\n;;\n31.12.2024;05;2\nQuelle: AZR\nStand: heute;;;;\n"
    checked = checker(text)
    assert rules_found(checked.result) == []
    reasons = {part.reason.de: part.count for part in checked.result.rows.not_data}
    assert reasons == {
        "Titel und Erläuterungen über der Tabelle": 2,
        "Überschriften": 1,
        "Fußnoten und Angaben unter der Tabelle": 2,
        "leere Zeilen": 1,
    }
    assert counts(checked.result.rows) == (8, 2, 0, 6)
    assert_complete(checked)


def test_merged_heads_and_two_header_rows(checker: Checker) -> None:
    text = "Zeit;Schlüssel;Ausländer;;\n;;insgesamt;männlich;weiblich\n31.12.2024;04;3;1;2\n"
    changes: dict[str, Any] = {
        "table": {"header": {"find": "Zeit", "rows": 2, "fill_right": [1]}},
        "dimensions": {"measure": {"header_row": 1}, "sex": {"header_row": 2}},
    }
    checked = checker(text, **changes)
    assert keyed(checked, "sex", "value") == {"C3": ("_T", 3), "D3": ("M", 1), "E3": ("F", 2)}


def test_section_rows_hold_for_the_rows_below(checker: Checker) -> None:
    text = "Schlüssel;insgesamt\nJahr 2023;\n04;1\n05;2\nJahr 2024;\n04;3\n"
    place = {"section": "A", "pattern": r"Jahr (?P<key>\d{4})"}
    checked = checker(text, table={"header": {"find": "Schlüssel"}}, dimensions={"period": place})
    assert keyed(checked, "period", "area", "value") == {
        "B3": ("2023-12-31", "04", 1),
        "B4": ("2023-12-31", "05", 2),
        "B6": ("2024-12-31", "04", 3),
    }
    assert counts(checked.result.rows) == (6, 3, 0, 3)


def test_row_above_every_section_has_no_label(checker: Checker) -> None:
    text = "Schlüssel;insgesamt\n04;1\nJahr 2024;\n04;3\n"
    place = {"section": "A", "pattern": r"Jahr (?P<key>\d{4})"}
    checked = checker(text, table={"header": {"find": "Schlüssel"}}, dimensions={"period": place})
    assert flatten(checked.result) == [("IM-COD-001", "B2")]


def test_label_filled_down(checker: Checker) -> None:
    place = {"heading": "Zeit", "fill_down": True}
    checked = checker.rows("31.12.2023;04;1", ";05;2", "31.12.2024;04;3", dimensions={"period": place})
    assert keyed(checked, "period") == {"C2": ("2023-12-31",), "C3": ("2023-12-31",), "C4": ("2024-12-31",)}


def test_label_not_filled_down_is_unknown(checker: Checker) -> None:
    checked = checker.rows("31.12.2023;04;1", ";05;2")
    assert flatten(checked.result) == [("IM-COD-001", "A3")]


def test_key_and_name_in_one_cell(checker: Checker) -> None:
    place = {"column": "B", "scheme": "key", "pattern": r"(?P<key>\d{2,5}) .+"}
    checked = checker.rows("31.12.2024;04 Bremen;1", "31.12.2024;Bremen;2", dimensions={"area": place})
    assert keyed(checked, "area") == {"C2": ("04",)}
    assert flatten(checked.result) == [("IM-COD-001", "B3")]


def test_title_and_file_name_give_labels(checker: Checker) -> None:
    text = "Stand: 31.12.2024\nSchlüssel;insgesamt\n04;1\n"
    for place, name in (
        ({"title": True, "pattern": "Stand: (?P<key>.+)"}, "a.csv"),
        ({"file": True, "pattern": r"_(?P<key>\d{4})\.csv"}, "a_2024.csv"),
    ):
        checked = checker(text, name=name, table={"header": {"find": "Schlüssel"}}, dimensions={"period": place})
        assert keyed(checked, "period") == {"B3": ("2024-12-31",)}


def test_title_without_the_label_is_said(checker: Checker) -> None:
    place = {"title": True, "pattern": "Stand: (?P<key>.+)"}
    checked = checker(
        "Schlüssel;insgesamt\n04;1\n", table={"header": {"find": "Schlüssel"}}, dimensions={"period": place}
    )
    assert rules_found(checked.result) == ["IM-STR-003"]
    assert "Stand: (?P<key>.+)" in checked.result.findings[0].message.de
    assert_complete(checked)


def test_periods_side_by_side(checker: Checker) -> None:
    place = {"header_row": 1}
    checked = checker(
        "Schlüssel;31.12.2023;2024\n04;1;2\n",
        table={"header": {"find": "Schlüssel"}},
        dimensions={"period": place, "sex": None},
    )
    assert keyed(checked, "period", "sex", "value") == {"B2": ("2023-12-31", "_T", 1), "C2": ("2024-12-31", "_T", 2)}
    assert checked.result.identity.periods == ["2023-12-31", "2024-12-31"]


def test_sheets_are_joined(checker: Checker) -> None:
    rows = [("Schlüssel", "insgesamt"), ("04", 1), ("05", 2.0)]
    content = workbook({"2023": rows, "Hinweise": [("frei",)], "2024": rows})
    checked = checker(
        content,
        name="a.xlsx",
        file={"format": "workbook", "sheet": r"\d{4}"},
        table={"header": {"find": "Schlüssel"}},
        dimensions={"period": {"sheet": True}},
    )
    found = [(row["sheet"], row["row"], row["period"], row["value"]) for row in checked.observations.to_pylist()]
    assert found == [
        ("2023", 2, "2023-12-31", 1),
        ("2023", 3, "2023-12-31", 2),
        ("2024", 2, "2024-12-31", 1),
        ("2024", 3, "2024-12-31", 2),
    ]
    assert counts(checked.result.rows) == (6, 4, 0, 2)


def test_dates_and_booleans_of_a_workbook(checker: Checker) -> None:
    content = workbook(
        {"T": [("Zeit", "Schlüssel", "insgesamt"), (date(2024, 12, 31), "04", 1), (datetime(2023, 12, 31), "04", True)]}
    )
    checked = checker(content, name="a.xlsx", file={"format": "workbook"})
    assert keyed(checked, "period") == {"C2": ("2024-12-31",)}
    assert [(one.rule, one.places[0].raw) for one in checked.result.findings] == [("IM-VAL-001", "WAHR")]


COLUMNS: dict[str, Any] = {
    "dimensions": {"sex": None, "measure": None},
    "columns": [
        {"headings": ["Personen"], "codes": {"measure": "foreigners"}},
        {"headings": ["Quote"], "not_data": "wird nicht erhoben"},
    ],
}


def test_columns_that_are_no_data(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;04;7;geheim", heading="Zeit;Schlüssel;Personen;Quote", **COLUMNS)
    assert counts(checked.result.cells) == (2, 1, 0, 1)
    assert rules_found(checked.result) == []


def test_a_column_that_is_no_data_may_be_missing(checker: Checker) -> None:
    assert rules_found(checker.rows("31.12.2024;04;7", heading="Zeit;Schlüssel;Personen", **COLUMNS).result) == []


@pytest.mark.parametrize(
    "heading", ["Zeit;Schlüssel;Quote", "Zeit;Schlüssel;Personen;Neu", "Zeit;Schlüssel;Neu;Personen"]
)
def test_headings_that_differ(heading: str, checker: Checker) -> None:
    cells = ";".join("7" for _ in heading.split(";")[2:])
    checked = checker.rows(f"31.12.2024;04;{cells}", heading=heading, **COLUMNS)
    assert rules_found(checked.result) == ["IM-STR-003"]
    assert_complete(checked)


def test_renamed_heading_is_guessed(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;04;7", heading="Zeit;Schlüssel;Personenzahl", **COLUMNS)
    assert "„Personenzahl“ → „Personen“" in checked.result.findings[0].message.de


def test_rows_declared_as_no_data(checker: Checker) -> None:
    declared = [{"column": "B", "pattern": r"\d{3}", "reason": "Regierungsbezirk"}]
    checked = checker.rows("31.12.2024;05;7", "31.12.2024;051;kaputt", rows_not_data=declared)
    assert rules_found(checked.result) == []
    assert counts(checked.result.rows) == (3, 1, 0, 2)
    assert {part.reason.de for part in checked.result.rows.not_data} == {"Regierungsbezirk", "Überschriften"}


def test_labels_declared_as_no_data(checker: Checker) -> None:
    places = {
        "area": {"heading": "Schlüssel", "scheme": "key", "not_data": {"051": "Regierungsbezirk"}},
        "sex": {"header_row": 1, "not_data": {"divers": "zu klein"}},
    }
    checked = checker.rows(
        "31.12.2024;05;7;1", "31.12.2024;051;8;1", heading="Zeit;Schlüssel;insgesamt;divers", dimensions=places
    )
    assert counts(checked.result.rows) == (3, 1, 0, 2)
    assert counts(checked.result.cells) == (2, 1, 0, 1)
    assert rules_found(checked.result) == []


def test_several_profiles_are_told_apart_by_their_title(project: Project, tmp_path: Path) -> None:
    titled = profile(
        title="B",
        table={"title": "Tabelle B"},
        dimensions={"sex": {"constant": "F"}},
        columns=[{"headings": ["insgesamt"]}],
    )
    plain = profile(title="A")
    path = tmp_path / "a.csv"
    both = project_with(project, titled, plain)
    for title, sex in (("Tabelle B", "F"), ("Tabelle C", "_T")):
        path.write_text(f"{title}\nZeit;Schlüssel;insgesamt\n31.12.2024;04;1\n", encoding="utf-8")
        checked = check(sending("ba", "auslaender", path), both)
        assert checked.result.verdict is Verdict.ACCEPTED
        assert checked.observations.column("sex").to_pylist() == [sex]


def test_two_files_are_one_delivery(project: Project, tmp_path: Path) -> None:
    paths = [tmp_path / "2023.csv", tmp_path / "2024.csv"]
    for path in paths:
        path.write_text(f"Zeit;Schlüssel;insgesamt\n31.12.{path.stem};04;1\n", encoding="utf-8")
    checked = check(sending("ba", "auslaender", *paths), project_with(project, profile()))
    assert [(row["file"], row["period"]) for row in checked.observations.to_pylist()] == [
        ("2023.csv", "2023-12-31"),
        ("2024.csv", "2024-12-31"),
    ]
    assert counts(checked.result.rows) == (4, 2, 0, 2)


def test_same_row_of_two_files_is_counted_twice(project: Project, tmp_path: Path) -> None:
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in paths:
        path.write_text("Zeit;Schlüssel;insgesamt\n31.12.2024;04;1\n", encoding="utf-8")
    checked = check(sending("ba", "auslaender", *paths), project_with(project, profile()))
    assert rules_found(checked.result) == ["IM-KEY-002"]
    assert counts(checked.result.rows) == (4, 1, 1, 2)
    assert {place.file for place in checked.result.findings[0].places} == {"a.csv", "b.csv"}


def test_one_table_that_is_not_understood_keeps_all_back(project: Project, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.csv", tmp_path / "b.csv"
    good.write_text("Zeit;Schlüssel;insgesamt;männlich\n31.12.2024;04;1;1\n31.12.2024;05;1;1\n", encoding="utf-8")
    bad.write_text("Zeit;Land;insgesamt\n31.12.2024;04;1\n", encoding="utf-8")
    checked = check(sending("ba", "auslaender", good, bad), project_with(project, profile()))
    assert rules_found(checked.result) == ["IM-STR-003"]
    assert counts(checked.result.rows) == (5, 0, 4, 1)
    assert counts(checked.result.cells) == (4, 0, 4, 0)
    assert_complete(checked)


def test_labels_above_and_below_the_table_are_no_labels(checker: Checker) -> None:
    text = "31.12.2023;05\nZeit;Schlüssel;insgesamt\n31.12.2024;04;1\nQuelle;05\n2022;06\n"
    checked = checker(text, supplier="hb")
    assert rules_found(checked.result) == []
    assert checked.result.identity.periods == ["2024-12-31"]
    assert keyed(checked, "period", "area") == {"C3": ("2024-12-31", "04")}


def test_own_land_above_the_table_does_not_hide_an_alien_delivery(checker: Checker) -> None:
    text = "Stand;04\nZeit;Schlüssel;insgesamt\n31.12.2024;05;1\n"
    assert rules_found(checker(text, supplier="hb").result) == ["IM-FIL-003"]


@pytest.mark.parametrize("row", ["31.12.2024;04011;133930;.;-", "31.12.2024;04011;.;.;.", "31.12.2024;04011;1;2;"])
@pytest.mark.parametrize("end", ["", "Quelle: AZR;;;;"])
def test_a_row_below_the_table_with_signs_or_a_blank_is_not_lost(end: str, row: str, checker: Checker) -> None:
    rows = ["31.12.2024;04;162190;84820;77370", end, row]
    checked = checker.rows(*rows, heading="Zeit;Schlüssel;insgesamt;männlich;weiblich", table={"end": ["", "Quelle"]})
    assert flatten(checked.result) == [("IM-STR-009", "C4")]
    assert_complete(checked)


def test_a_legend_below_the_table_is_no_row_of_figures(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;04;1", "Quelle;;", "-;nichts vorhanden;", ".;geheim;", "Stand:;;Mai")
    assert rules_found(checked.result) == []


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        (r"31\.12\.20\d{2}", "31.12.20…"),
        ("B2", "B2"),
        (r"(?P<key>20\d\d)_\w+", "20…_…"),
        (r"Tab\. 1 \(neu\)", "Tab. 1 (neu)"),
    ],
)
def test_patterns_are_spelled_for_people(pattern: str, shown: str) -> None:
    assert spelled(pattern) == shown


ROWS_OF_BLOCKS: dict[str, Any] = {
    "table": {"header": {"find": "Gebiet"}},
    "dimensions": {"period": {"constant": "2024-12-31"}, "sex": {"column": "B"}},
    "columns": [{"headings": ["Anzahl"]}],
}


def test_a_row_declared_as_no_data_still_labels_the_rows_below(checker: Checker) -> None:
    checked = checker.rows(
        "10041;zus.;9",
        ";männlich;5",
        "10042;zus.;8",
        ";weiblich;4",
        heading="Gebiet;Geschlecht;Anzahl",
        **merged(ROWS_OF_BLOCKS, {"dimensions": {"area": {"column": "A", "scheme": "key", "fill_down": True}}}),
        rows_not_data=[{"column": "B", "pattern": r"zus\.", "reason": "Summe"}],
    )
    assert keyed(checked, "area", "sex") == {"C3": ("10041", "M"), "C5": ("10042", "F")}
    assert_complete(checked)


def test_a_blank_label_below_a_row_that_is_no_data_is_not_that_of_an_earlier_row(checker: Checker) -> None:
    checked = checker.rows(
        "10041;männlich;9",
        "Region;männlich;5",
        ";weiblich;8",
        heading="Gebiet;Geschlecht;Anzahl",
        **merged(ROWS_OF_BLOCKS, {"dimensions": {"area": {"column": "A", "scheme": "key", "fill_down": True}}}),
        rows_not_data=[{"column": "A", "pattern": "Region", "reason": "Region"}],
    )
    assert flatten(checked.result) == [("IM-COD-001", "A4")]


@pytest.mark.parametrize("codes", [{}, {"": "_T"}])
def test_a_section_ends_with_the_one_around_it(codes: dict[str, str], checker: Checker) -> None:
    checked = checker.rows(
        "2023;",
        "männlich;",
        "04;5",
        "2024;",
        "04;11",
        heading="Gebiet;Anzahl",
        table={"header": {"find": "Gebiet"}},
        dimensions={
            "period": {"section": "A", "pattern": r"20\d\d"},
            "sex": {"section": "A", "pattern": "männlich|weiblich", "codes": codes},
            "area": {"column": "A", "scheme": "key"},
        },
        columns=[{"headings": ["Anzahl"]}],
    )
    first = {"B4": ("2023-12-31", "M")}
    assert keyed(checked, "period", "sex") == (first | {"B6": ("2024-12-31", "_T")} if codes else first)
    assert flatten(checked.result) == ([] if codes else [("IM-COD-001", "B6")])


def test_a_row_outside_several_tables_is_named_once(checker: Checker) -> None:
    text = "31.12.2023;\nGebiet;Anzahl\n04;1\nQuelle;\n04;9\n31.12.2024;\nGebiet;Anzahl\n04;2\n"
    checked = checker(
        text,
        table={"header": {"find": "Gebiet"}, "repeat": True},
        dimensions={
            "period": {"title": True, "pattern": r"\d\d\.\d\d\.\d{4}"},
            "area": {"column": "A", "scheme": "key"},
            "sex": None,
        },
        columns=[{"headings": ["Anzahl"], "codes": {"sex": "_T"}}],
    )
    assert flatten(checked.result) == [("IM-STR-009", "B5")]
