"""A delivery from receipt to report: what a flow or a command calls.

`process` works from the receipt alone, so an interrupted delivery is finished by calling it again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from einklang import observations as contract1
from einklang.answers import answers_of
from einklang.check import Checked, Sending, SentFile, check
from einklang.comparison import compare
from einklang.declarations.rules import Severity
from einklang.discretion import SecretMarks
from einklang.outbox import announce_verdict, load_mail_settings
from einklang.project import Project
from einklang.publication import released_observations
from einklang.receive import receipt_findings, receive
from einklang.references import references_for
from einklang.report import render_csv, render_html, render_json
from einklang.report.ess import render_ess
from einklang.report.workbook import render_workbook
from einklang.result import Verdict
from einklang.store import Delivery, Receipt, Store, now, write_atomically

REPORT = "report.html"
WORKBOOK = "report.xlsx"
ESS_REPORT = "ess.json"


@dataclass(frozen=True)
class Delivered:
    """What became of a delivery: its record, its report, and whether its bytes had arrived before."""

    delivery: Delivery
    report: Path
    is_repeat: bool


def deliver(
    files: Sequence[Path], supplier: str, dataset: str, project: Project, store: Store, received_at: str | None = None
) -> Delivered:
    """Receives files, checks them, keeps result and report."""
    received = receive(files, supplier, dataset, project, store, received_at)
    if isinstance(received, Delivery):
        return Delivered(received, store.folder(received.delivery) / REPORT, is_repeat=True)
    return process(received, project, store)


def report_place(delivery: Delivery) -> str:
    """Where an office finds its report: below the address in EINKLANG_REPORTS, else in the archive."""
    base = os.environ.get("EINKLANG_REPORTS", "")
    return f"{base.rstrip('/')}/{delivery.delivery}/{REPORT}" if base else f"deliveries/{delivery.delivery}/{REPORT}"


def deadline(delivery: Delivery, store: Store) -> date | None:
    """The day by which the office is asked to answer, or None."""
    answer_by = store.result(delivery.delivery).answer_by
    return date.fromisoformat(answer_by) if answer_by else None


def process(
    receipt: Receipt, project: Project, store: Store, progress: Callable[[str], None] = lambda _: None
) -> Delivered:
    """Checks a received delivery and keeps observations, quarantine and reports; the record comes last.

    A delivery that another run has judged meanwhile is not judged twice.
    """
    with store.judging(receipt.delivery):
        if store.is_judged(receipt.delivery):
            return Delivered(store.delivery(receipt.delivery), store.folder(receipt.delivery) / REPORT, is_repeat=False)
        return _judge(receipt, project, store, progress)


def judge_again(receipt: Receipt, project: Project, store: Store) -> Delivered:
    """Judges a delivery anew, with the answers given since; its reports and record are replaced.

    The office gets a further message with the new verdict.
    """
    with store.judging(receipt.delivery):
        return _judge(receipt, project, store, lambda _: None)


def sending_of(receipt: Receipt, project: Project, store: Store) -> Sending:
    """A received delivery as it is checked: its files in the archive, and the answers given since."""
    raw = store.folder(receipt.delivery) / "raw"
    files = tuple(
        SentFile(raw / file.stored_as, file.name, file.stored_as, file.sha256, file.size) for file in receipt.files
    )
    return Sending(
        supplier=receipt.supplier,
        dataset=receipt.dataset,
        files=files,
        delivery=receipt.delivery,
        number=receipt.number,
        received_at=receipt.received_at,
        findings=receipt_findings(receipt, project),
        answers=tuple(answers_of(store, receipt.supplier, receipt.dataset)),
    )


def check_received(
    receipt: Receipt, project: Project, store: Store, progress: Callable[[str], None] = lambda _: None
) -> Checked:
    """Checks a received delivery beside what its sender delivered before and what was released."""
    return check(
        sending_of(receipt, project, store),
        project,
        lambda: store.history(receipt.supplier, receipt.dataset, before=receipt.number),
        progress,
        lambda: released_observations(store.root / "releases", receipt.dataset),
        references_for(receipt.supplier, receipt.dataset, project, store),
    )


def _judge(receipt: Receipt, project: Project, store: Store, progress: Callable[[str], None]) -> Delivered:
    folder = store.folder(receipt.delivery)
    checked = check_received(receipt, project, store, progress)
    checked = _beside_previous(checked, receipt, project, store)
    progress("report")
    return Delivered(_keep(checked, receipt, project, store), folder / REPORT, is_repeat=False)


def _beside_previous(checked: Checked, receipt: Receipt, project: Project, store: Store) -> Checked:
    """The result with the delivery it replaces, and what differs from it."""
    replaced = _replaced(checked, receipt, store)
    if replaced is None:
        return checked
    before = store.result(replaced)
    comparison = compare(
        replaced,
        (before.findings, store.observations(replaced)),
        (checked.result.findings, checked.observations),
        project.dataset(receipt.dataset),
        project,
    )
    identity = checked.result.identity.model_copy(update={"replaces": replaced})
    result = checked.result.model_copy(update={"identity": identity, "comparison": comparison})
    return Checked(result, checked.observations, checked.quarantine)


def _replaced(checked: Checked, receipt: Receipt, store: Store) -> str | None:
    """The latest earlier delivery for the same periods."""
    periods = set(checked.result.identity.periods)
    earlier = [
        one
        for one in store.deliveries(receipt.supplier, receipt.dataset)
        if one.number < receipt.number and periods & set(one.periods)
    ]
    return earlier[-1].delivery if earlier else None


def _keep(checked: Checked, receipt: Receipt, project: Project, store: Store) -> Delivery:
    folder = store.folder(receipt.delivery)
    result = checked.result
    for name, table in (("observations", checked.observations), ("quarantine", checked.quarantine)):
        beside = folder / f".{name}.parquet.part"
        contract1.write_parquet(table, beside)
        beside.replace(folder / f"{name}.parquet")
    write_atomically(folder / "report.json", render_json(result).encode())
    write_atomically(folder / REPORT, render_html(result).encode())
    write_atomically(folder / "findings.csv", render_csv(result).encode())
    ess = render_ess(result, severities=project.catalogue.severities)
    write_atomically(folder / ESS_REPORT, ess.encode())
    if result.findings:
        files = {file.name: folder / "raw" / file.stored_as for file in receipt.files}
        profiles = project.profiles_of(receipt.supplier, receipt.dataset)
        marks = SecretMarks.of(profiles, project)
        render_workbook(result, files, folder / WORKBOOK, agreed=profiles[0].file, marks=marks)
    before = store.delivery(receipt.delivery) if store.is_judged(receipt.delivery) else None
    severities = [finding.severity for finding in result.findings]
    record = Delivery(
        delivery=receipt.delivery,
        supplier=receipt.supplier,
        dataset=receipt.dataset,
        number=receipt.number,
        received_at=receipt.received_at,
        sha256=[file.sha256 for file in receipt.files],
        periods=result.identity.periods,
        replaces=result.identity.replaces,
        verdict=Verdict(result.verdict),
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        accepted=checked.observations.num_rows,
        quarantined=checked.quarantine.num_rows,
        declarations=project.fingerprint,
        judgement=before.judgement + 1 if before else 1,
        judged_at=now() if before else "",
    )
    write_atomically(folder / "delivery.json", record.model_dump_json(indent=2).encode() + b"\n")
    domain = load_mail_settings(project).domain
    announce_verdict(record, report_place(record), project, store, deadline=deadline(record, store), domain=domain)
    return record
