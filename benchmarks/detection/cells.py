"""Faults of single cells and pairs of cells."""

from __future__ import annotations

from random import Random

from benchmarks.detection.clean import Clean, Figure
from benchmarks.detection.planted import Fault, Planted, is_material, shows_in_last_year, shuffled, with_numbers

_MONTHS = ("Jan", "Feb", "Mrz", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez")


def _numbers(clean: Clean) -> list[Figure]:
    return [figure for figure in clean.figures if figure.number]


def times(*factors: float) -> Fault:
    """A figure times one of the factors. A slip of a power of ten shows beside last year's figure, too."""
    is_slip = all(factor in {1000, 10, 0.1} for factor in factors)

    def plant(clean: Clean, random: Random) -> Planted | None:
        for figure in shuffled(_numbers(clean), random):
            assert figure.number is not None
            number = figure.number * random.choice(factors)
            if figure.number.is_integer():
                number = float(round(number))
            if is_material(figure, number):
                return with_numbers(clean, {figure: number}, is_slip and shows_in_last_year(figure))
        return None

    return plant


def digits_swapped(clean: Clean, random: Random) -> Planted | None:
    """Two neighbouring digits exchanged."""
    for figure in shuffled(_numbers(clean), random):
        assert figure.number is not None
        digits = list(f"{figure.number:.0f}")
        if not figure.number.is_integer() or len(digits) < 2:
            continue
        place = random.randrange(len(digits) - 1)
        digits[place], digits[place + 1] = digits[place + 1], digits[place]
        number = float("".join(digits))
        if digits[0] != "0" and is_material(figure, number):
            return with_numbers(clean, {figure: number})
    return None


def _partner(clean: Clean, figure: Figure, random: Random) -> Figure | None:
    """Another figure of the same column, in a row at most three away."""
    place = figure.place
    near = [
        other
        for other in _numbers(clean)
        if other.place.sheet == place.sheet
        and other.place.column == place.column
        and 0 < abs(other.place.row - place.row) <= 3
    ]
    return random.choice(near) if near else None


def figures_swapped(clean: Clean, random: Random) -> Planted | None:
    """Two figures of one column, near each other, exchanged."""
    for figure in shuffled(_numbers(clean), random):
        other = _partner(clean, figure, random)
        if other is None or figure.number is None or other.number is None or not is_material(figure, other.number):
            continue
        return with_numbers(clean, {figure: other.number, other: figure.number})
    return None


def sign_lost(clean: Clean, random: Random) -> Planted | None:
    """A cell that gave a sign in place of a number is blank."""
    signs = [figure for figure in clean.figures if figure.number is None and figure.text.strip()]
    if not signs:
        return None
    figure = random.choice(signs)
    book = clean.book.copy()
    book.sheets[figure.place.sheet][figure.place.row - 1][figure.place.column] = None if not clean.book.encoding else ""
    return Planted(book, True, frozenset([figure.place]), what=f"{figure.text} → blank")


def bracket_lost(clean: Clean, random: Random) -> Planted | None:
    """A number in brackets, which says that it is of limited reliability, stands without them."""
    marked = [figure for figure in clean.figures if figure.text.startswith("(") and figure.value is not None]
    if not marked:
        return None
    figure = random.choice(marked)
    bare = figure.text.strip("() ")
    book = clean.book.copy()
    book.sheets[figure.place.sheet][figure.place.row - 1][figure.place.column] = bare
    return Planted(book, True, frozenset([figure.place]), what=f"{figure.text} → {bare}")


def secret_with_number(clean: Clean, random: Random) -> Planted | None:
    """A cell marked as secret still holds its number: by the column of statuses, or by the mark beside it."""
    figures = _numbers(clean)
    if not figures:
        return None
    figure = random.choice(figures)
    book = clean.book.copy()
    row = book.sheets[figure.place.sheet][figure.place.row - 1]
    words = {word: meaning for one in clean.profile.statuses for word, meaning in one.words.items()}
    secret = next((word for word, meaning in words.items() if meaning in {"secret", "primary_suppressed"}), None)
    status = next((column for column, cell in enumerate(row) if str(cell or "").strip() in words), None)
    if secret is not None and status is not None:
        row[status] = secret
    else:
        signs = clean.project.sign_meanings(clean.profile)
        mark = next((sign for sign, meaning in signs.items() if meaning.is_secret), None)
        if mark is None:
            return None
        row[figure.place.column] = f"{row[figure.place.column]} {mark}"
    return Planted(book, True, frozenset([figure.place]), what=f"{figure.number:g} marked as secret")


def decimal_sign_swapped(clean: Clean, random: Random) -> Planted | None:
    """Comma and point exchanged in one figure of a text file."""
    marked = [
        figure
        for figure in _numbers(clean)
        if isinstance(clean.cell(figure.place), str) and set(clean.cell(figure.place)) & {",", "."}
    ]
    if not marked:
        return None
    figure = random.choice(marked)
    text = str(clean.cell(figure.place)).translate(str.maketrans(",.", ".,"))
    book = clean.book.copy()
    book.sheets[figure.place.sheet][figure.place.row - 1][figure.place.column] = text
    return Planted(book, True, frozenset([figure.place]), what=f"{clean.cell(figure.place)} → {text}")


def age_as_date(clean: Clean, random: Random) -> Planted | None:
    """An age group that a spreadsheet took for a date: `10 bis unter 15` as `10-14`, as `14. Okt`."""
    if "age" not in clean.axes:
        return None
    ages = clean.project.codes(clean.dataset, "age").codes
    groups = {
        code.code: (int(code.extra["from_age"]), int(code.extra["to_age"]))
        for code in ages.values()
        if code.extra.get("from_age", "").isdigit() and code.extra.get("to_age", "").isdigit()
    }
    columns = clean.label_columns["age"]
    dated = [f for f in clean.figures if 1 <= groups.get(clean.code(f, "age"), (0, 0))[0] <= 12]
    if not columns or not dated:
        return None
    figure, (sheet, column) = random.choice(dated), columns[0]
    low, high = groups[clean.code(figure, "age")]
    month, day = (low, high) if high <= 31 else (high, low)
    book = clean.book.copy()
    book.sheets[sheet][figure.place.row - 1][column] = text = f"{day}. {_MONTHS[month - 1]}"
    row = (sheet, figure.place.row)
    return Planted(book, True, rows=frozenset([row]), what=f"{clean.code(figure, 'age')} → {text}")
