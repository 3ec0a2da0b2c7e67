"""What a file itself says of its signs (`- = nichts vorhanden`), held against what was agreed with the office."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from einklang.combinations import occurring
from einklang.declarations.rules import Catalogue
from einklang.declarations.signs import Meaning
from einklang.discretion import has_digit, place_in
from einklang.findings import Finding, finding
from einklang.labels import clean, normalise
from einklang.longtable import LongTable
from einklang.rawtable import RawTable

_ROWS = 300
_COLUMNS = 40
"""How many rows above the first figure of a sheet, and below the last one, are looked through, and columns."""
_BRACKETS = "()"

Row = tuple[int, Sequence[tuple[int, str]]]
"""Number of a row, and column and text of its filled cells."""


class Entry(NamedTuple):
    """A sign with what is said of it; it could be a line of a list (`- vorläufig`) where nothing parts the two."""

    sign: str
    text: str
    row: int
    column: int
    is_parted: bool


def check_legend(
    tables: Sequence[RawTable],
    legends: Sequence[RawTable],
    long: LongTable,
    signs: Mapping[str, Meaning],
    meanings: Iterable[Meaning],
    catalogue: Catalogue,
) -> list[Finding]:
    """A question (IM-STA-007) for each sign among the figures that the file explains otherwise than agreed.

    `legends` are sheets that only explain. `signs` are those agreed with the office, `meanings` all that a sign can
    have, with the words that legends use.
    """
    known = list(meanings)
    texts = _texts(long)
    used = {sign for sign, meaning in signs.items() if _is_used(sign, meaning, texts)}
    if not used:
        return []
    findings = []
    sheets = [*((one, cells_outside(one, long)) for one in tables), *((one, cells_of(one)) for one in legends)]
    for table, cells in sheets:
        entries = [(entry, said) for entry in entries_in(cells, signs) if (said := meant(entry.text, known))]
        counting = signs_counting(entry for entry, _ in entries)
        asked: set[str] = set()
        for entry, said in entries:
            agreed = signs[entry.sign]
            is_same = _effect(agreed) in set(map(_effect, said))
            if entry.sign in (used & counting) - asked and not is_same:
                asked.add(entry.sign)
                findings.append(
                    finding(
                        catalogue,
                        "IM-STA-007",
                        [place_in(table, entry.row, entry.column)],
                        zeichen=entry.sign,
                        text=entry.text,
                        vereinbart=agreed.label,
                    )
                )
    return findings


def _texts(long: LongTable) -> list[str]:
    here = occurring(long.text.codes, len(long.text.texts))
    return [text for text, is_here in zip(long.text.cleaned, here, strict=True) if is_here]


def _is_used(sign: str, meaning: Meaning, texts: Sequence[str]) -> bool:
    if not sign:
        return False
    if sign == _BRACKETS:
        return any(text.startswith("(") for text in texts)
    beside = meaning.value == "keep" or meaning.is_secret
    return any(text == sign or (beside and text.endswith(sign) and has_digit(text)) for text in texts)


def _written(sign: str) -> str:
    return r"\(\s*\)" if sign == _BRACKETS else re.escape(sign)


def cells_outside(table: RawTable, long: LongTable) -> Iterator[Row]:
    """The filled cells above the first figure of the sheet and below the last one."""
    if table.sheet not in long.sheet.texts or table.file not in long.file.texts:
        return
    sheet, file = long.sheet.texts.index(table.sheet), long.file.texts.index(table.file)
    rows = long.row[(long.sheet.codes == sheet) & (long.file.codes == file)]
    if len(rows):
        first, last = int(rows.min()) - 1, int(rows.max())
        yield from cells_of(table, [*range(max(0, first - _ROWS), first), *range(last, min(table.rows, last + _ROWS))])


def cells_of(table: RawTable, rows: Sequence[int] | None = None) -> Iterator[Row]:
    """The filled cells of rows, counted from 0; by default of the first."""
    for row in range(min(table.rows, _ROWS)) if rows is None else rows:
        cells = ((index, column.texts[int(column.codes[row])]) for index, column in enumerate(table.columns[:_COLUMNS]))
        yield row, [(index, text) for index, text in cells if text.strip()]


def entries_in(rows: Iterable[Row], signs: Iterable[str]) -> Iterator[Entry]:
    """Signs with their explanation: in one cell, several in one cell, or in two cells side by side."""
    written = "|".join(map(_written, sorted(filter(None, signs), key=len, reverse=True)))
    pattern = re.compile(rf"({written})(\s*[=:]\s*|\s+)(.+)")
    parts = re.compile(rf"[;\n]|,\s+(?=(?:{written})\s*[=:])|[,:]?\s+(?=(?:{written}|[a-z])\s\s)")
    for row, filled in rows if written else ():
        for position, (index, text) in enumerate(filled):
            for part in parts.split(text):
                if found := pattern.fullmatch(clean(part)):
                    yield Entry(_sign(found[1]), found[3], row, index, bool(found[2].strip()))
            following = clean(filled[position + 1][1]) if position + 1 < len(filled) else ""
            alone = pattern.fullmatch(f"{clean(text)}={following.lstrip('=: ')}") if following else None
            if alone and alone[1] == clean(text):
                yield Entry(_sign(alone[1]), alone[3], row, index, True)


def signs_counting(entries: Iterable[Entry]) -> set[str]:
    """The signs whose explanation is one: parted from it, or one of several; else it could be a line of a list."""
    found = list(entries)
    every = {one.sign for one in found}
    return every if len(every) > 1 else {one.sign for one in found if one.is_parted}


def _sign(written: str) -> str:
    return _BRACKETS if written.startswith("(") else written


def meant(text: str, meanings: Iterable[Meaning]) -> list[Meaning]:
    """The meanings whose words stand in an explanation."""
    said = normalise(text)
    return [one for one in meanings if any(word in said for word in one.words)]


def _effect(meaning: Meaning) -> tuple[str, str, str]:
    """What a sign does to a figure: two meanings of the same effect do not contradict each other."""
    return meaning.value, meaning.obs_status, meaning.conf_status
