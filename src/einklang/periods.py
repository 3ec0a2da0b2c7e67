"""Periods: how offices write them, and what they are: code, first and last day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from einklang.declarations.dataset import Dataset
from einklang.labels import clean

_YEAR = re.compile(r"(?:(?:Berichts)?jahr\s+)?(?P<year>(?:19|20)\d{2})", re.IGNORECASE)
_GERMAN_DATE = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>(?:19|20)\d{2})")
_ISO_DATE = re.compile(r"(?P<year>(?:19|20)\d{2})-(?P<month>\d{2})-(?P<day>\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A period: its code as in the Parquet (`2024` or `2024-12-31`), first and last day."""

    code: str
    start: date
    end: date


def read_period(text: str, dataset: Dataset) -> Period | None:
    """The period that a label names, or None."""
    text = clean(text)
    day = None
    for pattern in (_GERMAN_DATE, _ISO_DATE):
        if found := pattern.fullmatch(text):
            try:
                day = date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                return None
    year = int(found["year"]) if (found := _YEAR.fullmatch(text)) else None
    if dataset.period_type == "year":
        return _year(year) if year is not None else None
    if year is not None:
        day = date.fromisoformat(f"{year}-{dataset.reference_day}")
    if day is None or day.isoformat()[5:] != dataset.reference_day:
        return None
    return Period(day.isoformat(), day, day)


def _year(year: int) -> Period:
    return Period(str(year), date(year, 1, 1), date(year, 12, 31))


def period_of_code(code: str) -> Period:
    """The period of a code in the Parquet."""
    if len(code) == 4:
        return _year(int(code))
    return Period(code, date.fromisoformat(code), date.fromisoformat(code))


def shift_years(code: str, years: int) -> str:
    """The code of the period so many years later (earlier if negative)."""
    return f"{int(code[:4]) + years}{code[4:]}"
