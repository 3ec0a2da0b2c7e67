"""What stands outside the cells of a table: periods in titles and names of sheets, and the row that ends it."""

from __future__ import annotations

import re
from dataclasses import replace

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
_YEAR = re.compile(r"(?:19|20)\d{2}(?:\s?/\s?\d{2,4})?-?")
_WORDS_OF_YEAR = re.compile(r"(?:\b(?:im|in|für|des)\s)?(?:\b(?:Berichts|Kalender)?[Jj]ahre?s?:?)?\s*$")
_ADDRESS = ("http://", "https://", "www.")
_ROWS_OF_TITLE = 200
_SHORT = 30
_RULE = re.compile(r"[_\-=]{5,}")
_WORD = re.compile(r"[^\s:]+:?")


def title_cells(shape: Shape) -> list[tuple[int, int, str]]:
    """Row, column and text of every filled cell above the header, up to the table above; addresses are left out."""
    table = shape.table
    return [
        (row, column, text)
        for row in range(max(shape.top, shape.header - _ROWS_OF_TITLE), shape.header)
        for column in range(len(table.columns))
        if (text := table.text(row, column)) and not text.startswith(_ADDRESS)
    ]


def stands_in_every_title(shape: Shape, pattern: str) -> bool:
    """Whether the pattern is found above each block in each sheet, and in no title above with another text."""
    wanted = re.compile(pattern)
    for one in (shape, *shape.alike):
        for number, (top, header, _, _) in enumerate(one.every_block):
            own = [text for _, _, text in title_cells(replace(one, top=top, header=header))]
            hit = next((found[0] for text in own if (found := wanted.search(text))), None)
            above = [text for _, _, text in title_cells(replace(one, top=0, header=header))] if not number else own
            if hit is None or hit != next(found[0] for text in above if (found := wanted.search(text))):
                return False
    return True


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


def periods_in(text: str, dataset: Dataset) -> dict[str, str]:
    """Every period in a text: its code → as it is written."""
    found = [(period, one[0]) for one in _CANDIDATES.finditer(text) if (period := read_period(one[0], dataset))]
    return {period.code: written for period, written in reversed(found)}


def without_year(text: str, dataset: Dataset) -> str:
    """The text without the year of the first period in it: `am 31.12.2024 nach` as `am 31.12. nach`."""
    found = period_in(text, dataset)
    if found is None:
        return text
    written = found[0]
    before, behind = text.split(written, 1)
    rest = _YEAR.sub("", written)
    if not rest.strip():
        before = _WORDS_OF_YEAR.sub("", before)
    return re.sub(r"\s+", " ", f"{before}{rest}{behind}").strip(" ,;:–-")


def measures_in_title(shape: Shape, known: Known) -> set[str]:
    """The measures whose label or alias stands in a cell above the header."""
    titles = [normalise(text) for _, _, text in title_cells(shape)]
    labels = known.labels_of_measures.items()
    return {name for name, own in labels if any(normalise(label) in text for label in own for text in titles)}


def table_code(shape: Shape) -> str | None:
    """The number of the table, where a cell above the header names one."""
    hits = (_TABLE_CODE.search(text) for _, _, text in title_cells(shape))
    return next((hit[0] for hit in hits if hit), None)


def end_markers(shape: Shape) -> list[str]:
    """How the rows that end the table begin, in every sheet; none where nothing stands below it.

    Of blocks with the same header the last is ended, and the others where the same text stands below each of them.
    """
    found: dict[str, None] = {}
    for one in (shape, *shape.alike):
        *before, last = one.every_block
        ends = [*(header for _, header, _, _ in one.blocks), one.table.rows]
        between = {_end_marker(shape, one, block[3], end) for block, end in zip(before, ends, strict=False)}
        markers = [*(between if len(between) == 1 else ()), _end_marker(shape, one, last[3], ends[-1])]
        found |= dict.fromkeys(marker for marker in markers if marker)
    return list(found)


def _end_marker(shape: Shape, one: Shape, end: int, stop: int) -> str | None:
    table = one.table
    for row in range(end, min(stop, len(one.marks))):
        column = next((index for index in range(len(table.columns)) if one.marks[row, index] != Mark.BLANK), None)
        if column is not None:
            return beginning(shape, table.text(row, column))
    return None


def beginning(shape: Shape, text: str) -> str:
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
