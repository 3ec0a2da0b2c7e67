"""Labels as people write them, made comparable.

Belongs here: how two spellings of one label become equal. Does not belong here: which labels
exist (code lists) and what they mean (harmonise).
"""

from __future__ import annotations

import re
import unicodedata

_TRANSLITERATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_BLANKS = re.compile(r"[\s_]+")
_ANY_CHARACTERS = re.compile(r"(?:\\[dwDW]|\[[^\]]*\]|(?<!\\)\.(?=[*+?{]))(?:\{[\d,]+\}|[*+?])*")
_GROUPS = re.compile(r"(?<!\\)(?:\(\?P?<\w+>|\(\?:|[()^$])")


def clean(text: str) -> str:
    """The text without invisible characters, all blanks single and none at the ends."""
    return _BLANKS_ONLY.sub(" ", text.translate(_INVISIBLE)).strip()


_BLANKS_ONLY = re.compile(r"\s+")


def spelled(pattern: str) -> str:
    r"""A regular expression as people read it: `31\.12\.20\d{2}` as `31.12.20…`."""
    shown = _GROUPS.sub("", _ANY_CHARACTERS.sub("…", pattern))
    return re.sub("…+", "…", re.sub(r"\\(.)", r"\1", shown))


def normalise(text: str) -> str:
    """The form in which labels are compared: case, blanks, umlaut spelling do not matter."""
    folded = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold()
    return _BLANKS.sub(" ", folded.translate(_TRANSLITERATION)).strip()
