"""The benchmark's deliveries are what they claim to be, and its page keeps what is written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.generate import DATASET, PERIODS, SUPPLIER, generate
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
