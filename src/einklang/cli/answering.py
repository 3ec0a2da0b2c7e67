"""Answers to findings, from the command line or a returned workbook, kept and judged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from einklang.answers import Answer, give
from einklang.cli.tables import verdict_text
from einklang.declarations.rules import Severity
from einklang.deliver import Delivered, judge_again
from einklang.errors import UnusableInput
from einklang.findings import Finding
from einklang.project import load_project
from einklang.report.display import visible
from einklang.report.workbook import read_answers
from einklang.result import Result
from einklang.store import Store

_DELIVERY = re.compile(r"([^/]+)/([^/]+)/(\d+)")


def named_delivery(report: str, store: Store) -> str:
    """The id of the delivery that a report belongs to; `report` is the id, or a path into its folder.

    Raises:
        UnusableInput: it is neither.
    """
    if _DELIVERY.fullmatch(report):
        return store.delivery(report).delivery
    root = (store.root / "deliveries").resolve()
    path = Path(report).resolve()
    if path.is_relative_to(root):
        parts = path.relative_to(root).parts[:3]
        if len(parts) == 3:
            return store.delivery("/".join(parts)).delivery
    raise UnusableInput(
        f"`{report}` names no delivery in `{store.root}`.", "Name its id, e.g. ni/auslaender/0002, or its report."
    )


@dataclass(frozen=True)
class Answered:
    """What became of a delivery whose findings were answered; of a workbook also what was not taken, and why."""

    delivered: Delivered
    taken: int
    left: list[str]


def answer(
    report: str,
    given: list[Answer],
    store: Store,
    project_folder: Path | None,
    workbook: tuple[Path | None, str] = (None, ""),
) -> Answered:
    """Keeps answers to a report's findings and judges the delivery anew.

    `workbook` is the returned one, if there is one, and who has filled it.

    Raises:
        UnusableInput: nothing is answered, or one of `given` cannot be.
    """
    project = load_project(project_folder)
    delivery = named_delivery(report, store)
    result = store.result(delivery)
    path, by = workbook
    bulk, left = answers_in(path, by, result) if path is not None else ([], [])
    if not given and not bulk:
        raise UnusableInput(
            "No finding is answered." if not left else f"No answer could be taken: {left[0]}",
            "Name one with --finding, or give the filled workbook with --answers.",
        )
    give(store, result, [*given, *bulk])
    return Answered(judge_again(store.receipt(delivery), project, store), len(given) + len(bulk), left)


def answers_in(path: Path, by: str, result: Result) -> tuple[list[Answer], list[str]]:
    """The answers in the filled column of a returned workbook; and, in German, those that cannot be taken.

    A finding is confirmed as a whole: each of its rows needs an answer.

    Raises:
        UnusableInput: the workbook holds no answer.
    """
    found = read_answers(path)
    if not found:
        raise UnusableInput(f"`{path}` holds no answer.", "Fill the column „Antwort“ of the sheet „Fehlerliste“.")
    known = {one.fingerprint: one for one in result.findings}
    taken: list[Answer] = []
    left: list[str] = []
    for one in found:
        reason = _not_taken(known.get(one.identifier), one.rows)
        if reason:
            left.append(f"{one.rule}/{one.identifier}: {reason}")
        else:
            taken.append(Answer(one.identifier, one.text, by))
    return taken, left


def _not_taken(finding: Finding | None, rows: int) -> str:
    if finding is None:
        return "Diesen Befund gibt es in der Lieferung nicht."
    if finding.severity is Severity.INFORMATION:
        return "Ein Hinweis braucht keine Antwort."
    if not finding.confirm:
        return "Ein Fehler lässt sich nicht bestätigen. Bitte berichtigen Sie die Zellen."
    wanted = max(1, len(finding.places))
    return f"Die Antwort fehlt in {wanted - rows} von {wanted} Zeilen." if rows < wanted else ""


def show(answered: Answered, console: Console) -> None:
    """Says what became of a delivery after its findings were answered."""
    record = answered.delivered.delivery
    count = "1 Antwort" if answered.taken == 1 else f"{answered.taken} Antworten"
    console.print(Text.assemble(f"{count} übernommen. Lieferung {record.delivery}: ", verdict_text(record.verdict)))
    if answered.left:
        console.print("Nicht übernommen:")
    for line in answered.left:
        console.print(f"- {visible(line)}", markup=False, soft_wrap=True)
    console.print(f"Prüfbericht: {answered.delivered.report}", soft_wrap=True)
