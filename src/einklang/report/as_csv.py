"""The findings as a list for spreadsheets: one row per place.

UTF-8 with byte order mark, semicolons and CRLF, as a German spreadsheet opens it at a double click.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from einklang.findings import Finding, PlaceFound
from einklang.report.display import shorten, visible
from einklang.report.texts import ColumnTexts, Language, load_texts, say
from einklang.result import Result

BYTE_ORDER_MARK = "\ufeff"
COLUMNS = (
    *("finding", "severity", "rule", "title", "message", "expected", "remedy", "confirm", "count"),
    *("file", "sheet", "cell", "row", "column", "key", "raw"),
)

# A spreadsheet takes 32,767 characters per cell and lets the rest begin a new one.
_LONGEST = 32_000
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_HARMLESS = re.compile(r"[+-]?[0-9][0-9.,' \u00a0\u202f]*|-")


def guard(text: str) -> str:
    """The text as a spreadsheet shows it without calculating: a leading `'` where it would be a formula.

    Numbers with a sign stay numbers, and a lone `-`, the sign for "nothing", stays itself.
    """
    return f"'{text}" if text.startswith(_STARTS_FORMULA) and not _HARMLESS.fullmatch(text) else text


def _cell(text: str, language: Language) -> str:
    return guard(visible(shorten(text, _LONGEST, language), keep="\t\r\n"))


def _place(place: PlaceFound | None, language: Language) -> tuple[str, ...]:
    if place is None:
        return ("",) * 7
    key = "" if place.key is None else say(place.key, language)
    row = "" if place.row is None else str(place.row)
    raw = say(load_texts().evidence.hidden, language) if place.is_hidden else place.raw
    return (place.file, place.sheet, place.cell, row, place.column, key, raw)


def _rows(position: int, finding: Finding, language: Language) -> Iterator[list[str]]:
    texts = load_texts()
    facts = (
        str(position),
        say(texts.severity.words[finding.severity], language),
        finding.rule,
        *(say(text, language) for text in (finding.title, finding.message, finding.expected, finding.remedy)),
        say(texts.columns.yes if finding.confirm else texts.columns.no, language),
        str(finding.count),
    )
    cells = [_cell(text, language) for text in facts]
    places: list[PlaceFound] | list[None] = finding.places or [None]
    for place in places:
        yield [*cells, *(_cell(text, language) for text in _place(place, language))]


def _heads(texts: ColumnTexts, language: Language) -> list[str]:
    return [say(getattr(texts, name), language) for name in COLUMNS]


def render_csv(result: Result, language: Language = "de") -> str:
    """One row per listed place, in the order of the report; a finding about a whole has one row.

    The text begins with the byte order mark: write it as plain `utf-8`, with `newline=""`.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(_heads(load_texts().columns, language))
    for position, finding in enumerate(result.findings, start=1):
        writer.writerows(_rows(position, finding, language))
    return f"{BYTE_ORDER_MARK}{target.getvalue()}"
