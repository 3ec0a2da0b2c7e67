"""Step *structure*: finds the table in a sheet by what it says and gives it long form.

Each cell of a column of figures in a data row becomes one row of the long table, which still knows
its cell and bears, for every dimension, the label the sender wrote. Belongs here: where things
stand. Does not belong here: what labels, signs and numbers mean (parse, harmonise).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from einklang.columns import ColumnsFound, find_columns
from einklang.declarations.profile import Place, Profile
from einklang.declarations.rules import Catalogue
from einklang.excerpts import TableShown, table_shown
from einklang.findings import Finding, PlaceFound, finding, reason
from einklang.labels import normalise
from einklang.longtable import Accounted, LabelCell, LongTable, join_tables
from einklang.rawtable import Mask, RawTable, TextColumn, column_index, encode, join_columns
from einklang.region import Region, cells_above, find_region


@dataclass(frozen=True)
class Structured:
    """The long table (None where no table was found), what was found, and where every row went.

    `shown` is what reports may show of the tables.
    """

    table: LongTable | None
    findings: tuple[Finding, ...]
    accounted: Accounted
    shown: tuple[TableShown, ...] = ()


def _pick(column: TextColumn, place: Place) -> TextColumn:
    """The column with each label reduced to the part that the pattern names."""
    texts = column.cleaned
    if place.pattern is not None:
        pattern = re.compile(place.pattern)
        texts = tuple(_matched(pattern, text) for text in texts)
    return TextColumn(texts, column.codes)


def _matched(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.fullmatch(text)
    if found is None:
        return text
    return found["key"] if "key" in pattern.groupindex else found[0]


def _slice(column: TextColumn, rows: NDArray[np.int64]) -> TextColumn:
    """The rows named, in order; without a copy where none between them is left out."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return TextColumn(column.texts, column.codes[rows[0] : rows[-1] + 1])
    return TextColumn(column.texts, column.codes[rows])


def _fill_down(column: TextColumn) -> TextColumn:
    positions = np.where(column.blank, -1, np.arange(len(column.codes)))
    last = np.maximum.accumulate(positions)
    codes = column.codes[np.maximum(last, 0)]
    return TextColumn(column.texts, codes)


def _constant(text: str, size: int) -> TextColumn:
    return TextColumn((text,), np.zeros(size, dtype=np.int32))


def _across(column: TextColumn, width: int) -> TextColumn:
    """A label per data row, repeated for each column of figures."""
    return column if width == 1 else TextColumn(column.texts, np.repeat(column.codes, width))


def _down(texts: Sequence[str], rows: int) -> TextColumn:
    """A label per column of figures, repeated for each data row."""
    column = encode(list(texts))
    return TextColumn(column.texts, np.tile(column.codes, rows))


@dataclass
class _Sheet:
    """Works out one sheet."""

    table: RawTable
    profile: Profile
    catalogue: Catalogue
    accounted: Accounted
    findings: list[Finding] = field(default_factory=list)
    shown: list[TableShown] = field(default_factory=list)

    def structure(self) -> LongTable | None:
        region = find_region(self.table, self.profile)
        self.accounted.rows_read += self.table.rows
        if region is None:
            self.accounted.unstructured_rows += self.table.rows
            self._headings_differ([self.profile.table.header.find], [], row=None)
            return None
        columns = find_columns(self.table, self.profile, region.header, region.first, region.end)
        if columns.missing or columns.unknown:
            self.accounted.unstructured_rows += self.table.rows
            self._headings_differ(columns.missing, columns.unknown, region.header + self.profile.table.header.rows)
            return None
        self.accounted.leave_rows("rows_above_table", region.header)
        self.accounted.leave_rows("rows_of_headings", region.first - region.header)
        self.accounted.leave_rows("rows_below_table", self.table.rows - region.end)
        self.shown.append(table_shown(self.table, region, columns))
        return self._long(region, columns)

    def _headings_differ(self, missing: Sequence[str], unknown: Sequence[str], row: int | None) -> None:
        nothing = self.catalogue.reasons["nothing"]
        pairs = [
            f"„{one}“ → „{other}“"
            for one in unknown
            for other in missing
            if normalise(one)[:4] == normalise(other)[:4] or normalise(one)[-6:] == normalise(other)[-6:]
        ]
        place = PlaceFound(file=self.table.file, sheet=self.table.sheet, row=row)
        self.findings.append(
            finding(
                self.catalogue,
                "IM-STR-003",
                [place],
                fehlend=", ".join(f"„{text}“" for text in missing) or nothing,
                unbekannt=", ".join(f"„{text}“" for text in unknown) or nothing,
                vorschlag=", ".join(pairs) or nothing,
            )
        )

    def _long(self, region: Region, columns: ColumnsFound) -> LongTable | None:
        table = self.table
        inside = np.zeros(table.rows, dtype=np.bool_)
        inside[region.first : region.end] = True
        no_figure = np.ones(table.rows, dtype=np.bool_)
        for index in columns.figures:
            no_figure &= table.columns[index].blank
        no_label = np.ones(table.rows, dtype=np.bool_)
        for index in columns.labels:
            no_label &= table.columns[index].blank
        sections = self._sections(inside & no_figure)
        taken = self._declared_rows(inside, columns)
        for mask in sections.values():
            taken |= mask
        self.accounted.leave_rows("rows_of_sections", sum(int(mask.sum()) for mask in sections.values()))
        blank = inside & no_figure & no_label & ~taken
        self.accounted.leave_rows("rows_blank", int(blank.sum()))
        rows = np.flatnonzero(inside & ~taken & ~blank)
        self.accounted.cells_read += len(rows) * (len(columns.figures) + len(columns.left_out))
        for why in columns.left_out.values():
            self.accounted.leave_cells(why, len(rows))
        melted = self._melt(rows, region, columns, sections) if self._same_width(rows, region) else None
        if melted is None:
            self.accounted.leave_unstructured(len(rows), len(rows) * len(columns.figures))
        return melted

    def _sections(self, candidates: Mask) -> dict[str, Mask]:
        found: dict[str, Mask] = {}
        for name, place in self.profile.dimensions.items():
            if place.section is not None and place.pattern is not None:
                column = self.table.columns[column_index(place.section)]
                pattern = re.compile(place.pattern)
                found[name] = candidates & column.where([bool(pattern.fullmatch(text)) for text in column.cleaned])
        return found

    def _declared_rows(self, inside: Mask, columns: ColumnsFound) -> Mask:
        taken = np.zeros(self.table.rows, dtype=np.bool_)
        for declared in self.profile.rows_not_data:
            index = column_index(declared.column)
            if index < len(self.table.columns):
                column = self.table.columns[index]
                pattern = re.compile(declared.pattern)
                mask = inside & ~taken & column.where([bool(pattern.fullmatch(text)) for text in column.cleaned])
                self.accounted.leave_rows(declared.reason, int(mask.sum()))
                taken |= mask
        for name, place in self.profile.dimensions.items():
            if place.is_row_label and place.not_data:
                reasons = {normalise(label): reason for label, reason in place.not_data.items()}
                column = _pick(self.table.columns[columns.place[name]], place)
                keys = [reasons.get(normalise(text)) for text in column.texts]
                for reason in dict.fromkeys(filter(None, keys)):
                    mask = inside & ~taken & column.where([key == reason for key in keys])
                    self.accounted.leave_rows(reason, int(mask.sum()))
                    taken |= mask
        return taken

    def _same_width(self, rows: NDArray[np.int64], region: Region) -> bool:
        fields = self.table.fields
        if fields is None or not len(rows):
            return True
        expected = int(fields[region.first - 1])
        regular = fields == expected
        if regular.all():
            return True
        wrong = rows[~regular[rows]]
        if not len(wrong):
            return True
        places = [
            PlaceFound(file=self.table.file, row=int(row) + 1, raw=self.table.text(int(row), 0)) for row in wrong[:100]
        ]
        self.findings.append(
            finding(
                self.catalogue,
                "IM-STR-004",
                places,
                count=len(wrong),
                zeile=int(wrong[0]) + 1,
                n=int(fields[wrong[0]]),
                erwartet=expected,
                zeilen=len(wrong),
            )
        )
        return False

    def _melt(
        self, rows: NDArray[np.int64], region: Region, columns: ColumnsFound, sections: dict[str, Mask]
    ) -> LongTable | None:
        figures = columns.figures
        size, width = len(rows), len(figures)
        labels: dict[str, TextColumn] = {}
        for name, place in self.profile.dimensions.items():
            column = self._label(name, place, rows, columns, sections)
            if column is None:
                return None
            labels[name] = column
        for name in columns.codes:
            labels[name] = _down([columns.codes[name][index] for index in figures], size)
        joined = join_columns([_slice(self.table.columns[index], rows) for index in figures])
        text = joined.codes.reshape(width, size).T.ravel() if width > 1 else joined.codes
        blank = _constant("", size * width)
        status = (
            _across(_slice(self.table.columns[columns.status], rows), width) if columns.status is not None else blank
        )
        names = {
            dimension: _across(_slice(self.table.columns[index], rows), width)
            for dimension, index in columns.names.items()
        }
        return LongTable(
            labels=labels,
            assigned=frozenset(columns.codes)
            | {name for name, place in self.profile.dimensions.items() if place.constant is not None},
            text=TextColumn(joined.texts, text),
            status=status,
            names=names,
            label_cells={(self.table.file, self.table.sheet): self._label_cells(region, columns)},
            unit=_down([columns.units.get(index, "") for index in figures], size),
            file=_constant(self.table.file, size * width),
            sheet=_constant(self.table.sheet, size * width),
            row=np.repeat(rows.astype(np.int32) + np.int32(1), width),
            column=np.tile(np.asarray(figures, dtype=np.int32), size),
        )

    def _label_cells(self, region: Region, columns: ColumnsFound) -> dict[tuple[str, str], LabelCell]:
        cells = {("label", name): LabelCell(column=index) for name, index in columns.place.items()}
        cells |= {("name", name): LabelCell(column=index) for name, index in columns.names.items()}
        for name, place in self.profile.dimensions.items():
            if place.header_row is not None:
                cells["label", name] = LabelCell(row=region.header + place.header_row)
        return cells

    def _label(
        self,
        name: str,
        place: Place,
        rows: NDArray[np.int64],
        columns: ColumnsFound,
        sections: dict[str, Mask],
    ) -> TextColumn | None:
        width = len(columns.figures)
        if place.is_row_label:
            column = self.table.columns[columns.place[name]]
            inside = _slice(column, rows)
            return _across(_pick(_fill_down(inside) if place.fill_down else inside, place), width)
        if place.header_row is not None:
            heads = _pick(encode([columns.heads[place.header_row - 1][index] for index in columns.figures]), place)
            return TextColumn(heads.texts, np.tile(heads.codes, len(rows)))
        if place.section is not None:
            column = self.table.columns[column_index(place.section)]
            starts = np.where(sections[name], np.arange(self.table.rows), -1)
            above = np.maximum.accumulate(starts)[rows]
            texts = ("", *column.texts)
            codes = np.where(above < 0, 0, column.codes[np.maximum(above, 0)] + 1).astype(np.int32)
            return _across(_pick(TextColumn(texts, codes), place), width)
        if place.constant is not None:
            return _constant(place.constant, len(rows) * width)
        single = self._single(place)
        if single is None:
            self._headings_differ([f"{name}: {place.pattern or ''}"], [], row=None)
            return None
        return _constant(single, len(rows) * width)

    def _single(self, place: Place) -> str | None:
        if place.sheet:
            return _pick(encode([self.table.sheet]), place).cleaned[0]
        pattern = re.compile(place.pattern or ".*")
        if place.file:
            texts: Iterable[str] = [self.table.file]
        else:
            region = find_region(self.table, self.profile)
            texts = cells_above(self.table, region.header if region else 0)
        for text in texts:
            found = pattern.search(text)
            if found is not None:
                return found["key"] if "key" in pattern.groupindex else found[0]
        return None


def structure(tables: Sequence[RawTable], profile: Profile, catalogue: Catalogue) -> Structured:
    """The figures of all sheets and files of a delivery in long form."""
    accounted = Accounted()
    findings: list[Finding] = []
    found: list[LongTable] = []
    shown: list[TableShown] = []
    for table in tables:
        sheet = _Sheet(table, profile, catalogue, accounted)
        long = sheet.structure()
        findings.extend(sheet.findings)
        shown.extend(sheet.shown)
        if long is not None:
            found.append(long)
    if findings:
        for long in found:
            accounted.leave_unstructured(len(np.unique(long.row)), long.size)
        return Structured(None, tuple(findings), accounted)
    joined = join_tables(found) if found else None
    if joined is not None and not joined.size:
        empty = tables[0].file
        why = reason(catalogue, "file_has_no_figures")
        findings.append(finding(catalogue, "IM-FIL-001", [PlaceFound(file=empty)], datei=empty, grund=why))
    return Structured(joined, tuple(findings), accounted, tuple(shown))
