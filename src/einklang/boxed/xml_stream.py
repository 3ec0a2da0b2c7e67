"""Streams XML through expat: no document type, no entity, no more bytes than allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from xml.parsers import expat

from einklang.boxed.sheets import Refused

MAX_UNPACKED = 400 * 1024 * 1024
_CHUNK = 1024 * 1024


class Handler(Protocol):
    """What is told of each tag; names are `namespace name`, or the bare name where there is none."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def characters(self, text: str) -> None: ...


def parse_stream(read: Callable[[int], bytes], handler: Handler) -> None:
    """Tells the handler every tag and text.

    Raises:
        Refused: it is no XML, has a document type, or is too large.
    """

    def refuse(*_: object) -> None:
        raise Refused("limit", "limit_doctype", 1, 0)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.characters
    parser.StartDoctypeDeclHandler = refuse
    size = 0
    try:
        while chunk := read(_CHUNK):
            size += len(chunk)
            if size > MAX_UNPACKED:
                raise Refused("limit", "limit_size", size, MAX_UNPACKED)
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refused("unreadable", "file_is_broken_zip") from error
