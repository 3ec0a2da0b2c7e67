"""What an XLSX file shows and calamine does not tell, from one streaming pass over its XML.

Hidden rows and columns, filters, merged ranges; formulas without a stored result and error values, which
calamine gives as empty cells. Looks for byte patterns in small pieces, which stay near the processor, and keeps only
what it finds.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

from einklang.boxed.as_seen import RAISED, AsSeen
from einklang.boxed.sheets import Look, Refused, write_bool
from einklang.boxed.xml_stream import MAX_UNPACKED
from einklang.letters import column_index

Told = tuple[Look, dict[tuple[int, int], str]]
"""What is shown, and the texts of cells that have no stored value, by row and column from 0."""

MAX_FOUND = 1_000_000
_CHUNK = 128 * 1024
_HEAD = 8192
_OVERLAP = 64 * 1024
_TAGS = (b"<c ", b":c ", b"<row", b"<mergeCell ")
_P = rb"(?:\w+:)?"
_ROW = re.compile(rb"<" + _P + rb'row\b([^>]*?\b(?:hidden="(?:1|true)"|ht="0(?:\.0)?")[^>]*)>')
_COLUMN = re.compile(rb"<" + _P + rb'col\b([^>]*?\b(?:hidden="(?:1|true)"|width="0(?:\.0)?")[^>]*)>')
_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_BOUNDS = re.compile(rb'\b(min|max)="(\d{1,5})"')
_MERGED = re.compile(rb"<" + _P + rb'mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_TYPED = re.compile(
    rb"<" + _P + rb'c\b(?=[^>]*?\bt="([be])")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:(?!</' + _P + rb"c>).)*?<"
    + _P + rb"v>([^<]{1,40})</", re.DOTALL
)  # fmt: skip
_ANY_FORMULA = re.compile(rb"<" + _P + rb"f[ />]")
_FORMULA = re.compile(
    rb"<" + _P + rb'c\b(?![^>]*?\bt="(?:str|e)")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>\s*<' + _P + rb"f\b[^>]*?"
    rb"(?:/>|>([^<]*)</" + _P + rb"f>)\s*(?:<" + _P + rb"v\s*/>|<" + _P + rb"v></" + _P + rb"v>)?\s*</" + _P + rb"c>"
)  # fmt: skip
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_PARSED = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", _STRINGS, _STYLES)
_APOSTROPHES = re.compile(rb"(\s[\w:]+=)'([^'\"<>]*)'")


def unknown() -> Told:
    """For kinds of files of which nothing more is told."""
    return Look(is_known=False), {}


def pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part in pieces that overlap, so that no tag is cut.

    Raises:
        Refused: it is too large, or has a document type.
    """
    read = 0
    rest = b""
    with archive.open(part) as stream:
        # Of its own, the beginning does not hide from `_holds` that the rest lacks a letter.
        while chunk := stream.read(_CHUNK if read else _HEAD):
            read += len(chunk)
            if read > MAX_UNPACKED:
                raise Refused("limit", "limit_size", read, MAX_UNPACKED)
            piece = rest + chunk
            if b"='" in piece:
                piece = _APOSTROPHES.sub(rb'\1"\2"', piece)
            if _holds(piece, b"!", b"<!DOCTYPE"):
                raise Refused("limit", "limit_doctype", 1, 0)
            yield piece
            end = piece[-_OVERLAP:]
            cut = -1
            for tag in _TAGS:
                cut = max(cut, end.rfind(tag, max(cut, 0)))
            rest = end[max(cut - 10 if cut >= 0 else end.rfind(b"<"), 0) :]


def _holds(piece: bytes, letter: bytes, *words: bytes) -> bool:
    """Whether one of the words stands there; all of them have the letter, which is found a good deal faster."""
    return letter in piece and any(word in piece for word in words)


def parts_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet → its part."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    found = {}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet") and (target := targets.get(element.get(_RELATION, ""))):
            absolute = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            found[element.get("name", "")] = posixpath.normpath(absolute)
    return found


def look_into(path: Path, wanted: list[str], decimal: str) -> dict[str, Told]:
    """What the sheets named show; numbers in texts get this decimal sign."""
    seen = AsSeen(decimal)
    with zipfile.ZipFile(path) as archive:
        present = set(archive.namelist())
        for part in sorted(present.intersection(_PARSED)):
            has_raised = False
            for piece in pieces(archive, part):
                has_raised |= RAISED in piece
            if part == _STYLES:
                seen.read_formats(archive.read(part))
            elif part == _STRINGS and has_raised:
                seen.read_texts(archive, part)
        try:
            parts = parts_of(archive)
        except ElementTree.ParseError as error:
            raise Refused("unreadable", "file_is_broken_zip") from error
        return {name: _look(archive, parts[name], seen) if parts.get(name) in present else unknown() for name in wanted}


def _look(archive: zipfile.ZipFile, part: str, seen: AsSeen) -> Told:
    look = Look()
    cells: dict[tuple[int, int], str] = {}
    rows: set[int] = set()
    columns: set[tuple[int, int]] = set()
    merged: set[tuple[int, int, int, int]] = set()
    for piece in pieces(archive, part):
        if _holds(piece, b"h", b' hidden="', b' ht="0', b' width="0'):
            rows.update(int(found[1]) - 1 for tag in _ROW.findall(piece) if (found := _NUMBER.search(tag)))
            for tag in _COLUMN.findall(piece):
                bounds = {name: int(number) - 1 for name, number in _BOUNDS.findall(tag)}
                if len(bounds) == 2:
                    columns.add((bounds[b"min"], bounds[b"max"]))
        if _holds(piece, b"m", b"mergeCell"):
            for first, top, last, bottom in _MERGED.findall(piece):
                merged.add((int(top) - 1, column_index(first.decode()), int(bottom) - 1, column_index(last.decode())))
        look.filtered = look.filtered or _holds(piece, b"f", b"filterColumn")
        if _holds(piece, b"e", b't="e"') or _holds(piece, b"b", b't="b"'):
            for kind, letters, row, text in _TYPED.findall(piece):
                place = int(row) - 1, column_index(letters.decode())
                shown = unescape(text.decode("utf-8", "replace"))
                cells[place] = shown if kind == b"e" else write_bool(shown.strip() == "1")
        if _holds(piece, b"f", b"<f", b":f") and _ANY_FORMULA.search(piece):
            for letters, row, formula in _FORMULA.findall(piece):
                place = int(row) - 1, column_index(letters.decode())
                cells.setdefault(place, "=" + unescape(formula.decode("utf-8", "replace"))[:200])
        cells.update(seen.cells(piece))
        if max(len(cells), len(merged), len(rows)) > MAX_FOUND:
            raise Refused("limit", "limit_found", MAX_FOUND + 1, MAX_FOUND)
    look.hidden_rows = runs(rows)
    look.hidden_columns = sorted(columns)
    look.merged = sorted(merged)
    return look, cells


def runs(numbers: set[int]) -> list[tuple[int, int]]:
    """Numbers as ranges, both ends included."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
