"""Writes the delivery files of the demonstration from the published figures beside it.

    uv run python -m demo.generate [FOLDER]

Belongs here: which figures go into which delivery. Does not belong here: the layouts (`demo.layouts`), who sends which
(`demo.offices`), how files are written (`demo.files`), and the planted faults (`demo.faults`).
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from openpyxl import Workbook

from demo.faults import GRID_FAULTS
from demo.files import repack, write
from demo.layouts import Column, Table
from demo.offices import (
    CITIES,
    CURRENT,
    GENESIS,
    LAENDER,
    LATE,
    OFFICES,
    PREVIOUS,
    RATES,
    WORKBOOK,
    YEARS,
    YEARS_BY_SEX,
)

HERE = Path(__file__).parent


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
    return repack(stream.getvalue())


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
