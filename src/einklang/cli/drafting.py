"""The command `draft`: a first profile from a sample, and what has changed since a profile was written."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from einklang.cli.options import ACCEPTED, FINDINGS, ProjectFolder

if TYPE_CHECKING:
    from einklang.declarations.profile import Profile
    from einklang.draft.trial import Trial
    from einklang.project import Project

_SHOWN = 8


def draft(
    files: Annotated[list[Path], typer.Argument(help="Samples; each gives a profile.", show_default=False)],
    dataset: Annotated[str, typer.Option("--dataset", "-d", help="Name of the data set; default: the best fit.")] = "",
    supplier: Annotated[str, typer.Option("--supplier", "-s", help="Code of the supplier, e.g. ni.")] = "",
    sheet: Annotated[
        str,
        typer.Option("--sheet", help="Name of the sheet, or a regular expression for several; default: the best fit."),
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Write the profile to this file.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the sheets with their regions as a web page to this file.")
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", help="Profile (YAML) to hold the files against; nothing is drafted.")
    ] = None,
    project: ProjectFolder = None,
) -> None:
    """Draft a profile from a sample, or show with --check what has changed since a profile was written.

    The profile goes to the terminal or to --out; what is not sure stands under `todo` in it. Exit code: 0 drafted, or
    the file is as the profile says; 1 it has drifted, or a check finds something; 2 unusable input.
    """
    from einklang.cli.writing import check_places, write_texts
    from einklang.draft.drafting import draft_profile
    from einklang.draft.page import render_page
    from einklang.draft.writing import write_draft
    from einklang.errors import UnusableInput
    from einklang.project import load_project

    declared = load_project(project)
    if check is not None and out is not None:
        raise UnusableInput("`--out` does not go with `--check`, which drafts nothing.", "Leave out one of them.")
    if len(files) > 1 and (out or html):
        raise UnusableInput("`--out` and `--html` name one file each.", "Draft from one sample at a time.")
    check_places([out, html])
    if check is not None:
        raise typer.Exit(FINDINGS if _drifted(files, check, html, declared) else ACCEPTED)
    for path in files:
        made = draft_profile(path, declared, dataset, supplier, sheet)
        if out is None:
            typer.echo(write_draft(made))
        page = partial(render_page, path.name, made.trial, made.profile, declared)
        write_texts((out, partial(write_draft, made)), (html, page))
        _show(made.trial, made.profile, declared)


def _drifted(files: list[Path], check: Path, html: Path | None, project: Project) -> bool:
    from einklang.cli.tables import terminal
    from einklang.cli.writing import write_texts
    from einklang.declarations.base import build
    from einklang.declarations.profile import Profile
    from einklang.draft.drift import find_drift
    from einklang.draft.page import render_page
    from einklang.project import read_profile
    from einklang.report.display import visible

    profile = build(Profile, read_profile(check, project.folder / "schemas"), check)
    project.dataset(profile.dataset)
    any_found = False
    for path in files:
        found = find_drift(path, profile, project)
        told = [*(one.sentence for one in found.drifts), *found.found]
        any_found |= bool(told)
        said = [f"✗ {one}" for one in told] or ["✓ Die Datei ist so, wie das Profil sagt."]
        for line in (visible(path.name), *said):
            terminal().print(visible(line), markup=False, soft_wrap=True)
        if found.trial is not None:
            write_texts((html, partial(render_page, path.name, found.trial, profile, project)))
            _show(found.trial, profile, project)
        elif html is not None:
            terminal().print("Das Profil liest nichts; die Seite ist nicht geschrieben.", markup=False)
    return any_found


def _show(trial: Trial, profile: Profile, project: Project) -> None:
    """Some figures of each table in long form, and what is to be settled."""
    from einklang.cli.tables import figure_table, terminal
    from einklang.draft.page import names_of, some_figures
    from einklang.report.display import visible
    from einklang.report.statuses import status_sentence

    console = terminal()
    lines = some_figures(trial, profile, project, _SHOWN)
    read, usable = trial.observations.num_rows, trial.usable
    if lines:
        heads = ["Zelle", *names_of(profile, project), "geschrieben", "Wert"]
        for part in figure_table(heads, lines, console.width):
            console.print(part)
        console.print(f"Gezeigt: {len(lines)} von {read} Werten, gleichmäßig über alle Blätter und Tabellen.")
    console.print(f"{read} Werte gelesen, davon {usable} ohne Befund.", markup=False)
    if told := status_sentence(trial.statuses(project), "de"):
        console.print(f"Werte nach Status: {told}.", markup=False, soft_wrap=True)
    for text in profile.todo:
        console.print(f"? {visible(text)}", markup=False, soft_wrap=True)
