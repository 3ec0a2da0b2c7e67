"""Writes the delivery files of the demonstration from the published figures beside it.

    uv run python -m demo.generate [FOLDER]

Belongs here: which office sends which layout, how files are written byte for byte, and the planted faults
(`faults.csv` says what must be found). Does not belong here: the layouts themselves (`demo.layouts`).
"""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from demo import layouts
from demo.layouts import Cell, Column, Grid, Table

HERE = Path(__file__).parent
PREVIOUS, CURRENT, LATE = "1-vorjahr", "2-aktuell", "3-nachzuegler"
CITIES = ("hh", "be")
SHEET_DATE = (2026, 5, 12, 9, 14, 2)


@dataclass(frozen=True)
class File:
    """How a file is written: kind, character set, numbers and merged header rows of a workbook."""

    kind: Literal["csv", "xlsx"] = "csv"
    encoding: str = "cp1252"
    delimiter: str = ";"
    decimal: str = ","
    thousands: str = ""
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL
    sheet: str = "Tabelle 1"
    header: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Layout:
    """A layout and the file it is written to."""

    lay_out: Callable[[Table], Grid]
    file: File


GENESIS = Layout(layouts.genesis, File())
WORKBOOK = Layout(layouts.workbook, File(kind="xlsx", header=(5, 6)))
FLAT = Layout(layouts.flat, File(encoding="utf-8-sig"))
FLAT_STATUS = Layout(layouts.flat_status, File(encoding="utf-8-sig"))
SECTIONS = Layout(layouts.sections, File(thousands="."))
KEY_AND_NAME = Layout(layouts.key_and_name, File(encoding="utf-8", thousands="."))
ENGLISH = Layout(layouts.english, File(encoding="utf-8", delimiter=",", decimal=".", thousands=","))
UNICODE = Layout(layouts.unicode_text, File(encoding="utf-16", delimiter="\t", thousands=" "))
PREAMBLE = Layout(layouts.preamble, File(encoding="utf-8-sig", thousands=".", quoting=csv.QUOTE_ALL))
YEARS = Layout(layouts.years, File(kind="xlsx"))
YEARS_BY_SEX = Layout(layouts.years_by_column, File(kind="xlsx", header=(4, 5)))
NATIONS = Layout(layouts.nations, File(kind="xlsx", sheet="T1"))
NATIONS_BY_NAME = Layout(layouts.nations_by_name, File(kind="xlsx", sheet="{date}"))
RATES = Layout(layouts.rates, File(kind="xlsx", sheet="B2"))
AZR_LAND = Layout(layouts.azr_land, File(encoding="utf-8-sig"))

# supplier: data set → layout and name of the file
OFFICES: Mapping[str, Mapping[str, tuple[Layout, str]]] = {
    "sh": {
        "auslaender": (GENESIS, "12521-SH_{date}.csv"),
        "arbeitslose": (GENESIS, "13211-SH_{date}.csv"),
        "einbuergerungen": (WORKBOOK, "Einbuergerungen_SH_{date}.xlsx"),
    },
    "hh": {
        "auslaender": (NATIONS_BY_NAME, "AZR_Hamburg_{year}.xlsx"),
        "arbeitslose": (WORKBOOK, "Arbeitslose_HH_{date}.xlsx"),
        "einbuergerungen": (WORKBOOK, "Einbuergerungen_HH_{date}.xlsx"),
    },
    "ni": {
        "auslaender": (GENESIS, "Z1250-NI_{date}.csv"),
        "arbeitslose": (GENESIS, "Z1321-NI_{date}.csv"),
        "einbuergerungen": (GENESIS, "Z1251-NI_{date}.csv"),
    },
    "hb": {
        "auslaender": (YEARS_BY_SEX, "Auslaender Bremen Stand {year}.xlsx"),
        "arbeitslose": (WORKBOOK, "Arbeitslose Bremen {date}.xlsx"),
        "einbuergerungen": (WORKBOOK, "Einbuergerungen Bremen {date}.xlsx"),
    },
    "nw": {
        "auslaender": (GENESIS, "12521-01i_{date}.csv"),
        "arbeitslose": (GENESIS, "13211-05i_{date}.csv"),
        "einbuergerungen": (RATES, "B2_Grundzahlen_{date}.xlsx"),
    },
    "he": {
        "auslaender": (SECTIONS, "hsl_auslaender_{date}.csv"),
        "arbeitslose": (SECTIONS, "hsl_arbeitslose_{date}.csv"),
        "einbuergerungen": (FLAT, "hsl_einbuergerungen_{date}.csv"),
    },
    "rp": {
        "auslaender": (KEY_AND_NAME, "RP_AZR_{date}.csv"),
        "arbeitslose": (KEY_AND_NAME, "RP_Arbeitsmarkt_{date}.csv"),
        "einbuergerungen": (KEY_AND_NAME, "RP_Einbuergerungen_{date}.csv"),
    },
    "bw": {
        "auslaender": (FLAT, "bw_azr_kreise_{date}.csv"),
        "arbeitslose": (FLAT, "bw_arbeitslose_{date}.csv"),
        "einbuergerungen": (AZR_LAND, "bw_einbuergerungen_{date}.csv"),
    },
    "by": {
        "auslaender": (WORKBOOK, "12521-001r_{date}.xlsx"),
        "arbeitslose": (WORKBOOK, "13211-001r_{date}.xlsx"),
        "einbuergerungen": (WORKBOOK, "12511-001r_{date}.xlsx"),
    },
    "sl": {
        "auslaender": (YEARS, "Saarland_Auslaender_ab_2014_bis_{year}.xlsx"),
        "arbeitslose": (PREAMBLE, "Export_Arbeitslose_Saarland_{date}.csv"),
        "einbuergerungen": (WORKBOOK, "Saarland_Einbuergerungen_{date}.xlsx"),
    },
    "be": {
        "auslaender": (NATIONS, "AZR_Berlin_{date}.xlsx"),
        "arbeitslose": (FLAT, "be_arbeitslose_{date}.csv"),
        "einbuergerungen": (FLAT, "be_einbuergerungen_{date}.csv"),
    },
    "bb": {
        "auslaender": (FLAT_STATUS, "bb_auslaender_{date}.csv"),
        "arbeitslose": (FLAT_STATUS, "bb_arbeitslose_{date}.csv"),
        "einbuergerungen": (FLAT_STATUS, "bb_einbuergerungen_{date}.csv"),
    },
    "mv": {
        "auslaender": (WORKBOOK, "StatA_MV_A1_{date}.xlsx"),
        "arbeitslose": (WORKBOOK, "StatA_MV_E5_{date}.xlsx"),
        "einbuergerungen": (GENESIS, "StatA_MV_B2_{date}.csv"),
    },
    "sn": {
        "auslaender": (UNICODE, "Auslaender_Sachsen_{date}.txt"),
        "arbeitslose": (UNICODE, "Arbeitslose_Sachsen_{date}.txt"),
        "einbuergerungen": (UNICODE, "Einbuergerungen_Sachsen_{date}.txt"),
    },
    "st": {
        "auslaender": (KEY_AND_NAME, "LSA_Auslaender_{date}.csv"),
        "arbeitslose": (KEY_AND_NAME, "LSA_Arbeitslose_{date}.csv"),
        "einbuergerungen": (FLAT, "LSA_Einbuergerungen_{date}.csv"),
    },
    "th": {
        "auslaender": (ENGLISH, "TLS_foreigners_{date}.csv"),
        "arbeitslose": (ENGLISH, "TLS_unemployed_{date}.csv"),
        "einbuergerungen": (ENGLISH, "TLS_naturalisations_{date}.csv"),
    },
}
# the offices above stand in the order of the Land keys
LAENDER = {supplier: f"{number:02d}" for number, supplier in enumerate(OFFICES, start=1)}
TITLES = {
    "auslaender": ("Ausländische Bevölkerung nach Geschlecht", "Ausländerstatistik (AZR)"),
    "arbeitslose": ("Arbeitslose und Arbeitslosenquoten im Jahresdurchschnitt", "Arbeitsmarktstatistik der BA"),
    "einbuergerungen": ("Einbürgerungen und ausländische Bevölkerung", "Einbürgerungsstatistik, AZR"),
}
PERIODS = {"auslaender": "2024-12-31", "arbeitslose": "2025", "einbuergerungen": "2024"}
_DEPENDENT = "Arbeitslosenquote bez. auf abhängige zivile Erwerbspersonen"
_RATE = "Arbeitslosenquote bez. auf alle zivilen Erwerbspersonen"
_BASE = "Ausländische Bevölkerung am 31.12. des Vorjahres"
_BASE_8 = "darunter mit mindestens achtjährigem Aufenthalt"
COLUMNS = {
    "auslaender": (
        Column(("_T", "_T"), ("Ausländische Bevölkerung", "Insgesamt", "Anzahl"), "Total"),
        Column(("_T", "M"), ("Ausländische Bevölkerung", "männlich", "Anzahl"), "Male"),
        Column(("_T", "F"), ("Ausländische Bevölkerung", "weiblich", "Anzahl"), "Female"),
    ),
    "arbeitslose": (
        Column(("unemployed", "_T"), ("Arbeitslose", "", "Anzahl"), "Unemployed, total"),
        Column(("unemployed", "FOREIGN"), ("Arbeitslose", "ausländisch", "Anzahl"), "Unemployed, foreign"),
        Column(("rate_dependent_labour_force", "_T"), (_DEPENDENT, "", "Prozent"), ""),
        Column(("unemployment_rate", "_T"), (_RATE, "", "Prozent"), "Unemployment rate, total (%)"),
        Column(("unemployment_rate", "FOREIGN"), (_RATE, "ausländisch", "Prozent"), "Unemployment rate, foreign (%)"),
    ),
    "einbuergerungen": (
        Column(("_T", "naturalisations"), ("Einbürgerungen", "", "Anzahl"), "Naturalisations"),
        Column(("_T", "foreigners_previous_year"), (_BASE, "", "Anzahl"), "Foreign population, previous 31 December"),
    ),
}
EIGHT_YEARS = Column(("_T", "foreigners_eight_years_previous_year"), (_BASE_8, "", "Anzahl"), "")


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / "figures" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def names() -> Mapping[str, str]:
    """Area → name."""
    return {row["area"]: row["name"] for row in _rows("areas")}


@cache
def figures(dataset: str) -> Mapping[tuple[str, str, str, str], int | float]:
    """(period, area, two codes) → figure."""
    return {
        (period, area, one, two): float(value) if "." in value else int(value)
        for period, area, one, two, value, _ in (row.values() for row in _rows(dataset))
    }


def table(supplier: str, dataset: str, period: str) -> Table:
    """The figures that a Land office delivers for a period."""
    land = LAENDER[supplier]
    layout = OFFICES[supplier][dataset][0]
    values = figures(dataset)
    present = {area for date, area, *_ in values if date == period}
    gone = ("03152", "03156", "16056") if layout is GENESIS and dataset != "einbuergerungen" else ()
    areas = sorted(area for area in {*present, *gone} if area.startswith(land))
    if layout is not GENESIS:
        areas = [area for area in areas if len(area) != 3]
    if supplier in CITIES or layout is YEARS:
        areas = [land]
    dates: tuple[str, ...] = (period,)
    if layout is YEARS:
        dates = tuple(f"{year}-12-31" for year in range(2014, int(period[:4]) + 1))
    if layout is YEARS_BY_SEX:
        dates = tuple(f"{year}-12-31" for year in range(2023, int(period[:4]) + 1))
    columns = COLUMNS[dataset]
    if layout is RATES:
        columns = (columns[1], EIGHT_YEARS, columns[0])
    return Table(*TITLES[dataset], land, dates, tuple(areas), names(), columns, values)


def _text(cell: Cell, file: File) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case int():
            return f"{cell:,}".replace(",", file.thousands)
        case float():
            return f"{cell:.1f}".replace(".", file.decimal)


def _write_text(grid: Grid, file: File) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=file.delimiter, quoting=file.quoting, lineterminator="\n")
    writer.writerows([_text(cell, file) for cell in row] for row in grid)
    if file.encoding == "utf-16":
        return b"\xff\xfe" + stream.getvalue().encode("utf-16-le")
    return stream.getvalue().encode(file.encoding)


def _repack(data: bytes) -> bytes:
    """The workbook with fixed dates and no compression, so that the same cells give the same bytes everywhere."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-05-12T09:14:02Z", content)
            info = zipfile.ZipInfo(name, SHEET_DATE)
            info.create_system = 3
            target.writestr(info, content)
    return packed.getvalue()


def _write_workbook(grid: Grid, file: File, date: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = file.sheet.format(date=layouts.german(date))
    for number, row in enumerate(grid, start=1):
        for column, cell in enumerate(row, start=1):
            if cell not in (None, ""):
                sheet.cell(number, column, cell).data_type = "s" if isinstance(cell, str) else "n"
    sheet["A1"].font = Font(bold=True)
    first, last = file.header
    if first:
        _merge_header(book, grid, first, last)
    stream = io.BytesIO()
    book.save(stream)
    return _repack(stream.getvalue())


def _merge_header(book: Workbook, grid: Grid, first: int, last: int) -> None:
    sheet = book.active
    assert sheet is not None
    heads = grid[first - 1]
    for start, head in enumerate(heads, start=1):
        if head is None:
            continue
        end = next((place for place in range(start, len(heads)) if heads[place] is not None), len(heads))
        down = last if grid[last - 1][start - 1] is None else first
        if end > start or down > first:
            sheet.merge_cells(start_row=first, end_row=down, start_column=start, end_column=end)
        sheet.cell(first, start).alignment = Alignment(horizontal="center", wrap_text=True)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(heads))


def write(grid: Grid, file: File, date: str) -> bytes:
    """The bytes of a delivery file."""
    return _write_workbook(grid, file, date) if file.kind == "xlsx" else _write_text(grid, file)


# ---- planted faults -------------------------------------------------------------------------------------------


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


def _far_cell(date: str) -> bytes:
    grid = WORKBOOK.lay_out(table("hb", "einbuergerungen", date))
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in grid:
        sheet.append(row)
    sheet["XFD1048576"] = " "
    stream = io.BytesIO()
    book.save(stream)
    return _repack(stream.getvalue())


def _web_page() -> bytes:
    return (
        b"<html><head><title>Anmeldung</title></head><body><p>Ihre Sitzung ist abgelaufen. "
        b"Bitte melden Sie sich erneut an.</p></body></html>\n"
    )


def _delivery(wave: str, supplier: str, dataset: str, period: str) -> tuple[str, bytes]:
    """Name and bytes of the file that an office sends in a wave."""
    layout, name = OFFICES[supplier][dataset]
    name = name.format(date=period, year=period[:4])
    of = table(supplier, dataset, period)
    match (wave, supplier, dataset):
        case (_, "hb", "einbuergerungen"):
            return name, _far_cell(period)
        case (_, "sl", "einbuergerungen"):
            return name, _web_page()
        case (_, "be", "einbuergerungen"):
            of = table("bb", dataset, period)
        case ("3-nachzuegler", "sh", "auslaender"):
            last_year = {("2024-12-31", *key[1:]): value for key, value in of.values.items() if key[0] == "2023-12-31"}
            of = replace(of, values=last_year)
    grid = layout.lay_out(of)
    change = GRID_FAULTS.get((wave, supplier, dataset))
    if change:
        change(grid)
    data = write(grid, layout.file, of.dates[-1])
    if (wave, supplier, dataset) == (CURRENT, "th", "arbeitslose"):
        data = data.replace("ü".encode(), "\ufffd".encode())
    if (wave, supplier, dataset) == (LATE, "th", "auslaender"):
        data = data.replace(b'"', b"", 2)
    return name, data


def _late() -> list[tuple[str, str]]:
    corrected = [("rp", "auslaender"), ("mv", "arbeitslose")]
    again = [("sn", "auslaender"), ("sh", "auslaender"), ("th", "auslaender")]
    return [*corrected, *again, *(key[1:] for key in GRID_FAULTS if key[0] == LATE)]


def deliveries() -> dict[str, bytes]:
    """Path below `inbox/` → bytes of every delivery file."""
    wanted = [(PREVIOUS, supplier, "auslaender", "2023-12-31") for supplier in OFFICES]
    wanted += [(PREVIOUS, "nw", "einbuergerungen", "2017")]
    wanted += [(CURRENT, supplier, dataset, PERIODS[dataset]) for supplier, sent in OFFICES.items() for dataset in sent]
    wanted += [(LATE, supplier, dataset, PERIODS[dataset]) for supplier, dataset in _late()]
    files: dict[str, bytes] = {}
    for wave, supplier, dataset, period in wanted:
        name, data = _delivery(wave, supplier, dataset, period)
        files[f"{wave}/{supplier}/{dataset}/{name}"] = data
    return files


def main() -> None:
    """Writes the files below the folder named, or below `demo/inbox`."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "inbox"
    files = deliveries()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    print(f"{len(files)} files, {sum(map(len, files.values())) // 1024} KiB in {folder}")


if __name__ == "__main__":
    main()
