"""The commands of `einklang`. Heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from einklang.cli.answering_commands import confirm, override
from einklang.cli.delivering import check, deliver, inbox
from einklang.cli.drafting import draft
from einklang.cli.options import UNUSABLE, Language, ProjectFolder, StoreFolder
from einklang.cli.stewarding import export, join, mail, overview, release, status
from einklang.cli.withdrawing import withdraw
from einklang.errors import EinklangError

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


def demo(
    into: Annotated[Path, typer.Option("--into", help="Folder for the store of the demonstration.")] = Path(
        "einklang-demo"
    ),
    project: ProjectFolder = None,
) -> None:
    """Run the whole line on sixteen Länder: deliveries with planted faults, reports, a release."""
    from einklang.cli.demo import run_demo

    run_demo(into, project)


for command in (
    check,
    deliver,
    inbox,
    release,
    status,
    export,
    explain,
    docs,
    mail,
    overview,
    draft,
    confirm,
    override,
    withdraw,
    join,
    demo,
):
    app.command()(command)


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
