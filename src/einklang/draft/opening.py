"""Opens a sample of which nothing is agreed: what kind of file it is, its character set and its separator."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from einklang.container import Kind, Limit, Unreadable
from einklang.declarations.base import build
from einklang.declarations.layout import ShownBy
from einklang.declarations.profile import FileFormat, Profile
from einklang.declarations.rules import Catalogue
from einklang.errors import FileNotUsable
from einklang.rawtable import RawTable
from einklang.read import read_file
from einklang.read_text import detect_encoding
from einklang.unpack import Part, opened

_HEAD = 256 * 1024
_LINES = 400
_DELIMITERS: tuple[Literal[";", "\t", "|", ","], ...] = (";", "\t", "|", ",")
_FORMATS: dict[Kind, str] = {
    Kind.TEXT: "csv",
    Kind.WORKBOOK: "workbook",
    Kind.XLS: "xls",
    Kind.ODS: "ods",
    Kind.SPREADSHEETML: "spreadsheetml",
    Kind.JSON: "json",
}


@dataclass(frozen=True)
class Sample:
    """The file as it is: how it can be read, and its sheets."""

    path: Path
    file: FileFormat
    tables: tuple[RawTable, ...]


def open_sample(path: Path, catalogue: Catalogue, shown_by: ShownBy | None = None) -> Sample:
    """Reads a file by what it holds; of a workbook also what its cells show, where that is asked for.

    Raises:
        FileNotUsable: it is no file, or the safe readers refuse it; the reason is theirs.
    """
    if not path.is_file():
        raise FileNotUsable(path, "there is no such file")
    with opened(path, path.name) as parts:
        if isinstance(parts, Limit | Unreadable):
            file: dict[str, Any] = {"format": "csv"}
        else:
            file = _format(parts[0])
    # Only the file format of this profile is ever used: the readers ask for nothing else.
    profile = build(
        Profile,
        {
            "supplier": "",
            "dataset": "",
            "title": path.name,
            "file": file,
            "signs": {"convention": ""},
            "table": {"header": {"find": "", "unread": {1: "-"}}},
            "dimensions": {},
            "status": {"shown_by": shown_by, "words": {}} if shown_by else None,
        },
        path,
    )
    read = read_file(path, path.name, profile, catalogue)
    if not read.tables:
        raise FileNotUsable(path, "; ".join(one.message.en.rstrip(".") for one in read.findings) or "it holds no table")
    return Sample(path, profile.file, read.tables)


def _format(part: Part) -> dict[str, Any]:
    name = _FORMATS.get(part.kind, "csv")
    if name != "csv" or not part.path.stat().st_size:
        return {"format": name}
    with part.path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        detected = detect_encoding(data, "utf-8")
        encoding, mark = ("utf-8", 0) if isinstance(detected, Unreadable) else detected
        text = data[mark : mark + _HEAD].decode(encoding, "replace")
    return {
        "format": name,
        "encoding": "utf-16" if encoding.startswith("utf-16") else encoding,
        "delimiter": _delimiter(text),
    }


def _delimiter(text: str) -> str:
    """The separator that most lines have; where several do, a semicolon before a comma, which may be decimal."""
    lines = [line for line in text.splitlines()[:_LINES] if line.strip()]
    share = {sign: sum(sign in line for line in lines) / max(1, len(lines)) for sign in _DELIMITERS}
    return next((sign for sign in _DELIMITERS if share[sign] >= 0.5), max(share, key=lambda sign: share[sign]))
