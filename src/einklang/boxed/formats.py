"""What a number format shows in place of the stored number: a sign, brackets, nothing.

An office that hides a small count behind the format `"."` has sent the count all the same. Such a cell is written as
a sign with the number behind it, so that it is judged like one that was typed so; brackets and single letters around
a number say its status. Everything else that formats do (decimals, separators, currencies) leaves the number as it is.
Source: ECMA-376-1 section 18.8.31 (`numFmts`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from einklang.boxed.sheets import write_number

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]?|(?P<general>General|Standard)'
    r"|(?P<exponent>[eE][+-])|(?P<section>;)|(?P<place>[0#?])|(?P<letter>[A-Za-z@])|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_TIME = re.compile(r"[hms]+", re.IGNORECASE)
_MEETS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda value, limit: value < limit,
    ">": lambda value, limit: value > limit,
    "=": lambda value, limit: value == limit,
    "<=": lambda value, limit: value <= limit,
    ">=": lambda value, limit: value >= limit,
    "<>": lambda value, limit: value != limit,
}
_DASHES = frozenset({"", "-", "–", "—", "−"})
_STATUS = re.compile(r"[A-Za-z*/]")
_LONGEST_SIGN = 3


@dataclass
class _Section:
    """One part of a format: what it writes before and after the number, and whether it writes a number at all."""

    before: str = ""
    after: str = ""
    has_places: bool = False
    is_plain: bool = False
    condition: tuple[str, float] | None = None

    def write(self, text: str) -> None:
        if self.has_places:
            self.after += text
        else:
            self.before += text

    @property
    def sign(self) -> str:
        """What stands alone in the cell."""
        return self.before.strip()

    @property
    def is_in_brackets(self) -> bool:
        return self.before.strip().endswith("(") and self.after.strip().startswith(")")

    @property
    def status(self) -> str:
        """A single letter or sign behind the number."""
        after = self.after.strip()
        return after if _STATUS.fullmatch(after) else ""


Format = tuple[_Section, ...]


def parse_format(code: str) -> Format:
    """The sections of a format code."""
    sections = [_Section(is_plain=not code.strip())]
    for found in _TOKEN.finditer(code):
        here = sections[-1]
        match found.lastgroup:
            case "section":
                sections.append(_Section())
            case "quoted" | "escaped":
                here.write(found["quoted"] or found["escaped"] or "")
            case "bracket":
                _in_brackets(here, found["bracket"])
            case "general" | "letter":
                here.is_plain = True
            case "place" | "exponent":
                here.before += here.after
                here.after, here.has_places = "", True
            case "other" if found["other"] not in ".," or not here.has_places:
                here.write(found["other"])
    return tuple(sections)


def _in_brackets(section: _Section, text: str) -> None:
    """A condition, the sign of a currency, hours; colours and languages show nothing."""
    if condition := _CONDITION.fullmatch(text.strip()):
        section.condition = condition[1], float(condition[2])
    elif text.startswith("$"):
        section.write(text[1:].split("-")[0])
    elif _TIME.fullmatch(text):
        section.is_plain = True


def _section_for(sections: Format, value: float) -> _Section:
    numbers = sections[:3]
    if any(one.condition for one in numbers):
        return next((one for one in numbers if _meets(one, value)), numbers[-1])
    if value < 0 and len(numbers) > 1:
        return numbers[1]
    return numbers[2] if value == 0 and len(numbers) > 2 else numbers[0]


def _meets(section: _Section, value: float) -> bool:
    if section.condition is None:
        return True
    sign, limit = section.condition
    return _MEETS[sign](value, limit)


def says_more(sections: Format) -> bool:
    """Whether some number would be shown as something else than a number."""
    return any(_says_more(one, number) for number, one in enumerate(sections[:3]))


def _says_more(section: _Section, number: int) -> bool:
    """Whether that holds for one section: 0 for positive numbers, 1 for negative ones, 2 for zero."""
    if section.is_plain:
        return False
    if section.has_places:
        return bool(section.status) or (section.is_in_brackets and number != 1)
    return number != 2 or section.condition is not None or section.sign not in _DASHES


def as_shown(value: float, sections: Format, decimal: str) -> str | None:
    """The text of a cell with this number; None where it shows the number and nothing else that matters."""
    section = _section_for(sections, value)
    if section.is_plain:
        return None
    written = write_number(value, decimal)
    if section.has_places:
        if section.is_in_brackets and value >= 0:
            return f"({written})"
        return f"{written} {section.status}" if section.status else None
    return sign_for(value, section.sign, decimal)


def sign_for(value: float, sign: str, decimal: str) -> str | None:
    """The text of a cell that shows a sign (or nothing) and stores a number; None where both say zero.

    A number that is not zero keeps its sign, as in a cell in which both were typed; behind words it is left out.
    """
    if value == 0:
        return None if sign in _DASHES else sign
    return f"{write_number(value, decimal)} {sign}" if 0 < len(sign) <= _LONGEST_SIGN else sign
