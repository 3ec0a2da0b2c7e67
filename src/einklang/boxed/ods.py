"""What an ODS file shows and calamine does not tell; and whether its repeated cells keep the limits."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from einklang.boxed.formats import PER_CENT, UNIT, sign_for
from einklang.boxed.sheets import Look, Refused, check_extent, raised, write_number
from einklang.boxed.xlsx import MAX_FOUND, Told
from einklang.boxed.xml_stream import parse_stream

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
_NUMBERS = {"float", "percentage", "currency"}
_IN_BRACKETS = re.compile(r"\(\s*\d[\d.,\s]*\)")
_WITH_STATUS = re.compile(r"\d[\d.,\s]*(?P<status>[A-Za-z*/])")
_ERROR = re.compile(r"#[A-ZÄÖÜ/0-9]+[!?]?|Err:\d{3}")


class _Reader:
    """Handlers of expat; rows and columns counted from 0."""

    def __init__(self, decimal: str) -> None:
        self.decimal = decimal
        self.told: dict[str, Told] = {}
        self.name = ""
        self.row = self.column = self.repeat_row = self.repeat = self.columns_declared = 0
        self.last_row = self.last_column = -1
        self.cell: dict[str, str] | None = None
        self.text: list[str] | None = None
        self.style = ""
        self.raised_styles: set[str] = set()
        self.spans: list[bool] = []
        self.is_annotation = self.is_changed = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.removeprefix(_TABLE):
            case "table":
                self.name = attributes.get(_TABLE + "name", "")
                self.told[self.name] = (Look(), {})
                self.row = self.columns_declared = 0
                self.last_row = self.last_column = -1
            case "table-column":
                repeat = _count(attributes, "number-columns-repeated")
                if attributes.get(_TABLE + "visibility") in {"collapse", "filter"}:
                    look = self._look
                    look.hidden_columns.append((self.columns_declared, self.columns_declared + repeat - 1))
                self.columns_declared += repeat
            case "table-row":
                self.column = 0
                self.repeat_row = _count(attributes, "number-rows-repeated")
                visibility = attributes.get(_TABLE + "visibility")
                if visibility in {"collapse", "filter"}:
                    self._look.hidden_rows.append((self.row, self.row + self.repeat_row - 1))
                    self._look.filtered = self._look.filtered or visibility == "filter"
            case "table-cell" | "covered-table-cell":
                self._cell(attributes)
            case _:
                self._start_text(tag, attributes)

    def _start_text(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == _STYLE + "style":
            self.style = attributes.get(_STYLE + "name", "")
        elif tag == _STYLE + "text-properties" and _is_raised(attributes.get(_STYLE + "text-position", "")):
            self.raised_styles.add(self.style)
        elif tag == _OFFICE + "annotation":
            self.is_annotation = True
        elif self.cell is None or self.is_annotation:
            return
        elif tag == _TEXT + "p":
            self.text = [*self.text, "\n"] if self.text else []
        elif tag == _TEXT + "span":
            self.spans.append(attributes.get(_TEXT + "style-name", "") in self.raised_styles)
        elif tag in {_TEXT + "s", _TEXT + "tab"}:
            self.characters(" ")

    def _cell(self, attributes: dict[str, str]) -> None:
        self.repeat = _count(attributes, "number-columns-repeated")
        spans = _count(attributes, "number-rows-spanned"), _count(attributes, "number-columns-spanned")
        if spans != (1, 1):
            self._look.merged.append((self.row, self.column, self.row + spans[0] - 1, self.column + spans[1] - 1))
        self.cell = attributes
        self.text, self.spans, self.is_changed = None, [], False

    def characters(self, text: str) -> None:
        if self.text is not None and not self.is_annotation and len(self.text) < 1000:
            kept = raised("".join(self.text), text) if any(self.spans) else text
            self.is_changed |= kept != text
            self.text.append(kept)

    def end(self, tag: str) -> None:
        match tag.removeprefix(_TABLE):
            case "table-cell" | "covered-table-cell":
                self._end_cell()
            case "table-row":
                self.row += self.repeat_row
            case _:
                if tag == _OFFICE + "annotation":
                    self.is_annotation = False
                elif tag == _TEXT + "span" and self.spans and not self.is_annotation:
                    self.spans.pop()

    def _end_cell(self) -> None:
        cell = self.cell or {}
        formula, has_value = cell.get(_TABLE + "formula", ""), (_OFFICE + "value-type") in cell
        shown = "".join(self.text or [])
        if has_value or shown or formula:
            self.last_row = max(self.last_row, self.row + self.repeat_row - 1)
            self.last_column = max(self.last_column, self.column + self.repeat - 1)
            check_extent(self.last_row + 1, self.last_column + 1)
        replaced: str | None = None
        if formula and not has_value and not shown:
            replaced = "=" + formula.removeprefix("of:=").removeprefix("=")[:200]
        elif formula and _ERROR.fullmatch(shown):
            replaced = shown
        elif cell.get(_OFFICE + "value-type") in _NUMBERS:
            is_share = cell[_OFFICE + "value-type"] == "percentage"
            replaced = _as_shown(cell.get(_OFFICE + "value", ""), shown.strip(), self.decimal, is_share)
        elif self.is_changed:
            replaced = shown
        if replaced is not None:
            cells = self.told[self.name][1]
            if len(cells) + self.repeat_row * self.repeat > MAX_FOUND:
                raise Refused("limit", "limit_found", len(cells) + self.repeat_row * self.repeat, MAX_FOUND)
            for row in range(self.row, self.row + self.repeat_row):
                for column in range(self.column, self.column + self.repeat):
                    cells[row, column] = replaced
        self.column += self.repeat
        self.cell = self.text = None

    @property
    def _look(self) -> Look:
        return self.told[self.name][0]


def _is_raised(position: str) -> bool:
    """Whether a position of text (`super 58%`, `33% 58%`) lies above the line."""
    place = position.partition(" ")[0]
    return place == "super" or (place.endswith("%") and place[:-1].isdecimal() and place != "0%")


def _as_shown(value: str, shown: str, decimal: str, is_share: bool) -> str | None:
    """The text of a cell with a number that shows a sign, brackets, a status or `%`; None where it shows the number.

    A number in per cent (`is_share`) is stored as a share of one.
    """
    try:
        number = float(value)
    except ValueError:
        return None
    if shown and not any(character.isdigit() for character in shown):
        return sign_for(number, shown, decimal)
    signs = "".join(UNIT.findall(shown)[:1]) or ("%" if is_share and not shown else "")
    written = write_number(number, decimal, PER_CENT if is_share and signs else 0) + (f" {signs}" if signs else "")
    bare = UNIT.sub("", shown)
    if number >= 0 and _IN_BRACKETS.fullmatch(bare):
        return f"({written})"
    status = _WITH_STATUS.fullmatch(bare)
    if status:
        return f"{written} {status['status']}"
    return written if signs else None


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(_TABLE + name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1


def look_into(path: Path, decimal: str) -> dict[str, Told]:
    """What each sheet shows; numbers in texts get this decimal sign.

    Raises:
        Refused: it is protected, too large, or its cells span too much.
    """
    with zipfile.ZipFile(path) as archive:
        manifest = "META-INF/manifest.xml"
        if manifest in archive.namelist() and b"encryption-data" in archive.read(manifest):
            raise Refused("unreadable", "file_is_protected")
        reader = _Reader(decimal)
        with archive.open("content.xml") as stream:
            parse_stream(stream.read, reader)
    return reader.told
