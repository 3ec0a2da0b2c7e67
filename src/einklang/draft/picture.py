"""A sheet as it is understood: every cell with what it is, in a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from einklang.columns import ColumnsFound, find_columns
from einklang.declarations.dataset import Dataset
from einklang.declarations.profile import Profile
from einklang.draft.trial import Trial
from einklang.footnotes import Marks
from einklang.observations import key_columns
from einklang.project import Project
from einklang.rawtable import RawTable, column_letter
from einklang.region import Region, find_regions

ROWS_SHOWN = 60
ROWS_AT_END = 20
COLUMNS_SHOWN = 30


class Use(StrEnum):
    """What a cell is."""

    TITLE = "title"
    HEADER = "header"
    KEY = "key"
    VALUE = "value"
    TOTAL = "total"
    NOTE = "note"
    IGNORED = "ignored"
    UNEXPLAINED = "unexplained"
    BLANK = "blank"


WORDS = {
    Use.TITLE: "Titel",
    Use.HEADER: "Kopf",
    Use.KEY: "Schlüssel",
    Use.VALUE: "Wert",
    Use.TOTAL: "Summe",
    Use.NOTE: "Anmerkung",
    Use.IGNORED: "nicht erhoben",
    Use.UNEXPLAINED: "ungeklärt",
    Use.BLANK: "leer",
}


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
    counts: tuple[tuple[str, str, int], ...]


@dataclass
class _Painter:
    table: RawTable
    profile: Profile
    trial: Trial
    project: Project

    def paint(self) -> SheetShown:
        regions = find_regions(self.table, self.profile).found
        found = [
            (one, find_columns(self.table, self.profile, one, Marks(self.profile.footnotes).strip)) for one in regions
        ]
        width = min(len(self.table.columns), COLUMNS_SHOWN)
        values = self._values()
        shown = [self._row(row, width, found, values) for row in self._rows(regions)]
        counts = {use: sum(cell.use is use for row in shown for cell in row.cells) for use in Use}
        return SheetShown(
            name=self.table.sheet or self.table.file,
            letters=tuple(column_letter(index) for index in range(width)),
            columns=tuple(self._column(index, found) for index in range(width)),
            rows=tuple(_with_gaps(shown)),
            more_columns=len(self.table.columns) - width,
            counts=tuple((use.value, WORDS[use], count) for use, count in counts.items() if use is not Use.BLANK),
        )

    def _values(self) -> dict[tuple[int, int], tuple[bool, bool]]:
        """Cells with a figure → whether it is a total, and whether it must not be shown."""
        dataset = self.project.dataset(self.profile.dataset)
        table = self.trial.observations
        mine = np.flatnonzero(np.asarray(table.column("sheet").to_pylist(), dtype=object) == self.table.sheet)
        rows = table.column("row").to_numpy()[mine].tolist()
        letters = table.take(mine).column("column").to_pylist()
        total = self._totals(dataset)[mine].tolist()
        secret = self.trial.is_secret[mine].tolist()
        index = {column_letter(number): number for number in range(len(self.table.columns))}
        return {
            (row - 1, index[letter]): (is_total, is_secret)
            for row, letter, is_total, is_secret in zip(rows, letters, total, secret, strict=True)
        }

    def _totals(self, dataset: Dataset) -> np.ndarray:
        """Figures that are the total of a dimension which the table breaks down."""
        table = self.trial.observations
        total = np.zeros(table.num_rows, dtype=np.bool_)
        for axis in dataset.dimensions:
            if axis.name in key_columns(dataset):
                codes = np.asarray(table.column(axis.name).to_pylist(), dtype=object)
                if len(set(codes.tolist())) > 1:
                    total |= codes == axis.total
        rates = [one.name for one in dataset.measures if one.additivity == "none"]
        return total & ~np.isin(np.asarray(table.column("measure").to_pylist(), dtype=object), rates)

    def _rows(self, regions: Iterable[Region]) -> list[int]:
        """Title, header and first rows, and the last ones with the notes."""
        end = max((one.end for one in regions), default=self.table.rows)
        rows = {*range(min(ROWS_SHOWN, self.table.rows))}
        rows |= {*range(max(0, end - ROWS_AT_END // 2), min(self.table.rows, end + ROWS_AT_END))}
        return sorted(rows)

    def _row(
        self,
        row: int,
        width: int,
        found: list[tuple[Region, ColumnsFound]],
        values: dict[tuple[int, int], tuple[bool, bool]],
    ) -> RowShown:
        here = next(((one, columns) for one, columns in found if one.header <= row < one.end), None)
        first = min((one.header for one, _ in found), default=0)
        has = any((row, index) in values for index in range(len(self.table.columns)))
        cells = []
        for index in range(width):
            text = self.table.text(row, index)
            use, is_secret = self._use(row, index, text, here, values, has, row < first)
            hidden = is_secret and any(character.isdigit() for character in text)
            marked = use in {Use.TOTAL, Use.IGNORED, Use.UNEXPLAINED}
            cells.append(CellShown("(geheim)" if hidden else text, use, marked))
        return RowShown(row + 1, self._word(row, here, has, row < first, cells), tuple(cells))

    def _use(
        self,
        row: int,
        index: int,
        text: str,
        here: tuple[Region, ColumnsFound] | None,
        values: dict[tuple[int, int], tuple[bool, bool]],
        has: bool,
        is_above: bool,
    ) -> tuple[Use, bool]:
        if (row, index) in values:
            is_total, is_secret = values[row, index]
            return (Use.TOTAL if is_total else Use.VALUE), is_secret
        if not text:
            return Use.BLANK, False
        if here is None:
            return (Use.TITLE if is_above else Use.NOTE), False
        region, columns = here
        if index in columns.left_out:
            return Use.IGNORED, False
        if row < region.first:
            return Use.HEADER, False
        if index in {*columns.labels, *columns.unit, *columns.status.values()}:
            return (Use.KEY if has or index in columns.sections else Use.IGNORED), False
        is_out = not has and bool(self.profile.rows_not_data)
        return (Use.IGNORED if is_out else Use.UNEXPLAINED), False

    def _word(
        self,
        row: int,
        here: tuple[Region, ColumnsFound] | None,
        has: bool,
        is_above: bool,
        cells: list[CellShown],
    ) -> str:
        if all(cell.use is Use.BLANK for cell in cells):
            return WORDS[Use.BLANK]
        if here is None:
            return WORDS[Use.TITLE if is_above else Use.NOTE]
        if row < here[0].first:
            return WORDS[Use.HEADER]
        if has:
            return "Daten"
        uses = {cell.use for cell in cells}
        return WORDS[Use.UNEXPLAINED if Use.UNEXPLAINED in uses else Use.KEY if Use.KEY in uses else Use.IGNORED]

    def _column(self, index: int, found: list[tuple[Region, ColumnsFound]]) -> str:
        """What the column holds, in words of the data set."""
        for _, columns in found:
            held = [self._title(name) for name, indices in columns.place.items() if index in indices]
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
                return WORDS[Use.IGNORED]
            if index in columns.figures:
                codes = [self._code(name, by[index]) for name, by in columns.codes.items() if index in by]
                return ", ".join(["Werte", *codes])
        return "–"

    def _title(self, name: str) -> str:
        dataset = self.project.dataset(self.profile.dataset)
        known = {one.name: one.title.de for one in dataset.dimensions}
        return {"period": "Zeit", "measure": "Merkmal", **known}.get(name, name)

    def _code(self, name: str, code: str) -> str:
        dataset = self.project.dataset(self.profile.dataset)
        if name == "measure":
            return dataset.measure(code).title.de
        if name == "period":
            return code
        return self.project.codes(dataset.name, name).codes[code].label_de


def _with_gaps(rows: list[RowShown]) -> list[RowShown]:
    """The rows, with an empty one where some are left out."""
    shown: list[RowShown] = []
    for row in rows:
        if shown and row.number != shown[-1].number + 1:
            shown.append(RowShown(0, f"{row.number - shown[-1].number - 1} Zeilen", ()))
        shown.append(row)
    return shown


def paint_sheet(table: RawTable, profile: Profile, trial: Trial, project: Project) -> SheetShown:
    """The beginning and the end of a sheet, with the use of every cell."""
    return _Painter(table, profile, trial, project).paint()
