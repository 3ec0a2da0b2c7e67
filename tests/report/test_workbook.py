from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from einklang.declarations.rules import Severity
from einklang.findings import Finding
from einklang.report import symbols, workbook_front, workbook_tables
from einklang.report.workbook import render_workbook
from einklang.report.workbook_styles import shows_value
from einklang.result import Result, UnreadSheets, Verdict

from .factories import FILE, HOSTILE, finding, hostile, identity, place, result, several_findings, text
from .workbooks import FORMULA, PLANTED, content_of, delivered, listed, result_on, returned, rewrite, said_on_front


def _warning(**overrides: Any) -> Finding:
    return finding(**{"rule": "IM-TIM-001", "severity": Severity.WARNING, "confirm": True, **overrides})


@pytest.fixture
def book(tmp_path: Path) -> Any:
    return returned(tmp_path, several_findings(), {FILE: delivered(tmp_path)})


def test_result_and_list_stand_before_the_senders_sheet(book: Any) -> None:
    assert book.sheetnames == ["Prüfergebnis", "Fehlerliste", "Tab 1"]
    assert all(sheet.sheet_state == "visible" for sheet in book.worksheets)


def test_first_sheet_says_verdict_next_step_and_counts(book: Any) -> None:
    said = said_on_front(book)
    for wanted in (
        *("×  Zurückgewiesen", "Bitte beheben Sie die Fehler", "Landesamt für Statistik Niedersachsen"),
        *("3 Fehler an 9 Stellen", "1 Warnung an 213 Stellen", "1 Hinweis an 1 Stelle"),
        *(
            "Die Fehlerliste führt 50 von 223 Stellen auf.",
            "aus einbuergerungen_ni_2025.xlsx: 49 gekennzeichnete Zellen",
        ),
    ):
        assert wanted in said


def test_values_formats_and_measures_stay(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    theirs = openpyxl.load_workbook(path, data_only=True)["Tab 1"]
    ours = returned(tmp_path, result_on(FILE), {FILE: path})["Tab 1"]
    assert ours.calculate_dimension() == theirs.calculate_dimension()
    for row in theirs.iter_rows():
        for cell in row:
            own = ours[cell.coordinate]
            assert (own.value, own.number_format) == (cell.value, cell.number_format), cell.coordinate
            assert repr((own.fill, own.border, own.alignment)) == repr((cell.fill, cell.border, cell.alignment))
            assert (own.font.name, own.font.sz, own.font.b) == (cell.font.name, cell.font.sz, cell.font.b)
    assert sorted(map(str, ours.merged_cells.ranges)) == ["A1:E1", "C3:E3"]
    assert ours.column_dimensions["B"].width == 31.5
    assert ours.row_dimensions[4].height == 33
    assert ours.freeze_panes == "C5"
    assert ours.page_setup.orientation == "landscape"


def test_numbers_come_back_digit_by_digit(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    rewrite(path, {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"<v>1010</v>", b"<v>0.30000000000000004</v>")})
    render_workbook(result_on(FILE), {FILE: path}, tmp_path / "zurueck.xlsx")
    assert b"<v>0.30000000000000004</v>" in content_of(tmp_path / "zurueck.xlsx")


def test_stored_values_stand_in_place_of_formulas(book: Any) -> None:
    assert book["Tab 1"]["D5"].value == 42
    assert not any(cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)


def test_nothing_hidden_linked_or_personal_travels(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    assert PLANTED.encode() in content_of(path)
    render_workbook(several_findings(), {FILE: path}, tmp_path / "zurueck.xlsx")
    content = content_of(tmp_path / "zurueck.xlsx")
    assert PLANTED.encode() not in content
    assert b"externalLink" not in content
    assert b'TargetMode="External"' not in content
    assert b"vbaProject" not in content
    book = openpyxl.load_workbook(tmp_path / "zurueck.xlsx")
    assert not book["Tab 1"].row_dimensions[22].hidden
    said = said_on_front(book)
    assert "Ausgeblendete Blätter sind nicht übernommen: Nebenrechnung." in said
    assert "Ausgeblendete Zeilen und Spalten sind auf dem Blatt Tab 1 eingeblendet." in said


def test_each_place_is_marked_by_fill_border_and_note(book: Any) -> None:
    for one in several_findings().findings:
        for each in one.places:
            cell = book["Tab 1"][each.cell]
            assert cell.fill.fill_type == "solid"
            assert (
                cell.border.left.style
                == cell.border.bottom.style
                == {"error": "thick"}.get(one.severity, "mediumDashed")
            )
            assert cell.comment.text.startswith(f"{'Fehler' if one.severity == 'error' else 'Warnung'}, Nr. ")
            for part in (f"Regel {one.rule}: {one.title.de}", one.message.de, f"Abhilfe: {one.remedy.de}"):
                assert part in cell.comment.text
    assert book["Tab 1"]["C17"].value == "12,,5"
    assert book["Tab 1"]["C18"].comment is None


def test_note_of_a_cell_tells_all_its_findings_and_the_worst_gives_the_mark(tmp_path: Path) -> None:
    findings = [_warning(places=[place()]), finding(places=[place()]), *(finding(places=[place()]) for _ in range(5))]
    book = returned(tmp_path, result_on(FILE, findings=findings), {FILE: delivered(tmp_path)})
    cell = book["Tab 1"]["C17"]
    assert cell.border.left.style == "thick"
    assert cell.comment.text.count("Regel IM-") == 5
    assert "Weitere Befunde zu dieser Zelle: 2." in cell.comment.text


def test_rows_columns_merged_ranges_and_cells_beyond_the_table_are_marked(tmp_path: Path) -> None:
    places = [
        place(column="", row=6, raw=""),
        place(column="D", row=None, raw=""),
        place(column="E", row=3),
        place(column="H", row=40),
    ]
    book = returned(tmp_path, result_on(FILE, findings=[finding(places=places)]), {FILE: delivered(tmp_path)})
    sheet = book["Tab 1"]
    assert "Gilt für die ganze Zeile." in sheet["A6"].comment.text
    assert "Gilt für die ganze Spalte." in sheet["A1"].comment.text
    assert sheet["C3"].comment is not None
    assert sheet["H40"].comment is not None
    assert [row["Zelle"] for row in listed(book)] == ["Zeile 6", "Spalte D", "E3", "H40"]
    links = [book.worksheets[1].cell(row, 5).hyperlink.location for row in range(2, 6)]
    assert links == ["'Tab 1'!A6", "'Tab 1'!A1", "'Tab 1'!C3", "'Tab 1'!H40"]


def test_list_has_a_row_per_place_that_leads_to_its_cell(book: Any) -> None:
    sheet, rows = book.worksheets[1], listed(book)
    checked = several_findings()
    assert len(rows) == sum(max(1, len(one.places)) for one in checked.findings)
    assert [row["Nr."] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0] | {"Kennung": ""} == {
        "Nr.": 1,
        "Art": "× Fehler",
        "Regel": "IM-VAL-001 Zahl nicht lesbar",
        "Blatt": "Tab 1",
        "Zelle": "C17",
        "Worum es geht": "Hannover, 2025, weiblich",
        "Ihr Text": "12,,5",
        "Meldung": "„12,,5“ ist keine Zahl und kein vereinbartes Zeichen.",
        "Abhilfe": "Tragen Sie die Zahl neu ein oder setzen Sie das passende Zeichen.",
        "Bestätigung möglich": "nein",
        "Antwort": None,
        "Kennung": "",
    }
    assert rows[1]["Ihr Text"] == "leer"
    assert sheet["E2"].hyperlink.location == "'Tab 1'!C17"
    assert sheet.tables["Fehlerliste"].ref == f"A1:L{len(rows) + 1}"
    assert sheet.tables["Fehlerliste"].autoFilter.ref == sheet.tables["Fehlerliste"].ref
    assert sheet.freeze_panes == "A2"
    assert len({row["Kennung"] for row in rows}) == len(rows)
    assert rows[-1]["Zelle"] == "ganze Datei"


def test_sheets_that_were_not_read_are_named_and_the_profile_that_was_chosen(tmp_path: Path) -> None:
    where = place(sheet="Tab 2", row=None, column="", raw="Tab 2", key=None)
    checked = result(
        identity=identity(profile="Einbürgerungen nach Kreisen"),
        unread_sheets=[UnreadSheets(file=FILE, count=13, names=["Titel", "Tab 2"])],
        findings=[finding(places=[where])],
    )
    book = returned(tmp_path, checked, {FILE: delivered(tmp_path)})
    assert [(row["Blatt"], row["Zelle"]) for row in listed(book)] == [("Tab 2", "ganzes Blatt")]
    said = said_on_front(book)
    assert "Titel, Tab 2 und 11 weitere" in said
    assert "Einbürgerungen nach Kreisen" in said


def test_delivery_without_findings_has_an_empty_list(tmp_path: Path) -> None:
    book = returned(tmp_path, result_on(FILE), {FILE: delivered(tmp_path)})
    assert [row["Meldung"] for row in listed(book)] == ["Es gibt keine Befunde."]
    assert not book.worksheets[1].tables
    assert "keine Befunde" in said_on_front(book)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_word_and_symbol(tmp_path: Path, verdict: Verdict) -> None:
    book = returned(tmp_path, result_on(verdict=verdict), {})
    symbol, word = str(book.worksheets[0]["A4"].value).split("  ")
    assert symbol == symbols.OF_VERDICT[verdict]
    assert word


def test_english_by_option(tmp_path: Path) -> None:
    book = returned(tmp_path, several_findings(), {FILE: delivered(tmp_path)}, language="en")
    assert book.sheetnames == ["Result", "List of findings", "Tab 1"]
    assert "×  Rejected" in said_on_front(book)
    assert listed(book)[0]["Message"] == "“12,,5” is no number and no agreed sign."
    assert "Remedy: Enter the figure again" in book["Tab 1"]["C17"].comment.text


def test_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    render_workbook(several_findings(), {FILE: path}, tmp_path / "a.xlsx")
    render_workbook(several_findings(), {FILE: path}, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx", FILE]


def test_dangerous_texts_stay_texts(tmp_path: Path) -> None:
    places = [place(row=18, column="B", raw=FORMULA), place(row=5, raw="-2+3", key=text("=1+1"))]
    checked = result_on(FILE, findings=[finding(places=places, message=text("@SUM(1)"), remedy=text("+1"))])
    book = returned(tmp_path, checked, {FILE: delivered(tmp_path)})
    cells = [book["Tab 1"]["B18"], *(cell for row in book.worksheets[1].iter_rows(min_row=2) for cell in row)]
    dangerous = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert len(dangerous) == 8
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in dangerous)
    assert book["Tab 1"]["B18"].value == FORMULA


def test_hostile_result_gives_a_workbook_that_opens(tmp_path: Path) -> None:
    checked = hostile()
    book = returned(tmp_path, checked, {checked.identity.files[0].name: delivered(tmp_path, name="1.xlsx")})
    assert len(listed(book)) == len(HOSTILE)
    assert any(row["Ihr Text"].startswith("[U+0000][U+001B]") for row in listed(book))
    assert not any(cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)


def _renamed(name: str) -> Callable[[bytes], bytes]:
    attribute = f"name={quoteattr(name)}".encode()
    return lambda workbook: workbook.replace(b'name="Tab 1"', attribute)


def test_hostile_names_of_sheets_become_harmless(tmp_path: Path) -> None:
    names = ["=HYPERLINK(A1)'!", "'", "x" * 60, "a[b]:*?/\\"]
    path = delivered(tmp_path)
    for name in names:
        rewrite(path, {"xl/workbook.xml": _renamed(name)})
        checked = result_on(FILE, findings=[finding(places=[place(sheet=name)])])
        book = returned(tmp_path, checked, {FILE: path})
        assert len(book.sheetnames[2]) <= 31
        assert book.worksheets[2]["C17"].comment is not None
        path = delivered(tmp_path)


def test_sheets_of_the_same_name_in_several_files_are_told_apart(tmp_path: Path) -> None:
    first, second = delivered(tmp_path, name="a.xlsx"), delivered(tmp_path, name="b.xlsx")
    findings = [finding(places=[place(file="b.xlsx")])]
    book = returned(tmp_path, result_on("a.xlsx", "b.xlsx", findings=findings), {"a.xlsx": first, "b.xlsx": second})
    assert book.sheetnames[2:] == ["Tab 1", "Tab 1 (2)"]
    assert book["Tab 1"]["C17"].comment is None
    assert book["Tab 1 (2)"]["C17"].comment is not None
    (row,) = listed(book)
    assert (row["Datei"], row["Blatt"]) == ("b.xlsx", "Tab 1 (2)")
    assert book.worksheets[1]["F2"].hyperlink.location == "'Tab 1 (2)'!C17"


def test_notes_and_links_beyond_the_limit_are_left_out_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (workbook_tables, workbook_front):
        monkeypatch.setattr(module, "NOTES_SHOWN", 2)
    monkeypatch.setattr(workbook_front, "LINKS_SHOWN", 3)
    findings = [_warning(places=[place(row=5)]), finding(places=[place(row=row) for row in (9, 8, 7)])]
    book = returned(tmp_path, result_on(FILE, findings=findings), {FILE: delivered(tmp_path)})
    noted = [row for row in range(5, 10) if book["Tab 1"][f"C{row}"].comment is not None]
    assert noted == [7, 8]
    assert all(book["Tab 1"][f"C{row}"].fill.fill_type == "solid" for row in (5, 7, 8, 9))
    assert [bool(book.worksheets[1].cell(row, 5).hyperlink) for row in range(2, 6)] == [True, True, True, False]
    said = said_on_front(book)
    assert "Auf dem Blatt Tab 1 tragen 2 von 4 gekennzeichneten Zellen eine Notiz." in said
    assert "Nur die ersten 3 Zeilen der Fehlerliste" in said


def test_returned_workbook_that_comes_back_has_neither_old_marks_nor_old_front(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    render_workbook(several_findings(), {FILE: path}, tmp_path / "einmal.xlsx")
    book = returned(tmp_path, result_on(FILE), {FILE: tmp_path / "einmal.xlsx"})
    assert book.sheetnames == ["Prüfergebnis", "Fehlerliste", "Tab 1"]
    assert book["Tab 1"]["C17"].fill.fill_type is None
    assert book["Tab 1"]["C17"].border.left.style is None
    assert book["Tab 1"]["C17"].comment is None
    assert book["Tab 1"]["A4"].fill.fgColor.rgb == "FF44546A"


@given(st.lists(st.integers(0, 4), max_size=6))
def test_list_and_first_sheet_count_alike(tmp_path_factory: pytest.TempPathFactory, counts: list[int]) -> None:
    findings = [finding(places=[place(row=5 + row) for row in range(count)]) for count in counts]
    checked: Result = result(findings=findings)
    book = returned(tmp_path_factory.mktemp("zaehlen"), checked, {})
    places = sum(one.count for one in findings)
    if findings:
        assert len(listed(book)) == places
        assert f"{len(findings)} Fehler an {places} Stelle" in said_on_front(book)


@pytest.mark.parametrize(
    ("number_format", "sign", "is_shown"),
    [
        ("General", 1, True),
        ('#,##0;-#,##0;"-"', 0, True),
        ('"x"', 1, False),
        (";;;", 1, False),
        ("0;;", -1, False),
        ('0;"."', -1, False),
        ("0.0%", -1, True),
        ("dd.mm.yyyy", 1, True),
        ('_-* #,##0\\ "€"_-;[Red]-* #,##0', -1, True),
        ("@", 1, True),
        ('[>5]"/";0', 1, False),
    ],
)
def test_formats_that_hide_the_number_are_known(number_format: str, sign: int, is_shown: bool) -> None:
    assert shows_value(number_format, sign) is is_shown
