"""The sender's sheets on their way back: each row is written as it was read, findings marked, secrets blanked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from einklang.discretion import has_digit
from einklang.findings import PlaceFound
from einklang.report.texts import Language, say
from einklang.report.workbook_entries import (
    Cell,
    Entry,
    Secrets,
    SheetName,
    cell_of,
    rank,
    rows_around,
    worst,
)
from einklang.report.workbook_sheet import Covered, Layout, Merge, Row, Stored, is_true
from einklang.report.workbook_source import SourceSheet
from einklang.report.workbook_styles import Format, Styles, shows_value
from einklang.report.workbook_texts import load_workbook_texts
from einklang.report.workbook_xml import Spool, starts_formula

FULL_ROWS = 1_048_576
FULL_CELLS = 3_000_000
EXCERPT_ROWS = 300_000
NOTES_SHOWN = 2_000
_EXCERPT_START = 20
_EXCERPT_REACH = 2
_HIGHEST_ROW = 409.5

Marks = Mapping[Cell, list[Entry]]


@dataclass
class Table:
    """A sheet that was written: where its cells are now, and what is to be said about it."""

    name: SheetName
    title: str
    spool: Spool
    layout: Layout = field(default_factory=Layout)
    merges: list[Merge] = field(default_factory=list)
    marked: dict[Cell, list[Entry]] = field(default_factory=dict)
    styles: dict[int, int] = field(default_factory=dict)
    rows_kept: dict[int, int] | None = None
    anchors: dict[Cell, Cell] = field(default_factory=dict)
    hidden_values: int = 0

    def now_at(self, cell: Cell) -> Cell | None:
        """Where a cell of the delivery stands in the returned workbook."""
        row, column = self.anchors.get(cell, cell)
        if self.rows_kept is None:
            return row, column
        kept = self.rows_kept.get(row)
        return None if kept is None else (kept, column + 1)

    def now_at_place(self, place: PlaceFound) -> Cell | None:
        """The same for a place; None where it is about the whole or its row did not come back."""
        cell = cell_of(place)
        return None if cell is None else self.now_at(cell)

    def noted(self) -> dict[Cell, list[Entry]]:
        """The marked cells that bear a note, the worst first."""
        order = sorted(self.marked, key=lambda cell: (rank(worst(self.marked[cell])), cell))
        return {cell: self.marked[cell] for cell in sorted(order[:NOTES_SHOWN])}


def is_too_large(sheet: SourceSheet) -> bool:
    """Whether only the rows around findings go back."""
    table = sheet.table
    return table is not None and (table.count > FULL_ROWS or table.count * table.width > FULL_CELLS)


class TableWriter:
    """Writes the sender's sheets of one workbook."""

    def __init__(self, styles: Styles, secrets: Secrets, language: Language) -> None:
        self._styles = styles
        self._secrets = secrets
        self._language: Language = language
        self._not_shown = say(load_workbook_texts().cells.not_shown, language)
        self._plain = styles.own(Format())
        self._head = styles.own(Format(bold=True, wrap=True))

    def write(self, name: SheetName, title: str, sheet: SourceSheet, marks: Marks, path: Path) -> Table:
        """One sheet.

        Raises:
            Any of `workbook_source.DAMAGED` where a part of the file makes no sense.
        """
        table = Table(name, title, Spool(path), merges=sheet.merges)
        try:
            if is_too_large(sheet):
                self._write_excerpt(table, sheet, marks)
            else:
                self._write_whole(table, sheet, marks)
        finally:
            table.spool.close()
        return table

    def _write_excerpt(self, table: Table, sheet: SourceSheet, marks: Marks) -> None:
        assert sheet.table is not None
        wanted = sorted(rows_around(marks, _EXCERPT_START, _EXCERPT_REACH))[:EXCERPT_ROWS]
        texts, by_row = load_workbook_texts().cells, _by_row(marks)
        table.rows_kept = {}
        columns = sheet.table.layout.columns
        shifted = [{**one, "min": str(int(one["min"]) + 1), "max": str(int(one["max"]) + 1)} for one in columns]
        table.layout = Layout(columns=[{"min": "1", "max": "1", "width": "12"}, *shifted])
        table.spool.put(1, [Stored(1, self._head, "s", say(texts.source_row, self._language))])
        for row in sheet.table.take(wanted):
            number = len(table.rows_kept) + 2
            table.rows_kept[row.number] = number
            cells = self._cells(table, sheet, row, by_row.get(row.number, {}), [])
            moved = [cell._replace(column=cell.column + 1) for cell in cells]
            table.spool.put(number, [Stored(1, self._plain, "n", str(row.number)), *moved])
        table.marked = {now: entries for cell, entries in marks.items() if (now := table.now_at(cell)) is not None}

    def _write_whole(self, table: Table, sheet: SourceSheet, marks: Marks) -> None:
        table.anchors = _anchors(marks, sheet.merges)
        moved: dict[Cell, list[Entry]] = {}
        for cell, entries in marks.items():
            moved.setdefault(table.anchors.get(cell, cell), []).extend(entries)
        table.marked = moved
        by_row = _by_row(moved)
        pending = sorted(by_row, reverse=True)
        covered = Covered(sheet.merges)
        source = sheet.open()
        for row in source.rows():
            while pending and pending[-1] < row.number:
                self._put_new(table, sheet, pending.pop(), by_row)
            if pending and pending[-1] == row.number:
                pending.pop()
            cells = self._cells(table, sheet, row, by_row.get(row.number, {}), covered.at(row.number))
            table.spool.put(row.number, cells, self._row_attributes(table, sheet, row.attributes))
        while pending:
            self._put_new(table, sheet, pending.pop(), by_row)
        table.layout = source.layout
        for column in table.layout.columns:
            if "style" in column:
                column["style"] = str(self._style(table, sheet, int(column["style"])))

    def _put_new(
        self, table: Table, sheet: SourceSheet, number: int, by_row: dict[int, dict[int, list[Entry]]]
    ) -> None:
        table.spool.put(number, self._cells(table, sheet, Row(number, {}, []), by_row[number], []))

    def _cells(
        self, table: Table, sheet: SourceSheet, row: Row, marks: dict[int, list[Entry]], merges: list[Merge]
    ) -> list[Stored]:
        cells = [self._cell(table, sheet, row.number, cell, merges) for cell in self._shown(table, row)]
        if not marks:
            return cells
        by_column = {cell.column: cell for cell in cells}
        for column, entries in marks.items():
            cell = by_column.get(column) or Stored(column, self._style(table, sheet, 0), "", "")
            by_column[column] = cell._replace(style=self._styles.marked(cell.style, worst(entries)))
        return [by_column[column] for column in sorted(by_column)]

    def _shown(self, table: Table, row: Row) -> list[Stored]:
        """The cells; without its figures where a word in the row says that they are secret."""
        if not self._secrets.hides_row(cell.text for cell in row.cells if cell.kind):
            return row.cells
        hidden = [cell.column for cell in row.cells if cell.kind and has_digit(cell.text)]
        table.hidden_values += len(hidden)
        return [cell._replace(kind="s", text=self._not_shown) if cell.column in hidden else cell for cell in row.cells]

    def _cell(self, table: Table, sheet: SourceSheet, row: int, cell: Stored, merges: list[Merge]) -> Stored:
        style = self._style(table, sheet, cell.style)
        kind, text = cell.kind, cell.text
        if not kind:
            return Stored(cell.column, style, "", "")
        if merges and any(
            merge.left <= cell.column <= merge.right and (row, cell.column) != (merge.top, merge.left)
            for merge in merges
        ):
            return Stored(cell.column, style, "", "")
        if self._secrets.hides_text(table.name, (row, cell.column), text):
            table.hidden_values += 1
            return Stored(cell.column, style, "s", self._not_shown)
        if kind == "n":
            if sheet.styles is not None and not shows_value(self._styles.number_format(style), _sign(text)):
                table.hidden_values += 1
                self._secrets.add(table.name, (row, cell.column))
                return Stored(cell.column, style, "s", self._not_shown)
        elif kind == "s" and starts_formula(text):
            style = self._styles.text(style)
        return Stored(cell.column, style, kind, text)

    def _style(self, table: Table, sheet: SourceSheet, number: int) -> int:
        if sheet.styles is None:
            return self._plain
        if number not in table.styles:
            table.styles[number] = self._styles.travelled(sheet.styles, number)
        return table.styles[number]

    def _row_attributes(self, table: Table, sheet: SourceSheet, attributes: dict[str, str]) -> str:
        kept = ""
        if "s" in attributes and is_true(attributes.get("customFormat")):
            kept = f' s="{self._style(table, sheet, int(attributes["s"]))}" customFormat="1"'
        height = float(attributes.get("ht", 0))
        if 0 < height <= _HIGHEST_ROW:
            kept += f' ht="{height:g}"'
            if is_true(attributes.get("customHeight")):
                kept += ' customHeight="1"'
        return kept


def _sign(number: str) -> int:
    value = float(number)
    return (value > 0) - (value < 0)


def _by_row(marks: Marks) -> dict[int, dict[int, list[Entry]]]:
    found: dict[int, dict[int, list[Entry]]] = {}
    for (row, column), entries in marks.items():
        found.setdefault(row, {})[column] = entries
    return found


def _anchors(marks: Marks, merges: list[Merge]) -> dict[Cell, Cell]:
    """The first cell of the merged range for each marked cell that lies in one."""
    found: dict[Cell, Cell] = {}
    covered = Covered(merges)
    cells: Iterator[tuple[int, Iterator[Cell]]] = groupby(sorted(marks), key=lambda cell: cell[0])
    for row, in_row in cells:
        open_merges = covered.at(row)
        if not open_merges:
            continue
        for cell in in_row:
            for merge in open_merges:
                if merge.left <= cell[1] <= merge.right:
                    found[cell] = (merge.top, merge.left)
    return found
