"""Marks of footnotes: what is one, and which note explains it."""

from __future__ import annotations

import pytest

from einklang.declarations.layout import Footnotes
from einklang.draft.wording import kind_of_mark, without_mark
from einklang.footnotes import Marks

BRACKET = r"\s?\d\)"


@pytest.mark.parametrize(
    ("mark", "text", "bare"),
    [
        (BRACKET, "2023¹)", "2023"),
        (BRACKET, "2023 ¹⁾", "2023"),
        (BRACKET, "Erwerbslose³)", "Erwerbslose"),
        (BRACKET, "Einwohner je km²¹)", "Einwohner je km²"),
        (BRACKET, "¹)", "¹)"),
        (r" \d", "2023²", "2023²"),
        (r"\d", "2023²", "2023"),
        (r"\d", "Fläche in km²", "Fläche in km²"),
        (r"(?<=[a-z])\d", "Ausländer¹", "Ausländer"),
        ("[¹²³]", "2023", "2023"),
        ("[¹²³]", "Fläche in m²", "Fläche in m²"),
    ],
)
def test_marks_are_taken_off_however_they_are_written(mark: str, text: str, bare: str) -> None:
    assert Marks(Footnotes(mark=mark)).strip(text) == bare


@pytest.mark.parametrize(
    ("text", "bare"),
    [("1.234¹)", "1.234"), ("1.234¹", "1.234"), ("1.2341", "1.2341"), ("1.234 1)", "1.234"), ("1.2341)", "1.2341)")],
)
def test_raised_digits_never_belong_to_a_figure(text: str, bare: str) -> None:
    assert Marks(Footnotes(mark=r"\s?\d\)|\d", on_figures=True)).strip_figure(text) == bare


@pytest.mark.parametrize(
    ("label", "note", "is_explained"),
    [("2023¹)", "1) vorläufig", True), ("20231)", "¹) vorläufig", True), ("2023¹)", "2) vorläufig", False)],
)
def test_a_note_explains_its_mark_however_both_are_written(label: str, note: str, is_explained: bool) -> None:
    marks = Marks(Footnotes(mark=BRACKET))
    assert marks.strip(label) == "2023"
    assert marks.unexplained([f"Quelle: Probe\n{note}"]) == ({} if is_explained else {label[4:]: label})


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("2023¹)", "2023"),
        ("20231)", "2023"),
        ("2023 12)", "2023"),
        ("EU-Staaten¹,²)", "EU-Staaten"),
        ("Fläche in km²¹)", "Fläche in km²"),
        ("Fläche in km²", "Fläche in km²"),
    ],
)
def test_a_draft_takes_the_marks_off_that_its_profile_will_take_off(text: str, bare: str) -> None:
    kind = kind_of_mark(text)
    assert without_mark(text) == bare
    assert (Marks(Footnotes(mark=kind)).strip(text) if kind else text) == bare
