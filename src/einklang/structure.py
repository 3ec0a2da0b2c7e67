"""Step *structure*: finds the tables in each sheet by what they say and gives them long form.

Each cell of a column of figures in a data row becomes one row of the long table, which still knows
its cell and bears, for every dimension, the label the sender wrote. Belongs here: where things
stand. Does not belong here: what labels, signs and numbers mean (parse, harmonise).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einklang.accounted import Accounted, RowsOfTables, Span, common
from einklang.block import TableBlock
from einklang.columns import ColumnsFound, TableRead, find_columns
from einklang.declarations.profile import Numbers, Profile
from einklang.declarations.rules import Catalogue, Severity
from einklang.declarations.signs import Meaning
from einklang.discretion import place_in
from einklang.evidence import Excerpt
from einklang.excerpts import TableShown, headings_shown, table_shown
from einklang.findings import PLACES_LISTED, Fact, Finding, PlaceFound, finding, reason
from einklang.footnotes import Marks
from einklang.longtable import LongTable, join_tables
from einklang.parse import number_pattern
from einklang.rawtable import Mask, RawTable, TextColumn, column_letter, join_columns
from einklang.region import Region, cell_name, find_regions, seen_by
from einklang.statuses import statuses_of
from einklang.sums_of_rows import check_sums

MAX_BLOCKS = 500
_LISTED = 100


@dataclass(frozen=True)
class Structured:
    """The long table (None where no table was found), what was found, and where every row went.

    `shown` is what reports may show of the tables, `read` how each was read.
    """

    table: LongTable | None
    findings: tuple[Finding, ...]
    accounted: Accounted
    shown: tuple[TableShown, ...] = ()
    read: tuple[TableRead, ...] = ()


@dataclass
class _Sheet:
    """Works out one sheet: every layout that is meant for it takes the tables it finds."""

    table: RawTable
    catalogue: Catalogue
    open_words: frozenset[str]
    signs: frozenset[str]
    accounted: Accounted = field(default_factory=Accounted)
    rows: RowsOfTables = field(init=False)
    found: list[LongTable] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    taken: list[tuple[Region, Span]] = field(default_factory=list)
    layouts: list[tuple[Profile, ColumnsFound]] = field(default_factory=list)
    shown: list[TableShown] = field(default_factory=list)
    tables: list[TableRead] = field(default_factory=list)
    is_understood: bool = True

    def __post_init__(self) -> None:
        self.rows = RowsOfTables(self.table.rows)

    def read(self, layout: Profile) -> bool:
        """Takes the tables of a layout; tells whether there is one."""
        table, span = seen_by(layout, self.table), layout.table.span
        regions = find_regions(table, layout)
        again = [*regions.again, *((region.header, 0) for region in regions.found[MAX_BLOCKS:])]
        if again:
            self._stands_twice(layout.table.header.texts[0], again)
        marks = Marks(layout.footnotes)
        for region in regions.found[:MAX_BLOCKS]:
            if self._is_taken(layout, region):
                continue
            self.taken.append((region, span))
            self._read_block(table, layout, region, marks)
        self._say_marks(marks, layout)
        return bool(regions.found)

    def _is_taken(self, layout: Profile, region: Region) -> bool:
        """Whether another part of the profile has read some of these cells (IM-STR-014)."""
        start = region.first if layout.table.begin else region.header
        for other, span in self.taken:
            columns = common(span, layout.table.span)
            rows = (
                (max(start, first), min(region.end, end))
                for first, end in ((other.header, other.below), (other.first, other.end))
            )
            if columns is not None and (both := [one for one in rows if one[0] < one[1]]):
                self.is_understood = False
                (first, end), (left, right) = both[0], columns
                self._say(
                    "IM-STR-014",
                    [self._place(first, left)],
                    zeile=first + 1,
                    bis=end,
                    spalte=column_letter(left),
                    letzte=column_letter(min(right, len(self.table.columns) - 1)),
                )
                return True
        return False

    def _read_block(self, table: RawTable, layout: Profile, region: Region, marks: Marks) -> None:
        columns = find_columns(table, layout, region, marks.strip)
        for heading, cells in columns.ambiguous:
            self._stands_twice(heading, cells)
        if columns.missing or columns.unknown:
            places = [self._place(*one) for one in columns.unfit[:_LISTED]]
            places = places or [self._place(region.header + layout.table.header.rows - 1)]
            around = headings_shown(table, region, columns)
            self.headings_differ(columns.missing, columns.unknown, columns.meant, places, around)
        if not self.is_understood:
            return
        self.shown.append(table_shown(table, region, columns))
        block = TableBlock(table, layout, region, columns, marks, self.rows.of(layout.table.span), self.accounted)
        long = block.long()
        if len(block.wrong_width):
            self._width_differs(block)
        if block.missing:
            self.headings_differ([block.missing], stops=False)
        self._sums_differ(block)
        if long is not None:
            self.found.append(long)
            self.tables.append(TableRead(table, layout, region, columns))
            if columns.twins:
                self._twins_differ(columns, np.unique(long.row).astype(np.int64) - 1)
        self.layouts.append((layout, columns))

    def finish(self) -> None:
        """Accounts for the rows that no table has taken."""
        self.accounted.rows_read += self.table.rows
        if self.is_understood and self.taken:
            self._figures_outside()
            self._figures_beside()
        if not self.is_understood or not self.taken:
            self.found.clear()
            self.accounted.unstructured_rows = self.table.rows
            self.accounted.unstructured_cells = self.accounted.cells_read - sum(self.accounted.cells.values())
            return
        rows = self.rows.joined()
        rest, first = rows.unsaid, self._first_header
        rows.leave(rest[rest < first], "rows_above_table")
        rows.leave(rest[rest > first], "rows_below_table")
        for why, count in rows.counts().items():
            self.accounted.leave_rows(why, count)

    @property
    def _first_header(self) -> int:
        return min(region.header for region, _ in self.taken)

    # -- what is said -------------------------------------------------------------------------

    def _say(self, rule: str, places: Sequence[PlaceFound], count: int | None = None, **facts: Fact) -> None:
        self.findings.append(finding(self.catalogue, rule, places, count, **facts))

    def _place(self, row: int | None = None, column: int | None = None) -> PlaceFound:
        return place_in(self.table, row, column)

    def headings_differ(
        self,
        missing: Sequence[str],
        unknown: Sequence[str] = (),
        meant: Sequence[tuple[str, str]] = (),
        places: Sequence[PlaceFound] = (),
        excerpt: Excerpt | None = None,
        stops: bool = True,
    ) -> None:
        """Headings that are missing or not agreed (IM-STR-003)."""
        self.is_understood &= not stops
        nothing = self.catalogue.reasons["nothing"]
        likely = ", ".join(f"„{one}“ → „{other}“" for one, other in meant)
        self._say(
            "IM-STR-003",
            places or [self._place()],
            fehlend=", ".join(f"„{text}“" for text in missing) or nothing,
            unbekannt=", ".join(f"„{text}“" for text in unknown) or nothing,
            vorschlag=reason(self.catalogue, "headings_meant", vorschlag=likely) if likely else "",
        )
        self.findings[-1] = self.findings[-1].model_copy(update={"excerpt": excerpt})

    def _stands_twice(self, heading: str, cells: Sequence[tuple[int, int]]) -> None:
        self.is_understood = False
        listed = ", ".join(cell_name(*cell) for cell in cells[:_LISTED])
        self._say("IM-STR-008", [self._place(*cell) for cell in cells[:_LISTED]], roh=heading, zellen=listed)

    def _width_differs(self, block: TableBlock) -> None:
        fields, wrong = self.table.fields, block.wrong_width
        if fields is not None:
            self._say(
                "IM-STR-004",
                [self._place(row, 0).model_copy(update={"column": ""}) for row in wrong[:_LISTED].tolist()],
                count=len(wrong),
                zeile=int(wrong[0]) + 1,
                n=int(fields[wrong[0]]),
                erwartet=int(fields[block.region.below - 1]),
                zeilen=len(wrong),
            )

    def _say_marks(self, marks: Marks, layout: Profile) -> None:
        """Marks without a note outside the table, or in a row that the profile declares as no data (IM-STR-010)."""
        rows = self.rows.of(layout.table.span)
        notes = np.concatenate([rows.unsaid, rows.left_for(row.reason for row in layout.rows_not_data)])
        texts = (text for column in self.table.columns for text in column.rows(notes).present)
        unexplained = marks.unexplained(texts)
        if unexplained:
            listed = ", ".join(f"„{mark}“ („{label}“)" for mark, label in unexplained.items())
            self._say("IM-STR-010", [self._place()], count=len(unexplained), liste=listed)

    def _sums_differ(self, block: TableBlock) -> None:
        for declared, sums, data, sections in block.sums:
            says = statuses_of(self.table, block.layout, block.region, block.columns) or {}
            closed = {figure: self._may_be_secret(column) for figure, column in says.items()}
            figures, numbers = block.columns.figures, block.layout.numbers
            found = check_sums(self.table, declared, sums, data, sections, figures, numbers, closed)
            if found:
                one = found[0]
                self._say(
                    "IM-AGG-007",
                    [self._place(each.row, each.column) for each in found],
                    zelle=cell_name(one.row, one.column),
                    wert=one.given,
                    n=one.count,
                    summe=one.parts,
                    diff=one.given - one.parts,
                    tol=declared.tolerance,
                )

    def _may_be_secret(self, column: TextColumn) -> Mask:
        """The rows whose status says that a figure is secret, or nothing that is known."""
        return column.where([bool(word) and word.casefold() not in self.open_words for word in column.cleaned])

    def _twins_differ(self, columns: ColumnsFound, rows: NDArray[np.int64]) -> None:
        for twin, first in columns.twins.items():
            ours, theirs = self.table.columns[first].rows(rows), self.table.columns[twin].rows(rows)
            both = join_columns([TextColumn(one.cleaned, one.codes) for one in (ours, theirs)])
            wrong = rows[both.codes[: len(rows)] != both.codes[len(rows) :]]
            if len(wrong):
                self._say(
                    "IM-STR-011",
                    [self._place(row, twin) for row in wrong[:PLACES_LISTED].tolist()],
                    count=len(wrong),
                    spalte=column_letter(twin),
                    erste=column_letter(first),
                    n=len(wrong),
                )

    def _figures_outside(self) -> None:
        """Rows that no table has taken although they look like rows of figures: a label, and numbers or signs."""
        named = np.empty(0, dtype=np.int64)
        for layout, columns in self.layouts:
            rows = np.setdiff1d(self.rows.unsaid(layout.table.span), named)
            numbers = np.zeros(len(rows), dtype=np.int32)
            signs = np.zeros(len(rows), dtype=np.int32)
            other = np.zeros(len(rows), dtype=np.bool_)
            for index in columns.figures:
                column = self.table.columns[index].rows(rows)
                is_number = _is_number(column, layout.numbers)
                is_sign = column.where([text in self.signs for text in column.cleaned]) & ~is_number
                numbers += is_number
                signs += is_sign
                other |= ~(is_number | is_sign | column.blank)
            every = seen_by(layout, self.table).columns
            filled = sum((~column.rows(rows).blank).astype(np.int32) for column in every)
            says = numbers + signs
            is_labelled = (filled > says) & (2 * says > len(columns.figures))
            looks = ~other & (((numbers == len(columns.figures)) & (filled > 1)) | is_labelled)
            if len(columns.figures) == 1:
                looks &= rows > self._first_header
            outside = rows[looks]
            if not len(outside):
                continue
            if layout.table.others is not None:
                self.rows.of(layout.table.span).leave(outside, layout.table.others)
            else:
                named = np.append(named, outside)
                self._stand_outside(outside, columns.figures[0])

    def _figures_beside(self) -> None:
        """Numbers beside the tables, in a column that belongs to none of the parts."""
        parts = [layout.table for layout, _ in self.layouts]
        rows = np.arange(self._first_header, max(region.end for region, _ in self.taken))
        for index, column in enumerate(self.table.columns):
            if any(one.has(column_letter(index)) or one.others is not None for one in parts):
                continue
            beside = rows[_is_number(column.rows(rows), self.layouts[0][0].numbers)]
            if len(beside):
                self._stand_outside(beside, index)
                return

    def _stand_outside(self, rows: NDArray[np.int64], index: int) -> None:
        self.is_understood = False
        self._say(
            "IM-STR-009",
            [self._place(row, index) for row in rows[:PLACES_LISTED].tolist()],
            count=len(rows),
            zelle=cell_name(int(rows[0]), index),
            n=len(rows),
        )


def _is_number(column: TextColumn, numbers: Numbers) -> Mask:
    fits = pc.match_substring_regex(pa.array(column.cleaned, pa.string()), number_pattern(numbers))
    return column.where(fits.to_pylist())


def structure(
    tables: Sequence[RawTable],
    profile: Profile,
    words: Mapping[str, Meaning],
    signs: Iterable[str],
    catalogue: Catalogue,
) -> Structured:
    """The figures of all sheets and files of a delivery in long form.

    `words` are those of status columns: a sum of which a figure may be secret is not judged. `signs` stand in place of
    figures: a row of them outside the tables is missed like one of numbers.
    Every sheet is read by each part of the profile that is meant for it. An error ends the line; what was
    understood is then quarantined with the rest.
    """
    accounted = Accounted()
    known = frozenset(word.casefold() for word, meaning in words.items() if not meaning.is_withheld)
    agreed = frozenset(signs) - {""}
    findings = _open_questions(tables, profile, catalogue)
    found: list[LongTable] = []
    shown: list[TableShown] = []
    read_tables: list[TableRead] = []
    missing = {number for number, layout in enumerate(profile.layouts) if not layout.table.optional}
    for table in tables:
        sheet = _Sheet(table, catalogue, known, agreed)
        wanted = [
            number
            for number, layout in enumerate(profile.layouts)
            if re.fullmatch(layout.file.sheet, table.sheet.strip())
        ]
        read = {number for number in wanted if sheet.read(profile.layouts[number])}
        if not read:
            sheet.headings_differ([text for number in wanted for text in _anchors(profile.layouts[number])])
        missing -= read
        sheet.finish()
        accounted.add(sheet.accounted)
        findings.extend(sheet.findings)
        found.extend(sheet.found)
        shown.extend(sheet.shown)
        read_tables.extend(sheet.tables)
    if tables and missing and not any(one.severity is Severity.ERROR for one in findings):
        sheet = _Sheet(tables[0], catalogue, known, agreed)
        absent = [text for number in sorted(missing) for text in _anchors(profile.layouts[number])]
        sheet.headings_differ(absent)
        findings.extend(sheet.findings)
    if any(one.severity is Severity.ERROR for one in findings):
        for long in found:
            accounted.leave_unstructured(len(np.unique(long.row)), long.size)
        return Structured(None, tuple(findings), accounted)
    joined = join_tables(found) if found else None
    if joined is not None and not joined.size:
        empty = tables[0].file
        why = reason(catalogue, "file_has_no_figures")
        findings.append(finding(catalogue, "IM-FIL-001", [PlaceFound(file=empty)], datei=empty, grund=why))
    return Structured(joined, tuple(findings), accounted, tuple(shown), tuple(read_tables))


def _open_questions(tables: Sequence[RawTable], profile: Profile, catalogue: Catalogue) -> list[Finding]:
    """What the draft of a profile has left open (IM-STR-012)."""
    if not profile.todo:
        return []
    places = [PlaceFound(file=table.file) for table in tables[:1]]
    return [finding(catalogue, "IM-STR-012", places, n=len(profile.todo), liste=" ".join(profile.todo))]


def _anchors(layout: Profile) -> list[str]:
    """What the table of a layout is found by."""
    return [*([layout.table.title] if layout.table.title else []), *layout.table.header.texts]
