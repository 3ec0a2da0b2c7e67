"""The sound files that are mutated: the same small table in every format that offices send."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from einklang.declarations.base import build
from einklang.declarations.profile import Profile
from einklang.project import CHECKOUT

_BINARY = CHECKOUT / "tests" / "formats"
_ROWS: Sequence[Sequence[Any]] = (
    ("Ausländische Bevölkerung in Bremen",),
    ("Zeit", "Schlüssel", "Gebiet", "insgesamt", "männlich", "weiblich"),
    ("31.12.2023", "04", "Bremen", 159000, 83160, 75845),
    ("31.12.2023", "04011", "Bremen, Stadt", 131395, 68670, 62725),
    ("31.12.2024", "04", "Bremen", 162190, 84820, 77370),
    ("31.12.2024", "04012", "Bremerhaven", 28260, ".", "-"),
    ("Quelle: Ausländerzentralregister",),
)
_BASE: dict[str, Any] = {
    "supplier": "ba",
    "dataset": "auslaender",
    "title": "Mutationen",
    "signs": {"convention": "din55301"},
    "table": {"header": {"find": "Zeit"}, "end": ["Quelle"]},
    "dimensions": {
        "period": {"heading": "Zeit"},
        "area": {"heading": "Schlüssel", "scheme": "key"},
        "sex": {"header_row": 1},
        "measure": {"constant": "foreigners"},
    },
}
_NAMED = {**_BASE["dimensions"], "area": {"heading": "Schlüssel", "scheme": "key", "name_heading": "Gebiet"}}


@dataclass(frozen=True)
class Seed:
    """A sound file: its name, its bytes and the layout under which it is read."""

    name: str
    content: bytes
    profile: Profile


def seeds() -> list[Seed]:
    """One file per format, packed and not."""
    text = "\r\n".join(";".join(_quoted(cell) for cell in row) for row in _ROWS)
    book = _workbook()
    xml = _spreadsheetml().encode()
    csv = _profile(file={"format": "csv"}, dimensions=_NAMED)
    cp1252 = _profile(file={"format": "csv", "encoding": "cp1252"}, dimensions=_NAMED)
    mappe = _profile(file={"format": "workbook", "sheet": "Tabelle"}, dimensions=_NAMED)
    plain = _profile(file={"format": "xls", "sheet": "Tabelle"})
    return [
        Seed("tabelle.csv", text.encode(), csv),
        Seed("tabelle_1252.csv", text.encode("cp1252"), cp1252),
        Seed("tabelle_16.txt", text.encode("utf-16"), csv),
        Seed("tabelle.csv.gz", gzip.compress(text.encode(), mtime=0), csv),
        Seed("tabelle.zip", _zipped({"a.csv": text.encode()}), csv),
        Seed("tabelle.xlsx", book, mappe),
        Seed("mappe.zip", _zipped({"mappe.xlsx": book}), mappe),
        Seed("tabelle.xml", xml, mappe),
        Seed("tabelle.xls", (_BINARY / "tabelle.xls").read_bytes(), plain),
        Seed("tabelle.ods", (_BINARY / "tabelle.ods").read_bytes(), plain),
        Seed("genesis.json", _genesis(), _genesis_profile()),
    ]


def _profile(**changes: Any) -> Profile:
    return build(Profile, {**_BASE, **changes}, Path("mutationen.yaml"))


def _quoted(cell: Any) -> str:
    text = str(cell)
    return f'"{text}"' if "," in text else text


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Tabelle"
    for row in _ROWS:
        sheet.append(list(row))
    sheet.merge_cells("A1:F1")
    sheet["A9"] = "=SUM(D3:D4)"
    sheet.column_dimensions["C"].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _spreadsheetml() -> str:
    def cell(value: Any) -> str:
        kind = "String" if isinstance(value, str) else "Number"
        return f'<Cell ss:MergeAcross="0"><Data ss:Type="{kind}">{value}</Data></Cell>'

    rows = "".join(f'<Row ss:Index="{number}">{"".join(map(cell, row))}</Row>' for number, row in enumerate(_ROWS, 1))
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="Tabelle">'
        f'<Table><Column ss:Index="2" ss:Hidden="1"/>{rows}</Table></Worksheet></Workbook>'
    )


def _zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def _genesis() -> bytes:
    data = {
        "code": "DS_001",
        "id": ["statistic", "AREA", "STAG"],
        "size": [1, 2, 2],
        "dimension": {
            "statistic": {"category": {"index": {"12521": 0}}},
            "AREA": {"category": {"index": {"05": 1, "04": 0}}},
            "STAG": {"category": {"index": {"2024-12-31": 1, "2023-12-31": 0}}},
        },
        "value": [159000.0, 162190.0, 0.0, 0.0],
        "status": ["e", "e", ".", "-"],
    }
    return json.dumps({"data": [data]}).encode()


def _genesis_profile() -> Profile:
    return _profile(
        file={"format": "json"},
        table={"header": {"find": "statistic"}},
        dimensions={
            "period": {"heading": "STAG"},
            "area": {"heading": "AREA", "scheme": "key"},
            "measure": {"constant": "foreigners"},
        },
        columns=[
            {"headings": ["value"], "codes": {"sex": "_T"}},
            {"headings": ["statistic"], "not_data": "Nummer der Statistik"},
            {"headings": ["status"], "not_data": "steht schon beim Wert"},
        ],
    )
