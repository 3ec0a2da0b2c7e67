"""Deliveries without a fault: what a check says of each figure, and from what else it could be judged."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from benchmarks.detection.sheets import Book, Cell, file_of, number_of, read_book, written
from benchmarks.generate import DATASET, SUPPLIER, generate
from demo import generate as demo
from demo.files import write
from demo.offices import OFFICES
from einklang import observations as contract1
from einklang.check import Checked, Sending, check, sent_file
from einklang.declarations.profile import Profile
from einklang.examples import FILES, example_project
from einklang.project import CHECKOUT, Project, load_project
from einklang.rawtable import column_index

_FOLDERS = {"real": CHECKOUT.parent / "shared" / "real", "example": CHECKOUT / FILES}
_FILES = Path(__file__).parent / "files.csv"
_INVENTED_ROWS = 2_000
# What the expectations concede to persons whose sex or nationality is not known.
REST = 30.0
_NAMES_DIFFER = 0.9
_WORDS = {"kreis": ("kreise",), "land": ("land", "laender"), "country": ("country",)}

Key = tuple[str, ...]


class Place(NamedTuple):
    """A cell: sheet, row as the sender counts it, column from 0."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True)
class Figure:
    """One figure of a delivery.

    `number` is what the cell holds, `value` what it means in the unit of the measure; `before` is the figure of the
    year before.
    """

    place: Place
    text: str
    number: float | None
    value: float | None
    status: str
    key: Key
    before: float | None = None

    @property
    def factor(self) -> float:
        """Units of the measure per unit of the cell."""
        return self.value / self.number if self.value and self.number else 1.0


@dataclass(frozen=True)
class Sum:
    """A sum that closes in the clean delivery: over an axis, the total, its parts, and by how much they may differ."""

    axis: str
    total: Key
    parts: tuple[Key, ...]
    difference: float
    allowed: float


@dataclass(frozen=True, eq=False)
class Clean:
    """A delivery that is right, as cells, with its figures and the rows in which they stand."""

    name: str
    origin: str
    supplier: str
    dataset: str
    file: str
    book: Book
    figures: Sequence[Figure]
    axes: tuple[str, ...]
    profile: Profile
    project: Project
    history: pa.Table | None
    checked: Checked

    @cached_property
    def rows(self) -> Mapping[tuple[str, int], list[Figure]]:
        """The figures of each row of the file."""
        rows: dict[tuple[str, int], list[Figure]] = defaultdict(list)
        for figure in self.figures:
            rows[figure.place.sheet, figure.place.row].append(figure)
        return rows

    @cached_property
    def is_grouped(self) -> bool:
        """Whether the office writes the sign between groups of three digits."""
        sign = self.profile.numbers.thousands
        return bool(sign) and any(
            figure.number is not None and abs(figure.number) >= 1000 and len(figure.text) > len(f"{figure.number:.0f}")
            for figure in self.figures
        )

    @cached_property
    def latest(self) -> str:
        """The latest period of the delivery."""
        return max(figure.key[1] for figure in self.figures)

    def code(self, figure: Figure, axis: str) -> str:
        """The code of a figure on an axis."""
        return figure.key[self.axes.index(axis)]

    def is_agreed(self, figure: Figure) -> bool:
        """Whether its delivery was agreed: on every axis its codes are listed, or it has the usual one.

        A code that the office may deliver but need not is not agreed.
        """
        declared = self.project.dataset(self.dataset)
        return bool(self.profile.delivers) and all(
            bool(self._words(figure, one.name).intersection(self.profile.delivers[one.name]))
            if one.name in self.profile.delivers
            else self.code(figure, one.name) == one.default
            for one in declared.dimensions
        )

    def _words(self, figure: Figure, axis: str) -> set[str]:
        """The code of a figure, and for an area the words under which an agreement names it."""
        code = self.code(figure, axis)
        kind = self.project.codes(self.dataset, axis).codes[code].kind if axis == "area" else ""
        return {code, *(word for part, words in _WORDS.items() if part in kind for word in words)}

    def cell(self, place: Place) -> Cell:
        """What stands in a cell."""
        return self.book.sheets[place.sheet][place.row - 1][place.column]

    @cached_property
    def sums(self) -> Mapping[Key, list[Sum]]:
        """For each figure the sums in which it stands."""
        found: dict[Key, list[Sum]] = defaultdict(list)
        for one in _sums(self.figures, self.axes, self.project, self.dataset):
            for key in (one.total, *one.parts):
                found[key].append(one)
        return found

    def breaks_sum(self, numbers: Mapping[Figure, float], axis: str = "") -> bool:
        """Whether other numbers in some cells break a sum (over an axis, or over any), beyond rounding."""
        changes = {figure.key: (number - (figure.number or 0.0)) * figure.factor for figure, number in numbers.items()}
        touched = {(one.axis, one.total): one for key in changes for one in self.sums.get(key, ())}
        for one in touched.values():
            if axis not in {"", one.axis}:
                continue
            change = changes.get(one.total, 0.0) - sum(changes.get(part, 0.0) for part in one.parts)
            if abs(one.difference + change) > one.allowed:
                return True
        return False

    def written(self, number: float, figure: Figure) -> Cell:
        """A number as it would stand in the cell of a figure."""
        return written(number, self.cell(figure.place), self.profile.numbers, self.is_grouped)

    @cached_property
    def label_columns(self) -> Mapping[str, list[tuple[str, int]]]:
        """For each axis sheet and column of the cells that name its code, row by row.

        Such a column has one text for each code, and hardly ever the same text for two.
        """
        return {axis: list(self._label_columns(axis)) for axis in self.axes}

    def _label_columns(self, axis: str) -> Iterator[tuple[str, int]]:
        for sheet in self.book.sheets:
            codes = {
                row: {self.code(figure, axis) for figure in figures}
                for (name, row), figures in self.rows.items()
                if name == sheet
            }
            if len(set(map(frozenset, codes.values()))) < 2 or any(len(one) != 1 for one in codes.values()):
                continue
            taken = {figure.place.column for figure in self.figures if figure.place.sheet == sheet}
            grid = self.book.sheets[sheet]
            for column in set(range(min(len(grid[row - 1]) for row in codes))) - taken:
                pairs = {(str(grid[row - 1][column] or "").strip(), next(iter(one))) for row, one in codes.items()}
                texts, listed = {text for text, _ in pairs}, {code for _, code in pairs}
                if len(listed) == len(pairs) and len(texts) >= _NAMES_DIFFER * len(listed):
                    yield sheet, column

    def check(self, book: Book, folder: Path) -> Checked:
        """The delivery with other cells, checked as it would be."""
        path = file_of(folder, self.file, book)
        sending = Sending(self.supplier, self.dataset, (sent_file(path),))
        return check(sending, self.project, lambda: self.history)


def year_before(period: str) -> str:
    """The period one year earlier."""
    return f"{int(period[:4]) - 1:04d}{period[4:]}"


def _figures(table: pa.Table, names: Sequence[str]) -> Iterator[tuple[Key, dict[str, object]]]:
    for row in table.to_pylist():
        yield tuple(row[name] for name in names), row


def _sums(figures: Sequence[Figure], axes: Sequence[str], project: Project, dataset: str) -> Iterator[Sum]:
    """The sums that close: parent and children of one code list, everything else being equal."""
    values = {figure.key: figure.value for figure in figures if figure.value is not None}
    declared = project.dataset(dataset)
    for place, axis in enumerate(axes[2:], start=2):
        parents = {code.code: code.parent for code in project.codes(dataset, axis).codes.values() if code.parent}
        parts: dict[Key, list[Key]] = defaultdict(list)
        for key in values:
            if key[place] in parents and declared.measure(key[0]).additivity != "none":
                parts[*key[:place], parents[key[place]], *key[place + 1 :]].append(key)
        for total, listed in parts.items():
            deviation = declared.measure(total[0]).largest_deviation(total[1])
            bound = deviation * (len(listed) + 1)
            difference = values.get(total, float("inf")) - sum(values[key] for key in listed)
            if abs(difference) <= bound:
                yield Sum(axis, total, tuple(listed), difference, bound + (REST if deviation else 0.0))


def _clean(
    name: str, supplier: str, dataset: str, file: str, data: bytes, project: Project, folder: Path,
    history: pa.Table | None,
) -> Clean:  # fmt: skip
    profile = project.profiles_of(supplier, dataset)[0]
    path = folder / file
    path.write_bytes(data)
    sending = Sending(supplier, dataset, (sent_file(path),))
    checked = check(sending, project, lambda: history)
    axes = tuple(contract1.key_columns(project.dataset(dataset)))
    observed = list(_figures(checked.observations, axes))
    book = read_book(data, profile, frozenset(str(row["sheet"]) for _, row in observed))
    known = {} if history is None else {key: row["value"] for key, row in _figures(history, axes)}
    known |= {key: row["value"] for key, row in observed}
    figures = []
    for key, row in observed:
        place = Place(str(row["sheet"]), int(str(row["row"])), column_index(str(row["column"])))
        value = None if row["value"] is None else float(str(row["value"]))
        cell = book.sheets[place.sheet][place.row - 1][place.column]
        before = known.get((key[0], year_before(key[1]), *key[2:]))
        figures.append(
            Figure(
                place,
                str(row["value_text"]),
                None if value is None else number_of(cell, profile.numbers),
                value,
                str(row["obs_status"]),
                key,
                None if before is None else float(str(before)),
            )
        )
    return Clean(
        name, name.partition("/")[0], supplier, dataset, file, book, figures, axes, profile, project, history, checked
    )


def _demo_file(supplier: str, dataset: str, period: str) -> tuple[str, bytes]:
    layout, name = OFFICES[supplier][dataset]
    of = demo.table(supplier, dataset, period)
    return name.format(date=period, year=period[:4]), write(layout.lay_out(of), layout.file, of.dates[-1])


def _of_demo(name: str, project: Project, folder: Path) -> Clean:
    _, supplier, dataset, period = name.split("/")
    history = None
    if dataset == "auslaender" and period == demo.PERIODS[dataset]:
        history = _of_demo(f"demo/{supplier}/{dataset}/{year_before(period)}", project, folder).checked.observations
    return _clean(name, supplier, dataset, *_demo_file(supplier, dataset, period), project, folder, history)


def _of_file(name: str, project: Project, folder: Path) -> Clean:
    origin, supplier, dataset, file = name.split("/", 3)
    path = _FOLDERS[origin] / file
    return _clean(name, supplier, dataset, path.name, path.read_bytes(), project, folder, None)


def _of_example(name: str, project: Project, folder: Path) -> Clean:
    return _of_file(name, example_project(replace(project, folder=CHECKOUT)), folder)


def _invented(name: str, project: Project, folder: Path) -> Clean:
    made = generate(folder / "invented", _INVENTED_ROWS)
    return _clean(name, SUPPLIER, DATASET, made.path.name, made.path.read_bytes(), project, folder, None)


_LOADERS: Mapping[str, Callable[[str, Project, Path], Clean]] = {
    "demo": _of_demo,
    "real": _of_file,
    "example": _of_example,
    "invented": _invented,
}


def names() -> list[str]:
    """The deliveries there are: those of the demonstration, an invented one, and examples of the
    catalogue, and real files where they are present."""
    found = [
        f"demo/{supplier}/{dataset}/{demo.PERIODS[dataset]}" for supplier, sent in OFFICES.items() for dataset in sent
    ]
    found += [f"demo/{supplier}/auslaender/{year_before(demo.PERIODS['auslaender'])}" for supplier in OFFICES]
    return [*found, f"invented/{SUPPLIER}/{DATASET}", *_files()]


def faults_of(name: str) -> frozenset[str]:
    """The only faults that are planted into a delivery (an empty set: all), or `untouched`: none."""
    return _files().get(name, frozenset())


def check_untouched(name: str, project: Project) -> Checked:
    """What is said of a file into which nothing is planted."""
    origin, supplier, dataset, file = name.split("/", 3)
    return check(Sending(supplier, dataset, (sent_file(_FOLDERS[origin] / file),)), project)


@cache
def _files() -> Mapping[str, frozenset[str]]:
    with _FILES.open(encoding="utf-8", newline="") as stream:
        return {
            f"{row['origin']}/{row['supplier']}/{row['dataset']}/{row['file']}": frozenset(
                filter(None, row["faults"].split("|"))
            )
            for row in csv.DictReader(stream)
            if (_FOLDERS[row["origin"]] / row["file"]).is_file()
        }


def load(name: str, project_folder: Path, folder: Path) -> Clean:
    """The delivery of that name; its files are written below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return _LOADERS[name.partition("/")[0]](name, load_project(project_folder), folder)
