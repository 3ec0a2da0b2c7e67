"""Has workbooks and JSON parsed in a process of its own, whose memory and time are bounded (`einklang.boxed`).

The answer comes back in a temporary file and is used where it lies: codes are mapped, texts decoded once.
A process that hits a bound, or dies, is a finding about the file.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from einklang.box import BOX, last_line
from einklang.boxed.child import OUT_OF_MEMORY
from einklang.container import Kind, Limit, Unreadable
from einklang.errors import ReaderNotStarted
from einklang.rawtable import CellTexts, Look, RawTable, TextColumn, blank_column
from einklang.report.workbook_texts import own_sheets

MEMORY = 480 * 1024 * 1024
MEMORY_MOST = 4 * 1024**3
MEMORY_PER_BYTE = 30
SECONDS = 30
SECONDS_PER_MIB = 3
DEADLINE_PER_SECOND = 4


@dataclass(frozen=True, slots=True)
class SheetsMissing:
    """No sheet has the agreed name; these are there."""

    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetsRead:
    """The sheets asked for; of each other one its name, and whether it is a table that a spreadsheet program shows.

    `legends` are those of the others that explain signs.
    """

    tables: tuple[RawTable, ...]
    others: tuple[tuple[str, bool], ...] = ()
    legends: tuple[RawTable, ...] = ()


Answer = SheetsRead | SheetsMissing | Unreadable | Limit


def memory_for(size: int) -> int:
    """Bytes of address space that a file of this size may take: 480 MiB, and in proportion above 16 MiB."""
    return min(MEMORY_MOST, max(MEMORY, MEMORY_PER_BYTE * size))


def read_boxed(
    path: Path, kind: Kind, name: str, sheet_pattern: str, decimal: str, shown: Sequence[str] = (), legends: str = ""
) -> Answer:
    """The sheets whose whole name matches the pattern, in the order of the file.

    `shown` is what of the look of single cells is asked for (`Profile.shown_by`), `legends` the pattern for names of
    sheets that only explain signs.

    Raises:
        ReaderNotStarted: the process did not start.
    """
    size = path.stat().st_size
    seconds = SECONDS + SECONDS_PER_MIB * (size >> 20)
    deadline = DEADLINE_PER_SECOND * seconds
    memory = memory_for(size)
    job = {
        "path": str(path.resolve()),
        "kind": kind.value,
        "sheet": sheet_pattern,
        "decimal": decimal,
        "own": own_sheets(),
        "shown": list(shown),
        "legends": legends,
        "memory": memory,
        "seconds": seconds,
        "deadline": deadline,
    }
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        code = BOX.run(json.dumps(job).encode(), output, errors, deadline)
        length = output.seek(0, os.SEEK_END)
        if code == 0 and length > 8:
            return _answered(output, name)
        if code in {None, -getattr(signal, "SIGXCPU", 24), -getattr(signal, "SIGALRM", 14)}:
            return Limit("limit_time", seconds, seconds)
        if code in {OUT_OF_MEMORY, -signal.SIGABRT, -getattr(signal, "SIGKILL", 9), -getattr(signal, "SIGXFSZ", 25)}:
            return Limit("limit_memory", memory >> 20, memory >> 20)
        if code is not None and code < 0:
            return Unreadable("file_is_broken_zip")
        raise ReaderNotStarted(last_line(errors))


def _answered(output: IO[bytes], name: str) -> Answer:
    data = mmap.mmap(output.fileno(), 0, access=mmap.ACCESS_READ)
    length = int.from_bytes(data[-8:], "little")
    answer = json.loads(data[-8 - length : -8])
    match answer:
        case {"limit": [reason, found, allowed, _]}:
            return Limit(reason, found, allowed)
        case {"unreadable": [reason, _, _, facts]}:
            return Unreadable(reason, facts)
        case {"failed": _}:
            return Unreadable("reader_failed")
        case {"missing": found}:
            return SheetsMissing(tuple(found))
    others = tuple((other, is_shown) for other, is_shown in answer["others"])
    unread = {other for other, _ in others}
    tables = [_table(sheet, data, name) for sheet in answer["sheets"]]
    return SheetsRead(
        tuple(table for table in tables if table.sheet not in unread),
        others,
        tuple(table for table in tables if table.sheet in unread),
    )


def _table(sheet: dict[str, Any], data: mmap.mmap, name: str) -> RawTable:
    columns: list[TextColumn] = []
    for first, width, start, size, texts_start, texts_size in sheet["blocks"]:
        codes = np.frombuffer(data, dtype=np.int32, count=size // 4, offset=start).reshape(-1, max(width, 1))
        texts, codes = _each_once(json.loads(data[texts_start : texts_start + texts_size]), codes)
        columns += [blank_column(len(codes)) for _ in range(first - len(columns))]
        columns += [_own(codes[:, number], texts) for number in range(width)]
    look = sheet["look"]
    return RawTable(
        name,
        sheet["name"],
        tuple(columns),
        look=Look(
            hidden=look["hidden"],
            filtered=look["filtered"],
            hidden_rows=np.asarray(look["hidden_rows"], dtype=np.int64).reshape(-1, 2),
            hidden_columns=np.asarray(look["hidden_columns"], dtype=np.int64).reshape(-1, 2),
            merged=np.asarray(look["merged"], dtype=np.int64).reshape(-1, 4),
            is_known=look["is_known"],
            shown={kind: _shown(cells) for kind, cells in look["shown"].items()},
        ),
    )


def _each_once(texts: list[str], codes: NDArray[np.int32]) -> tuple[list[str], NDArray[np.int32]]:
    """The same cells, and each text once."""
    position: dict[str, int] = {}
    own = [position.setdefault(text, len(position)) for text in texts]
    return (texts, codes) if len(position) == len(texts) else (list(position), np.asarray(own, np.int32)[codes])


def _shown(cells: dict[str, list[int]]) -> CellTexts:
    places = [np.asarray(each, dtype=np.int64).reshape(-1, 2) for each in cells.values()]
    sizes = [len(each) for each in places]
    return CellTexts(
        tuple(cells),
        np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
        np.concatenate(places) if places else np.empty((0, 2), dtype=np.int64),
    )


def _own(codes: NDArray[np.int32], texts: list[str]) -> TextColumn:
    """The column with those texts only that stand in it."""
    if not len(codes):
        return blank_column(0)
    present = np.zeros(len(texts), dtype=np.bool_)
    present[codes] = True
    kept = np.flatnonzero(present)
    if len(kept) == len(texts):
        return TextColumn(tuple(texts), np.ascontiguousarray(codes))
    position = np.empty(len(texts), dtype=np.int32)
    position[kept] = np.arange(len(kept), dtype=np.int32)
    return TextColumn(tuple(texts[number] for number in kept.tolist()), position[codes])
