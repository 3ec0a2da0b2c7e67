"""Periods as offices write them."""

from __future__ import annotations

from datetime import date

import pytest

from einklang.declarations.dataset import Dataset
from einklang.periods import Period, period_label, period_of_code, read_period, shift_years
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


WRITTEN = [
    ("school_year", "Schuljahr 2019/20", "2019/20", date(2019, 8, 1), date(2020, 7, 31), "Schuljahr 2019/20"),
    ("school_year", "Jahr 2014/15", "2014/15", date(2014, 8, 1), date(2015, 7, 31), "Schuljahr 2014/15"),
    ("school_year", "2005/2006", "2005/06", date(2005, 8, 1), date(2006, 7, 31), "Schuljahr 2005/06"),
    ("school_year", "1999/00", "1999/00", date(1999, 8, 1), date(2000, 7, 31), "Schuljahr 1999/00"),
    ("semester", "2023-10P6M", "2023-10P6M", date(2023, 10, 1), date(2024, 3, 31), "WS 2023/24"),
    ("semester", "WS 2023/24", "2023-10P6M", date(2023, 10, 1), date(2024, 3, 31), "WS 2023/24"),
    ("semester", "Wintersemester 2023/2024", "2023-10P6M", date(2023, 10, 1), date(2024, 3, 31), "WS 2023/24"),
    ("semester", "SS 2024", "2024-04P6M", date(2024, 4, 1), date(2024, 9, 30), "SS 2024"),
    ("quarter", "1. Quartal 2024", "2024-Q1", date(2024, 1, 1), date(2024, 3, 31), "1. Quartal 2024"),
    ("quarter", "IV/2024", "2024-Q4", date(2024, 10, 1), date(2024, 12, 31), "4. Quartal 2024"),
    ("quarter", "2024-Q2", "2024-Q2", date(2024, 4, 1), date(2024, 6, 30), "2. Quartal 2024"),
    ("month", "Juni 2007", "2007-06", date(2007, 6, 1), date(2007, 6, 30), "Juni 2007"),
    ("month", "März 2024", "2024-03", date(2024, 3, 1), date(2024, 3, 31), "März 2024"),
    ("month", "Feb. 2024", "2024-02", date(2024, 2, 1), date(2024, 2, 29), "Februar 2024"),
    ("month", "06/2007", "2007-06", date(2007, 6, 1), date(2007, 6, 30), "Juni 2007"),
    ("month", "2007-06", "2007-06", date(2007, 6, 1), date(2007, 6, 30), "Juni 2007"),
    ("week", "KW 12/2024", "2024-W12", date(2024, 3, 18), date(2024, 3, 24), "KW 12/2024"),
    ("week", "1. KW 2021", "2021-W01", date(2021, 1, 4), date(2021, 1, 10), "KW 1/2021"),
    ("week", "2020-W53", "2020-W53", date(2020, 12, 28), date(2021, 1, 3), "KW 53/2020"),
    ("year", "2024", "2024", date(2024, 1, 1), date(2024, 12, 31), "2024"),
    ("reference_date", "30.06.2024", "2024-06-30", date(2024, 6, 30), date(2024, 6, 30), "30.06.2024"),
    ("reference_date", "30. Juni 2024", "2024-06-30", date(2024, 6, 30), date(2024, 6, 30), "30.06.2024"),
]


def of_type(project: Project, period_type: str) -> Dataset:
    return project.dataset("arbeitslose").model_copy(update={"period_type": period_type})


@pytest.mark.parametrize(("kind", "text", "code", "start", "end", "label"), WRITTEN)
def test_written_form(kind: str, text: str, code: str, start: date, end: date, label: str, project: Project) -> None:
    period = Period(code, start, end)
    assert read_period(text, of_type(project, kind)) == period
    assert period_of_code(code) == period
    assert period_label(code).de == label


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("school_year", "2019/21"),
        ("school_year", "2019"),
        ("year", "2019/20"),
        ("semester", "WS 2023/25"),
        ("semester", "2023-09P6M"),
        ("quarter", "5. Quartal 2024"),
        ("month", "13/2024"),
        ("month", "Brumaire 2024"),
        ("week", "KW 53/2024"),
        ("week", "2024"),
        ("reference_date", "2024"),
        ("reference_date", "31. Foobar 2024"),
    ],
)
def test_no_period_of_the_type(kind: str, text: str, project: Project) -> None:
    assert read_period(text, of_type(project, kind)) is None


def test_year_and_school_year_go_together_only_as_declared(project: Project) -> None:
    schools, years = of_type(project, "school_year"), of_type(project, "year")
    codes = [
        period.code
        for text, dataset in (("2023", schools), ("2022/23", years))
        for year_is in ("start", "end")
        if (period := read_period(text, dataset, year_is)) is not None
    ]
    assert codes == ["2023/24", "2022/23", "2022", "2023"]


@pytest.mark.parametrize(
    ("code", "shifted"),
    [("2019/20", "2018/19"), ("1999/00", "1998/99"), ("2024-Q1", "2023-Q1"), ("2023-10P6M", "2022-10P6M")],
)
def test_the_same_period_a_year_before(code: str, shifted: str) -> None:
    assert shift_years(code, -1) == shifted
