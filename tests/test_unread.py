"""Sheets that the profile does not read: every report names them, and asks where the name says that one was meant."""

from __future__ import annotations

import io

import openpyxl
import pytest
from builders import assert_complete, rules_found, workbook
from conftest import Checker
from format_files import ROWS, TEXT, ods, spreadsheetml, zipped

from einklang.declarations.rules import Severity
from einklang.project import Project
from einklang.unread import check_unread, listed

AGREED = {"format": "workbook", "sheet": r"Stand 202[34]"}
READ = "Stand 2024"


def _with_sheets(*names: str) -> bytes:
    return workbook({READ: ROWS} | dict.fromkeys(names, ROWS))


@pytest.mark.parametrize(
    ("read", "other"),
    [
        ("Stand 2024", "Stand 2025"),
        ("Stand 2024 ", "Stand_2025"),
        ("2024", "2025"),
        ("31.12.2024", "30.06.2025"),
        ("31.12.2024", "1.1.2025"),
        ("Stand 2024-12-31", "Stand 2025-12-31"),
        ("Kita 2023-24", "Kita 2024-25"),
        ("Kita 1999_00", "Kita 2000_01"),
        ("2014-2024", "2015-2025"),
        ("Tab 3.1 (2024)", "Tab 3.1 (2025)"),
    ],
)
def test_a_name_that_differs_in_year_or_date_only_is_asked_about(read: str, other: str, project: Project) -> None:
    (found,) = check_unread("mappe.xlsx", ["Titel", read], [("Hinweise", True), (other, True)], project.catalogue)
    assert (found.rule, found.severity, found.confirm) == ("IM-STR-013", Severity.WARNING, True)
    assert [(one.file, one.sheet) for one in found.places] == [("mappe.xlsx", other)]


@pytest.mark.parametrize(
    ("read", "other"),
    [
        ("Tab 3.1", "Tab 3.2"),
        ("csv-12521-01", "csv-12521-02"),
        ("Tab 3.1 (2024)", "Tab 3.2 (2025)"),
        ("2024-01", "2024-02"),
        ("12411", "12521"),
        ("Stand 2024", "Hinweise 2025"),
        ("Stand 2024", "Stand 31.12.2025"),
        ("Stand 2024", "Stand 2025 (alt)"),
        ("Stand 2024", "Stand 3025"),
        ("Stand 2024", "Stand"),
    ],
)
def test_numbers_of_tables_are_no_years(read: str, other: str, project: Project) -> None:
    assert check_unread("mappe.xlsx", [read], [(other, True)], project.catalogue) == []


def test_each_kind_of_name_is_one_finding(project: Project) -> None:
    others = [("B 2025", True), ("A 2025", True), ("A 2026", True), ("B 2026", False)]
    found = check_unread("mappe.xlsx", ["A 2024", "B 2024"], others, project.catalogue)
    assert [[place.sheet for place in one.places] for one in found] == [["B 2025"], ["A 2025", "A 2026"]]


def test_many_names_are_counted(project: Project) -> None:
    line = listed([f"Blatt {number}" for number in range(1, 14)], project.catalogue)
    assert not isinstance(line, str)
    assert line.de.endswith("Blatt 9, Blatt 10 und 3 weitere")
    assert line.en.endswith("Blatt 9, Blatt 10 and 3 more")
    many = [(f"Stand {1900 + number % 200} ", True) for number in range(5000)]
    (found,) = check_unread("mappe.xlsx", [READ], many, project.catalogue)
    assert (found.count, len(found.places)) == (5000, 1000)
    assert "und 4.990 weitere" in found.message.de


def test_a_new_year_is_asked_about_and_nothing_else(checker: Checker) -> None:
    checked = checker(_with_sheets("Titel", "Stand 2025"), name="mappe.xlsx", file=AGREED)
    assert rules_found(checked.result) == ["IM-STR-013"]
    assert_complete(checked)
    assert [(one.file, one.count, one.names) for one in checked.result.unread_sheets] == [
        ("mappe.xlsx", 2, ["Titel", "Stand 2025"])
    ]


def test_what_cannot_be_seen_is_named_but_not_asked_about(checker: Checker) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_with_sheets("Stand 2025")))
    book["Stand 2025"].sheet_state = "hidden"
    book.create_chartsheet("Stand 2026")
    stream = io.BytesIO()
    book.save(stream)
    checked = checker(stream.getvalue(), name="mappe.xlsx", file=AGREED)
    assert rules_found(checked.result) == []
    assert [one.names for one in checked.result.unread_sheets] == [["Stand 2025", "Stand 2026"]]


def test_where_all_is_read_nothing_is_named(checker: Checker) -> None:
    assert checker(_with_sheets(), name="mappe.xlsx", file=AGREED).result.unread_sheets == []
    assert checker(TEXT, file={"format": "csv"}).result.unread_sheets == []


def test_workbooks_of_an_archive_are_named_one_by_one(checker: Checker) -> None:
    first = workbook({"Stand 2024": ROWS, "Titel": ROWS})
    second = workbook({"Stand 2023": ROWS, "Hinweise": ROWS})
    checked = checker(zipped({"a.xlsx": first, "b.xlsx": second}), name="zwei.zip", file=AGREED)
    assert [(one.file, one.names) for one in checked.result.unread_sheets] == [
        ("zwei.zip/a.xlsx", ["Titel"]),
        ("zwei.zip/b.xlsx", ["Hinweise"]),
    ]


def _spreadsheetml() -> bytes:
    text = spreadsheetml(ROWS).decode().replace('ss:Name="Tabelle"', f'ss:Name="{READ}"')
    sheet = text[text.index("<Worksheet") : text.index("</Workbook>")]
    other = sheet.replace(READ, "Stand 2025")
    hidden = other.replace("2025", "2026").replace(
        "</Worksheet>", "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>"
    )
    return text.replace("</Workbook>", f"{other}{hidden}</Workbook>").encode()


def _ods() -> bytes:
    def cell(value: object) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in ROWS)
    return ods(f'{rows}</table:table><table:table table:name="Stand 2025">{rows}', name=READ)


@pytest.mark.parametrize(
    ("kind", "content", "others"),
    [("spreadsheetml", _spreadsheetml(), ["Stand 2025", "Stand 2026"]), ("ods", _ods(), ["Stand 2025"])],
)
def test_other_kinds_of_workbooks(kind: str, content: bytes, others: list[str], checker: Checker) -> None:
    result = checker(content, name="mappe", file={**AGREED, "format": kind}).result
    assert rules_found(result) == ["IM-STR-013"]
    assert [one.sheet for one in result.findings[0].places] == ["Stand 2025"]
    assert [one.names for one in result.unread_sheets] == [others]
