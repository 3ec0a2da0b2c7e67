"""The benchmark's deliveries are what they claim to be, and its page keeps what is written by hand."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from benchmarks import page, reports
from benchmarks.generate import DATASET, PERIODS, SUPPLIER, generate
from benchmarks.jobs import run_judge
from benchmarks.timing import Pairs, Timing
from einklang.check import Checked, Sending, check, sent_file
from einklang.project import load_project
from einklang.result import Verdict

ROWS = 2_000


def _checked(folder: Path, failing: float) -> tuple[int, int, Checked]:
    generated = generate(folder, ROWS, failing)
    sending = Sending(SUPPLIER, DATASET, (sent_file(generated.path),))
    return generated.rows, generated.failing, check(sending, load_project(generated.project))


def test_clean_delivery_is_accepted_whole(tmp_path: Path) -> None:
    rows, _, checked = _checked(tmp_path, failing=0.0)
    assert 0.5 * ROWS < rows < 2 * ROWS
    assert checked.result.verdict is Verdict.ACCEPTED
    assert checked.observations.num_rows == rows
    assert checked.result.identity.periods == list(PERIODS)


def test_every_bad_row_is_quarantined(tmp_path: Path) -> None:
    rows, failing, checked = _checked(tmp_path, failing=0.02)
    assert failing == pytest.approx(0.02 * rows, abs=len(PERIODS))
    assert checked.result.verdict is Verdict.REJECTED
    assert failing <= checked.quarantine.num_rows <= 2 * failing
    assert checked.result.rows.is_complete


def test_what_the_processes_said_replaces_their_own_time() -> None:
    ours, floor = Timing(9.0, 8.0, 100.0, "2.5 2.0 accepted 10 0"), Timing(7.0, 6.0, 50.0, "1.0 0.5")
    said = Pairs((ours,), (floor,)).said()
    assert said.ours == (Timing(2.5, 2.0, 100.0, "accepted 10 0"),)
    assert (said.ratio, said.processor_ratio) == (2.5, 4.0)


def test_judging_is_timed_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generated = generate(tmp_path, ROWS)
    run_judge(generated.path, generated.project)
    clock, processor, *said = capsys.readouterr().out.split()
    assert float(clock) > 0 and float(processor) > 0
    assert said == ["accepted", str(generated.rows), "0"]


def _measured(ours: float, floor: float) -> page.Measured:
    pairs = Pairs((Timing(ours, ours, 100.0, ""),), (Timing(floor, floor, 50.0, ""),))
    return page.Measured("deliver", pairs, most=6.0, rows=10, most_memory=99.0)


def test_goal_is_met_by_ratio_and_memory() -> None:
    assert not _measured(5.0, 1.0).is_met
    assert "**not met**" in _measured(5.0, 1.0).line()
    assert page.Measured("check", _measured(2.0, 1.0).pairs, most=2.5).is_met
    assert not page.Measured("check", _measured(3.0, 1.0).pairs, most=2.5).is_met


def test_page_keeps_what_is_written_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "performance.md"
    path.write_text("Before\n<!-- results: begin -->\nold\n<!-- results: end -->\nAfter\n")
    page.write(path, "new")
    assert path.read_text() == "Before\n<!-- results: begin -->\n\nnew\n<!-- results: end -->\nAfter\n"
    path.write_text("Before\nAfter\n")
    with pytest.raises(ValueError, match="lacks the marks"):
        page.write(path, "new")


def test_reports_are_timed_over_what_they_claim(tmp_path: Path) -> None:
    checked = reports.failing_result(2_500, 1_000)
    assert [one.count for one in checked.findings] == [1_000, 1_000, 500]
    assert len({(place.column, place.row) for one in checked.findings for place in one.places}) == 2_500
    reports.write_delivery(tmp_path / reports.FILE, 2_500)
    sheet = openpyxl.load_workbook(tmp_path / reports.FILE)[reports.SHEET]
    assert all(sheet[place.cell].value == place.raw for one in checked.findings for place in one.places)


def test_report_keeps_its_goals_by_time_and_size() -> None:
    slow = reports.Measured("x", (1.0, 11.0, 12.0), 5, 1.0, most_seconds=10.0, most_size=9)
    large = reports.Measured("x", (1.0,), 10, 1.0, most_seconds=10.0, most_size=9)
    assert not slow.is_met and not large.is_met
    assert "**not met**" in large.line()
    assert reports.Measured("x", (1.0, 9.0, 12.0), 9, 1.0, most_seconds=10.0, most_size=9).is_met
