"""One table in a sheet becomes long: which rows hold figures, and the labels of each figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einklang.accounted import Accounted, RowsOfSheet
from einklang.columns import ColumnsFound, heading_of
from einklang.combinations import occurring
from einklang.declarations.layout import RowsNotData
from einklang.declarations.place import Place
from einklang.declarations.profile import Profile
from einklang.footnotes import Marks
from einklang.heads import columns_with, fits
from einklang.labels import normalise
from einklang.longtable import Block, LabelCell, LongTable, Segment, constant
from einklang.rawtable import Mask, RawTable, TextColumn, column_index, encode, join_columns
from einklang.region import Region, shared_title_text
from einklang.rowlabels import RowLabels, pick, raw_labels, row_labels
from einklang.statuses import statuses_of


class Sums(NamedTuple):
    """Rows declared as sums, the rows they may sum and the rows that only head those below them, counted from 0."""

    declared: RowsNotData
    sums: NDArray[np.int64]
    data: NDArray[np.int64]
    sections: NDArray[np.int64]


@dataclass
class TableBlock:
    """Works out one table of a sheet by one layout.

    `missing` names the place that is not there where `long` gives no table; `wrong_width` the rows with
    another number of fields than the header.
    """

    table: RawTable
    layout: Profile
    region: Region
    columns: ColumnsFound
    marks: Marks
    rows: RowsOfSheet
    accounted: Accounted

    def __post_init__(self) -> None:
        self.missing = ""
        self.wrong_width = np.empty(0, dtype=np.int64)
        self.sums: list[Sums] = []

    def long(self) -> LongTable | None:
        """The figures in long form; None where the table cannot be understood."""
        region, columns = self.region, self.columns
        self.rows.leave(slice(region.header, region.below), "rows_of_headings")
        inside = np.arange(region.first, region.end)
        no_figure = self._blank(inside, [*columns.figures, *columns.twins])
        no_label = self._blank(inside, columns.labels)
        taken, sums, subheadings = self._declared(inside, no_figure)
        sections = self._sections(inside, no_figure & ~taken)
        for mask in sections.values():
            self.rows.leave(inside[mask & ~taken], "rows_of_sections")
            taken |= mask
        blank = no_figure & no_label & ~taken
        self.rows.leave(inside[blank], "rows_blank")
        kept = np.flatnonzero(~taken & ~blank)
        labels = self._labels_of(inside, kept, np.logical_or.reduce([blank, *sections.values()]))
        data = self._without_group_heads(labels, no_figure[kept], inside[kept])
        data &= self._without_labels_not_data(labels, inside[kept], data)
        rows = inside[kept][data]
        self.rows.keep(rows)
        starts = inside[np.logical_or.reduce([*sections.values(), subheadings])]
        self.sums = [Sums(declared, inside[mask], rows, starts) for declared, mask in sums]
        others = len(columns.left_out) + len(columns.twins)
        self.accounted.cells_read += len(rows) * (len(columns.figures) + others)
        for why in (*columns.left_out.values(), *["column_repeats"] * len(columns.twins)):
            self.accounted.leave_cells(why, len(rows))
        self.wrong_width = self._wrong_width(rows)
        labels = {
            name: RowLabels(TextColumn(one.column.texts, one.column.codes[data]), one.own[data])
            for name, one in labels.items()
        }
        melted = None if len(self.wrong_width) else self._melt(rows, labels, sections)
        if melted is None:
            self.accounted.leave_unstructured(len(rows), len(rows) * len(columns.figures))
        return melted

    # -- rows ---------------------------------------------------------------------------------

    def _blank(self, inside: NDArray[np.int64], indices: Sequence[int]) -> Mask:
        blank = np.ones(len(inside), dtype=np.bool_)
        for index in indices:
            if index < len(self.table.columns):
                blank &= self.table.columns[index].rows(inside).blank
        return blank

    def _matches(self, index: int, pattern: str, inside: NDArray[np.int64]) -> Mask:
        if index >= len(self.table.columns):
            return np.zeros(len(inside), dtype=np.bool_)
        column = self.table.columns[index].rows(inside)
        wanted = re.compile(pattern)
        return column.where([bool(wanted.fullmatch(text)) for text in column.cleaned])

    def _declared(
        self, inside: NDArray[np.int64], no_figure: Mask
    ) -> tuple[Mask, list[tuple[RowsNotData, Mask]], Mask]:
        """Rows that the profile declares as no data, those of them that are sums, and those that only head others."""
        taken = np.zeros(len(inside), dtype=np.bool_)
        subheadings = np.zeros(len(inside), dtype=np.bool_)
        sums = []
        for declared in self.layout.rows_not_data:
            index = column_index(declared.column) if declared.column else self._headed(declared.heading or "")
            mask = ~taken & self._matches(index, declared.pattern, inside)
            for heading, pattern in declared.where.items():
                mask &= self._matches(self._headed(heading), pattern, inside)
            if declared.without_figures:
                mask &= no_figure
                subheadings |= mask
            self.rows.leave(inside[mask], declared.reason)
            taken |= mask
            if declared.sum_of is not None:
                sums.append((declared, mask))
        return taken, sums, subheadings

    def _headed(self, heading: str) -> int:
        """The column with a heading; a number that no column has where there is none."""
        return next(iter(columns_with(heading, self.columns.heads)), len(self.table.columns))

    def _sections(self, inside: NDArray[np.int64], candidates: Mask) -> dict[str, Mask]:
        return {
            name: candidates & self._matches(column_index(place.section), place.pattern, inside)
            for name, place in self.layout.dimensions.items()
            if place.section is not None and place.pattern is not None
        }

    def _labels_of(self, inside: NDArray[np.int64], kept: NDArray[np.int64], passed: Mask) -> dict[str, RowLabels]:
        """The labels of the rows kept. One that is declared as no data may still bear the label of the rows below."""
        read = np.flatnonzero(~passed)
        here = np.searchsorted(read, kept)
        return {
            name: RowLabels(TextColumn(one.column.texts, one.column.codes[here]), one.own[here])
            for name, one in self._row_labels(inside[read]).items()
        }

    def _row_labels(self, rows: NDArray[np.int64]) -> dict[str, RowLabels]:
        """The labels that stand in label columns; a cell that no place explains is its own (unknown) label."""
        found: dict[str, RowLabels] = {}
        owned: dict[tuple[int, ...], Mask] = {}
        cells: dict[tuple[int, ...], TextColumn] = {}
        for name, indices in self.columns.place.items():
            key = tuple(indices)
            place = self.layout.dimensions[name]
            if key not in cells or len(key) > 1:
                cells[key] = self._present(raw_labels(self.table, indices, rows, place))
            found[name] = row_labels(cells[key], place, self.marks.strip)
            owned[key] = owned.get(key, np.zeros(len(rows), dtype=np.bool_)) | found[name].own
        for name, labels in found.items():
            key = tuple(self.columns.place[name])
            unexplained = ~owned[key] & ~cells[key].blank
            if unexplained.any() and self.layout.dimensions[name].chooses_rows:
                both = join_columns([labels.column, cells[key]])
                codes = np.where(unexplained, both.codes[len(rows) :], both.codes[: len(rows)])
                found[name] = RowLabels(TextColumn(both.texts, codes.astype(np.int32)), labels.own)
        return found

    def _present(self, column: TextColumn) -> TextColumn:
        """The column without texts of rows outside the table, so that marks in notes are not taken for labels."""
        if self.layout.footnotes is None:
            return column
        here = occurring(column.codes, len(column.texts))
        return TextColumn(
            tuple(text if present else "" for text, present in zip(column.texts, here, strict=True)), column.codes
        )

    def _without_group_heads(self, labels: dict[str, RowLabels], no_figure: Mask, rows: NDArray[np.int64]) -> Mask:
        """The rows but for those without figures that only name the group of the rows below."""
        heads = np.zeros(len(rows), dtype=np.bool_)
        for name, one in labels.items():
            place = self.layout.dimensions[name]
            if place.fill_down and (place.indent is not None or place.pattern is not None):
                heads |= one.own & no_figure
        self.rows.leave(rows[heads], "rows_of_sections")
        return ~heads

    def _without_labels_not_data(self, labels: dict[str, RowLabels], rows: NDArray[np.int64], data: Mask) -> Mask:
        kept = np.ones(len(rows), dtype=np.bool_)
        for name, one in labels.items():
            reasons = {normalise(label): why for label, why in self.layout.dimensions[name].not_data.items()}
            keys = [reasons.get(normalise(text)) for text in one.column.texts] if reasons else []
            for reason in dict.fromkeys(filter(None, keys)):
                mask = data & kept & one.column.where([key == reason for key in keys])
                self.rows.leave(rows[mask], reason)
                kept &= ~mask
        return kept

    def _wrong_width(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        fields = self.table.fields
        if fields is None or not len(rows):
            return np.empty(0, dtype=np.int64)
        is_wrong: Mask = fields[rows] != fields[self.region.below - 1]
        return rows[is_wrong]

    # -- labels -------------------------------------------------------------------------------

    def _melt(
        self, rows: NDArray[np.int64], row_labels: dict[str, RowLabels], sections: dict[str, Mask]
    ) -> LongTable | None:
        table, columns = self.table, self.columns
        size, width = len(rows), len(columns.figures)
        labels: dict[str, TextColumn] = {}
        for name, place in self.layout.dimensions.items():
            if name in row_labels:
                labels[name] = _across(row_labels[name].column, width)
                continue
            column = self._label(name, place, rows, sections)
            if column is None:
                return None
            labels[name] = column
        for name, codes in columns.codes.items():
            labels[name] = _down([codes[index] for index in columns.figures], size)
        unit = self._unit(rows)
        if unit is None:
            return None
        names = {name: _across(table.columns[index].rows(rows), width) for name, index in columns.names.items()}
        constants = {name for name, place in self.layout.dimensions.items() if place.constant is not None}
        left, right = self.layout.table.span
        block = Block(table.file, table.sheet, self.region.first + 1, self.region.end + 1, left, right + 1)
        long = LongTable(
            labels=labels,
            segments=(
                Segment(
                    self.layout, 0, size * width, frozenset(labels), frozenset(columns.codes) | frozenset(constants)
                ),
            ),
            text=self._cells(rows, columns.figures),
            status=self._status(rows),
            names=names,
            label_cells={block: self._label_cells()},
            unit=unit,
            file=constant(table.file, size * width),
            sheet=constant(table.sheet, size * width),
            row=np.repeat(rows.astype(np.int32) + np.int32(1), width),
            column=np.tile(np.asarray(columns.figures, dtype=np.int32), size),
        )
        return self._without_cells_not_data(long)

    def _without_cells_not_data(self, long: LongTable) -> LongTable:
        kept = np.ones(long.size, dtype=np.bool_)
        masks = [
            ("pair_blank", long.labels[name].blank & long.text.blank & np.isin(long.column, list(labels)))
            for name, labels in self.columns.beside.items()
        ]
        for declared in self.layout.cells_not_data:
            wanted = [index for index in self.columns.figures if fits(declared.headings, self.columns.heads, index)]
            rows = np.arange(self.table.rows)
            mask = self._matches(column_index(declared.column), declared.pattern, rows)[long.row - 1]
            masks.append((declared.reason, mask & np.isin(long.column, wanted)))
        for reason, mask in masks:
            mask &= kept
            self.accounted.leave_cells(reason, int(mask.sum()))
            kept &= ~mask
            emptied = np.setdiff1d(long.row[mask], long.row[kept])
            self.rows.leave(emptied.astype(np.int64) - 1, reason)
        return long if kept.all() else long.filter(kept)

    def _cells(self, rows: NDArray[np.int64], indices: Sequence[int]) -> TextColumn:
        """The cells of several columns, row by row; without marks of footnotes where figures bear them."""
        cells = _row_by_row([self.table.columns[index].rows(rows) for index in indices])
        if self.layout.footnotes is None or not self.layout.footnotes.on_figures:
            return cells
        return TextColumn(tuple(map(self.marks.strip_figure, self._present(cells).cleaned)), cells.codes)

    def _status(self, rows: NDArray[np.int64]) -> TextColumn:
        figures = self.columns.figures
        says = statuses_of(self.table, self.layout, self.region, self.columns)
        if says is None or not figures:
            return constant("", len(rows) * len(figures))
        if len(set(map(id, says.values()))) == 1:
            return _across(says[figures[0]].rows(rows), len(figures))
        return _row_by_row([says[index].rows(rows) for index in figures])

    def _unit(self, rows: NDArray[np.int64]) -> TextColumn | None:
        """The unit of every figure: a code where the columns say it, else a label."""
        figures = self.columns.figures
        place = self.layout.unit
        if place is None:
            return _down([self.columns.units.get(index, "") for index in figures], len(rows))
        if place.is_row_label:
            cells = raw_labels(self.table, self.columns.unit, rows, place)
            return _across(row_labels(cells, place, self.marks.strip).column, len(figures))
        return self._label("unit", place, rows, {})

    def _label(self, name: str, place: Place, rows: NDArray[np.int64], sections: dict[str, Mask]) -> TextColumn | None:
        figures = self.columns.figures
        if place.beside is not None:
            return self._beside(name, place, rows)
        if place.header_row is not None:
            heads = encode([self.columns.heads[place.header_row - 1][index] for index in figures])
            picked = pick(heads, place, str)
            return TextColumn(picked.texts, np.tile(picked.codes, len(rows)))
        if place.section is not None:
            column = self.table.columns[column_index(place.section)]
            above = self._section_above(name, rows, sections)
            texts = ("", *column.texts)
            codes = np.where(above < 0, 0, column.codes[np.maximum(above, 0)] + 1).astype(np.int32)
            return _across(pick(TextColumn(texts, codes), place, self.marks.strip), len(figures))
        single = place.constant if place.constant is not None else self._single(place)
        if single is None:
            self.missing = f"{name}: {place.pattern or ''}"
            return None
        return constant(single, len(rows) * len(figures))

    def _section_above(self, name: str, rows: NDArray[np.int64], sections: dict[str, Mask]) -> NDArray[np.int64]:
        """The section row that holds for each row, -1 where none does.

        Where a section of another dimension stands above the first one of this, the next of it ends this one: men of
        2023 are not those of 2024.
        """
        inside = np.arange(self.region.first, self.region.end)
        above = {one: np.maximum.accumulate(np.where(mask, inside, -1)) for one, mask in sections.items()}
        own = above[name]
        for other, mask in sections.items():
            if mask.any() and sections[name].any() and mask.argmax() < sections[name].argmax():
                own = np.where(above[other] > own, -1, own)
        held: NDArray[np.int64] = own[rows - self.region.first]
        return held

    def _beside(self, name: str, place: Place, rows: NDArray[np.int64]) -> TextColumn:
        """Labels that stand to the left of the figures; the heading of the figures where none does."""
        figures, labels = self.columns.figures, self.columns.beside[name]
        pieces = [
            pick(self.table.columns[labels[index]].rows(rows), place, self.marks.strip)
            if index in labels
            else constant(heading_of(self.columns.heads, index), len(rows))
            for index in figures
        ]
        return _row_by_row(pieces)

    def _single(self, place: Place) -> str | None:
        """The label that the sheet, the file or the title gives."""
        if place.sheet:
            return pick(encode([self.table.sheet]), place, self.marks.strip).texts[0]
        pattern = place.pattern or ".*"
        if place.title:
            return shared_title_text(self.table, self.region, pattern)
        found = re.search(pattern, self.table.file)
        return None if found is None else (found["key"] if "key" in found.re.groupindex else found[0])

    def _label_cells(self) -> dict[tuple[str, str], LabelCell]:
        columns = self.columns
        cells = {("label", name): LabelCell(column=indices[-1]) for name, indices in columns.place.items() if indices}
        cells |= {("label", name): LabelCell(beside=labels) for name, labels in columns.beside.items()}
        cells |= {("name", name): LabelCell(column=index) for name, index in columns.names.items()}
        for name, place in self.layout.dimensions.items():
            if place.header_row is not None:
                cells["label", name] = LabelCell(row=self.region.header + place.header_row)
        if columns.unit:
            cells["label", "unit"] = LabelCell(column=columns.unit[-1])
        elif self.layout.unit is not None and self.layout.unit.header_row is not None:
            cells["label", "unit"] = LabelCell(row=self.region.header + self.layout.unit.header_row)
        return cells


def _row_by_row(columns: list[TextColumn]) -> TextColumn:
    """Several columns as one, row after row."""
    joined = join_columns(columns)
    return TextColumn(joined.texts, joined.codes.reshape(len(columns), -1).T.ravel())


def _across(column: TextColumn, width: int) -> TextColumn:
    """A label per data row, repeated for each column of figures."""
    return column if width == 1 else TextColumn(column.texts, np.repeat(column.codes, width))


def _down(texts: Sequence[str], rows: int) -> TextColumn:
    """A label per column of figures, repeated for each data row."""
    column = encode(list(texts))
    return TextColumn(column.texts, np.tile(column.codes, rows))
