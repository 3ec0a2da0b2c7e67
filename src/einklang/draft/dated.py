"""Headings that name the year of the table: `Zugänge_in_2024_Insgesamt_Anzahl`, `Bestand_am_31_12_2023`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from einklang.draft.known import Known, Match
from einklang.draft.wording import is_word
from einklang.draft.words import words
from einklang.labels import normalise

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_LAST_YEAR = re.compile(r"(?<=[^\d_ .])[_ ](?:in[_ ])?(?:19|20)\d{2}$")
_LAST_WORD = re.compile(r"[_ ][^_ ]+$")
_DATE = re.compile(r"(?P<day>\d{1,2}[._ ]{1,2}\d{1,2})[._ ]{1,2}(?P<year>(?:19|20)\d{2})")


def measures_of_year(known: Known, texts: Sequence[str], year: int) -> Match | None:
    """Headings as measures without the year, the unit and the word for a sum behind them; None where they name no year.

    A day of the year of the table is the day of the label of a measure (`Bestand am 31.12.`), one of the year before
    that of the year before (`… des Vorjahres`). Such headings are `said`, since no pattern tells them apart.
    """
    if not any(map(_YEAR.search, texts)):
        return None
    tails = {text: _tail(known, text) for text in texts}
    pattern = _pattern(max(tails.values(), key=len), list(tails.values()))
    keys = {text: found["key"] for text in texts if (found := re.fullmatch(pattern, text))}
    if len(keys) < len(texts):
        return None
    labels = {_plain(label): code for label, code in known.lists["measure"].by_label.items()}
    by_label = known.match(list(keys.values()), "measure").codes
    dated = {text: code for text, key in keys.items() if (code := labels.get(_without_year(key, year)))}
    codes = {text: by_label[key] or dated.get(text) for text, key in keys.items()}
    said = frozenset(text for text in dated if not by_label[keys[text]])
    return Match("measure", "label", codes, pattern, said=said)


def _tail(known: Known, text: str) -> list[tuple[str, str]]:
    """What stands behind the measure, from the left: year, sum, unit, each as it is written."""
    found: list[tuple[str, str]] = []
    while hit := (year := _LAST_YEAR.search(text)) or _LAST_WORD.search(text):
        word = hit[0].strip("_ ")
        is_unit = normalise(word) in known.lists["unit"].by_label
        kind = "year" if year else "unit" if is_unit else "sum" if is_word(word, words().total) else ""
        if not kind or kind in dict(found):
            break
        found.insert(0, (kind, hit[0]))
        text = text[: hit.start()]
    return found


def _pattern(longest: list[tuple[str, str]], tails: Sequence[list[tuple[str, str]]]) -> str:
    """The measure as `key`, and behind it what some or all headings have."""
    rest = ""
    for kind, _ in longest:
        written = list(dict.fromkeys(dict(one).get(kind, "") for one in tails))
        forms = [re.sub(r"(?:19|20)\d{2}", r"20\\d{2}", re.escape(one)) for one in written if one]
        either = "|".join(dict.fromkeys(forms))
        rest += either if len(written) == 1 else f"(?:{either})?"
    return f"(?P<key>.+?){rest}"


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", normalise(text)).strip()


def _without_year(key: str, year: int) -> str:
    """The heading with the day alone, of the year before with `des Vorjahres`; empty where it holds no such day."""
    found = _DATE.search(key)
    if found is None or year - int(found["year"]) not in {0, 1}:
        return ""
    before = words().sentences["year_before"] if int(found["year"]) < year else ""
    return _plain(f"{key[: found.start()]}{found['day']} {before}{key[found.end() :]}")
