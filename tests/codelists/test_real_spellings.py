"""The code lists cover the real files they were taken from."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from functools import cache

import pytest
from python_calamine import CalamineWorkbook

from codelists.lists import ROOT, by_code, is_valid_on, normalise, rows, spellings, split

REAL = ROOT.parent / "shared" / "real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="real files (../shared/real) are not here")


def read_latin1(name: str) -> list[list[str]]:
    with (REAL / name).open(encoding="latin-1", newline="") as file:
        return [[cell.strip() for cell in record] for record in csv.reader(file, delimiter=";")]


@cache
def destatis_sheet(sheet: str) -> list[list[str]]:
    path = REAL / "destatis" / "statistischer-bericht-auslaend-bevoelkerung-2010200247005.xlsx"
    table = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()
    return [[str(cell).strip() for cell in record] for record in table[1:] if record[1]]


def nationality_codes() -> dict[str, str]:
    names = ("nationality_groups", "nationalities")
    return {text: row["code"] for name in names for row in rows(name) for text in spellings(row)}


def accepts(code: str, key: str) -> bool:
    return key == code or key in split(by_code("nationalities")[code]["members"])


def test_every_nationality_of_the_nrw_table_maps() -> None:
    codes = nationality_codes()
    groups = by_code("nationality_groups")
    seen = {(r[3], r[4]) for r in read_latin1("nrw/2024_12521-03i.csv") if len(r) == 8 and r[3].isdigit()}
    assert len(seen) == 221
    for key, label in seen:
        code = codes[normalise(label)]
        assert groups[code]["azr_key"] == key if len(key) == 1 else accepts(code, key), (key, label)
        assert len(key) == 1 or key in by_code("nationalities"), key


@pytest.mark.parametrize("sheet", ["csv-12521-07", "csv-12521-08"])
def test_every_nationality_of_the_destatis_report_maps(sheet: str) -> None:
    codes = nationality_codes()
    for label, key in {(record[4], record[5]) for record in destatis_sheet(sheet)}:
        code = codes[normalise(label)]
        if key[0].isdigit():
            assert code == key.replace(", ", "_"), (label, key)


def test_nationality_groups_add_up_in_the_destatis_report() -> None:
    codes = nationality_codes()
    values: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for record in destatis_sheet("csv-12521-08"):
        if record[7] != ".":
            values[record[3], record[6]][codes[normalise(record[4])]] = int(float(record[7]))
    children: dict[str, list[str]] = defaultdict(list)
    for row in rows("nationality_groups"):
        if row["parent"]:
            children[row["parent"]].append(row["code"])
    assert sorted(children) == ["AFR", "AME", "ASI", "EUR", "_T"]
    assert len(values) == 17 * 3
    for cell, figures in values.items():
        for parent, parts in children.items():
            difference = abs(figures[parent] - sum(figures[part] for part in parts))
            assert difference <= 2 * (len(parts) + 1), (cell, parent, difference)


def test_nationalities_add_up_to_continents_in_the_nrw_table() -> None:
    figures = {r[3]: int(r[5].replace("-", "0")) for r in read_latin1("nrw/2024_12521-03i.csv") if r[1:2] == ["05"]}
    for group in rows("nationality_groups"):
        if group["azr_key"]:
            parts = [r["code"] for r in rows("nationalities") if r["parent"] == group["code"] and r["code"] in figures]
            difference = abs(figures[group["azr_key"]] - sum(figures[part] for part in parts))
            assert difference <= 2 * (len(parts) + 1) and difference <= 20, (
                group["code"],
                difference,
            )


def test_every_kreis_key_of_the_regionaldatenbank_has_the_right_validity() -> None:
    kreise = by_code("kreise")
    found = {
        r[1]: r for r in read_latin1("regionalstatistik/13211-02-05-4.csv") if re.fullmatch(r"\d{5}", "".join(r[1:2]))
    }
    assert len(found) == 471
    for key, record in found.items():
        dissolved = set(record[3:]) == {"-"}
        assert is_valid_on(kreise[key], date(2025, 12, 31)) is not dissolved, record[:3]
        name = re.sub(r"\s+", " ", record[2])
        assert normalise(name) in spellings(kreise[key]), name


def test_kreis_names_of_the_destatis_report_are_known() -> None:
    kreise = by_code("kreise")
    for record in destatis_sheet("csv-12521-12"):
        if re.fullmatch(r"\d{5}", record[4]):
            # Hamburg and Berlin stand there as Land and Kreis in one row.
            assert normalise(record[3]) in spellings(kreise[record[4]]), record[3:5]


def test_the_gazetteer_of_june_2024_lists_the_same_kreise() -> None:
    workbook = CalamineWorkbook.from_path(str(REAL / "geo" / "AuszugGV2QAktuell.xlsx"))
    sheet = workbook.get_sheet_by_name("Onlineprodukt_Gemeinden30062024").to_python()
    keys = {f"{r[2]}{r[3]}{r[4]}" for r in sheet if r[0] == "40"}
    assert keys == {row["code"] for row in rows("kreise") if is_valid_on(row, date(2024, 6, 30))}
