"""Step *harmonise*: labels become codes, units canonical, areas those of the date.

Each distinct label is looked up once. A label is canonical, an alias, or unknown; an unknown one is a
finding with a suggestion. The result is one table of observations in the columns of contract 1 and,
for every row, whether something is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang.areas import AreaCheck
from einklang.assemble import Origin, observation_table
from einklang.codes import UNKNOWN, Coded, measure_list, padded
from einklang.coding import code_labels, code_periods, delivered_units
from einklang.decimals import decimals_cut, too_exact
from einklang.declarations.base import Text
from einklang.declarations.codelists import CodeList
from einklang.declarations.profile import Profile
from einklang.declarations.signs import explained
from einklang.discretion import SecretMarks
from einklang.evidence import REPAIRS_LISTED, Repair
from einklang.findings import Located, finding, reason
from einklang.locate import Locator
from einklang.longtable import LongTable
from einklang.misread import range_behind_date, two_readings
from einklang.parse import Parsed, Problem
from einklang.periods import EXAMPLES, Period
from einklang.project import Project
from einklang.rawtable import TextColumn


@dataclass(frozen=True)
class Harmonised:
    """Observations, the rows that are usable, the periods found, and what was found.

    `labelled` are the rows whose labels were all understood; `foreign_land` is set where the whole
    delivery is about another Land; `source_row` numbers the rows of all files and sheets together. `not_evaluable` are
    rules that could not be judged, with the reason.
    """

    table: pa.Table
    usable: NDArray[np.bool_]
    labelled: NDArray[np.bool_]
    periods: tuple[Period, ...]
    located: tuple[Located, ...]
    locator: Locator
    foreign_land: bool
    source_row: NDArray[np.int64]
    not_evaluable: Mapping[str, str]

    def count_rows(self, keep: NDArray[np.bool_]) -> tuple[int, int]:
        """How many rows of the files have only figures that are kept, and how many have others."""
        size = int(self.source_row.max(initial=-1)) + 1
        present = np.zeros(size, dtype=np.bool_)
        present[self.source_row] = True
        bad = np.zeros(size, dtype=np.bool_)
        bad[self.source_row[~keep]] = True
        return int((present & ~bad).sum()), int(bad.sum())


@dataclass
class _Harmoniser:
    table: LongTable
    parsed: Parsed
    profile: Profile
    project: Project
    delivery: str
    stored: Mapping[str, str]
    marks: SecretMarks

    def __post_init__(self) -> None:
        self.dataset = self.project.dataset(self.profile.dataset)
        self.catalogue = self.project.catalogue
        self.located: list[Located] = []
        self.usable = self.parsed.problem == Problem.NONE
        self.labelled = np.ones(self.table.size, dtype=np.bool_)
        self.value = self.parsed.value.copy()
        self.coded: dict[str, Coded] = {}
        self.periods: list[Period] = []
        self.source_row = _source_rows(self.table)

    def run(self) -> Harmonised:
        self._code()
        locator = Locator(
            self.table,
            self.dataset,
            self.project,
            self.coded,
            self.parsed.problem == Problem.NUMBER_AND_SECRET,
            self.parsed.value,
            self.marks,
        )
        self.locator = locator
        self._report_unknown()
        self._report_repaired()
        areas = AreaCheck(self.table, self.coded, self.periods, self.profile, self.project, locator)
        not_evaluable = {"IM-COD-002": "names_unknown"} if areas.are_names_unknown else {}
        foreign = self._check_areas(areas)
        obs_status = self._check_validity(areas)
        self._report_cells()
        self._convert_units()
        self._cut_decimals()
        return Harmonised(
            table=observation_table(
                self.table, self.parsed, self.coded, self.periods, self.value, obs_status, self._origin()
            ),
            usable=self.usable,
            labelled=self.labelled,
            periods=tuple(sorted(set(self.periods))),
            located=tuple(self.located),
            locator=locator,
            foreign_land=foreign,
            source_row=self.source_row,
            not_evaluable=not_evaluable,
        )

    def _origin(self) -> Origin:
        return Origin(self.profile, self.project, self.delivery, self.stored)

    # -- codes ------------------------------------------------------------------------------

    def _code(self) -> None:
        self.coded["period"], self.periods = code_periods(self.table, self.dataset)
        land = self.project.supplier(self.profile.supplier).extra["areas"]
        for dimension in self.dataset.dimensions:
            codelist = self.project.codes(self.dataset.name, dimension.name)
            self.coded[dimension.name] = code_labels(self.table, dimension.name, codelist, dimension.default, land)
        self.coded["measure"] = code_labels(self.table, "measure", measure_list(self.dataset), None)

    def _title(self, name: str) -> Text:
        if name in {"period", "measure"}:
            return self.catalogue.reasons[f"name_of_{name}"]
        return self.dataset.dimension(name).title

    def _report_unknown(self) -> None:
        bad = np.zeros(self.table.size, dtype=np.bool_)
        for name, coded in self.coded.items():
            unknown = np.flatnonzero((coded.index == UNKNOWN) & ~bad)
            if not len(unknown):
                continue
            bad[unknown] = True
            self._unlabel(unknown)
            column = self.table.labels[name]
            labels = column.codes[unknown]
            for label in dict.fromkeys(labels.tolist()):
                rows = unknown[labels == label]
                text = column.cleaned[label]
                suggestion = self._suggest(name, text)
                places, count = self.locator.label_places(rows, name)
                meant = range_behind_date(text, self._codelist(name)) if name != "period" else None
                found = finding(
                    self.catalogue,
                    "IM-COD-001" if meant is None else "IM-COD-005",
                    places,
                    count=count,
                    roh=text,
                    merkmal=self._title(name),
                    vorschlag=suggestion if meant is None else meant,
                    zelle=places[0].cell,
                )
                self.located.append(Located(found, rows))

    def _report_repaired(self) -> None:
        """Keys that got back their leading zero (IM-COD-004)."""
        for name, coded in self.coded.items():
            column = self.table.labels.get(name)
            if column is None:
                continue
            completed = {code[1:]: number for number, code in enumerate(coded.codes) if code[:1] == "0"}
            became = np.asarray([completed.get(text, UNKNOWN) for text in column.cleaned], dtype=np.int32)
            rows = np.flatnonzero((became[column.codes] == coded.index) & (coded.index != UNKNOWN))
            if not len(rows):
                continue
            counts = np.bincount(column.codes[rows], minlength=len(column.texts))
            texts = [(column.cleaned[index], int(counts[index])) for index in np.flatnonzero(counts).tolist()]
            places, count = self.locator.label_places(rows, name)
            found = finding(
                self.catalogue,
                "IM-COD-004",
                places,
                count=count,
                merkmal=self._title(name),
                n=len(texts),
                roh=texts[0][0],
                wert=f"0{texts[0][0]}",
            )
            repairs = [Repair(before=text, after=f"0{text}", count=many) for text, many in texts[:REPAIRS_LISTED]]
            self.located.append(Located(found.model_copy(update={"repairs": repairs})))

    def _unlabel(self, rows: NDArray[np.int64]) -> None:
        self.usable[rows] = False
        self.labelled[rows] = False

    def _take_unlabelled(self, one: Located) -> None:
        if one.rows is not None:
            self._unlabel(one.rows)
        self.located.append(one)

    def _codelist(self, name: str) -> CodeList:
        return measure_list(self.dataset) if name == "measure" else self.project.codes(self.dataset.name, name)

    def _suggest(self, name: str, text: str) -> Text:
        if not text:
            return self.catalogue.reasons["suggest_fill"]
        if name == "period":
            return reason(self.catalogue, "suggest_period", beispiel=EXAMPLES[self.dataset.period_type])
        codelist = self._codelist(name)
        nearest = padded(codelist, text) or codelist.suggest(text)
        if not nearest:
            return self.catalogue.reasons["suggest_none"]
        return reason(self.catalogue, "suggest_near", vorschlag=nearest)

    # -- areas ------------------------------------------------------------------------------

    def _check_areas(self, areas: AreaCheck) -> bool:
        """Names and areas that do not belong where they stand; tells whether all areas are another Land's."""
        for one in areas.misnamed(self.source_row):
            self._take_unlabelled(one)
        foreign, is_all = areas.foreign()
        if foreign is not None:
            self._take_unlabelled(foreign)
        return is_all

    def _check_validity(self, areas: AreaCheck) -> TextColumn:
        """Figures of areas that did not exist in the period: a sign is 'cannot exist', a number is a finding."""
        status = self.parsed.obs_status
        invalid = areas.nonexistent()
        if not invalid.any():
            return status
        has_number = invalid & (self.value != 0) & ~np.isnan(self.value)
        nothing = invalid & ~has_number & self.usable
        self.value[nothing] = np.nan
        codes = np.where(nothing, len(status.texts), status.codes).astype(np.int32)
        for one in areas.succeeded(np.flatnonzero(has_number & self.usable)):
            self.usable[one.rows] = False
            self.located.append(one)
        return TextColumn((*status.texts, "M"), codes)

    # -- cells ------------------------------------------------------------------------------

    def _shown_by(self, word: str) -> Text | str:
        """A word of a status as a sentence names it: a colour as colour of what."""
        kinds = {one.shown_by for layout in self.profile.layouts for one in layout.statuses}
        kind = kinds.pop() if len(kinds) == 1 else None
        name = f"status_{kind}"
        return reason(self.catalogue, name, wort=word) if kind else word

    def _report_cells(self) -> None:
        """Cells that gave no value; rows with an unknown label are not accused twice."""
        signs = explained(self.project.sign_meanings(self.profile))
        words = explained(self.project.word_meanings(self.profile), beside_numbers=True)
        numbers = self.profile.numbers
        style = f"1{numbers.thousands}234{numbers.decimal}5"
        rules = {
            Problem.NOT_A_NUMBER: "IM-VAL-001",
            Problem.UNKNOWN_SIGN: "IM-STA-003",
            Problem.BLANK: "IM-STA-001",
            Problem.NUMBER_AND_SECRET: "IM-STA-002",
            Problem.UNKNOWN_STATUS_WORD: "IM-STA-003",
            Problem.CONTRADICTION: "IM-STA-004",
            Problem.NO_RESULT: "IM-STR-006",
        }
        for problem, rule in rules.items():
            rows = np.flatnonzero((self.parsed.problem == problem) & self.labelled)
            if not len(rows):
                continue
            shown = self.table.status if problem is Problem.UNKNOWN_STATUS_WORD else self.table.text
            hidden = problem is Problem.NUMBER_AND_SECRET
            first = "" if hidden else shown.cleaned[shown.codes[rows[0]]]
            places = self.locator.places(rows, raw=None if hidden else shown, hide=hidden)
            found = finding(
                self.catalogue,
                rule,
                places,
                count=len(rows),
                roh=self._shown_by(first) if problem is Problem.UNKNOWN_STATUS_WORD else first,
                zelle=places[0].cell,
                n=len(rows),
                zeichenliste=words if problem is Problem.UNKNOWN_STATUS_WORD else signs,
                format=style,
            )
            self.located.append(Located(found, rows))

        for doubt in two_readings(self.table, self.coded["measure"], self.dataset, self.profile):
            rows = doubt.rows[self.labelled[doubt.rows]]
            if len(rows):
                self.usable[rows] = False
                places = self.locator.places(rows)
                found = finding(
                    self.catalogue,
                    "IM-VAL-002",
                    places,
                    count=len(rows),
                    spalte=places[0].column,
                    roh=doubt.text,
                    eine=doubt.agreed,
                    andere=doubt.other,
                    n=len(rows),
                    format=style,
                )
                self.located.append(Located(found, rows))

    def _convert_units(self) -> None:
        """Values in the unit of their measure (IM-COD-006 where the unit is none of it)."""
        measures = self.coded["measure"]
        for one in delivered_units(self.table, self.parsed.unit, measures, self.dataset, self.project):
            rows = one.rows
            if one.factor is not None:
                self.value[rows] = np.round(self.value[rows] * one.factor, 6)
                continue
            self.usable[rows] = False
            if one.sign:
                places, count = self.locator.places(rows), len(rows)
            else:
                places, count = self.locator.label_places(rows, "unit")
            found = finding(
                self.catalogue,
                "IM-COD-006",
                places,
                count=count,
                roh=one.sign or self.table.unit.cleaned[self.table.unit.codes[rows[0]]],
                merkmal=one.measure.title,
                einheit=self.project.codelists["units"].codes[one.measure.unit].label_de,
            )
            self.located.append(Located(found, rows))

    def _cut_decimals(self) -> None:
        """Figures with more decimals than are published are rounded (IM-VAL-005)."""
        measure = self.coded["measure"]
        for index, name in enumerate(measure.codes):
            declared = self.dataset.measure(name)
            of_measure = np.flatnonzero(self.usable & (measure.index == index))
            rows = too_exact(self.value, of_measure, declared)
            if len(rows):
                self.value[rows] = np.round(self.value[rows], declared.decimals)
                decimal = self.profile.numbers.decimal
                found = decimals_cut(declared, rows, self.value, self.table.text, decimal, self.locator, self.catalogue)
                self.located.append(Located(found))


def _source_rows(table: LongTable) -> NDArray[np.int64]:
    sheets = len(table.sheet.texts)
    block = table.file.codes.astype(np.int64) * sheets + table.sheet.codes
    return block * (int(table.row.max(initial=0)) + 1) + table.row


def harmonise(
    table: LongTable,
    parsed: Parsed,
    profile: Profile,
    project: Project,
    delivery: str,
    stored: Mapping[str, str],
    marks: SecretMarks,
) -> Harmonised:
    """The observations of a delivery; `stored` maps the sender's file names to those in the archive."""
    return _Harmoniser(table, parsed, profile, project, delivery, stored, marks).run()
