"""Colours and comments of cells: what is read of them, what is refused, and what is never passed on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from builders import profile, project_with, read_in_file, with_parts, workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.worksheet import Worksheet

from einklang.container import Kind, Limit, Unreadable
from einklang.discretion import SecretMarks
from einklang.errors import DeclarationError
from einklang.project import Project
from einklang.read_boxed import Answer, SheetsRead, read_boxed

ROWS = [("Gebiet", "männlich", "weiblich"), ("Saarland", 6, 4), ("Hessen", 8, 9)]
BY_COLOUR = {"shown_by": "font_colour", "words": {"FF0000": "secret"}}
PLACES = {
    "file": {"format": "workbook"},
    "table": {"header": {"find": "Gebiet"}},
    "dimensions": {"period": {"constant": "2024-12-31"}, "area": {"column": "A"}, "sex": {"header_row": 1}},
}
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _read(folder: Path, content: bytes, kind: str) -> Answer:
    path = folder / "tabelle.xlsx"
    path.write_bytes(content)
    return read_boxed(path, Kind.WORKBOOK, path.name, ".*", ",", [kind])


def _cells(answer: Answer, kind: str) -> dict[str, str]:
    assert isinstance(answer, SheetsRead)
    look = answer.tables[0].look
    assert look is not None
    shown = look.shown[kind]
    return {
        f"{'ABC'[column]}{row + 1}": shown.texts[code]
        for (row, column), code in zip(shown.places.tolist(), shown.codes.tolist(), strict=True)
    }


def _styled(edit: Callable[[Worksheet], None]) -> bytes:
    return workbook({"Tabelle": ROWS}, edit=edit)


@pytest.mark.parametrize(
    ("colour", "digits"),
    [
        (Color(rgb="FFFF0000"), "FF0000"),
        (Color(rgb="FFC0C0C0"), "C0C0C0"),
        (Color(rgb="FF000000"), None),
        (Color(theme=1), None),
        (Color(theme=4), "4F81BD"),
        (Color(theme=0, tint=-0.5), "808080"),
        (Color(theme=1, tint=0.5), "808080"),
        (Color(indexed=10), "FF0000"),
        (Color(indexed=64), None),
        (Color(auto=True), None),
        (Color(theme=99), None),
    ],
    ids=lambda one: str(one)[:0] or None,
)
def test_font_colour_as_six_digits(colour: Color, digits: str | None, tmp_path: Path) -> None:
    def paint(sheet: Worksheet) -> None:
        sheet["B2"].font = Font(color=colour)

    found = _cells(_read(tmp_path, _styled(paint), "font_colour"), "font_colour")
    assert found == ({"B2": digits} if digits else {})


def test_background_of_figures_and_blank_cells(tmp_path: Path) -> None:
    def paint(sheet: Worksheet) -> None:
        sheet["B2"].fill = PatternFill("solid", fgColor="FFFFFF00")
        sheet["C2"].fill = PatternFill("solid", fgColor="FFFFFFFF")
        sheet["C5"].fill = PatternFill("lightGray", fgColor="FF00B050")

    found = _cells(_read(tmp_path, _styled(paint), "fill_colour"), "fill_colour")
    assert found == {"B2": "FFFF00", "C5": "00B050"}


def test_comment_without_its_author(tmp_path: Path) -> None:
    def note(sheet: Worksheet) -> None:
        sheet["B2"].comment = Comment("Erika Muster:\nvorläufig", "Erika Muster")
        sheet["C3"].comment = Comment("geheim", "Erika Muster")

    assert _cells(_read(tmp_path, _styled(note), "comment"), "comment") == {"B2": "vorläufig", "C3": "geheim"}


def test_first_comment_of_a_thread_replaces_the_note_for_old_programs(tmp_path: Path) -> None:
    def note(sheet: Worksheet) -> None:
        sheet["B2"].comment = Comment("[Kommentarthread] Ihre Version …\n\nKommentar:\n  geheim", "tc={1}")

    content = _styled(note)
    links = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/comments" Target="/xl/comments/comment1.xml"/>'
        f'<Relationship Id="rId2" Type="{THREADS.replace("threadedcomments", "relationships/threadedComment")}" '
        f'Target="../threadedComments/threadedComment1.xml"/>'
        f'<Relationship Id="rId3" Type="{OFFICE}/comments" TargetMode="External" Target="file:///etc/passwd"/>'
        f"</Relationships>"
    )
    thread = (
        f'<ThreadedComments xmlns="{THREADS}"><threadedComment ref="B2" id="{{1}}"><text>geheim</text>'
        f'</threadedComment><threadedComment ref="B2" id="{{2}}" parentId="{{1}}"><text>doch nicht</text>'
        f"</threadedComment></ThreadedComments>"
    )
    content = with_parts(
        content,
        {
            "xl/worksheets/_rels/sheet1.xml.rels": links.encode(),
            "xl/threadedComments/threadedComment1.xml": thread.encode(),
        },
    )
    assert _cells(_read(tmp_path, content, "comment"), "comment") == {"B2": "geheim"}


@pytest.mark.parametrize(
    ("part", "content", "kind", "reason"),
    [
        ("xl/styles.xml", b"<styleSheet><fonts>", "font_colour", "file_is_broken_zip"),
        ("xl/comments/comment1.xml", b"<comments", "comment", "file_is_broken_zip"),
        ("xl/comments/comment1.xml", b'<!DOCTYPE x [<!ENTITY a "aa">]><comments/>', "comment", "limit_doctype"),
        ("xl/theme/theme1.xml", b'<!DOCTYPE x [<!ENTITY a "aa">]><theme/>', "font_colour", "limit_doctype"),
    ],
)
def test_broken_or_hostile_parts_are_refused(part: str, content: bytes, kind: str, reason: str, tmp_path: Path) -> None:
    def note(sheet: Worksheet) -> None:
        sheet["B2"].comment = Comment("geheim", "")
        sheet["B2"].font = Font(color="FFFF0000")

    answer = _read(tmp_path, with_parts(_styled(note), {part: content}), kind)
    assert isinstance(answer, Limit | Unreadable)
    assert answer.reason == reason


def test_nothing_is_looked_for_unasked(tmp_path: Path) -> None:
    def note(sheet: Worksheet) -> None:
        sheet["B2"].comment = Comment("geheim", "")

    path = tmp_path / "tabelle.xlsx"
    path.write_bytes(_styled(note))
    answer = read_boxed(path, Kind.WORKBOOK, path.name, ".*", ",")
    assert isinstance(answer, SheetsRead)
    assert answer.tables[0].look is not None
    assert answer.tables[0].look.shown == {}


def test_a_file_that_cannot_show_it_is_refused(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "tabelle.xls"
    path.write_bytes((Path(__file__).parent / "tabelle.xls").read_bytes())
    one = profile(**PLACES, status=BY_COLOUR)
    checked = read_in_file(path, project_with(project, one), one)
    assert [finding.rule for finding in checked.result.findings] == ["IM-FIL-001"]
    assert "Farben oder Kommentare" in checked.result.findings[0].message.de
    assert not checked.observations.num_rows


def test_where_nothing_is_understood_every_row_may_be_secret(project: Project) -> None:
    """A colour that says that a figure is secret is not seen in the workbook that goes back to the office."""
    assert SecretMarks.of([profile(**PLACES, status=BY_COLOUR)], project).hides_row(["Saarland", "6"])
    for said in ({"title": True, "pattern": "g", "words": {"g": "secret"}}, {"constant": "secret"}):
        assert SecretMarks.of([profile(**PLACES, status=said)], project).hides_row(["Saarland", "6"])
    open_words = {**BY_COLOUR, "words": {"FF0000": "provisional"}}
    assert not SecretMarks.of([profile(**PLACES, status=open_words)], project).hides_row(["Saarland", "6"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"status": {**BY_COLOUR, "heading": "Status"}}, r"heading \(or beside\), shown_by"),
        ({"status": {**BY_COLOUR, "pattern": "x"}}, "does not go with colours"),
        ({"status": {"shown_by": "comment", "words": {}}}, "need a `pattern`"),
        ({"status": BY_COLOUR, "file": {"format": "csv"}}, "goes with `file: {format: workbook}`"),
    ],
)
def test_declarations_that_cannot_work_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        profile(**{**PLACES, **changes})


def test_the_number_behind_a_colour_of_secrecy_is_nowhere(project: Project, tmp_path: Path) -> None:
    def paint(sheet: Worksheet) -> None:
        sheet["B2"].value = 777123
        sheet["B2"].font = Font(color="FFFF0000")

    path = tmp_path / "tabelle.xlsx"
    path.write_bytes(_styled(paint))
    one = profile(**PLACES, status=BY_COLOUR)
    checked = read_in_file(path, project_with(project, one), one)
    assert [finding.rule for finding in checked.result.findings] == ["IM-STA-002"]
    assert "777123" not in checked.result.model_dump_json()
    assert "777123" not in str(checked.observations.to_pylist())
    assert openpyxl.load_workbook(path).active["B2"].value == 777123
