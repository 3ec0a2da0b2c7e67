"""The codes of every figure: each layout's labels are looked up by what that layout says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einklang.codes import UNKNOWN, Coded, code_column, join_coded, look_up, pairs, restore_zeros
from einklang.combinations import occurring
from einklang.declarations.codelists import CodeList
from einklang.declarations.dataset import Dataset, Measure
from einklang.declarations.place import Place
from einklang.labels import normalise
from einklang.longtable import LongTable
from einklang.periods import Period, read_period
from einklang.project import Project
from einklang.rawtable import TextColumn


def code_periods(table: LongTable, dataset: Dataset) -> tuple[Coded, list[Period]]:
    """The period of every figure, and the periods found."""
    found: list[Period] = []

    def read(labels: TextColumn, place: Place | None) -> Coded:
        periods = [read_period(text, dataset, place.year_is if place else None) for text in labels.texts]
        present = occurring(labels.codes, len(periods))
        found.extend(one for number, one in enumerate(periods) if one is not None and present[number])
        return code_column(labels, [period.code if period else None for period in periods])

    return _by_segment(table, "period", "", read), list(dict.fromkeys(found))


def code_labels(table: LongTable, name: str, codelist: CodeList, default: str | None, land: str = "*") -> Coded:
    """The codes of a dimension; `default` where a layout does not place it.

    `land` is the sender's: keys of its areas are known even without their leading zero.
    """

    def read(labels: TextColumn, place: Place | None) -> Coded:
        codes = look_up(codelist, place, labels.texts)
        if name == "area" and place is not None and place.scheme == "key" and land != "*":
            codes = restore_zeros(codelist, labels.texts, codes, land)
        return code_column(labels, codes)

    return _by_segment(table, name, default or "", read)


def _by_segment(table: LongTable, name: str, default: str, read: Callable[[TextColumn, Place | None], Coded]) -> Coded:
    pieces = []
    for segment in table.segments:
        size = segment.end - segment.start
        if name not in segment.placed:
            pieces.append(Coded((default,), np.zeros(size, dtype=np.int32)))
            continue
        column = table.labels[name]
        place = None if name in segment.assigned else segment.layout.dimensions.get(name)
        pieces.append(read(TextColumn(column.texts, column.codes[segment.start : segment.end]), place))
    return join_coded(pieces)


def _code_units(table: LongTable, measure: Coded, units: CodeList) -> Coded:
    """The unit of every figure as delivered; an empty code where the layout says nothing of it."""
    pieces = []
    for segment in table.segments:
        rows = slice(segment.start, segment.end)
        part = TextColumn(table.unit.texts, table.unit.codes[rows])
        place = segment.layout.unit
        codes = look_up(units, place, part.texts)
        if place is None:
            codes = ["" if not text else code for text, code in zip(part.texts, codes, strict=True)]
        coded = code_column(part, codes)
        for name, unit in segment.layout.units.items():
            if name in measure.codes and "" in coded.codes:
                silent = (measure.index[rows] == measure.codes.index(name)) & (coded.index == coded.codes.index(""))
                index = np.where(silent, len(coded.codes), coded.index).astype(np.int32)
                coded = Coded((*coded.codes, unit), index)
        pieces.append(coded)
    return join_coded(pieces)


@dataclass(frozen=True)
class Delivered:
    """Rows in another unit than that of their measure, with the factor to it.

    The factor is None where the unit is unknown or cannot become the other. `sign` is that of the unit in the cells,
    where it decides.
    """

    rows: NDArray[np.int64]
    measure: Measure
    factor: float | None
    sign: str = ""


def delivered_units(
    table: LongTable, signs: TextColumn, measure: Coded, dataset: Dataset, project: Project
) -> Iterator[Delivered]:
    """Figures delivered in another unit than that of their measure.

    A sign in the cell (`signs`: `%`) goes before what the layout says, as it stands nearest to the figure.
    """
    layouts = [segment.layout for segment in table.segments]
    is_said = any(table.unit.texts) or any(layout.units or layout.unit for layout in layouts)
    if not is_said and not signs.codes.any():
        return
    units = project.codelists["units"]
    unit = _code_units(table, measure, units)
    combinations = pairs(measure, unit, Coded(signs.texts, signs.codes))
    for number, row in enumerate(combinations.representatives.tolist()):
        name, code, sign = int(measure.index[row]), int(unit.index[row]), signs.texts[signs.codes[row]]
        if name == UNKNOWN:
            continue
        wanted = dataset.measure(measure.codes[name])
        said = None if code == UNKNOWN else unit.codes[code] or wanted.unit
        factor = None if said is None else project.factor(said, wanted.unit)
        if not sign or said is None or factor is None:
            sign = ""
        elif units.codes[said].extra.get("sign") != sign:
            shown = units.by_label.get(normalise(sign))
            factor = None if shown is None else project.factor(shown, wanted.unit)
        if factor != 1:
            yield Delivered(np.flatnonzero(combinations.of_row == number), wanted, factor, sign)
