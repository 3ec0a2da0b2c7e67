"""What must hold for the code lists themselves, and that they cover the real files they were taken from."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

ROOT = Path(__file__).resolve().parents[1]
CODELISTS = ROOT / "schemas" / "codelists"
REAL = ROOT.parent / "shared" / "real"

BASE = [
    "code",
    "label_de",
    "label_en",
    "aliases",
    "parent",
    "kind",
    "valid_from",
    "valid_to",
]
EXTRA: dict[str, list[str]] = {
    "ages": ["from_age", "to_age"],
    "aggregates": ["members"],
    "citizenship": [],
    "durations_of_stay": ["from_years", "to_years"],
    "gemeinden": [],
    "german_citizenship_by": [],
    "household_children": [],
    "household_citizenship": [],
    "household_migration": [],
    "household_structure": [],
    "conf_status": ["allowed_value"],
    "kreise": ["type_de", "successor", "nuts", "note"],
    "laender": ["iso", "nuts", "azr"],
    "leaving_certificates": [],
    "microcensus_breakdowns": [],
    "microcensus_characteristics": ["key_figures"],
    "microcensus_countries": [],
    "nationalities": ["region", "iso", "members", "note"],
    "nationality_groups": ["azr_key", "genesis", "note"],
    "obs_status": ["allowed_value"],
    "parents_migration": [],
    "school_forms": [],
    "sex": [],
    "suppliers": ["areas"],
    "units": ["multiplier", "canonical"],
    "years_of_arrival": [],
}
#: Lists whose parents stand in another list.
PARENT_LIST = {
    "laender": "aggregates",
    "kreise": "laender",
    "gemeinden": "kreise",
    "microcensus_countries": "nationality_groups",
    "nationalities": "nationality_groups",
}
#: Lists that share one column in the files, so that a spelling must be unique across them.
SHARED_COLUMN = [("aggregates", "laender"), ("nationality_groups", "nationalities")]

SIGN_COLUMNS = [
    "code",
    "label_de",
    "label_en",
    "value",
    "obs_status",
    "conf_status",
    "words",
    "note",
]

needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="real files (../shared/real) are not here")

Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    with (CODELISTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, strict=True))


def by_code(name: str) -> dict[str, Row]:
    return {row["code"]: row for row in rows(name)}


def normalise(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u00ad", "")
    text = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return re.sub(r"[\s_]+", " ", text).strip()


def split(text: str) -> list[str]:
    return text.split("|") if text else []


def spellings(row: Row) -> set[str]:
    texts = [row["code"], row["label_de"], row["label_en"], *split(row["aliases"])]
    return {normalise(text) for text in texts}


def clashes(*names: str) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for row in rows(name):
            for spelling in spellings(row):
                owners[spelling].add(f"{name}:{row['code']}")
    return {spelling: codes for spelling, codes in owners.items() if len(codes) > 1}


def is_valid_on(row: Row, day: date) -> bool:
    start = date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min
    end = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
    return start <= day <= end


# -- form of every list --------------------------------------------------------------------------


def test_every_list_is_declared_here() -> None:
    found = {path.stem for path in CODELISTS.glob("*.csv")}
    assert set(EXTRA) | {"signs", "sign_conventions"} <= found


@pytest.mark.parametrize("name", sorted([*EXTRA, "signs", "sign_conventions"]))
def test_bytes_are_utf8_lf_without_bom(name: str) -> None:
    data = (CODELISTS / f"{name}.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    data.decode("utf-8")


@pytest.mark.parametrize("name", sorted(EXTRA))
def test_columns(name: str) -> None:
    assert list(rows(name)[0]) == BASE + EXTRA[name]


@pytest.mark.parametrize("name", sorted(EXTRA))
def test_every_row_has_labels_kind_and_no_stray_blanks(name: str) -> None:
    for row in rows(name):
        assert None not in row.values(), row
        assert all(value == value.strip() for value in row.values()), row
        assert row["code"] and row["label_de"] and row["label_en"] and row["kind"], row
        assert all(alias and alias == alias.strip() for alias in split(row["aliases"])), row


@pytest.mark.parametrize("name", sorted([*EXTRA, "signs"]))
def test_codes_are_unique_and_sorted(name: str) -> None:
    codes = [row["code"] for row in rows(name)]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("name", sorted(set(EXTRA) - {"kreise", "gemeinden", "microcensus_characteristics"}))
def test_no_spelling_means_two_codes(name: str) -> None:
    assert clashes(name) == {}


@pytest.mark.parametrize("names", SHARED_COLUMN)
def test_no_spelling_means_two_codes_across_lists(names: tuple[str, str]) -> None:
    assert clashes(*names) == {}


@pytest.mark.parametrize("name", sorted(EXTRA))
def test_parents_exist(name: str) -> None:
    known = set(by_code(PARENT_LIST.get(name, name)))
    assert {row["parent"] for row in rows(name)} - {""} <= known


@pytest.mark.parametrize("name", sorted(set(EXTRA) - set(PARENT_LIST)))
def test_parents_have_no_cycle(name: str) -> None:
    parents = {row["code"]: row["parent"] for row in rows(name)}
    for start in parents:
        seen: set[str] = set()
        code = start
        while code:
            assert code not in seen, seen
            seen.add(code)
            code = parents.get(code, "")


@pytest.mark.parametrize("name", sorted(EXTRA))
def test_validity_is_in_order(name: str) -> None:
    for row in rows(name):
        start, end = row["valid_from"], row["valid_to"]
        for text in (start, end):
            assert not text or date.fromisoformat(text).isoformat() == text
        assert not (start and end) or start <= end, row


# -- Länder and other areas ----------------------------------------------------------------------


def test_sixteen_laender_with_distinct_schemes() -> None:
    laender = rows("laender")
    assert [row["code"] for row in laender] == [f"{n:02d}" for n in range(1, 17)]
    for column in ("iso", "nuts", "azr"):
        assert len({row[column] for row in laender}) == 16, column
    assert {row["azr"] for row in laender} == {str(n) for n in range(1, 17)}


def test_azr_code_is_not_the_ags_key() -> None:
    azr = {row["code"]: row["azr"] for row in rows("laender")}
    different = {
        "01": "11",
        "02": "5",
        "03": "7",
        "05": "8",
        "07": "9",
        "08": "1",
        "09": "2",
        "11": "3",
    }
    assert {code: value for code, value in azr.items() if int(code) != int(value)} == different


@pytest.mark.parametrize(
    "text",
    [
        "Neue Länder",
        "neue Bundesländer",
        "Früheres Bundesgebiet",
        "Westdeutschland",
        "Ostdeutschland",
        "Alte Länder",
    ],
)
def test_areas_without_a_word_on_berlin_stay_unknown(text: str) -> None:
    known = set().union(*(spellings(row) for name in ("aggregates", "laender") for row in rows(name)))
    assert normalise(text) not in known


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Deutschland", "DE"),
        ("DG", "DE"),
        ("Neue Länder mit Berlin", "DE_E_BE"),
        ("Neue Länder einschl. Berlin", "DE_E_BE"),
        ("neue Länder ohne Berlin", "DE_E_XBE"),
        ("früheres Bundesgebiet und Berlin", "DE_W_BE"),
        ("Westdeutschland zusammen (einschl. Berlin)", "DE_W_BE"),
        ("Früheres Bundesgebiet ohne Berlin", "DE_W_XBE"),
        ("Ausland", "ABROAD"),
    ],
)
def test_spellings_of_aggregates_seen_in_deliveries(text: str, code: str) -> None:
    assert normalise(text) in spellings(by_code("aggregates")[code])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Nieder-\nsachsen", "03"),
        ("Baden Württemberg", "08"),
        ("Baden-Wuerttemberg    ", "08"),
        ("Hamburg, kreisfreie Stadt, Freie und Hansestadt", "02"),
        ("Freistaat Bayern", "09"),
        ("SH", "01"),
    ],
)
def test_spellings_of_laender_seen_in_deliveries(text: str, code: str) -> None:
    assert normalise(text) in spellings(by_code("laender")[code])


# -- Kreise --------------------------------------------------------------------------------------


def test_four_hundred_kreise_at_the_end_of_2024() -> None:
    valid = [row for row in rows("kreise") if is_valid_on(row, date(2024, 12, 31))]
    assert Counter(row["kind"] for row in valid) == {
        "kreis": 294,
        "kreisfreie_stadt": 106,
    }


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2000, 12, 31), 440),
        (date(2001, 12, 31), 439),
        (date(2007, 12, 31), 429),
        (date(2008, 12, 31), 413),
        (date(2009, 12, 31), 412),
        (date(2011, 12, 31), 402),
        (date(2016, 12, 31), 401),
        (date(2020, 12, 31), 401),
        (date(2021, 12, 31), 400),
    ],
)
def test_number_of_kreise_after_each_reform(day: date, count: int) -> None:
    assert sum(is_valid_on(row, day) for row in rows("kreise")) == count


def test_kreis_keys_belong_to_their_land() -> None:
    for row in rows("kreise"):
        assert re.fullmatch(r"\d{5}", row["code"]), row
        assert row["parent"] == row["code"][:2], row
        assert row["kind"] in {"kreis", "kreisfreie_stadt"}, row
        assert row["type_de"], row


def test_municipality_keys_belong_to_their_kreis() -> None:
    """Municipalities of Lower Saxony on 30 June 2024, from the register of the statistical offices (GV-ISys)."""
    municipalities = rows("gemeinden")
    assert all(row["code"][:5] == row["parent"] and len(row["code"]) == 8 for row in municipalities)
    assert Counter(row["kind"] for row in municipalities) == {"gemeinde": 939, "gemeindefreies_gebiet": 25}


def test_dissolved_kreise_have_an_end_and_a_valid_successor() -> None:
    kreise = by_code("kreise")
    for row in rows("kreise"):
        successors = split(row["successor"])
        assert bool(row["valid_to"]) == bool(successors), row
        for successor in successors:
            assert row["valid_to"] < (kreise[successor]["valid_from"] or "9999"), row
            assert not kreise[successor]["valid_to"], row
            assert successor[:2] == row["code"][:2], row


def test_nuts3_of_every_kreis_in_force() -> None:
    nuts1 = {row["code"]: row["nuts"] for row in rows("laender")}
    in_force = [row for row in rows("kreise") if not row["valid_to"]]
    assert len({row["nuts"] for row in in_force}) == len(in_force) == 400
    for row in in_force:
        assert len(row["nuts"]) == 5 and row["nuts"].startswith(nuts1[row["parent"]]), row


@pytest.mark.parametrize(
    ("old", "new", "last_day"),
    [
        ("03152", "03159", "2016-10-31"),
        ("05354", "05334", "2009-10-20"),
        ("16056", "16063", "2021-06-30"),
        ("14263", "14626", "2008-07-31"),
        ("15202", "15002", "2007-06-30"),
        ("13001", "13075", "2011-09-03"),
    ],
)
def test_known_reforms(old: str, new: str, last_day: str) -> None:
    row = by_code("kreise")[old]
    assert (row["valid_to"], split(row["successor"])) == (last_day, [new])


# -- nationalities -------------------------------------------------------------------------------


def test_members_of_combined_nationalities_exist() -> None:
    nationalities = by_code("nationalities")
    for row in rows("nationalities"):
        members = split(row["members"])
        assert (row["kind"] == "combined") == bool(members), row
        assert row["code"] == "_".join(members) or not members, row
        assert {nationalities[member]["parent"] for member in members} <= {row["parent"]}, row


def test_every_nationality_hangs_on_a_continent_and_fits_its_region() -> None:
    groups = by_code("nationality_groups")
    for row in rows("nationalities"):
        assert groups[row["parent"]]["kind"] == "continent", row
        if row["region"]:
            assert groups[row["region"]]["parent"] == row["parent"], row


def test_iso_codes_of_states_are_unique() -> None:
    iso = [row["iso"] for row in rows("nationalities") if row["iso"]]
    assert len(iso) == len(set(iso))
    assert all(re.fullmatch(r"[A-Z]{2}", code) for code in iso)
    assert {row["code"] for row in rows("nationalities") if row["kind"] == "state" and not row["iso"]} == set()


def test_twenty_seven_eu_states_without_germany_are_twenty_six() -> None:
    eu = [row["code"] for row in rows("nationalities") if row["region"] == "EU" and row["kind"] == "state"]
    assert len(eu) == 26


def test_groups_that_cut_across_are_not_summands() -> None:
    for row in rows("nationality_groups"):
        assert (row["kind"] in {"darunter", "total"}) == (row["parent"] == ""), row


# -- ages, units, statuses, signs, suppliers ------------------------------------------------------


def test_age_codes_agree_with_their_bounds() -> None:
    for row in rows("ages"):
        low, high = row["from_age"], row["to_age"]
        if row["kind"] in {"total", "unknown"}:
            assert (low, high) == ("", ""), row
        elif low == "0":
            assert row["code"] == f"Y_LT{int(high) + 1}", row
        elif not high:
            assert row["code"] == f"Y_GE{low}", row
        else:
            assert row["code"] == f"Y{low}T{high}" and int(low) < int(high), row


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("unter 3 Jahre", "Y_LT3"),
        ("bis unter 3 Jahre", "Y_LT3"),
        ("3 bis unter 6 Jahre", "Y3T5"),
        ("15 bis unter 25 Jahre", "Y15T24"),
        ("60 bis 69 Jahre", "Y60T69"),
        ("ab 65", "Y_GE65"),
        ("65 Jahre und älter", "Y_GE65"),
        ("75 und mehr Jahre", "Y_GE75"),
        ("Alter_15_bis_unter_65", "Y15T64"),
        ("ALT065UM", "Y_GE65"),
    ],
)
def test_spellings_of_ages_seen_in_deliveries(text: str, code: str) -> None:
    assert normalise(text) in spellings(by_code("ages")[code])


def test_ages_written_with_a_bare_dash_stay_unknown() -> None:
    # "3 - 6 Jahre" means 3–5 in one office and "60-69" means 60–69 in another: the profile decides.
    known = set().union(*(spellings(row) for row in rows("ages")))
    assert not [text for text in known if re.search(r"\d ?[-–] ?\d", text)]


def test_canonical_units_are_their_own_canonical_unit() -> None:
    units = by_code("units")
    for row in rows("units"):
        canonical = units[row["canonical"]]
        assert canonical["canonical"] == canonical["code"] and canonical["multiplier"] == "1", row
        assert float(row["multiplier"]) > 0, row


def test_status_lists_hold_the_sdmx_codes() -> None:
    assert "".join(by_code("obs_status")) == "ABDEFGHIJKLMNOPQSUVW"
    assert "".join(by_code("conf_status")) == "ACDEFGMNOST"


def test_sign_meanings_are_complete() -> None:
    assert list(rows("signs")[0]) == SIGN_COLUMNS
    for row in rows("signs"):
        assert row["value"] in {"", "0", "keep"}, row
        assert row["obs_status"] in by_code("obs_status"), row
        assert row["conf_status"] in by_code("conf_status"), row
        assert row["label_de"] and row["label_en"], row


def test_a_number_never_stands_where_the_status_says_suppressed() -> None:
    for row in rows("signs"):
        assert row["obs_status"] not in {"L", "M", "O", "Q"} or row["value"] == "", row


def test_sign_conventions_use_known_meanings_once_per_sign() -> None:
    conventions = rows("sign_conventions")
    assert list(conventions[0]) == ["convention", "sign", "meaning"]
    keys = [(row["convention"], row["sign"]) for row in conventions]
    assert keys == sorted(set(keys))
    assert {row["meaning"] for row in conventions} <= set(by_code("signs"))
    assert {row["convention"] for row in conventions} == {
        "ba",
        "berlin_brandenburg",
        "brackets_old",
        "din55301",
        "lsn",
    }


def test_the_sign_zero_means_opposite_things() -> None:
    zero = {row["convention"]: row["meaning"] for row in rows("sign_conventions") if row["sign"] == "0"}
    assert zero["din55301"] == "rounded_to_zero"
    assert zero["lsn"] == "zero_or_secret"


def test_each_land_has_one_statistical_office() -> None:
    offices = [row for row in rows("suppliers") if row["kind"] == "land"]
    assert sorted(row["areas"] for row in offices) == list(by_code("laender"))
    assert {row["areas"] for row in rows("suppliers") if row["kind"] != "land"} == {"*"}
    iso = {row["code"]: row["iso"] for row in rows("laender")}
    assert {row["code"] for row in offices if iso[row["areas"]] != f"DE-{row['code'].upper()}"} == set()


# -- against the real files ----------------------------------------------------------------------


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


@needs_real
def test_every_nationality_of_the_nrw_table_maps() -> None:
    codes = nationality_codes()
    groups = by_code("nationality_groups")
    seen = {(r[3], r[4]) for r in read_latin1("nrw/2024_12521-03i.csv") if len(r) == 8 and r[3].isdigit()}
    assert len(seen) == 221
    for key, label in seen:
        code = codes[normalise(label)]
        assert groups[code]["azr_key"] == key if len(key) == 1 else accepts(code, key), (key, label)
        assert len(key) == 1 or key in by_code("nationalities"), key


@needs_real
@pytest.mark.parametrize("sheet", ["csv-12521-07", "csv-12521-08"])
def test_every_nationality_of_the_destatis_report_maps(sheet: str) -> None:
    codes = nationality_codes()
    for label, key in {(record[4], record[5]) for record in destatis_sheet(sheet)}:
        code = codes[normalise(label)]
        if key[0].isdigit():
            assert code == key.replace(", ", "_"), (label, key)


@needs_real
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


@needs_real
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


@needs_real
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


@needs_real
def test_kreis_names_of_the_destatis_report_are_known() -> None:
    kreise = by_code("kreise")
    for record in destatis_sheet("csv-12521-12"):
        if re.fullmatch(r"\d{5}", record[4]):
            # Hamburg and Berlin stand there as Land and Kreis in one row.
            assert normalise(record[3]) in spellings(kreise[record[4]]), record[3:5]


@needs_real
def test_the_gazetteer_of_june_2024_lists_the_same_kreise() -> None:
    workbook = CalamineWorkbook.from_path(str(REAL / "geo" / "AuszugGV2QAktuell.xlsx"))
    sheet = workbook.get_sheet_by_name("Onlineprodukt_Gemeinden30062024").to_python()
    keys = {f"{r[2]}{r[3]}{r[4]}" for r in sheet if r[0] == "40"}
    assert keys == {row["code"] for row in rows("kreise") if is_valid_on(row, date(2024, 6, 30))}
