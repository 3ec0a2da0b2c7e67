"""What comes back of files of every kind: text files, secret numbers, damaged and dangerous workbooks."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from einklang.declarations.profile import FileFormat
from einklang.declarations.rules import Severity
from einklang.findings import Finding
from einklang.read_text import ReadText, read_text
from einklang.report import workbook_source, workbook_tables
from einklang.report.workbook import render_workbook

from .factories import FILE, finding, place, text
from .workbooks import content_of, delivered, listed, result_on, returned, rewrite, said_on_front

SECRET = "987654"
CSV = "lieferung.csv"
AGREED = FileFormat(format="csv", delimiter=";")


def _secret(**overrides: object) -> Finding:
    given = {"rule": "IM-STA-002", "title": text("Zahl trotz Geheimhaltung"), "message": text("Es steht eine Zahl da.")}
    return finding(**{**given, **overrides})


def _csv(folder: Path, content: str | bytes) -> Path:
    path = folder / CSV
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_text_file_comes_back_with_the_same_rows_and_columns(tmp_path: Path) -> None:
    content = 'Titel\r\nSchlüssel;Kreis;Wert\r\n03159;"Göttingen; Land";1.234,5\r\n\r\n03101;"zwei\r\nZeilen";-\r\n'
    path = _csv(tmp_path, content)
    read = read_text(path, CSV, AGREED)
    assert isinstance(read, ReadText)
    places = [place(file=CSV, sheet="", row=3, column="C", raw="1.234,5")]
    book = returned(tmp_path, result_on(CSV, findings=[finding(places=places)]), {CSV: path}, agreed=AGREED)
    sheet = book["lieferung"]
    for row in range(read.table.rows):
        for column, texts in enumerate(read.table.columns):
            cell = sheet.cell(row + 1, column + 1)
            wanted = texts.texts[texts.codes[row]].replace("\r\n", "\n")
            assert (cell.value or "") == wanted
            assert cell.value is None or cell.data_type == "s"
    assert sheet["C3"].comment is not None
    assert book.worksheets[1]["E2"].hyperlink.location == "'lieferung'!C3"
    assert "Die Datei lieferung.csv ist eine Textdatei." in said_on_front(book)
    assert "Formeln" not in said_on_front(book)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_separator_is_found_where_it_is_not_told(tmp_path: Path, delimiter: str) -> None:
    rows = [["a", "b", "c"], *([f"{number}.5", "x", "y z"] for number in range(30))]
    path = _csv(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    book = returned(tmp_path, result_on(CSV), {CSV: path})
    assert [[cell.value for cell in row] for row in book["lieferung"].iter_rows()] == rows


def test_other_character_sets_are_read(tmp_path: Path) -> None:
    path = _csv(tmp_path, "Größe;Maß\n1;2\n".encode("cp1252"))
    assert returned(tmp_path, result_on(CSV), {CSV: path})["lieferung"]["A1"].value == "Größe"


def test_hostile_text_file_shows_its_characters(tmp_path: Path) -> None:
    path = _csv(tmp_path, "=1+1;<b>x</b>;_x0041_\n@SUM(1);a\x07b\x1b[31m;+2\n-5;-;\u202egnp\n")
    book = returned(tmp_path, result_on(CSV), {CSV: path})
    rows = [[cell.value for cell in row] for row in book["lieferung"].iter_rows()]
    assert rows == [
        ["=1+1", "<b>x</b>", "_x005F_x0041_"],
        ["@SUM(1)", "a[U+0007]b[U+001B][31m", "+2"],
        ["-5", "-", "[U+202E]gnp"],
    ]
    assert all(cell.data_type == "s" for row in book["lieferung"].iter_rows() for cell in row)
    assert book["lieferung"]["A1"].quotePrefix


def test_large_file_gives_the_rows_around_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_tables, "FULL_ROWS", 100)
    path = _csv(tmp_path, "".join(f"{row};x\n" for row in range(1, 501)))
    places = [place(file=CSV, sheet="", row=row, column="B") for row in (300, 301, 500)]
    book = returned(tmp_path, result_on(CSV, findings=[finding(places=places)]), {CSV: path})
    sheet = book["lieferung"]
    kept = [*range(1, 21), *range(298, 304), 498, 499, 500]
    assert [cell.value for cell in sheet["A"]] == ["Zeile in Ihrer Datei", *kept]
    assert [cell.value for cell in sheet["B"][1:]] == list(map(str, kept))
    marked = [row[0].value for row in sheet.iter_rows() if row[2].comment is not None]
    assert marked == [300, 301, 500]
    assert [row["Zelle"] for row in listed(book)] == ["B300", "B301", "B500"]
    assert sheet[book.worksheets[1]["E4"].hyperlink.location.split("!")[1]].comment is not None
    assert "Die Datei lieferung.csv ist sehr groß." in said_on_front(book)


def test_secret_numbers_appear_nowhere(tmp_path: Path) -> None:
    path = delivered(tmp_path, lambda sheet: sheet.__setitem__("C17", int(SECRET)))
    findings = [
        _secret(places=[place(raw=SECRET)]),
        finding(rule="IM-VAL-003", places=[place(raw=SECRET)], message=text(f"{SECRET} liegt außerhalb.")),
        finding(
            rule="IM-AGG-001",
            places=[place(row=5)],
            message=text(f"Angegeben sind {SECRET}. Zellen: C5, C17.", f"{SECRET} is given. Cells: C5, C17."),
        ),
    ]
    book = returned(tmp_path, result_on(FILE, findings=findings), {FILE: path})
    content = content_of(tmp_path / "zurueck.xlsx")
    assert SECRET.encode() not in content
    assert b"987.654" not in content
    assert book["Tab 1"]["C17"].value == "[nicht gezeigt]"
    assert book["Tab 1"]["C17"].comment is not None
    assert [row["Ihr Text"] for row in listed(book)][:2] == ["[nicht gezeigt]", "[nicht gezeigt]"]
    assert listed(book)[2]["Meldung"].endswith("[nicht gezeigt]")
    assert "1 Zelle enthält eine Zahl, die hinter einem Geheimhaltungszeichen steht." in said_on_front(book)


def test_identifier_of_a_secret_text_does_not_depend_on_it(tmp_path: Path) -> None:
    told = set()
    for raw in ("1", "2"):
        findings = [_secret(places=[place(raw=raw)]), finding(rule="IM-VAL-003", places=[place(raw=raw)])]
        book = returned(tmp_path, result_on(FILE, findings=findings), {FILE: delivered(tmp_path)})
        told.add(tuple(row["Kennung"] for row in listed(book)))
    assert len(told) == 1


@pytest.mark.parametrize("places", [[place()], [place(column="")], [place(row=None)], []])
def test_every_figure_is_withheld_where_secret_cells_are_not_all_known(tmp_path: Path, places: list[object]) -> None:
    path = delivered(tmp_path, lambda sheet: sheet.__setitem__("D25", int(SECRET)))
    findings = [_secret(places=places, count=5000), finding(places=[place(row=25, column="D", raw=SECRET)])]
    book = returned(tmp_path, result_on(FILE, findings=findings), {FILE: path})
    assert SECRET.encode() not in content_of(tmp_path / "zurueck.xlsx")
    assert book["Tab 1"]["D25"].value == book["Tab 1"]["B25"].value == "[nicht gezeigt]"
    assert book["Tab 1"]["B4"].value == "Kreis"
    assert "steht in jeder Zelle mit Ziffern „[nicht gezeigt]“" in said_on_front(book)


def test_number_behind_a_format_that_shows_a_sign_is_withheld(tmp_path: Path) -> None:
    def hide(sheet: object) -> None:
        cell = sheet["C20"]  # type: ignore[index]
        cell.value, cell.number_format = int(SECRET), '"."'

    book = returned(tmp_path, result_on(FILE), {FILE: delivered(tmp_path, hide)})
    assert SECRET.encode() not in content_of(tmp_path / "zurueck.xlsx")
    assert book["Tab 1"]["C20"].value == "[nicht gezeigt]"


def test_value_below_a_merged_range_is_not_carried_along(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    rewrite(
        path,
        {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b'ref="C3:E3"', b'ref="C16:D17"')},
    )
    book = returned(tmp_path, result_on(FILE, findings=[finding(places=[place()])]), {FILE: path})
    assert book["Tab 1"]["C16"].value == 1016
    assert book["Tab 1"]["C16"].comment is not None
    assert b"12,,5</t></is></c><c" not in content_of(tmp_path / "zurueck.xlsx").split(b"sheet3.xml")[1]


@pytest.mark.parametrize("rule", ["IM-FIL-001", "IM-FIL-002"])
def test_unread_file_gives_the_two_front_sheets(tmp_path: Path, rule: str) -> None:
    findings = [finding(rule=rule, places=[place(sheet="", row=None, column="", raw="", key=None)])]
    book = returned(tmp_path, result_on(FILE, findings=findings), {FILE: delivered(tmp_path)})
    assert book.sheetnames == ["Prüfergebnis", "Fehlerliste"]
    assert f"Die Datei {FILE} ist nicht enthalten, weil sie nicht gelesen wurde." in said_on_front(book)
    assert listed(book)[0]["Zelle"] == "ganze Datei"


@pytest.mark.parametrize(
    "content", [b"", b"<html><table></table>", b"PK\x03\x04kaputt", b"\xd0\xcf\x11\xe0", b"\x00\x01"]
)
def test_files_that_are_no_table_are_left_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE
    path.write_bytes(content)
    assert returned(tmp_path, result_on(FILE), {FILE: path}).sheetnames == ["Prüfergebnis", "Fehlerliste"]
    assert returned(tmp_path, result_on(FILE), {}).sheetnames == ["Prüfergebnis", "Fehlerliste"]


def test_unsafe_workbook_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = delivered(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/embeddings/oleObject1.bin", b"x")
    monkeypatch.setattr(workbook_source, "_Package", None)
    assert returned(tmp_path, result_on(FILE), {FILE: path}).sheetnames == ["Prüfergebnis", "Fehlerliste"]


def test_workbook_with_a_sheet_where_nobody_looks_is_not_opened(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("abseits/sheet1.xml", archive.read("xl/worksheets/sheet1.xml"))
    rewrite(path, {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"/xl/worksheets/sheet1", b"/abseits/sheet1")})
    assert returned(tmp_path, result_on(FILE), {FILE: path}).sheetnames == ["Prüfergebnis", "Fehlerliste"]


def test_merged_range_over_everything_costs_nothing(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    rewrite(path, {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b'ref="C3:E3"', b'ref="A40:XFD1048576"')})
    sheet = returned(tmp_path, result_on(FILE), {FILE: path})["Tab 1"]
    assert sheet["C17"].value == "12,,5"
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:E1"]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/styles.xml", b"<fonts", b"<fonts><b"),
        ("xl/worksheets/sheet1.xml", b'r="C17"', b'r="A17"'),
        ("xl/worksheets/sheet1.xml", b' ht="33"', b' ht="hoch"'),
    ],
)
def test_values_come_back_where_formats_cannot_be_understood(tmp_path: Path, part: str, old: bytes, new: bytes) -> None:
    path = delivered(tmp_path)
    rewrite(path, {part: lambda xml: xml.replace(old, new)})
    findings = [finding(places=[place()], severity=Severity.WARNING)]
    book = returned(tmp_path, result_on(FILE, findings=findings), {FILE: path})
    assert book["Tab 1"]["C5"].value == 1005
    assert book["Tab 1"]["B18"].data_type == "s"
    assert book["Tab 1"]["C17"].comment is not None
    assert book.sheetnames == ["Prüfergebnis", "Fehlerliste", "Tab 1"]
    assert f"Formate und Spaltenbreiten der Datei {FILE} ließen sich nicht übernehmen." in said_on_front(book)


def test_dates_keep_their_count_and_epoch(tmp_path: Path) -> None:
    path = delivered(tmp_path, lambda sheet: setattr(sheet.parent, "epoch", openpyxl.utils.datetime.CALENDAR_MAC_1904))
    book = returned(tmp_path, result_on(FILE), {FILE: path})
    assert book.epoch == openpyxl.utils.datetime.CALENDAR_MAC_1904


def test_failed_attempt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = delivered(tmp_path)
    monkeypatch.setattr(workbook_tables.TableWriter, "write", lambda *_: (_ for _ in ()).throw(MemoryError))
    with pytest.raises(MemoryError):
        render_workbook(result_on(FILE), {FILE: path}, tmp_path / "zurueck.xlsx")
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


_ROWS = [["Schlüssel", "Wert"], ["03159", "=1+1"], ["03101", "12,5"]]
_SPREADSHEETML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Tab 1"><Table>'
    + "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in row) + "</Row>"
        for row in _ROWS
    )
    + "</Table></Worksheet></Workbook>"
).encode()


def _zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


_TEXT = "\n".join(";".join(row) for row in _ROWS).encode()
_PACKED = {
    "mappe.xml": (_SPREADSHEETML, "mappe.xml", "Tab 1"),
    "lieferung.csv.gz": (gzip.compress(_TEXT), "lieferung.csv", ""),
    "lieferung.zip": (_zipped("Kreise/a.csv", _TEXT), "lieferung.zip/Kreise/a.csv", ""),
    "mappe.zip": (_zipped("mappe.xml", _SPREADSHEETML), "mappe.zip/mappe.xml", "Tab 1"),
}


@pytest.mark.parametrize("name", _PACKED)
def test_other_kinds_and_archives_come_back_as_the_check_read_them(name: str, tmp_path: Path) -> None:
    content, shown, sheet = _PACKED[name]
    path = tmp_path / name
    path.write_bytes(content)
    marked = finding(places=[place(file=shown, sheet=sheet, row=3, column="B", raw="12,5")])
    book = returned(tmp_path, result_on(name, findings=[marked]), {name: path}, agreed=AGREED)
    table = book.worksheets[2]
    assert [[cell.value for cell in row] for row in table.iter_rows(max_row=3, max_col=2)] == _ROWS
    assert {cell.data_type for row in table.iter_rows(max_row=3, max_col=2) for cell in row} == {"s"}
    assert table["B3"].comment is not None


def test_an_archive_in_an_archive_does_not_come_back(tmp_path: Path) -> None:
    path = tmp_path / "tief.zip"
    path.write_bytes(_zipped("innen.zip", _zipped("a.csv", _TEXT)))
    book = returned(tmp_path, result_on("tief.zip", findings=[]), {"tief.zip": path}, agreed=AGREED)
    assert len(book.worksheets) == 2
    assert "tief.zip ist nicht enthalten" in said_on_front(book)
