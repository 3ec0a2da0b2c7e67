"""What must hold for nationalities, ages, units, statuses, signs and suppliers."""

from __future__ import annotations

import re

import pytest

from codelists.lists import by_code, normalise, rows, spellings, split

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


# -- nationalities ----------------------------------------------------------------------------------


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


# -- ages, units, statuses, signs, suppliers --------------------------------------------------------


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
