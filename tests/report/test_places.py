from __future__ import annotations

from typing import Any

import pytest

from einklang.report.places import about, merge, where
from einklang.report.texts import Language

from .factories import place, text


@pytest.mark.parametrize(
    ("overrides", "language", "shown"),
    [
        ({}, "de", "Zelle C17, Blatt „Tab 1“"),
        ({}, "en", "Cell C17, sheet “Tab 1”"),
        ({"sheet": ""}, "de", "Zelle C17"),
        ({"column": ""}, "de", "Zeile 17, Blatt „Tab 1“"),
        ({"row": None}, "de", "Spalte C, Blatt „Tab 1“"),
        ({"row": None, "column": ""}, "de", "Blatt „Tab 1“"),
        ({"row": None, "column": ""}, "en", "Sheet “Tab 1”"),
        ({"row": None, "column": "", "sheet": ""}, "de", "Ganze Datei"),
    ],
)
def test_place_in_words(overrides: dict[str, Any], language: Language, shown: str) -> None:
    (span,) = merge([place(**overrides)])
    assert where(span, language) == shown


@pytest.mark.parametrize(
    ("places", "cells"),
    [
        ([], []),
        ([place(row=19), place(row=20), place(row=21)], ["C19–C21"]),
        ([place(row=19), place(row=21)], ["C19", "C21"]),
        ([place(row=20), place(row=19)], ["C20", "C19"]),
        ([place(row=19), place(row=20, raw="9")], ["C19", "C20"]),
        ([place(row=19), place(row=20, column="D")], ["C19", "D20"]),
        ([place(row=19), place(row=20, sheet="Tab 2")], ["C19", "C20"]),
        ([place(row=19), place(row=20, file="b.csv")], ["C19", "C20"]),
        ([place(row=None), place(row=None)], ["C", "C"]),
        ([place(row=5, column=""), place(row=6, column="")], ["5–6"]),
    ],
)
def test_only_neighbours_with_equal_text_are_merged(places: list[Any], cells: list[str]) -> None:
    spans = merge(places)
    assert [span.cell for span in spans] == cells
    assert sum(span.count for span in spans) == len(places)


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (["Hamm", "Hamm"], "Hamm"),
        (["Hamm", "Herne"], "Hamm bis Herne"),
        ([None, "Herne"], "Herne"),
        ([None, None], ""),
    ],
)
def test_merged_cells_say_what_the_first_and_the_last_are_about(keys: list[str | None], shown: str) -> None:
    (span,) = merge([place(row=row, key=text(key) if key else None) for row, key in enumerate(keys, start=3)])
    assert about(span, "de") == shown


def test_merged_rows_in_words() -> None:
    (span,) = merge([place(row=5, column=""), place(row=6, column="")])
    assert where(span, "de") == "Zeilen 5–6, Blatt „Tab 1“"
