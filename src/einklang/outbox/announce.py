"""Lays receipt and verdict of a delivery into the outbox. Doing so twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from einklang.errors import StoreError
from einklang.outbox import box
from einklang.outbox.attempt import Clock, utc_now
from einklang.project import Project
from einklang.report.email import DOMAIN, Kind, render_receipt_mail, render_verdict_mail
from einklang.report.texts import Language
from einklang.result import Result
from einklang.store import Delivery, Receipt, Store

PlaceOf = Callable[[Delivery], str]
DeadlineOf = Callable[[Delivery], date | None]


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

    Raises:
        StoreError: `report.json` is damaged.
    """
    path = store.folder(delivery.delivery) / "report.json"
    try:
        result = Result.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StoreError(path, "the file is missing or damaged") from error
    mail = render_verdict_mail(
        result, report_place, project, deadline=deadline, language=language, domain=domain or DOMAIN
    )
    since = datetime.fromisoformat(delivery.received_at)
    return box.put(store, delivery.delivery, Kind.VERDICT, mail, clock(), since)


def announce_all(
    project: Project,
    store: Store,
    place_of: PlaceOf,
    *,
    deadline_of: DeadlineOf = lambda _: None,
    language: Language = "de",
    domain: str | None = None,
    clock: Clock = utc_now,
) -> list[Path]:
    """Every message that is still lacking, e.g. because a run was interrupted; gives the files laid down.

    Deliveries of long ago get their messages as files; they are too old to be sent by themselves.
    """
    there = set(box.names(store))
    judged = list(store.deliveries())
    received = [*(store.receipt(one.delivery) for one in judged), *store.unfinished()]
    laid = [
        announce_receipt(one, project, store, language=language, domain=domain, clock=clock)
        for one in received
        if box.message_name(one.delivery, Kind.RECEIPT) not in there
    ]
    laid += [
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
        for one in judged
        if box.message_name(one.delivery, Kind.VERDICT) not in there
    ]
    return laid
