"""The planted faults, as changes of the laid out table; `faults.csv` says what must be found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from demo.layouts import Cell, Grid
from demo.offices import CURRENT, LATE


def _row(grid: Grid, label: str) -> int:
    """Place of the first row with a cell that is, or begins with, the label."""
    for place, row in enumerate(grid):
        if any(isinstance(cell, str) and (cell == label or cell.startswith(label + " ")) for cell in row):
            return place
    raise LookupError(label)


def put(label: str, column: int, cell: Cell) -> Callable[[Grid], None]:
    """A cell of the row with that label gets another content."""

    def change(grid: Grid) -> None:
        grid[_row(grid, label)][column] = cell

    return change


def add(label: str, column: int, by: int) -> Callable[[Grid], None]:
    """A figure of the row with that label is off by an amount."""

    def change(grid: Grid) -> None:
        row = grid[_row(grid, label)]
        figure = row[column]
        assert isinstance(figure, int)
        row[column] = figure + by

    return change


def drop(label: str) -> Callable[[Grid], None]:
    """The row with that label is missing."""

    def change(grid: Grid) -> None:
        del grid[_row(grid, label)]

    return change


def insert(label: str, row: list[Cell]) -> Callable[[Grid], None]:
    """A row that does not belong there stands below the row with that label."""

    def change(grid: Grid) -> None:
        grid.insert(_row(grid, label) + 1, row)

    return change


def double(label: str, factor: float = 1) -> Callable[[Grid], None]:
    """The row with that label stands twice, the second time with every figure changed by a factor."""

    def change(grid: Grid) -> None:
        place = _row(grid, label)
        again: list[Cell] = []
        for cell in grid[place]:
            match cell:
                case int():
                    again.append(round(cell * factor))
                case float():
                    again.append(round(cell * factor, 1))
                case _:
                    again.append(cell)
        grid.insert(place + 1, again)

    return change


def shift_names(label: str, column: int, end: str) -> Callable[[Grid], None]:
    """From the row with that label on, the names stand one row too low."""

    def change(grid: Grid) -> None:
        first, last = _row(grid, label), _row(grid, end)
        names_above = [row[column] for row in grid[first - 1 : last - 1]]
        for row, name in zip(grid[first:last], names_above, strict=True):
            row[column] = name

    return change


def in_thousands(grid: Grid) -> None:
    """Every figure in thousands, without a word about it."""
    for row in grid:
        row[:] = [round(cell / 1000) if isinstance(cell, int) else cell for cell in row]


def swap(first: int, second: int, column: int) -> Callable[[Grid], None]:
    """The figures of two rows, counted from 0, are exchanged."""

    def change(grid: Grid) -> None:
        grid[first][column], grid[second][column] = grid[second][column], grid[first][column]

    return change


def both(*changes: Callable[[Grid], None]) -> Callable[[Grid], None]:
    """Several changes one after the other."""

    def change(grid: Grid) -> None:
        for one in changes:
            one(grid)

    return change


GRID_FAULTS: Mapping[tuple[str, str, str], Callable[[Grid], None]] = {
    (CURRENT, "by", "auslaender"): add("09162", 3, 20),
    (CURRENT, "nw", "auslaender"): both(add("05315", 3, 1000), add("05315", 4, 500), add("05315", 5, 500)),
    (CURRENT, "ni", "auslaender"): shift_names("03354", 2, "__________"),
    (CURRENT, "rp", "auslaender"): drop("07319"),
    (CURRENT, "bw", "auslaender"): in_thousands,
    (LATE, "st", "auslaender"): insert("15091", ["14511 Chemnitz, kreisfreie Stadt", 39770, 22180, 17590]),
    (CURRENT, "bb", "auslaender"): put("12053", 6, "geheim"),
    (CURRENT, "sh", "arbeitslose"): insert("01062", ["2025", "01099", "      Übrige", 12, 4, 6.1, 5.8, 14.0]),
    (CURRENT, "hh", "arbeitslose"): put("02", 5, 168),
    (CURRENT, "he", "arbeitslose"): double("06532", 1.05),
    (CURRENT, "by", "arbeitslose"): put("09372", 3, "*"),
    (CURRENT, "mv", "arbeitslose"): put("13073", 3, None),
    (CURRENT, "rp", "arbeitslose"): put("Regionaleinheit", 2, "Nichtdeutsche ohne Arbeit"),
    (LATE, "st", "arbeitslose"): double("15083"),
    (LATE, "sl", "auslaender"): put("Saarland", 6, 1260950),
    (LATE, "sn", "arbeitslose"): put("14626", 2, "ca. 10800"),
    (LATE, "be", "arbeitslose"): swap(1, 2, 5),
}
