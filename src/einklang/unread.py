"""Sheets of a workbook that nobody reads: which there are, and which look as if they were meant to be read.

A profile that names its sheets by their years leaves out the sheet of a new year. Such a sheet is known by its
name, which differs from that of a sheet that is read in a year or date only; other numbers are those of tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from einklang.declarations.base import Text
from einklang.declarations.rules import Catalogue
from einklang.evidence import shortened
from einklang.findings import PLACES_LISTED, Finding, PlaceFound, finding, reason
from einklang.labels import normalise
from einklang.result import UnreadSheets

RULE = "IM-STR-013"
NAMES_LISTED = 10

_TIME = re.compile(
    r"(?<!\d)(?:(?P<date>\d{1,2}\.\d{1,2}\.(?:19|20)\d\d)|(?P<iso>(?:19|20)\d\d-\d\d-\d\d)"
    r"|(?P<years>(?:19|20)(?P<first>\d\d)[-–/ ](?P<second>\d\d))|(?P<year>(?:19|20)\d\d))(?!\d)"
)


def unread_sheets(file: str, names: Sequence[str]) -> list[UnreadSheets]:
    """The sheets of a workbook that were not read, as the result names them; empty where there are none."""
    return [UnreadSheets(file=file, count=len(names), names=list(names[:NAMES_LISTED]))] if names else []


def check_unread(
    file: str, read: Iterable[str], others: Iterable[tuple[str, bool]], catalogue: Catalogue
) -> list[Finding]:
    """What sheets look as if they were meant to be read (IM-STR-013); one finding for each kind of name.

    `others` are the names of sheets that were not read, and whether each is a table that can be seen.
    """
    forms = {form: name for name in read if (form := _form(name)) is not None}
    found: dict[str, list[str]] = {}
    if forms:
        for name, is_shown in others:
            if is_shown and (form := _form(name)) in forms and form is not None:
                found.setdefault(form, []).append(name)
    return [
        finding(
            catalogue,
            RULE,
            [PlaceFound(file=file, sheet=shortened(name), raw=name) for name in names[:PLACES_LISTED]],
            len(names),
            datei=file,
            gelesen=shortened(forms[form].strip()),
            liste=listed(names, catalogue),
        )
        for form, names in found.items()
    ]


def listed(names: Sequence[str], catalogue: Catalogue) -> str | Text:
    """The first names in one line, and how many more there are."""
    line = ", ".join(shortened(name) for name in names[:NAMES_LISTED])
    more = len(names) - NAMES_LISTED
    return reason(catalogue, "names_and_more", liste=line, n=more) if more > 0 else line


def _form(name: str) -> str | None:
    """The name with the kind of each year and date in its place; None where it holds none."""
    form, count = _TIME.subn(_kind, normalise(name))
    return form if count else None


def _kind(found: re.Match[str]) -> str:
    if found["years"] and (int(found["first"]) + 1) % 100 != int(found["second"]):
        # Two digits that are not the following year are another number, as of a month or a table.
        return f"{{year}}{found['years'][4:]}"
    return f"{{{found.lastgroup}}}"
