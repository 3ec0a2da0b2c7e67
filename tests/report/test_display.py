from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einklang.report.display import moment, number, percent, sent_text, shorten, size, visible
from einklang.report.texts import Language


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("12,5", "12,5"),
        ("Müller-Lüdenscheid ß €", "Müller-Lüdenscheid ß €"),
        ("a\u00a0b", "a\u00a0b"),
        ("\x00\x1b[31m", "[U+0000][U+001B][31m"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\r\nb\nc\rd\te", "a↵b↵c↵d⇥e"),
        ("\x7f\x85\u2028\ufeff\u00ad", "[U+007F][U+0085][U+2028][U+FEFF][U+00AD]"),
        ("\ud800\ufffe", "[U+D800][U+FFFE]"),
    ],
)
def test_unseen_characters_are_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_nothing_unseen_remains(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert visible(shown) == shown


@pytest.mark.parametrize(
    ("raw", "shown"), [("", ""), ("  ", "␣␣"), (" a b\u00a0", "␣a b␣"), ("\ta\n", "⇥a↵"), ("a\u3000", "a␣")]
)
def test_blanks_at_the_ends_are_seen(raw: str, shown: str) -> None:
    assert sent_text(raw, "de") == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [("de", "abc… (gekürzt, insgesamt 1.234 Zeichen)"), ("en", "abc… (shortened, 1,234 characters in all)")],
)
def test_long_texts_name_their_length(language: Language, shown: str) -> None:
    assert shorten("abc" + "d" * 1231, 3, language) == shown
    assert shorten("abc", 3, language) == "abc"


@pytest.mark.parametrize(
    ("value", "decimals", "german", "english"),
    [
        (1234.5, None, "1.234,5", "1,234.5"),
        (1274, None, "1.274", "1,274"),
        (0, None, "0", "0"),
        (12, 1, "12,0", "12.0"),
    ],
)
def test_numbers(value: float, decimals: int | None, german: str, english: str) -> None:
    assert number(value, "de", decimals) == german
    assert number(value, "en", decimals) == english


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (1, 3, "33,3\u00a0%"),
        (0, 5, "0,0\u00a0%"),
        (5, 5, "100,0\u00a0%"),
        (0, 0, "–"),
        (1, 1_000_000, "< 0,1\u00a0%"),
        (999_999, 1_000_000, "> 99,9\u00a0%"),
    ],
)
def test_shares_are_never_rounded_to_none_or_all(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole, "de") == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 Byte"), (999, "999 Byte"), (48_321, "48,3 kB"), (2_500_000, "2,5 MB"), (3_200_000_000, "3,2 GB")],
)
def test_sizes(count: int, shown: str) -> None:
    assert size(count, "de").replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("iso", "language", "shown"),
    [
        ("2026-03-14T13:05:09+00:00", "de", "14.03.2026, 14:05 Uhr"),
        ("2026-07-01T22:30:00Z", "de", "02.07.2026, 00:30 Uhr"),
        ("2026-03-14T13:05:09Z", "en", "2026-03-14, 14:05 (Berlin time)"),
    ],
)
def test_moments_are_told_in_office_time(iso: str, language: Language, shown: str) -> None:
    assert moment(iso, language) == shown
