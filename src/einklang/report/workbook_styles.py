"""Cell styles of the returned workbook: its own, those of the sender, and each of them marked.

A style is named by its number in the new workbook. Only font, fill, border, number format, alignment and
protection of a sender's style travel.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any

from openpyxl.cell import Cell
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.writer.theme import theme_xml

from einklang.declarations.rules import Severity

INK = "FF1D2733"
SOFT = "FF55606D"
LINE = "FFD9DDE2"
LINK = "FF1B4F8A"
COLOURS = {Severity.ERROR: "FFA01C1C", Severity.WARNING: "FF855000", Severity.INFORMATION: "FF1B4F8A"}
_WASHES = {Severity.ERROR: "FFF9D8D3", Severity.WARNING: "FFFBE6B5", Severity.INFORMATION: "FFD9E8F8"}
_BORDERS = {Severity.ERROR: "thick", Severity.WARNING: "mediumDashed", Severity.INFORMATION: "dotted"}
_OWN_FILLS = frozenset(_WASHES.values())

_THEME_COLOURS = (
    *(b"dk1", b"lt1", b"dk2", b"lt2"),
    *(b"accent1", b"accent2", b"accent3", b"accent4", b"accent5", b"accent6", b"hlink", b"folHlink"),
)
_THEME_COLOUR = rb'<a:%b>\s*<a:s\w+Clr\b[^>]*?\b(?:lastClr|val)="([0-9A-Fa-f]{6})"[^>]*>.{0,99}?</a:%b>'
_SCHEME = re.compile(rb"<a:clrScheme.*?</a:clrScheme>", re.DOTALL)
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_SHOWS_VALUE = re.compile(r"[0#?@ymdhs]|general|standard", re.IGNORECASE)


@dataclass(frozen=True)
class Format:
    """How a style of the service looks."""

    bold: bool = False
    size: float = 11
    colour: str = INK
    fill: str = ""
    wrap: bool = False
    underline: bool = False
    line: bool = False
    indent: int = 0
    left: bool = False
    middle: bool = False


@cache
def shows_value(number_format: str, sign: int) -> bool:
    """Whether a number of that sign is seen as a number; `"x"` or `;;;` show something else in its place."""
    sections = _LITERAL.sub("", number_format).split(";")
    place = 0 if sign > 0 or len(sections) == 1 else 1 if sign < 0 or len(sections) == 2 else 2
    return sign == 0 or bool(_SHOWS_VALUE.search(sections[min(place, len(sections) - 1)]))


class Styles:
    """The styles of one new workbook."""

    def __init__(self, book: Workbook) -> None:
        self._parent = book.active
        self._cells: dict[int, Any] = {}
        self._own: dict[Format, int] = {}
        self._marked: dict[tuple[int, Severity], int] = {}
        self._text: dict[int, int] = {}

    def _keep(self, cell: Any) -> int:
        index = int(cell.style_id)
        self._cells.setdefault(index, cell)
        return index

    def _like(self, index: int) -> Any:
        base, cell = self._cells[index], Cell(self._parent, row=1, column=1)
        for name in ("font", "fill", "border", "alignment", "protection"):
            setattr(cell, name, copy(getattr(base, name)))
        cell.number_format = base.number_format
        cell.quotePrefix = base.quotePrefix
        return cell

    def own(self, look: Format) -> int:
        """The style of the service with that look."""
        if look not in self._own:
            cell = Cell(self._parent, row=1, column=1)
            cell.font = Font(
                name="Calibri",
                sz=look.size,
                b=look.bold,
                color=look.colour,
                u="single" if look.underline else None,
            )
            if look.fill:
                cell.fill = PatternFill("solid", fgColor=look.fill)
            if look.line:
                cell.border = Border(bottom=Side("thin", color=LINE))
            side = "left" if look.left or look.indent else None
            cell.alignment = Alignment(
                horizontal=side, vertical="center" if look.middle else "top", wrap_text=look.wrap, indent=look.indent
            )
            self._own[look] = self._keep(cell)
        return self._own[look]

    def text(self, index: int) -> int:
        """The style with the mark that a text stays a text when somebody edits the cell."""
        if index not in self._text:
            cell = self._like(index)
            cell.quotePrefix = True
            self._text[index] = self._keep(cell)
        return self._text[index]

    def marked(self, index: int, severity: Severity) -> int:
        """The style with fill and border of a finding, and ink that can be read on it."""
        key = (index, severity)
        if key not in self._marked:
            cell = self._like(index)
            side = Side(_BORDERS[severity], color=COLOURS[severity])
            cell.fill = PatternFill("solid", fgColor=_WASHES[severity])
            cell.border = Border(left=side, right=side, top=side, bottom=side)
            cell.font = _inked(cell.font)
            self._marked[key] = self._keep(cell)
        return self._marked[key]

    def travelled(self, sheet: Any, index: int) -> int:
        """The style of a sender's sheet; a mark of an earlier return is taken off."""
        theirs = ReadOnlyCell(sheet, 1, 1, None, style_id=index)
        cell = Cell(self._parent, row=1, column=1)
        cell.font, cell.alignment, cell.protection = own_font(theirs), copy(theirs.alignment), copy(theirs.protection)
        cell.number_format = theirs.number_format
        cell.quotePrefix = bool(theirs.style_array.quotePrefix)
        if not _is_own_mark(theirs.fill):
            cell.fill, cell.border = copy(theirs.fill), copy(theirs.border)
        return self._keep(cell)

    def array(self, index: int) -> Any:
        """What openpyxl takes for the style of a column."""
        return self._cells[index]._style

    def number_format(self, index: int) -> str:
        """The number format of a style."""
        return str(self._cells[index].number_format)


def theme_like(theirs: bytes) -> bytes | None:
    """The usual theme with the colours of the sender's; None where it does not have all twelve."""
    own = theme_xml.encode() if isinstance(theme_xml, str) else theme_xml
    scheme = b""
    for name in _THEME_COLOURS:
        found = re.search(_THEME_COLOUR % (name, name), theirs, re.DOTALL)
        if found is None:
            return None
        scheme += b'<a:%b><a:srgbClr val="%b"/></a:%b>' % (name, found[1], name)
    return _SCHEME.sub(b'<a:clrScheme name="Office">%b</a:clrScheme>' % scheme, own, count=1)


def own_font(cell: Any) -> Any:
    """The font of a sender's cell, by its own name: the fonts of the theme do not travel."""
    font = copy(cell.font)
    font.scheme = None
    return font


def _inked(font: Any) -> Any:
    inked = copy(font)
    inked.color = INK
    return inked


def _is_own_mark(fill: Any) -> bool:
    return isinstance(fill, PatternFill) and fill.fill_type == "solid" and fill.fgColor.rgb in _OWN_FILLS
