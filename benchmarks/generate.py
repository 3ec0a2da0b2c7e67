"""An invented delivery of any size: real keys and labels, German numbers, cp1252, signs.

The figures are consistent: every cell is rounded on its own to a multiple of five, so that parts add up
to their totals within what rounding allows and the delivery is accepted.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from einklang.declarations.codelists import Code
from einklang.periods import period_of_code
from einklang.project import CHECKOUT, Project, load_project

SUPPLIER, DATASET = "destatis", "bestand"
PERIODS = ("2022-12-31", "2023-12-31", "2024-12-31")
MEASURES = ("Personen", "Durchschnittliche Aufenthaltsdauer")
HEADINGS = ("Stichtag", "Schlüssel", "Gebiet", "Staatsangehörigkeit", "Alter", "Geschlecht", "Merkmal", "Wert")
_OWN = Path(__file__).parent / "project"
_SEED = 20260101
_GROWTH = 1.08
_SECRET_SHARE = 0.03
_FAULTS = 4


@dataclass(frozen=True)
class Generated:
    """The file, its project folder, and what is in it."""

    path: Path
    project: Path
    rows: int
    failing: int


def lay_project(folder: Path) -> Path:
    """The project's own declarations with those of the benchmark beside them."""
    for name in ("schemas", "expectations"):
        shutil.copytree(CHECKOUT / name, folder / name, dirs_exist_ok=True)
        shutil.copytree(_OWN / name, folder / name, dirs_exist_ok=True)
    return folder


@dataclass(frozen=True)
class _Axes:
    areas: Sequence[Code]
    nationalities: Sequence[Code]
    ages: Sequence[Code]
    sexes: Sequence[Code]


def _existed(code: Code) -> bool:
    return all(code.is_valid(period_of_code(one).start, period_of_code(one).end) for one in PERIODS)


def _axes(project: Project, rows: int) -> _Axes:
    """Axes whose product is about `rows`; the total comes first on each."""
    profile = project.profiles_of(SUPPLIER, DATASET)[0]
    ages = [project.codes(DATASET, "age").codes[code] for code in profile.delivers["age"]]
    sexes = [project.codes(DATASET, "sex").codes[code] for code in profile.delivers["sex"]]
    areas = project.codes(DATASET, "area").codes
    kreise = [code for code in areas.values() if "kreis" in code.kind and _existed(code)]
    laender = [code for code in areas.values() if code.kind == "land"]
    named = project.codes(DATASET, "nationality")
    known = set(named.by_label.values())
    states = [code for code in named.codes.values() if code.kind == "state" and _existed(code) and code.code in known]
    continents = [code for code in named.codes.values() if code.kind == "continent" and code.code != "OTH"]
    pairs = max(1, round(rows / (len(PERIODS) * len(MEASURES) * len(ages) * len(sexes))))
    every_area = [areas["DE"], *laender, *kreise]
    every_nationality = [named.codes["_T"], *continents, *states]
    area_count = min(len(every_area), max(1, int(pairs**0.5)) if pairs < 10_000 else len(every_area))
    nationality_count = min(len(every_nationality), max(1, round(pairs / area_count)))
    return _Axes(every_area[:area_count], every_nationality[:nationality_count], ages, sexes)


def _add_up(figures: NDArray[np.float64], axis: int, codes: Sequence[Code], root: str) -> None:
    """Fills the totals of one axis: what has a listed parent is added to it, from the leaves up to `root`."""
    position = {code.code: number for number, code in enumerate(codes)}
    moved = np.moveaxis(figures, axis, 0)
    parents = [position.get(code.parent) for code in codes]
    inner = {parent for parent in parents if parent is not None}
    moved[list(inner)] = 0.0
    for number in reversed(range(len(codes))):
        parent = parents[number]
        if parent is not None and codes[number].code != root:
            moved[parent] += moved[number]


def _persons(axes: _Axes, random: np.random.Generator) -> NDArray[np.float64]:
    """Persons of the first period, skewed as foreigners are; totals are not yet added up."""
    shape = tuple(map(len, (axes.areas, axes.nationalities, axes.ages, axes.sexes)))
    weights = [random.lognormal(0.0, spread, size) for spread, size in zip((0.8, 1.8, 0.3, 0.1), shape, strict=True)]
    expected = np.einsum("a,n,g,s->angs", *weights)
    figures: NDArray[np.float64] = np.floor(expected * 30.0)
    return figures


def _with_totals(axes: _Axes, figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """The figures with the totals of every axis."""
    for axis, (codes, root) in enumerate(
        ((axes.areas, "DE"), (axes.nationalities, "_T"), (_under_total(axes.ages), "_T"), (axes.sexes, "_T"))
    ):
        _add_up(figures, axis, codes, root)
    return figures


def _under_total(codes: Sequence[Code]) -> list[Code]:
    return [code if code.code == "_T" else Code(code.code, code.label_de, code.label_en, parent="_T") for code in codes]


def _written(values: NDArray[np.float64], decimals: int) -> tuple[NDArray[np.int64], list[str]]:
    """Index of each value's text, and the distinct texts, in German style."""
    distinct, index = np.unique(values, return_inverse=True)
    swap = str.maketrans(",.", ".,")
    return index.reshape(values.shape), [f"{value:,.{decimals}f}".translate(swap) for value in distinct.tolist()]


def _value_texts(persons: NDArray[np.float64], random: np.random.Generator) -> tuple[NDArray[np.int64], list[str]]:
    """Texts of both measures of one period, measure last."""
    rounded = 5.0 * np.round(persons / 5.0)
    index, texts = _written(rounded, 0)
    stay = np.clip(np.round(random.normal(14.0, 6.0, persons.shape), 1), 0.1, 60.0)
    stay_index, stay_texts = _written(stay, 1)
    listed = [*texts, *stay_texts, "-", ".", "x", "/"]
    nil, secret, blocked, unsafe = range(len(listed) - 4, len(listed))
    index = np.where(persons == 0, nil, index)
    small = (persons > 0) & (persons < 15) & (random.random(persons.shape) < _SECRET_SHARE)
    index = np.where(small, secret, index)
    stay_index = np.where(persons == 0, blocked, np.where(persons < 15, unsafe, stay_index + len(texts)))
    return np.stack([index, stay_index], axis=-1), listed


def _spoil(
    columns: dict[str, pa.Array], size: int, share: float, random: np.random.Generator
) -> tuple[dict[str, pa.Array], int]:
    """A share of the rows broken: unknown label, no number, negative number, and the key of the row before."""
    count = int(size * share)
    broken = random.permutation(np.arange(2, size, 2))[:count]
    unknown, unreadable, negative, doubled = (broken[part::_FAULTS] for part in range(_FAULTS))
    texts = columns["Wert"].cast(pa.string()).to_numpy(zero_copy_only=False)
    for row in unreadable.tolist():
        texts[row] = f"{texts[row]}?{row % 1000}"
    for row in negative.tolist():
        texts[row] = f"-{1 + row % 500}"
    names = columns["Staatsangehörigkeit"].cast(pa.string()).to_numpy(zero_copy_only=False)
    names[unknown] = np.asarray(["Jugoslavien", "k. A.", "Lummerland"], dtype=object)[unknown % 3]
    order = np.arange(size)
    order[doubled] -= 1
    changed = {**columns, "Wert": pa.array(texts, pa.string()), "Staatsangehörigkeit": pa.array(names, pa.string())}
    keys = {name: column.take(pa.array(order)) for name, column in changed.items() if name != "Wert"}
    return {**changed, **keys}, count


def _labels(axes: _Axes, period: str) -> dict[str, list[str]]:
    return {
        "Stichtag": [f"{period[8:]}.{period[5:7]}.{period[:4]}"],
        "Schlüssel": [code.code for code in axes.areas],
        "Gebiet": [code.label_de for code in axes.areas],
        "Staatsangehörigkeit": [code.label_de for code in axes.nationalities],
        "Alter": [code.label_de for code in axes.ages],
        "Geschlecht": [code.label_de for code in axes.sexes],
        "Merkmal": list(MEASURES),
    }


def generate(folder: Path, rows: int, failing: float = 0.0) -> Generated:
    """A delivery of about `rows` rows in `folder`, with the project that declares it."""
    project_folder = lay_project(folder / "project")
    axes = _axes(load_project(project_folder), rows)
    random = np.random.default_rng(_SEED)
    first = _persons(axes, random)
    path = folder / "bestand.csv"
    written = spoiled = 0
    with path.open("wb") as stream:
        stream.write((";".join(HEADINGS) + "\r\n").encode("cp1252"))
        for year, period in enumerate(PERIODS):
            index, texts = _value_texts(_with_totals(axes, np.floor(first * _GROWTH**year)), random)
            columns = _columns(_labels(axes, period), index, texts)
            size = index.size
            if failing:
                columns, count = _spoil(columns, size, failing, random)
                spoiled += count
            _append(stream, pa.table([columns[name] for name in HEADINGS], names=list(HEADINGS)))
            written += size
    return Generated(path, project_folder, written, spoiled)


def _columns(labels: dict[str, list[str]], index: NDArray[np.int64], texts: list[str]) -> dict[str, pa.Array]:
    axis_of = {"Schlüssel": 0, "Gebiet": 0, "Staatsangehörigkeit": 1, "Alter": 2, "Geschlecht": 3, "Merkmal": 4}
    columns = {}
    for name, listed in labels.items():
        codes = np.zeros(index.shape, dtype=np.int32)
        if name in axis_of:
            shape = [1] * index.ndim
            shape[axis_of[name]] = len(listed)
            codes = codes + np.arange(len(listed), dtype=np.int32).reshape(shape)
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes.ravel()), pa.array(listed))
    columns["Wert"] = pa.DictionaryArray.from_arrays(pa.array(index.ravel().astype(np.int32)), pa.array(texts))
    return columns


def _append(stream: io.BufferedWriter, table: pa.Table) -> None:
    options = pacsv.WriteOptions(include_header=False, delimiter=";", quoting_style="none")
    step = 1_000_000
    for start in range(0, table.num_rows, step):
        part = table.slice(start, step)
        plain = pa.table([column.cast(pa.string()) for column in part.columns], names=part.schema.names)
        sink = io.BytesIO()
        pacsv.write_csv(plain, sink, options)
        stream.write(sink.getvalue().decode("utf-8").replace("\n", "\r\n").encode("cp1252"))
