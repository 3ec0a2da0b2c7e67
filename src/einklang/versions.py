"""Several versions of one file in a delivery, told by what people add to names: a copy, a number, `final`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from einklang.declarations.rules import Catalogue
from einklang.findings import Finding, PlaceFound, finding

_BEFORE = re.compile(r"^(?:kopie von|copy of|backup of|sicherung von)\s+")
_BEHIND = re.compile(
    r"[\s_-]*(?:\(\d+\)|-\s*kopie|kopie|copy|final|endgültig|neu|alt|backup|schrott|korrigiert|korr|v\d{1,2})$"
)


def plain_name(name: str) -> str:
    """The name of a file without folder, suffix and marks of versions."""
    text = unicodedata.normalize("NFC", PurePosixPath(name).name).casefold()
    text = text[: text.rfind(".")] if "." in text[1:] else text
    text = _BEFORE.sub("", text)
    while (shorter := _BEHIND.sub("", text)) not in {text, ""}:
        text = shorter
    return text.strip()


def versions(names: Iterable[str]) -> list[list[str]]:
    """Groups of names that differ only by marks of versions, or by the folder or suffix."""
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        groups.setdefault(plain_name(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1 and any(_is_marked(name) for name in group)]


def _is_marked(name: str) -> bool:
    stem = PurePosixPath(name).name
    stem = stem[: stem.rfind(".")] if "." in stem[1:] else stem
    return plain_name(name) != unicodedata.normalize("NFC", stem).casefold().strip()


def several_versions(names: Iterable[str], catalogue: Catalogue) -> list[Finding]:
    """A question (IM-FIL-009) for each group of files that are versions of one."""
    return [
        finding(
            catalogue,
            "IM-FIL-009",
            [PlaceFound(file=name) for name in group],
            liste=", ".join(f"„{name}“" for name in group),
        )
        for group in versions(names)
    ]
