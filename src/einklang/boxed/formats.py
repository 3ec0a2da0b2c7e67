"""What a number format shows in place of the stored number: a sign, brackets, nothing.

An office that hides a small count behind the format `"."` has sent the count all the same. Such a cell is written as
a sign with the number behind it, so that it is judged like one that was typed so; brackets and single letters around
a number say its status. A number in per cent is written as it is shown, a hundred times the stored one. Everything
else that formats do (decimals, separators, currencies) leaves the number as it is.
Source: ECMA-376-1 section 18.8.31 (`numFmts`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

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
_MOST_SIGNS = 2
PER_CENT = 2
"""By how many digits a number in per cent is larger than the stored one."""
UNIT = re.compile("[%\u2030]+")
BUILT_IN = {9: "0%", 10: "0.00%"}
"""Formats in per cent that have a number and no code (ECMA-376-1 section 18.8.30)."""


@dataclass
class _Section:
    """One part of a format: what it writes before and after the number, and whether it writes a number at all."""

    before: str = ""
    after: str = ""
    has_places: bool = False
    is_plain: bool = False
    shift: int = 0
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
        return self.before.strip().endswith("(") and self.behind.startswith(")")

    @cached_property
    def behind(self) -> str:
        """What stands behind the number and the sign of its unit."""
        return UNIT.sub("", self.after).strip()

    @cached_property
    def status(self) -> str:
        """A single letter or sign behind the number."""
        return self.behind if _STATUS.fullmatch(self.behind) else ""

    @cached_property
    def unit(self) -> str:
        """A blank and the sign of per cent or per mille that is shown with the number."""
        signs = "".join(UNIT.findall(self.before + self.after))
        return f" {signs[:_MOST_SIGNS]}" if signs else ""

    def written(self, value: float, decimal: str) -> str:
        """The number with the sign of its unit."""
        return write_number(value, decimal, self.shift) + self.unit


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
            case "other" if found["other"] == "%":
                here.shift = min(here.shift + PER_CENT, _MOST_SIGNS * PER_CENT)
                here.write("%")
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
        return bool(section.status or section.unit) or (section.is_in_brackets and number != 1)
    return number != 2 or section.condition is not None or section.sign not in _DASHES


def as_shown(value: float, sections: Format, decimal: str) -> str | None:
    """The text of a cell with this number; None where it shows the number and nothing else that matters."""
    section = _section_for(sections, value)
    if section.is_plain:
        return None
    if section.has_places:
        written = section.written(value, decimal)
        if section.is_in_brackets and value >= 0:
            return f"({written})"
        if section.status:
            return f"{written} {section.status}"
        return written if section.unit else None
    return sign_for(value, section.sign, decimal)


def sign_for(value: float, sign: str, decimal: str) -> str | None:
    """The text of a cell that shows a sign (or nothing) and stores a number; None where both say zero.

    A number that is not zero keeps its sign, as in a cell in which both were typed; behind words it is left out.
    """
    if value == 0:
        return None if sign in _DASHES else sign
    return f"{write_number(value, decimal)} {sign}" if 0 < len(sign) <= _LONGEST_SIGN else sign
