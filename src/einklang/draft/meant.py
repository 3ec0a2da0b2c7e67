"""Measures that headings and labels name nearly: by similarity, abbreviated, or by some of their words."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from einklang.draft.abbreviated import spelled_out
from einklang.draft.known import Known
from einklang.draft.wording import without_mark, without_part
from einklang.labels import normalise

_NEAR = 85
_WORDS = 3
_MOSTLY = 0.6


def measure_meant(known: Known, text: str) -> str | None:
    """The measure whose label is nearest to a heading; None where none, or more than one, is near."""
    labels = known.lists["measure"].by_label
    near = process.extract(normalise(text), labels.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=_NEAR)
    named = {labels[label] for label, _, _ in near}
    if not named and (code := spelled_out(without_part(text), labels)):
        return code
    return named.pop() if len(named) == 1 else _of_words(known, without_part(text)) if not named else None


def measure_begun(known: Known, text: str) -> str | None:
    """The measure with whose label a text begins (`Arbeitslose im Jahresdurchschnitt`)."""
    plain = normalise(text)
    begun = [label for label in known.lists["measure"].by_label if plain.startswith(f"{label} ")]
    return known.lists["measure"].by_label[max(begun, key=len)] if begun else None


def _of_words(known: Known, text: str) -> str | None:
    """The only measure whose label holds all words of a heading, and not many more."""
    said = set(normalise(without_mark(text)).split())
    shares: dict[str, float] = {}
    for label, code in known.lists["measure"].by_label.items():
        own = set(label.split())
        if len(said) >= _WORDS and said <= own:
            shares[code] = max(shares.get(code, 0), len(said) / len(own))
    best = [code for code, share in shares.items() if share == max(shares.values())]
    return best[0] if len(best) == 1 and shares[best[0]] >= _MOSTLY else None
