"""Which reports are joined, and what is said of the joined one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from einklang.cli.tables import verdict_text
from einklang.errors import UnusableInput
from einklang.project import Project
from einklang.report.display import number
from einklang.report.join import JoinedReport, read_report
from einklang.report.texts import load_texts, say
from einklang.result import Result
from einklang.store import Store, current_deliveries


def reports_of(
    named: Sequence[Path], store: Path | None, dataset: str, project: Project
) -> Iterator[Result | JoinedReport]:
    """The reports at the paths, or those of the deliveries of a store that have no successor.

    Raises:
        UnusableInput: neither or both are named, a file is no report, or the data set is not declared.
        DamagedRecord: a record in the store cannot be read; a joined report without it would not be whole.
    """
    if bool(named) == (store is not None):
        raise UnusableInput("A joined report is made of reports or of a store.", "Name files, or `--store DIR`.")
    if store is None:
        yield from map(read_report, named)
        return
    wanted = project.dataset(dataset).name if dataset else None
    state = Store(store)
    for one in current_deliveries(list(state.deliveries(dataset=wanted))):
        yield state.result(one.delivery)


def joined_lines(report: JoinedReport) -> list[RenderableType]:
    """The totals of a joined report, for the terminal."""
    totals, texts = report.totals, load_texts()
    suppliers = ", ".join(totals.suppliers) or "–"
    counted = ", ".join(
        say(texts.severity.counted[severity].of(count), "de", count=number(count, "de"))
        for severity, count in totals.findings.items()
    )
    return [
        Text(f"Ergebnisse: {number(totals.results, 'de')} von {len(totals.suppliers)} Stellen ({suppliers})"),
        *(
            Text.assemble("  ", verdict_text(verdict), f": {number(count, 'de')}")
            for verdict, count in totals.verdicts.items()
            if count
        ),
        Text(f"Befunde: {counted}"),
    ]
