"""The commands by which findings are answered: `confirm` for offices, `override` for stewards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from einklang.cli.options import ACCEPTED, FINDINGS, ProjectFolder, StoreFolder

if TYPE_CHECKING:
    from einklang.answers import Answer


def confirm(
    report: Annotated[
        str, typer.Argument(help="The delivery's id, e.g. ni/auslaender/0002, or its report.", show_default=False)
    ],
    by: Annotated[str, typer.Option("--by", help="Who says so.")],
    finding: Annotated[
        list[str] | None,
        typer.Option("--finding", "-f", help="Name of a finding as the report gives it; may be repeated."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why the values named by --finding are right.")] = "",
    answers: Annotated[
        Path | None, typer.Option("--answers", help="Returned workbook whose column „Antwort“ was filled.")
    ] = None,
    store: StoreFolder = Path("store"),
    project: ProjectFolder = None,
) -> None:
    """Confirm that warned values are right, one by one or with the returned workbook. Errors cannot be confirmed.

    The confirmation holds while the value and what it was compared with stay. Exit code as for `deliver`.
    """
    from einklang.answers import Answer

    _answer(report, [Answer(name, reason, by) for name in finding or []], store, project, (answers, by))


def override(
    report: Annotated[
        str, typer.Argument(help="The delivery's id, e.g. ni/auslaender/0002, or its report.", show_default=False)
    ],
    finding: Annotated[
        list[str], typer.Option("--finding", "-f", help="Name of the finding as the report gives it; may be repeated.")
    ],
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why the delivery is accepted despite the error.")],
    by: Annotated[str, typer.Option("--by", help="The steward who decides.")],
    second: Annotated[str, typer.Option("--second", help="The second person who agrees.")],
    store: StoreFolder = Path("store"),
    project: ProjectFolder = None,
) -> None:
    """Accept a delivery despite an error: a steward's decision that needs a second person.

    Cells that gave no usable value stay in quarantine. It shows in the report and in the release.
    """
    from einklang.answers import Answer

    _answer(report, [Answer(name, reason, by, second) for name in finding], store, project)


def _answer(
    report: str,
    given: list[Answer],
    store: Path,
    project: Path | None,
    workbook: tuple[Path | None, str] = (None, ""),
) -> None:
    from einklang.cli.answering import answer, show
    from einklang.cli.tables import terminal
    from einklang.store import ACCEPTED as ACCEPTED_VERDICTS
    from einklang.store import Store

    answered = answer(report, given, Store(store), project, workbook)
    show(answered, terminal())
    raise typer.Exit(ACCEPTED if answered.delivered.delivery.verdict in ACCEPTED_VERDICTS else FINDINGS)
