"""The stewards' national page: who has delivered what, what is open, what is missing, what is released.

Belongs here: how the state of a store is said on one page. Does not belong here: what the state is
(`overview_state`), how it looks (`overview.html.j2`, `report.css`, `overview.css`), its words (`overview.yaml`).

No figure of a delivery is on the page. Its links count from the root of the store, where it is to lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from urllib.parse import quote

from einklang.declarations.base import Text
from einklang.declarations.rules import Severity
from einklang.project import Project
from einklang.report import display
from einklang.report.overview_state import (
    DELIVERED,
    TAKEN,
    Cell,
    Deadlines,
    Standing,
    State,
    office_day,
    today_at_the_offices,
)
from einklang.report.overview_texts import load_overview_texts
from einklang.report.page import render
from einklang.report.texts import Language, load_texts, say
from einklang.result import Verdict
from einklang.store import ACCEPTED, Delivery, Store

OVERVIEW = "overview.html"
MOST_NAMES = 8

_TONES = {
    Standing.ACCEPTED: "good",
    Standing.ACCEPTED_WITH_NOTES: "information",
    Standing.CLARIFICATION_NEEDED: "warning",
    Standing.REJECTED: "error",
    Standing.OVERDUE: "late",
    Standing.AWAITED: "open",
    Standing.NOTHING: "open",
    Standing.NOT_AGREED: "off",
}


class _Words:
    """The page's way of saying things, in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.texts = load_overview_texts()
        self.common = load_texts()
        self.say = partial(say, language=language)
        self.number = partial(display.number, language=language)
        self.period = partial(display.period, language=language)

    def day(self, day: date) -> str:
        """A date."""
        return display.period(day.isoformat(), self.language)

    def standing(self, standing: Standing) -> str:
        """How a supplier stands, in one or two words."""
        cell = self.texts.cell
        if standing is Standing.ACCEPTED_WITH_NOTES:
            return self.say(cell.short_notes)
        if standing in DELIVERED:
            return self.verdict(Verdict(standing.value))
        named = {
            Standing.OVERDUE: cell.overdue,
            Standing.AWAITED: cell.awaited,
            Standing.NOTHING: cell.nothing,
            Standing.NOT_AGREED: cell.not_agreed,
        }
        return self.say(named[standing])

    def verdict(self, verdict: Verdict) -> str:
        """A verdict as the reports say it."""
        return self.say(self.common.verdict.words[verdict])

    def tally(self, delivery: Delivery) -> str:
        """How many errors and warnings a delivery has."""
        counted = self.common.severity.counted
        parts = [(Severity.ERROR, delivery.errors), (Severity.WARNING, delivery.warnings)]
        return ", ".join(self.say(counted[one].of(n), count=self.number(n)) for one, n in parts if n)

    def periods(self, delivery: Delivery) -> str:
        """The periods of a delivery, in a few words."""
        shown = [self.period(one) for one in delivery.periods]
        if not shown:
            return self.say(self.common.identity.periods_none)
        return shown[0] if len(shown) == 1 else self.say(self.common.places.from_to, first=shown[0], last=shown[-1])

    def details(self, cell: Cell) -> list[str]:
        """What a cell says below its verdict."""
        texts, lines = self.texts.cell, []
        if cell.latest is not None:
            day = self.day(office_day(cell.latest.received_at))
            lines.append(self.say(texts.delivery, number=self.number(cell.latest.number), date=day))
            if not cell.is_placed:
                lines.append(self.say(texts.no_period))
            if cell.deliveries > 1:
                lines.append(self.say(texts.so_far, count=self.number(cell.deliveries)))
            if cell.latest.verdict not in ACCEPTED:
                lines.append(self.tally(cell.latest))
                if cell.holding is not None:
                    lines.append(self.say(texts.holds, number=self.number(cell.holding.number)))
        if cell.standing is not Standing.NOT_AGREED:
            lines.append(self._punctuality(cell))
        return [line for line in lines if line]

    def _punctuality(self, cell: Cell) -> str:
        texts = self.texts.cell
        if cell.days is None:
            return ""
        if cell.days <= 0:
            return self.say(texts.on_time) if cell.is_received else ""
        counted = texts.overdue_since if cell.standing is Standing.REJECTED and not cell.is_received else texts.late
        return self.say(counted.of(cell.days), count=self.number(cell.days))

    def names(self, names: Sequence[Text]) -> str:
        """Names in a row."""
        return ", ".join(self.say(name) for name in names)

    def which(self, present: Sequence[Text], absent: Sequence[Text]) -> str:
        """Who is covered, by the shorter of two lists."""
        texts = self.texts.release
        if not absent:
            return self.say(texts.complete)
        if len(absent) <= MOST_NAMES:
            return self.say(texts.absent, names=self.names(absent))
        return self.say(texts.present, names=self.names(present)) if present else self.say(self.texts.missing.nobody)


def report_link(delivery: Delivery) -> str:
    """Where the report of a delivery lies, from the root of the store."""
    return quote(f"deliveries/{delivery.delivery}/report.html")


def render_overview(
    project: Project,
    store: Store,
    language: Language = "de",
    today: date | None = None,
    deadlines: Deadlines | None = None,
) -> str:
    """The overview as one page; same store, day and language → same text.

    `deadlines` gives period → last day of delivery of a data set; periods named there are expected.

    Raises:
        StoreError: a record in the store is damaged.
    """
    state = State(project, store, deadlines, today or today_at_the_offices())
    words = _Words(language)
    return render(
        "overview.html.j2",
        ("report.css", "overview.css"),
        state=state,
        words=words,
        language=language,
        t=words.texts,
        common=words.common,
        say=words.say,
        number=words.number,
        tones=_TONES,
        Standing=Standing,
        taken=TAKEN,
        without=[Standing.OVERDUE, Standing.AWAITED, Standing.NOTHING],
        report_link=report_link,
        office_day=office_day,
        quote=quote,
    )
