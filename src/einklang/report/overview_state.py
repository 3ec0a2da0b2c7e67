"""What the stewards' overview tells, gathered from the store: no words and no HTML here.

Of each supplier, data set and period the latest delivery gives the verdict; the latest accepted one holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from einklang.declarations.base import Text
from einklang.declarations.dataset import Dataset
from einklang.errors import DamagedRecord
from einklang.project import Project
from einklang.publication import read_latest
from einklang.report.email import office_name
from einklang.result import Verdict
from einklang.store import ACCEPTED, Delivery, Receipt, Store, current_deliveries

PERIODS_SHOWN = 3
OFFICE_TIME = ZoneInfo("Europe/Berlin")

Deadlines = Callable[[Dataset], Mapping[str, date]]


class Released(BaseModel):
    """What the overview needs of the manifest of a release, whichever version of the program has written it."""

    version: str
    replaces: str | None
    coverage: dict[str, dict[str, list[str]]]


class Standing(StrEnum):
    """How a supplier stands with a data set and period."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_NOTES = "accepted_with_notes"
    CLARIFICATION_NEEDED = "clarification_needed"
    REJECTED = "rejected"
    OVERDUE = "overdue"
    AWAITED = "awaited"
    NOTHING = "nothing"
    NOT_AGREED = "not_agreed"


DELIVERED = frozenset(Standing(verdict.value) for verdict in Verdict)
TAKEN = frozenset({Standing.ACCEPTED, Standing.ACCEPTED_WITH_NOTES})


@dataclass(frozen=True)
class Column:
    """A data set and one of its periods."""

    dataset: Dataset
    period: str
    deadline: date | None


@dataclass(frozen=True)
class Cell:
    """How one supplier stands with one column.

    `latest` gives the verdict; `holding` is the accepted delivery whose figures count; `days` after the
    deadline (0 or less: in time) of the first delivery that was not rejected, or up to today if there is none.
    A delivery in which no period was recognised stands in the newest delivered column of its data set, not `is_placed`.
    """

    standing: Standing
    latest: Delivery | None = None
    holding: Delivery | None = None
    deliveries: int = 0
    days: int | None = None
    is_received: bool = False
    is_placed: bool = True


@dataclass(frozen=True)
class Row:
    """A supplier and how it stands with every column."""

    supplier: str
    name: Text
    is_land: bool
    cells: Mapping[tuple[str, str], Cell]

    def cell(self, column: Column) -> Cell:
        """How the supplier stands with the column."""
        return self.cells[column.dataset.name, column.period]


@dataclass(frozen=True)
class Coverage:
    """Länder with released figures in a data set and period."""

    dataset: Text
    period: str
    present: list[Text]
    absent: list[Text]


def office_day(iso: str) -> date:
    """The day of a point in time on the offices' calendars."""
    return datetime.fromisoformat(iso).astimezone(OFFICE_TIME).date()


def today_at_the_offices() -> date:
    """The present day on the offices' calendars."""
    return datetime.now(OFFICE_TIME).date()


class State:
    """The state of a store on a day."""

    def __init__(self, project: Project, store: Store, deadlines: Deadlines | None, today: date) -> None:
        self.project = project
        self.today = today
        survey = store.survey()
        self.deliveries = [one for one in survey.deliveries if one.dataset in project.datasets]
        self.unfinished: list[Receipt] = survey.unfinished
        self.damaged = [error.path.relative_to(store.root).as_posix() for error in survey.damaged]
        self._deadlines = deadlines or (lambda _: {})
        self.manifest = _latest_manifest(store)

    @cached_property
    def columns(self) -> list[Column]:
        """Every period that was delivered or has a deadline; by data set, oldest first."""
        found = []
        for name, dataset in sorted(self.project.datasets.items(), key=lambda item: item[1].title.de):
            due = self._deadlines(dataset)
            delivered = {period for one in self.deliveries if one.dataset == name for period in one.periods}
            found += [Column(dataset, period, due.get(period)) for period in sorted(delivered | set(due))]
        return found

    def columns_of(self, dataset: str) -> list[Column]:
        """The columns of one data set, oldest first."""
        return [column for column in self.columns if column.dataset.name == dataset]

    @cached_property
    def recent(self) -> list[Column]:
        """The newest columns of each data set."""
        return [column for name in self._in_order() for column in self.columns_of(name)[-PERIODS_SHOWN:]]

    @cached_property
    def earlier(self) -> list[list[Column]]:
        """All other columns, by data set."""
        parts = [self.columns_of(name)[:-PERIODS_SHOWN] for name in self._in_order()]
        return [part for part in parts if part]

    @cached_property
    def watched(self) -> list[Column]:
        """Columns in which a missing delivery is missed: the newest delivered, and those whose deadline has passed."""
        return [
            column
            for column in self.columns
            if column is self._newest[column.dataset.name]
            or (column.deadline is not None and column.deadline < self.today)
        ]

    @cached_property
    def _newest(self) -> dict[str, Column]:
        """The newest column of each data set that anybody has delivered, or else that is expected."""
        delivered = {(one.dataset, period) for one in self.deliveries for period in one.periods}
        found: dict[str, Column] = {}
        for column in self.columns:
            name = column.dataset.name
            if name not in found or (name, column.period) in delivered:
                found[name] = column
        return found

    def _in_order(self) -> list[str]:
        return list(dict.fromkeys(column.dataset.name for column in self.columns))

    @cached_property
    def rows(self) -> list[Row]:
        """The Länder by their keys, then all other suppliers with a profile or a delivery."""
        lands = self.project.codelists["laender"].codes
        known = self.project.codelists["suppliers"].codes
        active = {supplier for supplier, _ in self.project.profiles} | {one.supplier for one in self.deliveries}
        areas = {code: known[code].extra.get("areas", "") if code in known else "" for code in {*known, *active}}
        chosen = [code for code in areas if areas[code] in lands or code in active]
        ordered = sorted(
            chosen, key=lambda code: (areas[code] not in lands, areas[code] if areas[code] in lands else "", code)
        )
        return [self._row(code, is_land=areas[code] in lands) for code in ordered]

    def _row(self, supplier: str, *, is_land: bool) -> Row:
        cells = {(one.dataset.name, one.period): self._cell(supplier, one) for one in self.columns}
        return Row(supplier, office_name(self.project, supplier), is_land, cells)

    @cached_property
    def _by_place(self) -> dict[tuple[str, str, str], list[Delivery]]:
        found: dict[tuple[str, str, str], list[Delivery]] = {}
        for one in sorted(self.deliveries, key=lambda one: one.number):
            for period in one.periods:
                found.setdefault((one.supplier, one.dataset, period), []).append(one)
        return found

    @cached_property
    def _unplaced(self) -> dict[tuple[str, str], Delivery]:
        """The last delivery of a supplier and data set, where no period was recognised in it."""
        last = {(one.supplier, one.dataset): one for one in sorted(self.deliveries, key=lambda one: one.number)}
        return {key: one for key, one in last.items() if not one.periods}

    def _cell(self, supplier: str, column: Column) -> Cell:
        found = self._by_place.get((supplier, column.dataset.name, column.period), [])
        usable = [one for one in found if one.verdict is not Verdict.REJECTED]
        day = office_day(usable[0].received_at) if usable else self.today
        days = None if column.deadline is None else (day - column.deadline).days
        if not found:
            unplaced = self._unplaced.get((supplier, column.dataset.name))
            if unplaced is not None and column is self._newest[column.dataset.name]:
                standing = Standing(unplaced.verdict.value)
                return Cell(standing, latest=unplaced, deliveries=1, days=days, is_placed=False)
            return Cell(self._standing_without(supplier, column, days), days=days)
        accepted = [one for one in found if one.verdict in ACCEPTED]
        return Cell(
            standing=Standing(found[-1].verdict.value),
            latest=found[-1],
            holding=accepted[-1] if accepted else None,
            deliveries=len(found),
            days=days,
            is_received=bool(usable),
        )

    def _standing_without(self, supplier: str, column: Column, days: int | None) -> Standing:
        if (supplier, column.dataset.name) not in self.project.profiles:
            return Standing.NOT_AGREED
        if days is None:
            return Standing.NOTHING
        return Standing.OVERDUE if days > 0 else Standing.AWAITED

    @property
    def lands(self) -> list[Row]:
        """The rows of the Länder."""
        return [row for row in self.rows if row.is_land]

    @property
    def others(self) -> list[Row]:
        """The rows of all other suppliers."""
        return [row for row in self.rows if not row.is_land]

    def count(self, column: Column, standings: Iterable[Standing]) -> int:
        """Länder that stand so with a column."""
        return len(self.named(column, standings))

    def named(self, column: Column, standings: Iterable[Standing]) -> list[Text]:
        """Names of the Länder that stand so with a column."""
        wanted = frozenset(standings)
        return [row.name for row in self.lands if row.cell(column).standing in wanted]

    def published(self, column: Column) -> int | None:
        """Länder with figures of a column in the latest release; None if there is no release."""
        if self.manifest is None:
            return None
        return len(self.manifest.coverage.get(column.dataset.name, {}).get(column.period, []))

    @cached_property
    def open(self) -> list[Delivery]:
        """Deliveries that wait for an answer and have no successor; rejected first."""
        waiting = [one for one in current_deliveries(self.deliveries) if one.verdict not in ACCEPTED]
        place = {row.supplier: position for position, row in enumerate(self.rows)}
        return sorted(
            waiting, key=lambda one: (one.verdict is not Verdict.REJECTED, place[one.supplier], one.dataset, one.number)
        )

    def lacking(self, column: Column, *, delivered: bool) -> list[Text]:
        """Länder that should deliver and of which no accepted delivery holds: those that tried, or the others."""
        cells = [(row.name, row.cell(column)) for row in self.lands]
        return [
            name
            for name, cell in cells
            if cell.holding is None
            and cell.standing is not Standing.NOT_AGREED
            and (cell.standing in DELIVERED) is delivered
        ]

    @cached_property
    def incomplete(self) -> list[Column]:
        """Watched columns in which a Land is lacking, newest first."""
        return [
            column
            for column in reversed(self.watched)
            if self.lacking(column, delivered=True) or self.lacking(column, delivered=False)
        ]

    def office(self, supplier: str) -> Text:
        """Name of a supplier."""
        return office_name(self.project, supplier)

    @property
    def coverage(self) -> list[Coverage]:
        """Whom the latest release covers, newest period of each data set first."""
        if self.manifest is None:
            return []
        found = []
        for name, periods in self.manifest.coverage.items():
            title = self.project.datasets[name].title if name in self.project.datasets else Text(de=name, en=name)
            for period, areas in sorted(periods.items(), reverse=True):
                present, absent = self._split(areas)
                found.append(Coverage(title, period, present, absent))
        return sorted(found, key=lambda one: one.dataset.de)

    def _split(self, areas: Sequence[str]) -> tuple[list[Text], list[Text]]:
        lands = self.project.codelists["laender"].codes.values()
        named = [(one.code in areas, Text(de=one.label_de, en=one.label_en)) for one in lands]
        return [name for is_in, name in named if is_in], [name for is_in, name in named if not is_in]


def _latest_manifest(store: Store) -> Released | None:
    latest = read_latest(store.root / "releases")
    if latest is None:
        return None
    path = store.root / "releases" / latest.version / "manifest.json"
    try:
        return Released.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DamagedRecord(path) from error
