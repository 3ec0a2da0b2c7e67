"""Indicators: rates of the monitoring, computed from released observations only.

A rate is 100 · numerator / denominator for equal area and codes, the denominator taken so many years
earlier as declared. Where an operand has no value, the rate has none and bears the operand's status.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from einklang import observations as contract1
from einklang.declarations.dataset import Dataset
from einklang.declarations.indicator import Indicator, Operand
from einklang.periods import period_of_code, shift_years
from einklang.project import Project

_TEXT = pa.dictionary(pa.int32(), pa.string())
# SDMX guideline on several flags for one value: what says why a value is missing stands before what qualifies it.
_STATUS_ORDER = ("B", "O", "M", "Q", "L", "U", "N", "P", "E", "D", "A")
_CONF_ORDER = ("C", "A", "D", "S", "N", "E", "F")


def breakdown_columns(project: Project) -> list[str]:
    """All dimensions by which some indicator is broken down, in order."""
    return sorted({name for indicator in project.indicators.values() for name in indicator.breakdowns})


def schema(project: Project) -> pa.Schema:
    """The Arrow schema of `indicators.parquet`."""
    columns = [
        ("indicator", _TEXT, "Indikator", "Indicator"),
        ("period", _TEXT, "Berichtszeitraum", "Reference period"),
        ("period_start", pa.date32(), "Erster Tag des Berichtszeitraums", "First day of the period"),
        ("period_end", pa.date32(), "Letzter Tag des Berichtszeitraums", "Last day of the period"),
        ("area", _TEXT, "Gebietsschlüssel", "Area code"),
        ("area_level", _TEXT, "Gebietsebene", "Level of the area"),
        *(
            (name, _TEXT, f"Gliederung {name}; _Z: entfällt", f"Breakdown {name}; _Z: not applicable")
            for name in breakdown_columns(project)
        ),
        ("unit", _TEXT, "Einheit", "Unit"),
        ("decimals", pa.int32(), "Nachkommastellen", "Digits after the decimal sign"),
        ("value", pa.float64(), "Wert; leer, wenn kein Wert vorliegt", "Value; null where there is none"),
        ("obs_status", _TEXT, "Beobachtungsstatus (SDMX CL_OBS_STATUS)", "Observation status (SDMX CL_OBS_STATUS)"),
        (
            "conf_status",
            _TEXT,
            "Vertraulichkeitsstatus (SDMX CL_CONF_STATUS)",
            "Confidentiality status (SDMX CL_CONF_STATUS)",
        ),
        ("numerator_delivery", _TEXT, "Lieferung des Zählers", "Delivery of the numerator"),
        (
            "denominator_delivery",
            _TEXT,
            "Lieferung des Nenners; leer, wenn die Quote geliefert wurde",
            "Delivery of the denominator; empty where the rate was delivered",
        ),
    ]
    fields = [
        pa.field(name, kind, nullable=name == "value", metadata={"description_de": german, "description_en": english})
        for name, kind, german, english in columns
    ]
    return pa.schema(fields, metadata={"contract": contract1.CONTRACT, "dataset": "indicators"})


def _operand(tables: Mapping[str, pa.Table], operand: Operand, breakdowns: list[str], dataset: Dataset) -> pd.DataFrame:
    """The operand's figures by year, area and breakdown; other dimensions at their fixed code or total."""
    names = [
        "measure",
        "period",
        "area",
        "area_level",
        *_axes(tables[operand.dataset]),
        "value",
        "obs_status",
        "conf_status",
        "delivery",
    ]
    frame = tables[operand.dataset].select(names).to_pandas()
    keep = frame["measure"].astype(str) == operand.measure
    for name in _axes(tables[operand.dataset]):
        if name not in breakdowns:
            keep &= frame[name].astype(str) == operand.codes.get(name, dataset.dimension(name).total)
    chosen = frame.loc[keep].astype({name: str for name in names if name != "value"})
    chosen["year"] = chosen["period"].str[:4].astype(int) - operand.period_offset
    return pd.DataFrame(
        chosen[["year", "period", "area", "area_level", *breakdowns, "value", "obs_status", "conf_status", "delivery"]]
    )


def _axes(table: pa.Table) -> list[str]:
    fixed = set(contract1.FIXED_COLUMNS)
    return [name for name in table.schema.names if name not in fixed]


def _first(order: tuple[str, ...], one: pd.Series, other: pd.Series) -> pd.Series:
    rank = {status: number for number, status in enumerate(order)}
    left, right = one.map(rank).fillna(len(order)), other.map(rank).fillna(len(order))
    return one.where(left <= right, other)


def _compute(indicator: Indicator, tables: Mapping[str, pa.Table], project: Project) -> pd.DataFrame:
    above = _operand(tables, indicator.numerator, indicator.breakdowns, project.dataset(indicator.numerator.dataset))
    if indicator.denominator is None:
        frame = above.rename(columns={"delivery": "numerator_delivery"}).assign(denominator_delivery="")
        frame["value"] = frame["value"].round(indicator.decimals)
        return frame
    below = _operand(
        tables, indicator.denominator, indicator.breakdowns, project.dataset(indicator.denominator.dataset)
    )
    keys = ["year", "area", *indicator.breakdowns]
    joined = above.merge(below, on=keys, suffixes=("", "_below"), validate="one_to_one")
    usable = joined["value"].notna() & joined["value_below"].notna() & (joined["value_below"] != 0)
    rate = 100 * joined["value"].where(usable) / joined["value_below"].where(usable)
    joined["value"] = np.round(rate, indicator.decimals)
    obs = _first(_STATUS_ORDER, joined["obs_status"], joined["obs_status_below"])
    division_by_zero = joined["value_below"].eq(0) & joined["value"].isna()
    joined["obs_status"] = obs.where(~division_by_zero, "M")
    joined["conf_status"] = _first(_CONF_ORDER, joined["conf_status"], joined["conf_status_below"])
    return joined.rename(columns={"delivery": "numerator_delivery", "delivery_below": "denominator_delivery"})


def compute_indicators(project: Project, tables: Mapping[str, pa.Table]) -> pa.Table:
    """All declared indicators whose data sets are released."""
    breakdowns = breakdown_columns(project)
    wanted = schema(project)
    frames = []
    for code, indicator in sorted(project.indicators.items()):
        operands = [operand for operand in (indicator.numerator, indicator.denominator) if operand is not None]
        if not {operand.dataset for operand in operands} <= set(tables):
            continue
        frame = _compute(indicator, tables, project)
        for name in breakdowns:
            if name not in indicator.breakdowns:
                frame[name] = "_Z"
        if not frame.empty:
            frames.append(frame.assign(indicator=code, unit=indicator.unit, decimals=indicator.decimals))
    if not frames:
        return wanted.empty_table()
    whole = pd.concat(frames, ignore_index=True)
    whole["period"] = [
        shift_years(period, year - int(period[:4])) for period, year in zip(whole["period"], whole["year"], strict=True)
    ]
    days = {period: period_of_code(period) for period in whole["period"].unique()}
    whole["period_start"] = whole["period"].map({period: day.start for period, day in days.items()})
    whole["period_end"] = whole["period"].map({period: day.end for period, day in days.items()})
    table = pa.Table.from_pandas(whole[wanted.names], preserve_index=False).cast(wanted)
    return contract1.in_key_order(table, ["indicator", "period", "area", *breakdowns])
