"""What an ODS file shows and calamine does not tell; and whether its repeated cells keep the limits."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from einklang.boxed.sheets import Look, Refused, check_extent
from einklang.boxed.xlsx import MAX_FOUND, Told
from einklang.boxed.xml_stream import parse_stream

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_ERROR = re.compile(r"#[A-ZÄÖÜ/0-9]+[!?]?|Err:\d{3}")


class _Reader:
    """Handlers of expat; rows and columns counted from 0."""

    def __init__(self) -> None:
        self.told: dict[str, Told] = {}
        self.name = ""
        self.row = self.column = self.repeat_row = self.repeat = self.columns_declared = 0
        self.last_row = self.last_column = -1
        self.cell: tuple[str, bool] | None = None
        self.text: list[str] | None = None

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
                if tag == _TEXT + "p" and self.cell is not None:
                    self.text = self.text or []

    def _cell(self, attributes: dict[str, str]) -> None:
        self.repeat = _count(attributes, "number-columns-repeated")
        spans = _count(attributes, "number-rows-spanned"), _count(attributes, "number-columns-spanned")
        if spans != (1, 1):
            self._look.merged.append((self.row, self.column, self.row + spans[0] - 1, self.column + spans[1] - 1))
        self.cell = attributes.get(_TABLE + "formula", ""), (_OFFICE + "value-type") in attributes
        self.text = None

    def characters(self, text: str) -> None:
        if self.text is not None and len(self.text) < 1000:
            self.text.append(text)

    def end(self, tag: str) -> None:
        match tag.removeprefix(_TABLE):
            case "table-cell" | "covered-table-cell":
                self._end_cell()
            case "table-row":
                self.row += self.repeat_row

    def _end_cell(self) -> None:
        formula, has_value = self.cell or ("", False)
        shown = "".join(self.text or [])
        if has_value or shown or formula:
            self.last_row = max(self.last_row, self.row + self.repeat_row - 1)
            self.last_column = max(self.last_column, self.column + self.repeat - 1)
            check_extent(self.last_row + 1, self.last_column + 1)
        replaced = ""
        if formula and not has_value and not shown:
            replaced = "=" + formula.removeprefix("of:=").removeprefix("=")[:200]
        elif formula and _ERROR.fullmatch(shown):
            replaced = shown
        if replaced:
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


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(_TABLE + name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1


def look_into(path: Path) -> dict[str, Told]:
    """What each sheet shows.

    Raises:
        Refused: it is protected, too large, or its cells span too much.
    """
    with zipfile.ZipFile(path) as archive:
        manifest = "META-INF/manifest.xml"
        if manifest in archive.namelist() and b"encryption-data" in archive.read(manifest):
            raise Refused("unreadable", "file_is_protected")
        reader = _Reader()
        with archive.open("content.xml") as stream:
            parse_stream(stream.read, reader)
    return reader.told
