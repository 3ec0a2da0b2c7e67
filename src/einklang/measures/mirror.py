"""Mirror: the same cell in another data set, or from another source.

Compared is with the sender's own accepted figures and with released ones only, so that no report tells of
another Land's unreleased figures. The figures are put beside each other, never into one series.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from einklang import observations as contract1
from einklang.declarations.base import Text
from einklang.declarations.dataset import Dataset
from einklang.findings import Fact, english_number, german_number
from einklang.matching import match, numbers
from einklang.measures.figures import Context, Figures, Parameters, Reference, nothing
from einklang.measures.groups import names_in, number_in, stack
from einklang.measures.precision import precision_of
from einklang.periods import period_of_code

_LARGE = 1000.0


def mirror_differences(context: Context, parameters: Parameters) -> Figures:
    """Figures beside those of the same cell elsewhere: `excess`, by how much they differ beyond what is allowed.

    Parameters: `dataset` and `measure` of the other figures, `here` (this data set's measure), `axes` (this
    dimension=that one; all others at their total), `offset` (years from here to there). Allowed is the rounding
    of both; `same_rounding: 1` where both come from one rounded register, so that cells are equal. Where two
    concepts are compared, `low` and `high` bound the ratio here/there; with `learn`, they are the smallest and the
    largest ratio of the sender's earlier figures above 1000 where there are at least so many.
    """
    if context.table is None:
        return nothing("no_other_source")
    named = str(parameters["dataset"])
    other = context.project.dataset(named)
    ours = _ours(context, str(parameters["here"]), [one.partition("=")[0] for one in names_in(parameters, "axes")])
    found: list[tuple[Figures, NDArray[np.int64]]] = []
    for reference in context.references(named):
        theirs = _theirs(context, reference, parameters)
        keys = ["period", "area", *(axis.partition("=")[0] for axis in names_in(parameters, "axes"))]
        pairs = match(ours, theirs, keys)
        a, b = numbers(ours)[pairs.now], numbers(theirs)[pairs.before]
        known = ~np.isnan(a) & ~np.isnan(b)
        row = ours.column("_row").to_numpy()[pairs.now[known]]
        period = np.asarray(theirs.column("_period").take(pairs.before[known]).to_pylist(), dtype=object)
        if (row >= 0).any():
            there = other.measure(str(parameters["measure"]))
            deviation = np.asarray([there.largest_deviation(one) for one in period])
            found.append(_compared(context, parameters, reference, (a[known], b[known], row, deviation)))
    if not found:
        return nothing("no_other_source")
    return _joined(found)


def _ours(context: Context, measure: str, axes: list[str]) -> pa.Table:
    """The delivery's figures of a measure with their rows, and the sender's accepted ones of other periods (-1)."""
    assert context.table is not None
    names = [*contract1.key_columns(context.dataset), "value"]
    own = context.table.select(names).take(context.cube.row).append_column("_row", pa.array(context.cube.row))
    tables = [own]
    if context.accepted is not None:
        periods = pa.compute.unique(own.column("period").cast(pa.string()))
        column = context.accepted.column("period").cast(pa.string())
        earlier = context.accepted.filter(pa.compute.invert(pa.compute.is_in(column, value_set=periods))).select(names)
        marked = earlier.append_column("_row", pa.array(np.full(earlier.num_rows, -1)))
        tables.append(marked.cast(own.schema))
    both = pa.concat_tables(tables)
    return both.filter(_at_totals(both, context.dataset, measure, axes))


def _at_totals(table: pa.Table, dataset: Dataset, measure: str, axes: Iterable[str]) -> pa.Array:
    """The rows of a measure that are totals of every dimension but the area and the axes named."""
    keep = pa.compute.equal(table.column("measure").cast(pa.string()), measure)
    for dimension in dataset.dimensions:
        if dimension.name != "area" and dimension.name not in axes:
            at_total = pa.compute.equal(table.column(dimension.name).cast(pa.string()), dimension.total)
            keep = pa.compute.and_(keep, at_total)
    return keep


def _theirs(context: Context, reference: Reference, parameters: Parameters) -> pa.Table:
    """The other figures under this data set's names and periods."""
    other = context.project.dataset(str(parameters["dataset"]))
    axes = dict(axis.split("=") for axis in names_in(parameters, "axes"))
    table = reference.table
    table = table.filter(_at_totals(table, other, str(parameters["measure"]), axes.values()))
    theirs = table.column("period").cast(pa.string()).to_pylist()
    shift = -int(number_in(parameters, "offset"))
    ours = [_period_here(context, one, shift) for one in theirs]
    columns = {
        "period": pa.array(ours, pa.string()).dictionary_encode(),
        "area": table.column("area"),
        **{name: table.column(there) for name, there in axes.items()},
        "value": table.column("value"),
        "_period": pa.array(theirs, pa.string()),
    }
    return pa.table(columns)


def _period_here(context: Context, period: str, shift: int) -> str:
    """The period of this data set that lies so many years after one of another data set."""
    year = period_of_code(period).end.year + shift
    return str(year) if context.dataset.period_type == "year" else f"{year}-{context.dataset.reference_day}"


def _band(
    parameters: Parameters, ratio: NDArray[np.float64], size: NDArray[np.float64], row: NDArray[np.int64]
) -> tuple[float, float] | None:
    learn = number_in(parameters, "learn")
    earlier = ratio[(row < 0) & (size >= _LARGE)]
    if learn and len(earlier) >= learn:
        return float(earlier.min()), float(earlier.max())
    if "low" in parameters:
        return number_in(parameters, "low"), number_in(parameters, "high")
    return None


def _compared(
    context: Context,
    parameters: Parameters,
    reference: Reference,
    pairs: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]],
) -> tuple[Figures, NDArray[np.int64]]:
    """The figures beside those of one reference, and their rows."""
    a, b, row, deviation = pairs
    ratio = np.divide(a, b, out=np.ones(len(a)), where=b != 0)
    band = _band(parameters, ratio, b, row)
    own = row >= 0
    a, b, row, deviation = a[own], b[own], row[own], deviation[own]
    position = np.full(int(context.cube.row.max()) + 1, -1, dtype=np.int64)
    position[context.cube.row] = np.arange(context.cube.size)
    precision = precision_of(context, context.cube)
    allowed = precision.of(precision.largest, context.cube, position[row]) + deviation
    if number_in(parameters, "same_rounding"):
        allowed = np.zeros(len(a))
    if band is None:
        excess = np.maximum(np.abs(a - b) - allowed, 0.0)
    else:
        low, high = band
        excess = np.maximum(np.maximum(low * b - allowed - a, a - allowed - high * b), 0.0)
    source = context.project.dataset(str(parameters["dataset"])).title

    def facts(i: int) -> dict[str, Fact]:
        return {
            "schluessel": context.describe(int(row[i])),
            "wert": float(a[i]),
            "quelle": Text(de=f"{source.de} ({reference.origin.de})", en=f"{source.en} ({reference.origin.en})"),
            "wert2": float(b[i]),
            "diff": float(a[i] - b[i]),
            "tol": _acceptable(float(allowed[i]), band),
        }

    return Figures(pd.DataFrame({"excess": excess.round(6)}), lambda i: row[i : i + 1], facts), row


def _acceptable(difference: float, band: tuple[float, float] | None) -> Text:
    """What is accepted: a difference, or where two concepts are compared a ratio."""
    if band is None:
        return Text(de=f"höchstens {german_number(difference)}", en=f"at most {english_number(difference)}")
    low, high = band
    return Text(
        de=f"ein Verhältnis von {german_number(low, 2)} bis {german_number(high, 2)}",
        en=f"a ratio of {english_number(low, 2)} to {english_number(high, 2)}",
    )


def _joined(found: list[tuple[Figures, NDArray[np.int64]]]) -> Figures:
    """The figures of all references; a cell that differs from one is not named again for the next."""
    seen = np.empty(0, dtype=np.int64)
    joined = []
    for figures, rows in found:
        excess = np.where(np.isin(rows, seen), 0.0, figures.frame["excess"].to_numpy())
        seen = np.concatenate([seen, rows[excess > 0]])
        joined.append(Figures(pd.DataFrame({"excess": excess}), figures.rows, figures.facts))
    return stack(joined)
