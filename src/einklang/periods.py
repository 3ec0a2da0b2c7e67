"""Periods: how offices write them, and what they are: code, first and last day.

Codes are those of the official statistics: `2024`, `2024-12-31`, `2019/20` (school year), `2023-10P6M`
(semester, as in GENESIS), and ISO 8601 or SDMX for the rest: `2024-Q1`, `2024-06`, `2024-W12`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from einklang.declarations.base import Text
from einklang.declarations.dataset import Dataset
from einklang.labels import clean, normalise

_MONTHS = (
    ("januar", "january", "jan"),
    ("februar", "february", "feb"),
    ("maerz", "march", "mrz"),
    ("april", "apr"),
    ("mai", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("august", "aug"),
    ("september", "sep", "sept"),
    ("oktober", "october", "okt"),
    ("november", "nov"),
    ("dezember", "december", "dez"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_Y = r"(?P<year>18[7-9]\d|(?:19|20)\d{2})"
_YEAR = re.compile(rf"(?:(?:Berichts|Kalender)?jahr:?\s+)?{_Y}", re.IGNORECASE)
_GERMAN_DATE = re.compile(rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_Y}")
_LONG_DATE = re.compile(rf"(?P<day>\d{{1,2}})\.\s?(?P<name>[A-Za-zä]+)\s{_Y}")
_ISO_DATE = re.compile(rf"{_Y}-(?P<month>\d{{2}})-(?P<day>\d{{2}})")
_SCHOOL_YEAR = re.compile(
    rf"(?:(?:Schul|Ausbildungs|Berichts)?jahr:?\s+|SJ\s+)?{_Y}\s?[/\-–]\s?(?P<next>\d{{2}}(?:\d{{2}})?)", re.IGNORECASE
)
_SEMESTER = re.compile(
    rf"(?P<kind>WS|SS|SoSe|WiSe|Wintersemester|Sommersemester)\s?{_Y}(?:\s?/\s?(?P<next>\d{{2}}(?:\d{{2}})?))?",
    re.IGNORECASE,
)
_SEMESTER_CODE = re.compile(rf"{_Y}-(?P<month>04|10)P6M")
_QUARTER = re.compile(
    rf"(?:(?P<first>[1-4]|I{{1,3}}|IV)\.?\s?(?:Quartal|Vierteljahr|Q|Vj\.?)?\s?/?\s?{_Y}|{_Y.replace('year', 'then')}"
    r"\s?[\-/ ]?\s?Q(?:uartal\s?)?(?P<second>[1-4]))",
    re.IGNORECASE,
)
_MONTH_NAMED = re.compile(rf"(?P<name>[A-Za-zä]+)\.?\s{_Y}")
_MONTH_NUMBERED = re.compile(rf"(?:(?P<first>\d{{1,2}})[./]\s?{_Y}|{_Y.replace('year', 'then')}-(?P<second>\d{{2}}))")
_WEEK = re.compile(
    rf"(?:(?:KW|Kalenderwoche)\s?(?P<first>\d{{1,2}})\s?[/ ]\s?{_Y}|(?P<third>\d{{1,2}})\.\s?(?:KW|Kalenderwoche)\s"
    rf"{_Y.replace('year', 'other')}|{_Y.replace('year', 'then')}-W(?P<second>\d{{2}}))",
    re.IGNORECASE,
)

_CODE = re.compile(r"\d{4}(?:/\d{2}|-Q[1-4]|-W\d{2}|-\d{2}(?:P6M|-\d{2})?)?")

YearIs = Literal["start", "end"]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A period: its code as in the Parquet, first and last day."""

    code: str
    start: date
    end: date


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _year(year: int) -> Period:
    return Period(str(year), date(year, 1, 1), date(year, 12, 31))


def _day(day: date) -> Period:
    return Period(day.isoformat(), day, day)


def _school_year(year: int) -> Period:
    # § 5 Hamburger Abkommen: the school year begins on 1 August and ends on 31 July.
    return Period(f"{year}/{(year + 1) % 100:02d}", date(year, 8, 1), date(year + 1, 7, 31))


def _semester(year: int, month: int) -> Period:
    end = date(year, 9, 30) if month == 4 else date(year + 1, 3, 31)
    return Period(f"{year}-{month:02d}P6M", date(year, month, 1), end)


def _quarter(year: int, quarter: int) -> Period:
    return Period(f"{year}-Q{quarter}", date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter))


def _month(year: int, month: int) -> Period:
    return Period(f"{year}-{month:02d}", date(year, month, 1), _month_end(year, month))


def _week(year: int, week: int) -> Period:
    start = date.fromisocalendar(year, week, 1)
    return Period(f"{year}-W{week:02d}", start, start + timedelta(days=6))


def _is_next(year: str, following: str | None) -> bool:
    return following is None or int(following) % 100 == (int(year) + 1) % 100


def _year_of(text: str) -> int | None:
    found = _YEAR.fullmatch(text)
    return int(found["year"]) if found else None


def _start_of_school_year(text: str) -> int | None:
    found = _SCHOOL_YEAR.fullmatch(text)
    return int(found["year"]) if found and _is_next(found["year"], found["next"]) else None


def _date_of(text: str) -> date | None:
    for pattern in (_GERMAN_DATE, _LONG_DATE, _ISO_DATE):
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            month = int(parts["month"]) if parts.get("month") else _MONTH_OF.get(normalise(parts["name"]), 0)
            return date(int(parts["year"]), month, int(parts["day"]))
    return None


def _read_year(text: str, dataset: Dataset, year_is: YearIs | None) -> Period | None:
    year = _year_of(text)
    if year is None and year_is is not None and (start := _start_of_school_year(text)) is not None:
        year = start + (year_is == "end")
    return _year(year) if year is not None else None


def _read_day(text: str, dataset: Dataset, year_is: YearIs | None) -> Period | None:
    day = _date_of(text)
    if day is None and dataset.reference_day and (year := _year_of(text)) is not None:
        day = date.fromisoformat(f"{year}-{dataset.reference_day}")
    if day is None or (dataset.reference_day and day.isoformat()[5:] != dataset.reference_day):
        return None
    return _day(day)


def _read_school_year(text: str, dataset: Dataset, year_is: YearIs | None) -> Period | None:
    year = _start_of_school_year(text)
    if year is None and year_is is not None and (named := _year_of(text)) is not None:
        year = named - (year_is == "end")
    return _school_year(year) if year is not None else None


def _read_semester(text: str, dataset: Dataset, year_is: YearIs | None) -> Period | None:
    if found := _SEMESTER_CODE.fullmatch(text):
        return _semester(int(found["year"]), int(found["month"]))
    found = _SEMESTER.fullmatch(text)
    if found is None or not _is_next(found["year"], found["next"]):
        return None
    return _semester(int(found["year"]), 10 if found["kind"].casefold().startswith("w") else 4)


def _read_quarter(text: str, dataset: Dataset, year_is: YearIs | None) -> Period | None:
    found = _QUARTER.fullmatch(text)
    if found is None:
        return None
    quarter = (found["first"] or found["second"]).casefold()
    return _quarter(int(found["year"] or found["then"]), _ROMAN.get(quarter) or int(quarter))


def _read_month(text: str, dataset: Dataset, year_is: YearIs | None) -> Period | None:
    if found := _MONTH_NUMBERED.fullmatch(text):
        return _month(int(found["year"] or found["then"]), int(found["first"] or found["second"]))
    if (found := _MONTH_NAMED.fullmatch(text)) and (number := _MONTH_OF.get(normalise(found["name"]))):
        return _month(int(found["year"]), number)
    return None


def _read_week(text: str, dataset: Dataset, year_is: YearIs | None) -> Period | None:
    found = _WEEK.fullmatch(text)
    if found is None:
        return None
    year, week = found["year"] or found["then"] or found["other"], found["first"] or found["second"] or found["third"]
    return _week(int(year), int(week))


_READERS: dict[str, Callable[[str, Dataset, YearIs | None], Period | None]] = {
    "year": _read_year,
    "reference_date": _read_day,
    "school_year": _read_school_year,
    "semester": _read_semester,
    "quarter": _read_quarter,
    "month": _read_month,
    "week": _read_week,
}
EXAMPLES = {
    "year": Text(de="2024", en="2024"),
    "reference_date": Text(de="2024 oder 31.12.2024", en="2024 or 31.12.2024"),
    "school_year": Text(de="Schuljahr 2019/20", en="Schuljahr 2019/20"),
    "semester": Text(de="WS 2023/24", en="WS 2023/24"),
    "quarter": Text(de="1. Quartal 2024", en="2024-Q1"),
    "month": Text(de="Juni 2024", en="2024-06"),
    "week": Text(de="KW 12/2024", en="2024-W12"),
}


def read_period(text: str, dataset: Dataset, year_is: YearIs | None = None) -> Period | None:
    """The period of the data set's type that a label names, or None.

    `year_is` says how a year and a school year go together where the office names the one and means the
    other; they are never derived from each other without it.
    """
    try:
        return _READERS[dataset.period_type](clean(text), dataset, year_is)
    except ValueError:  # a day, month or week that does not exist
        return None


def period_of_code(code: str) -> Period:
    """The period of a code in the Parquet."""
    year = int(code[:4])
    if len(code) == 4:
        return _year(year)
    if code[4] == "/":
        return _school_year(year)
    if code.endswith("P6M"):
        return _semester(year, int(code[5:7]))
    if code[5] == "Q":
        return _quarter(year, int(code[6]))
    if code[5] == "W":
        return _week(year, int(code[6:]))
    return _month(year, int(code[5:])) if len(code) == 7 else _day(date.fromisoformat(code))


def shift_years(code: str, years: int) -> str:
    """The code of the period so many years later (earlier if negative)."""
    year = int(code[:4]) + years
    return _school_year(year).code if code[4:5] == "/" else f"{year}{code[4:]}"


def period_label(code: str) -> Text:
    """The period as reports write it; what is no code stays as it is."""
    year = code[:4]
    if len(code) == 4 or not _CODE.fullmatch(code):
        return Text(de=code, en=code)
    if code[4] == "/":
        return Text(de=f"Schuljahr {code}", en=f"school year {code}")
    if code.endswith("P6M"):
        name = f"SS {year}" if code[5:7] == "04" else f"WS {year}/{(int(year) + 1) % 100:02d}"
        return Text(de=name, en=code)
    if code[5] == "Q":
        return Text(de=f"{code[6]}. Quartal {year}", en=code)
    if code[5] == "W":
        return Text(de=f"KW {int(code[6:])}/{year}", en=code)
    if len(code) == 7:
        name = _MONTHS[int(code[5:]) - 1][0].capitalize().replace("Maerz", "März")
        return Text(de=f"{name} {year}", en=code)
    return Text(de=f"{code[8:]}.{code[5:7]}.{year}", en=code)


def in_words(codes: Sequence[str]) -> str:
    """Periods in one phrase: neighbouring years as a range."""
    runs: list[list[str]] = []
    for code in codes:
        if runs and shift_years(runs[-1][-1], 1) == code:
            runs[-1].append(code)
        else:
            runs.append([code])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} – {run[-1]}" for run in runs)
