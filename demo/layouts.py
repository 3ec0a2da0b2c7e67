"""The layouts of the demonstration: a table of figures becomes a grid of cells as an office would send it.

Belongs here: where headings, keys, names and figures stand. Does not belong here: which office uses which
layout (`demo.offices`), file formats (`demo.files`) and faults (`demo.faults`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Cell: TypeAlias = str | int | float | None
Grid: TypeAlias = list[list[Cell]]

NOTE = "Nachgestellte Lieferung zur Vorführung von Einklang; keine amtliche Veröffentlichung."
NATIONS = {
    "_T": ("0", "Insgesamt"),
    "EUR": ("1", "Europa"),
    "163": ("163", "Türkei"),
    "166": ("166", "Ukraine"),
    "154": ("154", "Rumänien"),
    "152": ("152", "Polen"),
    "137": ("137", "Italien"),
    "125": ("125", "Bulgarien"),
    "130": ("130", "Kroatien"),
    "134": ("134", "Griechenland"),
    "150": ("150", "Kosovo"),
    "160": ("160", "Russische Föderation"),
    "122": ("122", "Bosnien und Herzegowina"),
    "165": ("165", "Ungarn"),
    "161": ("161", "Spanien"),
    "151": ("151", "Österreich"),
    "144": ("144", "Nordmazedonien"),
    "AFR": ("2", "Afrika"),
    "AME": ("3", "Amerika"),
    "ASI": ("4", "Asien"),
    "475": ("475", "Syrien"),
    "423": ("423", "Afghanistan"),
    "436": ("436", "Indien"),
    "438": ("438", "Irak"),
    "479": ("479", "China"),
    "439": ("439", "Iran"),
    "OCE": ("5", "Australien und Ozeanien"),
    "OTH": ("9", "Sonstige"),
}


@dataclass(frozen=True)
class Column:
    """One column of figures: its codes, and its headings from the group to the unit."""

    codes: tuple[str, str]
    heads: tuple[str, str, str]
    english: str


@dataclass(frozen=True)
class Table:
    """The figures of one delivery, before they are laid out."""

    title: str
    source: str
    land: str
    dates: tuple[str, ...]
    areas: tuple[str, ...]
    names: Mapping[str, str]
    columns: tuple[Column, ...]
    values: Mapping[tuple[str, str, str, str], int | float]

    def cell(self, date: str, area: str, column: Column) -> Cell:
        """The figure; `.` where the source gives none."""
        return self.values.get((date, area, *column.codes), ".")

    def row(self, date: str, area: str, columns: tuple[Column, ...] | None = None) -> list[Cell]:
        """The figures of an area in the order of the columns."""
        return [self.cell(date, area, column) for column in columns or self.columns]


def german(date: str) -> str:
    """`2024-12-31` as `31.12.2024`; a year stays."""
    return ".".join(reversed(date.split("-")))


def plain(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns without those that only the GENESIS tables carry."""
    return tuple(column for column in columns if column.codes[0] != "rate_dependent_labour_force")


def genesis(table: Table) -> Grid:
    """Classic CSV of a GENESIS database: title lines, three header rows, indented names, notes after a line."""
    width = 3 + len(table.columns)
    titles: list[str] = [table.title, "regionale Tiefe: Land, Kreise und kreisfreie Städte", table.source]
    grid: Grid = [["Tabelle: EK-" + table.land]]
    grid += [[title, *[""] * (width - 1)] for title in titles]
    grid += [["", "", "", *(column.heads[level] for column in table.columns)] for level in range(3)]
    for date in table.dates:
        for area in table.areas:
            indent = " " * {2: 2, 3: 4}.get(len(area), 6)
            missing = table.cell(date, area, table.columns[0]) == "."
            figures: list[Cell] = ["-"] * len(table.columns) if missing else table.row(date, area)
            grid.append([german(date), area, indent + table.names[area], *figures])
    notes = 'zu "gesamte Tabelle":\n' + NOTE + "\nJede Zahl ist für sich gerundet;\nSummen können abweichen."
    return [*grid, ["__________"], [notes], ["Stand: 12.05.2026 / 09:14:03"]]


def workbook(table: Table) -> Grid:
    """Workbook with a title, two header rows with merged group heads, and footnotes below the table."""
    columns = plain(table.columns)
    groups = [column.heads[0] for column in columns]
    heads: list[Cell] = [name if groups.index(name) == place else None for place, name in enumerate(groups)]
    grid: Grid = [[f"{table.title} {german(table.dates[0])}"], [table.names[table.land]], [table.source], []]
    grid += [["Schlüssel", "Gebiet", *heads], [None, None, *(column.heads[1] or "insgesamt" for column in columns)]]
    grid += [[area, table.names[area], *table.row(table.dates[0], area, columns)] for area in table.areas]
    return [*grid, [], ["Fußnoten"], ["1) Jede Zahl ist für sich gerundet; Summen können abweichen."], [NOTE]]


def flat(table: Table, *, status: bool = False) -> Grid:
    """One figure per line; with `status` a column that says why a figure is missing or preliminary."""
    grid: Grid = [["Zeit", "Schluessel", "Gebiet", "Merkmal", "Auspraegung", "Wert", *(["Kennung"] if status else [])]]
    for date in table.dates:
        for area in table.areas:
            for column in plain(table.columns):
                labels = [date, area, table.names[area], column.heads[0], column.heads[1] or "insgesamt"]
                grid.append([*labels, table.cell(date, area, column), *(["e"] if status else [])])
    return grid


def flat_status(table: Table) -> Grid:
    """One figure per line with the column `Kennung`."""
    return flat(table, status=True)


def sections(table: Table) -> Grid:
    """Blocks one below the other: a row with only a label holds for the rows below it."""
    columns = plain(table.columns)
    labels = list(dict.fromkeys(column.heads[1] or "insgesamt" for column in columns))
    groups = list(dict.fromkeys(column.heads[0] for column in columns))
    date = table.dates[0]
    grid: Grid = [[table.title], [f"Zeit: {german(date)}"], [table.source], [], ["Schlüssel", "Gebiet", *groups]]
    for label in labels:
        chosen = tuple(column for column in columns if (column.heads[1] or "insgesamt") == label)
        grid.append([f"Gliederung: {label}", "", *[""] * len(groups)])
        grid += [[area, table.names[area], *table.row(date, area, chosen)] for area in table.areas]
    return [*grid, ["Anmerkungen"], [NOTE]]


def key_and_name(table: Table) -> Grid:
    """Key and name in one cell, two header rows, the date in a line above."""
    columns = plain(table.columns)
    grid: Grid = [[table.title], ["Berichtszeit: " + german(table.dates[0])], [table.source]]
    grid += [["Regionaleinheit", *(column.heads[0] for column in columns)]]
    grid += [["", *(column.heads[1] or "insgesamt" for column in columns)]]
    grid += [[f"{area} {table.names[area]}", *table.row(table.dates[0], area, columns)] for area in table.areas]
    return [*grid, ["Quelle: " + table.source], [NOTE]]


def english(table: Table) -> Grid:
    """English headings and numbers, comma between the fields."""
    columns = plain(table.columns)
    grid: Grid = [["Reference period", "Region code", "Region", *(column.english for column in columns)]]
    for date in table.dates:
        grid += [[date, area, table.names[area], *table.row(date, area, columns)] for area in table.areas]
    return grid


def unicode_text(table: Table) -> Grid:
    """Excel's "Unicode-Text": the period stands only in the name of the file."""
    columns = plain(table.columns)
    heads = [f"{column.heads[0]}: {column.heads[1] or 'insgesamt'}" for column in columns]
    grid: Grid = [["AGS", "Region", *heads]]
    grid += [[area, table.names[area], *table.row(table.dates[0], area, columns)] for area in table.areas]
    return [*grid, ["Erläuterung: " + NOTE]]


def preamble(table: Table) -> Grid:
    """Export with key and value lines above the table; regions by name only."""
    columns = plain(table.columns)
    grid: Grid = [
        ["Region", table.names[table.land]],
        ["Berichtsjahr", table.dates[0]],
        ["Indikator", table.title],
        [""],
    ]
    grid += [["Gebiet ", *(f"{column.heads[0]} {column.heads[1]}".strip() + " " for column in columns)]]
    grid += [[table.names[area], *table.row(table.dates[0], area, columns)] for area in table.areas]
    return [*grid, [""], ["Exportdatum: ", "12.05.2026", "09:14:03"], [NOTE]]


def years(table: Table) -> Grid:
    """Reference dates side by side."""
    grid: Grid = [[table.title], [table.source], [], ["Gebiet", *(german(date) for date in table.dates)]]
    for area in table.areas:
        grid.append([table.names[area], *(table.cell(date, area, table.columns[0]) for date in table.dates)])
    return [*grid, [], ["Anmerkung: Bis 31.12.2015 ungerundet, danach jede Zahl für sich auf 5 gerundet."], [NOTE]]


def years_by_column(table: Table) -> Grid:
    """Reference dates side by side, under each date the breakdown."""
    width = len(table.columns)
    dates: list[Cell] = [cell for date in table.dates for cell in [german(date), *[None] * (width - 1)]]
    heads: list[Cell] = [column.heads[1] for _ in table.dates for column in table.columns]
    grid: Grid = [[table.title], [table.source], [], ["Schlüssel", "Gebiet", *dates], [None, None, *heads]]
    for area in table.areas:
        grid.append([area, table.names[area], *(cell for date in table.dates for cell in table.row(date, area))])
    return [*grid, [], ["Fußnote: Jede Zahl ist für sich auf ein Vielfaches von 5 gerundet."], [NOTE]]


def nations(table: Table) -> Grid:
    """One Land by nationality: keys and names as rows, the breakdown as columns, the date in the title."""
    date = table.dates[0]
    grid: Grid = [[f"{table.title} in {table.names[table.land]} am {german(date)}"], [table.source], []]
    grid += [["Nr.", "Staatsangehörigkeit", *(column.heads[1] for column in table.columns)]]
    for code, (number, name) in NATIONS.items():
        cells = [table.values.get((date, table.land, code, column.codes[1])) for column in table.columns]
        if None not in cells:
            grid.append([number, name, *cells])
    return [*grid, ["Quelle: " + table.source], [NOTE]]


def nations_by_name(table: Table) -> Grid:
    """As `nations`, by name and indented; the date is the name of the sheet."""
    grid = [row[1:] for row in nations(table)[3:-2]]
    for row in grid[2:]:
        row[0] = ("  " if row[0] in ("Europa", "Afrika", "Amerika", "Asien") else "    ") + str(row[0])
    return [[f"{table.title} in {table.names[table.land]}"], [table.source], [], *grid, ["Quelle: AZR"], [NOTE]]


def rates(table: Table) -> Grid:
    """Sexes as rows, measures as columns; what is not yet known carries the sign `…`."""
    grid: Grid = [[f"Grundzahlen zur Einbürgerungsquote {table.dates[0]}"], [table.names[table.land]], []]
    grid += [["Geschlecht", *(column.heads[0] for column in table.columns)]]
    for sex, name in {"_T": "Insgesamt", "M": "männlich", "F": "weiblich"}.items():
        figures = [
            table.values.get((table.dates[0], table.land, sex, column.codes[1]), "…") for column in table.columns
        ]
        grid.append([name, *figures])
    return [*grid, [], ["… = Angabe lag bei der Lieferung noch nicht vor."], [NOTE]]


def azr_land(table: Table) -> Grid:
    """Länder by the number of the central register, which is not the Land key."""
    grid: Grid = [["Jahr", "Land (AZR-Nr.)", "Land", *(column.heads[0] for column in table.columns)]]
    for date in table.dates:
        grid += [[date, "1", table.names[area], *table.row(date, area)] for area in table.areas]
    return grid
