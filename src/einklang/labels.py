"""Labels as people write them, made comparable.

Belongs here: how two spellings of one label become equal. Does not belong here: which labels
exist (code lists) and what they mean (harmonise).
"""

from __future__ import annotations

import re
import unicodedata

_TRANSLITERATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_ANY_CHARACTERS = re.compile(r"(?:\\[dwDW]|\[[^\]]*\]|(?<!\\)\.(?=[*+?{]))(?:\{[\d,]+\}|[*+?])*")
_RAISED_BEHIND_DIGIT = re.compile(r"(?<=\d)[⁰¹²³⁴-⁹]")
# `Ein- und Ausfuhr` is no word that is divided at the end of a line.
_ANOTHER_WORD = r"(?:und|u\.|oder|o\.|bzw\.?|beziehungsweise|sowie|bis|als|wie|noch|plus|minus)(?!\w)"
_DIVIDED = re.compile(rf"(?<=[^\W\d_])- (?!{_ANOTHER_WORD})(?=[a-zäöüß])")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])- (?=[A-ZÄÖÜ][^\W_])")
_GROUPS = re.compile(r"(?<!\\)(?:\(\?P?<\w+>|\(\?:|[()^$])")


UNIT_SIGNS = "%\u2030"
"""Per cent and per mille: what may stand behind a number and says its unit."""


def without_unit(text: str) -> str:
    """A text without the sign of a unit at its end: `3,4 . %` → `3,4 .`."""
    return text.rstrip(UNIT_SIGNS).rstrip() if text.endswith(tuple(UNIT_SIGNS)) else text


def clean(text: str) -> str:
    """The text without invisible characters, all blanks single and none at the ends."""
    if "\u00ad" in text:
        # Between letters it is invisible; before a number it is shown and means minus.
        text = _SHOWN_HYPHEN.sub("-", text)
    return _BLANKS_ONLY.sub(" ", text.translate(_INVISIBLE)).strip()


_BLANKS_ONLY = re.compile(r"\s+")
_SHOWN_HYPHEN = re.compile(r"^\s*\u00ad(?=\s*\d)")


def spelled(pattern: str) -> str:
    r"""A regular expression as people read it: `31\.12\.20\d{2}` as `31.12.20…`."""
    shown = _GROUPS.sub("", _ANY_CHARACTERS.sub("…", pattern))
    return re.sub("…+", "…", re.sub(r"\\(.)", r"\1", shown))


def normalise(text: str) -> str:
    """The form in which labels are compared: case, blanks, umlaut spelling, hyphens at the end of a line do not matter.

    `Erwerbs- tätige`, as a cell with a line break is read, is `Erwerbstätige`, and `Bund- Länder` is `Bund-Länder`.
    """
    is_ascii = text.isascii()
    if not is_ascii:
        # A raised digit behind a digit is the mark of a note: 1¹ is not 11.
        kept = _RAISED_BEHIND_DIGIT.sub(r"^\g<0>", text)
        text = unicodedata.normalize("NFKC", kept).translate(_INVISIBLE)
    shown = " ".join(text.replace("_", " ").split())
    if "- " in shown:
        shown = _HYPHENATED.sub("-", _DIVIDED.sub("", shown))
    folded = shown.casefold()
    return folded if is_ascii else folded.translate(_TRANSLITERATION)
