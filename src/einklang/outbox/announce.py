"""Lays receipt and verdict of a delivery into the outbox. Doing so twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from einklang.errors import DamagedRecord, StoreError
from einklang.outbox import box
from einklang.outbox.attempt import Clock, utc_now
from einklang.project import Project
from einklang.report.email import DOMAIN, Kind, render_receipt_mail, render_verdict_mail
from einklang.report.texts import Language
from einklang.store import Delivery, Receipt, Store

PlaceOf = Callable[[Delivery], str]
DeadlineOf = Callable[[Delivery], date | None]


@dataclass
class Announced:
    """The messages laid down, and the records that are damaged and could not be told of."""

    laid: list[Path] = field(default_factory=list)
    damaged: list[StoreError] = field(default_factory=list)


def announce_receipt(
    receipt: Receipt,
    project: Project,
    store: Store,
    *,
    language: Language = "de",
    domain: str | None = None,
    clock: Clock = utc_now,
) -> Path:
    """The receipt of a delivery, as a message; gives its file. `domain` is that of the sender, if there is one."""
    mail = render_receipt_mail(receipt, project, language=language, domain=domain or DOMAIN)
    since = datetime.fromisoformat(receipt.received_at)
    return box.put(store, receipt.delivery, Kind.RECEIPT, mail, clock(), since)


def announce_verdict(
    delivery: Delivery,
    report_place: str,
    project: Project,
    store: Store,
    *,
    deadline: date | None = None,
    language: Language = "de",
    domain: str | None = None,
    clock: Clock = utc_now,
) -> Path:
    """The verdict on a delivery, from its `report.json`, as a message; gives its file.

    A delivery that was judged again after answers gets a further message.

    Raises:
        DamagedRecord: `report.json` is damaged.
    """
    mail = render_verdict_mail(
        store.result(delivery.delivery),
        report_place,
        project,
        deadline=deadline,
        language=language,
        domain=domain or DOMAIN,
        judgement=delivery.judgement,
    )
    since = datetime.fromisoformat(delivery.judged_at or delivery.received_at)
    return box.put(store, delivery.delivery, Kind.VERDICT, mail, clock(), since, delivery.judgement)


def announce_all(
    project: Project,
    store: Store,
    place_of: PlaceOf,
    *,
    deadline_of: DeadlineOf = lambda _: None,
    language: Language = "de",
    domain: str | None = None,
    clock: Clock = utc_now,
) -> Announced:
    """Lays down every message that is still lacking, e.g. because a run was interrupted.

    Deliveries of long ago get their messages as files; they are too old to be sent by themselves. A damaged
    record keeps no other delivery from its messages.
    """
    there = set(box.names(store))
    survey = store.survey()
    announced = Announced(damaged=list(survey.damaged))

    received = [one.delivery for one in survey.deliveries] + [one.delivery for one in survey.unfinished]
    for delivery in received:
        if box.message_name(delivery, Kind.RECEIPT) not in there:
            with _noting(announced.damaged):
                receipt = store.receipt(delivery)
                announced.laid.append(
                    announce_receipt(receipt, project, store, language=language, domain=domain, clock=clock)
                )
    for one in survey.deliveries:
        if box.message_name(one.delivery, Kind.VERDICT, one.judgement) not in there:
            with _noting(announced.damaged):
                announced.laid.append(
                    announce_verdict(
                        one,
                        place_of(one),
                        project,
                        store,
                        deadline=deadline_of(one),
                        language=language,
                        domain=domain,
                        clock=clock,
                    )
                )
    return announced


@contextmanager
def _noting(damaged: list[StoreError]) -> Iterator[None]:
    try:
        yield
    except DamagedRecord as error:
        damaged.append(error)
