"""Labels become codes: each distinct label is looked up once, each row keeps the index of its code."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang import observations as contract1
from einklang.combinations import Combinations, combine, distinct, occurring
from einklang.declarations.codelists import Code, CodeList
from einklang.declarations.dataset import Dataset
from einklang.declarations.place import Place
from einklang.labels import clean, normalise
from einklang.rawtable import TextColumn
from einklang.rowlabels import said_otherwise

UNKNOWN = -1
_EPOCH = date(1970, 1, 1)
_KEY_AND_NAME = re.compile(r"(?P<key>\d{2,}) (?P<name>.+)")
_LOOKED_AT = 200
_FARTHEST = 10
_MOST = 0.6


@dataclass(frozen=True)
class Coded:
    """A column of codes: distinct codes, and for each row the index of its code (-1: unknown)."""

    codes: tuple[str, ...]
    index: NDArray[np.int32]


def look_up(codelist: CodeList, place: Place | None, texts: tuple[str, ...]) -> list[str | None]:
    """The code of each label, None where it is unknown."""
    own = {normalise(label): code for label, code in place.codes.items()} if place else {}
    if place is not None and place.otherwise is not None:
        own[normalise(said_otherwise(place.otherwise))] = place.otherwise
    table = codelist.spellings(place.scheme if place else "key")
    labels = map(normalise, texts)
    return [own.get(label) or table.get(label) for label in labels]


def restore_zeros(codelist: CodeList, texts: tuple[str, ...], codes: list[str | None], land: str) -> list[str | None]:
    """The codes with those of keys that lost their leading zero, if they belong to this Land.

    Of another Land nothing is restored: a single digit may as well be the number that a register gives its Länder.
    """
    restored = []
    for text, code in zip(texts, codes, strict=True):
        key = padded(codelist, clean(text)) if code is None else ""
        restored.append(key if key.startswith(land) and key else code)
    return restored


def code_column(column: TextColumn, codes: list[str | None]) -> Coded:
    """The codes of the labels that stand in a row (a column also knows texts of other rows, such as titles)."""
    present = occurring(column.codes, len(codes))
    found = tuple(dict.fromkeys(code for code, here in zip(codes, present, strict=True) if here and code is not None))
    position = {code: number for number, code in enumerate(found)}
    index = np.asarray([UNKNOWN if code is None else position.get(code, UNKNOWN) for code in codes], dtype=np.int32)
    return Coded(found, index[column.codes])


def join_coded(pieces: list[Coded]) -> Coded:
    """The pieces one below the other, with one list of distinct codes."""
    if len(pieces) == 1:
        return pieces[0]
    position = {code: number for number, code in enumerate(dict.fromkeys(code for one in pieces for code in one.codes))}
    index = [
        np.asarray([*(position[code] for code in one.codes), UNKNOWN], dtype=np.int32)[one.index] for one in pieces
    ]
    return Coded(tuple(position), np.concatenate(index))


def measure_list(dataset: Dataset) -> CodeList:
    """The measures of a data set as a code list."""
    return CodeList(
        "measure",
        {one.name: Code(one.name, one.title.de, one.title.en, tuple(one.aliases)) for one in dataset.measures},
    )


def pairs(*coded: Coded) -> Combinations:
    """The distinct pairs of codes (or of more than two), those with an unknown code too."""
    columns = [(one.index - UNKNOWN, len(one.codes) - UNKNOWN) for one in coded]
    return distinct(combine(columns), math.prod(count for _, count in columns))


def padded(codelist: CodeList, text: str) -> str:
    """The key that a text becomes when the zero that a spreadsheet drops is put back; empty where none."""
    return f"0{text}" if text.isdecimal() and f"0{text}" in codelist.codes else ""


def bearers(codelist: CodeList, text: str) -> frozenset[str]:
    """The codes that bear a name, with or without its type; members of a combined code bear it too."""
    for part in (text, text.split(",")[0], re.sub(r"\s*\(.*\)$", "", text)):
        codes = codelist.codes_of_name.get(normalise(part))
        if codes:
            members = {one for code in codes for one in codelist.codes[code].extra.get("members", "").split("|") if one}
            return codes | members
    return frozenset()


def named(codelist: CodeList, text: str) -> frozenset[str] | None:
    """The codes that a text beside a key can stand for: a name, or a key and a name (`13071 Meckl. Seenplatte`).

    None where it says nothing that is known; none of them where its key is that of another name.
    """
    own = bearers(codelist, text)
    found = None if own else _KEY_AND_NAME.fullmatch(text)
    if found is None:
        return own or None
    by_name, by_key = bearers(codelist, found["name"]), frozenset({found["key"]} & codelist.codes.keys())
    return by_name & by_key if by_name and by_key else by_name or by_key or None


def names_shifted_by(
    source_row: NDArray[np.int64],
    keys: Coded,
    names: NDArray[np.int32],
    known: Sequence[frozenset[str] | None],
    wrong: NDArray[np.int64],
) -> int:
    """By how many rows names stand too low (negative: too high); 0 where no shift explains most of the wrong rows.

    `source_row` numbers the rows of the files, `names` are the texts of the figures, `known` gives the codes that
    each text can stand for.
    """
    order, first = np.unique(source_row, return_index=True)
    at = np.searchsorted(order, np.unique(source_row[wrong])[:_LOOKED_AT])
    best, most = 0, _MOST * len(at)
    for shift in sorted((one for one in range(-_FARTHEST, _FARTHEST + 1) if one), key=abs):
        there = at - shift
        inside = (there >= 0) & (there < len(order))
        codes, texts = keys.index[first[there[inside]]].tolist(), names[first[at[inside]]].tolist()
        fitting = sum(
            code >= 0 and keys.codes[code] in (known[text] or ()) for code, text in zip(codes, texts, strict=True)
        )
        if fitting > most:
            best, most = shift, fitting
    return best


def coded_array(coded: Coded, texts: list[str] | tuple[str, ...]) -> pa.DictionaryArray:
    """The column with an empty text where the code is unknown (such rows are quarantined)."""
    index = coded.index
    if (index == UNKNOWN).any():
        return contract1.dictionary(np.where(index == UNKNOWN, len(texts), index).astype(np.int32), [*texts, ""])
    return contract1.dictionary(index, texts)


def days_of(period: Coded, days: list[date]) -> pa.Array:
    """The day that goes with the period of each row; 1 January 1970 where the period is unknown."""
    numbers = np.asarray([(day - _EPOCH).days for day in days] + [0], dtype=np.int32)
    return pa.array(numbers[period.index], pa.int32()).cast(pa.date32())
