from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from einklang.declarations.base import Text
from einklang.report import render_csv
from einklang.report.as_csv import COLUMNS, guard
from einklang.result import Result

from .factories import finding, hostile, place, result, several_findings


def _rows(checked: Result) -> list[dict[str, str]]:
    written = render_csv(checked)
    assert written.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline=""), delimiter=";")
    assert len(head) == len(COLUMNS)
    assert all(len(row) == len(COLUMNS) for row in rows)
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def test_list_is_as_seen_before(snapshot: SnapshotAssertion) -> None:
    assert render_csv(several_findings()) == snapshot


def test_one_row_per_place() -> None:
    checked = several_findings()
    rows = _rows(checked)
    assert len(rows) == sum(max(1, len(one.places)) for one in checked.findings)
    for position, one in enumerate(checked.findings, start=1):
        cells = [row["cell"] for row in rows if row["finding"] == str(position)]
        assert cells == ([place.cell for place in one.places] or [""])


def test_no_findings_give_the_heads_alone() -> None:
    assert _rows(result()) == []
    assert render_csv(result()).count("\r\n") == 1


def test_lines_end_as_a_spreadsheet_wants() -> None:
    written = render_csv(several_findings())
    assert written.count("\r\n") == written.count("\n")


def test_heads_in_both_languages() -> None:
    assert render_csv(result()).startswith("\ufeffBefund Nr.;Art;Prüfregel;")
    assert render_csv(result(), "en").startswith("\ufeffFinding no.;Kind;Rule;")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://evil.example";"x")',
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "-x",
        "--1",
        "＝1",
    ],
)
def test_formulas_become_text(text: str) -> None:
    assert guard(text) == f"'{text}"
    (row,) = _rows(result(findings=[finding(places=[place(raw=text)])]))
    assert row["raw"] == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+5", "-1.234,5", "-12 345", "-", "12", "a=b", "–", ""])
def test_numbers_and_plain_texts_stay(text: str) -> None:
    assert guard(text) == text


@given(st.text(st.sampled_from("=+-@\t\r\n;\"'1,. aA|!\x00\u202e"), max_size=12))
def test_no_cell_is_a_formula_and_no_cell_breaks_the_table(raw: str) -> None:
    (row,) = _rows(result(findings=[finding(places=[place(raw=raw, sheet=raw, file=raw)])]))
    for name in ("raw", "sheet", "file"):
        assert not row[name].startswith(("=", "@", "\t", "\r", "\n"))
        assert row[name] == "-" or not re.match(r"[+-](?![0-9])|[+-].*[^0-9.,' ]", row[name], re.DOTALL)


def test_hostile_texts_stay_in_their_cells() -> None:
    rows = _rows(hostile())
    assert len(rows) == len(hostile().findings)
    assert rows[3]["raw"].startswith("[U+0000][U+001B][31mrot")
    assert rows[2]["raw"] == "abc[U+202E]gnp.exe[U+D800]"


def test_no_cell_is_longer_than_a_spreadsheet_takes() -> None:
    long = Text(de="x" * 32_766 + "=1+1", en="x")
    (row,) = _rows(result(findings=[finding(places=[place(key=long)])]))
    assert len(row["key"]) < 32_767
    assert "32.770 Zeichen" in row["key"]
