"""Reads what an office wrote into the column "Antwort" of a list of findings it sends back.

The list is known by its heads, in whatever order its columns, rows and sheets are now. Everything in it is
text: nothing is calculated, and no link is followed.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import python_calamine as calamine
from pydantic import Field

from einklang.container import Kind, kind_of
from einklang.errors import FileNotUsable
from einklang.labels import clean
from einklang.records import Record
from einklang.report.display import visible
from einklang.report.workbook_source import DAMAGED, is_safe
from einklang.report.workbook_texts import load_workbook_texts

LONGEST_ANSWER = 2_000
_HEAD_WITHIN = 50
_IDENTIFIER = re.compile(r"(IM-[A-Z]{3}-[0-9]{3})/(\S{1,200})")


class Answer(Record):
    """What an office says about one finding at one place."""

    rule: str = Field(description="Code of the rule.")
    identifier: str = Field(description="What follows the rule in the column of identifiers: the fingerprint.")
    text: str = Field(
        min_length=1, description="The answer, control characters spelled out; several different ones after each other."
    )
    rows: int = Field(ge=1, description="Rows of the list with an answer to this finding.")


def read_answers(path: Path) -> list[Answer]:
    """The answers in a returned workbook, one per finding, in the order of the list.

    Raises:
        FileNotUsable: it is no workbook, exceeds a safety limit, or holds no list of findings.
    """
    try:
        if kind_of(path) is not Kind.WORKBOOK:
            raise FileNotUsable(path, "it is no XLSX workbook")
        if not is_safe(path):
            raise FileNotUsable(path, "it exceeds a safety limit for workbooks")
        book = calamine.CalamineWorkbook.from_path(path)
        names = [one.name for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
        lists = [found for name in names if (found := _find(book.get_sheet_by_name(name).to_python())) is not None]
    except DAMAGED as error:
        raise FileNotUsable(path, "the workbook is damaged") from error
    if not lists:
        raise FileNotUsable(path, "no sheet has the columns of the list of findings")
    told: dict[tuple[str, str], list[Counter[str]]] = {}
    for rows in lists:
        for known, texts in _answers(*rows).items():
            told.setdefault(known, []).append(texts)
    return [
        Answer(
            rule=rule,
            identifier=identifier,
            text="; ".join(dict.fromkeys(text for texts in counted for text in texts))[:LONGEST_ANSWER],
            rows=max(texts.total() for texts in counted),
        )
        for (rule, identifier), counted in told.items()
    ]


def _find(rows: list[list[Any]]) -> tuple[list[list[Any]], int, int] | None:
    """The rows below the heads, with the columns of identifier and answer."""
    columns = load_workbook_texts().columns
    wanted = [{text.de.casefold(), text.en.casefold()} for text in (columns.identifier, columns.answer)]
    for number, row in enumerate(rows[:_HEAD_WITHIN], 1):
        heads = [clean(str(value)).casefold() for value in row]
        found = [next((column for column, head in enumerate(heads) if head in names), -1) for names in wanted]
        if min(found) >= 0:
            return rows[number:], found[0], found[1]
    return None


def _answers(rows: list[list[Any]], identifier: int, answer: int) -> dict[tuple[str, str], Counter[str]]:
    """Rule and identifier → how often each text was written."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        known = _IDENTIFIER.fullmatch(clean(str(row[identifier])))
        text = visible(_text(row[answer]).strip(), keep="\n")
        if known is not None and text:
            found.setdefault((known[1], known[2]), Counter())[text[:LONGEST_ANSWER]] += 1
    return found


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
