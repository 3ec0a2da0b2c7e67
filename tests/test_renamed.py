"""A heading that is not agreed: its cell is named, and the one heading that is probably meant."""

from __future__ import annotations

from typing import Any

import pytest
from builders import assert_complete
from conftest import Checker

NAMED: dict[str, Any] = {
    "dimensions": {
        "area": {"heading": "Schlüssel", "scheme": "key", "name_heading": "Gebiet"},
        "sex": {"header_row": 1},
    }
}
SEXES: dict[str, Any] = {
    "columns": [
        {"headings": ["alle"], "codes": {"sex": "_T"}},
        {"headings": ["Männer"], "codes": {"sex": "M"}},
        {"headings": ["Frauen"], "codes": {"sex": "F"}},
    ],
    "dimensions": {"sex": None},
}
GROUPED: dict[str, Any] = {
    **SEXES,
    "table": {"header": {"find": "Zeit", "rows": 2, "fill_right": [1]}},
    "columns": [{**one, "headings": ["Ausländer", *one["headings"]]} for one in SEXES["columns"]],
}
CASES = {
    "behind the other labels": ("Zeit;Schlüssel;Region;insgesamt", "04;Bremen;7", NAMED, ["C1"], "„Region“ → „Gebiet“"),
    "between the other labels": ("Zeit;AGS;Gebiet;insgesamt", "04;Bremen;7", NAMED, ["B1"], "„AGS“ → „Schlüssel“"),
    "without a text": ("Zeit;;Gebiet;insgesamt", "04;Bremen;7", NAMED, ["B1"], "„B“ → „Schlüssel“"),
    "left out with its column": ("Zeit;Schlüssel;insgesamt;weiblich", "04;7;3", NAMED, ["1"], ""),
    "one of two": ("Zeit;AGS;Region;insgesamt", "04;Bremen;7", NAMED, ["1"], ""),
    "of figures": ("Zeit;Schlüssel;alle;Frau;Männer", "04;7;3;4", SEXES, ["D1"], "„Frau“ → „Frauen“"),
    "hidden, in the middle": ("Zeit;Schlüssel;alle;12;Frauen", "04;7;4;3", SEXES, ["D1"], "„[D1]“ → „Männer“"),
    "hidden, at the end": ("Zeit;Schlüssel;alle;Männer;12", "04;7;4;3", SEXES, ["E1"], "„[E1]“ → „Frauen“"),
    "hidden, where none is expected": ("Zeit;Schlüssel;alle;Frauen;12", "04;7;4;3", SEXES, ["E1"], ""),
    "hidden, in a group": (
        "Zeit;Schlüssel;Ausländer;;\n;;alle;12;13",
        "04;7;4;3",
        GROUPED,
        ["D2", "E2"],
        "„Ausländer: [D2]“ → „Ausländer: Männer“, „Ausländer: [E2]“ → „Ausländer: Frauen“",
    ),
    "similar to all of its group": (
        "Zeit;Schlüssel;Ausländer;;\n;;alle;Mann;Frauen",
        "04;7;4;3",
        GROUPED,
        ["D2"],
        "„Ausländer: Mann“ → „Ausländer: Männer“",
    ),
}


@pytest.mark.parametrize(("heading", "row", "layout", "cells", "meant"), CASES.values(), ids=list(CASES))
def test_a_heading_that_is_not_agreed(
    heading: str, row: str, layout: dict[str, Any], cells: list[str], meant: str, checker: Checker
) -> None:
    checked = checker.rows(f"31.12.2024;{row}", heading=heading, **layout)
    [found] = checked.result.findings
    assert (found.rule, [place.cell for place in found.places]) == ("IM-STR-003", cells)
    assert found.message.de.partition(" Vermutlich gemeint: ")[2] == (f"{meant}." if meant else "")
    assert_complete(checked)
