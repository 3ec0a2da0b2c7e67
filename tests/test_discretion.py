"""No figure is shown while nobody knows whether it is secret: what stands where a table is not understood."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from builders import rules_found
from conftest import Checker
from rich.console import Console

from einklang.check import Checked
from einklang.discretion import SecretMarks, headings_hidden, may_be_figure
from einklang.report import render_html, render_terminal
from einklang.report.as_csv import render_csv
from einklang.report.ess import render_ess

SECRET = "48711"
TWO_ROWS = {
    "table": {"header": {"find": "Zeit", "rows": 2}},
    "columns": [
        {"headings": ["Ausländer", "alle"], "codes": {"sex": "_T"}},
        {"headings": ["Ausländer", "Männer"], "codes": {"sex": "M"}},
    ],
    "dimensions": {"sex": None},
}


def _heading_lost(checker: Checker) -> Checked:
    return checker.rows(
        f"31.12.2014;08;{SECRET}·;1999", "31.12.2015;08;12;7", heading="Zeit;;Ausländer;Ausländer", **TWO_ROWS
    )


def _heading_and_figure_in_one(checker: Checker) -> Checked:
    columns = [{"headings": ["insgesamt"], "codes": {"sex": "_T"}}]
    return checker.rows(
        "31.12.2014;08;1", heading=f"Zeit;Schlüssel;{SECRET} g", columns=columns, dimensions={"sex": None}
    )


def _fields_lost(checker: Checker) -> Checked:
    return checker.rows("31.12.2014;08;1", f"{SECRET}·;2", "31.12.2015;08;3")


def _below_the_notes(checker: Checker) -> Checked:
    return checker.rows("31.12.2014;08;1", "Quelle: AZR", f"31.12.2015;08;{SECRET}", table={"end": ["Quelle"]})


def _repeated_column(checker: Checker) -> Checked:
    columns = [{"headings": ["insgesamt"], "codes": {"sex": "_T"}, "repeats": True}]
    return checker.rows(
        f"31.12.2014;08;{SECRET}·;{SECRET}1·",
        heading="Zeit;Schlüssel;insgesamt;insgesamt",
        columns=columns,
        dimensions={"sex": None},
    )


def _sum_of_secret_figures(checker: Checker) -> Checked:
    return checker.rows(
        f"31.12.2014;10041;{SECRET};geheim",
        "31.12.2014;10042;0;",
        f"31.12.2014;Summe;1{SECRET};",
        "31.12.2014;10;5,,0;",
        heading="Zeit;Schlüssel;insgesamt;Status",
        status={"heading": "Status", "words": {"geheim": "secret"}},
        rows_not_data=[{"column": "B", "pattern": "Summe", "reason": "Summe der Kreise", "sum_of": "above"}],
    )


def _merged_cells(checker: Checker) -> Checked:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Zeit", "Schlüssel", "insgesamt"], ["31.12.2014", "08", f"{SECRET}·"], ["31.12.2015", "08", "5"]):
        sheet.append(row)
    sheet.merge_cells("C2:C3")
    sheet.column_dimensions["C"].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return checker(stream.getvalue(), name="lieferung.xlsx", file={"format": "workbook"}, table={"end": []})


def _where_a_label_should_stand(checker: Checker) -> Checked:
    rows = [f"{SECRET}·;08;1", f"31.12.2015;{SECRET} ·;2"]
    return checker.rows(*rows, heading=f"Zeit;Schlüssel;{SECRET}·")


CASES: list[tuple[Callable[[Checker], Checked], list[str]]] = [
    (_heading_lost, ["IM-STR-003"]),
    (_heading_and_figure_in_one, ["IM-STR-003"]),
    (_fields_lost, ["IM-STR-004"]),
    (_below_the_notes, ["IM-STR-009"]),
    (_repeated_column, ["IM-STR-011"]),
    (_sum_of_secret_figures, ["IM-STA-002", "IM-VAL-001"]),
    (_where_a_label_should_stand, ["IM-COD-001"]),
    (_merged_cells, ["IM-STR-007", "IM-STR-005"]),
]


@pytest.mark.parametrize(("delivery", "rules"), CASES, ids=[case.__name__[1:] for case, _ in CASES])
def test_no_figure_is_shown_that_may_be_secret(
    checker: Checker, delivery: Callable[[Checker], Checked], rules: list[str]
) -> None:
    result = delivery(checker).result
    assert set(rules) <= set(rules_found(result))
    terminal = io.StringIO()
    Console(file=terminal, width=200).print(render_terminal(result))
    said = [result.model_dump_json(), terminal.getvalue(), render_ess(result)]
    for form in (render_html, render_csv):
        said += [form(result, "de"), form(result, "en")]
    for text in said:
        assert SECRET not in text.replace(".", "").replace(",", "")


def test_a_heading_that_may_be_a_figure_is_named_by_its_cell(checker: Checker) -> None:
    [found] = _heading_lost(checker).result.findings
    assert "„Ausländer: [C2]“, „Ausländer: [D2]“" in found.message.de
    assert [(place.cell, place.raw, place.is_hidden) for place in found.places] == [
        (cell, "", True) for cell in ("B2", "C2", "D2")
    ]


@pytest.mark.parametrize("text", ["1", "1.234,5", "48711·", "12 p", "(5)", "x1", "2024", "31.12.2024"])
def test_figures(text: str) -> None:
    assert may_be_figure(text)


@pytest.mark.parametrize("text", ["", "·", "insgesamt", "18 bis 25 Jahre", "Tab1"])
def test_no_figures(text: str) -> None:
    assert not may_be_figure(text)


@pytest.mark.parametrize("text", ["3,4·", "3,4 · %", "3,4 %·", "· 3,4"])
def test_a_sign_beside_a_number_hides_it_whatever_the_unit(text: str) -> None:
    marks = SecretMarks(signs=("·",))
    assert marks.hides_cell(text)
    assert marks.hides_label(text)


@pytest.mark.parametrize("last", ["2024", "31.12.2024", "31. 12. 2024", "2024-12-31", "2023/24"])
def test_years_and_dates_are_headings_only_among_their_like(last: str) -> None:
    assert headings_hidden(["Land", "2023", last]) == [False, False, False]
    assert headings_hidden(["Land", "1.204", last]) == [False, True, True]


def test_years_are_headings_only_among_years() -> None:
    assert headings_hidden(["Land", "2023", "1.204"]) == [False, True, True]
