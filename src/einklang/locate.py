"""Leads rows of the working table back to the cells of the sender, with what they are about."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from einklang.codes import Coded
from einklang.declarations.base import Text
from einklang.declarations.dataset import Dataset
from einklang.discretion import SecretMarks
from einklang.evidence import shortened
from einklang.findings import PLACES_LISTED, PlaceFound
from einklang.longtable import LongTable
from einklang.periods import period_label
from einklang.project import Project
from einklang.rawtable import TextColumn, column_letter


def names_said(dataset: Dataset) -> list[str]:
    """What says what a figure is about, in this order: area, period, further dimensions, and measures if several."""
    further = [dimension.name for dimension in dataset.dimensions if dimension.name != "area"]
    return ["area", "period", *further, *(["measure"] if len(dataset.measures) > 1 else [])]


def described(codes: Mapping[str, str | None], label: Callable[[str], Text], dataset: Dataset) -> Text:
    """What a figure is about, without the dimensions of which it has the code that is usual."""
    usual = {dimension.name: dimension.default for dimension in dataset.dimensions if dimension.name != "area"}
    names = [name for name in names_said(dataset) if name not in usual or codes[name] != usual[name]]
    parts = [label(name) for name in names]
    return Text(de=", ".join(part.de for part in parts), en=", ".join(part.en for part in parts))


def label_of(name: str, code: str, dataset: Dataset, project: Project) -> Text:
    """A code of a dimension, a period or a measure as it is said; areas with their key."""
    if name == "period":
        return period_label(code)
    if name == "measure":
        return dataset.measure(code).title
    listed = project.codes(dataset.name, name).codes[code]
    prefix = f"{code} " if name == "area" and code.isdigit() else ""
    return Text(de=f"{prefix}{listed.label_de}", en=f"{prefix}{listed.label_en}")


class Locator:
    """Places of rows, named as the sender sees them."""

    def __init__(
        self,
        table: LongTable,
        dataset: Dataset,
        project: Project,
        coded: Mapping[str, Coded],
        secret: NDArray[np.bool_],
        value: NDArray[np.float64],
        marks: SecretMarks,
    ) -> None:
        self._table = table
        self._dataset = dataset
        self._project = project
        self._coded = coded
        self._secret = secret
        self._value = value
        self._marks = marks

    def places(self, rows: NDArray[np.int64], raw: TextColumn | None = None, hide: bool = False) -> list[PlaceFound]:
        """The first places of the rows (at most `PLACES_LISTED`), each with its business key.

        `raw` is the column whose text is shown; the figures' own where it is not given, with the number that was
        read from it. `hide` shows no text at all; the text of a secret figure is never shown.
        """
        table = self._table
        shown = raw or table.text
        return [
            PlaceFound(
                file=table.file.texts[table.file.codes[row]],
                sheet=table.sheet.texts[table.sheet.codes[row]],
                row=int(table.row[row]),
                column=column_letter(int(table.column[row])),
                key=self.key(int(row)),
                raw="" if is_hidden else shown.texts[shown.codes[row]],
                is_hidden=is_hidden,
                value=self._number(row) if raw is None and not hide else None,
            )
            for row in rows[:PLACES_LISTED].tolist()
            for is_hidden in [hide or (raw is None and bool(self._secret[row]))]
        ]

    def label_places(
        self, rows: NDArray[np.int64], dimension: str, kind: Literal["label", "name"] = "label", hide: bool = False
    ) -> tuple[list[PlaceFound], int]:
        """The cells in which the labels of a dimension stand for these rows, each once, and how many there are.

        Where a label stands in no cell of the table (sheet, file, title), the figures' own cells.
        """
        table = self._table
        columns = table.names if kind == "name" else {**table.labels, "unit": table.unit}
        column = columns[dimension]
        at_row, at_column = table.row[rows].copy(), table.column[rows].copy()
        sheet = table.file.codes[rows].astype(np.int64) * len(table.sheet.texts) + table.sheet.codes[rows]
        for block, cells in table.label_cells.items():
            cell = cells.get((kind, dimension))
            if cell is None or block.sheet not in table.sheet.texts or block.file not in table.file.texts:
                continue
            number = table.file.texts.index(block.file) * len(table.sheet.texts) + table.sheet.texts.index(block.sheet)
            here = (sheet == number) & (table.row[rows] >= block.first) & (table.row[rows] < block.end)
            here &= (table.column[rows] >= block.left) & (table.column[rows] < block.right)
            if cell.row is not None:
                at_row[here] = cell.row
            if cell.column is not None:
                at_column[here] = cell.column
            for figure, label in (cell.beside or {}).items():
                at_column[here & (table.column[rows] == figure)] = label
        place = (sheet << 44) | (at_row.astype(np.int64) << 16) | at_column
        _, first = np.unique(place, return_index=True)
        chosen = np.sort(first)
        found = [
            PlaceFound(
                file=table.file.texts[table.file.codes[row]],
                sheet=table.sheet.texts[table.sheet.codes[row]],
                row=int(at_row[position]),
                column=column_letter(int(at_column[position])),
                key=self.key(int(row)),
                raw="" if hide else column.texts[column.codes[row]],
                is_hidden=hide,
            )
            for position, row in ((int(one), int(rows[one])) for one in chosen[:PLACES_LISTED])
        ]
        return found, len(chosen)

    def _number(self, row: int) -> float | None:
        value = float(self._value[row])
        return None if math.isnan(value) or self._secret[row] else value

    def cell(self, row: int) -> str:
        """Name of the cell of a row."""
        return f"{column_letter(int(self._table.column[row]))}{int(self._table.row[row])}"

    def key(self, row: int) -> Text:
        """What the row is about: area, period, further dimensions, measure."""
        codes = {name: self._code(name, row) for name in names_said(self._dataset)}
        return described(codes, lambda name: self._label(name, row), self._dataset)

    def _code(self, name: str, row: int) -> str | None:
        coded = self._coded[name]
        index = int(coded.index[row])
        return coded.codes[index] if index >= 0 else None

    def _label(self, name: str, row: int) -> Text:
        code = self._code(name, row)
        if code is None:
            written = self._table.labels[name]
            text = written.cleaned[written.codes[row]]
            text = "…" if self._marks.hides_label(text) else shortened(text) or "?"
            return Text(de=f"„{text}“", en=f"“{text}”")
        return label_of(name, code, self._dataset, self._project)
