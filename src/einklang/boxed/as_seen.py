"""Cells of an XLSX file that show something else than calamine gives: by their number format, or by raised digits.

In a text, a raised digit behind a digit is the mark of a note: `123` with a raised 1 is not 1231.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape

from einklang.boxed.formats import BUILT_IN, Format, as_shown, parse_format, says_more
from einklang.boxed.sheets import raised
from einklang.boxed.xml_stream import parse_stream
from einklang.letters import column_index

RAISED = b"superscript"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main "
_P = rb"(?:\w+:)?"
_NUMBER_FORMAT = re.compile(rb"<" + _P + rb"numFmt\b([^>]*)>")
_STYLES = re.compile(rb"<" + _P + rb"cellXfs\b.*?</" + _P + rb"cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<" + _P + rb"xf\b([^>]*)>")
_ID = re.compile(rb'\bnumFmtId="(\d{1,6})"')
_CODE = re.compile(rb'\bformatCode="([^"]*)"')
_CELL = re.compile(rb"<" + _P + rb"c\b([^>]*[^>/])>((?:(?!<" + _P + rb"c[ >]).)*?)</" + _P + rb"c>", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLED = re.compile(rb'\bs="(\d{1,6})"')
_TYPE = re.compile(rb'\bt="(\w+)"')
_VALUE = re.compile(rb"<" + _P + rb"v>([^<]{1,40})</")
_RUN = re.compile(rb"<" + _P + rb"r>(.*?)</" + _P + rb"r>", re.DOTALL)
_TEXT = re.compile(rb"<" + _P + rb"t\b[^>]*>([^<]*)</")
_IS_RAISED = re.compile(rb"<" + _P + rb'vertAlign\b[^>]*"superscript"')


class _Strings:
    """Handlers of expat: the shared strings that read otherwise with their raised digits kept, by number."""

    def __init__(self) -> None:
        self.found: dict[int, str] = {}
        self.number = -1
        self.parts: list[str] = []
        self.is_raised = self.is_text = self.is_reading = self.is_changed = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.removeprefix(_MAIN).removeprefix(_STRICT):
            case "si":
                self.number += 1
                self.parts, self.is_changed = [], False
            case "r":
                self.is_raised = False
            case "rPh":
                self.is_reading = True
            case "vertAlign":
                self.is_raised = attributes.get("val") == RAISED.decode()
            case "t":
                self.is_text = not self.is_reading

    def characters(self, text: str) -> None:
        if self.is_text:
            kept = raised("".join(self.parts), text) if self.is_raised else text
            self.is_changed |= kept != text
            self.parts.append(kept)

    def end(self, tag: str) -> None:
        match tag.removeprefix(_MAIN).removeprefix(_STRICT):
            case "t":
                self.is_text = False
            case "r":
                self.is_raised = False
            case "rPh":
                self.is_reading = False
            case "si" if self.is_changed:
                self.found[self.number] = "".join(self.parts)


@dataclass
class AsSeen:
    """What the cells of a workbook show: formats by number of style, texts by number of shared string."""

    decimal: str
    formats: dict[int, Format] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)

    def read_formats(self, styles: bytes) -> None:
        """Takes the styles whose numbers may be shown as something else."""
        codes = {number: parse_format(code) for number, code in BUILT_IN.items()}
        for attributes in _NUMBER_FORMAT.findall(styles):
            number, code = _ID.search(attributes), _CODE.search(attributes)
            if number and code:
                codes[int(number[1])] = parse_format(unescape(code[1].decode("utf-8", "replace")))
        codes = {number: sections for number, sections in codes.items() if says_more(sections)}
        if codes and (listed := _STYLES.search(styles)):
            for style, attributes in enumerate(_STYLE.findall(listed[0])):
                if (number := _ID.search(attributes)) and int(number[1]) in codes:
                    self.formats[style] = codes[int(number[1])]

    def read_texts(self, archive: zipfile.ZipFile, part: str) -> None:
        """Takes the shared strings in which a raised digit stands behind a digit."""
        strings = _Strings()
        with archive.open(part) as stream:
            parse_stream(stream.read, strings)
        self.texts = strings.found

    @cached_property
    def _styled(self) -> list[bytes]:
        """How the cells begin that have one of the formats; found faster than the cells themselves."""
        return [b' s="%d"' % style for style in self.formats]

    def cells(self, piece: bytes) -> Iterator[tuple[tuple[int, int], str]]:
        """Row and column (from 0) and text of the cells in a piece of a sheet that show something else."""
        is_formatted = bool(self.formats) and (0 in self.formats or any(one in piece for one in self._styled))
        if not is_formatted and not self.texts and RAISED not in piece:
            return
        for attributes, content in _CELL.findall(piece):
            place = _PLACE.search(attributes)
            if place and (text := self._text(attributes, content)) is not None:
                yield (int(place[2]) - 1, column_index(place[1].decode())), text

    def _text(self, attributes: bytes, content: bytes) -> str | None:
        kind = _TYPE.search(attributes)
        match kind[1] if kind else b"n":
            case b"n" if self.formats:
                style, value = _STYLED.search(attributes), _VALUE.search(content)
                sections = self.formats.get(int(style[1]) if style else 0)
                try:
                    return as_shown(float(value[1]), sections, self.decimal) if sections and value else None
                except ValueError:
                    return None
            case b"s" if self.texts:
                value = _VALUE.search(content)
                return self.texts.get(int(value[1])) if value and value[1].isdigit() else None
            case b"inlineStr" if RAISED in content:
                return _inline(content)
        return None


def _inline(content: bytes) -> str | None:
    """The text of a cell that bears it itself; None where nothing in it is raised behind a digit."""
    written = kept = ""
    for run in _RUN.findall(content):
        text = unescape(b"".join(_TEXT.findall(run)).decode("utf-8", "replace"))
        written += text
        kept += raised(kept, text) if _IS_RAISED.search(run) else text
    return kept if kept != written else None
