"""What must hold for Länder, other areas and Kreise."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from codelists.lists import by_code, is_valid_on, normalise, rows, spellings, split

# -- Länder and other areas -------------------------------------------------------------------------


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


# -- Kreise -----------------------------------------------------------------------------------------


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
