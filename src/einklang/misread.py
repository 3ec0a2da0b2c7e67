"""Texts that a program has turned into others on the way: labels made dates, numbers with two readings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang.codes import Coded
from einklang.combinations import occurring
from einklang.declarations.codelists import CodeList
from einklang.declarations.dataset import Dataset
from einklang.declarations.profile import Numbers, Profile
from einklang.longtable import LongTable
from einklang.parse import read_numbers

_DATE = re.compile(r"(?P<first>\d{1,2})\.\s?(?P<second>\d{1,2})\.(?:\s?\d{2,4})?")
_ISO_DATE = re.compile(r"\d{4}-(?P<second>\d{2})-(?P<first>\d{2})")
_MONTH_NAME = r"(?P<month>Jan|Feb|Mrz|Mär|Mar|Apr|Mai|May|Jun|Jul|Aug|Sep|Okt|Oct|Nov|Dez|Dec)[a-zä]*\.?"
_DAY_AND_MONTH = re.compile(rf"(?P<first>\d{{1,2}})\.?[\s-]{_MONTH_NAME}", re.IGNORECASE)
_MONTH_AND_YEAR = re.compile(rf"{_MONTH_NAME}[\s-](?P<second>\d{{2}})", re.IGNORECASE)
_MONTHS = {"m": 3, "jan": 1, "feb": 2, "apr": 4, "mai": 5, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9}
_LATE_MONTHS = {"okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12}
_RANGE = re.compile(r"\d+\s*(?:-|–|bis)\s*(?:unter\s+)?\d+")
_THREE_DECIMALS = re.compile(r"[+\-\u2212]?\d{1,3}(?P<sign>[.,])\d{3}")


def _month(name: str) -> int:
    name = name.lower()
    return (_MONTHS | _LATE_MONTHS).get(name) or _MONTHS[name[0]]


def range_behind_date(text: str, codelist: CodeList) -> str | None:
    """The range such as `6-8` of which a spreadsheet made this date; None where the list knows no ranges."""
    if not any(_RANGE.search(code.label_de) for code in codelist.codes.values()):
        return None
    for pattern in (_DATE, _ISO_DATE):
        if found := pattern.fullmatch(text):
            return f"{int(found['first'])}-{int(found['second'])}"
    if found := _DAY_AND_MONTH.fullmatch(text):
        return f"{int(found['first'])}-{_month(found['month'])}"
    if found := _MONTH_AND_YEAR.fullmatch(text):
        return f"{_month(found['month'])}-{int(found['second'])}"
    return None


@dataclass(frozen=True)
class TwoReadings:
    """Figures of one column of a text file whose text fits two ways of writing numbers; the first as example."""

    rows: NDArray[np.int64]
    text: str
    agreed: float
    other: float


def two_readings(table: LongTable, measure: Coded, dataset: Dataset, profile: Profile) -> Iterator[TwoReadings]:
    """Columns in which no number tells whether its sign is that of decimals or of thousands.

    A number such as `8,380` is doubtful where the other reading suits the measure and every other number of
    the column can be read both ways too. Workbooks store numbers, so that only text is looked at; figures in
    another unit than the canonical one have the decimals that go with it.
    """
    numbers = profile.numbers
    texts = table.text.cleaned
    doubtful = np.asarray(
        [(found := _THREE_DECIMALS.fullmatch(text)) is not None and found["sign"] == numbers.decimal for text in texts]
    )
    if not doubtful.any():
        return
    swapped = Numbers(decimal="." if numbers.decimal == "," else ",", thousands="," if numbers.decimal == "," else ".")
    listed = pa.array(texts, pa.string())
    agreed, other = read_numbers(listed, numbers), read_numbers(listed, swapped)
    is_proof = ~np.isnan(agreed) & np.isnan(other)
    is_text = np.asarray([not sheet for sheet in table.sheet.texts])[table.sheet.codes] & table.unit.blank
    suits = np.zeros((len(measure.codes) + 1, len(texts)), dtype=np.bool_)
    for index, name in enumerate(measure.codes):
        if name in profile.units:
            continue
        one = dataset.measure(name)
        low = -np.inf if one.minimum is None else one.minimum
        high = np.inf if one.maximum is None else one.maximum
        suits[index] = doubtful & (other >= low) & (other <= high)
    rows = np.flatnonzero(is_text & doubtful[table.text.codes])
    rows = rows[suits[measure.index[rows], table.text.codes[rows]]]
    width = int(table.column.max(initial=0)) + 1
    place = table.file.codes.astype(np.int64) * width + table.column
    for group in np.flatnonzero(occurring(place[rows], len(table.file.texts) * width)).tolist():
        column = np.flatnonzero(place == group)
        if not is_proof[table.text.codes[column]].any():
            here = rows[place[rows] == group]
            first = int(table.text.codes[here[0]])
            yield TwoReadings(here, texts[first], float(agreed[first]), float(other[first]))
