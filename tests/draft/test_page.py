"""What people see of a profile on a file: every sheet, figures of all tables, sums, and the table on the terminal."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from builders import ROOT
from rich.console import Console

from einklang.cli.app import main
from einklang.cli.tables import figure_table
from einklang.declarations.base import build
from einklang.declarations.profile import Profile
from einklang.draft.drafting import Draft, draft_profile
from einklang.draft.drift import find_drift
from einklang.draft.page import render_page, some_figures
from einklang.draft.picture import SHEETS_SHOWN, paint_sheets
from einklang.draft.trial import Trial
from einklang.draft.uses import Use
from einklang.draft.writing import write_draft
from einklang.project import Project

NUMBERS = [["männlich", 85, 5, 80], ["weiblich", 78, 8, 70], ["insgesamt", 163, 13, 150]]
PROFILE: dict[str, Any] = {
    "supplier": "sl",
    "dataset": "auslaender",
    "title": "Probe",
    "file": {"format": "workbook", "sheet": r"20\d\d"},
    "signs": {"convention": "din55301"},
    "table": {"header": {"find": "Geschlecht"}},
    "dimensions": {
        "sex": {"heading": "Geschlecht"},
        "area": {"constant": "10"},
        "period": {"sheet": True},
        "measure": {"constant": "foreigners"},
    },
    "columns": [
        {"headings": ["Alle"], "codes": {"nationality": "_T"}},
        {"headings": ["Syrien"], "codes": {"nationality": "475"}},
        {"headings": ["Ukraine"], "codes": {"nationality": "166"}},
    ],
}


def book(folder: Path, sheets: int = 3, rows: list[list[Any]] = NUMBERS) -> Path:
    made = openpyxl.Workbook()
    for number in range(sheets):
        sheet = made.active if not number else made.create_sheet()
        sheet.title = str(2024 - number)
        for row in (["Probe"], ["Geschlecht", "Alle", "Syrien", "Ukraine"], *rows):
            sheet.append(row)
    made.save(folder / "probe.xlsx")
    return folder / "probe.xlsx"


def tried(path: Path, project: Project, **changes: Any) -> tuple[Trial, Profile]:
    profile = build(Profile, {**PROFILE, **changes}, path)
    trial = find_drift(path, profile, project).trial
    assert trial is not None
    return trial, profile


def sums(trial: Trial, profile: Profile, project: Project) -> set[str]:
    (shown,), _ = paint_sheets(trial, profile, project)
    return {
        f"{letter}{row.number}"
        for row in shown.rows
        for letter, cell in zip(shown.letters, row.cells, strict=False)
        if cell.use is Use.TOTAL
    }


@pytest.mark.parametrize(
    ("rows", "changes", "wanted"),
    [
        # The rule for men and women compares; nationalities of which some are shown are no parts.
        (NUMBERS, {}, {"B5", "C5", "D5"}),
        (NUMBERS[1:], {}, set()),
        (NUMBERS[2:], {}, set()),
        (NUMBERS[2:], {"complete_hierarchies": ["nationality"]}, {"B3"}),
        # No rule adds up whatever sexes there are: the one there is asks for men and women.
        (NUMBERS[1:], {"complete_hierarchies": ["sex"]}, set()),
        (
            [*NUMBERS[:2], ["Zusammen", 163, 13, 150]],
            {
                "rows_not_data": [
                    {"heading": "Geschlecht", "pattern": "Zusammen", "reason": "Summe", "sum_of": "above"},
                ]
            },
            {"B5", "C5", "D5"},
        ),
        (
            [*NUMBERS[:2], ["Zusammen", 163, 13, 150]],
            {"rows_not_data": [{"heading": "Geschlecht", "pattern": "Zusammen", "reason": "Summe"}]},
            set(),
        ),
    ],
    ids=["rule", "a part less", "without parts", "profile", "no rule", "row of sums", "row of sums, not compared"],
)
def test_sums_are_what_is_compared(
    rows: list[list[Any]], changes: dict[str, Any], wanted: set[str], tmp_path: Path, project: Project
) -> None:
    is_of_nations = "nationality" in changes.get("complete_hierarchies", [])
    content = {"nationality": {"header_row": 1}} if is_of_nations else {}
    if content:
        changes = {**changes, "columns": [], "dimensions": {**PROFILE["dimensions"], **content}}
        rows = [["Geschlecht", "insgesamt", "Asien", "Europa"], *rows]
    path = book(tmp_path, 1, rows)
    if content:
        changes["table"] = {"header": {"find": "Europa"}}
        wanted = {f"{cell[0]}{int(cell[1:]) + 1}" for cell in wanted}
    assert sums(*tried(path, project, **changes), project) == wanted


@pytest.mark.parametrize(("code", "parts", "wanted"), [("08", 44, 1), ("08", 43, 0)])
def test_a_land_is_a_sum_where_all_its_kreise_stand(
    code: str, parts: int, wanted: int, tmp_path: Path, project: Project
) -> None:
    kreise = [one.code for one in project.codelists["kreise"].codes.values() if one.parent == code]
    path = book(tmp_path, 1, [[one, 1, 1, 1] for one in [*kreise[:parts], code]])
    place = {"sex": {"constant": "_T"}, "area": {"heading": "Geschlecht", "scheme": "key"}}
    found = sums(*tried(path, project, dimensions={**PROFILE["dimensions"], **place}), project)
    assert len(found) == 3 * wanted


def test_every_sheet_is_shown_up_to_a_number(tmp_path: Path, project: Project) -> None:
    trial, profile = tried(book(tmp_path, SHEETS_SHOWN + 2), project)
    page = render_page("probe.xlsx", trial, profile, project)
    assert page.count("<h2>Blatt „") == SHEETS_SHOWN
    assert "hier nicht gezeigt: 2004, 2003." in page


def test_figures_are_spread_over_sheets_and_parts(tmp_path: Path, project: Project) -> None:
    """Of two tables of a sheet the second one as well, from the first figure to the last."""
    second = [[], ["Gruppe", "Alle"], ["männlich", 85]]
    other = {
        **{name: PROFILE[name] for name in ("dimensions", "columns")},
        "table": {"header": {"find": "Gruppe"}},
        "dimensions": {**PROFILE["dimensions"], "sex": {"heading": "Gruppe"}},
        "columns": [{"headings": ["Alle"], "codes": {"nationality": "_T"}}],
    }
    content = {name: value for name, value in PROFILE.items() if name not in {"dimensions", "columns", "table"}}
    first = {**{name: PROFILE[name] for name in ("dimensions", "columns")}}
    first["table"] = {"header": {"find": "Geschlecht"}, "end": [""]}
    path = book(tmp_path, 2, [*NUMBERS, *second])
    profile = build(Profile, {**content, "parts": [first, other]}, path)
    trial = find_drift(path, profile, project).trial
    assert trial is not None
    cells = [line[0] for line in some_figures(trial, profile, project, 8)]
    assert cells == ["2024!B3", "2024!D5", "2024!B8", "2023!B3", "2023!D5", "2023!B8"]


def test_a_sheet_without_the_table_is_unexplained(tmp_path: Path, project: Project) -> None:
    trial, profile = tried(book(tmp_path, 1), project, table={"header": {"find": "steht nirgends"}})
    page = render_page("probe.xlsx", trial, profile, project)
    assert "Das Profil findet hier keine Tabelle." in page and 'title="ungeklärt">männlich' in page
    assert some_figures(trial, profile, project) == []


def test_a_table_whose_headings_do_not_fit_is_unexplained(tmp_path: Path, project: Project) -> None:
    """Also where the profile leaves out some rows."""
    left_out = [{"heading": "Geschlecht", "pattern": "weiblich", "reason": "Probe"}]
    trial, profile = tried(book(tmp_path, 1), project, rows_not_data=left_out, columns=PROFILE["columns"][:2])
    (shown,), _ = paint_sheets(trial, profile, project)
    assert {cell.use for row in shown.rows[2:] for cell in row.cells[1:3]} == {Use.UNEXPLAINED}


def test_check_writes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, page = book(tmp_path), tmp_path / "seite.html"
    profile = tmp_path / "profil.yaml"
    draft = ["einklang", "draft", str(path), "--supplier", "sl", "--dataset", "auslaender", "--out", str(profile)]
    for arguments in (draft, [*draft[:3], "--check", str(profile), "--html", str(page)]):
        capsys.readouterr()
        monkeypatch.setattr("sys.argv", [*arguments, "--project", str(ROOT)])
        with pytest.raises(SystemExit):
            main()
    said = capsys.readouterr().out
    assert "Gezeigt: 9 von 18 Werten" in said and "2024!C3" in said
    assert page.read_text(encoding="utf-8").count("<h2>Blatt „") == 3


@pytest.mark.parametrize("more", [["--out", "o.yaml"], ["a.csv", "--html", "p.html"]])
def test_what_check_does_not_write_is_refused(
    more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["einklang", "draft", "b.csv", *more, "--check", "p.yaml", "--project", str(ROOT)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2 and "--" in capsys.readouterr().err


HEADS = ["Zelle", "Merkmal", "Zeit", "Staatsangehörigkeit", "geschrieben", "Wert"]
LINES = [
    ["Ausländer Vorjahr!C4", "Ausländische Bevölkerung am 31.12. des Vorjahres", "2024", "insgesamt", "227.125", "1"],
    ["Ausländer Vorjahr!C5", "Ausländische Bevölkerung am 31.12. des Vorjahres", "2023", "EU-Drittstaaten", "7", "2"],
]


@pytest.mark.parametrize("width", [75, 120])
def test_words_are_not_broken_on_the_terminal(width: int) -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=width)
    for part in figure_table(HEADS, LINES, width):
        console.print(part)
    shown = stream.getvalue()
    words = {*itertools.chain(*(text.split() for text in (*HEADS, *LINES[0], *LINES[1])))}
    assert all(word in shown for word in words)


def test_a_shared_label_is_said_once() -> None:
    stream = io.StringIO()
    for part in figure_table(HEADS, LINES, 120):
        Console(file=stream, width=120).print(part)
    assert stream.getvalue().count("des Vorjahres") == 1


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Ausländer am 31.12.{} nach Geschlecht", "Ausländer am 31.12. nach Geschlecht"),
        ("Ausländer am 31. Dezember {}", "Ausländer am 31. Dezember"),
        ("Ausländer im Jahr {} nach Geschlecht", "Ausländer nach Geschlecht"),
        ("Ausländer {}", "Ausländer"),
    ],
)
def test_the_title_of_a_draft_has_no_year_that_changes(
    title: str, wanted: str, tmp_path: Path, project: Project
) -> None:
    draft = _dated(title, tmp_path, project)
    assert draft.content["title"] == wanted
    assert 'valid_from: "2023-12-31"\nfile:' in write_draft(draft)


def _dated(title: str, folder: Path, project: Project) -> Draft:
    made = openpyxl.Workbook()
    for year in (2023, 2024):
        sheet = made.active if year == 2023 else made.create_sheet()
        sheet.title = f"Stand {year}"
        for row in ([title.format(year)], ["Geschlecht", "Saarland"], ["männlich", year], ["weiblich", 2 * year + 1]):
            sheet.append(row)
    made.save(folder / "jahre.xlsx")
    return draft_profile(folder / "jahre.xlsx", project, "auslaender", "sl")


def test_several_measures_of_several_tables_are_delivered(tmp_path: Path, project: Project) -> None:
    """Each table has one of them, and one has no sexes."""
    made = openpyxl.Workbook()
    first, second = made.active, made.create_sheet("Quote")
    first.title = "Bestand"
    first.append(["Arbeitslose 2024"])
    second.append(["Arbeitslosenquote 2024"])
    for row in (["Gebiet", "insgesamt", "männlich"], ["Bayern", 9000, 5000], ["Hessen", 8000, 4000]):
        first.append(row)
    for row in (
        ["Land", "Arbeitslosenquote, bezogen auf alle zivilen Erwerbspersonen"],
        ["Bayern", 3.7],
        ["Hessen", 5.5],
    ):
        second.append(row)
    made.save(tmp_path / "zwei.xlsx")
    draft = draft_profile(tmp_path / "zwei.xlsx", project, "arbeitslose", "ba", "Bestand|Quote")
    assert draft.content["delivers"]["measure"] == ["unemployed", "unemployment_rate"]
