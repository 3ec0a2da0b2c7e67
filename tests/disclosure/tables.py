"""Tables to be released, built from a few cells; and random systems of sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from einklang import observations as contract1
from einklang.disclosure.attack import Limits
from einklang.disclosure.known import Sources
from einklang.disclosure.system import Relations, System
from einklang.indicators import compute_indicators
from einklang.project import Project

SIGNS = {"*": ("Q", "A"), ".": ("Q", "C"), "/": ("U", "F"), "…": ("L", "F")}


def table(project: Project, name: str, cells: Mapping[tuple[str, ...], float | str], period: str = "2024") -> pa.Table:
    """A table from (measure, area, further dimensions …) → number or sign."""
    dataset = project.dataset(name)
    axes = contract1.axes(dataset)
    size = len(cells)
    status = [SIGNS[cell] if isinstance(cell, str) else ("A", "F") for cell in cells.values()]
    areas = project.codes(name, "area").codes
    column: dict[str, Sequence[object]] = {
        "dataset": [name] * size,
        "measure": [key[0] for key in cells],
        "period": [period] * size,
        "area": [key[1] for key in cells],
        "area_level": [areas[key[1]].kind for key in cells],
        "area_version": ["2024-12-31"] * size,
        "unit": ["PERSONS"] * size,
        "obs_status": [one for one, _ in status],
        "conf_status": [one for _, one in status],
        "value_text": [cell if isinstance(cell, str) else f"{cell:g}" for cell in cells.values()],
        "supplier": ["destatis"] * size,
        "delivery": [f"destatis/{name}/0001"] * size,
        "file": ["1.csv"] * size,
        "sheet": [""] * size,
        "column": ["C"] * size,
        **{axis: [key[2 + number] for key in cells] for number, axis in enumerate(axes)},
    }
    arrays = {key: pa.array(texts).dictionary_encode() for key, texts in column.items()}
    day = pa.array([date(2024, 12, 31)] * size, pa.date32())
    values = [None if isinstance(cell, str) else float(cell) for cell in cells.values()]
    arrays |= {"period_start": day, "period_end": day, "row": pa.array(range(2, size + 2), pa.int32())}
    arrays["value"] = pa.array(values, pa.float64())
    schema = contract1.schema(dataset)
    whole = pa.Table.from_arrays([arrays[one] for one in schema.names], names=schema.names).cast(schema)
    return contract1.in_key_order(whole, contract1.key_columns(dataset))


def sources(project: Project, *tables: pa.Table, **more: object) -> Sources:
    named = {one.column("dataset")[0].as_py(): one for one in tables}
    return Sources(named, compute_indicators(project, named), **more)  # type: ignore[arg-type]


def summed(inner: np.ndarray) -> np.ndarray:
    """A table with the sums over every axis added."""
    full = inner.astype(float)
    for axis in range(inner.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    return full


def system_of(full: np.ndarray, locked: np.ndarray, deviation: float = 0.0) -> System:
    """The attacker's view of a table with sums, of which some cells are locked."""
    numbers = np.arange(full.size).reshape(full.shape)
    relation, cell, factor, count = [], [], [], 0
    for axis in range(full.ndim):
        lines = np.moveaxis(numbers, axis, -1).reshape(-1, full.shape[axis])
        relation.append(np.repeat(np.arange(count, count + len(lines)), lines.shape[1]))
        cell.append(lines.ravel())
        signs = np.full(lines.shape, -1.0)
        signs[:, -1] = 1.0
        factor.append(signs.ravel())
        count += len(lines)
    zero = np.zeros(count)
    relations = Relations(np.concatenate(relation), np.concatenate(cell), np.concatenate(factor), zero, zero)
    value, hidden = full.ravel(), locked.ravel()
    low = np.where(hidden, 0.0, np.maximum(value - deviation, 0.0))
    high = np.where(hidden, np.inf, value + deviation)
    return System(low, high, np.ones(full.size, dtype=np.bool_), relations)


def limits(size: int, count: float = 5.0, share: float = 0.1) -> Limits:
    return Limits(np.full(size, count), np.full(size, share))
