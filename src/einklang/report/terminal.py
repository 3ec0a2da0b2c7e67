"""The result on the command line: verdict, counts and findings, compact.

Nothing here is parsed as Rich markup, and no control character of a file reaches the terminal.
"""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Styled

from einklang.declarations.base import Text
from einklang.declarations.rules import Severity
from einklang.findings import Finding
from einklang.report import display, symbols
from einklang.report.places import merge, unread_sheets
from einklang.report.statuses import status_sentence
from einklang.report.texts import Language, load_texts, say
from einklang.result import Accounting, Outcome, Result, Verdict

CELLS_SHOWN = 6

_TEXT_LIMIT = 400
_NAME_LIMIT = 60
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFORMATION: "bold blue"}
_VERDICT_STYLES = {
    Verdict.ACCEPTED: "bold green",
    Verdict.ACCEPTED_WITH_NOTES: "bold blue",
    Verdict.CLARIFICATION_NEEDED: "bold yellow",
    Verdict.REJECTED: "bold red",
}


def _spoken(text: Text, language: Language, limit: int = _TEXT_LIMIT) -> str:
    return display.visible(display.shorten(say(text, language), limit, language))


def _account_line(title: Text, account: Accounting, language: Language) -> Styled:
    texts = load_texts().counts
    not_data = sum(part.count for part in account.not_data)
    line = Styled.assemble((f"{say(title, language)}: ", "bold"))
    line.append(
        say(
            texts.sum_line,
            language,
            read=display.number(account.read, language),
            accepted=display.number(account.accepted, language),
            quarantined=display.number(account.quarantined, language),
            not_data=display.number(not_data, language),
        )
    )
    if not account.is_complete:
        difference = account.read - account.accepted - account.quarantined - not_data
        line.append("\n× ")
        line.append(say(texts.incomplete, language, difference=display.number(difference, language)), style="bold red")
    return line


def _profile_line(result: Result, language: Language) -> list[Styled]:
    if not result.identity.profile:
        return []
    title = display.visible(display.shorten(result.identity.profile, _TEXT_LIMIT, language))
    return [Styled.assemble((f"{say(load_texts().identity.profile, language)}: ", "bold"), title)]


def _unread_lines(result: Result, language: Language) -> list[Styled]:
    return [
        Styled.assemble((f"{display.visible(label)}: ", "bold"), display.visible(names))
        for label, names in unread_sheets(result, language)
    ]


def _status_lines(result: Result, language: Language) -> list[Styled]:
    told = status_sentence(result.statuses, language)
    return [Styled.assemble((f"{say(load_texts().counts.statuses, language)}: ", "bold"), told)] if told else []


def _rules_line(result: Result, language: Language) -> Styled:
    texts = load_texts().counts
    counts = {one: sum(rule.outcome is one for rule in result.rules) for one in Outcome}
    told = ", ".join(
        f"{display.number(count, language)} {say(texts.outcomes[one], language).lower()}"
        for one, count in counts.items()
    )
    return Styled.assemble((f"{say(texts.rules, language)}: ", "bold"), told)


def _tally_line(result: Result, language: Language) -> Styled:
    texts = load_texts()
    counts = {one: sum(finding.severity is one for finding in result.findings) for one in Severity}
    told = ", ".join(
        say(texts.severity.counted[one].of(count), language, count=display.number(count, language))
        for one, count in counts.items()
        if count
    )
    return Styled.assemble((f"{say(texts.findings.heading, language)}: ", "bold"), told or "0")


def _cells(finding: Finding, language: Language, *, several_files: bool) -> str:
    texts = load_texts().places
    spans = merge(finding.places)[:CELLS_SHOWN]
    by_sheet: dict[tuple[str, str], list[str]] = {}
    for span in spans:
        file = span.first.file if several_files else ""
        cells = by_sheet.setdefault((file, span.first.sheet), [])
        if span.cell or not span.first.sheet:
            cells.append(span.cell or say(texts.whole_file, language))
    lines: list[str] = []
    for names, cells in by_sheet.items():
        lines.extend(display.visible(display.shorten(name, _NAME_LIMIT, language)) for name in names if name)
        lines.extend([display.visible(", ".join(cells))] if cells else [])
    further = finding.count - sum(span.count for span in spans)
    if spans and further > 0:
        lines.append(say(texts.further, language, count=display.number(further, language)))
    return "\n".join(lines)


def _findings(result: Result, language: Language) -> Table:
    texts = load_texts()
    table = Table(box=box.SIMPLE_HEAD, leading=1, expand=True, pad_edge=False)
    for head, ratio in (
        (texts.findings.rule, None),
        (texts.findings.where, 3),
        (texts.columns.message, 5),
        (texts.findings.remedy, 5),
    ):
        table.add_column(Styled(say(head, language)), ratio=ratio, overflow="fold", no_wrap=ratio is None)
    worst = list(Severity)
    several_files = len(result.identity.files) > 1
    for finding in sorted(result.findings, key=lambda one: worst.index(one.severity)):
        word = f"{symbols.OF_SEVERITY[finding.severity]} {say(texts.severity.words[finding.severity], language)}"
        table.add_row(
            Styled.assemble((word, _STYLES[finding.severity]), "\n", display.visible(finding.rule)),
            Styled(_cells(finding, language, several_files=several_files)),
            Styled(_spoken(finding.message, language)),
            Styled(_spoken(finding.remedy, language)),
        )
    return table


def _not_evaluable(result: Result, language: Language) -> list[RenderableType]:
    texts = load_texts().rules
    rules = [rule for rule in result.rules if rule.outcome is Outcome.NOT_EVALUABLE]
    if not rules:
        return []
    lines = [Styled(say(texts.not_evaluable, language), style="bold")]
    if result.stopped_in:
        count = display.number(len(rules), language)
        return [*lines, Styled(say(texts.stopped.of(len(rules)), language, count=count)), Styled("")]
    lines += [
        Styled(f"{display.visible(rule.rule)} {_spoken(rule.reason or texts.no_reason, language)}") for rule in rules
    ]
    return [*lines, Styled("")]


def render_terminal(result: Result, language: Language = "de") -> RenderableType:
    """Verdict, counts, findings with their cells, and rules not evaluable, for `Console.print`."""
    texts = load_texts()
    sign, style = symbols.OF_VERDICT[result.verdict], _VERDICT_STYLES[result.verdict]
    head = Styled.assemble((f"{sign} {say(texts.verdict.words[result.verdict], language)}", style))
    next_step = Styled.assemble((f"{say(texts.verdict.next, language)}: ", "bold"), _spoken(result.next_step, language))
    return Group(
        head,
        Styled(_spoken(result.sentence, language)),
        next_step,
        Styled(""),
        *_profile_line(result, language),
        _account_line(texts.counts.rows, result.rows, language),
        _account_line(texts.counts.cells, result.cells, language),
        *_status_lines(result, language),
        *_unread_lines(result, language),
        _rules_line(result, language),
        _tally_line(result, language),
        *([Styled(""), _findings(result, language)] if result.findings else [Styled("")]),
        *_not_evaluable(result, language),
    )
