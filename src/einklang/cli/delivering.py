"""The commands `check`, `deliver` and `inbox`: files go through the line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from einklang.cli.options import (
    ACCEPTED,
    FINDINGS,
    DatasetName,
    Files,
    Language,
    ProjectFolder,
    StoreFolder,
    Supplier,
)
from einklang.errors import EinklangError
from einklang.lean_import import collector_at_rest


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
