"""Every kind of file an office sends gives the same table; the kind follows from the bytes, packed or not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import assert_complete, by_cell, outcome, rules_found, workbook
from conftest import Checker
from format_files import HERE, MAPPE, ROWS, TEXT, ods, spreadsheetml, zipped

from einklang.check import Checked
from einklang.container import Kind, kind_of
from einklang.rawtable import RawTable
from einklang.read_boxed import SheetsMissing, SheetsRead, read_boxed
from einklang.result import Outcome, Verdict

FORMATS: list[tuple[str, Callable[[], bytes], dict[str, str], list[str]]] = [
    ("tabelle.csv", TEXT.encode, {"format": "csv"}, []),
    ("tabelle.xlsx", lambda: workbook({"Tabelle": ROWS}), MAPPE, []),
    ("tabelle.xls", (HERE / "tabelle.xls").read_bytes, {**MAPPE, "format": "xls"}, []),
    ("tabelle.ods", (HERE / "tabelle.ods").read_bytes, {**MAPPE, "format": "ods"}, []),
    ("tabelle.xml", lambda: spreadsheetml(ROWS), {**MAPPE, "format": "spreadsheetml"}, []),
    ("tabelle.xls", (HERE / "tabelle.xls").read_bytes, MAPPE, ["IM-FIL-007"]),
    ("tabelle.ods", (HERE / "tabelle.ods").read_bytes, MAPPE, ["IM-FIL-007"]),
    ("tabelle.xls", lambda: spreadsheetml(ROWS), MAPPE, ["IM-FIL-007"]),
    ("tabelle.xls", TEXT.encode, {"format": "csv"}, ["IM-FIL-007"]),
    ("tabelle.csv", lambda: workbook({"Tabelle": ROWS}), MAPPE, ["IM-FIL-007"]),
    ("ohne_endung", TEXT.encode, {"format": "csv"}, []),
    ("tabelle.csv.gz", lambda: gzip.compress(TEXT.encode()), {"format": "csv"}, []),
    ("tabelle.xlsx.gz", lambda: gzip.compress(workbook({"Tabelle": ROWS})), MAPPE, []),
    ("tabelle.zip", lambda: zipped({"tabelle.csv": TEXT.encode()}), {"format": "csv"}, []),
    ("tabelle.zip", lambda: zipped({"Mappe 1.xlsx": workbook({"Tabelle": ROWS})}), MAPPE, []),
    ("tabelle.zip", lambda: zipped({"x.xml": spreadsheetml(ROWS)}), {**MAPPE, "format": "spreadsheetml"}, []),
    (
        "mit_beiwerk.zip",
        lambda: zipped({"a/": b"", "a/tabelle.csv": TEXT.encode(), "__MACOSX/._a": b"x", "a/.DS_Store": b"x"}),
        {"format": "csv"},
        [],
    ),
]


@pytest.mark.parametrize(
    ("name", "content", "agreed", "rules"), FORMATS, ids=[f"{one[0]}-{one[2]['format']}" for one in FORMATS]
)
def test_every_kind_of_file_gives_the_same_figures(
    name: str, content: Callable[[], bytes], agreed: dict[str, str], rules: list[str], checker: Checker
) -> None:
    checked = checker(content(), name=name, file=agreed)
    assert rules_found(checked.result) == rules, [one.message.de for one in checked.result.findings]
    assert_complete(checked)
    cells = {cell: (row["value"], row["obs_status"]) for cell, row in by_cell(checked.observations).items()}
    assert cells == {
        "C3": (162190, "A"),
        "D3": (84820, "A"),
        "E3": (77370, "A"),
        "C4": (133930, "A"),
        "D4": (None, "Q"),
        "E4": (0, "A"),
        "C5": (159000, "A"),
        "D5": (83160, "A"),
        "E5": (75845, "A"),
    }


def test_members_of_an_archive_are_files_of_the_delivery(checker: Checker) -> None:
    first, second = TEXT.replace("2023", "2022"), TEXT.replace("31.12.2023;04", "31.12.2021;04").replace("2024", "2020")
    checked = checker(zipped({"b/x.csv": first.encode(), "a.csv": second.encode()}), name="zwei.zip")
    assert checked.result.findings == []
    assert_complete(checked)
    assert sorted(set(checked.observations["file"].to_pylist())) == ["zwei.zip/1", "zwei.zip/2"]


def test_a_member_is_named_as_the_sender_sees_it(checker: Checker) -> None:
    bad = TEXT.replace("159000", "15?9000")
    (found,) = checker(zipped({"a.csv": bad.encode()}), name="eins.zip").result.findings
    assert (found.places[0].file, found.places[0].cell) == ("eins.zip/a.csv", "C5")


# -- GENESIS --------------------------------------------------------------------------------------


def genesis(**changes: Any) -> bytes:
    """Two areas by two years, unordered index; the second value is secret, the third nothing."""
    data = {
        "code": "DS_001",
        "id": ["statistic", "AREA", "JAHR"],
        "size": [1, 2, 2],
        "dimension": {
            "statistic": {"category": {"index": {"12521": 0}}},
            "AREA": {"category": {"index": {"05": 1, "04": 0}}},
            "JAHR": {"category": {"index": {"2024": 1, "2023": 0}}},
        },
        "value": [159000.0, 0.0, 0.0, 1234.5],
        "status": ["e", ".", "-", "p"],
    }
    return json.dumps({"data": [{**data, **changes}]}).encode()


def read(content: bytes, tmp_path: Path, kind: Kind, decimal: str = ",") -> Any:
    path = tmp_path / "datei"
    path.write_bytes(content)
    assert kind_of(path) is kind
    answer = read_boxed(path, kind, "datei", ".*", decimal)
    return answer.tables if isinstance(answer, SheetsRead) else answer


def cells_of(table: RawTable) -> list[list[str]]:
    return [[table.text(row, column) for column in range(len(table.columns))] for row in range(table.rows)]


def test_genesis_json_gives_a_row_per_figure(tmp_path: Path) -> None:
    (table,) = read(genesis(), tmp_path, Kind.JSON)
    assert table.sheet == "DS_001"
    assert cells_of(table) == [
        ["statistic", "AREA", "JAHR", "value", "status"],
        ["12521", "04", "2023", "159000", "e"],
        ["12521", "04", "2024", ".", "."],
        ["12521", "05", "2023", "-", "-"],
        ["12521", "05", "2024", "1234,5", "p"],
    ]


@pytest.mark.parametrize(
    ("changes", "row", "text"),
    [
        ({"value": [1, 7, 3, 4]}, 2, "7 ."),
        ({"value": {"0": 1, "3": 4}}, 3, "-"),
        ({"status": None}, 2, "0"),
        ({"status": "e"}, 2, "0"),
        ({"value": [1, None, 3, 4], "status": {}}, 2, ""),
    ],
)
def test_genesis_value_and_status_are_one_cell(changes: dict[str, Any], row: int, text: str, tmp_path: Path) -> None:
    (table,) = read(genesis(**changes), tmp_path, Kind.JSON)
    assert table.text(row, 3) == text


@pytest.mark.parametrize(
    "changes",
    [
        {"size": [1, 2, 3]},
        {"value": [1, 2, 3]},
        {"id": ["statistic", "AREA"]},
        {"dimension": {}},
        {"value": [1, 2, [3], 4]},
        {"value": [1, 2, True, 4]},
        {"value": {"-1": 1}},
        {"value": [1, 2, 10**400, 4]},
        {"size": [1, 2, -2]},
        {"id": 7},
    ],
    ids=str,
)
def test_json_that_does_not_fit_together_is_refused(changes: dict[str, Any], checker: Checker) -> None:
    (found,) = checker(genesis(**changes), name="x.json", file={"format": "json"}).result.findings
    assert found.rule == "IM-FIL-001"
    assert "GENESIS" in found.message.de


@pytest.mark.parametrize("content", [b'{"data": [', b'{"a": 1}', b'{"a":' * 100_000, b'{"data": 5}'])
def test_other_json_is_refused(content: bytes, checker: Checker) -> None:
    (found,) = checker(content, name="x.json", file={"format": "json"}).result.findings
    assert (found.rule, "Fehler" in found.message.de) == ("IM-FIL-001", False)


# -- what a spreadsheet shows ---------------------------------------------------------------------


def test_xls_does_not_tell_what_is_hidden(checker: Checker) -> None:
    content = (HERE / "tabelle.xls").read_bytes()
    result = checker(content, name="tabelle.xls", file={**MAPPE, "format": "xls"}).result
    assert outcome(result, "IM-STR-005") is Outcome.NOT_EVALUABLE
    assert outcome(result, "IM-STR-007") is Outcome.PASSED
    assert result.verdict is Verdict.ACCEPTED


def hidden(kind: str) -> tuple[bytes, dict[str, str], str]:
    """A table with something hidden: bytes, what is agreed, words of the message."""
    plain = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in ROWS[:-1]
    )
    last = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in ROWS[-1]
    )
    match kind:
        case "xlsx row":
            made = workbook({"Tabelle": ROWS}, edit=lambda sheet: setattr(sheet.row_dimensions[5], "hidden", True))
            return made, MAPPE, "Zeilen ausgeblendet: 5, mit"
        case "xlsx columns":

            def hide(sheet: Any) -> None:
                sheet.column_dimensions.group("D", "E", hidden=True)

            return workbook({"Tabelle": ROWS}, edit=hide), MAPPE, "Spalten ausgeblendet: D–E, mit"
        case "xlsx filter":

            def filtered(sheet: Any) -> None:
                sheet.auto_filter.ref = "A2:E5"
                sheet.auto_filter.add_filter_column(0, ["31.12.2024"])
                sheet.row_dimensions[5].hidden = True

            return workbook({"Tabelle": ROWS}, edit=filtered), MAPPE, "durch einen Filter"
        case "ods row":
            content = ods(plain + f'<table:table-row table:visibility="collapse">{last}</table:table-row>')
            return content, {**MAPPE, "format": "ods"}, "Zeilen ausgeblendet: 5, mit"
        case "spreadsheetml column":
            content = spreadsheetml(ROWS, before='<Column ss:Index="3" ss:Hidden="1" ss:Span="1"/>')
            return content, {**MAPPE, "format": "spreadsheetml"}, "Spalten ausgeblendet: C–D, mit"
        case "spreadsheetml sheet":
            options = "<WorksheetOptions xmlns='urn:schemas-microsoft-com:office:excel'><Visible>SheetHidden</Visible>"
            content = spreadsheetml(ROWS, attributes=f"{options}</WorksheetOptions>")
            return content, {**MAPPE, "format": "spreadsheetml"}, "ist ausgeblendet mit"
    raise AssertionError(kind)


@pytest.mark.parametrize(
    "kind", ["xlsx row", "xlsx columns", "xlsx filter", "ods row", "spreadsheetml column", "spreadsheetml sheet"]
)
def test_hidden_figures_are_a_question(kind: str, checker: Checker) -> None:
    content, agreed, words = hidden(kind)
    checked = checker(content, name="mappe", file=agreed)
    (found,) = checked.result.findings
    assert found.rule == "IM-STR-005"
    assert found.confirm
    assert words in found.message.de
    assert checked.result.verdict is Verdict.CLARIFICATION_NEEDED
    assert_complete(checked)


def test_a_hidden_key_column_or_merged_heading_is_fine(checker: Checker) -> None:
    def edit(sheet: Any) -> None:
        sheet.column_dimensions["B"].hidden = True
        sheet.merge_cells("A1:E1")
        sheet.row_dimensions[9].hidden = True

    assert checker(workbook({"Tabelle": ROWS}, edit=edit), name="mappe.xlsx", file=MAPPE).result.findings == []


def refused(content: bytes, agreed: dict[str, str], checker: Checker) -> Checked:
    checked = checker(content, name="mappe", file=agreed)
    assert checked.result.verdict is Verdict.REJECTED
    assert_complete(checked)
    return checked


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?"])
def test_error_values_are_named(error: str, checker: Checker) -> None:
    def edit(sheet: Any) -> None:
        sheet["C5"].value = error
        sheet["C5"].data_type = "e"

    (found,) = refused(workbook({"Tabelle": ROWS}, edit=edit), MAPPE, checker).result.findings
    assert (found.rule, found.places[0].cell, found.places[0].raw) == ("IM-STR-006", "C5", error)


def test_an_error_value_that_the_reader_does_not_know_is_named_with_its_cell(checker: Checker) -> None:
    def edit(sheet: Any) -> None:
        sheet["C5"].value = "#SPILL!"
        sheet["C5"].data_type = "e"

    (found,) = refused(workbook({"Tabelle": ROWS}, edit=edit), MAPPE, checker).result.findings
    assert found.rule == "IM-FIL-001"
    assert "#SPILL!" in found.message.de and "C5" in found.message.de


def test_a_formula_without_a_result_is_no_blank_cell(checker: Checker) -> None:
    def edit(sheet: Any) -> None:
        sheet["E5"].value = "=C5-D5"
        sheet["F2"].value = "zuviel"
        sheet["F9"].value = "=1"

    result = refused(workbook({"Tabelle": ROWS}, edit=edit), MAPPE, checker).result
    found = next(one for one in result.findings if one.rule == "IM-STR-006")
    assert (found.places[0].cell, found.places[0].raw) == ("E5", "=C5-D5")


def test_spreadsheetml_formula_without_a_result(checker: Checker) -> None:
    content = spreadsheetml(ROWS).replace(
        b'<Cell><Data ss:Type="Number">75845</Data></Cell>', b'<Cell ss:Formula="=RC[-2]-RC[-1]"/>'
    )
    (found,) = refused(content, {**MAPPE, "format": "spreadsheetml"}, checker).result.findings
    assert (found.rule, found.places[0].cell) == ("IM-STR-006", "E5")


def test_spreadsheetml_index_and_merged_heads(tmp_path: Path) -> None:
    content = spreadsheetml([]).replace(
        b"<Table></Table>",
        b'<Table><Row ss:Index="3"><Cell ss:Index="2" ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">Ins-'
        b'&#10;gesamt</Data></Cell><Cell><Data ss:Type="Number">1.5E3</Data></Cell></Row>'
        b'<Row><Cell ss:Index="4"><Data ss:Type="Boolean">1</Data></Cell>'
        b'<Cell><Data ss:Type="DateTime">2024-12-31T00:00:00.000</Data></Cell></Row></Table>',
    )
    (table,) = read(content, tmp_path, Kind.SPREADSHEETML)
    assert [table.columns[1].texts[code] for code in table.columns[1].codes] == ["", "", "Ins-\ngesamt", ""]
    assert [table.text(2, 3), table.text(3, 3), table.text(3, 4)] == ["1500", "WAHR", "31.12.2024"]
    assert table.look.merged.tolist() == [[2, 1, 3, 2]]


def test_ods_repeats_and_formulas(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1.5" table:number-columns-repeated="2"/>'
    formula = '<table:table-cell table:formula="of:=[.A1]"/>'
    content = ods(
        f'<table:table-row table:number-rows-repeated="2">{cell}{formula}</table:table-row>'
        '<table:table-row table:number-rows-repeated="1048573"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    (table,) = read(content, tmp_path, Kind.ODS)
    assert cells_of(table) == [["1,5", "1,5", "=[.A1]"]] * 2


def test_truth_values_are_not_numbers(tmp_path: Path) -> None:
    (table,) = read(workbook({"Tabelle": [(1, True), (True, 1), (False, 0)]}), tmp_path, Kind.WORKBOOK)
    assert cells_of(table) == [["1", "WAHR"], ["WAHR", "1"], ["FALSCH", "0"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0,1"),
        (1e-7, "0,0000001"),
        (12345678.9, "12345678,9"),
        (1e15, "1000000000000000"),
        (-0.0, "0"),
        (1e22, "10000000000000000000000"),
        (5.6e-14, "0,000000000000056"),
    ],
)
def test_numbers_are_written_without_exponent(value: float, text: str, tmp_path: Path) -> None:
    (table,) = read(workbook({"Tabelle": [(value,)]}), tmp_path, Kind.WORKBOOK)
    assert table.text(0, 0) == text


def test_missing_sheet_names_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(spreadsheetml(ROWS))
    assert read_boxed(path, Kind.SPREADSHEETML, "a", "Daten", ",") == SheetsMissing(("Tabelle",))
