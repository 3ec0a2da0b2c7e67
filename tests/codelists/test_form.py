"""The form of every code list."""

from __future__ import annotations

from datetime import date

import pytest

from codelists.lists import CODELISTS, by_code, clashes, rows, split

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
    "units": ["multiplier", "canonical", "sign"],
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
