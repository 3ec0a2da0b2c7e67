"""What a person sees in a cell and what is stored in it: formats that hide numbers, raised digits, comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from builders import assert_complete, by_cell, flatten, part, rules_found, with_parts, workbook
from conftest import Checker
from format_files import HERE, MAPPE, ROWS, ods, spreadsheetml
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from einklang.boxed.formats import as_shown, parse_format, says_more

SHEET = "xl/worksheets/sheet1.xml"
ODS = {**MAPPE, "format": "ods"}
XML = {**MAPPE, "format": "spreadsheetml"}


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ('"."', 3, "3 ."),
        ("\\.", 3, "3 ."),
        ('[<3]"/";0', 2, "2 /"),
        ('[<3]"/";0', 3, None),
        ('0;-0;"."', 0, "."),
        (";;;", 3, ""),
        ('"geheim"', 3, "geheim"),
        ('"("0")"', 3, "(3)"),
        ("\\(#,##0.0\\)", 3.5, "(3,5)"),
        ('0"p"', 3, "3 p"),
        ("#\\ ###\\ ##0;\\-#\\ ###\\ ##0;\\-", 0, None),
        ("0;-0;;@", 0, None),
        ('_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)', -3, None),
        ('_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)', 3, None),
        ("#,##0 [$€-407]", 3, None),
        ('0.0" %"', 3, "3 %"),
        ("0.0%", 0.524, "52,4 %"),
        ("0.0%", 0.5241999, "52,41999 %"),
        ("0%", 0.07, "7 %"),
        ("0.0\\ %", 1, "100 %"),
        ("0.0%;[Red]\\-0.0%", -0.052, "-5,2 %"),
        ("0.0%;\\-0.0%;\\-", 0, None),
        ("(0.0%)", 0.5, "(50 %)"),
        ('0.0%" p"', 0.5, "50 % p"),
        ('[<0.05]"/";0.0%', 0.02, "0,02 /"),
        ("0%%", 0.5, "5000 %%"),
        ("0.0\u2030", 3.5, "3,5 \u2030"),
        ("dd.mm.yyyy", 3, None),
        ("[h]:mm", 3, None),
        ("[Red]0_M", 3, None),
        ("General", 3, None),
        ("", 3, None),
    ],
)
def test_a_number_format_that_hides_or_marks_a_number(code: str, value: float, text: str | None) -> None:
    sections = parse_format(code)
    assert as_shown(float(value), sections, ",") == text
    assert says_more(sections) or text is None


def styled(formats: dict[str, str]) -> bytes:
    def edit(sheet: Worksheet) -> None:
        for cell, code in formats.items():
            sheet[cell].number_format = code

    return workbook({"Tabelle": ROWS[:3]}, edit=edit)


HIDING = {
    "xlsx": (lambda: styled({"C3": '"."', "D3": '"("0")"'}), MAPPE),
    "ods": (
        lambda: ods(_ods_rows("<text:p>.</text:p>", "<text:p>(84.820)</text:p>")),
        ODS,
    ),
    "spreadsheetml": (
        lambda: (
            spreadsheetml(ROWS[:3])
            .replace(
                b"<Worksheet",
                b'<Styles><Style ss:ID="s1"><NumberFormat ss:Format="&quot;.&quot;"/></Style>'
                b'<Style ss:ID="s2"><NumberFormat ss:Format="&quot;(&quot;0&quot;)&quot;"/></Style></Styles><Worksheet',
            )
            .replace(b'<Cell><Data ss:Type="Number">162190', b'<Cell ss:StyleID="s1"><Data ss:Type="Number">162190')
            .replace(b'<Cell><Data ss:Type="Number">84820', b'<Cell ss:StyleID="s2"><Data ss:Type="Number">84820')
        ),
        XML,
    ),
}


def _ods_rows(third: str, fourth: str, styles: str = "") -> str:
    def text(value: Any) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    def number(value: float, shown: str) -> str:
        return f'<table:table-cell office:value-type="float" office:value="{value}">{shown}</table:table-cell>'

    rows = [[text(cell) for cell in row] for row in ROWS[:2]]
    rows.append([text("31.12.2024"), text("04"), number(162190, third), number(84820, fourth), number(77370, "")])
    return "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)


@pytest.mark.parametrize("kind", HIDING)
def test_a_number_hidden_behind_a_sign_is_not_accepted(kind: str, checker: Checker) -> None:
    content, agreed = HIDING[kind]
    checked = checker(content(), name="x", file=agreed)
    assert_complete(checked)
    assert flatten(checked.result) == [("IM-STA-002", "C3")]
    cells = by_cell(checked.observations)
    assert (cells["D3"]["value"], cells["D3"]["obs_status"]) == (84820, "U")
    assert cells["E3"]["obs_status"] == "A"


RATED: dict[str, Any] = {
    "dataset": "arbeitslose",
    "dimensions": {"sex": None, "measure": None},
    "columns": [
        {"headings": ["insgesamt"], "codes": {"measure": "unemployment_rate", "citizenship": "_T"}},
        {"headings": ["männlich"], "codes": {"measure": "unemployment_rate", "citizenship": "FOREIGN"}},
        {"headings": ["weiblich"], "codes": {"measure": "unemployed", "citizenship": "_T"}},
    ],
}
RATES: list[tuple[Any, ...]] = [ROWS[1], ("2024", "04", 0.115, 23.8, 43293), ("2024", "05", 0.07, 12.4, 0.5)]


def _percent_workbook() -> bytes:
    def edit(sheet: Worksheet) -> None:
        for cell, code in {"C2": "0.0%", "C3": "0%", "D2": '0.0" %"', "D3": "0.0", "E3": "0.00%"}.items():
            sheet[cell].number_format = code

    return workbook({"Tabelle": RATES}, edit=edit)


def _percent_ods() -> bytes:
    def text(value: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    def cell(value: float, shown: str = "", kind: str = "percentage") -> str:
        attributes = f'office:value-type="{kind}" office:value="{value}"'
        return f"<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>"

    rows = [
        [text(one) for one in RATES[0]],
        [text("2024"), text("04"), cell(0.115, "11,5%"), cell(23.8, "23,8 %", "float"), cell(43293, "43293", "float")],
        [text("2024"), text("05"), cell(0.07), cell(12.4, "12,4", "float"), cell(0.5, "50,00 %")],
    ]
    return ods("".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows))


def _percent_xml() -> bytes:
    styles = (
        '<Styles><Style ss:ID="p" ss:Name="Prozent"><NumberFormat ss:Format="0%"/></Style>'
        '<Style ss:ID="s1" ss:Parent="p"><Font ss:Bold="1"/></Style>'
        '<Style ss:ID="s2"><NumberFormat ss:Format="Percent"/></Style>'
        '<Style ss:ID="s3"><NumberFormat ss:Format="0.0&quot; %&quot;"/></Style>'
        '<Style ss:ID="s4" ss:Parent="p"><NumberFormat ss:Format="0.0"/></Style></Styles><Worksheet'
    )
    content = spreadsheetml(RATES).decode().replace("<Worksheet", styles)
    for value, style in {"0.115": "p", "0.07": "s1", "0.5": "s2", "23.8": "s3", "12.4": "s4"}.items():
        old = f'<Cell><Data ss:Type="Number">{value}<'
        assert old in content
        content = content.replace(old, old.replace("<Cell>", f'<Cell ss:StyleID="{style}">'))
    return content.encode()


PERCENT: dict[str, tuple[Callable[[], bytes], dict[str, str]]] = {
    "xlsx": (_percent_workbook, MAPPE),
    "ods": (_percent_ods, ODS),
    "spreadsheetml": (_percent_xml, XML),
    "csv": (
        lambda: (
            b"Zeit;Schl\xfcssel;insgesamt;m\xe4nnlich;weiblich\n2024;04;11,5 %;23,8%;43293\n2024;05;7 %;12,4;50 %\n"
        ),
        {"format": "csv", "encoding": "cp1252"},
    ),
}


@pytest.mark.parametrize("kind", PERCENT)
def test_a_figure_in_per_cent_is_read_as_it_is_shown(kind: str, checker: Checker) -> None:
    content, agreed = PERCENT[kind]
    checked = checker(content(), name="x", file=agreed, **RATED)
    assert_complete(checked)
    cells = by_cell(checked.observations)
    assert {name: cells[name]["value"] for name in cells} == {"C2": 11.5, "D2": 23.8, "E2": 43293, "C3": 7, "D3": 12.4}
    assert flatten(checked.result) == [("IM-COD-006", "E3")]
    assert checked.result.findings[0].places[0].raw == "50 %"


def test_a_format_of_all_cells_without_a_style_of_their_own(checker: Checker) -> None:
    content = _percent_workbook()
    styles = part(content, "xl/styles.xml")
    first = styles.index(b"<xf ", styles.index(b"<cellXfs"))
    assert styles[first:].startswith(b'<xf numFmtId="0"')
    changed = styles[:first] + styles[first:].replace(b'numFmtId="0"', b'numFmtId="10"', 1)
    checked = checker(with_parts(content, {"xl/styles.xml": changed}), name="x", file=MAPPE, **RATED)
    assert ("IM-COD-006", "E2") in flatten(checked.result)


def _shared(content: bytes) -> bytes:
    """The workbook with the text of C3 among the shared strings, as Excel writes it."""
    sheet = part(content, SHEET).decode()
    start = sheet.index('<c r="C3"')
    end = sheet.index("</c>", start)
    text = sheet[sheet.index("<is>", start) + 4 : sheet.index("</is>", start)]
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si>{text}</si></sst>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    link = f'<Relationship Id="rIdS" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    relations = part(content, "xl/_rels/workbook.xml.rels").decode().replace("</Relationships>", link)
    return with_parts(
        content,
        {
            SHEET: (sheet[:start] + '<c r="C3" t="s"><v>0</v>' + sheet[end:]).encode(),
            "xl/sharedStrings.xml": strings.encode(),
            "xl/_rels/workbook.xml.rels": relations.encode(),
        },
    )


def _raised(sheet: Worksheet) -> None:
    sheet["C3"] = CellRichText("123", TextBlock(InlineFont(vertAlign="superscript"), "1"))


_SUP = '<text:p>123<text:span text:style-name="T1">1</text:span></text:p>'
RAISED: dict[str, tuple[Callable[[], bytes], dict[str, str]]] = {
    "shared string": (lambda: _shared(workbook({"Tabelle": ROWS[:3]}, edit=_raised)), MAPPE),
    "inline string": (lambda: workbook({"Tabelle": ROWS[:3]}, edit=_raised), MAPPE),
    "ods": (
        lambda: ods(
            _ods_rows("", "").replace(
                '<table:table-cell office:value-type="float" office:value="162190"></table:table-cell>',
                f'<table:table-cell office:value-type="string">{_SUP}</table:table-cell>',
            ),
            before='<office:automatic-styles><style:style style:name="T1" style:family="text">'
            '<style:text-properties style:text-position="super 58%"/></style:style></office:automatic-styles>',
        ),
        ODS,
    ),
    "spreadsheetml": (
        lambda: spreadsheetml(ROWS[:3]).replace(
            b'<Data ss:Type="Number">162190</Data>',
            b'<ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">123<Sup><B>1</B></Sup></ss:Data>',
        ),
        XML,
    ),
}


@pytest.mark.parametrize("kind", RAISED)
def test_a_raised_digit_is_no_part_of_the_number(kind: str, checker: Checker) -> None:
    content, agreed = RAISED[kind]
    checked = checker(content(), name="x", file=agreed)
    assert_complete(checked)
    assert flatten(checked.result) == [("IM-VAL-001", "C3")]
    assert checked.result.findings[0].places[0].raw == "123¹"


def test_a_raised_mark_that_is_agreed_is_taken_off_the_number(checker: Checker) -> None:
    content = workbook({"Tabelle": [*ROWS[:3], ("1 revidiert",)]}, edit=_raised)
    checked = checker(
        content, name="x.xlsx", file=MAPPE, footnotes={"mark": "1", "on_figures": True}, table={"end": ["1 "]}
    )
    assert rules_found(checked.result) == []
    assert by_cell(checked.observations)["C3"]["value"] == 123


def test_a_comment_does_not_replace_the_number_of_its_cell(checker: Checker) -> None:
    comment = (
        b'162190</Data><Comment ss:Author="x"><ss:Data xmlns="http://www.w3.org/TR/REC-html40"><B>9</B></ss:Data>'
        b"</Comment>"
    )
    checked = checker(spreadsheetml(ROWS).replace(b"162190</Data>", comment), name="x.xml", file=XML)
    assert rules_found(checked.result) == []
    assert by_cell(checked.observations)["C3"]["value"] == 162190


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<Cell><Data ss:Type="Number">77370', b'<Cell ss:Index="3"><Data ss:Type="Number">77370'),
        (b'<Row><Cell><Data ss:Type="String">31.12.2023', b'<Row ss:Index="3"><Cell><Data ss:Type="String">31.12.2023'),
        (b"</Worksheet>", b'</Worksheet><Worksheet ss:Name="Tabelle"><Table/></Worksheet>'),
    ],
    ids=["cell", "row", "sheet"],
)
def test_a_cell_row_or_sheet_that_comes_twice_is_not_overwritten(old: bytes, new: bytes, checker: Checker) -> None:
    content = spreadsheetml(ROWS)
    assert old in content
    (found,) = checker(content.replace(old, new), name="x.xml", file=XML).result.findings
    assert (found.rule, "zweimal" in found.message.de) == ("IM-FIL-001", True)


def test_two_sheets_of_one_name_are_not_one(checker: Checker) -> None:
    rows = _ods_rows("", "")
    content = ods(f'{rows}</table:table><table:table table:name="Tabelle">{rows}')
    assert rules_found(checker(content, name="x.ods", file=ODS).result) == ["IM-FIL-001"]


def test_a_number_with_an_underscore_is_none(checker: Checker) -> None:
    content = spreadsheetml(ROWS).replace(b">162190<", b">162_190<")
    assert flatten(checker(content, name="x.xml", file=XML).result) == [("IM-VAL-001", "C3")]


def test_hidden_rows_are_seen_behind_apostrophes(checker: Checker) -> None:
    content = workbook({"Tabelle": ROWS}, edit=lambda sheet: setattr(sheet.row_dimensions[5], "hidden", True))
    sheet = part(content, SHEET).replace(b'"', b"'")
    assert rules_found(checker(with_parts(content, {SHEET: sheet}), name="x.xlsx", file=MAPPE).result) == ["IM-STR-005"]


def test_real_kinds_without_styles_stay_as_they_are(checker: Checker) -> None:
    content = (HERE / "tabelle.ods").read_bytes()
    assert rules_found(checker(content, name="x.ods", file=ODS).result) == []
