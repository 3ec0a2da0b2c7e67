"""What went wrong with a text before it was sent: encoded twice, or a CSV file saved inside another."""

from __future__ import annotations

import csv
import io
import itertools
import mmap
import re
from collections import Counter

MOST_MENDED = 64 * 1024 * 1024
_MOST_ROUNDS = 3
_SAMPLE_LINES = 200
_SEPARATORS = (";", ",", "\t", "|")
# Letters with diacritics read as one character set too few: Ã and Â before a second sign, or â€ before a third.
_DOUBLED = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u0152-\u0178\u02c6-\u02dc\u2013-\u203a\u20ac\u2122]|\u00e2\u20ac")


def undoubled(data: mmap.mmap | bytes) -> str | None:
    """The text of bytes that were encoded in UTF-8 once or twice too often; None unless that is the only reading.

    Every character must take part: a text that holds right letters beside wrong ones is not mended.
    """
    if len(data) > MOST_MENDED:
        return None
    try:
        text = data[:].decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    for _ in range(_MOST_ROUNDS):
        readings = {reading for charset in ("cp1252", "latin-1") if (reading := _one_less(text, charset)) is not None}
        if len(readings) != 1:
            return None
        text = readings.pop()
        if not _DOUBLED.search(text) and "\ufffd" not in text:
            return text
    return None


def _one_less(text: str, charset: str) -> str | None:
    try:
        return text.encode(charset).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def csv_in_csv(sample: str, delimiter: str) -> bool:
    """Whether the lines at the beginning are fields of another table: each whole, separators in it."""
    lines = list(itertools.islice(io.StringIO(sample, newline=""), _SAMPLE_LINES))
    for outer in _SEPARATORS:
        quoted = [line for line in lines if line.startswith('"') and line.strip()]
        if len(quoted) < 3 or len(quoted) < 0.8 * sum(bool(line.strip()) for line in lines):
            return False
        try:
            firsts = [row[0] for row in csv.reader(quoted, delimiter=outer, strict=True) if row]
        except csv.Error:
            continue
        for inner in {";", "\t", "|", delimiter} - {"," if outer == "," else ""}:
            count, lines_alike = Counter(first.count(inner) for first in firsts).most_common(1)[0]
            if count >= (2 if inner == "," else 1) and lines_alike >= 0.8 * len(firsts):
                return True
    return False
