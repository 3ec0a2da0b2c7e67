"""Step *receive*: keeps the bytes first, numbers the delivery, answers with a receipt.

The same bytes again are no new work. An older version after a newer one is a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from einklang.check import sent_file
from einklang.errors import UnusableInput
from einklang.findings import Finding, finding
from einklang.outbox import announce_receipt, load_mail_settings
from einklang.project import Project
from einklang.result import DeliveredFile
from einklang.store import ACCEPTED, Delivery, Receipt, Store, now, write_atomically


def receive(
    files: Sequence[Path], supplier: str, dataset: str, project: Project, store: Store, received_at: str | None = None
) -> Receipt | Delivery:
    """The receipt of a new delivery; or the earlier delivery where these are its bytes again.

    Raises:
        UnusableInput: no file, an unreadable one, or an unknown supplier or data set.
    """
    project.profiles_of(supplier, dataset)
    if not files:
        raise UnusableInput("There is no file to deliver.", "Name at least one file.")
    sent = [sent_file(path) for path in files]
    digests = sorted(file.sha256 for file in sent)
    earlier = list(store.deliveries(supplier, dataset))
    same = [one for one in earlier if sorted(one.sha256) == digests and one.declarations == project.fingerprint]
    if same and not _superseded(same[-1], earlier):
        return same[-1]
    delivery, number = store.begin(supplier, dataset)
    kept = store.keep_raw(delivery, sent)
    receipt = Receipt(
        delivery=delivery,
        supplier=supplier,
        dataset=dataset,
        number=number,
        received_at=received_at or now(),
        files=[
            DeliveredFile(name=file.name, stored_as=file.stored_as, sha256=file.sha256, size=file.size) for file in kept
        ],
        older_than=_superseded(same[-1], earlier) if same else None,
        same_as=same[-1].number if same else None,
        same_received_at=same[-1].received_at if same else None,
    )
    write_atomically(store.folder(delivery) / "receipt.json", receipt.model_dump_json(indent=2).encode() + b"\n")
    announce_receipt(receipt, project, store, domain=load_mail_settings(project).domain)
    return receipt


def _superseded(delivery: Delivery, earlier: Sequence[Delivery]) -> int | None:
    """Number of an accepted later delivery for a period of this one, or None."""
    for later in reversed(earlier):
        if later.number > delivery.number and later.verdict in ACCEPTED and set(later.periods) & set(delivery.periods):
            return later.number
    return None


def _day(received_at: str) -> str:
    return f"{received_at[8:10]}.{received_at[5:7]}.{received_at[:4]}"


def same_bytes(delivery: Delivery, project: Project) -> Finding:
    """The information that a delivery arrived again."""
    return finding(project.catalogue, "IM-FIL-004", nr=delivery.number, datum=_day(delivery.received_at))


def receipt_findings(receipt: Receipt, project: Project) -> tuple[Finding, ...]:
    """What receiving alone has found."""
    if receipt.older_than is None or receipt.same_as is None or receipt.same_received_at is None:
        return ()
    question = finding(
        project.catalogue,
        "IM-FIL-005",
        nr=receipt.same_as,
        datum=_day(receipt.same_received_at),
        spaeter=receipt.older_than,
    )
    return (question,)
