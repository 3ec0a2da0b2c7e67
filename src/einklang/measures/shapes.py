"""Blocks that look wrong by themselves: all alike, all round, of another magnitude than the population allows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from einklang.cube import Cube
from einklang.declarations.base import Text
from einklang.findings import Fact, reason
from einklang.measures.blocks import Block, as_figures, block_label
from einklang.measures.figures import Context, Figures, Parameters, listed, nothing, number
from einklang.periods import in_words

_ROUND = 100
_POWERS = range(-6, 7)


def uniform_blocks(context: Context, parameters: Parameters) -> Figures:
    """Parts of which all figures are equal, or all multiples of a hundred: `uniform`, their number per block.

    A part are the figures of one combination of the further dimensions in `by` (the others taken together). It counts
    as equal from `min_figures` figures on, where they are zero from `min_zeros` on; as round from `min_figures` figures
    other than zero on, unless its unit or its rounding make it so. `measures`: only these.
    """
    cube = context.cube
    by = parameters.get("by", [])
    assert isinstance(by, list)
    wanted = parameters.get("measures")
    names = ["measure", "period", *[str(name) for name in by]]
    keep = ~np.isnan(cube.value)
    if isinstance(wanted, list):
        keep &= np.isin(cube.axes["measure"].index, [cube.axes["measure"].position(str(name)) for name in wanted])
    cube = cube.select(keep)
    if not cube.size:
        return nothing("nothing_to_judge")
    group, size = cube.groups(names)
    count = np.bincount(group, minlength=size)
    first = np.full(size, -1, dtype=np.int64)
    first[group[::-1]] = np.arange(cube.size - 1, -1, -1)
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(low, group, cube.value)
    np.maximum.at(high, group, cube.value)
    others = np.bincount(group, cube.value != 0, size)
    broken = np.bincount(group, np.mod(cube.value, _ROUND) != 0, size)
    enough = number(parameters, "min_figures")
    equal = (low == high) & (count >= np.where(low == 0, number(parameters, "min_zeros"), enough))
    is_round = (broken == 0) & (others >= enough) & ~equal
    blocks = []
    for place in np.unique(cube.groups(["measure", "period"])[0]).tolist():
        here = np.flatnonzero(cube.groups(["measure", "period"])[0] == place)
        parts = np.unique(group[here])
        measure, period = cube.code("measure", int(here[0])), cube.code("period", int(here[0]))
        of_round = is_round[parts] & (not _is_round_by_nature(context, measure, period))
        concerned = parts[equal[parts] | of_round]
        name = "all_round" if not equal[concerned].all() else "all_zero" if not high[concerned].any() else "all_equal"
        shown = [int(one) for one in first[concerned]] if len(concerned) < len(parts) and by else []
        facts: dict[str, Fact] = {
            "block": block_label(context, _only(cube, [str(one) for one in by]), measure, shown),
            "jahr": period[:4],
            "befund": reason(context.project.catalogue, name),
            "n": int(count[concerned].sum()),
        }
        blocks.append(Block({"uniform": float(len(concerned))}, cube.row[here[np.isin(group[here], concerned)]], facts))
    return as_figures(blocks, "nothing_to_judge")


def _only(cube: Cube, names: list[str]) -> Cube:
    """The cube with some of its further dimensions."""
    axes = {name: axis for name, axis in cube.axes.items() if name in {"measure", "period", "area", *names}}
    return Cube(cube.dataset, axes, cube.value, cube.certain, cube.row)


def _is_round_by_nature(context: Context, measure: str, period: str) -> bool:
    """Whether the unit delivered or the rounding of the source make every figure a multiple of a hundred."""
    profile, declared = context.profile, context.dataset.measure(measure)
    base = (profile.rounding_base if profile else None) or declared.rounding_base(period)
    units = [] if profile is None else [profile.units.get(measure), *(column.unit for column in profile.columns)]
    return base % _ROUND == 0 or any(context.project.multiplier(unit) >= _ROUND for unit in units if unit)


def block_magnitudes(context: Context, parameters: Parameters) -> Figures:
    """By which factor a block lies outside what the population allows: `times`, 1 where it lies within.

    Per period, the median over the areas of value / population, of the figures whose further dimensions stand at their
    total, must lie between `low` and `high`. `times` is the factor by which it is too large (above 1) or too small
    (below 1). Periods that are outside by the same power of ten are one figure, that of the first.
    Population: `schemas/population.csv`. `measures`: only these.
    """
    cube, population = context.cube, context.project.comparability.population
    areas, periods = cube.axes["area"], cube.axes["period"]
    persons = np.asarray([population.get(code, 0) for code in areas.codes] or [0], dtype=np.float64)[areas.index]
    keep = (persons > 0) & (cube.value > 0)
    for dimension in context.dataset.dimensions:
        if dimension.name != "area":
            axis = cube.axes[dimension.name]
            keep &= axis.index == axis.position(dimension.total)
    low, high = number(parameters, "low"), number(parameters, "high")
    blocks = []
    for measure in listed(parameters, "measures"):
        of_measure = cube.axes["measure"].index == cube.axes["measure"].position(measure)
        alike: dict[tuple[bool, int], list[tuple[int, float]]] = {}
        for position in sorted(range(len(periods.codes)), key=periods.codes.__getitem__):
            hit = np.flatnonzero(keep & of_measure & (periods.index == position))
            if len(hit):
                share = float(np.median(cube.value[hit] / persons[hit]))
                alike.setdefault((low <= share <= high, _power_inside(share, low, high)), []).append((position, share))
        for (_, power), found in alike.items():
            share = found[0][1]
            facts: dict[str, Fact] = {
                "block": block_label(context, cube, measure),
                "jahr": in_words([periods.codes[position][:4] for position, _ in found]),
                "wert": _per_thousand(share),
                "von": _per_thousand(low),
                "bis": _per_thousand(high),
                "vermutung": _likely(context, measure, power),
            }
            whole = of_measure & np.isin(periods.index, [position for position, _ in found])
            times = share / high if share > high else min(1.0, share / low)
            blocks.append(Block({"times": times}, cube.row[whole], facts))
    return as_figures(blocks, "no_population")


def _power_inside(share: float, low: float, high: float) -> int:
    """The power of ten by which a share must be multiplied to lie inside; 0 where it does, or where none does it."""
    inside = [power for power in _POWERS if low <= share * 10.0**power <= high]
    if not inside or 0 in inside:
        return 0
    middle = np.log10(low * high) / 2
    return min(inside, key=lambda power: abs(np.log10(share) + power - middle))


def _likely(context: Context, measure: str, power: int) -> Text:
    """What probably happened to figures that must be multiplied by a power of ten."""
    catalogue = context.project.catalogue
    if not power:
        return reason(catalogue, "no_simple_factor")
    unit = unit_times(context, measure, 10.0**power)
    if unit is not None:
        return reason(catalogue, "unit_lost", einheit=unit)
    return reason(catalogue, "factor_too_small" if power > 0 else "factor_too_large", faktor=10 ** abs(power))


def unit_times(context: Context, measure: str, factor: float) -> Text | None:
    """The unit that is so many times the canonical one of a measure; None where there is none."""
    units = context.project.codelists["units"].codes
    canonical = units[context.dataset.measure(measure).unit]
    for unit in units.values():
        same = unit.extra["canonical"] == canonical.extra["canonical"]
        if same and context.project.factor(unit.code, canonical.code) == factor:
            return Text(de=unit.label_de, en=unit.label_en)
    return None


def _per_thousand(share: float) -> float:
    return float(f"{1000 * share:.3g}")


def values_of_others(context: Context, parameters: Parameters) -> Figures:
    """Share of the figures above `min_value` that equal the released ones of another Land: `share`, the largest.

    Looked at are figures of a Land as a whole, with the same measure, period and further dimensions. Compared with
    released figures only; the other Land is named, its figures are not. Parameters: `min_value`, `min_pairs`.
    """
    cube = context.cube
    released = context.released()
    if released is None:
        return nothing("nothing_released")
    known = context.project.codes(context.dataset.name, "area").codes
    blocks = []
    for position, area in enumerate(cube.axes["area"].codes):
        if not area or known[area].kind != "land":
            continue
        hit = (cube.axes["area"].index == position) & (cube.value > number(parameters, "min_value"))
        own = _by_key(cube.select(hit))
        for other, code in enumerate(released.axes["area"].codes):
            if code == area or not code or known[code].kind != "land":
                continue
            theirs = _by_key(released.select(released.axes["area"].index == other))
            both = own.to_frame("own").join(theirs.rename("theirs"), how="inner")
            if len(both) < number(parameters, "min_pairs"):
                continue
            share = float(np.mean(both["own"] == both["theirs"]))
            facts: dict[str, Fact] = {
                "land": Text(de=known[code].label_de, en=known[code].label_en),
                "p": round(100 * share),
                "n": len(both),
            }
            blocks.append(Block({"share": share}, cube.row[np.flatnonzero(hit)], facts))
    return as_figures(blocks, "nothing_released")


def _by_key(cube: Cube) -> pd.Series[float]:
    """The figures by the codes of all axes but the area."""
    names = [name for name in cube.axes if name != "area"]
    columns = [np.asarray(cube.axes[name].codes, dtype=object)[cube.axes[name].index] for name in names]
    return pd.Series(cube.value, index=pd.MultiIndex.from_arrays(columns, names=names))
