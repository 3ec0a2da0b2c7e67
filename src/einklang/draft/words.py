"""The words and sentences of the draft (`words.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from einklang.declarations.base import Declaration, build, read_yaml

_PATH = Path(__file__).parent / "words.yaml"


class ColourWord(Declaration):
    """A colour as notes name it."""

    words: list[str] = Field(description="Beginnings of words for the colour, transliterated.")
    hue: tuple[int, int] | None = Field(
        default=None, description="Hues of the colour in degrees, from and to; none of a grey without a hue."
    )


class Words(Declaration):
    """Headings that say what a column is, words for sums and statuses, and the sentences a draft is made of."""

    period: list[str] = Field(description="Headings of columns of periods.")
    key: list[str] = Field(description="Headings of columns of keys.")
    total: list[str] = Field(description="Labels of sums that have no code.")
    all: list[str] = Field(description="Words before what a sum is over.")
    negations: list[str] = Field(description="Words that deny those behind them, normalised.")
    negating: list[str] = Field(description="Beginnings of words that deny the rest, normalised.")
    subtotal: list[str] = Field(description="Labels of sums of the groups that stand beside them.")
    part: list[str] = Field(description="Words before a group that is a part of the column or row before it.")
    levels: list[str] = Field(description="Beginnings of names of areas of levels that are not collected.")
    sums_of_levels: list[str] = Field(description="Names of sums of all areas of a level.")
    types: dict[str, str] = Field(description="Type of an area behind its name, abbreviated → in full.")
    status: dict[str, str] = Field(description="Word in a column of statuses → meaning of `signs.csv`.")
    colours: list[ColourWord] = Field(description="Colours that a note below a table may explain.")
    background: list[str] = Field(description="Parts of words for a colour of the background, transliterated.")
    counts: list[str] = Field(description="Headings of the only count of a data set.")
    rates: list[str] = Field(description="Headings of the only rate of a data set.")
    other_dates: list[str] = Field(description="Words before a date in a title that is not that of the figures.")
    hints: dict[str, str] = Field(
        description="Rule → what the author of a profile does where the draft breaks it (German)."
    )
    sentences: dict[str, str] = Field(description="Name → sentence (German).")


@cache
def words() -> Words:
    """The words, read once."""
    return build(Words, read_yaml(_PATH), _PATH)
