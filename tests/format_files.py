"""One small table in every kind of file."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from builders import ROOT

HERE = ROOT / "tests" / "formats"
ROWS: list[tuple[Any, ...]] = [
    ("Ausländische Bevölkerung",),
    ("Zeit", "Schlüssel", "insgesamt", "männlich", "weiblich"),
    ("31.12.2024", "04", 162190, 84820, 77370),
    ("31.12.2024", "04011", 133930, ".", "-"),
    ("31.12.2023", "04", 159000, 83160, 75845),
]
TEXT = "\n".join(";".join(str(cell) for cell in row) for row in ROWS) + "\n"
MAPPE = {"format": "workbook", "sheet": "Tabelle"}


def spreadsheetml(rows: list[tuple[Any, ...]], before: str = "", attributes: str = "") -> bytes:
    """A table in the XML of Excel 2003."""

    def cell(value: Any) -> str:
        kind = "String" if isinstance(value, str) else "Number"
        return f'<Cell><Data ss:Type="{kind}">{value}</Data></Cell>'

    body = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in rows)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n<?mso-application progid="Excel.Sheet"?>\r\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Tabelle"><Table>{before}{body}</Table>{attributes}</Worksheet></Workbook>'
    ).encode()


def zipped(members: dict[str, bytes], level: int = 6) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def ods(rows: str, name: str = "Tabelle", before: str = "") -> bytes:
    """An OpenDocument table with these rows; `before` stands before its body."""
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
        f'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">{before}<office:body>'
        f'<office:spreadsheet><table:table table:name="{name}">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    entry = '<manifest:file-entry manifest:full-path="/" manifest:media-type=""/>'
    manifest = f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entry}'
    return zipped(
        {
            "mimetype": kind,
            "content.xml": xml.encode(),
            "META-INF/manifest.xml": f"{manifest}</manifest:manifest>".encode(),
        }
    )
