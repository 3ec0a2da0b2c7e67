from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from einklang.report import Language, render_terminal
from einklang.result import Result

from .factories import accounting, finding, hostile, place, result, several_findings


def _printed(checked: Result, language: Language = "de", width: int = 100, *, coloured: bool = False) -> str:
    target = io.StringIO()
    console = Console(
        file=target,
        width=width,
        force_terminal=coloured,
        color_system="standard" if coloured else None,
        legacy_windows=False,
    )
    console.print(render_terminal(checked, language))
    return "\n".join(line.rstrip() for line in target.getvalue().splitlines())


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("make", [result, several_findings, hostile])
def test_output_is_as_seen_before(make: Callable[[], Result], language: Language, snapshot: SnapshotAssertion) -> None:
    assert _printed(make(), language) == snapshot


@pytest.mark.parametrize("coloured", [False, True])
def test_nothing_of_a_file_controls_the_terminal(coloured: bool) -> None:
    printed = _printed(hostile(), coloured=coloured)
    assert "\x1b[31mrot" not in printed
    assert "\x1b]0;" not in printed
    allowed = "\n\x1b" if coloured else "\n"
    assert not [one for one in printed if unicodedata.category(one) in {"Cc", "Cf", "Cs"} and one not in allowed]


def test_markup_of_a_file_is_shown_as_text() -> None:
    assert "[bold red]" in _printed(hostile(), width=160)


def test_accounting_that_does_not_add_up_is_not_hidden() -> None:
    assert "Der Unterschied beträgt 26." in _printed(result(rows=accounting(read=1300)), width=200)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_fits_the_width(width: int) -> None:
    assert max(len(line) for line in _printed(several_findings(), width=width).splitlines()) <= width


def test_further_places_are_counted() -> None:
    assert "und 207 weitere" in _printed(several_findings())


def test_a_finding_about_a_sheet_is_not_about_the_whole_file() -> None:
    where = place(sheet="Stand 2025", row=None, column="", raw="Stand 2025", key=None)
    printed = _printed(result(findings=[finding(places=[where])]))
    assert "Stand 2025" in printed
    assert "Ganze Datei" not in printed
