"""Step *contract*: everything that can be said of one row. Judged by Pandera.

The Pandera schema follows from the data set's declaration. It judges the distinct combinations of
measure, value and statuses (whatever the number of rows, these are few); the rows behind a broken
combination are found by their index. The only module that knows Pandera.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
from numpy.typing import NDArray
from pandera.errors import SchemaErrors

from einklang import observations as contract1
from einklang.combinations import combine, count_distinct, distinct, occurs_twice
from einklang.declarations.dataset import Dataset, Measure, PublicationLimit
from einklang.evidence import REPAIRS_LISTED, Repair
from einklang.findings import Fact, Finding, Located, PlaceFound, finding, finding_of, reason
from einklang.harmonise import Harmonised
from einklang.lean_import import import_sparing
from einklang.locate import Locator
from einklang.project import Project

# Checks are never drawn at random here; what makes such data is most of their import where it is installed.
import_sparing("pandera.backends.pandas.builtin_checks", later=(), without=["hypothesis"])


_CELLS_NAMED = 4
_FIGURE = ["measure", "value", "obs_status", "conf_status"]
_LIMITS = ("none", "withheld_below", "uncertain_below")


def indices(table: pa.Table, name: str) -> tuple[NDArray[np.int32], int]:
    """Index of the code in every row of a dictionary column, and the number of codes."""
    column = contract1.whole(table.column(name))
    return column.indices.to_numpy(zero_copy_only=False), len(column.dictionary)


def texts(table: pa.Table, name: str) -> list[str]:
    """The distinct texts of a dictionary column."""
    found: list[str] = contract1.whole(table.column(name)).dictionary.to_pylist()
    return found


def _range_check(measure: Measure) -> pandera.Check:
    low = -np.inf if measure.minimum is None else measure.minimum
    high = np.inf if measure.maximum is None else measure.maximum

    def within(frame: pd.DataFrame) -> pd.Series:
        value = frame["value"].to_numpy()
        outside = (value < low) | (value > high) | np.isinf(value)
        if measure.is_integer:
            outside |= (value != np.floor(value)) & ~np.isnan(value)
        return pd.Series(~((frame["measure"] == measure.name).to_numpy() & outside), index=frame.index)

    return pandera.Check(within, name=f"IM-VAL-003|{measure.name}", ignore_na=False)


def _status_check(rule: str, column: str, allowed: Mapping[str, str]) -> pandera.Check:
    none, zero, number = (
        [code for code, need in allowed.items() if need == wanted] for wanted in ("none", "zero", "number")
    )

    def agrees(frame: pd.DataFrame) -> pd.Series:
        value, status = frame["value"].to_numpy(), frame[column]
        blank = np.isnan(value)
        broken = status.isin(none).to_numpy() & ~blank
        broken |= status.isin(zero).to_numpy() & ~blank & (value != 0)
        broken |= status.isin(number).to_numpy() & blank
        return pd.Series(~broken, index=frame.index)

    return pandera.Check(agrees, name=f"{rule}|{column}", ignore_na=False)


def _limit_check(rule: str, low: str, high: str, unless: str = "") -> pandera.Check:
    """Numbers above zero from one limit to below another, without the status that goes with them."""

    def keeps(frame: pd.DataFrame) -> pd.Series:
        value = frame["value"].to_numpy()
        within = (value > 0) & (value >= frame[low].to_numpy()) & (value < frame[high].to_numpy())
        return pd.Series(~(within & (frame["obs_status"] != unless).to_numpy()), index=frame.index)

    return pandera.Check(keeps, name=f"{rule}|{high}", ignore_na=False)


def _limit_checks() -> tuple[pandera.Check, ...]:
    return (
        _limit_check("IM-STA-005", "none", "withheld_below"),
        _limit_check("IM-STA-006", "withheld_below", "uncertain_below", unless="U"),
    )


def has_limits(dataset: Dataset) -> bool:
    """Whether the source withholds or marks small figures of a measure."""
    return any(measure.limits for measure in dataset.measures)


def _with_limits(frame: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """The figures with the publication limits of their measure, period and kind of area (NaN: none)."""
    measures = {measure.name: measure for measure in dataset.measures}

    def limit(measure: str, period: str, level: str) -> PublicationLimit | None:
        holding = [one for one in measures[measure].limits if one.holds(period, level)] if measure in measures else []
        return holding[0] if holding else None

    found = [limit(*key) for key in zip(frame["measure"], frame["period"], frame["area_level"], strict=True)]
    withheld = [one.withheld_below if one else np.nan for one in found]
    uncertain = [one.uncertain_below if one and one.uncertain_below is not None else np.nan for one in found]
    limits = pd.DataFrame({"none": 0.0, "withheld_below": withheld, "uncertain_below": uncertain}, index=frame.index)
    return pd.concat([frame[_FIGURE], limits], axis=1)


def _figures(table: pa.Table, dataset: Dataset, rows: NDArray[np.int64] | slice = slice(None)) -> pd.DataFrame:
    """What is judged of the rows of a table, texts as objects."""
    names = [*_FIGURE, *(["period", "area_level"] if has_limits(dataset) else [])]
    columns: dict[str, NDArray[Any]] = {}
    for name in names:
        if name == "value":
            columns[name] = table.column(name).to_numpy()[rows]
        else:
            columns[name] = np.asarray(texts(table, name), dtype=object)[indices(table, name)[0][rows]]
    return pd.DataFrame({name: pd.Series(column, dtype=column.dtype) for name, column in columns.items()})


def _judged(frame: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """The columns of the schema."""
    if has_limits(dataset):
        return _with_limits(frame, dataset)
    return frame if list(frame.columns) == _FIGURE else frame[_FIGURE]


def row_schema(dataset: Dataset, project: Project) -> pandera.DataFrameSchema:
    """The Pandera schema of the figures of a data set: code lists, ranges, agreement of value and status.

    That texts are texts follows from the code lists; asked for their type, Pandera prints the column each time.
    """
    statuses = {name: project.codelists[name].codes for name in ("obs_status", "conf_status")}
    needs = {
        name: {code.code: code.extra["allowed_value"] for code in codes.values()} for name, codes in statuses.items()
    }
    return pandera.DataFrameSchema(
        {
            "measure": pandera.Column(checks=pandera.Check.isin([one.name for one in dataset.measures])),
            "value": pandera.Column(float, nullable=True),
            "obs_status": pandera.Column(checks=pandera.Check.isin(sorted(statuses["obs_status"]))),
            "conf_status": pandera.Column(checks=pandera.Check.isin(sorted(statuses["conf_status"]))),
            **(dict.fromkeys(_LIMITS, pandera.Column(float, nullable=True)) if has_limits(dataset) else {}),
        },
        checks=[
            *(_range_check(measure) for measure in dataset.measures),
            _status_check("IM-STA-001", "obs_status", needs["obs_status"]),
            _status_check("IM-STA-002", "conf_status", needs["conf_status"]),
            *(_limit_checks() if has_limits(dataset) else ()),
        ],
        strict=True,
        name=f"{dataset.name}.figures",
    )


def key_schema() -> pandera.DataFrameSchema:
    """The Pandera schema of the keys: as many keys as rows. Asks for a verdict only, never for a list."""
    unique = pandera.Check(lambda counted: counted["keys"] == counted["rows"], name="IM-KEY-001")
    columns = {"rows": pandera.Column("int64"), "keys": pandera.Column("int64")}
    return pandera.DataFrameSchema(columns, checks=unique, name="keys")


@lru_cache(maxsize=4096)
def _are_unique(rows: int, keys: int) -> bool:
    """The verdict on these numbers of rows and of distinct keys; deliveries of one kind have the same ones."""
    return not _failures(key_schema(), pd.DataFrame({"rows": [rows], "keys": [keys]}))


def _failures(schema: pandera.DataFrameSchema, frame: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    """Name of each failed check → positions of the failing rows of the frame (empty: about the whole)."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        failed: dict[str, NDArray[np.int64]] = {}
        for check, group in cases.groupby("check", dropna=False, sort=True):
            positions = pd.to_numeric(group["index"]).dropna().unique().astype(np.int64)
            failed[str(check)] = np.sort(positions)
        return failed
    return {}


@dataclass(frozen=True)
class Contracted:
    """Rows that keep the contract, what was found, and the rules that could not be judged (rule → reason)."""

    usable: NDArray[np.bool_]
    located: tuple[Located, ...]
    not_evaluable: Mapping[str, str]


def check_contract(harmonised: Harmonised, dataset: Dataset, project: Project) -> Contracted:
    """Judges every usable row of a delivery."""
    usable = harmonised.usable.copy()
    located: list[Located] = []
    rows = np.flatnonzero(usable)
    if not len(rows):
        return Contracted(usable, (), {})
    located.extend(_check_figures(harmonised, dataset, project, rows, usable))
    located.extend(_check_keys(harmonised, dataset, project, usable))
    return Contracted(usable, tuple(located), {})


def _check_figures(
    harmonised: Harmonised,
    dataset: Dataset,
    project: Project,
    rows: NDArray[np.int64],
    usable: NDArray[np.bool_],
) -> list[Located]:
    table = harmonised.table
    places_matter = ["period", "area_level"] if has_limits(dataset) else []
    columns = [indices(table, name) for name in ("measure", "value_text", "obs_status", "conf_status", *places_matter)]
    size = math.prod(max(count, 1) for _, count in columns)
    key = combine(columns)
    combinations = distinct(key if len(rows) == len(key) else key[rows], size)
    del key
    chosen = rows[combinations.representatives]
    frame = _judged(_figures(table, dataset, chosen), dataset)
    located = []
    for check, positions in _failures(row_schema(dataset, project), frame).items():
        rule = check.partition("|")[0]
        if not rule.startswith("IM-") or not len(positions):
            raise RuntimeError(f"the contract check {check!r} could not be judged")
        hit = np.zeros(len(chosen), dtype=np.bool_)
        hit[positions] = True
        broken = rows[hit[combinations.of_row]]
        broken = broken[usable[broken]]
        if not len(broken):
            continue
        usable[broken] = False
        secret = rule == "IM-STA-002"
        places = harmonised.locator.places(broken, hide=secret)
        value = table.column("value")[int(broken[0])].as_py()
        limit = frame.loc[positions[0], check.partition("|")[2]] if "below" in check else np.nan
        facts = _facts(rule, check, places, dataset, project, len(broken), value) | {"grenze": float(limit)}
        located.append(Located(finding_of(project.catalogue, rule, places, len(broken), facts), broken))
    return located


def _broken_limit(measure: Measure, value: float) -> tuple[str, float]:
    """Which limit of the range a value breaks: name of the reason in the catalogue, and the limit."""
    if measure.minimum is not None and value < measure.minimum:
        return "below_minimum", measure.minimum
    if measure.maximum is not None and value > measure.maximum:
        return "above_maximum", measure.maximum
    return ("not_finite" if math.isinf(value) else "not_whole"), 0.0


def _facts(
    rule: str, check: str, places: list[PlaceFound], dataset: Dataset, project: Project, count: int, value: float
) -> dict[str, Fact]:
    """What fills the texts: about the first place and its value."""
    facts: dict[str, Fact] = {"zelle": places[0].cell, "n": count, "zeichenliste": "–", "roh": places[0].raw}
    if rule in {"IM-STA-005", "IM-STA-006"}:
        facts |= {"wert": value}
    if rule == "IM-VAL-003":
        measure = dataset.measure(check.partition("|")[2])
        name, limit = _broken_limit(measure, value)
        facts |= {
            "wert": value,
            "verstoss": reason(project.catalogue, name, grenze=limit),
            "komma": _comma_missing(measure, value, project),
            "weitere": reason(project.catalogue, "cells_concerned", n=count) if count > 1 else "",
        }
    return facts


def _comma_missing(measure: Measure, value: float, project: Project) -> Fact:
    """The question whether a rate lost its decimal sign; empty where a tenth of it is possible neither."""
    tenth = value / 10
    if measure.maximum is None or not measure.maximum < value or not (measure.minimum or 0) <= tenth <= measure.maximum:
        return ""
    return reason(project.catalogue, "comma_missing", wert=tenth)


def key_of_rows(table: pa.Table, dataset: Dataset) -> tuple[NDArray[np.int64], int]:
    """One number per row for its key, and how many numbers there can be; equal keys have equal numbers."""
    columns = [indices(table, name) for name in contract1.key_columns(dataset)]
    return combine(columns), math.prod(max(count, 1) for _, count in columns)


def _check_keys(harmonised: Harmonised, dataset: Dataset, project: Project, usable: NDArray[np.bool_]) -> list[Located]:
    table = harmonised.table
    key, size = key_of_rows(table, dataset)
    rows = np.flatnonzero(usable)
    if len(rows) < len(key):
        key = key[rows]
    if _are_unique(len(key), count_distinct(key, size)):
        return []
    doubled = occurs_twice(key, size)
    twice, keys = rows[doubled], key[doubled]
    value = table.column("value").to_numpy()[twice]
    obs, conf = (indices(table, name)[0][twice] for name in ("obs_status", "conf_status"))
    groups = pd.DataFrame({"key": keys, "value": value, "obs": obs, "conf": conf, "row": twice})
    first = groups.groupby("key").transform("first")
    equal_value = (groups["value"] == first["value"]) | (groups["value"].isna() & first["value"].isna())
    same = equal_value & (groups["obs"] == first["obs"]) & (groups["conf"] == first["conf"])
    unequal = ~same.groupby(groups["key"]).transform("all")
    located = []
    for rule, hit in (("IM-KEY-001", unequal), ("IM-KEY-002", ~unequal)):
        found = groups[hit].sort_values(["key", "row"], kind="stable")
        if found.empty:
            continue
        places = harmonised.locator.places(found["row"].to_numpy(np.int64))
        cells = ", ".join(place.cell for place in places[:_CELLS_NAMED])
        lost = found["row"].to_numpy(np.int64)
        if rule == "IM-KEY-002":
            lost = found.loc[found["key"].duplicated(), "row"].to_numpy(np.int64)
        usable[lost] = False
        repairs = _first_of_equals(found, harmonised.locator) if rule == "IM-KEY-002" else []
        key_text = harmonised.locator.key(int(found["row"].iloc[0]))
        located.append(
            Located(
                finding(
                    project.catalogue,
                    rule,
                    places,
                    count=len(found),
                    schluessel=key_text,
                    zellen=cells,
                    stelle=project.catalogue.reasons["first_in_cells" if len(found) > _CELLS_NAMED else "in_cells"],
                    n=len(lost),
                ).model_copy(update={"repairs": repairs}),
                np.sort(lost),
            )
        )
    return located


def failures_of_figures(frame: pd.DataFrame, dataset: Dataset, project: Project) -> dict[str, NDArray[np.int64]]:
    """Rule → positions of the rows that break it, for figures with measure, value, statuses, period, area level."""
    failed = _failures(row_schema(dataset, project), _judged(frame, dataset))
    return {check.partition("|")[0]: rows for check, rows in failed.items()}


def _first_of_equals(found: pd.DataFrame, locator: Locator) -> list[Repair]:
    """The first groups of rows that say the same, and the row of each that is used."""
    cells = found.groupby("key", sort=False)["row"].agg(list).head(REPAIRS_LISTED)
    named = [[locator.cell(row) for row in rows] for rows in cells]
    return [Repair(before=", ".join(names), after=names[0], count=len(names)) for names in named]


def check_released(table: pa.Table, dataset: Dataset, project: Project) -> list[Finding]:
    """Judges the observations of a release once more; what is found blocks it.

    Places are named by delivery only, and no value is shown.
    """
    frame = _figures(table, dataset).drop_duplicates()
    rules = set(failures_of_figures(frame, dataset, project))
    key, size = key_of_rows(table, dataset)
    if not _are_unique(len(key), count_distinct(key, size)):
        rules.add("IM-KEY-001")
    names = ["zelle", "n", "zeichenliste", "roh", "wert", "verstoss", "komma", "weitere", "schluessel", "zellen"]
    hidden: dict[str, Fact] = dict.fromkeys([*names, "stelle", "grenze"], "–")
    return [finding_of(project.catalogue, rule, (), None, hidden) for rule in sorted(rules)]
