"""What a file says of the status of its figures beside them (`vorläufiges Ergebnis`), held against what is read.

Belongs here: where such words stand, and which figures they are about. Does not belong here: where a profile finds the
status (`statuses`), and what the signs in the cells mean (`legend`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einklang.columns import TableRead
from einklang.declarations.base import Text
from einklang.declarations.rules import Catalogue
from einklang.declarations.signs import Meaning
from einklang.discretion import has_digit, has_word, headings_hidden, place_in
from einklang.evidence import shortened
from einklang.findings import Finding, PlaceFound, finding, reason
from einklang.footnotes import Marks, plain, start_of_mark
from einklang.heads import read_heads
from einklang.labels import clean, normalise
from einklang.legend import Row, cells_of, cells_outside, entries_in, meant, signs_counting
from einklang.longtable import LongTable
from einklang.parse import Parsed
from einklang.rawtable import Mask, RawTable
from einklang.status_words import status_words

RULE = "IM-STA-008"
_TITLE_ROWS = 200
_LONGEST_SIGN = 3
_LONGEST_MARK = 4
_MOST_SIGNS = 20
_NOTE = re.compile(r"((?!\d{3})[^\s=:–—-]{1,4})(?:\s*[=:]\s*|\s+)(.+)")


class Note(NamedTuple):
    """A mark that a note explains as a status (`p vorläufige Zahlen`)."""

    mark: str
    meaning: str
    text: str


class Beside(NamedTuple):
    """A text beside figures: what it is (a name in `reasons`), where it stands, and its figures in the long table."""

    kind: str
    text: str
    place: PlaceFound
    figures: Mask


def check_claims(
    read: Sequence[TableRead],
    legends: Iterable[RawTable],
    long: LongTable,
    parsed: Parsed,
    meanings: Mapping[str, Meaning],
    catalogue: Catalogue,
) -> list[Finding]:
    """A question (IM-STA-008) for each text that gives figures a status which the profile does not take from the file.

    That is a title, the name of a sheet, a heading or a label that says so in words or bears a mark of which a note
    says so; and a column declared as no data whose signs are statuses. `legends` are sheets that only explain.
    """
    others = [row for table in legends for row in cells_of(table)]
    findings: list[Finding] = []
    for tables in _by_sheet(read):
        rows = [*cells_outside(tables[0].table.cut_from or tables[0].table, long), *others]
        claims = _Claims(rows, long, parsed, meanings, catalogue)
        for one in tables:
            for text in _beside(one, long, claims.is_wanted):
                claims.judge(text)
            claims.judge_figures(one)
            claims.judge_columns(one)
        findings += claims.findings()
    return findings


def _by_sheet(read: Sequence[TableRead]) -> Iterator[list[TableRead]]:
    sheets: dict[tuple[str, str], list[TableRead]] = {}
    for one in read:
        sheets.setdefault((one.table.file, one.table.sheet), []).append(one)
    yield from sheets.values()


@dataclass
class _Claims:
    """Judges the texts of one sheet, the widest first; what a text says of figures is not asked about again."""

    rows: Sequence[Row]
    long: LongTable
    parsed: Parsed
    meanings: Mapping[str, Meaning]
    catalogue: Catalogue
    counts: dict[tuple[PlaceFound, Text], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.notes = list(_notes(self.rows))
        self.asked: dict[str, Mask] = {}

    @cached_property
    def unsaid(self) -> Mask:
        """The numbers of which the profile says no status."""
        found: Mask = ~np.isnan(self.parsed.value) & self.long.status.blank
        return found

    def is_wanted(self, text: str) -> bool:
        """Whether a text says a status, or bears a mark of which a note says it."""
        if not text or ((note := _NOTE.fullmatch(text)) and not has_word(note[1])):
            return False  # what explains a mark says nothing of the figures around it
        return bool(_claimed(text)) or any(_without(one.mark, text) is not None for one in self.notes)

    def judge(self, text: Beside) -> None:
        for meaning in _claimed(text.text):
            self._ask(text, meaning, reason(self.catalogue, text.kind, text=shortened(text.text)))
        for note in self.notes:
            if (bare := _without(note.mark, text.text)) is not None:
                shown = text.place.cell if headings_hidden([bare])[0] else shortened(text.text)
                grund = reason(self.catalogue, "status_said_by_mark", text=shown, zeichen=note.mark, notiz=note.text)
                self._ask(text, note.meaning, grund)

    def _ask(self, text: Beside, code: str, grund: Text) -> None:
        meaning = self.meanings[code]
        asked = self.asked.setdefault(code, np.zeros(self.long.size, dtype=np.bool_))
        status = self.parsed.obs_status
        is_taken = (status.where([one == meaning.obs_status for one in status.texts]) & text.figures).any()
        open_figures = text.figures & self.unsaid & ~asked
        if open_figures.any() and not is_taken:
            asked |= text.figures
            self._say(text.place, int(open_figures.sum()), grund)

    def judge_figures(self, one: TableRead) -> None:
        """Marks that are taken off the figures themselves."""
        footnotes = one.layout.footnotes
        if footnotes is None or not footnotes.on_figures or not self.notes:
            return
        marks = Marks(footnotes)
        under = _figures_of(one, self.long)
        for note in self.notes:
            bears = np.zeros(self.long.size, dtype=np.bool_)
            for index in one.columns.figures:
                column = one.table.columns[index]
                hits = [
                    plain(text.removeprefix(bare)).strip() == note.mark
                    for text in column.cleaned
                    for bare in [marks.strip_figure(text)]
                ]
                bears |= under & (self.long.column == index) & column.where(hits)[self.long.row - 1]
            if bears.any():
                first = int(np.flatnonzero(bears)[0])
                place = place_in(one.table, int(self.long.row[first]) - 1, int(self.long.column[first]))
                facts = {"text": place.cell, "zeichen": note.mark, "notiz": note.text}
                grund = reason(self.catalogue, "status_said_by_mark", **facts)
                self._ask(Beside("", "", place, bears), note.meaning, grund)

    def judge_columns(self, one: TableRead) -> None:
        """Columns that are no data although their signs are statuses of the figures beside them."""
        for index in one.columns.left_out:
            rows = np.unique(self.long.row[_figures_of(one, self.long)]).astype(np.int64) - 1
            cells = one.table.columns[index].rows(rows)
            counts = np.bincount(cells.codes, minlength=len(cells.texts))
            held = {text: int(count) for text, count in zip(cells.cleaned, counts, strict=True) if text and count}
            is_of_signs = all(len(text) <= _LONGEST_SIGN and not has_digit(text) for text in held)
            if not is_of_signs or len(held) > _MOST_SIGNS:
                continue
            entries = [(entry, meant(entry.text, self.meanings.values())) for entry in entries_in(self.rows, held)]
            counting = signs_counting(entry for entry, _ in entries) | {sign for sign in held if sign.isalpha()}
            for entry, said in entries:
                if entry.sign in counting and any(_is_status(meaning) for meaning in said):
                    place = place_in(one.table, one.region.header + len(one.columns.heads) - 1, index)
                    grund = reason(
                        self.catalogue,
                        "status_said_by_column",
                        spalte=place.column,
                        zeichen=entry.sign,
                        notiz=shortened(entry.text),
                    )
                    self._say(place, held[entry.sign], grund)
                    break

    def _say(self, place: PlaceFound, count: int, grund: Text) -> None:
        self.counts[place, grund] = self.counts.get((place, grund), 0) + count

    def findings(self) -> list[Finding]:
        """What was found; tables under one header say it once."""
        return [
            finding(self.catalogue, RULE, [place], grund=grund, n=count)
            for (place, grund), count in self.counts.items()
        ]


def _is_status(meaning: Meaning) -> bool:
    """Whether it says more of a figure than that it is final."""
    return (meaning.value, meaning.obs_status, meaning.conf_status) != ("keep", "A", "F")


def _claimed(text: str) -> list[str]:
    """The meanings that a text gives in words."""
    said = normalise(text)
    return [meaning for meaning, pattern in status_words().claims.items() if re.search(pattern, said)]


def _notes(rows: Iterable[Row]) -> Iterator[Note]:
    """The marks that notes explain as a status, raised digits as plain ones."""
    for _, filled in rows:
        texts = [clean(line) for _, text in filled for line in text.splitlines()]
        cells = [clean(text) for _, text in filled]
        for text in dict.fromkeys([*texts, *(f"{one} {other}" for one, other in pairwise(cells))]):
            found = _NOTE.fullmatch(text)
            if found and not has_word(found[1]) and (meanings := _claimed(found[2])):
                yield Note(plain(found[1]), meanings[0], shortened(found[2]))


def _without(mark: str, text: str) -> str | None:
    """A label without the mark at its end; None where it does not bear it."""
    start = start_of_mark(re.compile(rf"{re.escape(mark)}$"), text)
    if start is None or not text[:start].strip():
        return None
    before, bare = text[start - 1], text[:start].rstrip()
    if mark[0].isalnum():
        is_raised = plain(text[start]) != text[start]
        if mark.isalpha() and not bare[-1].isdecimal():
            return None
        if mark[0].isdecimal() and not is_raised and (before.isdecimal() or mark.isdecimal() or "(" in bare):
            return None
    return bare if before != mark[0] or mark[0].isalnum() else None


def _beside(one: TableRead, long: LongTable, is_wanted: Callable[[str], bool]) -> Iterator[Beside]:
    """The texts wanted that stand beside the figures of a table, from the widest to the narrowest."""
    table, region, columns = one.table, one.region, one.columns
    figures = cache(lambda: _figures_of(one, long))
    if is_wanted(clean(table.sheet)):
        yield Beside("status_said_by_sheet", clean(table.sheet), place_in(table), figures())
    for row, index, text in _titles(one, is_wanted):
        yield Beside("status_said_by_title", text, place_in(table.cut_from or table, row, index), figures())
    heads, written = read_heads(table, one.layout.table.header, region.header, str)
    for number, texts in enumerate(heads):
        for text in filter(is_wanted, dict.fromkeys(texts[index] for index in columns.figures)):
            under = [index for index in columns.figures if texts[index] == text]
            place = place_in(table, region.header + number, written[number].index(text))
            yield Beside("status_said_by_heading", text, place, figures() & np.isin(long.column, under))
    for index in columns.labels:
        for text in filter(is_wanted, dict.fromkeys(table.columns[index].cleaned)):
            first, rows = _rows_under(one, index, text, long.row[figures()])
            if first is not None:
                yield Beside("status_said_by_row", text, place_in(table, first, index), figures() & rows[long.row - 1])


def _rows_under(one: TableRead, index: int, text: str, data: NDArray[np.int32]) -> tuple[int | None, Mask]:
    """The first row with a label, and the rows that it holds for; `data` are the rows with figures, from 1.

    That is its own row with those below whose cell is blank, and, of a label without figures, the rows up to the next.
    """
    column, rows = one.table.columns[index], np.arange(one.table.rows)
    bears = column.where([each == text for each in column.cleaned])
    bears &= (rows >= one.region.first) & (rows < one.region.end)
    label = np.maximum.accumulate(np.where(column.blank, 0, rows))
    head = np.maximum.accumulate(np.where(np.isin(rows, data - 1), -1, rows))
    return next(iter(np.flatnonzero(bears).tolist()), None), bears[label] | (bears[head] & (head >= 0))


def _titles(one: TableRead, is_wanted: Callable[[str], bool]) -> Iterator[tuple[int, int, str]]:
    """Row, column and text of the cells of the title that are wanted, and do not explain the cell before them.

    Of tables side by side, what stands at the left edge of the sheet may be the title of all of them.
    """
    whole, rows = one.table.cut_from, _title_rows(one)
    for row, own in cells_of(one.table, rows):
        filled = own
        if not own and whole is not None:
            filled = [(index, text) for _, cells in cells_of(whole, [row]) for index, text in cells if not index]
        before = ""
        for index, cell in filled:
            text = clean(cell)
            if not (0 < len(before) <= _LONGEST_MARK and not has_word(before)) and is_wanted(text):
                yield row, index, text
            before = text


def _figures_of(one: TableRead, long: LongTable) -> Mask:
    """The figures of a table."""
    here: Mask = (long.row > one.region.first) & (long.row <= one.region.end)
    here &= long.file.where([text == one.table.file for text in long.file.texts])
    here &= long.sheet.where([text == one.table.sheet for text in long.sheet.texts])
    return here & np.isin(long.column, list(one.columns.figures))


def _title_rows(one: TableRead) -> range:
    """The rows of the title: all above the first table of a sheet; of a further one those right above its header."""
    region, header = one.region, one.region.header
    if not region.top:
        return range(max(0, header - _TITLE_ROWS), header)
    start = header
    for row in range(header - 1, region.top - 1, -1):
        is_blank = all(column.blank[row] for column in one.table.columns)
        if is_blank and start < header:
            break
        start = start if is_blank else row
    return range(start, header)
