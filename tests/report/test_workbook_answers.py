from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from einklang.errors import FileNotUsable
from einklang.report.workbook import Answer, read_answers, render_workbook

from .factories import FILE, several_findings
from .workbooks import FORMULA, delivered, rewrite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    render_workbook(several_findings(), {FILE: delivered(tmp_path)}, tmp_path / "zurueck.xlsx")
    return tmp_path / "zurueck.xlsx"


def _fill(path: Path, answers: dict[int, Any]) -> dict[int, str]:
    """Writes answers into rows of the list; gives the identifiers of these rows."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    heads = [cell.value for cell in sheet[1]]
    for row, text in answers.items():
        cell = sheet.cell(row, heads.index("Antwort") + 1, text)
        if isinstance(text, str):
            cell.data_type = "s"
    book.save(path)
    return {row: str(sheet.cell(row, heads.index("Kennung") + 1).value) for row in answers}


def test_list_that_nobody_filled_has_no_answers(path: Path) -> None:
    assert read_answers(path) == []


def test_filled_answers_come_back_with_rule_and_identifier(path: Path) -> None:
    known = _fill(path, {11: "Gemeindefusion zum 01.01.2025, Frau Muster", 13: "  stimmt \n", 14: 2025})
    told = read_answers(path)
    assert [one.text for one in told] == ["Gemeindefusion zum 01.01.2025, Frau Muster", "stimmt", "2025"]
    assert [f"{one.rule}/{one.identifier}" for one in told] == list(known.values())
    assert {one.rule for one in told} == {"IM-TIM-001"}


def test_sorting_inserting_renaming_and_hiding_do_no_harm(path: Path) -> None:
    known = _fill(path, {11: "A", 12: "B"})
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    head, *rows = list(sheet.iter_rows(values_only=True))
    changed = book.create_sheet("meine Bearbeitung")
    changed.append(["Unsere Notizen"])
    changed.append([])
    changed.append(["eigene Spalte", *(f" {name} " for name in reversed(head))])
    for row in sorted(rows, key=lambda row: str(row[-1])):
        changed.append(["x", *reversed(row)])
    changed.auto_filter.ref = "A3:N60"
    changed.row_dimensions[5].hidden = True
    changed.sheet_state = "hidden"
    for name in ("Fehlerliste", "Tab 1", "Prüfergebnis"):
        del book[name]
    book.create_sheet("Rückfragen").append(["Antwort"])
    book.save(path)
    assert {(f"{one.rule}/{one.identifier}", one.text) for one in read_answers(path)} == {
        (known[11], "A"),
        (known[12], "B"),
    }


def test_dangerous_answers_are_texts(path: Path) -> None:
    _fill(path, {11: FORMULA, 12: "<script>alert(1)</script>", 13: "a\u202eb", 14: "x" * 30_000})
    told = [one.text for one in read_answers(path)]
    assert told[:3] == [FORMULA, "<script>alert(1)</script>", "a[U+202E]b"]
    assert len(told[3]) == 2000


def test_formula_as_answer_is_not_calculated(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book.worksheets[1]["K11"] = "=1+1"
    book.save(path)
    assert read_answers(path) == []


def test_rows_without_a_known_identifier_are_passed_over(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    sheet["K11"], sheet["L11"] = "Grund", "verändert"
    sheet["K12"], sheet["L12"] = "Grund", None
    sheet["K13"] = "Grund"
    book.save(path)
    assert len(read_answers(path)) == 1


def test_same_answer_twice_counts_once(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    sheet["K11"] = "Grund"
    book.copy_worksheet(sheet)
    book.save(path)
    assert [one.text for one in read_answers(path)] == ["Grund"]


def test_english_list_is_read(tmp_path: Path) -> None:
    path = tmp_path / "back.xlsx"
    render_workbook(several_findings(), {}, path, "en")
    book = openpyxl.load_workbook(path)
    book.worksheets[1]["K11"] = "merger"
    book.save(path)
    (answer,) = read_answers(path)
    assert answer == Answer(rule="IM-TIM-001", identifier=answer.identifier, text="merger", rows=1)


@pytest.mark.parametrize(
    ("content", "why"), [(b"a;b\n", "no XLSX workbook"), (b"PK\x03\x04kaputt", "no XLSX workbook"), (b"", "no XLSX")]
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "antwort.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileNotUsable, match=why):
        read_answers(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotUsable):
        read_answers(tmp_path / "fehlt.xlsx")


def test_workbook_without_the_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotUsable, match="no sheet has the columns"):
        read_answers(delivered(tmp_path))


def test_unsafe_workbook_is_refused(path: Path) -> None:
    rewrite(path, {"xl/worksheets/sheet2.xml": lambda xml: xml.replace(b'r="A2"', b'r="XFD1048576"')})
    with pytest.raises(FileNotUsable, match="safety limit"):
        read_answers(path)


def test_damaged_workbook_is_refused(path: Path) -> None:
    rewrite(path, {"xl/workbook.xml": lambda xml: xml[:100]})
    with pytest.raises(FileNotUsable, match="damaged"):
        read_answers(path)
