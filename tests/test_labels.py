"""Spellings of labels that are equal, and those that are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einklang.labels import normalise


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("Erwerbs-\ntätige", "Erwerbstätige"),
        ("Nicht-\nerwerbs-\npersonen", "Nichterwerbspersonen"),
        ("Bund-\nLänder", "Bund-Länder"),
        ("EU-Frei-\nzügigkeit", "EU-Freizügigkeit"),
        ("Ein- und\u00a0Ausfuhr", "Ein-\nund Ausfuhr"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_does_not_matter(written: str, label: str) -> None:
    assert normalise(written) == normalise(label)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ein-\nund Ausfuhr", "Einund Ausfuhr"),
        ("Vor-\nbzw. Nachname", "Vorbzw. Nachname"),
        ("Bund-\nLänder", "BundLänder"),
        ("Saarland - männlich", "Saarlandmännlich"),
        ("15-\njährige", "15jährige"),
    ],
)
def test_other_hyphens_stay(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("-\n aÄßu1²")))
def test_a_normalised_label_is_its_own_spelling(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
