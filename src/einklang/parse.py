"""Step *parse*: what the sender wrote in a cell becomes a value and its statuses.

Only the distinct texts are read; the result is mapped back by their index. What a sign means is
agreed with the office (profile); what cannot be read is a finding and leaves no value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einklang.declarations.profile import Numbers, Profile
from einklang.declarations.signs import Meaning
from einklang.labels import UNIT_SIGNS, clean, without_unit
from einklang.longtable import LongTable
from einklang.rawtable import Mask, TextColumn

_BLANKS = "[\\s\u00a0\u2007\u2009\u202f]"
_MINUS = "\u2212"
_MARKED = re.compile(rf"^(?P<number>.*\d.*?(?:\s*[{UNIT_SIGNS}])?)\s*(?P<sign>\D{{1,3}})$")
FREE = "F"
_NO_RESULT = re.compile(r"=.+|#(?:[A-ZÄÖÜ/0-9]+[!?]?|#+)|Err:\d{3}", re.DOTALL)
_BRACKETS = re.compile(r"^\(\s*(?P<number>.+?)\s*\)$")


class Problem(IntEnum):
    """Why a cell gives no value."""

    NONE = 0
    NOT_A_NUMBER = 1
    UNKNOWN_SIGN = 2
    BLANK = 3
    NUMBER_AND_SECRET = 4
    UNKNOWN_STATUS_WORD = 5
    CONTRADICTION = 6
    NO_RESULT = 7


@dataclass(frozen=True)
class Parsed:
    """Value (NaN = none), SDMX statuses and problem of every figure, in the order of the long table.

    `unit` is the sign of its unit that stands in the cell itself (`%`), mostly empty.
    """

    value: NDArray[np.float64]
    unit: TextColumn
    obs_status: TextColumn
    conf_status: TextColumn
    problem: NDArray[np.int8]

    @property
    def is_secret(self) -> NDArray[np.bool_]:
        """Figures that must not be shown: those with a confidentiality status other than free."""
        confidential = self.conf_status.where([status != FREE for status in self.conf_status.texts])
        found: NDArray[np.bool_] = confidential | (self.problem == Problem.NUMBER_AND_SECRET)
        return found


def number_pattern(numbers: Numbers) -> str:
    """Regular expression of the numbers that the office may write, without blanks at the ends; `%` may follow."""
    decimal = rf"(?:{re.escape(numbers.decimal)}\d+)?(?:{_BLANKS}*[{UNIT_SIGNS}])?"
    if not numbers.thousands:
        return rf"^[+\-{_MINUS}]?{_BLANKS}*\d+{decimal}$"
    separator = _BLANKS if numbers.thousands == " " else re.escape(numbers.thousands)
    return rf"^[+\-{_MINUS}]?{_BLANKS}*(?:\d{{1,3}}(?:{separator}\d{{3}})+|\d+){decimal}$"


def read_numbers(texts: pa.Array, numbers: Numbers) -> NDArray[np.float64]:
    """The numbers in cleaned texts, those before `%` too; NaN where a text is no number in this style."""
    fits = pc.match_substring_regex(texts, number_pattern(numbers))
    plain = pc.if_else(fits, texts, pa.scalar(None, pa.string()))
    plain = pc.replace_substring_regex(plain, rf"{_BLANKS}|[+{UNIT_SIGNS}]", "")
    plain = pc.replace_substring(plain, _MINUS, "-")
    if numbers.thousands not in {"", " "}:
        plain = pc.replace_substring(plain, numbers.thousands, "")
    if numbers.decimal != ".":
        plain = pc.replace_substring(plain, numbers.decimal, ".")
    values: NDArray[np.float64] = pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    return values + 0.0  # no negative zero


@dataclass(frozen=True)
class _Cell:
    """What one distinct text says."""

    value: float
    obs: str = "A"
    conf: str = "F"
    problem: Problem = Problem.NONE


def _said(meaning: Meaning, number: float | None) -> _Cell:
    if number is None:
        if meaning.value == "keep":
            return _Cell(np.nan, problem=Problem.NOT_A_NUMBER)
        return _Cell(0.0 if meaning.value == "0" else np.nan, meaning.obs_status, meaning.conf_status)
    if meaning.value == "keep":
        return _Cell(number, meaning.obs_status, meaning.conf_status)
    if meaning.value == "0" and not meaning.is_secret:
        return _Cell(np.nan, problem=Problem.NOT_A_NUMBER)
    if not meaning.is_withheld:
        return _Cell(np.nan, problem=Problem.CONTRADICTION)
    return _Cell(np.nan, "Q", "C", Problem.NUMBER_AND_SECRET)


def _one_number(text: str, numbers: Numbers) -> float | None:
    value = float(read_numbers(pa.array([text], pa.string()), numbers)[0])
    return None if np.isnan(value) else value


def _agreed(text: str, signs: Mapping[str, Meaning]) -> str:
    """A sign before that of a unit (`0 %`, `3,4 . %`) as it is agreed; any other text as it stands."""
    bare = without_unit(text)
    if not bare or bare == text or text in signs:
        return text
    marked = _MARKED.match(bare)
    return bare if bare in signs or (marked and marked["sign"].strip() in signs) else text


def _units_in(texts: pa.Array) -> NDArray[np.int32]:
    """Which sign of a unit stands in each text: 0 for none, else its number in `UNIT_SIGNS` from 1."""
    found = np.zeros(len(texts), dtype=np.int32)
    for number, sign in enumerate(UNIT_SIGNS, 1):
        found[pc.match_substring(texts, sign).to_numpy(zero_copy_only=False)] = number
    return found


def _read_special(text: str, numbers: Numbers, signs: Mapping[str, Meaning]) -> _Cell:
    """A text that is no plain number."""
    text = _agreed(text, signs)
    if text in signs:
        return _said(signs[text], None)
    if not text:
        return _Cell(np.nan, "O", problem=Problem.BLANK)
    if _NO_RESULT.fullmatch(text):
        return _Cell(np.nan, problem=Problem.NO_RESULT)
    if "()" in signs and (inner := _BRACKETS.match(text)):
        number = _one_number(inner["number"], numbers)
        if number is not None:
            return _said(signs["()"], number)
    if (marked := _MARKED.match(text)) and marked["sign"].strip() in signs:
        number = _one_number(clean(marked["number"]), numbers)
        if number is not None:
            return _said(signs[marked["sign"].strip()], number)
        if signs[marked["sign"].strip()].is_secret:
            return _Cell(np.nan, "Q", "C", Problem.NUMBER_AND_SECRET)
    if numbers.classes is not None and (ends := re.fullmatch(numbers.classes.pattern, text)):
        low, high = (_one_number(clean(ends[name]), numbers) for name in ("from", "to"))
        if low is not None and high is not None:
            return _Cell({"from": low, "middle": (low + high) / 2, "to": high}[numbers.classes.take], "E")
    is_sign = not any(character.isdigit() for character in text) and len(text) <= 3
    return _Cell(np.nan, problem=Problem.UNKNOWN_SIGN if is_sign else Problem.NOT_A_NUMBER)


def parse(table: LongTable, profile: Profile, signs: Mapping[str, Meaning], words: Mapping[str, Meaning]) -> Parsed:
    """Value and statuses of every figure.

    `signs` are those agreed with the office; `words` those that say a status elsewhere.
    """
    texts = table.text.cleaned
    listed = pa.array(texts, pa.string())
    value, unit = read_numbers(listed, profile.numbers), _units_in(listed)
    statuses: dict[tuple[str, str], int] = {("A", "F"): 0}
    status = np.zeros(len(texts), dtype=np.int32)
    problem = np.zeros(len(texts), dtype=np.int8)
    is_said = np.zeros(len(texts), dtype=np.bool_)
    overruled = [position for position, text in enumerate(texts) if text in signs]
    overruled += [position for position in np.flatnonzero(unit).tolist() if _agreed(texts[position], signs) in signs]
    for position in dict.fromkeys([*np.flatnonzero(np.isnan(value)).tolist(), *overruled]):
        cell = _read_special(texts[position], profile.numbers, signs)
        value[position] = cell.value
        status[position] = statuses.setdefault((cell.obs, cell.conf), len(statuses))
        problem[position] = cell.problem
        is_said[position] = status[position] > 0 or _agreed(texts[position], signs) not in signs
    unit[np.isnan(value)] = 0
    codes = table.text.codes
    parsed = _Rows(value[codes], status[codes], problem[codes], statuses)
    if any(table.status.cleaned):
        parsed = _with_words(parsed, table.status, words, is_said[codes])
    pairs = list(parsed.statuses)
    return Parsed(
        value=parsed.value,
        unit=TextColumn(("", *UNIT_SIGNS), unit[codes]),
        obs_status=TextColumn(tuple(obs for obs, _ in pairs), parsed.status),
        conf_status=TextColumn(tuple(conf for _, conf in pairs), parsed.status),
        problem=parsed.problem,
    )


@dataclass(frozen=True)
class _Rows:
    value: NDArray[np.float64]
    status: NDArray[np.int32]
    problem: NDArray[np.int8]
    statuses: dict[tuple[str, str], int]


def _with_words(rows: _Rows, column: TextColumn, words: Mapping[str, Meaning], is_said: Mask) -> _Rows:
    """The rows with what else says their status; what a figure bears itself (`is_said`) goes first."""
    value, status, problem = rows.value.copy(), rows.status.copy(), rows.problem.copy()
    statuses = dict(rows.statuses)
    known = {word.casefold(): meaning for word, meaning in words.items()}
    for index, word in enumerate(column.cleaned):
        if not word:
            continue
        here = column.codes == index
        meaning = known.get(word.casefold())
        if meaning is None:
            problem[here & (problem == Problem.NONE)] = Problem.UNKNOWN_STATUS_WORD
            continue
        has_number = here & ~np.isnan(value)
        if meaning.value == "keep":
            target = has_number & ~is_said
        else:
            said = 0.0 if meaning.value == "0" else np.nan
            blank = here & (problem == Problem.BLANK)
            problem[blank] = Problem.NONE
            contradicts = has_number & (value != said)
            if meaning.is_withheld:
                contradicts |= here & (problem == Problem.NOT_A_NUMBER)
            problem[contradicts] = Problem.NUMBER_AND_SECRET if meaning.is_withheld else Problem.CONTRADICTION
            target = blank | has_number | contradicts
            value[target] = said
            value[contradicts] = np.nan
        status[target] = statuses.setdefault((meaning.obs_status, meaning.conf_status), len(statuses))
    return _Rows(value, status, problem, statuses)
