"""Reads delimited text: quotes, character sets, title lines and footers of any width.

Two readers give the same table. The exact one (module csv) takes every file. The fast one (PyArrow)
takes the long regular middle of a large file; as soon as one line of that middle has another number
of fields, the exact one reads the whole.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import mmap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from einklang.container import Limit, Unreadable, is_utf16
from einklang.declarations.profile import FileFormat
from einklang.encodings import csv_in_csv, undoubled
from einklang.rawtable import RawTable, TextColumn, blank_column, encode, join_columns

FAST_FROM = 256 * 1024
_HEAD = 256 * 1024
_LARGE = 16 * 1024 * 1024
_ENDS = 64 * 1024
_BATCH = 100_000
_BATCH_CELLS = 4_000_000
MAX_COLUMNS = 4_096
MAX_CELLS = 20_000_000
MAX_TEXTS = 2_000_000
MAX_LINE = 8 * 1024 * 1024
_SAMPLE_ROWS = 1_000_000
_STEP = 256 * 1024
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UTF8_LETTERS = b"\xc3", tuple(letter.encode() for letter in "äöüßÄÖÜ")
_DESTROYED = (
    (b"\xbd", (b"\xef\xbf\xbd",)),
    (b"\x83", (b"\xc3\x83\xc2", b"\xc3\x83\xc5", b"\xc3\x83\xc6\x92", b"\xc3\x83\xe2\x80")),
)


@dataclass(frozen=True)
class ReadText:
    """The table of a text file, the character set found and the one agreed; `is_undoubled`: encoded twice, mended."""

    table: RawTable
    encoding: str
    agreed: str
    is_undoubled: bool = False


class _TooLarge(Exception):
    """Ends the reading of a text; never leaves this module."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        super().__init__(limit.reason)


@dataclass
class _Columns:
    """Rows gathered in batches into dictionary-encoded columns that grow in width."""

    width: int = 0
    parts: list[list[TextColumn]] = field(default_factory=list)
    fields: list[list[int]] = field(default_factory=list)

    texts: int = 0

    def add(self, rows: list[list[str]]) -> None:
        counts = [len(row) for row in rows]
        _check_extent(len(rows), max(counts), sum(counts))
        self.fields.append(counts)
        self.width = max(self.width, *counts)
        part = [encode(list(column)) for column in itertools.zip_longest(*rows, fillvalue="")]
        self.texts += sum(len(column.texts) for column in part)
        _check_texts(self.texts)
        self.parts.append(part)

    def finish(self) -> tuple[tuple[TextColumn, ...], list[int]]:
        counts = list(itertools.chain.from_iterable(self.fields))
        _check_extent(len(counts), self.width, sum(counts))
        lengths = [len(part) for part in self.fields]
        columns = []
        for index in range(self.width):
            pieces = [_piece(part, index, length) for part, length in zip(self.parts, lengths, strict=True)]
            columns.append(join_columns(pieces))
        return tuple(columns), counts


def _check_extent(rows: int, width: int, fields: int) -> None:
    """Few long rows among many short ones would span far more cells than there are."""
    if width > MAX_COLUMNS:
        raise _TooLarge(Limit("limit_columns", width, MAX_COLUMNS))
    if rows * width > max(MAX_CELLS, 4 * fields):
        raise _TooLarge(Limit("limit_far_cell", rows * width, MAX_CELLS))


def _check_texts(count: int) -> None:
    if count > MAX_TEXTS:
        raise _TooLarge(Limit("limit_texts", count, MAX_TEXTS))


def _check_lines(data: mmap.mmap) -> None:
    """A line of more than `MAX_LINE` bytes covers a whole window of half that length without a line end."""
    step = MAX_LINE // 2
    for start in range(0, len(data) - step, step):
        if data.find(b"\n", start, start + step) < 0 and data.find(b"\r", start, start + step) < 0:
            raise _TooLarge(Limit("limit_line", MAX_LINE, MAX_LINE))


def detect_encoding(data: mmap.mmap | bytes, agreed: str) -> tuple[str, int] | Unreadable:
    """Character set of the bytes and length of the byte order mark.

    Unreadable are binary content and letters that an earlier conversion has destroyed.
    """
    for mark, encoding in _BOMS:
        if data[: len(mark)] == mark:
            return (encoding == "utf-8" and _destroyed(data)) or (encoding, len(mark))
    has_zeros = data.find(b"\0") >= 0
    if agreed == "utf-16" or (has_zeros and is_utf16(data[:_HEAD])):
        return Unreadable("utf16_without_mark")
    if has_zeros:
        return Unreadable("file_is_binary")
    if all(data[start : start + _STEP].isascii() for start in range(0, len(data), _STEP)):
        return agreed, 0
    if not _is_utf8(data):
        return _mixed(data) or ("cp1252", 0)
    return _destroyed(data) or ("utf-8", 0)


def _mixed(data: mmap.mmap | bytes) -> Unreadable | None:
    """German letters in UTF-8 within a text that is not: two files in one, or one that was cut within a letter."""
    return _unreadable_at("letters_mixed", data, _first(data, *_UTF8_LETTERS))


def _is_utf8(data: mmap.mmap | bytes) -> bool:
    utf8 = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _STEP):
            utf8.decode(data[start : start + _STEP], final=start + _STEP >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def _destroyed(data: mmap.mmap | bytes) -> Unreadable | None:
    positions = [position for part, marks in _DESTROYED if (position := _first(data, part, marks)) >= 0]
    return _unreadable_at("letters_destroyed", data, min(positions, default=-1))


def _first(data: mmap.mmap | bytes, part: bytes, marks: Sequence[bytes]) -> int:
    """Position of the first mark, -1 where there is none; all have the part, one byte, which is found a lot faster."""
    if data.find(part) < 0:
        return -1
    return min((position for mark in marks if (position := data.find(mark)) >= 0), default=-1)


def _unreadable_at(reason: str, data: mmap.mmap | bytes, position: int) -> Unreadable | None:
    return Unreadable(reason, {"zeile": data[:position].count(b"\n") + 1}) if position >= 0 else None


def read_text(path: Path, name: str, agreed: FileFormat) -> ReadText | Unreadable | Limit:
    """The table in a text file, or why it cannot be read."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        detected = detect_encoding(data, agreed.encoding)
        mended = None
        if isinstance(detected, Unreadable):
            mended = undoubled(data) if detected.reason == "letters_destroyed" else None
            if mended is None:
                return detected
            detected = "utf-8", 0
        encoding, mark = detected
        sample = mended or ""
        if mended is None and data.find(b'"', mark, mark + _HEAD) >= 0:
            # Without a quote, no table is inside another: the text need not be decoded to see that.
            sample = data[mark : mark + _HEAD].decode(encoding, "replace")
        try:
            read = None
            _check_lines(data)
            if len(data) >= FAST_FROM and not encoding.startswith("utf-16") and mended is None:
                read = _read_fast(path, data, mark, encoding, agreed.delimiter)
            if read is None:
                end = len(data)
                lines = _lines(stream, mark, end, encoding) if mended is None else io.StringIO(mended, newline="")
                read = _read_exact(lines, agreed.delimiter)
            columns, fields = read
        except _TooLarge as too_large:
            return too_large.limit
        except (UnicodeDecodeError, pa.ArrowInvalid):
            return Unreadable("letters_unreadable", {"zeichensatz": encoding})
        except csv.Error:
            return Unreadable("csv_in_csv" if csv_in_csv(sample, agreed.delimiter) else "quotes_broken")
    if not columns:
        return Unreadable("file_is_empty")
    if csv_in_csv(sample, agreed.delimiter):
        return Unreadable("csv_in_csv")
    found = "utf-16" if encoding.startswith("utf-16") else encoding
    return ReadText(RawTable(name, "", columns, fields), found, agreed.encoding, mended is not None)


def _lines(stream: io.BufferedReader, start: int, end: int, encoding: str) -> io.TextIOWrapper:
    """The text between two positions, with line ends as they are."""
    return io.TextIOWrapper(io.BufferedReader(_Section(stream, start, end)), encoding=encoding, newline="")


def _read_exact(lines: Iterable[str], delimiter: str) -> tuple[tuple[TextColumn, ...], np.ndarray]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    gathered = _Columns()
    size = 1_000
    while rows := list(itertools.islice(reader, size)):
        gathered.add(rows)
        size = max(1, min(_BATCH, _BATCH_CELLS // max(gathered.width, 1)))
    columns, fields = gathered.finish()
    return columns, np.asarray(fields, dtype=np.int32)


def _longest(texts: pa.BinaryArray) -> int:
    """Bytes of the longest text, or of all where that is less than any limit."""
    size = int(texts.get_total_buffer_size())
    return size if size <= csv.field_size_limit() else int(pc.max(pc.binary_length(texts)).as_py())


def _read_end(text: str, delimiter: str) -> tuple[tuple[TextColumn, ...], np.ndarray]:
    return _read_exact(io.StringIO(text, newline=""), delimiter) if text else ((), np.empty(0, np.int32))


class _Section(io.RawIOBase):
    """The bytes of a file between two positions: a stream, since mapped pages count as memory used."""

    def __init__(self, stream: io.BufferedReader, start: int, end: int) -> None:
        self._stream = stream
        self._left = end - start
        stream.seek(start)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        part = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(part)
        return part

    def readinto(self, buffer: Any, /) -> int:
        part = self.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


def _decoded(column: pa.DictionaryArray, encoding: str) -> TextColumn:
    """The column with its texts decoded at one go: none of them holds a line end."""
    texts = tuple(b"\n".join(column.dictionary.to_numpy(zero_copy_only=False).tolist()).decode(encoding).split("\n"))
    return TextColumn(texts, column.indices.to_numpy(zero_copy_only=False))


def _piece(columns: Sequence[TextColumn], index: int, rows: int) -> TextColumn:
    return columns[index] if index < len(columns) else blank_column(rows)


def _read_fast(
    path: Path, data: mmap.mmap, mark: int, encoding: str, delimiter: str
) -> tuple[tuple[TextColumn, ...], np.ndarray] | None:
    """The table by PyArrow, or None where the middle of the file is not regular."""
    separator = delimiter.encode()
    ends = min(_ENDS, max(_ENDS // 8, len(data) >> 6))
    lines = data[mark : mark + ends].splitlines(keepends=True)[:-1]
    if not lines:
        return None
    counts = [line.count(separator) for line in lines]
    separators = int(np.bincount(counts).argmax())
    width = separators + 1
    if width > MAX_COLUMNS:
        return None
    start_line = max(
        (number for number, count in enumerate(counts[: len(counts) // 2], 1) if count != separators), default=0
    )
    start = mark + sum(map(len, lines[:start_line]))
    tail_from = data.rfind(b"\n", 0, max(start, len(data) - ends)) + 1
    end = tail_from
    for line in data[tail_from:].splitlines(keepends=True):
        if line.count(separator) != separators or not (separators or line.strip()):
            break
        end += len(line)
    if end <= start:
        return None
    carriage_return = data.find(b"\r", start, end)
    is_lone = carriage_return >= 0 and data[carriage_return + 1 : carriage_return + 2] != b"\n"
    if is_lone or data.find(b'"', start, end) >= 0:
        return None
    is_large = end - start > _LARGE
    if is_large and hasattr(mmap, "MADV_DONTNEED"):
        data.madvise(mmap.MADV_DONTNEED)
    names = [str(index) for index in range(width)]
    try:
        # A stream, since mapped pages count as memory used.
        with pa.OSFile(str(path)) as file:
            table = pacsv.read_csv(
                file.get_stream(start, end - start),
                read_options=pacsv.ReadOptions(column_names=names),
                parse_options=pacsv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.binary()), strings_can_be_null=False
                ),
            )
    except pa.ArrowInvalid:
        return None
    rows = table.num_rows
    middle: list[TextColumn] = []
    texts = 0
    if rows > 2 * _SAMPLE_ROWS:
        # Where half of the first million differ, counting all would take more memory than the file is worth.
        sampled = [column.slice(0, _SAMPLE_ROWS).dictionary_encode() for column in table.columns]
        most = max(len(column.chunk(0).dictionary) for column in sampled if column.num_chunks)
        if most > _SAMPLE_ROWS // 2:
            _check_texts(most * rows // _SAMPLE_ROWS)
        del sampled
    while table.num_columns:
        # Encoding afterwards is faster than in the reader; column by column, so that each is freed at once.
        encoded = table.column(0).dictionary_encode()  # one dictionary for all chunks
        table = table.remove_column(0)
        column = encoded.chunk(0) if encoded.num_chunks == 1 else pa.concat_arrays(encoded.chunks)
        texts += len(column.dictionary)
        _check_texts(texts)
        if _longest(column.dictionary) > csv.field_size_limit():
            return None  # the exact reader refuses such a cell
        middle.append(_decoded(column, encoding))
    if is_large:
        # Arrow keeps what reading needed; the steps that follow need it elsewhere.
        pa.default_memory_pool().release_unused()
    rows_before, counts_before = _read_end(data[mark:start].decode(encoding), delimiter)
    rows_after, counts_after = _read_end(data[end:].decode(encoding), delimiter)
    columns = []
    for index in range(max(width, len(rows_before), len(rows_after))):
        pieces = [
            _piece(rows_before, index, len(counts_before)),
            middle.pop(0) if middle else blank_column(rows),
            _piece(rows_after, index, len(counts_after)),
        ]
        columns.append(join_columns([piece for piece in pieces if len(piece.codes)]))
    fields = np.concatenate([counts_before, np.full(rows, width, np.int32), counts_after])
    return tuple(columns), fields
