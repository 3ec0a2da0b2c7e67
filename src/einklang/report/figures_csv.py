"""Figures as a list for spreadsheets: one row per figure, in the columns of contract 1.

As the list of findings (`as_csv`): UTF-8 with byte order mark, semicolons and decimal commas. Texts of senders do
not act in it.
"""

from __future__ import annotations

import io

import pyarrow as pa
from pyarrow import csv

from einklang.report.as_csv import BYTE_ORDER_MARK, guard
from einklang.report.display import visible

_EXACT = 1e15
"""Below it 15 digits give a figure without an exponent."""


def render_figures(table: pa.Table) -> bytes:
    """The observations of a delivery or a release as CSV; empty where there is no value."""
    target = io.BytesIO()
    target.write(BYTE_ORDER_MARK.encode())
    columns = [_written(column.combine_chunks()) for column in table.columns]
    options = csv.WriteOptions(delimiter=";", quoting_style="needed")
    csv.write_csv(pa.table(columns, names=table.column_names), target, options)
    return target.getvalue()


def _written(column: pa.Array) -> pa.Array:
    """A column as texts: distinct texts are looked at once, figures get a decimal comma."""
    if pa.types.is_dictionary(column.type):
        texts = [guard(visible(text, keep="\t\r\n")) for text in column.dictionary.to_pylist()]
        return pa.DictionaryArray.from_arrays(column.indices, pa.array(texts, pa.string())).dictionary_decode()
    if pa.types.is_floating(column.type):
        figures = column.dictionary_encode()
        texts = [f"{value:.15g}" if abs(value) < _EXACT else f"{value:.0f}" for value in figures.dictionary.to_pylist()]
        written = pa.array([text.replace(".", ",") for text in texts], pa.string())
        return pa.DictionaryArray.from_arrays(figures.indices, written).dictionary_decode()
    return column.cast(pa.string())
