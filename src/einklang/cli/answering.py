"""The commands by which findings are answered: `confirm` for offices, `override` for stewards."""

from __future__ import annotations

import re
from pathlib import Path

from rich.console import Console
from rich.text import Text

from einklang.answers import Answer, give
from einklang.cli.tables import verdict_text
from einklang.deliver import Delivered, judge_again
from einklang.errors import UnusableInput
from einklang.project import load_project
from einklang.report.workbook import read_answers
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


def answer(report: str, given: list[Answer], store: Store, project_folder: Path | None) -> Delivered:
    """Keeps answers to a report's findings and judges the delivery anew."""
    project = load_project(project_folder)
    delivery = named_delivery(report, store)
    give(store, store.result(delivery), given)
    return judge_again(store.receipt(delivery), project, store)


def answers_in(path: Path, by: str) -> list[Answer]:
    """The answers in the filled column of a returned workbook, one per finding.

    Raises:
        UnusableInput: the workbook holds none, or different ones for one finding.
    """
    found: dict[str, str] = {}
    for one in read_answers(path):
        if found.setdefault(one.identifier, one.text) != one.text:
            raise UnusableInput(f"`{path}` answers the finding {one.identifier} in two ways.", "Keep one answer.")
    if not found:
        raise UnusableInput(f"`{path}` holds no answer.", "Fill the column „Antwort“ of the sheet „Fehlerliste“.")
    return [Answer(name, text, by) for name, text in found.items()]


def show(delivered: Delivered, count: int, console: Console) -> None:
    """Says what became of a delivery after its findings were answered."""
    record = delivered.delivery
    console.print(
        Text.assemble(f"{count} Antworten übernommen. Lieferung {record.delivery}: ", verdict_text(record.verdict))
    )
    console.print(f"Prüfbericht: {delivered.report}", soft_wrap=True)
