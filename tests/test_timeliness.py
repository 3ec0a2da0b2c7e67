"""Dates of delivery: agreed per period, judged by the day of receipt."""

from __future__ import annotations

from datetime import date

import pytest

from einklang.project import Project
from einklang.timeliness import judge_timeliness

DEADLINES = {"2022": date(2023, 9, 30), "2023": date(2024, 9, 30)}


@pytest.mark.parametrize(
    ("received", "periods", "days", "why"),
    [
        ("2024-09-30T23:59:00+00:00", ["2023"], None, None),
        ("2024-10-01T00:00:00+00:00", ["2023"], 1, None),
        ("2024-09-30T08:00:00+00:00", ["2022", "2023"], None, None),  # a series is delivered for its last year
        ("2025-09-30T08:00:00+00:00", ["2022", "2023"], 365, None),
        ("2025-09-30T08:00:00+00:00", ["2024"], None, "no_deadline"),
        ("2025-09-30T08:00:00+00:00", [], None, "no_deadline"),
    ],
)
def test_day_of_receipt(received: str, periods: list[str], days: int | None, why: str | None, project: Project) -> None:
    dataset = project.dataset("einbuergerungen").model_copy(update={"deadlines": DEADLINES})
    found, reason = judge_timeliness(received, periods, dataset, project.catalogue)
    assert reason == why
    assert [one.rule for one in found] == (["IM-MET-001"] if days else [])
    if days:
        assert f"({days} Tage später)" in found[0].message.de
        assert "30.09.2024" in found[0].message.de
