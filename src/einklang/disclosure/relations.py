"""What ties cells together, from the declarations that the line judges by: sums, subsets, same figures.

Sums hold between true values; what rounding moves stands in the bounds of the cells. The allowances for
categories that are not delivered (`rest_share`, `rest_count`) do not count: an attacker need not make them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from einklang import observations as contract1
from einklang.declarations.dataset import Dataset
from einklang.declarations.expectations import Expectations
from einklang.disclosure.known import Known
from einklang.disclosure.system import Bools, Ints, Relations, join
from einklang.periods import period_of_code
from einklang.project import Project

_MISSING = 20


@dataclass(frozen=True)
class _Sum:
    """A total and its parts on one axis. `always`: the parts are all there are even where some are not there."""

    axis: str
    total: str
    parts: tuple[str, ...]
    complete_for: frozenset[str] = frozenset()
    is_subset: bool = False
    periods: frozenset[str] | None = None

    def rows(self, cells: pd.DataFrame) -> pd.DataFrame:
        """The cells of the periods in which the sum holds."""
        return cells if self.periods is None else cells[cells["period"].isin(self.periods)]


def tied(known: Mapping[str, Known], project: Project) -> tuple[pd.DataFrame, Relations]:
    """All cells in one frame, with a column `dataset`, and the relations between them.

    Parts that no table holds are added as unknown cells (`source` −1), so that two sums that lack the same
    part are seen together.
    """
    frames, relations, start = [], [], 0
    for name, one in known.items():
        sums = list(_sums(one.cells, one.dataset, project.expectations[name], project))
        cells = _with_missing(one, sums)
        relations.append(_shifted(_relations_of(cells, one.dataset, sums), start))
        frames.append(cells.assign(dataset=name))
        start += len(cells)
    whole = pd.concat(frames, ignore_index=True)
    for name in known:
        relations += _same(whole, name, project)
    return whole, join(relations)


def _shifted(relations: Relations, start: int) -> Relations:
    return Relations(relations.relation, relations.cell + start, relations.factor, relations.left, relations.right)


def _sums(cells: pd.DataFrame, dataset: Dataset, expectations: Expectations, project: Project) -> Iterator[_Sum]:
    """The sums that the expectations declare; those over areas once per period, for the areas of that time."""
    for one in (*expectations.delivery, *expectations.release):
        parameters = one.parameters
        match one.measure:
            case "dimension_sums" if "parts" in parameters:
                yield _Sum(str(parameters["dimension"]), str(parameters["total"]), tuple(_listed(parameters["parts"])))
            case "dimension_sums":
                yield from _hierarchy(str(parameters["dimension"]), cells, dataset, project)
            case "area_sums":
                others = [*_listed(parameters.get("residual", []))]
                others += [code for code in _listed(parameters.get("optional", [])) if (cells["area"] == code).any()]
                level = str(parameters["level"])
                if level == "part":
                    yield from _parts_of_germany(tuple(others), cells, dataset, project)
                else:
                    yield from _areas(level, tuple(others), cells, dataset, project)
            case "subset_differences":
                axis = str(parameters.get("dimension", "measure"))
                for subset in _listed(parameters["subset"]):
                    yield _Sum(axis, str(parameters["whole"]), (subset,), is_subset=True)
            case _:
                continue


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _hierarchy(axis: str, cells: pd.DataFrame, dataset: Dataset, project: Project) -> Iterator[_Sum]:
    complete = frozenset(
        supplier
        for (supplier, name), profiles in project.profiles.items()
        if name == dataset.name and any(axis in profile.complete_hierarchies for profile in profiles)
    )
    for name in dataset.dimension(axis).codelists:
        for parent in cells[axis].unique():
            children = tuple(code.code for code in project.codelists[name].summands(parent))
            if children:
                yield _Sum(axis, parent, children, complete)


def _areas(
    level: str, residual: tuple[str, ...], cells: pd.DataFrame, dataset: Dataset, project: Project
) -> Iterator[_Sum]:
    codes = project.codes(dataset.name, "area").codes
    kind = "kreis" if level == "land" else "land"
    periods = {period: period_of_code(period) for period in cells["period"].unique()}
    for parent in cells["area"].unique():
        if codes[parent].kind != level:
            continue
        children = [code for code in codes.values() if code.parent == parent and kind in code.kind]
        valid: dict[tuple[str, ...], set[str]] = {}
        for period, day in periods.items():
            parts = tuple(code.code for code in children if code.is_valid(day.start, day.end))
            valid.setdefault(parts, set()).add(period)
        for parts, when in valid.items():
            every = (*parts, *(residual if level == "country" else ()))
            yield _Sum("area", parent, every, periods=frozenset(when))


def _parts_of_germany(
    residual: tuple[str, ...], cells: pd.DataFrame, dataset: Dataset, project: Project
) -> Iterator[_Sum]:
    """The parts of Germany with their Länder, and Germany with each two parts that make it up."""
    codes = project.codes(dataset.name, "area").codes
    members = {
        code: frozenset(codes[code].extra.get("members", "").split("|"))
        for code in cells["area"].unique()
        if codes[code].kind == "part"
    }
    for part, laender in members.items():
        yield _Sum("area", part, tuple(sorted(laender)))
    every = frozenset(code.code for code in codes.values() if code.kind == "land")
    for one, other in combinations(sorted(members), 2):
        if not members[one] & members[other] and members[one] | members[other] == every:
            yield _Sum("area", "DE", (one, other, *residual))


def _others(one: _Sum, dataset: Dataset) -> list[str]:
    return [name for name in contract1.key_columns(dataset) if name != one.axis]


def _concerned(cells: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    additive = {measure.name for measure in dataset.measures if measure.additivity in {"exact", "rounded", "sample"}}
    return cells[cells["measure"].isin(additive)]


def _with_missing(known: Known, sums: Sequence[_Sum]) -> pd.DataFrame:
    """The cells, and the parts that are nowhere although their total and another part are."""
    dataset, cells = known.dataset, known.cells
    additive = _concerned(cells, dataset)
    keys = contract1.key_columns(dataset)
    present = pd.MultiIndex.from_frame(cells[keys])
    added: list[pd.DataFrame] = []
    for one in sums:
        others = _others(one, dataset)
        rows = one.rows(additive)
        parts = rows[rows[one.axis].isin(one.parts)]
        totals = rows.loc[rows[one.axis] == one.total, [*others, "supplier"]]
        totals = totals[~totals["supplier"].isin(one.complete_for)]
        counted = parts.groupby(others, as_index=False).size()
        groups = totals.merge(counted, on=others)
        short = groups[(groups["size"] < len(one.parts)) & (groups["size"] >= len(one.parts) - _MISSING)]
        if one.is_subset or short.empty:
            continue
        every = short[others].merge(pd.DataFrame({one.axis: list(one.parts)}), how="cross")[keys]
        added.append(every[~pd.MultiIndex.from_frame(every).isin(present)])
    if not added:
        return cells
    missing = pd.concat(added).drop_duplicates()
    low = np.asarray([_least(dataset, name) for name in missing["measure"]])
    missing = missing.assign(
        value=np.nan, obs_status="", conf_status="", supplier="", is_secret=False, is_open=False, is_unsure=False,
        source=-1, row=-1, low=low, high=np.inf, is_whole=False, is_count=False,
    )  # fmt: skip
    return pd.concat([cells, missing[cells.columns]], ignore_index=True)


def _least(dataset: Dataset, measure: str) -> float:
    minimum = dataset.measure(measure).minimum
    return -np.inf if minimum is None else minimum


def _relations_of(cells: pd.DataFrame, dataset: Dataset, sums: Iterable[_Sum]) -> Relations:
    additive = _concerned(cells, dataset)
    parts = [found for one in sums if (found := _of_sum(additive, one, _others(one, dataset))) is not None]
    return join(parts)


def _of_sum(cells: pd.DataFrame, one: _Sum, others: list[str]) -> Relations | None:
    rows = one.rows(cells)
    chosen = rows[(rows[one.axis] == one.total) | rows[one.axis].isin(one.parts)]
    if chosen.empty:
        return None
    group = chosen.groupby(others, sort=False).ngroup().to_numpy().astype(np.int64)
    total = (chosen[one.axis] == one.total).to_numpy()
    size = int(group.max()) + 1
    count = np.bincount(group[~total], minlength=size)
    complete = np.zeros(size, dtype=np.bool_)
    complete[group[total]] = chosen["supplier"].isin(one.complete_for).to_numpy()[total]
    complete |= count == len(one.parts)
    usable = (np.bincount(group[total], minlength=size) > 0) & (count > 0)
    relations = Relations(
        group,
        chosen.index.to_numpy(dtype=np.int64),
        np.where(total, 1.0, -1.0),
        np.zeros(size),
        np.where(complete & (not one.is_subset), 0.0, np.inf),
    )
    return relations.keep(usable)


def _same(whole: pd.DataFrame, name: str, project: Project) -> Iterator[Relations]:
    """Figures of a data set that stand in another data set as well: their difference is zero."""
    for left, right in same_figures(whole, name, project):
        yield _pairs([(left, 1.0), (right, -1.0)], 0.0, 0.0)


def same_figures(whole: pd.DataFrame, name: str, project: Project) -> Iterator[tuple[Ints, Ints]]:
    """Positions of the same figures in two data sets."""
    dataset = project.dataset(name)
    for same in project.expectations[name].same_figures:
        other = project.dataset(same.dataset)
        here = whole[(whole["dataset"] == name) & (whole["measure"] == same.measure)]
        there = whole[(whole["dataset"] == same.dataset) & (whole["measure"] == same.other)]
        if here.empty or there.empty:
            continue
        shared = {"area": "area", **same.axes}
        for axis in set(contract1.axes(dataset)) - set(shared):
            here = here[here[axis] == dataset.dimension(axis).total]
        for axis in set(contract1.axes(other)) - set(shared.values()):
            there = there[there[axis] == other.dimension(axis).total]
        left = here[list(shared)].assign(_year=here["period"].str[:4].astype(int) + same.years, _left=here.index)
        right = there[list(shared.values())].set_axis(list(shared), axis=1)
        right = right.assign(_year=there["period"].str[:4].astype(int), _right=there.index)
        both = left.merge(right, on=[*shared, "_year"])
        if len(both):
            yield both["_left"].to_numpy(np.int64), both["_right"].to_numpy(np.int64)


def _pairs(columns: Sequence[tuple[Ints, float | np.ndarray]], left: float, right: float) -> Relations:
    """One relation per row of the columns of cells, each with its factor."""
    size = len(columns[0][0])
    number = np.arange(size, dtype=np.int64)
    return Relations(
        np.concatenate([number for _ in columns]),
        np.concatenate([cell for cell, _ in columns]),
        np.concatenate([np.broadcast_to(np.asarray(factor, dtype=np.float64), size) for _, factor in columns]),
        np.full(size, left),
        np.full(size, right),
    )


def between(rate: np.ndarray, half: float | np.ndarray, above: pd.Series, below: pd.Series) -> Iterator[Relations]:
    """100 · above lies between (rate − half) · below and (rate + half) · below."""
    if not len(rate):
        return
    cells = above.to_numpy(np.int64), below.to_numpy(np.int64)
    yield _pairs([(cells[0], 100.0), (cells[1], -(rate - half))], 0.0, np.inf)
    yield _pairs([(cells[0], 100.0), (cells[1], -(rate + half))], -np.inf, 0.0)


def unknown(cells: pd.DataFrame) -> Bools:
    """Cells whose figure is not open."""
    return ~cells["is_open"].to_numpy(np.bool_)
