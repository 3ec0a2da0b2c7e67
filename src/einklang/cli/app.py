"""The commands of `einklang`. Heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from einklang.cli.answering_commands import confirm, override
from einklang.cli.drafting import draft
from einklang.cli.options import (
    ACCEPTED,
    FINDINGS,
    UNUSABLE,
    DatasetName,
    Files,
    Language,
    ProjectFolder,
    StoreFolder,
    Supplier,
)
from einklang.cli.withdrawing import withdraw
from einklang.errors import EinklangError
from einklang.lean_import import collector_at_rest

app = typer.Typer(
    name="einklang",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"einklang {version('einklang')}")
        raise typer.Exit


@app.callback()
def options(
    is_asked: Annotated[
        bool, typer.Option("--version", help="Show the version and end.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Checks and harmonises the deliveries of the Länder for the shared Integrationsmonitoring."""


@app.command()
def check(
    files: Files,
    supplier: Supplier,
    dataset: DatasetName,
    project: ProjectFolder = None,
    store: Annotated[
        Path | None,
        typer.Option(
            "--store", help="Store whose accepted figures of earlier years are compared; nothing is written to it."
        ),
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", help="Write the file back as a workbook with marked cells.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report as a web page to this file.")] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write the result as JSON to this file.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the list of findings as CSV to this file.")] = None,
    ess: Annotated[
        Path | None,
        typer.Option("--ess", help="Write it as ESS validation report 1.0.1 (JSON, English) to this file."),
    ] = None,
    language: Language = "de",
) -> None:
    """Check files as the monitoring would, and store nothing.

    Exit code: 0 accepted, 1 with findings to mend or to confirm, 2 unusable input.
    """
    with collector_at_rest():
        from einklang import gx

        # Before anything else, and beside all of it: what it imports takes as long.
        gx.start()

        from einklang import report
        from einklang.check import Sending, sent_file
        from einklang.check import check as run_check
        from einklang.cli.tables import terminal
        from einklang.cli.writing import check_places, place_named, write_texts
        from einklang.measures.figures import no_references
        from einklang.project import load_project
        from einklang.references import references_for
        from einklang.store import ACCEPTED as ACCEPTED_VERDICTS
        from einklang.store import Store

        check_places([xlsx, html, json, csv, ess])
        sent = tuple(sent_file(path) for path in files)
        declared = load_project(project, supplier)
    sending = Sending(supplier, dataset, sent)
    result = run_check(
        sending,
        declared,
        lambda: Store(store).history(supplier, dataset) if store else None,
        references=references_for(supplier, dataset, declared, Store(store)) if store else no_references,
    ).result
    if xlsx is not None:
        from einklang.discretion import SecretMarks
        from einklang.report.workbook import render_workbook

        profiles = declared.profiles_of(supplier, dataset)
        marks = SecretMarks.of(profiles, declared)
        with place_named(xlsx):
            render_workbook(result, {file.name: file.path for file in sent}, xlsx, language, profiles[0].file, marks)
    write_texts(
        (html, lambda: report.render_html(result, language)),
        (json, lambda: report.render_json(result)),
        (csv, lambda: report.render_csv(result, language)),
        (ess, lambda: report.render_ess(result, severities=declared.catalogue.severities)),
    )
    terminal().print(report.render_terminal(result, language))
    raise typer.Exit(ACCEPTED if result.verdict in ACCEPTED_VERDICTS else FINDINGS)


@app.command()
def deliver(
    files: Files,
    supplier: Supplier,
    dataset: DatasetName,
    store: StoreFolder = Path("store"),
    project: ProjectFolder = None,
    language: Language = "de",
) -> None:
    """Deliver files: keep the bytes, check them, write observations and report.

    Exit code: 0 accepted, 1 with findings to mend or to confirm, 2 unusable input.
    """
    from einklang.check import sent_file
    from einklang.cli.tables import terminal
    from einklang.orchestration import flow
    from einklang.project import load_project
    from einklang.report import render_terminal
    from einklang.store import ACCEPTED as ACCEPTED_VERDICTS
    from einklang.store import Store

    load_project(project, supplier).profiles_of(supplier, dataset)
    for path in files:
        sent_file(path)
    console = terminal()
    with console.status("Die Lieferung wird geprüft …"):
        state, delivery = flow("deliver")(
            [path.resolve() for path in files], supplier, dataset, project, store.resolve()
        )
    if not delivery:
        raise EinklangError(
            f"The flow ended as {state} before the delivery had a number.", "Look at the messages above."
        )
    folder = Store(store).folder(delivery)
    record = Store(store).delivery(delivery)
    console.print(render_terminal(Store(store).result(delivery), language))
    if state == "Unchanged":
        console.print(f"Identisch mit Lieferung {delivery}; nicht erneut geprüft.")
    console.print(f"Lieferung {delivery} · Prüfbericht: {folder / 'report.html'}", soft_wrap=True)
    raise typer.Exit(ACCEPTED if record.verdict in ACCEPTED_VERDICTS else FINDINGS)


@app.command()
def inbox(
    folder: Annotated[
        Path, typer.Argument(help="Folder laid out as <supplier>/<dataset>/<files>.", show_default=False)
    ],
    store: StoreFolder = Path("store"),
    project: ProjectFolder = None,
) -> None:
    """Deliver everything in an inbox folder, several deliveries at a time.

    What has been judged and has not changed is left alone. Exit code: 0 all accepted, 1 some need attention or
    could not be judged, 2 unusable input.
    """
    from einklang.cli.tables import inbox_table, terminal
    from einklang.orchestration import flow

    console = terminal()
    with console.status("Die Lieferungen werden geprüft …"):
        outcome = flow("inbox")(folder.resolve(), project, store.resolve())
    console.print(inbox_table(outcome.rows))
    raise typer.Exit(ACCEPTED if outcome.state == "AllAccepted" else FINDINGS)


@app.command()
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


@app.command()
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


@app.command()
def explain(
    rule: Annotated[str, typer.Argument(help="Code of the rule, e.g. IM-AGG-001.", show_default=False)],
    project: ProjectFolder = None,
    language: Language = "de",
) -> None:
    """Explain a rule: what must hold, what is said when it does not, how to mend it, and an example."""
    from einklang.cli.tables import rule_text, terminal
    from einklang.errors import UnknownName
    from einklang.project import load_project

    declared = load_project(project)
    known = declared.catalogue.by_id
    if rule.upper() not in known:
        raise UnknownName("rule", rule.upper(), known)
    terminal().print(rule_text(known[rule.upper()], declared, language))


@app.command()
def docs(
    out: Annotated[Path, typer.Option("--out", help="Folder for the pages.")],
    gx: Annotated[
        bool, typer.Option("--gx", help="Data Docs of Great Expectations; the only kind there is.", show_default=False)
    ] = False,
    delivery: Annotated[
        str, typer.Option("--delivery", help="Also the figures of a delivery, e.g. ni/auslaender/0002.")
    ] = "",
    store: StoreFolder = Path("store"),
    project: ProjectFolder = None,
) -> None:
    """Write the expectations as suites of Great Expectations, as JSON and as Data Docs for stewards.

    With a delivery, its figures are computed again and shown beside their limits. Exit code: 0 written, 2 unusable
    input.
    """
    from einklang.cli.tables import terminal
    from einklang.deliver import check_received
    from einklang.errors import UnusableInput
    from einklang.gx_pages import Delivered, write_data_docs
    from einklang.project import load_project
    from einklang.store import Store

    if not gx:
        raise UnusableInput("No kind of page was named.", "Add `--gx`.")
    declared, state = load_project(project), Store(store)
    receipt = state.receipt(delivery) if delivery else None
    shown = Delivered(delivery, receipt.dataset, lambda: check_received(receipt, declared, state)) if receipt else None
    written = write_data_docs(out, declared, shown)
    terminal().print(str(written.page), markup=False, soft_wrap=True)


@app.command()
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


@app.command()
def overview(store: StoreFolder = Path("store"), project: ProjectFolder = None, language: Language = "de") -> None:
    """Write the stewards' page of all Länder, data sets and periods into the store."""
    from einklang.cli.tables import terminal
    from einklang.project import load_project
    from einklang.report.overview import OVERVIEW, render_overview
    from einklang.store import Store, write_atomically

    page = render_overview(load_project(project), Store(store), language)
    write_atomically(store / OVERVIEW, page.encode())
    terminal().print(f"{store / OVERVIEW}", markup=False, soft_wrap=True)


app.command()(draft)
app.command()(confirm)
app.command()(override)
app.command()(withdraw)


@app.command()
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


@app.command()
def demo(
    into: Annotated[Path, typer.Option("--into", help="Folder for the store of the demonstration.")] = Path(
        "einklang-demo"
    ),
    project: ProjectFolder = None,
) -> None:
    """Run the whole line on sixteen Länder: deliveries with planted faults, reports, a release."""
    from einklang.cli.demo import run_demo

    run_demo(into, project)


def main() -> None:
    """Runs the command line; every error is one sentence with a remedy."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except EinklangError as error:
        typer.echo(f"einklang: {error}", err=True)
        sys.exit(UNUSABLE)
    except Exception as error:
        if os.environ.get("EINKLANG_DEBUG"):
            raise
        typer.echo(
            f"einklang: unexpected error ({type(error).__name__}: {error}). "
            "Set EINKLANG_DEBUG=1 and run the command again to see where.",
            err=True,
        )
        sys.exit(3)
