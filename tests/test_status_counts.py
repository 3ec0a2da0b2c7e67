"""Figures by status and period: what is counted, and how reports say it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from builders import profile, project_with, read_in_file
from rich.console import Console

from einklang.draft.drift import find_drift
from einklang.draft.page import render_page, some_figures
from einklang.project import Project
from einklang.report.html import render_html
from einklang.report.statuses import StatusLine, status_lines, status_sentence
from einklang.report.terminal import render_terminal
from einklang.result import StatusCount

FILE = """Zeit;Schlüssel;insgesamt;männlich;weiblich
31.12.2022;04;159.000;83.160;75.840
31.12.2023;04;.;83.160 p;75.845 p
"""


@pytest.fixture
def counts(project: Project, tmp_path: Path) -> list[StatusCount]:
    path = tmp_path / "probe.csv"
    path.write_text(FILE, encoding="utf-8")
    one = profile(signs={"changes": {"p": "provisional"}})
    return read_in_file(path, project_with(project, one), one).result.statuses


def test_figures_are_counted_by_period_and_status(counts: list[StatusCount]) -> None:
    found = [(one.period, one.obs_status, one.conf_status, one.count) for one in counts]

    assert found == [("2022-12-31", "A", "F", 3), ("2023-12-31", "P", "F", 2), ("2023-12-31", "Q", "C", 1)]


def test_statuses_are_said_in_words(counts: list[StatusCount]) -> None:
    assert status_sentence(counts, "de") == (
        "31.12.2022: Normaler Wert (3); 31.12.2023: Vorläufiger Wert (2), Vertraulich (1)"
    )
    assert status_sentence([], "de") == ""


def test_neighbouring_periods_with_the_same_statuses_are_one_line(counts: list[StatusCount]) -> None:
    normal = counts[0]
    several = [normal.model_copy(update={"period": f"{year}-12-31"}) for year in (2019, 2020, 2021)]

    assert status_lines([*several, *counts], "en") == [
        StatusLine("2019-12-31 to 2022-12-31", [("Normal value", 12)]),
        StatusLine("2023-12-31", [("Provisional value", 2), ("Confidential", 1)]),
    ]


def test_reports_and_drafts_say_them(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "probe.csv"
    path.write_text(FILE, encoding="utf-8")
    one = profile(signs={"changes": {"p": "provisional"}})
    declared = project_with(project, one)
    result = read_in_file(path, declared, one).result
    console = Console(file=StringIO(), width=200)
    console.print(render_terminal(result))
    trial = find_drift(path, one, declared).trial
    assert trial is not None

    assert "31.12.2023: Vorläufiger Wert (2), Vertraulich (1)" in console.file.getvalue()
    assert "<td>Vorläufiger Wert</td>" in render_html(result)
    assert "31.12.2023: Vorläufiger Wert (2)" in render_page(path.name, trial, one, declared)
    assert "Vorläufiger Wert" in some_figures(trial, one, declared, 8)[-1]


def test_figures_with_an_error_are_not_counted(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "probe.csv"
    path.write_text(FILE.replace("83.160;75.840", "acht;75.840"), encoding="utf-8")
    one = profile(signs={"changes": {"p": "provisional"}})

    assert read_in_file(path, project_with(project, one), one).result.statuses[0].count == 2
