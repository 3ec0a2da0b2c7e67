"""Tables of a publication whose columns are codes of a list: the table by its number, its columns in their order."""

from __future__ import annotations

import re
from typing import NamedTuple

from einklang.declarations.codelists import Code
from einklang.draft.known import Known
from einklang.draft.reading import Understanding
from einklang.draft.shape import Shape
from einklang.draft.titles import title_cells
from einklang.draft.words import words
from einklang.rawtable import column_letter

_NUMBER = re.compile(r"(?:Tabelle |Tab\. ?)?(?P<number>\d{1,2}(?:\.\d)?)[.:]? [A-ZÄÖÜ]")
_TABLE, _COLUMN = "table", "column"
_AVERAGE = "Durchschnitt"


class Published(NamedTuple):
    """The dimension whose codes are the columns, and the code of each column of figures."""

    dimension: str
    codes: dict[int, str]


def columns_of_publication(shape: Shape, known: Known) -> Published | None:
    """The codes of the columns of a table whose number is that of a code of the kind `table`.

    Its first column is the table as a whole, the others are its parts of the kind `column`. None where there are more
    or fewer columns than codes.
    """
    numbers = (found["number"] for _, _, text in title_cells(shape) if (found := _NUMBER.match(text)))
    number = next(numbers, None)
    for name, codelist in known.lists.items() if number else ():
        for table in codelist.codes.values():
            if table.kind == _TABLE and _digits(table.code) == number:
                parts = sorted((one for one in codelist.children(table.code) if one.kind == _COLUMN), key=_order)
                if parts and len(parts) + 1 == len(shape.figures):
                    codes = [table.code, *(one.code for one in parts)]
                    return Published(name, dict(zip(shape.figures, codes, strict=True)))
    return None


def read_publication(shape: Shape, known: Known, found: Understanding) -> bool:
    """Completes a reading with the columns of such a table; says whether it is one."""
    published = columns_of_publication(shape, known)
    if published is None:
        return False
    heads = shape.filled_heads()
    listed = known.lists[published.dimension].codes
    columns = {index: [row[index] for row in heads] for index in published.codes}
    found.unread |= dict.fromkeys(shape.numbers, words().sentences["numbers"])
    read = [number for number in range(len(heads)) if number + 1 not in found.unread]
    if len({tuple(texts[number] for number in read) for texts in columns.values()}) < len(columns):
        # Only the numbers tell columns with the same headings apart.
        read = list(range(len(heads)))
        found.unread.clear()
    measures = {index: measure_of(known, listed[published.codes[index]], texts) for index, texts in columns.items()}
    is_one = len(set(measures.values())) == 1
    averages = {one.name for one in known.dataset.measures if one.additivity == "none"}
    for index, texts in columns.items():
        codes = {published.dimension: published.codes[index]}
        codes |= {"measure": measures[index] or ""} if not is_one else {}
        last = max(read)
        headings = [texts[number] if number in read else "*" for number in range(last + 1)]
        found.columns.append({"headings": headings, "codes": codes})
        column = shape.column(index)
        if measures[index] in averages and column.blank.any():
            reason = words().sentences["no_average"]
            entry = {"headings": list(headings), "column": column_letter(index), "pattern": "", "reason": reason}
            found.cells.append(entry)
    if is_one:
        found.places["measure"] = {"constant": next(iter(measures.values()))}
    found.codes |= {published.dimension: set(published.codes.values()), "measure": {*filter(None, measures.values())}}
    found.score += 3
    title = next(iter(published.codes.values()))
    table = f"„{listed[title].label_de}“ ({title})"
    found.todo.append(f"columns: nach Nummer und Reihenfolge sind es die Spalten von {table}; stimmt das?")
    return True


def measure_of(known: Known, code: Code, headings: list[str]) -> str | None:
    """The measure of a column: an average where code or headings say so, by the unit that they name; else the first."""
    said = " ".join([code.label_de, *headings])
    rates = [one for one in known.dataset.measures if one.additivity == "none"]
    if _AVERAGE not in said and " im Schnitt" not in said:
        return next((one.name for one in known.dataset.measures if one not in rates), None)
    units = known.lists["unit"].codes
    by_unit = [one.name for one in rates if units[one.unit].label_de in said or one.unit in said]
    return next(iter(by_unit), next((one.name for one in rates), None))


def _digits(code: str) -> str:
    """The number in a code: 6.1 for T6_1."""
    return ".".join(re.findall(r"\d+", code))


def _order(code: Code) -> list[int]:
    return list(map(int, re.findall(r"\d+", code.code)))
