"""Faults of rows, columns and whole files."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from benchmarks.detection.clean import Clean, Figure
from benchmarks.detection.planted import Planted, is_material, shows_in_last_year, with_numbers
from benchmarks.detection.sheets import Cell
from einklang.declarations.codelists import Code

Row = tuple[str, int]
_MOST_SHIFT = 3
_FEWEST_SORTED = 6


def _rows_with_numbers(clean: Clean) -> list[Row]:
    return [row for row, figures in clean.rows.items() if any(figure.number for figure in figures)]


def _area(clean: Clean, figure: Figure) -> str:
    return clean.code(figure, "area")


def _name(clean: Clean, axis: str, code: str) -> str:
    if axis in {"measure", "period"}:
        return code
    return clean.project.codes(clean.dataset, axis).codes[code].label_de


# ---- rows ---------------------------------------------------------------------------------------------------------


def rows_swapped(clean: Clean, random: Random) -> Planted | None:
    """The figures of two neighbouring rows exchanged, in every column: the sums still close."""
    rows = _rows_with_numbers(clean)
    random.shuffle(rows)
    for sheet, row in rows:
        here = clean.rows[sheet, row]
        there = clean.rows.get((sheet, row + 1), [])
        pairs = [
            (one, other)
            for one, other in zip(here, there, strict=False)
            if one.number and other.number and one.key[0] == other.key[0] and one.place.column == other.place.column
        ]
        if len(pairs) == len(here) == len(there) and any(is_material(one, other.number or 0.0) for one, other in pairs):
            numbers = {one: other.number or 0.0 for one, other in pairs}
            numbers |= {other: one.number or 0.0 for one, other in pairs}
            return with_numbers(clean, numbers)
    return None


def duplicate(clean: Clean, random: Random) -> Planted | None:
    """A row stands twice, the second time with other figures."""
    rows = _rows_with_numbers(clean)
    if not rows:
        return None
    sheet, row = random.choice(rows)
    book = clean.book.copy()
    grid = book.sheets[sheet]
    again = list(grid[row - 1])
    for figure in clean.rows[sheet, row]:
        if figure.number:
            changed = figure.number * 1.05 if figure.value and abs(figure.value) < 100 else round(figure.number * 1.05)
            again[figure.place.column] = clean.written(max(changed, figure.number + 1), figure)
    grid.insert(row, again)
    return Planted(book, True, rows=frozenset([(sheet, row), (sheet, row + 1)]), what=f"row {row} twice")


def _without(clean: Clean, rows: Sequence[Row], what: str, named: tuple[str, ...]) -> Planted:
    """What was agreed to be delivered is missed where it is missing; nothing else is."""
    book = clean.book.copy()
    is_decidable = any(clean.is_agreed(figure) for row in rows for figure in clean.rows[row])
    for sheet, row in sorted(rows, reverse=True):
        del book.sheets[sheet][row - 1]
    return Planted(book, is_decidable, named=named, what=what)


def missing_row(clean: Clean, random: Random) -> Planted | None:
    """A row with numbers is missing."""
    rows = _rows_with_numbers(clean)
    if len(rows) < 2:
        return None
    row = random.choice(rows)
    codes = {(axis, clean.code(figure, axis)) for figure in clean.rows[row] for axis in clean.axes[2:]}
    named = tuple(_name(clean, axis, code) for axis, code in codes if code not in {"_T", "M", "F"})
    return _without(clean, [row], f"without row {row[1]}", named)


def missing_slice(clean: Clean, random: Random) -> Planted | None:
    """All rows of one code are missing, or, where each code has one row, several rows in succession."""
    slices: list[tuple[str, str, list[Row]]] = []
    for axis in clean.axes:
        by_code: dict[str, list[Row]] = {}
        for row, figures in clean.rows.items():
            codes = {clean.code(figure, axis) for figure in figures}
            if len(codes) == 1 and any(figure.number for figure in figures):
                by_code.setdefault(codes.pop(), []).append(row)
        slices += [(axis, code, rows) for code, rows in by_code.items() if 2 <= len(rows) <= len(clean.rows) / 2]
    if slices:
        axis, code, rows = random.choice(slices)
        return _without(clean, rows, f"without {axis} {code}", (_name(clean, axis, code), code))
    listed = _rows_with_numbers(clean)
    if len(listed) < 5:
        return None
    start = random.randrange(1, len(listed) - 3)
    rows = listed[start : start + 3]
    named = tuple(_name(clean, "area", _area(clean, clean.rows[row][0])) for row in rows)
    return _without(clean, rows, f"without rows {rows[0][1]} to {rows[-1][1]}", named)


# ---- labels -------------------------------------------------------------------------------------------------------


def _labelled(text: Cell, code: Code, old: str) -> Cell:
    """The label of another area in the style of a cell."""
    said = str(text)
    if said.strip() == old:
        return said.replace(old, code.code)
    if said.strip().startswith(old):
        return f"{code.code} {code.label_de}"
    indent = said[: len(said) - len(said.lstrip())]
    return "" if said.strip().isdigit() else indent + code.label_de


def labels_shifted(clean: Clean, random: Random) -> Planted | None:
    """A column of keys or names stands 1 to 3 rows too low from some row on, the figures stay."""
    columns = clean.label_columns["area"]
    if not columns:
        return None
    sheet, column = random.choice(columns)
    rows = sorted(row for name, row in clean.rows if name == sheet)
    k = random.randint(1, _MOST_SHIFT)
    if len(rows) < k + 3 or rows != list(range(rows[0], rows[-1] + 1)):
        return None
    first = random.randrange(k, len(rows) - 1)
    book = clean.book.copy()
    grid = book.sheets[sheet]
    above = [grid[row - 1][column] for row in rows[first - k : len(rows) - k]]
    for row, text in zip(rows[first:], above, strict=True):
        grid[row - 1][column] = text
    touched = frozenset((sheet, row) for row in rows[first - k :])
    changed = [row for row in rows if grid[row - 1][column] != clean.book.sheets[sheet][row - 1][column]]
    if not changed:
        return None
    return Planted(book, True, rows=touched, what=f"column {column} from row {rows[first]} on {k} too low")


def _foreign(clean: Clean, random: Random) -> list[Code]:
    """Areas of another Land, the Land first; an empty list where the delivery is about several."""
    own = {_area(clean, figure)[:2] for figure in clean.figures}
    if len(own) != 1 or not next(iter(own)).isdigit():
        return []
    codes = clean.project.codes(clean.dataset, "area").codes
    laender = [code for code in codes.values() if code.kind == "land" and code.code not in own]
    land = random.choice(laender)
    kreise = [code for code in codes.values() if code.parent == land.code and code.valid_to is None]
    return [land, *kreise]


def wrong_land_row(clean: Clean, random: Random) -> Planted | None:
    """A row bears key and name of a Kreis of another Land."""
    columns, codes = clean.label_columns["area"], _foreign(clean, random)[1:]
    rows = [row for row in _rows_with_numbers(clean) if len(_area(clean, clean.rows[row][0])) == 5]
    if not columns or not codes or not rows:
        return None
    sheet, row = random.choice(rows)
    book = clean.book.copy()
    code, old = random.choice(codes), _area(clean, clean.rows[sheet, row][0])
    for name, column in columns:
        if name == sheet:
            book.sheets[sheet][row - 1][column] = _labelled(book.sheets[sheet][row - 1][column], code, old)
    return Planted(book, True, rows=frozenset([(sheet, row)]), what=f"{old} → {code.code}")


def wrong_land(clean: Clean, random: Random) -> Planted | None:
    """Every row bears key and name of an area of another Land."""
    columns, codes = clean.label_columns["area"], _foreign(clean, random)
    if not columns or not codes:
        return None
    book = clean.book.copy()
    own = sorted({_area(clean, figure) for figure in clean.figures}, key=lambda code: (len(code), code))
    other = {old: codes[number % len(codes)] for number, old in enumerate(own)}
    for (sheet, row), figures in clean.rows.items():
        old = _area(clean, figures[0])
        for name, column in columns:
            if name == sheet:
                book.sheets[sheet][row - 1][column] = _labelled(book.sheets[sheet][row - 1][column], other[old], old)
    return Planted(book, True, rows=frozenset(clean.rows), what=f"{own[0]} → {codes[0].code}")


# ---- columns and blocks -------------------------------------------------------------------------------------------


def column_sorted(clean: Clean, random: Random) -> Planted | None:
    """The figures of one column sorted apart from their keys."""
    columns: dict[tuple[str, int, str], list[Figure]] = {}
    for figure in clean.figures:
        if figure.number is not None:
            columns.setdefault((figure.place.sheet, figure.place.column, figure.key[0]), []).append(figure)
    long = [figures for figures in columns.values() if len(figures) >= _FEWEST_SORTED]
    if not long:
        return None
    figures = random.choice(long)
    ordered = sorted((figure.number or 0.0 for figure in figures), reverse=random.random() < 0.5)
    numbers = {figure: number for figure, number in zip(figures, ordered, strict=True) if figure.number != number}
    if not any(is_material(figure, number) for figure, number in numbers.items()):
        return None
    compared = sum(shows_in_last_year(figure) for figure in figures) >= 20
    return with_numbers(clean, numbers, compared, f"column {figures[0].place.column} sorted")


def last_year(clean: Clean, random: Random) -> Planted | None:
    """The latest period has the figures of the year before."""
    del random
    block = [figure for figure in clean.figures if figure.key[1] == clean.latest and figure.number is not None]
    numbers = {figure: figure.before / figure.factor for figure in block if figure.before is not None}
    if len(numbers) < 0.9 * len(block) or not numbers:
        return None
    compared = sum(shows_in_last_year(figure) for figure in numbers) >= 6
    return with_numbers(clean, numbers, compared, "the year before")


def other_unit(clean: Clean, random: Random) -> Planted | None:
    """Every figure of a measure in another unit: counts in thousands or times a thousand, rates as shares."""
    measure = random.choice(sorted({figure.key[0] for figure in clean.figures}))
    block = [
        figure for figure in clean.figures if figure.key[:2] == (measure, clean.latest) and figure.number is not None
    ]
    if not block:
        return None
    is_count = clean.project.dataset(clean.dataset).measure(measure).is_integer
    factor = random.choice((0.001, 1000.0)) if is_count else 0.01
    numbers = {
        figure: float(round((figure.number or 0.0) * factor)) if is_count else (figure.number or 0.0) * factor
        for figure in block
    }
    compared = sum(shows_in_last_year(figure) for figure in block) >= 3
    return with_numbers(clean, numbers, compared, f"{measure} times {factor:g}")


def total_not_updated(clean: Clean, random: Random) -> Planted | None:
    """A part was corrected, with everything in its row; the total above it was not."""
    parents = {code.code: code.parent for code in clean.project.codes(clean.dataset, "area").codes.values()}
    present = {_area(clean, figure) for figure in clean.figures}
    rows = [
        row
        for row in _rows_with_numbers(clean)
        if all(parents.get(_area(clean, figure)) in present for figure in clean.rows[row])
    ]
    random.shuffle(rows)
    for row in rows:
        whole = [figure for figure in clean.rows[row] if figure.number and figure.number.is_integer()]
        factor = random.choice((0.7, 1.4))
        numbers = {figure: 5.0 * round((figure.number or 0.0) * factor / 5.0) for figure in whole}
        if any(is_material(figure, number) for figure, number in numbers.items()):
            return with_numbers(clean, numbers, axis="area")
    return None
