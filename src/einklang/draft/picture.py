"""A sheet as it is understood: every cell with what it is, in a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from einklang.accounted import Accounted, RowsOfSheet
from einklang.block import TableBlock
from einklang.columns import ColumnsFound, find_columns
from einklang.declarations.dataset import Dataset
from einklang.declarations.profile import Profile
from einklang.draft.trial import Trial
from einklang.draft.uses import WORDS, Use, uses_of_figures
from einklang.draft.words import words
from einklang.footnotes import Marks
from einklang.heads import fits
from einklang.observations import key_columns
from einklang.project import Project
from einklang.rawtable import RawTable, column_index, column_letter
from einklang.region import Region, find_regions, seen_by
from einklang.structure import MAX_BLOCKS

ROWS_SHOWN = 60
FEWEST_ROWS = 12
SHEETS_SHOWN = 20
COLUMNS_SHOWN = 30


SECTIONS_SHOWN = 10
ROWS_OF_SECTION = 3
# Uses that a word says as well, where neither the row nor the column says it.
_SAID = frozenset({Use.TOTAL, Use.IGNORED, Use.UNEXPLAINED})


@dataclass(frozen=True)
class CellShown:
    """A cell with its text and use; the word of the use stands in it where its row and column do not say it."""

    text: str
    use: Use
    is_marked: bool = False

    @property
    def word(self) -> str:
        """The use in a word."""
        return WORDS[self.use]


@dataclass(frozen=True)
class RowShown:
    """A row as the sender sees it; number 0 stands for rows left out."""

    number: int
    word: str
    cells: tuple[CellShown, ...]


@dataclass(frozen=True)
class SheetShown:
    """A sheet with the use of its columns in words."""

    name: str
    letters: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[RowShown, ...]
    more_columns: int
    uses: frozenset[Use]
    has_table: bool


class _Part(NamedTuple):
    """A table of the sheet, as a layout reads it."""

    region: Region
    columns: ColumnsFound
    layout: Profile
    left: frozenset[int] = frozenset()
    sums: frozenset[int] = frozenset()
    sections: tuple[int, ...] = ()

    def has(self, index: int) -> bool:
        """Whether a column belongs to the table."""
        return self.layout.table.has(column_letter(index))


def _part(table: RawTable, region: Region, layout: Profile) -> _Part:
    """The table with the rows that are no data, those of them that are sums of others, and its first sections."""
    marks = Marks(layout.footnotes)
    columns = find_columns(table, layout, region, marks.strip)
    if columns.missing or columns.unknown:
        return _Part(region, columns, layout)
    rows = RowsOfSheet(table.rows)
    block = TableBlock(table, layout, region, columns, marks, rows, Accounted())
    block.long()
    labels = (reason for place in layout.dimensions.values() for reason in place.not_data.values())
    left = rows.left_for([*labels, *(one.reason for one in layout.rows_not_data)])
    sums = (row for one in block.sums if len(one.data) for row in one.sums.tolist())
    sections = rows.left_for(["rows_of_sections"])[:SECTIONS_SHOWN].tolist()
    return _Part(region, columns, layout, frozenset(left.tolist()), frozenset(sums), tuple(sections))


@dataclass
class _Painter:
    table: RawTable
    profile: Profile
    trial: Trial
    uses: NDArray[np.str_]
    project: Project
    most: int
    outside: Use = Use.NOTE

    def paint(self) -> SheetShown:
        layouts = [one for one in self.profile.layouts if re.fullmatch(one.file.sheet, self.table.sheet.strip())]
        regions_of = [find_regions(seen_by(one, self.table), one).found[:MAX_BLOCKS] for one in layouts]
        parts = [
            _part(seen_by(one, self.table), region, one)
            for one, regions in zip(layouts, regions_of, strict=True)
            for region in regions
        ]
        found = sorted(parts, key=lambda one: one.region.first)
        self.outside = Use.NOTE if found else Use.UNEXPLAINED
        first = [regions[0] for regions in regions_of if regions]
        width = min(len(self.table.columns), COLUMNS_SHOWN)
        values = self._values()
        rows = [self._row(row, width, found, values) for row in self._rows(first, found)]
        columns = [self._column(index, found, self._is_total(index, values)) for index in range(width)]
        shown = [_with_words(row, columns) for row in rows]
        return SheetShown(
            name=self.table.sheet or self.table.file,
            letters=tuple(column_letter(index) for index in range(width)),
            columns=tuple(columns),
            rows=tuple(_with_gaps(shown)),
            more_columns=len(self.table.columns) - width,
            uses=frozenset(cell.use for row in shown for cell in row.cells),
            has_table=bool(found),
        )

    def _values(self) -> dict[tuple[int, int], tuple[Use, bool]]:
        """Cells with a figure → value, total, or without a code for one of its labels; and whether it is not shown."""
        table = self.trial.observations
        is_here = pc.equal(table["sheet"].cast("string"), self.table.sheet)
        mine = np.flatnonzero(is_here.to_numpy(zero_copy_only=False))
        rows = table.column("row").to_numpy()[mine].tolist()
        letters = table.take(mine).column("column").to_pylist()
        secret = self.trial.is_secret[mine].tolist()
        index = {column_letter(number): number for number in range(len(self.table.columns))}
        return {
            (row - 1, index[letter]): (Use(use), is_secret)
            for row, letter, use, is_secret in zip(rows, letters, self.uses[mine].tolist(), secret, strict=True)
        }

    def _rows(self, first: Sequence[Region], parts: Sequence[_Part]) -> list[int]:
        """Title, header and first rows of each table and of its sections, and the last rows with the notes."""
        end = max((one.region.end for one in parts), default=self.table.rows)
        most = max(FEWEST_ROWS // 2, self.most // max(1, len(first)))
        starts = [(one.first, most) for one in first]
        starts += [
            (row, 1 + ROWS_OF_SECTION) for row in [row for one in parts for row in one.sections][:SECTIONS_SHOWN]
        ]
        rows = {*range(self.most), *range(end - self.most // 6, end + self.most // 3)}
        rows |= {row for one in first for row in range(one.header - 2, one.below)}
        rows |= {row for start, count in starts for row in range(start, start + count)}
        return sorted(row for row in rows if 0 <= row < self.table.rows)

    def _row(
        self,
        row: int,
        width: int,
        found: list[_Part],
        values: dict[tuple[int, int], tuple[Use, bool]],
    ) -> RowShown:
        there = [one for one in found if one.region.holds(row)]
        is_above = self._is_above(row, [one.region for one in found])
        has = any((row, index) in values for index in range(len(self.table.columns)))
        cells = []
        for index in range(width):
            text = self.table.text(row, index)
            here = next((one for one in there if one.has(index)), None)
            use, is_secret = self._use(row, index, text, here, values, has, is_above)
            hidden = is_secret and any(character.isdigit() for character in text)
            cells.append(CellShown("(geheim)" if hidden else text, use))
        return RowShown(row + 1, self._word(row, there, has, is_above, cells), tuple(cells))

    def _is_above(self, row: int, regions: list[Region]) -> bool:
        """Whether a row stands above the first table, or above another one without a blank row between them."""
        header = min((one.header for one in regions if one.header > row), default=None)
        if header is None or row < min(one.header for one in regions):
            return header is not None
        between = range(row, header)
        return all(any(self.table.text(one, index) for index in range(len(self.table.columns))) for one in between)

    def _use(
        self,
        row: int,
        index: int,
        text: str,
        here: _Part | None,
        values: dict[tuple[int, int], tuple[Use, bool]],
        has: bool,
        is_above: bool,
    ) -> tuple[Use, bool]:
        if (row, index) in values:
            return values[row, index]
        if not text:
            return (Use.HEADER if here is not None and self._is_merged(row, index, here) else Use.BLANK), False
        if here is None:
            return (Use.TITLE if is_above else self.outside), False
        region, columns = here.region, here.columns
        if index in columns.left_out or (index in columns.twins and row >= region.first):
            return Use.IGNORED, False
        if row < region.first:
            return Use.HEADER, False
        if index in {*columns.labels, *columns.unit, *columns.status.values()}:
            return (Use.IGNORED if row in here.left else Use.KEY), False
        if row in here.sums and index in columns.figures:
            return Use.TOTAL, False
        is_out = row in here.left or self._is_declared(row, index, here)
        return (Use.IGNORED if is_out else Use.UNEXPLAINED), False

    def _is_declared(self, row: int, index: int, here: _Part) -> bool:
        """Whether the profile says of a cell that it is no data."""
        return any(
            fits(one.headings, here.columns.heads, index)
            and re.fullmatch(one.pattern, self.table.text(row, column_index(one.column))) is not None
            for one in here.layout.cells_not_data
        )

    def _is_merged(self, row: int, index: int, here: _Part) -> bool:
        """Whether a blank cell continues the heading to its left."""
        region, columns = here.region, here.columns
        return region.header <= row < region.first and bool(columns.heads[row - region.header][index])

    def _is_total(self, index: int, values: dict[tuple[int, int], tuple[Use, bool]]) -> bool:
        """Whether every figure of a column is a total."""
        own = {use for (_, column), (use, _) in values.items() if column == index}
        return own == {Use.TOTAL}

    def _word(
        self,
        row: int,
        there: Sequence[_Part],
        has: bool,
        is_above: bool,
        cells: list[CellShown],
    ) -> str:
        if all(cell.use is Use.BLANK for cell in cells):
            return WORDS[Use.BLANK]
        if not there:
            return WORDS[Use.TITLE if is_above else self.outside]
        if all(row < one.region.first for one in there):
            return WORDS[Use.HEADER]
        uses = {cell.use for cell in cells}
        if Use.TOTAL in uses and not uses & {Use.VALUE, Use.UNEXPLAINED}:
            return WORDS[Use.TOTAL]
        if has:
            return "Daten"
        return WORDS[Use.UNEXPLAINED if Use.UNEXPLAINED in uses else Use.KEY if Use.KEY in uses else Use.IGNORED]

    def _column(self, index: int, found: list[_Part], is_total: bool) -> str:
        """What the column holds, in words of the data set; of several tables one after the other."""
        said = dict.fromkeys(filter(None, (self._of_part(index, one, is_total) for one in found)))
        return " / ".join(said) or "–"

    def _of_part(self, index: int, part: _Part, is_total: bool) -> str:
        """What the column holds in one of the tables."""
        columns = part.columns
        if not part.has(index):
            return ""
        held = [self._title(name) for name, indices in columns.place.items() if index in indices]
        held += [
            f"{self._title(name)} der Zahl rechts" for name, one in columns.beside.items() if index in one.values()
        ]
        held += [f"Name zu {self._title(name)}" for name, one in columns.names.items() if one == index]
        if held:
            return ", ".join(held)
        if index in columns.unit:
            return "Einheit"
        if index in columns.status.values():
            return "Status"
        if index in columns.sections:
            return "Zwischenzeile"
        if index in columns.left_out:
            is_open = columns.left_out[index] == words().sentences["unsettled_column"]
            return f"{WORDS[Use.IGNORED]}: {'noch zu klären' if is_open else columns.left_out[index]}"
        if index in columns.twins:
            return f"{WORDS[Use.IGNORED]}: wiederholt Spalte {column_letter(columns.twins[index])}"
        if index in columns.figures:
            word = WORDS[Use.TOTAL] if is_total else "Werte"
            return ": ".join(filter(None, [word, " · ".join(self._meaning(index, part))]))
        return ""

    def _meaning(self, index: int, part: _Part) -> list[str]:
        """What the headings of a column of figures say, in words of the data set."""
        by_head = [name for name, place in part.layout.dimensions.items() if place.header_row is not None]
        names = [
            name for name in key_columns(self.dataset) if name in by_head or index in part.columns.codes.get(name, {})
        ]
        table = self.trial.observations
        mine = pc.and_(pc.equal(table["column"], column_letter(index)), pc.equal(table["sheet"], self.table.sheet))
        below, end = pc.greater(table["row"], part.region.first), pc.less_equal(table["row"], part.region.end)
        mine = pc.and_(mine, pc.and_(below, end))
        first = pc.index(mine, True).as_py()
        if first < 0:
            return []
        labels = {name: label_of(self.project, self.dataset, name, str(table[name][first].as_py())) for name in names}
        plain = {"measure", "period"}
        return [label if name in plain else f"{self._title(name)}: {label}" for name, label in labels.items()]

    @property
    def dataset(self) -> Dataset:
        """The data set that the table is read as."""
        return self.project.dataset(self.profile.dataset)

    def _title(self, name: str) -> str:
        known = {one.name: one.title.de for one in self.dataset.dimensions}
        return {"period": "Zeit", "measure": "Merkmal", **known}.get(name, name)


def label_of(project: Project, dataset: Dataset, name: str, code: str) -> str:
    """A code in words; a code that is unknown as it is."""
    if name == "measure":
        return next((one.title.de for one in dataset.measures if one.name == code), code)
    if name == "period":
        return code
    codes = project.codes(dataset.name, name).codes
    return codes[code].label_de if code in codes else code


def _with_words(row: RowShown, columns: list[str]) -> RowShown:
    """The row with the word of a use in the cells of which neither the row nor the column says it."""
    cells = tuple(
        replace(cell, is_marked=cell.use in _SAID and cell.word != row.word and not said.startswith(cell.word))
        for cell, said in zip(row.cells, columns, strict=True)
    )
    return replace(row, cells=cells)


def _with_gaps(rows: list[RowShown]) -> list[RowShown]:
    """The rows, with an empty one where some are left out."""
    shown: list[RowShown] = []
    for row in rows:
        if shown and row.number != shown[-1].number + 1:
            shown.append(RowShown(0, f"{row.number - shown[-1].number - 1} Zeilen", ()))
        shown.append(row)
    return shown


def paint_sheets(trial: Trial, profile: Profile, project: Project) -> tuple[list[SheetShown], list[str]]:
    """The beginning and the end of each sheet that the profile reads, with the use of every cell; fewer rows of each
    the more there are. Of more than are shown, those without figures go first; gives the names of those left out.
    """
    filled = set(pc.unique(trial.observations["sheet"].cast("string")).to_pylist())
    ordered = sorted(trial.tables, key=lambda one: one.sheet not in filled)
    left_out = {one.sheet for one in ordered[SHEETS_SHOWN:]}
    chosen = [one for one in trial.tables if one.sheet not in left_out]
    most = max(FEWEST_ROWS, ROWS_SHOWN // max(1, len(chosen)))
    uses = uses_of_figures(trial, profile, project)
    shown = [_Painter(table, profile, trial, uses, project, most).paint() for table in chosen]
    return shown, [one.sheet for one in trial.tables if one.sheet in left_out]
