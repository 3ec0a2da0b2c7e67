"""Released rates as relations between counts, and the counts that can stand behind a rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from einklang import observations as contract1
from einklang.declarations.indicator import Indicator, Operand
from einklang.disclosure.known import Sources, secret_codes
from einklang.disclosure.relations import between
from einklang.disclosure.system import Floats, Ints, Relations
from einklang.project import Project

_ENUMERATED = 200_000
_PER_CENT = 100.0


@dataclass(frozen=True)
class OpenRates:
    """Rates that are open although a count behind them is not: positions of both cells, value, half a last digit."""

    above: Ints
    below: Ints
    rate: Floats
    half: Floats

    def relations(self) -> list[Relations]:
        """The rates as relations between the cells."""
        return list(between(self.rate, self.half, pd.Series(self.above), pd.Series(self.below)))


def open_rates(cells: pd.DataFrame, sources: Sources, project: Project) -> OpenRates:
    """The rates of this release and of earlier ones whose numerator or denominator is withheld."""
    found = [pd.DataFrame(columns=["above", "below", "rate", "half"], dtype=float)]
    for source in range(sources.count):
        table = _rates(sources, source)
        if table is None:
            continue
        for code, indicator in project.indicators.items():
            if indicator.denominator is not None:
                found.extend(_of_indicator(table, code, indicator, cells, project))
    present = [str(name) for name in cells["dataset"].unique()]
    found.extend(each for name in present for each in _of_ratios(cells, name, project))
    joined = pd.concat(found)
    joined = joined.drop_duplicates(["above", "below"])
    above, below = joined["above"].to_numpy(np.int64), joined["below"].to_numpy(np.int64)
    is_open = cells["is_open"].to_numpy(np.bool_)
    hit = ~(is_open[above] & is_open[below]) if len(joined) else np.zeros(0, dtype=np.bool_)
    return OpenRates(
        above[hit], below[hit], joined["rate"].to_numpy(np.float64)[hit], joined["half"].to_numpy(np.float64)[hit]
    )


def _of_ratios(cells: pd.DataFrame, name: str, project: Project) -> Iterator[pd.DataFrame]:
    """Rates that a data set delivers with their counts."""
    dataset = project.dataset(name)
    rest = ["period", "area", *contract1.axes(dataset)]
    own = cells[cells["dataset"] == name]
    expectations = project.expectations[name]
    declared = [one for one in (*expectations.delivery, *expectations.release) if one.measure == "rate_identities"]
    for one in declared:
        rate, above, below = (str(one.parameters[role]) for role in ("rate", "numerator", "denominator"))
        rates = own.loc[(own["measure"] == rate) & own["is_open"], [*rest, "value"]]
        for column, measure in (("above", above), ("below", below)):
            counts = own[own["measure"] == measure]
            rates = rates.merge(counts[rest].assign(**{column: counts.index}), on=rest)
        half = 0.5 * 10.0 ** -dataset.measure(rate).decimals
        yield rates[["above", "below"]].assign(rate=rates["value"], half=half)


def _rates(sources: Sources, source: int) -> pa.Table | None:
    if source == 0:
        return sources.rates
    if source == 1:
        return None
    path = list(sources.earlier.values())[source - 2] / "indicators.parquet"
    return pq.read_table(path) if path.is_file() else None


def _of_indicator(
    table: pa.Table, code: str, indicator: Indicator, cells: pd.DataFrame, project: Project
) -> Iterator[pd.DataFrame]:
    assert indicator.denominator is not None
    if not {indicator.numerator.dataset, indicator.denominator.dataset} <= set(cells["dataset"].unique()):
        return
    columns = ["indicator", "period", "area", *indicator.breakdowns, "value", "conf_status"]
    if not set(columns) <= set(table.schema.names):
        return
    frame = (
        table.filter(pa.compute.equal(table.column("indicator").cast(pa.string()), code)).select(columns).to_pandas()
    )
    frame = frame[frame["value"].notna() & ~frame["conf_status"].astype(str).isin(secret_codes(project))]
    frame = frame.astype({name: str for name in columns if name != "value"})
    frame["year"] = frame["period"].str[:4].astype(int)
    keys = ["year", "area", *indicator.breakdowns]
    above = _operand(cells, indicator.numerator, indicator.breakdowns, project).rename(columns={"cell": "above"})
    below = _operand(cells, indicator.denominator, indicator.breakdowns, project).rename(columns={"cell": "below"})
    joined = frame[[*keys, "value"]].merge(above, on=keys).merge(below, on=keys)
    half = 0.5 * 10.0**-indicator.decimals
    yield joined[["above", "below"]].assign(rate=joined["value"], half=half)


def _operand(cells: pd.DataFrame, operand: Operand, breakdowns: list[str], project: Project) -> pd.DataFrame:
    """Positions of an operand's cells by the year of the rate, area and breakdown."""
    dataset = project.dataset(operand.dataset)
    hit = (cells["dataset"] == operand.dataset) & (cells["measure"] == operand.measure)
    for axis in contract1.axes(dataset):
        if axis not in breakdowns:
            hit &= cells[axis] == operand.codes.get(axis, dataset.dimension(axis).total)
    chosen = cells[hit]
    year = chosen["period"].str[:4].astype(int) - operand.period_offset
    return chosen[["area", *[name for name in breakdowns if name in chosen]]].assign(year=year, cell=chosen.index)


def possible_counts(rate: float, half: float, above: tuple[float, float], below: tuple[float, float]) -> np.ndarray:
    """Smallest and largest whole numerator and denominator, within their bounds, whose rate rounds to `rate`.

    Shape (2, 2): numerator, denominator; NaN where there is none or too many denominators to try.
    """
    nothing = np.full((2, 2), np.nan)
    first, last = max(1.0, np.ceil(below[0])), np.floor(below[1])
    if not last - first < _ENUMERATED:
        return nothing
    bases = np.arange(first, last + 1)
    slack = 1e-9 * bases
    least = np.maximum(np.ceil((rate - half) * bases / _PER_CENT - slack), np.ceil(above[0]))
    most = np.minimum(np.floor((rate + half) * bases / _PER_CENT + slack), np.floor(above[1]))
    hit = least <= most
    if not hit.any():
        return nothing
    return np.asarray([[least[hit].min(), most[hit].max()], [bases[hit].min(), bases[hit].max()]])


def narrowed(rates: OpenRates, bounds: Mapping[int, tuple[float, float]]) -> dict[int, tuple[float, float]]:
    """The bounds of both counts behind each rate, narrowed to the whole numbers that can give it."""
    found: dict[int, tuple[float, float]] = {}
    for above, below, rate, half in zip(
        rates.above.tolist(), rates.below.tolist(), rates.rate.tolist(), rates.half.tolist(), strict=True
    ):
        if above not in bounds or below not in bounds:
            continue
        ends = possible_counts(rate, half, bounds[above], bounds[below])
        if not np.isnan(ends).any():
            found[above], found[below] = (float(ends[0, 0]), float(ends[0, 1])), (float(ends[1, 0]), float(ends[1, 1]))
    return found
