"""What the commands show on the terminal. Texts from files never act as markup."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from einklang.declarations.rules import Rule, Severity
from einklang.errors import StoreError
from einklang.project import Project
from einklang.publication import read_manifest
from einklang.release_report import REPORT, gate_sentence
from einklang.report import symbols
from einklang.report.display import visible
from einklang.result import Verdict
from einklang.store import Delivery

if TYPE_CHECKING:
    from einklang.release import Released
    from einklang.withdrawal import Withdrawal

VERDICTS: dict[Verdict, tuple[str, str, str]] = {
    Verdict.ACCEPTED: (symbols.OF_VERDICT[Verdict.ACCEPTED], "angenommen", "green"),
    Verdict.ACCEPTED_WITH_NOTES: (symbols.OF_VERDICT[Verdict.ACCEPTED_WITH_NOTES], "angenommen mit Hinweisen", "green"),
    Verdict.CLARIFICATION_NEEDED: (symbols.OF_VERDICT[Verdict.CLARIFICATION_NEEDED], "Klärung nötig", "yellow"),
    Verdict.REJECTED: (symbols.OF_VERDICT[Verdict.REJECTED], "zurückgewiesen", "red"),
}
_VERDICT_WIDTH = 16
_WITHOUT_TERMINAL = 120
_BETWEEN = 2
_HEADS_OF_JOINED = 4
_SEVERITY = {
    Severity.ERROR: {"de": "Fehler", "en": "error"},
    Severity.WARNING: {"de": "Warnung", "en": "warning"},
    Severity.INFORMATION: {"de": "Hinweis", "en": "information"},
}


def terminal() -> Console:
    """The console: as wide as the terminal, wide enough for tables where there is none."""
    console = Console(emoji=False)
    has_width = console.is_terminal or "COLUMNS" in os.environ
    return console if has_width else Console(width=_WITHOUT_TERMINAL, emoji=False)


def verdict_text(verdict: Verdict) -> Text:
    """A verdict in symbol, word and colour."""
    symbol, word, colour = VERDICTS[verdict]
    return Text(f"{symbol} {word}", style=colour)


def latest_deliveries(deliveries: Iterable[Delivery]) -> dict[tuple[str, str], Delivery]:
    """The latest delivery of each supplier and data set."""
    return {(delivery.supplier, delivery.dataset): delivery for delivery in deliveries}


def verdict_matrix(project: Project, deliveries: Iterable[Delivery]) -> Table:
    """Suppliers × data sets with the verdict of the latest delivery.

    Shown are the data sets that were delivered and those that an indicator needs.
    """
    latest = latest_deliveries(deliveries)
    needed = {part.dataset for one in project.indicators.values() for part in (one.numerator, one.denominator) if part}
    table = Table(
        title="Ergebnis der jeweils letzten Lieferung", box=box.SIMPLE_HEAD, title_justify="left", show_edge=False
    )
    table.add_column("Land oder Stelle", no_wrap=True)
    names = sorted(needed | {dataset for _, dataset in latest} & set(project.datasets))
    for name in names:
        table.add_column(project.datasets[name].title.de, min_width=_VERDICT_WIDTH, overflow="fold")
    lands = project.codelists["laender"].codes
    suppliers = project.codelists["suppliers"].codes.values()
    present = {supplier for supplier, _ in latest}
    ordered = sorted(suppliers, key=lambda one: (one.extra["areas"] == "*", one.extra["areas"], one.code))
    for supplier in ordered:
        land = lands.get(supplier.extra["areas"])
        if land is None and supplier.code not in present:
            continue
        cells: list[Text] = []
        for name in names:
            found = latest.get((supplier.code, name))
            cells.append(verdict_text(found.verdict) if found else Text("– keine Lieferung", style="dim"))
        table.add_row(Text(land.label_de if land else supplier.label_de), *cells)
    return table


def delivery_table(deliveries: Iterable[Delivery]) -> Table:
    """All deliveries, one per line."""
    table = Table(title="Lieferungen", box=box.SIMPLE_HEAD, title_justify="left", show_edge=False)
    for heading, width in (("Lieferung", 23), ("empfangen", 10), ("Zeitraum", 10)):
        table.add_column(heading, no_wrap=True, min_width=width)
    table.add_column("Ergebnis (offene Befunde)")
    for one in deliveries:
        table.add_row(
            one.delivery,
            _german_day(one.received_at[:10]),
            _periods(one.periods),
            verdict_text(one.verdict).append(f" ({one.errors + one.warnings})" if one.errors or one.warnings else ""),
        )
    return table


def inbox_table(rows: Iterable[Any]) -> Table:
    """What became of each delivery of an inbox; the rows are those of the inbox flow."""
    table = Table(title="Eingang", box=box.SIMPLE_HEAD, title_justify="left", show_edge=False)
    for heading in ("Datei", "Lieferung", "Ergebnis (offene Befunde)", "Bemerkung"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        found = row.errors + row.warnings
        verdict = Text("× nicht geprüft", style="red") if row.verdict is None else verdict_text(row.verdict)
        table.add_row(
            Text(visible(row.source)),
            row.delivery or "–",
            verdict.append(f" ({found})" if found else ""),
            Text(visible(row.note)),
        )
    return table


def figure_table(heads: Sequence[str], lines: Sequence[Sequence[str]], width: int) -> list[RenderableType]:
    """Figures in long form, one per line; labels that all of them share are said once above.

    Long labels are folded at blanks; where the terminal is too narrow for that, all labels stand in one column.
    """
    texts = [[visible(text) for text in line] for line in lines]
    columns = list(zip(*texts, strict=True))
    is_label = [0 < number < len(heads) - 2 for number in range(len(heads))]
    shared = [len(texts) > 1 and one and len(set(column)) == 1 for one, column in zip(is_label, columns, strict=True)]
    longest = [
        max(len(word) for text in (head, *column) for word in (text.split() or [""]))
        for head, column in zip(heads, columns, strict=True)
    ]
    needed = [length for length, is_said in zip(longest, shared, strict=True) if not is_said]
    fits = sum(needed) + _BETWEEN * len(needed) <= width
    if not fits and len(heads) > _HEADS_OF_JOINED:
        joined = [[line[0], " · ".join(line[1:-2]), *line[-2:]] for line in texts]
        return figure_table([heads[0], " · ".join(heads[1:-2]), *heads[-2:]], joined, width)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, collapse_padding=True, pad_edge=False)
    for head, length, is_said in zip(heads, longest, shared, strict=True):
        if not is_said:
            table.add_column(head, overflow="fold", min_width=length if fits else None)
    for line in texts:
        table.add_row(*(Text(text) for text, is_said in zip(line, shared, strict=True) if not is_said))
    said = [f"{head} „{column[0]}“" for head, column, is_said in zip(heads, columns, shared, strict=True) if is_said]
    title = Text("Die Tabelle, wie sie verstanden ist", style="italic")
    return [title, *([Text(f"Bei allen gezeigten Werten: {', '.join(said)}.")] if said else []), table]


def damage_lines(damaged: Iterable[StoreError]) -> list[str]:
    """What of the store cannot be read, and what to do."""
    listed = [f"- {error.path}" for error in damaged]
    return ["Beschädigt oder nicht lesbar; bitte aus der Sicherung zurückholen:", *listed] if listed else []


def withdrawal_lines(withdrawn: Iterable[Withdrawal]) -> list[str]:
    """The releases that are withdrawn: when, by whom and why."""
    return [
        f"Zurückgezogen: {visible(one.version)} am {_german_day(one.withdrawn_at[:10])} von {visible(one.by)}: "
        f"{visible(one.reason)}"
        for one in withdrawn
    ]


def _german_day(day: str) -> str:
    return ".".join(reversed(day.split("-")))


def _periods(periods: list[str]) -> str:
    if not periods:
        return "–"
    if len(periods) == 1:
        return _german_day(periods[0])
    return f"{periods[0][:4]}–{periods[-1][:4]}"


def release_lines(outcome: Released, store: Path) -> list[RenderableType]:
    """What became of a release."""
    if outcome.version is None and not outcome.findings:
        return [Text("Es gibt noch keine angenommene Lieferung, die veröffentlicht werden kann.")]
    if outcome.version is None:
        lines: list[RenderableType] = [Text("× Die Veröffentlichung ist gesperrt:", style="red")]
        lines += [Text(f"  {finding.rule} {finding.message.de} {finding.remedy.de}") for finding in outcome.findings]
        return [*lines, Text(f"Freigabebericht: {store / REPORT}")]
    word = "neu gebildet" if outcome.is_new else "unverändert"
    manifest = read_manifest(outcome.folder) if outcome.folder else None
    coverage = [
        Text(f"  {dataset}, {_german_day(max(periods))}: {len(periods[max(periods)])} von 16 Ländern")
        for dataset, periods in (manifest.coverage if manifest else {}).items()
        if periods
    ]
    return [
        Text(
            f"✓ Veröffentlichungsstand {outcome.version} {word}: {store / 'releases' / outcome.version}", style="green"
        ),
        *coverage,
        Text(f"  {gate_sentence(outcome)} Freigabebericht: {store / REPORT}"),
    ]


_RULE_HEADS = {
    "de": ("Es gilt", "Meldung", "Abhilfe", "Regelwerk", "Eine Lieferung, die dagegen verstößt"),
    "en": ("Must hold", "Message", "Remedy", "Catalogue", "A delivery that breaks it"),
}


def rule_text(rule: Rule, project: Project, language: Literal["de", "en"]) -> Group:
    """A rule of the catalogue as a text of a few lines, with a delivery that breaks it."""
    from einklang.examples import example_files, example_lines

    expected, message, remedy, catalogue, example = _RULE_HEADS[language]
    version = project.catalogue.version
    confirm = {"de": "kann bestätigt werden", "en": "may be confirmed"}[language] if rule.confirm else ""
    head = Text.assemble((rule.id, "bold"), "  ", (getattr(rule.title, language), "bold"))
    kind = " · ".join(part for part in (_SEVERITY[rule.severity][language], f"ESS {rule.ess_type}", confirm) if part)
    parts: list[RenderableType] = [head, Text(f"{kind} · {catalogue} {version}", style="dim"), Text()]
    for title, text in ((expected, rule.expected), (message, rule.message), (remedy, rule.remedy)):
        parts += [Text(title, style="bold"), Padding(Text(getattr(text, language)), (0, 0, 1, 2))]
    for file in example_files(project, rule.example.fails):
        lines = Text("\n".join(map(visible, example_lines(file))))
        parts += [Text(f"{example}: {file.name}", style="bold"), Padding(lines, (0, 0, 1, 2))]
    return Group(*parts)
