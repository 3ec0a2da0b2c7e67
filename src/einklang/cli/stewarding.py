"""The commands `release`, `status`, `export`, `mail`, `overview` and `join`: what stewards do with deliveries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from einklang.cli.options import ACCEPTED, FINDINGS, Language, ProjectFolder, StoreFolder


def release(store: StoreFolder = Path("store"), project: ProjectFolder = None) -> None:
    """Write a new release from the accepted deliveries of all suppliers.

    Exit code: 0 released or unchanged, 1 blocked by a national rule or the disclosure gate, or nothing to release,
    2 unusable input. What was found stands in `release-report.html` in the store.
    """
    from einklang.cli.tables import release_lines, terminal
    from einklang.orchestration import flow

    console = terminal()
    with console.status("Der Veröffentlichungsstand wird gebildet …"):
        outcome = flow("release")(project, store.resolve())
    for line in release_lines(outcome, store):
        console.print(line, soft_wrap=True)
    raise typer.Exit(ACCEPTED if outcome.version else FINDINGS)


def status(store: StoreFolder = Path("store"), project: ProjectFolder = None) -> None:
    """Show who delivered what, with which verdict, the latest release, and those withdrawn.

    Exit code: 0, or 1 if a record in the store is damaged; it is named, and everything else is shown.
    """
    from einklang.cli.tables import damage_lines, delivery_table, terminal, verdict_matrix, withdrawal_lines
    from einklang.project import load_project
    from einklang.publication import read_latest
    from einklang.store import Store
    from einklang.withdrawal import withdrawals

    declared = load_project(project)
    state = Store(store)
    console = terminal()
    survey = state.survey()
    if not (survey.deliveries or survey.unfinished or survey.damaged):
        console.print(f"In {store} liegt noch keine Lieferung.", soft_wrap=True)
        return
    console.print(verdict_matrix(declared, survey.deliveries))
    console.print(delivery_table(survey.deliveries))
    for receipt in survey.unfinished:
        console.print(f"Nicht zu Ende geprüft: {receipt.delivery} (empfangen {receipt.received_at})")
    latest = read_latest(store / "releases")
    console.print(f"Veröffentlichungsstand: {latest.version if latest else 'noch keiner'}")
    for line in withdrawal_lines(withdrawals(store / "releases")):
        console.print(line, markup=False, soft_wrap=True)
    for line in damage_lines(survey.damaged):
        console.print(line, soft_wrap=True)
    raise typer.Exit(FINDINGS if survey.damaged else ACCEPTED)


def export(
    csv: Annotated[Path, typer.Option("--csv", help="Write the figures to this file.")],
    delivery: Annotated[
        str, typer.Argument(help="An accepted delivery, e.g. ni/auslaender/0002.", show_default=False)
    ] = "",
    dataset: Annotated[str, typer.Option("--dataset", "-d", help="This data set of the latest release instead.")] = "",
    store: StoreFolder = Path("store"),
) -> None:
    """Write the accepted figures of a delivery, or the released ones of a data set, as CSV for spreadsheets.

    Semicolons and decimal commas; texts cannot act as formulas. For programs there is Parquet. Exit code: 0 written,
    2 unusable input.
    """
    from einklang.cli.exporting import figures_of
    from einklang.cli.tables import terminal
    from einklang.cli.writing import check_places, place_named
    from einklang.report.figures_csv import render_figures
    from einklang.store import Store

    check_places([csv])
    table = figures_of(Store(store), delivery, dataset)
    with place_named(csv):
        csv.write_bytes(render_figures(table))
    terminal().print(f"{csv}: {table.num_rows} Angaben", markup=False, soft_wrap=True)


def mail(
    store: StoreFolder = Path("store"),
    project: ProjectFolder = None,
    release: Annotated[
        list[str] | None,
        typer.Option(
            "--release", help="Name of a message that failed or is too old: try it again all the same; may be repeated."
        ),
    ] = None,
) -> None:
    """Send receipts and verdicts that wait in the outbox, where a mail server is set up.

    Every message is first a file in the store's outbox; set up sending with EINKLANG_SMTP_HOST and the
    mailboxes in `mailboxes.csv`. Exit code: 0 all sent or nothing set up, 1 a steward has to look.
    """
    from einklang.cli.tables import damage_lines, terminal
    from einklang.deliver import deadline, report_place
    from einklang.outbox import announce_all, load_mail_settings, outcome_lines, release_message, send_pending
    from einklang.project import load_project
    from einklang.store import Store

    declared, state = load_project(project), Store(store)
    settings = load_mail_settings(declared)
    announced = announce_all(
        declared, state, report_place, deadline_of=lambda one: deadline(one, state), domain=settings.domain
    )
    for name in release or []:
        release_message(state, name)
    outcome = send_pending(state, settings)
    for line in [*outcome_lines(outcome), *damage_lines(announced.damaged)]:
        terminal().print(line, markup=False, soft_wrap=True)
    raise typer.Exit(FINDINGS if outcome.needs_attention or announced.damaged else ACCEPTED)


def overview(store: StoreFolder = Path("store"), project: ProjectFolder = None, language: Language = "de") -> None:
    """Write the stewards' page of all Länder, data sets and periods into the store."""
    from einklang.cli.tables import terminal
    from einklang.project import load_project
    from einklang.report.overview import OVERVIEW, render_overview
    from einklang.store import Store, write_atomically

    page = render_overview(load_project(project), Store(store), language)
    write_atomically(store / OVERVIEW, page.encode())
    terminal().print(f"{store / OVERVIEW}", markup=False, soft_wrap=True)


def join(
    reports: Annotated[
        list[Path] | None,
        typer.Argument(help="JSON reports of deliveries or checks, or joined ones.", show_default=False),
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="Take the current deliveries of this store; no reports are named.")
    ] = None,
    dataset: Annotated[str, typer.Option("--dataset", "-d", help="Of the store only this data set.")] = "",
    json: Annotated[Path | None, typer.Option("--json", help="Write the joined report as JSON to this file.")] = None,
    ess: Annotated[
        Path | None, typer.Option("--ess", help="Write it as ESS validation report 1.0.1 (JSON, English) to this file.")
    ] = None,
    project: ProjectFolder = None,
) -> None:
    """Join reports to one: those of sixteen Länder make the national report.

    The order does not matter, a report named twice counts once, and a joined report can be joined again.
    """
    from einklang.cli.joining import joined_lines, reports_of
    from einklang.cli.tables import terminal
    from einklang.cli.writing import check_places, write_texts
    from einklang.project import load_project
    from einklang.report.ess import render_ess
    from einklang.report.join import join_results, render_joined

    check_places([json, ess])
    declared = load_project(project)
    joined = join_results(reports_of(reports or [], store, dataset, declared))
    write_texts(
        (json, lambda: render_joined(joined)),
        (ess, lambda: render_ess(joined, severities=declared.catalogue.severities)),
    )
    for line in joined_lines(joined):
        terminal().print(line, soft_wrap=True)
