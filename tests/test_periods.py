"""Periods as offices write them."""

from __future__ import annotations

from datetime import date

import pytest

from einklang.periods import Period, period_of_code, read_period, shift_years
from einklang.project import Project

DAY = Period("2024-12-31", date(2024, 12, 31), date(2024, 12, 31))
YEAR = Period("2024", date(2024, 1, 1), date(2024, 12, 31))


@pytest.mark.parametrize(
    "text",
    ["31.12.2024", "31. 12. 2024", "2024-12-31", "2024", " 2024 ", "Jahr 2024", "Berichtsjahr 2024", "jahr  2024"],
)
def test_reference_date(text: str, project: Project) -> None:
    assert read_period(text, project.dataset("auslaender")) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "30.12.2024",
        "2024-06-30",
        "31.12.24",
        "31.02.2024",
        "2024-13-31",
        "31.12.1824",
        "2024/25",
        "12/2024",
        "",
        "Stand",
    ],
)
def test_no_reference_date(text: str, project: Project) -> None:
    assert read_period(text, project.dataset("auslaender")) is None


@pytest.mark.parametrize("text", ["2024", "Jahr 2024", "Berichtsjahr 2024"])
def test_year(text: str, project: Project) -> None:
    assert read_period(text, project.dataset("arbeitslose")) == YEAR


@pytest.mark.parametrize("text", ["31.12.2024", "2024-12-31", "1824", "20245", "24", "2024 (vorläufig)", ""])
def test_no_year(text: str, project: Project) -> None:
    assert read_period(text, project.dataset("arbeitslose")) is None


@pytest.mark.parametrize("period", [DAY, YEAR])
def test_code_names_the_period(period: Period) -> None:
    assert period_of_code(period.code) == period


@pytest.mark.parametrize(
    ("code", "years", "shifted"), [("2024", -1, "2023"), ("2024-12-31", -1, "2023-12-31"), ("1999", 2, "2001")]
)
def test_shift(code: str, years: int, shifted: str) -> None:
    assert shift_years(code, years) == shifted
