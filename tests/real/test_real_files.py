"""Real files whole, straight from disk: accepted, nothing lost, and figures as a person reads them there."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from builders import ROOT, assert_complete, counts, sending

from einklang.check import Checked, check
from einklang.project import Project
from einklang.result import Verdict

REAL = ROOT.parent / "shared" / "real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real files (../shared/real) are not here")

REGIO = "regionalstatistik/13211-02-05-4.csv"
NRW = "nrw/2024_12521-03i.csv"
DESTATIS = "destatis/statistischer-bericht-auslaend-bevoelkerung-2010200247005.xlsx"
SUPPLIERS = {REGIO: ("regio", "arbeitslose"), NRW: ("nw", "auslaender"), DESTATIS: ("destatis", "auslaender")}


class Counted(NamedTuple):
    file: str
    rows: tuple[int, int, int, int]
    """Read, accepted, quarantined, not data."""
    cells: tuple[int, int, int, int]


COUNTS = [
    Counted(REGIO, (551, 488, 0, 63), (6344, 1952, 0, 4392)),
    Counted(NRW, (13493, 12376, 0, 1117), (37128, 37128, 0, 0)),
    Counted(DESTATIS, (7075, 6927, 0, 148), (32364, 12747, 0, 19617)),
]


def unemployed(area: str, citizenship: str, value: float | None, text: str, status: str = "A") -> dict[str, Any]:
    told = {"period": "2025", "area": area, "citizenship": citizenship, "measure": "unemployed"}
    return {**told, "value": value, "obs_status": status, "conf_status": "F", "value_text": text}


def rate(area: str, citizenship: str, value: float | None, text: str, status: str = "A") -> dict[str, Any]:
    return {**unemployed(area, citizenship, value, text, status), "measure": "unemployment_rate"}


def foreigners(
    area: str, nationality: str, sex: str, value: float | None, text: str, status: str = "A", conf: str = "F"
) -> dict[str, Any]:
    told = {"period": "2024-12-31", "area": area, "nationality": nationality, "sex": sex, "measure": "foreigners"}
    return {**told, "value": value, "obs_status": status, "conf_status": conf, "value_text": text}


# Each figure was looked up in the file by hand; the key is the cell as a spreadsheet shows it.
FIGURES: list[tuple[str, str, dict[str, Any]]] = [
    (REGIO, "D10", unemployed("DE", "_T", 2948092, "2948092")),
    (REGIO, "E10", unemployed("DE", "FOREIGN", 1081475, "1081475")),
    (REGIO, "L10", rate("DE", "_T", 6.3, "6,3")),
    (REGIO, "O10", rate("DE", "FOREIGN", 14.8, "14,8")),
    (REGIO, "D11", unemployed("01", "_T", 95886, "95886")),
    (REGIO, "D34", unemployed("03152", "_T", None, "-", "M")),
    (REGIO, "D41", unemployed("03159", "_T", 11643, "11643")),
    (REGIO, "O83", rate("04012", "FOREIGN", 25.3, "25,3")),
    (REGIO, "E105", unemployed("05334", "FOREIGN", 9164, "9164")),
    (REGIO, "D376", unemployed("11", "_T", 218315, "218315")),
    (REGIO, "L416", rate("13052", "_T", None, "-", "M")),
    (REGIO, "D530", unemployed("16056", "_T", None, "-", "M")),
    (REGIO, "O547", rate("16077", "FOREIGN", 36.9, "36,9")),
    (NRW, "F9", foreigners("05", "EUR", "_T", 2228230, "2228230")),
    (NRW, "F10", foreigners("05", "121", "_T", 33330, "33330")),
    (NRW, "F12", foreigners("05", "123", "_T", 5, "5")),
    (NRW, "G12", foreigners("05", "123", "M", 0, "-", "N")),
    (NRW, "H52", foreigners("05", "163", "F", 238945, "238945")),
    (NRW, "F203", foreigners("05", "475", "_T", 287940, "287940")),
    (NRW, "F226", foreigners("05", "OTH", "_T", 26790, "26790")),
    (NRW, "G227", foreigners("05", "997", "M", 4025, "4025")),
    (NRW, "G618", foreigners("05111", "438", "M", 1925, "1925")),
    (NRW, "G13269", foreigners("05978", "EUR", "M", 22040, "22040")),
    (NRW, "H13489", foreigners("05978", "999", "F", 5, "5")),
    (DESTATIS, "H2", foreigners("DE", "_T", "_T", 14061640, "14061640")),
    (DESTATIS, "H3", foreigners("08", "_T", "_T", 2188075, "2188075")),
    (DESTATIS, "H4", foreigners("09", "_T", "_T", 2392900, "2392900")),
    (DESTATIS, "H5", foreigners("11", "_T", "_T", 993295, "993295")),
    (DESTATIS, "H6", foreigners("12", "_T", "_T", 211470, "211470")),
    (DESTATIS, "H832", foreigners("15", "145", "_T", None, ".", "Q", "C")),
    (DESTATIS, "H849", foreigners("15", "145", "M", None, ".", "Q", "C")),
    (DESTATIS, "H5763", foreigners("01", "NON_EU", "F", 118605, "118605")),
    (DESTATIS, "H5764", foreigners("16", "NON_EU", "F", 61560, "61560")),
]


@pytest.fixture(scope="module")
def files(project: Project) -> dict[str, Checked]:
    return {
        file: check(sending(supplier, dataset, REAL / file), project) for file, (supplier, dataset) in SUPPLIERS.items()
    }


@pytest.mark.parametrize("counted", COUNTS, ids=lambda one: Path(one.file).name)
def test_file_is_accepted_and_accounted(counted: Counted, files: dict[str, Checked]) -> None:
    checked = files[counted.file]
    assert checked.result.verdict is Verdict.ACCEPTED, [one.message.de for one in checked.result.findings]
    assert checked.result.findings == []
    assert (counts(checked.result.rows), counts(checked.result.cells)) == (counted.rows, counted.cells)
    assert_complete(checked)
    assert checked.quarantine.num_rows == 0


@pytest.fixture(scope="module")
def cells(files: dict[str, Checked]) -> dict[str, dict[str, dict[str, Any]]]:
    """The figures by their cell; of the report, those of one of its two sheets."""
    by_sheet = {file: checked.observations.to_pylist() for file, checked in files.items()}
    return {
        file: {f"{row['column']}{row['row']}": row for row in rows if row["sheet"] in {"", "csv-12521-08"}}
        for file, rows in by_sheet.items()
    }


@pytest.mark.parametrize(("file", "cell", "figure"), FIGURES, ids=[f"{Path(one[0]).name}-{one[1]}" for one in FIGURES])
def test_figure(file: str, cell: str, figure: dict[str, Any], cells: dict[str, dict[str, dict[str, Any]]]) -> None:
    row = cells[file][cell]
    assert {name: row[name] for name in figure} == figure
    assert row["file"] == Path(file).name
    assert row["sheet"] == ("csv-12521-08" if file == DESTATIS else "")


def test_laender_add_up_to_germany(cells: dict[str, dict[str, dict[str, Any]]]) -> None:
    rows = [row for row in cells[DESTATIS].values() if row["nationality"] == row["sex"] == "_T"]
    by_area = {row["area"]: row["value"] for row in rows}
    assert len(by_area) == 17
    assert abs(by_area.pop("DE") - sum(by_area.values())) <= 2 * 17


def test_every_nationality_of_the_land_is_there(cells: dict[str, dict[str, dict[str, Any]]]) -> None:
    states = {row["nationality"] for row in cells[NRW].values() if row["area"] == "05"}
    assert len(states) == 12376 // 56
