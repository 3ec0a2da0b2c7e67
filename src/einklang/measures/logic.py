"""Logic: figures that follow from others. Rates and their counts, shares, balances, rates of a whole and its parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.cube import Axis, Cube
from einklang.declarations.base import Text
from einklang.declarations.dataset import Measure
from einklang.evidence import TERMS_LISTED, Calculation, Term
from einklang.findings import Fact, reason
from einklang.measures.figures import Context, Figures, Parameters, nothing
from einklang.measures.groups import cells_of, gather, label_of, labels, names_in, stack, term
from einklang.measures.precision import precision_of
from einklang.measures.shapes import unit_times
from einklang.periods import period_of_code, shift_years

_NONE = -1
_NEARLY_ALL = 0.9


def _positions(cube: Cube, measure: str, numbered: tuple[NDArray[np.int64], int]) -> NDArray[np.int64]:
    """Per group the position of the figure of a measure that has a number, -1 where there is none."""
    number, size = numbered
    axis = cube.axes["measure"]
    here = np.flatnonzero((axis.index == axis.position(measure)) & ~np.isnan(cube.value) & cube.certain)
    position = np.full(size, _NONE, dtype=np.int64)
    position[number[here]] = here
    return position


def rate_identities(context: Context, parameters: Parameters) -> Figures:
    """Rates beside the counts they are made of: `excess`, by how much a rate lies outside what rounding allows.

    Parameters: `rate`, `numerator`, `denominator` (measures). The allowed interval is that of
    100·(a ± h)/(b ± h), widened by half a unit of the rate's last decimal.
    """
    cube = context.cube
    names = [str(parameters[one]) for one in ("rate", "numerator", "denominator")]
    numbered = cube.groups([name for name in cube.axes if name != "measure"])
    rate, top, base = (_positions(cube, name, numbered) for name in names)
    together = np.flatnonzero((rate >= 0) & (top >= 0) & (base >= 0))
    together = together[cube.value[base[together]] > 0]
    if not len(together):
        return nothing("no_rate_with_counts")
    rate, top, base = rate[together], top[together], base[together]
    precision = precision_of(context, cube)
    step, above, below = (precision.of(precision.largest, cube, rows) for rows in (rate, top, base))
    given, a, b = (cube.value[rows] for rows in (rate, top, base))
    high = np.divide(100 * (a + above), b - below, out=np.full(len(b), np.inf), where=b > below) + step
    low = 100 * (a - above) / (b + below) - step
    computed = 100 * a / b
    excess = np.maximum(np.maximum(low - given, given - high), 0.0)
    frame = pd.DataFrame({"excess": np.where(excess > 1e-9, excess, 0.0), "computed": computed})
    decimals = context.dataset.measure(names[0]).decimals

    def rows(i: int) -> NDArray[np.int64]:
        found: NDArray[np.int64] = cube.row[[rate[i], top[i], base[i]]]
        return found

    def facts(i: int) -> dict[str, Fact]:
        return {
            "schluessel": context.describe(int(cube.row[rate[i]])),
            "wert": float(given[i]),
            "a": float(a[i]),
            "b": float(b[i]),
            "erwartet": round(float(computed[i]), max(decimals, 2)),
            "zellen": cells_of(context, rows(i)),
        }

    def calculation(i: int) -> Calculation:
        difference = float(given[i] - computed[i])
        return Calculation(
            operation="share",
            terms=[term(context, "measure", int(one)) for one in (top[i], base[i])],
            count=2,
            computed=float(computed[i]),
            given=term(context, "measure", int(rate[i])),
            difference=difference,
            allowed=max(0.0, abs(difference) - float(excess[i])),
            decimals=max(decimals, 2),
        )

    return Figures(frame, rows, facts, calculation=calculation)


def share_sums(context: Context, parameters: Parameters) -> Figures:
    """Shares of the parts of a whole: `excess`, by how much their sum differs from 100 beyond rounding.

    Parameters: `measure` (the share), `dimension`, `parts` (codes; each must have a number). Allowed is half a
    unit of the last decimal for each part.
    """
    cube, name = context.cube, str(parameters["dimension"])
    wanted, parts = str(parameters["measure"]), names_in(parameters, "parts")
    cube = cube.select(cube.axes["measure"].index == cube.axes["measure"].position(wanted))
    axis = cube.axes[name]
    numbered = cube.groups([one for one in cube.axes if one != name])
    groups = gather(cube, axis, numbered, _NONE, [axis.position(code) for code in parts], len(parts))
    complete = np.flatnonzero(groups.is_complete)
    if not len(complete):
        return nothing("no_complete_shares")
    allowed = len(parts) * 0.5 * 10.0 ** -context.dataset.measure(wanted).decimals
    sums = groups.known[complete]
    excess = np.maximum(np.abs(sums - 100) - allowed, 0.0)
    frame = pd.DataFrame({"excess": np.where(excess > 1e-9, excess, 0.0), "sum": sums})

    def members(i: int) -> NDArray[np.int64]:
        return np.sort(groups.members_of(int(complete[i])))

    def facts(i: int) -> dict[str, Fact]:
        found = cube.row[members(i)]
        return {
            "schluessel": context.describe(int(found[0])),
            "teile": labels(context, name, parts),
            "n": len(found),
            "summe": round(float(sums[i]), 6),
            "tol": round(allowed, 6),
            "zellen": cells_of(context, found),
        }

    def calculation(i: int) -> Calculation:
        return Calculation(
            terms=[term(context, name, int(one)) for one in members(i)[:TERMS_LISTED]],
            count=len(parts),
            computed=float(sums[i]),
            given=Term(label=Text(de="insgesamt", en="total"), value=100.0),
            difference=float(100 - sums[i]),
            allowed=allowed,
            decimals=context.dataset.measure(wanted).decimals,
        )

    return Figures(frame, lambda i: cube.row[members(i)], facts, calculation=calculation)


def balances(context: Context, parameters: Parameters) -> Figures:
    """Stocks and flows: `excess`, by how much a figure differs from the sum of others beyond rounding.

    Parameters: `result`, `plus`, `minus` (measures); `carried`, a measure whose figure of the year before is added
    (a stock is that of the year before plus what came minus what went). Only where all figures are known.
    """
    cube = context.history if context.history is not None and parameters.get("carried") else context.cube
    names = [name for name in cube.axes if name != "measure"]
    numbered = cube.groups(names)
    result = _positions(cube, str(parameters["result"]), numbered)
    terms: list[tuple[int, NDArray[np.int64]]] = [
        (sign, _positions(cube, name, numbered))
        for sign, key in ((1, "plus"), (-1, "minus"))
        for name in names_in(parameters, key)
    ]
    if "carried" in parameters:
        terms.insert(0, (1, _year_before(cube, str(parameters["carried"]), numbered)))
    complete = result >= 0
    for _, positions in terms:
        complete &= positions >= 0
    complete[complete] &= cube.row[result[complete]] >= 0
    together = np.flatnonzero(complete)
    if not len(together):
        return nothing("no_balance")
    precision = precision_of(context, cube)
    computed = np.zeros(len(together))
    allowed = precision.of(precision.largest, cube, result[together])
    for sign, positions in terms:
        computed += sign * cube.value[positions[together]]
        allowed = allowed + precision.of(precision.largest, cube, positions[together])
    given = cube.value[result[together]]
    excess = np.maximum(np.abs(given - computed) - allowed, 0.0)
    frame = pd.DataFrame({"excess": excess.round(6), "difference": given - computed})

    def positions_of(i: int) -> list[int]:
        return [int(result[together[i]]), *(int(positions[together[i]]) for _, positions in terms)]

    def rows(i: int) -> NDArray[np.int64]:
        found: NDArray[np.int64] = cube.row[positions_of(i)]
        return found

    def facts(i: int) -> dict[str, Fact]:
        return {
            "schluessel": context.describe(int(cube.row[result[together[i]]])),
            "wert": float(given[i]),
            "erwartet": float(computed[i]),
            "diff": float(given[i] - computed[i]),
            "tol": float(allowed[i]),
            "zellen": cells_of(context, rows(i)),
        }

    def calculation(i: int) -> Calculation:
        first, *others = positions_of(i)
        return Calculation(
            terms=[
                term(context, "measure", one).model_copy(update={"sign": sign})
                for one, (sign, _) in zip(others, terms, strict=True)
            ],
            count=len(terms),
            computed=float(computed[i]),
            given=term(context, "measure", first),
            difference=float(given[i] - computed[i]),
            allowed=float(allowed[i]),
        )

    return Figures(frame, rows, facts, calculation=calculation)


def _year_before(cube: Cube, measure: str, numbered: tuple[NDArray[np.int64], int]) -> NDArray[np.int64]:
    """Per group the position of the figure of a measure one year before, -1 where there is none."""
    number, size = numbered
    periods = cube.axes["period"]
    axis = cube.axes["measure"]
    others, count = cube.groups([name for name in cube.axes if name not in {"measure", "period"}])
    earlier = np.asarray(
        [periods.position(shift_years(code, -1)) if code else _NONE for code in periods.codes], dtype=np.int64
    )
    here = np.flatnonzero((axis.index == axis.position(measure)) & ~np.isnan(cube.value) & cube.certain)
    known = pd.Series(here, index=periods.index[here].astype(np.int64) * count + others[here])
    before = np.full(size, _NONE, dtype=np.int64)
    previous = earlier[periods.index]
    wanted = np.where(previous >= 0, previous * count + others, _NONE)
    before[number] = known.reindex(wanted, fill_value=_NONE).to_numpy()
    return before


def rate_bounds(context: Context, parameters: Parameters) -> Figures:
    """Rates of a whole: `excess`, by how much one lies outside the rates of its parts beyond rounding.

    Parameters: `measure` (the rate) and either `level: land` (Kreise of a Land) or `country` (Länder of Germany),
    or `dimension`, `total` and `parts`. Only where every part has a number.
    """
    wanted = str(parameters["measure"])
    cube = context.cube.select(context.cube.axes["measure"].index == context.cube.axes["measure"].position(wanted))
    name = str(parameters.get("dimension", "area"))
    axis = cube.axes[name]
    numbered = cube.groups([one for one in cube.axes if one != name])
    found = []
    for total, parts, expected in _wholes(context, cube, parameters, numbered):
        positions = [axis.position(part) for part in parts]
        figures = _between(context, cube, name, axis, numbered, (axis.position(total), positions, expected), wanted)
        if figures is not None:
            found.append(figures)
    return stack(found) if found else nothing("no_rates_of_parts")


def _wholes(
    context: Context, cube: Cube, parameters: Parameters, numbered: tuple[NDArray[np.int64], int]
) -> list[tuple[str, list[str], NDArray[np.int64] | int]]:
    """Each whole with its parts and how many of them there must be in each group."""
    if "parts" in parameters:
        parts = names_in(parameters, "parts")
        return [(str(parameters["total"]), parts, len(parts))]
    level = str(parameters["level"])
    listed = context.project.codes(context.dataset.name, "area").codes
    kind = "kreis" if level == "land" else "land"
    number, size = numbered
    periods = cube.axes["period"]
    period_of_group = np.full(size, _NONE, dtype=np.int32)
    period_of_group[number] = periods.index
    found: list[tuple[str, list[str], NDArray[np.int64] | int]] = []
    for parent in cube.axes["area"].codes:
        if not parent or listed[parent].kind != level:
            continue
        children = [code for code in listed.values() if code.parent == parent and kind in code.kind]
        days = [period_of_code(code) if code else None for code in periods.codes]
        count = [sum(one.is_valid(day.start, day.end) for one in children) if day else 0 for day in days]
        expected = np.asarray([*count, 0], dtype=np.int64)[period_of_group]
        found.append((parent, [code.code for code in children], expected))
    return found


def _between(
    context: Context,
    cube: Cube,
    name: str,
    axis: Axis,
    numbered: tuple[NDArray[np.int64], int],
    whole: tuple[int, Sequence[int], NDArray[np.int64] | int],
    measure: str,
) -> Figures | None:
    total, parts, expected = whole
    groups = gather(cube, axis, numbered, total, parts, expected)
    judged = np.flatnonzero((groups.total >= 0) & groups.is_complete)
    judged = judged[~np.isnan(cube.value[groups.total[judged]])]
    if not len(judged):
        return None
    low, high = np.full(len(groups.total), np.inf), np.full(len(groups.total), -np.inf)
    group, value = groups.group[groups.numbered], cube.value[groups.members[groups.numbered]]
    np.minimum.at(low, group, value)
    np.maximum.at(high, group, value)
    decimals = context.dataset.measure(measure).decimals
    allowed = 10.0**-decimals
    totals = groups.total[judged]
    given = cube.value[totals]
    excess = np.maximum(np.maximum(low[judged] - given, given - high[judged]) - allowed, 0.0)

    def rows(i: int) -> NDArray[np.int64]:
        members = groups.members_of(int(judged[i]))
        extreme = members[np.isin(cube.value[members], [low[judged[i]], high[judged[i]]])]
        found: NDArray[np.int64] = cube.row[np.concatenate([totals[i : i + 1], extreme])]
        return found

    def facts(i: int) -> dict[str, Fact]:
        return {
            "schluessel": context.describe(int(cube.row[totals[i]])),
            "total": label_of(context, name, cube.code(name, int(totals[i]))),
            "wert": float(given[i]),
            "min": float(low[judged[i]]),
            "max": float(high[judged[i]]),
            "n": int(groups.parts[judged[i]]),
            "zellen": cells_of(context, rows(i)),
        }

    return Figures(pd.DataFrame({"excess": excess.round(6)}), rows, facts)


def _is_partly_rounded(measure: Measure) -> bool:
    return measure.rounding is not None and measure.rounding.of_some


def rounding_remainders(context: Context, parameters: Parameters) -> Figures:
    """Whether figures are multiples of the base to which they must be rounded: `count` of those that are not.

    One figure per measure and base; the columns are `count` and `judged`. Measures of which the source rounds only some
    figures (`of_some`) are left out. Where a base is a unit too, such as thousand persons, nine in ten figures other
    than zero are no multiple of it, and none would exceed the population by it, that unit was probably lost.
    """
    del parameters
    cube = context.cube
    precision = precision_of(context, cube)
    rows = np.flatnonzero(~np.isnan(cube.value))
    base = precision.of(precision.base, cube, rows)
    measures = cube.axes["measure"]
    partly = [code for code in measures.codes if code and _is_partly_rounded(context.dataset.measure(code))]
    rounded = (base > 1) & ~np.isin(measures.index[rows], [measures.position(code) for code in partly])
    rows, base = rows[rounded], base[rounded]
    if not len(rows):
        return nothing("nothing_is_rounded")
    broken = np.remainder(cube.value[rows], base) != 0
    most = max(context.project.comparability.population.values(), default=0)
    records, found, about, lost = [], [], [], []
    for used in np.unique(base).tolist():
        for position, name in enumerate(measures.codes):
            here = (base == used) & (measures.index[rows] == position)
            if here.any():
                hit = rows[here & broken]
                figures = cube.value[rows[here]]
                is_small = float(figures.max()) * used <= most
                lost.append(is_small and len(hit) >= _NEARLY_ALL * int((figures != 0).sum()))
                records.append({"count": len(hit), "judged": len(figures)})
                found.append(hit)
                about.append((name, used))

    def facts(i: int) -> dict[str, Fact]:
        name, used = about[i]
        first = int(found[i][0]) if len(found[i]) else int(rows[0])
        unit = unit_times(context, name, used) if lost[i] else None
        return {
            "merkmal": context.dataset.measure(name).title,
            "n": records[i]["count"],
            "von": records[i]["judged"],
            "b": int(used),
            "zelle": context.cell(int(cube.row[first])),
            "wert": float(cube.value[first]),
            "vermutung": (
                reason(context.project.catalogue, "unit_lost", einheit=unit)
                if unit is not None
                else reason(context.project.catalogue, "not_rounded")
            ),
        }

    return Figures(pd.DataFrame(records), lambda i: cube.row[found[i]], facts)
