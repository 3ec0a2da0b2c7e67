"""Values as people read them, and foreign text made harmless to look at.

Belongs here: numbers, sizes, dates and the spelling of characters that cannot be seen or that
change the order of others. Does not belong here: escaping, which is the business of each format.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from einklang.findings import german_number
from einklang.periods import period_label
from einklang.report.texts import Language, load_texts, say
from einklang.result import Result

SHORT_TEXT = 160
LONG_TEXT = 1200

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_LINE_BREAK = re.compile("\r\n?|\n")
_OFFICE_TIME = ZoneInfo("Europe/Berlin")
_LAST_OF_PLANE = 0xFFFE
_NO_CHARACTERS = range(0xFDD0, 0xFDF0)
_LEAST_SHARE = 0.1
_MOST_SHARE = 99.9
_SWAPPED = str.maketrans(",.", ".,")
_THOUSAND = 1000


def _spelled(character: str) -> str:
    code = ord(character)
    is_no_character = code & _LAST_OF_PLANE == _LAST_OF_PLANE or code in _NO_CHARACTERS
    return f"[U+{code:04X}]" if is_no_character or unicodedata.category(character) in _UNSEEN else character


def visible(text: str, keep: str = "") -> str:
    """The text with control, direction and other unseen characters spelled out, except those in `keep`.

    A line break becomes `↵`, a tabulator `⇥`, all others their number: `[U+0000]`, `[U+202E]`.
    """
    if text.isprintable():
        return text
    if not keep:
        text = _LINE_BREAK.sub("↵", text).replace("\t", "⇥")
    return "".join(character if character in keep else _spelled(character) for character in text)


def shorten(text: str, limit: int, language: Language) -> str:
    """At most `limit` characters of the text; what was cut is said with the full length."""
    if len(text) <= limit:
        return text
    length = say(load_texts().page.shortened, language, length=number(len(text), language))
    return f"{text[:limit]}… ({length})"


def _marked(blanks: str) -> str:
    return "".join("␣" if unicodedata.category(blank) == "Zs" else blank for blank in blanks)


def sent_text(raw: str, language: Language) -> str:
    """The sender's text, blanks at its ends made visible, long ones shortened."""
    start = len(raw) - len(raw.lstrip())
    end = max(start, len(raw.rstrip()))
    marked = f"{_marked(raw[:start])}{raw[start:end]}{_marked(raw[end:])}"
    return visible(shorten(marked, SHORT_TEXT, language))


def number(value: float, language: Language, decimals: int | None = None) -> str:
    """`1234.5` as `1.234,5` in German, `1,234.5` in English."""
    german = german_number(value, decimals)
    return german if language == "de" else german.translate(_SWAPPED)


def signed(value: float, language: Language, decimals: int | None = None) -> str:
    """The number with its sign: `+1.234`, `−12`."""
    return ("+" if value > 0 else "") + number(value, language, decimals)


def percent(part: int, whole: int, language: Language) -> str:
    """The share with one decimal; never `0` or `100` unless it is exactly so."""
    if whole == 0:
        return "–"
    share = 100 * part / whole
    sign = ""
    if part and share < _LEAST_SHARE:
        sign, share = "< ", _LEAST_SHARE
    elif part < whole and share > _MOST_SHARE:
        sign, share = "> ", _MOST_SHARE
    return f"{sign}{number(share, language, 1)}" + ("\u00a0%" if language == "de" else "%")


def size(count: int, language: Language) -> str:
    """Bytes in a readable unit."""
    value: float = count
    for unit in ("Byte", "kB", "MB"):
        if value < _THOUSAND:
            return f"{number(value, language, 0 if unit == 'Byte' else 1)}\u00a0{unit}"
        value /= _THOUSAND
    return f"{number(value, language, 1)}\u00a0GB"


def period(code: str, language: Language) -> str:
    """A period code for readers: `2024`, `31.12.2024`."""
    return str(getattr(period_label(code), language))


def no_periods(result: Result, language: Language) -> str:
    """Why no period is named."""
    texts = load_texts().identity
    return say(texts.periods_not_read if result.stopped_in else texts.periods_none, language)


def moment(iso: str, language: Language) -> str:
    """A point in time as the offices read their clocks: `14.03.2026, 14:05 Uhr`."""
    local = datetime.fromisoformat(iso).astimezone(_OFFICE_TIME)
    date = f"{local:%d.%m.%Y}" if language == "de" else f"{local:%Y-%m-%d}"
    return say(load_texts().identity.moment, language, date=date, time=f"{local:%H:%M}")
