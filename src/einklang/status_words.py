"""The words by which files say the status of figures (`status_words.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from einklang.declarations.base import Declaration, build, read_yaml
from einklang.declarations.place import Pattern

_PATH = Path(__file__).with_suffix(".yaml")


class StatusWords(Declaration):
    """By what words a file says the status of figures, and on which sheets it explains signs."""

    claims: dict[str, Pattern] = Field(description="Meaning of `signs.csv` → regular expression, normalised.")
    legend_sheets: Pattern = Field(description="Regular expression for the names of sheets that explain signs.")


@cache
def status_words() -> StatusWords:
    """The words, read once."""
    return build(StatusWords, read_yaml(_PATH), _PATH)
