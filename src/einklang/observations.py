"""Contract 1: the columns of harmonised observations, their metadata, and how they are written.

Keys are text. The same observations give the same bytes, whatever machine writes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from einklang.combinations import occurring
from einklang.declarations.dataset import Dataset

CONTRACT = "1"
_TEXT = pa.dictionary(pa.int32(), pa.string())

_HEAD = (
    ("dataset", _TEXT, "Datensatz", "Data set"),
    ("measure", _TEXT, "Merkmal", "Measure"),
    ("period", _TEXT, "Berichtszeitraum", "Reference period"),
    ("period_start", pa.date32(), "Erster Tag des Berichtszeitraums", "First day of the period"),
    ("period_end", pa.date32(), "Letzter Tag des Berichtszeitraums", "Last day of the period"),
    ("area", _TEXT, "Gebietsschlüssel", "Area code"),
    ("area_level", _TEXT, "Gebietsebene", "Level of the area"),
    ("area_version", _TEXT, "Gebietsstand (Datum)", "Territorial status (date)"),
)
_TAIL = (
    ("unit", _TEXT, "Einheit", "Unit"),
    (
        "value",
        pa.float64(),
        "Wert; leer, wenn kein Wert vorliegt (siehe obs_status)",
        "Value; null where there is none (see obs_status)",
    ),
    ("obs_status", _TEXT, "Beobachtungsstatus (SDMX CL_OBS_STATUS)", "Observation status (SDMX CL_OBS_STATUS)"),
    (
        "conf_status",
        _TEXT,
        "Vertraulichkeitsstatus (SDMX CL_CONF_STATUS)",
        "Confidentiality status (SDMX CL_CONF_STATUS)",
    ),
    ("value_text", _TEXT, "Text der Zelle, wie geliefert", "Text of the cell as delivered"),
    ("supplier", _TEXT, "Liefernde Stelle", "Supplier"),
    ("delivery", _TEXT, "Lieferung", "Delivery"),
    ("file", _TEXT, "Datei im Lieferarchiv", "File in the delivery archive"),
    ("sheet", _TEXT, "Tabellenblatt", "Sheet"),
    ("row", pa.int32(), "Zeile, wie die liefernde Stelle sie sieht", "Row as the supplier sees it"),
    ("column", _TEXT, "Spalte, wie die liefernde Stelle sie sieht", "Column as the supplier sees it"),
)
NULLABLE = {"value"}
FIXED_COLUMNS = tuple(name for name, *_ in (*_HEAD, *_TAIL))


def axes(dataset: Dataset) -> list[str]:
    """Dimensions besides the area, in the order of the declaration."""
    return [dimension.name for dimension in dataset.dimensions if dimension.name != "area"]


def key_columns(dataset: Dataset) -> list[str]:
    """The columns that identify an observation."""
    return ["measure", "period", "area", *axes(dataset)]


def schema(dataset: Dataset) -> pa.Schema:
    """The Arrow schema of a data set, with German and English descriptions and code lists."""
    fields = []
    own = [(name, _TEXT, dataset.dimension(name).title.de, dataset.dimension(name).title.en) for name in axes(dataset)]
    lists = {dimension.name: "|".join(dimension.codelists) for dimension in dataset.dimensions}
    lists |= {"unit": "units", "obs_status": "obs_status", "conf_status": "conf_status", "supplier": "suppliers"}
    for name, kind, german, english in (*_HEAD, *own, *_TAIL):
        metadata = {"description_de": german, "description_en": english}
        if name in lists:
            metadata["codelist"] = lists[name]
        if name == "value":
            metadata["unit"] = "|".join(f"{measure.name}={measure.unit}" for measure in dataset.measures)
        fields.append(pa.field(name, kind, nullable=name in NULLABLE, metadata=metadata))
    return pa.schema(
        fields,
        metadata={
            "contract": CONTRACT,
            "dataset": dataset.name,
            "title_de": dataset.title.de,
            "title_en": dataset.title.en,
            "source_de": dataset.source.de,
            "source_en": dataset.source.en,
        },
    )


def dictionary(codes: NDArray[np.int32], texts: Iterable[str]) -> pa.DictionaryArray:
    """A dictionary column of texts and their indices; each text stands in the dictionary once."""
    listed = list(texts)
    position = {text: number for number, text in enumerate(dict.fromkeys(listed))}
    if len(position) < len(listed):
        codes = np.asarray([position[text] for text in listed], dtype=np.int32)[codes]
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(list(position), pa.string()))


def constant(text: str, size: int) -> pa.DictionaryArray:
    """A dictionary column with one text."""
    return dictionary(np.zeros(size, dtype=np.int32), [text])


def compact(table: pa.Table) -> pa.Table:
    """The table with dictionaries that hold only what occurs: no text of a row that was taken out remains."""
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        if not pa.types.is_dictionary(field.type):
            columns.append(column)
            continue
        part = whole(column)
        codes = part.indices.to_numpy(zero_copy_only=False)
        used = occurring(codes, len(part.dictionary))
        if used.all():
            columns.append(part)
            continue
        position = np.cumsum(used, dtype=np.int32) - np.int32(1)
        columns.append(
            pa.DictionaryArray.from_arrays(
                pa.array(position[codes], pa.int32()), part.dictionary.filter(pa.array(used))
            )
        )
    return pa.Table.from_arrays(columns, schema=table.schema)


def whole(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """A dictionary column in one piece; not copied where it is one already."""
    if column.num_chunks == 1:
        return column.chunk(0)
    joined = column.unify_dictionaries().combine_chunks()
    if isinstance(joined, pa.ChunkedArray):
        return pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), pa.array([], pa.string()))
    return joined


def in_key_order(table: pa.Table, names: list[str]) -> pa.Table:
    """The compacted table in the order of the text columns named, each dictionary in order too."""
    columns: dict[str, pa.Array] = {}
    order = np.zeros(table.num_rows, dtype=np.int64)
    for field, column in zip(table.schema, compact(table).columns, strict=True):
        if not pa.types.is_dictionary(field.type):
            columns[field.name] = column
            continue
        part = whole(column)
        texts = np.asarray(part.dictionary.to_pylist(), dtype=object)
        ranked = np.argsort(texts, kind="stable")
        rank = np.empty(len(texts), dtype=np.int32)
        rank[ranked] = np.arange(len(texts), dtype=np.int32)
        codes = rank[part.indices.to_numpy(zero_copy_only=False)]
        columns[field.name] = pa.DictionaryArray.from_arrays(
            pa.array(codes, pa.int32()), pa.array(texts[ranked].tolist(), pa.string())
        )
    for name in names:
        order *= max(1, len(columns[name].dictionary))
        order += columns[name].indices.to_numpy(zero_copy_only=False)
    ordered = pa.Table.from_arrays([columns[name] for name in table.schema.names], schema=table.schema)
    return ordered.take(pa.array(np.argsort(order, kind="stable")))


def write_parquet(table: pa.Table, path: Path) -> None:
    """Writes a table so that every consumer can read it and equal tables give equal bytes."""
    pq.write_table(
        table,
        path,
        version="2.6",
        data_page_version="1.0",
        compression="snappy",
        use_dictionary=[field.name for field in table.schema if pa.types.is_dictionary(field.type)],
        write_statistics=True,
        store_schema=True,
        row_group_size=1024 * 1024,
    )
