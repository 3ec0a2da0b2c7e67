"""Findings: where a rule does not hold. Data, never exceptions.

A finding has one cause; it names the rule, says in German and English what was found, what must
hold and how to mend it, and lists the places (at most `PLACES_LISTED`, with the exact count).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from einklang.declarations.base import Text
from einklang.declarations.rules import Catalogue, Rule, Severity, placeholders
from einklang.evidence import (
    REPAIRS_LISTED,
    SERIES_LISTED,
    TEXT_SHOWN,
    Calculation,
    Excerpt,
    Repair,
    Series,
    Shortened,
    shortened,
)
from einklang.labels import clean
from einklang.records import Record

PLACES_LISTED = 1000

Fact = str | int | float | Text


class PlaceFound(Record):
    """One place in a delivered file, named as the sender sees it."""

    file: str = Field(description="Name of the file as delivered.")
    sheet: str = Field(default="", description="Name of the sheet; empty for text files.")
    row: int | None = Field(default=None, description="Row as the sender sees it, from 1.")
    column: str = Field(default="", description="Letter of the column.")
    key: Text | None = Field(default=None, description="What the cell is about, e.g. Land, year, sex.")
    raw: Shortened = Field(default="", description=f"The sender's text, at most {TEXT_SHOWN} characters of it.")
    is_hidden: bool = Field(
        default=False, description="Whether the text is not shown because it is or may be a secret figure."
    )
    value: float | None = Field(default=None, description="The number as which the text was understood, if any.")
    point: str = Field(default="", description="What the finding is about here, whatever is written there.")

    @property
    def cell(self) -> str:
        """The cell in spreadsheet notation, e.g. `C17`."""
        return f"{self.column}{self.row or ''}"


class Confirmation(Record):
    """An office says that a warned value is right, or a steward that an error is accepted, and why."""

    rule: str = Field(description="Code of the rule.")
    point: str = Field(description="What it is about.")
    fingerprint: str = Field(description="Value and reference values it holds for.")
    reason: str = Field(min_length=1, description="Why the value is right.")
    by: str = Field(min_length=1, description="Who says so.")
    second: str = Field(default="", description="For an error: the second person who agreed.")
    at: str = Field(description="ISO 8601, UTC.")
    delivery: str = Field(description="The delivery it was first given for.")


class Finding(Record):
    """One cause for which a rule does not hold.

    `calculation`, `series`, `excerpt` and `repairs` show what the sentences say. They hold figures of the sender
    only, and none that is secret; they are no part of the fingerprint. A measure gives the first two with
    `Figures.calculation` and `Figures.series`.
    """

    id: str = Field(default="", description="Short name within the delivery: the start of the fingerprint.")
    point: str = Field(default="", description="What it is about, whatever the values; the same in the next delivery.")
    fingerprint: str = Field(default="", description="What it is about and the values; changes when they change.")
    rule: str = Field(description="Code of the rule.")
    severity: Severity = Field(description="error, warning or information.")
    confirm: bool = Field(description="Whether the office may confirm the value with a reason.")
    title: Text = Field(description="What the rule is about.")
    message: Text = Field(description="What was found.")
    expected: Text = Field(description="What must hold.")
    remedy: Text = Field(description="How to mend it.")
    count: int = Field(ge=1, description="Exact number of places.")
    places: list[PlaceFound] = Field(description=f"The first places, at most {PLACES_LISTED}.")
    calculation: Calculation | None = Field(default=None, description="For a sum or a share: what it is made of.")
    series: list[Series] = Field(
        default=[],
        max_length=SERIES_LISTED,
        description="For a change: the last years of the figures.",
    )
    excerpt: Excerpt | None = Field(default=None, description="The table around the first place.")
    repairs: list[Repair] = Field(
        default=[], max_length=REPAIRS_LISTED, description="For a repair: what was delivered and what it was taken for."
    )
    confirmation: Confirmation | None = Field(default=None, description="Given for this very value.")

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to mend or to confirm it."""
        return self.confirmation is None and self.severity is not Severity.INFORMATION


@dataclass(frozen=True)
class Located:
    """A finding and the rows of the working table it makes unusable (none: the finding is about a whole)."""

    finding: Finding
    rows: NDArray[np.int64] | None = None


def german_number(value: float, decimals: int | None = None) -> str:
    """`-1234.5` as `−1.234,5`."""
    return english_number(value, decimals).translate(str.maketrans(",.-", ".,−"))


def english_number(value: float, decimals: int | None = None) -> str:
    if decimals is None:
        text = f"{value:,.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    else:
        text = f"{value:,.{decimals}f}"
    return "0" if text == "-0" else text


def _said(facts: Mapping[str, Fact], language: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for name, fact in facts.items():
        match fact:
            case Text():
                said[name] = getattr(fact, language)
            case str():
                said[name] = shortened(fact) if name == "roh" else fact
            case _:
                said[name] = german_number(fact) if language == "de" else english_number(fact)
    return said


def fill(template: Text, facts: Mapping[str, Fact]) -> Text:
    """The sentence with its placeholders filled, numbers in the style of each language."""
    return Text(de=template.de.format_map(_said(facts, "de")), en=template.en.format_map(_said(facts, "en")))


_POSITIONS = frozenset({"zelle", "zellen", "zeile", "datei"})


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def _subject(place: PlaceFound) -> str:
    """What a place is about: its business key; without one, its file and sheet."""
    return place.key.de if place.key is not None else f"{place.file}\x1e{place.sheet}"


def _words(facts: Mapping[str, Fact], *, numbers: bool) -> list[str]:
    """The facts that say what a finding is about, with or without the numbers; never where it stands."""
    chosen = {
        name: fact
        for name, fact in facts.items()
        if name not in _POSITIONS and (numbers or not isinstance(fact, (int, float)))
    }
    return [f"{name}={text}" for name, text in sorted(_said(chosen, "de").items())]


def reason(catalogue: Catalogue, name: str, **facts: Fact) -> Text:
    """A part of a sentence from the catalogue, its placeholders filled."""
    return fill(catalogue.reasons[name], facts)


def finding(
    catalogue: Catalogue, rule_id: str, places: Sequence[PlaceFound] = (), count: int | None = None, **facts: Fact
) -> Finding:
    """The finding of a rule; `facts` fill the placeholders of its texts.

    `count` is the exact number of places where more exist than are listed.
    """
    return finding_of(catalogue, rule_id, places, count, facts)


def concealed(found: Finding, hides: Callable[[str], bool]) -> Finding:
    """The finding without the texts of its places that are to be hidden; sentences name their cell instead."""
    cells = {place.raw: f"[{place.cell}]" for place in reversed(found.places) if place.raw and hides(place.raw)}
    if not cells:
        return found
    spelled = {spelling: cell for raw, cell in cells.items() for spelling in (raw, raw.strip(), clean(raw))}

    def without(said: Text) -> Text:
        sentences = {"de": said.de, "en": said.en}
        for language, sentence in sentences.items():
            for text in sorted(spelled, key=len, reverse=True):
                sentence = sentence.replace(text, spelled[text])
            sentences[language] = sentence
        return Text(**sentences)

    message, expected, remedy = map(without, (found.message, found.expected, found.remedy))
    # Neither may the digest of a secret text lead back to it.
    fingerprint = _digest(found.rule, found.point, message.de)
    return found.model_copy(
        update={
            "id": fingerprint[:8],
            "fingerprint": fingerprint,
            "message": message,
            "expected": expected,
            "remedy": remedy,
            "places": [
                place.model_copy(update={"raw": "", "is_hidden": True}) if place.raw in cells else place
                for place in found.places
            ],
        }
    )


def finding_of(
    catalogue: Catalogue, rule_id: str, places: Sequence[PlaceFound], count: int | None, facts: Mapping[str, Fact]
) -> Finding:
    """As `finding`, with the facts as a mapping."""
    rule: Rule = catalogue.by_id[rule_id]
    wanted = placeholders(rule.message.de) | placeholders(rule.remedy.de) | placeholders(rule.expected.de)
    if wanted - set(facts):
        raise KeyError(f"{rule_id} needs the facts {sorted(wanted - set(facts))}")
    listed = [place.model_copy(update={"point": _digest(rule.id, _subject(place))}) for place in places[:PLACES_LISTED]]
    about = [place.point for place in listed] or [_digest(rule.id, *_words(facts, numbers=False))]
    point = about[0] if len(about) == 1 else _digest(rule.id, *sorted(set(about)))
    fingerprint = _digest(rule.id, point, *(place.raw for place in listed), *_words(facts, numbers=True))
    return Finding(
        id=fingerprint[:8],
        point=point,
        fingerprint=fingerprint,
        rule=rule.id,
        severity=rule.severity,
        confirm=rule.confirm,
        title=rule.title,
        message=fill(rule.message, facts),
        expected=fill(rule.expected, facts),
        remedy=fill(rule.remedy, facts),
        count=max(1, len(places) if count is None else count),
        places=listed,
    )
