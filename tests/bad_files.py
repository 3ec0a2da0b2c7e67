"""Files with one fault each, made of two small tables."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
from collections.abc import Callable
from typing import Any

from builders import part, with_parts, workbook
from format_files import HERE, ROWS

HEAD = "Zeit;Schlüssel;insgesamt;männlich;weiblich\n"
FIRST = "31.12.2024;04;162190;84820;77370\n"
SECOND = "31.12.2024;04011;133930;70040;63890\n"
TEXT = HEAD + FIRST + SECOND
BOOK = workbook({"Tabelle": ROWS})
SHEET_XML = "xl/worksheets/sheet1.xml"
XLS = (HERE / "tabelle.xls").read_bytes()


def edited(edit: Callable[[Any], None], rows: list[tuple[Any, ...]] = ROWS) -> bytes:
    return workbook({"Tabelle": rows}, edit=edit)


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(600)


def archive(name: str, mode: int = stat.S_IFREG, twice: bool = False) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for _ in range(1 + twice):
            info = zipfile.ZipInfo("xxxx")
            info.filename = name
            info.external_attr = (mode | 0o644) << 16
            file.writestr(info, TEXT)
    return stream.getvalue()


def bomb() -> bytes:
    return gzip.compress(bytes(200 * 1024 * 1024), 9)


def with_doctype() -> bytes:
    xml = part(BOOK, SHEET_XML)
    at = xml.find(b"<worksheet")
    bad = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return with_parts(BOOK, {SHEET_XML: xml[:at] + bad + xml[at:]})


def hide(sheet: Any) -> None:
    sheet.row_dimensions[5].hidden = True


def filtered(sheet: Any) -> None:
    sheet.auto_filter.ref = "A2:E5"
    sheet.auto_filter.add_filter_column(0, ["31.12.2024"])
    hide(sheet)


def calculated(sheet: Any) -> None:
    sheet["E5"] = "=C5-D5"


def broken_formula(sheet: Any) -> None:
    sheet["C5"].value, sheet["C5"].data_type = "#REF!", "e"


def merged_figures(sheet: Any) -> None:
    sheet.merge_cells("D4:E4")


def renamed_sheet() -> bytes:
    return workbook({"Tabelle (2)": ROWS})


def line(text: str) -> str:
    """A table whose last figure is this text."""
    return f"Zeit;Schlüssel;insgesamt\n31.12.2024;04;162190\n31.12.2024;04011;{text}\n"
