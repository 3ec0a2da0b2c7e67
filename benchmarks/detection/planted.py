"""What a planted fault is: the changed cells, where a finding must point, and whether anything can show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from benchmarks.detection.clean import Clean, Figure, Place
from benchmarks.detection.sheets import Book

# Smaller changes are not planted: rounding and the materiality of the rule on changes leave them alone.
MATERIAL = 50.0
_TRIES = 40


@dataclass(frozen=True)
class Planted:
    """A delivery with one fault.

    A finding is at the right place if it lists one of the `cells`, a cell of one of the `rows`, or names one of
    the texts `named` (what is missing stands in no cell). `is_decidable`: the delivery itself, its sums, or the
    year before show the fault.
    """

    book: Book
    is_decidable: bool
    cells: frozenset[Place] = frozenset()
    rows: frozenset[tuple[str, int]] = frozenset()
    named: tuple[str, ...] = ()
    what: str = field(default="", compare=False)


Fault = Callable[[Clean, Random], Planted | None]


def shuffled(figures: list[Figure], random: Random) -> list[Figure]:
    """Some of the figures in random order."""
    return random.sample(figures, min(_TRIES, len(figures)))


def with_numbers(
    clean: Clean, numbers: Mapping[Figure, float], is_shown: bool = False, what: str = "", axis: str = ""
) -> Planted:
    """The delivery with other numbers in the cells of some figures.

    The fault is decidable where something other than a sum shows it (`is_shown`), or where a sum breaks (over
    `axis`, or over any).
    """
    book = clean.book.copy()
    for figure, number in numbers.items():
        place = figure.place
        book.sheets[place.sheet][place.row - 1][place.column] = clean.written(number, figure)
    said = what or "; ".join(f"{figure.number:g} → {number:g}" for figure, number in list(numbers.items())[:3])
    is_decidable = is_shown or clean.breaks_sum(numbers, axis)
    return Planted(book, is_decidable, frozenset(figure.place for figure in numbers), what=said)


def is_material(figure: Figure, number: float) -> bool:
    """Whether the change of a figure is large enough to matter."""
    assert figure.number is not None
    return abs(number - figure.number) * figure.factor >= MATERIAL


def shows_in_last_year(figure: Figure) -> bool:
    """Whether there is a figure of the year before, and it is not tiny."""
    return figure.before is not None and figure.before >= MATERIAL
