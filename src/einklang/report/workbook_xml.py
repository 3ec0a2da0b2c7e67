"""Writes the parts of an XLSX file that are large, and puts all parts together.

openpyxl writes everything but the rows; the rows are written here as text, since a million cells as
objects take minutes. Same content → same bytes: the archive bears the time of receipt.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.workbook import Workbook
from openpyxl.writer.excel import ExcelWriter

from einklang.rawtable import column_letter
from einklang.report.display import visible
from einklang.report.workbook_sheet import Stored

LONGEST_TEXT = 32_000
# What XML cannot hold, and what turns the order of the characters around it.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_ISO_DATE = re.compile(r"[0-9T:.Z-]{8,32}")
_ERROR = re.compile(r"#[A-Z0-9/!?_]{1,24}")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
_EXTENT = re.compile(rb"<dimension [^>]*/>")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

letter = cache(column_letter)


def plain_text(text: str) -> str:
    """A text that did not come out of a workbook, so that a spreadsheet shows exactly its characters."""
    if text.isprintable() and "_x" not in text:
        return text
    return _ESCAPE.sub("_x005F_", _ILLEGAL.sub(lambda found: visible(found[0], keep="\n\t"), text))


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet would calculate if somebody typed the text."""
    return text.startswith(_FORMULA_STARTS)


def _escaped(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}…"
    if not text.isprintable():
        text = _ILLEGAL.sub(lambda found: visible(found[0], keep="\n\t"), text)
        return escape(text, {"\r": "&#13;"})
    return escape(text)


def _cell(row: int, cell: Stored) -> str:
    head = f'<c r="{letter(cell.column - 1)}{row}" s="{cell.style}"'
    text = cell.text
    match cell.kind:
        case "":
            return f"{head}/>"
        case "n" if _NUMBER.fullmatch(text):
            return f"{head}><v>{text}</v></c>"
        case "b" if text in ("0", "1"):
            return f'{head} t="b"><v>{text}</v></c>'
        case "e" if _ERROR.fullmatch(text):
            return f'{head} t="e"><v>{text}</v></c>'
        case "d" if _ISO_DATE.fullmatch(text):
            return f'{head} t="d"><v>{text}</v></c>'
    return f'{head} t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'


class Spool:
    """The rows of one sheet, written beside the workbook until it is put together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.last_row = 1
        self.last_column = 1
        self._stream = path.open("w", encoding="utf-8", newline="")

    def put(self, row: int, cells: Iterable[Stored], attributes: str = "") -> None:
        """One row; rows and cells come in ascending order."""
        written = list(cells)
        self._stream.write(f'<row r="{row}"{attributes}>{"".join([_cell(row, cell) for cell in written])}</row>')
        self.last_row = row
        if written:
            self.last_column = max(self.last_column, written[-1].column)

    def close(self) -> None:
        """No row follows."""
        self._stream.close()


class _Archive(zipfile.ZipFile):
    """Puts the rows into their sheets, and gives each part the same time."""

    def __init__(self, path: Path, spools: Mapping[str, Spool], moment: datetime) -> None:
        super().__init__(path, "w", zipfile.ZIP_DEFLATED)
        self._spools = spools
        self._time = max(moment, datetime(1980, 1, 1, tzinfo=UTC)).timetuple()[:6]

    def _part(self, name: str) -> zipfile.ZipInfo:
        part = zipfile.ZipInfo(name, self._time)
        part.compress_type = zipfile.ZIP_DEFLATED
        part.external_attr = 0o644 << 16
        return part

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        super().writestr(self._part(zinfo_or_arcname), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        shell = Path(filename).read_bytes()
        spool = self._spools[arcname]
        gap = _ROWS.search(shell)
        assert gap is not None
        extent = b'<dimension ref="A1:%b"/>' % f"{letter(spool.last_column - 1)}{spool.last_row}".encode()
        with self.open(self._part(arcname), "w", force_zip64=True) as part:
            part.write(_EXTENT.sub(extent, shell[: gap.start()], count=1))
            part.write(b"<sheetData>")
            with spool.path.open("rb") as rows:
                shutil.copyfileobj(rows, part, 1024 * 1024)
            part.write(b"</sheetData>")
            part.write(shell[gap.end() :])


def save(book: Workbook, spools: Mapping[str, Spool], path: Path, received_at: str | None) -> None:
    """Writes the workbook; `spools` holds the rows of every sheet by the title of the sheet."""
    moment = datetime.fromisoformat(received_at).astimezone(UTC) if received_at else _EPOCH
    properties = book.properties
    properties.creator = properties.lastModifiedBy = "Einklang"
    properties.created = properties.modified = moment.replace(tzinfo=None, microsecond=0)
    parts = {f"xl/worksheets/sheet{index}.xml": spools[sheet.title] for index, sheet in enumerate(book.worksheets, 1)}
    with _Archive(path, parts, moment) as archive:
        ExcelWriter(book, archive).write_data()
