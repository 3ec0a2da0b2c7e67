"""What every reader in the box makes: sheets of distinct texts and codes, and how they are written out."""

from __future__ import annotations

import datetime as dt
import json
import math
import struct
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO

MAX_CELLS = 20_000_000
MAX_COLUMNS = 16_384
_BATCH = 256

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column; counted from 0, both ends included."""


class Refused(Exception):
    """Ends the reading of a file; never leaves the box. `kind` is "limit" or "unreadable"."""

    def __init__(self, kind: str, reason: str, found: int = 0, allowed: int = 0, **facts: str) -> None:
        self.kind, self.reason, self.found, self.allowed, self.facts = kind, reason, found, allowed, facts
        super().__init__(reason)


@dataclass
class Look:
    """What a spreadsheet program shows of a sheet; rows and columns counted from 0, both ends included."""

    hidden: bool = False
    filtered: bool = False
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    is_known: bool = True
    shown: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """Kind → text → row, column, row, column … of the cells that show it; of the kinds asked for."""


@dataclass
class Block:
    """Neighbouring columns, row by row: the texts in order of appearance, and each cell's position among them.

    A text stands twice where a cell holds it as text and another as a number.
    """

    texts: list[str]
    codes: array[int]
    first_column: int = 0
    width: int = 1

    @property
    def rows(self) -> int:
        return len(self.codes) // self.width if self.width else 0


@dataclass
class Sheet:
    """A sheet whose blocks all have the same number of rows."""

    name: str
    blocks: list[Block]
    look: Look = field(default_factory=Look)


@dataclass
class Found:
    """The sheets wanted; of each other one its name, and whether it is a table that a spreadsheet program shows."""

    sheets: list[Sheet]
    others: list[tuple[str, bool]]


class _Positions(dict[Any, int]):
    """Each new key gets the next position."""

    def __missing__(self, key: Any) -> int:
        self[key] = position = len(self)
        return position

    def texts(self, write: Callable[[Any], str]) -> list[str]:
        """The keys written as text."""
        return [key if type(key) is str else write(key) for key in self]


class Column:
    """Gathers the values of one column; each distinct value is written as text once."""

    def __init__(self, write: Callable[[Any], str] = str) -> None:
        self._write = write
        self._positions = _Positions()
        self._codes = array("i")

    def __len__(self) -> int:
        return len(self._codes)

    def extend(self, values: Iterable[Any]) -> None:
        self._codes.extend(map(self._positions.__getitem__, values))

    def pad(self, rows: int) -> None:
        """Empty cells up to so many rows."""
        self._codes.extend(array("i", [self._positions[""]]) * (rows - len(self._codes)))

    def finish(self, number: int) -> Block:
        return Block(self._positions.texts(self._write), self._codes, number)


def gather(
    rows: Iterable[Sequence[Any]],
    first_column: int,
    width: int,
    write: Callable[[Any], str],
    cells: Mapping[tuple[int, int], str],
) -> Block:
    """A table given row by row; `cells` are texts for cells by row and column, inside it or outside."""
    positions = _Positions()
    position = positions.__getitem__
    codes = array("i")
    rest = iter(rows)
    while part := list(islice(rest, _BATCH)):
        found = list(map(position, chain.from_iterable(part)))
        # Packed at one go, which takes half the time of an array that is given number by number.
        codes.frombytes(struct.pack(f"{len(found)}i", *found))
    first, end_row, end = first_column, len(codes) // width if width else 0, first_column + width
    if cells:
        first = min(first, *(column for _, column in cells)) if width else min(column for _, column in cells)
        end = max(end, 1 + max(column for _, column in cells))
        end_row_wanted = max(end_row, 1 + max(row for row, _ in cells))
        check_extent(end_row_wanted, end)
        codes = _widened(codes, width, (first_column - first, end - first), end_row_wanted, position(""))
        for (row_number, column), text in cells.items():
            codes[row_number * (end - first) + column - first] = position(text)
    return Block(positions.texts(write), codes, first, end - first)


def _widened(codes: array[int], width: int, place: tuple[int, int], rows: int, empty: int) -> array[int]:
    """The same cells in a table of more rows and columns; `place` is the first column there, and the new width."""
    before, wider = place
    if wider != width:
        wide = array("i")
        for start in range(0, len(codes), width or 1):
            wide.extend([empty] * before)
            wide.extend(codes[start : start + width])
            wide.extend([empty] * (wider - width - before))
        codes = wide
    codes.extend(array("i", [empty]) * (rows * wider - len(codes)))
    return codes


def check_extent(rows: int, columns: int) -> None:
    """Refuses a sheet that spans too much."""
    if columns > MAX_COLUMNS:
        raise Refused("limit", "limit_columns", columns, MAX_COLUMNS)
    if rows * columns > MAX_CELLS:
        raise Refused("limit", "limit_far_cell", rows * columns, MAX_CELLS)


def write_bool(value: bool) -> str:
    return "WAHR" if value else "FALSCH"


def raised(before: str, text: str) -> str:
    """What is written raised behind a text: digits behind a digit stay raised, lest a note becomes part of a number."""
    return text.translate(RAISED) if before[-1:].isdigit() and text[:1].isdecimal() else text


def write_number(value: float, decimal: str, shift: int = 0) -> str:
    """A number without exponent, whole ones without decimals: 12345.5 → 12345,5; by so many digits larger.

    It is shifted as the decimals it is written in, so that 0.07 in per cent is 7, not 7.000000000000001.
    """
    if not math.isfinite(value):
        return str(value)
    if not shift and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    written = format(Decimal(repr(value + 0.0)).scaleb(shift), "f").removesuffix(".0")
    return written.replace(".", decimal)


def writer(decimal: str) -> Callable[[Any], str]:
    """How a stored value is written: numbers with this decimal sign, dates as 31.12.2024."""

    def write(value: Any) -> str:
        match value:
            case float():
                return write_number(value, decimal)
            case int():
                return write_number(float(value), decimal)
            case dt.datetime() | dt.date():
                return f"{value.day:02d}.{value.month:02d}.{value.year:04d}"
            case _:
                return str(value)

    return write


def write_answer(stream: BinaryIO, answer: Mapping[str, Any], sheets: Iterable[Sheet] = ()) -> None:
    """The blobs of the blocks one behind the other, then an index in JSON, then its length in eight bytes."""
    position = 0

    def put(blob: bytes | memoryview) -> list[int]:
        nonlocal position
        stream.write(blob)
        placed = [position, len(blob)]
        position += len(blob)
        return placed

    listed = []
    for sheet in sheets:
        blocks = []
        for block in sheet.blocks:
            codes = put(memoryview(block.codes).cast("B") if block.codes else b"")
            texts = json.dumps(block.texts, ensure_ascii=False).encode("utf-8", "replace")
            blocks.append([block.first_column, block.width, *codes, *put(texts + b" " * (-len(texts) % 4))])
        listed.append({"name": sheet.name, "blocks": blocks, "look": vars(sheet.look)})
    index = json.dumps({**answer, "sheets": listed}).encode()
    stream.write(index)
    stream.write(len(index).to_bytes(8, "little"))
