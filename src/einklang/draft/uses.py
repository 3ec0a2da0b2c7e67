"""What each cell of a sheet is: words for it, and which figures are sums of others in the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einklang.declarations.dataset import Dataset
from einklang.declarations.profile import Profile
from einklang.draft.trial import Trial
from einklang.measures.groups import names_in
from einklang.observations import key_columns
from einklang.periods import Period, period_of_code
from einklang.project import Project
from einklang.rawtable import Mask

_PARTS = {"land": "kreis", "country": "land"}


class Use(StrEnum):
    """What a cell is."""

    TITLE = "title"
    HEADER = "header"
    KEY = "key"
    VALUE = "value"
    TOTAL = "total"
    NOTE = "note"
    IGNORED = "ignored"
    UNEXPLAINED = "unexplained"
    BLANK = "blank"


WORDS = {
    Use.TITLE: "Titel",
    Use.HEADER: "Kopf",
    Use.KEY: "Schlüssel",
    Use.VALUE: "Wert",
    Use.TOTAL: "Summe",
    Use.NOTE: "Anmerkung",
    Use.IGNORED: "nicht erhoben",
    Use.UNEXPLAINED: "ungeklärt",
    Use.BLANK: "leer",
}


def uses_of_figures(trial: Trial, profile: Profile, project: Project) -> NDArray[np.str_]:
    """Of each figure of a trial whether it is a value, a sum, or without a code for one of its labels."""
    dataset = project.dataset(profile.dataset)
    table = trial.observations
    missing = np.zeros(table.num_rows, dtype=np.bool_)
    for name in key_columns(dataset):
        missing |= pc.equal(table[name].cast("string"), "").to_numpy(zero_copy_only=False)
    is_sum = compared_sums(table, dataset, profile, project)
    return np.where(missing, Use.UNEXPLAINED, np.where(is_sum, Use.TOTAL, Use.VALUE))


def compared_sums(table: pa.Table, dataset: Dataset, profile: Profile, project: Project) -> Mask:
    """Figures that the profile or a rule compares with their parts, all of which stand in the table.

    A total of which the table has some parts only (`darunter`), or none, is a figure like the others.
    """
    names = key_columns(dataset)
    axes = {name: table[name].cast("string").combine_chunks().dictionary_encode() for name in names}
    frame = pd.DataFrame({name: axis.indices.to_numpy(zero_copy_only=False) for name, axis in axes.items()})
    codes = {name: axis.dictionary.to_pylist() for name, axis in axes.items()}
    rates = [number for number, one in enumerate(codes["measure"]) if _is_rate(one, dataset)]
    is_count = ~frame["measure"].isin(rates).to_numpy()
    found = np.zeros(len(frame), dtype=np.bool_)
    for name in names:
        if name in {"measure", "period"} or len(codes[name]) < 2:
            continue
        group = frame.groupby([one for one in names if one != name], sort=False).ngroup().to_numpy()
        number = {code: position for position, code in enumerate(codes[name])}
        for total, parts, needed in _sums(name, codes, dataset, profile, project):
            own = (frame[name] == number[total]).to_numpy() & is_count
            below = frame[name].isin([number[part] for part in parts]).to_numpy()
            pairs = frame.assign(group=group)[below].drop_duplicates(["group", name])
            present = np.bincount(pairs["group"], minlength=len(frame) + 1)[group]
            wanted = np.asarray([needed.get(one, len(parts)) for one in codes["period"]])[frame["period"]]
            found |= own & (present > 0) & (present >= wanted)
    return found


def _is_rate(measure: str, dataset: Dataset) -> bool:
    return any(one.name == measure and one.additivity == "none" for one in dataset.measures)


class _Sum(NamedTuple):
    """A total with its parts in the table, and how many are needed in a period where not all of these."""

    total: str
    parts: list[str]
    needed: Mapping[str, int]


def _sums(
    name: str, codes: Mapping[str, Sequence[str]], dataset: Dataset, profile: Profile, project: Project
) -> Iterator[_Sum]:
    """The totals of a dimension that the profile or a rule compares with parts that are all delivered."""
    present = set(codes[name]) - {""}
    declared = project.expectations.get(dataset.name)
    delivery = declared.delivery if declared else []
    is_hierarchy = any(
        one.measure == "dimension_sums" and one.parameters["dimension"] == name and "parts" not in one.parameters
        for one in delivery
    )
    if is_hierarchy and name in profile.complete_hierarchies:
        lists = [project.codelists[listed] for listed in dataset.dimension(name).codelists]
        for listed, total in product(lists, present):
            parts = [one.code for one in listed.summands(total) if one.code in present]
            if parts:
                yield _Sum(total, parts, {})
    for one in delivery:
        said = one.parameters
        if one.measure == "area_sums" and name == "area" and said["level"] in _PARTS:
            days = {period: period_of_code(period) for period in codes["period"] if period}
            yield from _sums_of_areas(str(said["level"]), names_in(said, "residual"), present, days, dataset, project)
        if one.measure == "dimension_sums" and said["dimension"] == name and "parts" in said:
            total, parts = str(said["total"]), names_in(said, "parts")
            if present.issuperset([total, *parts]):
                yield _Sum(total, parts, {})


def _sums_of_areas(
    level: str, residual: list[str], present: set[str], days: Mapping[str, Period], dataset: Dataset, project: Project
) -> Iterator[_Sum]:
    """Areas of a level with their parts that existed in each period; Germany also with what belongs to no Land."""
    listed = project.codes(dataset.name, "area").codes
    for total in (code for code in present if code in listed and listed[code].kind == level):
        children = [code for code in listed.values() if code.parent == total and _PARTS[level] in code.kind]
        others = residual if level == "country" else []
        needed = {
            period: sum(one.is_valid(day.start, day.end) for one in children) + len(others)
            for period, day in days.items()
        }
        if parts := [code for code in (*(one.code for one in children), *others) if code in present]:
            yield _Sum(total, parts, needed)
