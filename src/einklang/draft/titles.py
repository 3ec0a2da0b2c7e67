"""What stands outside the cells of a table: periods in titles and names of sheets, and the row that ends it."""

from __future__ import annotations

import re

from einklang.declarations.dataset import Dataset
from einklang.draft.known import Known
from einklang.draft.shape import Mark, Shape
from einklang.labels import normalise
from einklang.periods import read_period

_CANDIDATES = re.compile(
    r"\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d{2}|\d{1,2}\.\s?[A-Z][a-zä]+\s(?:19|20)\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}"
    r"|(?:WS|SS|SoSe|WiSe|Wintersemester|Sommersemester)\s?(?:19|20)\d{2}(?:\s?/\s?\d{2,4})?"
    r"|(?:19|20)\d{2}\s?/\s?\d{2}(?:\d{2})?(?!\d)|[1-4]\.\s(?:Quartal|Vierteljahr)\s(?:19|20)\d{2}"
    r"|(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zä]*\s(?:19|20)\d{2}|(?<!\d)(?:19|20)\d{2}(?!\d)"
)
# Numbers of tables: 12521-03i, 13211-02-05-4, Z9200001.
_TABLE_CODE = re.compile(r"(?<![\w-])(?:\d{5}-\d{2,4}[a-z]?(?:-\d{1,2})*|[A-Z]\d{7})(?![\w-])")
_SHORT = 30
_RULE = re.compile(r"[_\-=]{5,}")
_WORD = re.compile(r"[^\s:]+:?")


def title_cells(shape: Shape) -> list[tuple[int, int, str]]:
    """Row, column and text of every filled cell above the header."""
    table = shape.table
    return [
        (row, column, text)
        for row in range(min(shape.header, 200))
        for column in range(len(table.columns))
        if (text := table.text(row, column))
    ]


def period_in(text: str, dataset: Dataset) -> tuple[str, str] | None:
    """The first period in a text, with a pattern that finds it again when its digits differ."""
    for found in _CANDIDATES.finditer(text):
        if read_period(found[0], dataset) is None:
            continue
        before, behind = text[: found.start()], text[found.end() :]
        near = before if len(before) <= _SHORT else before[-_SHORT:].partition(" ")[2]
        context = re.escape(near).replace(r"\ ", " ")
        anchor = "^" if len(before) <= _SHORT and (behind or not before) else ""
        digits = re.sub(r"\d+", lambda one: rf"\d{{{len(one[0])}}}", re.escape(found[0]).replace(r"\ ", " "))
        if not behind and before:
            return found[0], f"{context}(?P<key>.+)"
        return found[0], f"{anchor}{context}(?P<key>{digits}){'$' if not behind else ''}"
    return None


def measures_in_title(shape: Shape, known: Known) -> set[str]:
    """The measures whose label or alias stands in a cell above the header."""
    titles = [normalise(text) for _, _, text in title_cells(shape)]
    labels = known.labels_of_measures.items()
    return {name for name, own in labels if any(normalise(label) in text for label in own for text in titles)}


def table_code(shape: Shape) -> str | None:
    """The number of the table, where a cell above the header names one."""
    hits = (_TABLE_CODE.search(text) for _, _, text in title_cells(shape))
    return next((hit[0] for hit in hits if hit), None)


def end_marker(shape: Shape) -> str | None:
    """How the row that ends the table begins; None where nothing stands below it."""
    table = shape.table
    for row in range(shape.end, min(table.rows, len(shape.marks))):
        column = next((index for index in range(len(table.columns)) if shape.marks[row, index] != Mark.BLANK), None)
        if column is not None:
            return _beginning(shape, table.text(row, column))
    return None


def _beginning(shape: Shape, text: str) -> str:
    """As much of the text as no row of the table begins with."""
    if rule := _RULE.match(text):
        return rule[0][:10]
    firsts = {one for index in shape.labels[:1] for one in shape.column(index).present}
    words = _WORD.findall(text)
    for count in range(1, len(words) + 1):
        found = _WORD.match(text) if count == 1 else re.match(r"\s*".join(map(re.escape, words[:count])), text)
        start = found[0] if found else text
        if not any(one.startswith(start) for one in firsts):
            return start
    return text
