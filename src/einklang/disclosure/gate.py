"""The gate: the findings of the disclosure rules about what is to be released. They name cells, never a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from einklang import observations as contract1
from einklang.declarations.base import Text
from einklang.disclosure.attack import Attacked, Limits, attack
from einklang.disclosure.known import Known, Sources, cells_of, known_cells, periods_with_withheld
from einklang.disclosure.rates import OpenRates, narrowed, open_rates
from einklang.disclosure.relations import same_figures, tied, unknown
from einklang.disclosure.repair import further_cells
from einklang.disclosure.system import Bools, Ints, System, join
from einklang.findings import PLACES_LISTED, Fact, Finding, PlaceFound, finding_of, reason
from einklang.project import Project

_NAMED = 12
SMALL_COUNT, RECOMPUTABLE, BY_RATE, TWICE, UNRELIABLE = (f"IM-SDC-00{number}" for number in range(1, 6))


@dataclass(frozen=True)
class Audit:
    """What the gate found, and how much it looked at.

    `cells` figures are to be released, `withheld` of them without a number for confidentiality. `audited` cells
    (also of earlier releases, also unreliable ones) were attacked. `not_evaluable` gives the reason for rules that do
    not block and whose cells the search did not settle.
    """

    findings: tuple[Finding, ...]
    cells: int
    withheld: int
    audited: int
    not_evaluable: Mapping[str, str] = field(default_factory=dict)


def audit(sources: Sources, project: Project) -> Audit:
    """Judges what is to be released against everything that is open already."""
    findings = [found for name in sources.tables for found in _small_counts(sources, name, project)]
    periods = _periods(sources, project)
    cells = sum(table.num_rows for table in sources.tables.values())
    if not periods:
        return Audit(tuple(findings), cells, 0, 0)
    known = {name: known_cells(sources, project.dataset(name), project, sorted(when)) for name, when in periods.items()}
    for one in known.values():
        findings += _twice(one, sources, project)
    attacked, audited, not_evaluable = _attacked(known, sources, project)
    withheld = sum(
        int((one.cells["is_secret"] & (one.cells["source"] == 0)).sum()) + len(one.twice) for one in known.values()
    )
    return Audit((*findings, *attacked), cells, withheld, audited, not_evaluable)


def _periods(sources: Sources, project: Project) -> dict[str, set[str]]:
    """Data set → periods that must be looked at: those with a withheld cell, and those with the same figures."""
    names = [name for name in project.datasets if any(sources.table(name, one) for one in range(sources.count))]
    found = {name: periods_with_withheld(sources, project.dataset(name), project) for name in names}
    years = {name: {int(period[:4]) for period in periods} for name, periods in found.items()}
    for name in names:
        for same in project.expectations[name].same_figures:
            if same.dataset in names:
                years[same.dataset] |= {year + same.years for year in years[name]}
                years[name] |= {year - same.years for year in years[same.dataset]}
    for indicator in project.indicators.values():
        if indicator.denominator is not None and {indicator.numerator.dataset, indicator.denominator.dataset} <= set(
            names
        ):
            above, below = indicator.numerator, indicator.denominator
            shift = below.period_offset - above.period_offset
            years[below.dataset] |= {year + shift for year in years[above.dataset]}
            years[above.dataset] |= {year - shift for year in years[below.dataset]}
    return {
        name: periods
        for name in names
        if (periods := {one for one in _all_periods(sources, name) if int(one[:4]) in years[name]})
    }


def _all_periods(sources: Sources, name: str) -> set[str]:
    tables = [table for source in range(sources.count) if (table := sources.table(name, source)) is not None]
    return {period for table in tables for period in table.column("period").unique().to_pylist()}


def _small_counts(sources: Sources, name: str, project: Project) -> list[Finding]:
    dataset = project.dataset(name)
    least = project.expectations[name].disclosure.minimum_count
    units = project.codelists["units"].codes
    counts = [one.name for one in dataset.measures if units[one.unit].kind == "count"]
    table = sources.tables[name]
    value = table.column("value")
    small = pa.compute.and_(pa.compute.greater(value, 0), pa.compute.less(value, least))
    of_counts = pa.compute.is_in(table.column("measure").cast(pa.string()), value_set=pa.array(counts, pa.string()))
    rows = pa.compute.indices_nonzero(pa.compute.fill_null(pa.compute.and_(small, of_counts), False))
    if not len(rows):
        return []
    cells = cells_of(table.take(rows), dataset, project).assign(row=rows.to_numpy())
    cells = cells[~cells["is_secret"]]
    return _by_period(SMALL_COUNT, name, cells, sources, project, {"m": least})


def _twice(known: Known, sources: Sources, project: Project) -> list[Finding]:
    """Cells withheld now that an earlier release shows."""
    found = []
    here = Text(de="diesem Stand", en="this release")
    for source, cells in known.twice.groupby("source_open"):
        number = int(str(source))
        where = Text(de=f"Stand {sources.name(number)}", en=f"release {sources.name(number)}")
        if number == 0:
            where = here
        facts: dict[str, Fact] = {"a": here, "b": where}
        found += _by_period(TWICE, known.dataset.name, cells, sources, project, facts)
    return found


def _attacked(
    known: Mapping[str, Known], sources: Sources, project: Project
) -> tuple[list[Finding], int, dict[str, str]]:
    cells, relations = tied(known, project)
    numbers = ("low", "high")
    low, high = (cells[name].to_numpy(np.float64) for name in numbers)
    system = System(low, high, cells["is_whole"].to_numpy(np.bool_), relations)
    is_count = cells["is_count"].to_numpy(np.bool_)
    secret = cells["is_secret"].to_numpy(np.bool_)
    targets = np.flatnonzero((secret | cells["is_unsure"].to_numpy(np.bool_)) & is_count)
    if not len(targets):
        return [], 0, {}
    limits, hidden = _limits(cells, project), unknown(cells)
    findings = _locked_here_open_there(cells, secret, sources, project)
    first = attack(system, targets, limits, hidden)
    rates = open_rates(cells, sources, project)
    second = _with_rates(system, first, rates, limits, hidden)
    audit_of = _Report(cells, system, limits, hidden, sources, project)
    opened, unsettled = first.targets[first.is_open], first.targets[first.is_unsettled]
    findings += audit_of.findings(RECOMPUTABLE, opened[secret[opened]], targets[secret[targets]], system)
    findings += audit_of.unsettled(RECOMPUTABLE, unsettled[secret[unsettled]])
    findings += audit_of.findings(UNRELIABLE, opened[~secret[opened]], None, system)
    if second is not None:
        by_rate = np.setdiff1d(second.targets[second.is_open & secret[second.targets]], opened)
        findings += audit_of.findings(BY_RATE, by_rate, None, system)
        late = np.setdiff1d(second.targets[second.is_unsettled & ~second.is_open & secret[second.targets]], opened)
        findings += audit_of.unsettled(BY_RATE, np.setdiff1d(late, unsettled))
    not_evaluable = {} if secret[unsettled].all() else {UNRELIABLE: "not_settled"}
    return findings, len(targets), not_evaluable


def _with_rates(system: System, first: Attacked, rates: OpenRates, limits: Limits, hidden: Bools) -> Attacked | None:
    """What is open once rates are used too."""
    if not len(rates.rate):
        return None
    joined = replace(system, relations=join([system.relations, *rates.relations()]))
    second = attack(joined, first.targets, limits, hidden)
    ends = {int(cell): (system.low[cell], system.high[cell]) for cell in {*rates.above.tolist(), *rates.below.tolist()}}
    for cell, least, most in zip(second.targets.tolist(), second.low.tolist(), second.high.tolist(), strict=True):
        if cell in ends:
            ends[cell] = (least, most)
    position = {cell: number for number, cell in enumerate(second.targets.tolist())}
    for cell, (least, most) in narrowed(rates, ends).items():
        if cell in position:
            gap = limits.gap(np.asarray([least]), np.asarray([most]), np.asarray([cell]))
            second.is_open[position[cell]] |= bool(gap[0] < 0)
    return second


def _limits(cells: pd.DataFrame, project: Project) -> Limits:
    declared = {name: project.expectations[name].disclosure for name in cells["dataset"].unique()}
    return Limits(
        cells["dataset"].map({name: one.interval_count for name, one in declared.items()}).to_numpy(np.float64),
        cells["dataset"].map({name: one.interval_share for name, one in declared.items()}).to_numpy(np.float64),
    )


def _locked_here_open_there(cells: pd.DataFrame, secret: Bools, sources: Sources, project: Project) -> list[Finding]:
    """Figures withheld in one data set that another data set shows."""
    found = []
    is_open = cells["is_open"].to_numpy(np.bool_)
    for name in cells["dataset"].unique():
        for left, right in same_figures(cells, name, project):
            for one, other in ((left, right), (right, left)):
                hit = secret[one] & is_open[other]
                if hit.any():
                    titles = [
                        project.dataset(str(cells["dataset"].iat[int(side[hit][0])])).title for side in (one, other)
                    ]
                    quoted = [Text(de=f"„{each.de}“", en=f"“{each.en}”") for each in titles]
                    chosen = cells.iloc[one[hit]]
                    facts: dict[str, Fact] = {"a": quoted[0], "b": quoted[1]}
                    found += _by_period(TWICE, str(chosen["dataset"].iat[0]), chosen, sources, project, facts)
    return found


@dataclass(frozen=True)
class _Report:
    """Makes findings of cells that were found open."""

    cells: pd.DataFrame
    system: System
    limits: Limits
    hidden: Bools
    sources: Sources
    project: Project

    def findings(self, rule: str, opened: Ints, targets: Ints | None, system: System) -> list[Finding]:
        """One finding per data set and period; with `targets`, each says which further cells would close it."""
        if not len(opened):
            return []
        frame = self.cells.iloc[opened]
        suggestion = self._suggestion(opened, targets, system) if targets is not None else None
        found = []
        for name, chosen in frame.groupby("dataset"):
            if targets is None:
                facts: dict[str, Fact] = {} if rule == UNRELIABLE else {"art": self._reason("narrowed_down")}
                found += _by_period(rule, str(name), chosen, self.sources, self.project, facts)
                continue
            for period, of_period in chosen.groupby("period"):
                facts = {
                    "art": self._reason("narrowed_down"),
                    "weitere": self._named(suggestion, str(name), str(period)),
                }
                found += _by_period(rule, str(name), of_period, self.sources, self.project, facts)
        return found

    def unsettled(self, rule: str, cells: Ints) -> list[Finding]:
        """One finding per data set and period for cells of which the search proved nothing."""
        found = []
        for name, chosen in self.cells.iloc[cells].groupby("dataset"):
            facts: dict[str, Fact] = {
                "art": self._reason("not_settled_cells"),
                "weitere": self._reason("not_settled_remedy"),
            }
            found += _by_period(rule, str(name), chosen, self.sources, self.project, facts)
        return found

    def _reason(self, name: str) -> Text:
        return reason(self.project.catalogue, name)

    def _suggestion(self, opened: Ints, targets: Ints, system: System) -> Ints | None:
        allowed = (self.cells["is_open"] & (self.cells["source"] == 0) & self.cells["is_count"]).to_numpy(np.bool_)
        value = self.cells["value"].fillna(0.0).to_numpy(np.float64)
        return further_cells(system, opened, targets, self.limits, self.hidden, value, allowed)

    def _named(self, suggestion: Ints | None, name: str, period: str) -> Text:
        catalogue = self.project.catalogue
        if suggestion is not None:
            chosen = self.cells.iloc[suggestion]
            chosen = chosen[(chosen["dataset"] == name) & (chosen["period"] == period)]
            if len(chosen):
                labels = [label_of(row, name, self.project) for row in chosen.to_dict("records")]
                shown = [*labels[:_NAMED]]
                more = len(labels) - len(shown)
                listed = Text(
                    de="; ".join(one.de for one in shown) + (f"; und {more} weitere" if more else ""),
                    en="; ".join(one.en for one in shown) + (f"; and {more} more" if more else ""),
                )
                return reason(catalogue, "further_cells", n=len(labels), liste=listed)
        return reason(catalogue, "no_further_cells")


def label_of(row: Mapping[Any, Any], name: str, project: Project) -> Text:
    """What a cell is about: area, period, further dimensions, measure."""
    dataset = project.dataset(name)
    german, english = [], []
    for axis in ("area", "period", *contract1.axes(dataset)):
        code = str(row[axis])
        if axis == "period":
            shown = code if len(code) == 4 else f"{code[8:]}.{code[5:7]}.{code[:4]}"
            german.append(shown)
            english.append(code)
        elif axis == "area" or code != dataset.dimension(axis).default:
            listed = project.codes(name, axis).codes[code]
            prefix = f"{code} " if axis == "area" and code.isdigit() else ""
            german.append(f"{prefix}{listed.label_de}")
            english.append(f"{prefix}{listed.label_en}")
    title = dataset.measure(str(row["measure"])).title
    return Text(de=", ".join([*german, title.de]), en=", ".join([*english, title.en]))


def _by_period(
    rule: str, name: str, cells: pd.DataFrame, sources: Sources, project: Project, facts: Mapping[str, Fact]
) -> list[Finding]:
    """One finding per period, with the places of the cells and no value."""
    found = []
    for _, chosen in cells.groupby("period"):
        records = chosen.head(PLACES_LISTED).to_dict("records")
        places = [_place(record, name, sources, project) for record in records]
        first = places[0].key
        assert first is not None
        said: dict[str, Fact] = {"n": len(chosen), "schluessel": first, **facts}
        found.append(finding_of(project.catalogue, rule, places, len(chosen), said))
    return found


def _place(record: Mapping[Any, Any], name: str, sources: Sources, project: Project) -> PlaceFound:
    source, row = int(record["source"]), int(record["row"])
    key = label_of(record, name, project)
    table = sources.table(name, source) if source >= 0 else None
    if table is None:
        return PlaceFound(file=name, key=key)
    at = {column: table.column(column)[row].as_py() for column in ("delivery", "file", "sheet", "row", "column")}
    return PlaceFound(
        file=f"{at['delivery']}/{at['file']}", sheet=at["sheet"] or "", row=at["row"], column=at["column"], key=key
    )


def found_in_files(files: Iterable[str], project: Project) -> Sequence[Finding]:
    """The findings for files of a release that hold a withheld number."""
    here = Text(de="der Lieferung", en="the delivery")
    return [
        finding_of(
            project.catalogue,
            TWICE,
            [PlaceFound(file=name)],
            1,
            {
                "n": 1,
                "schluessel": Text(de=name, en=name),
                "a": here,
                "b": Text(de=f"der Datei {name}", en=f"the file {name}"),
            },
        )
        for name in files
    ]
