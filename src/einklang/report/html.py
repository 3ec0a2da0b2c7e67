"""The report as one HTML page that needs nothing else: no script, no address, no second file.

Belongs here: what the page shows and in which order. Does not belong here: how it looks
(`report.html.j2`, `report.css`) and what it says (`texts.yaml`, the rules).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from einklang.declarations.base import Text
from einklang.declarations.rules import Severity
from einklang.evidence import Repair, Series
from einklang.findings import Finding, PlaceFound
from einklang.report import display
from einklang.report.drawing import draw, last_step
from einklang.report.page import render
from einklang.report.places import about, merge, unread_sheets, where
from einklang.report.statuses import status_lines
from einklang.report.texts import Language, load_texts, say
from einklang.result import Accounting, Outcome, Result, Verdict

LINES_SHOWN = 20
FINDINGS_SHOWN = 20
TERMS_SHOWN = 12
PERIODS_SHOWN = 8

_NARROWEST = 0.6
_TONES = {
    Verdict.ACCEPTED: "good",
    Verdict.ACCEPTED_WITH_NOTES: "information",
    Verdict.CLARIFICATION_NEEDED: "warning",
    Verdict.REJECTED: "error",
}


@dataclass(frozen=True)
class Line:
    """One row of a table of places."""

    where: str
    file: str
    about: str
    raw: str
    is_hidden: bool
    understood: str


@dataclass(frozen=True)
class Shown:
    """A finding as the page shows it."""

    finding: Finding
    lines: list[Line]
    places: int

    @property
    def is_whole(self) -> bool:
        """Whether every place is on the page; there may be none."""
        return not self.finding.places or self.places >= self.finding.count


@dataclass(frozen=True)
class Group:
    """The findings of one rule; what they have in common is said once. `shown` are the first of them."""

    rule: str
    severity: Severity
    title: Text
    findings: list[Finding]
    shown: list[Shown]

    @cached_property
    def places(self) -> int:
        """Exact number of places of all findings."""
        return sum(finding.count for finding in self.findings)

    @cached_property
    def first(self) -> str:
        """Where the first finding stands; empty where it stands in no cell."""
        return self.shown[0].lines[0].where if self.shown[0].lines else ""

    @cached_property
    def is_whole(self) -> bool:
        """Whether every finding and every place is on the page."""
        return len(self.shown) == len(self.findings) and all(one.is_whole for one in self.shown)

    @cached_property
    def expected(self) -> Text | None:
        """What must hold, if all findings say the same."""
        return _common([finding.expected for finding in self.findings])

    @cached_property
    def remedy(self) -> Text | None:
        """How to mend it, if all findings say the same."""
        return _common([finding.remedy for finding in self.findings])

    @cached_property
    def confirm(self) -> bool:
        """Whether every finding may be confirmed."""
        return all(finding.confirm for finding in self.findings)


@dataclass(frozen=True)
class Repaired:
    """What was repaired, with the rule that says so."""

    title: Text
    repair: Repair


@dataclass(frozen=True)
class Segment:
    """A part of a bar, in percent of its width."""

    kind: str
    start: float
    width: float


def _common(texts: Sequence[Text]) -> Text | None:
    return texts[0] if all(text == texts[0] for text in texts) else None


def _understood(place: PlaceFound, language: Language) -> str:
    """The number that was read, where it does not look like the sender's text."""
    if place.value is None:
        return ""
    read = display.number(place.value, language)
    plain = f"{place.value:.15g}".replace(".", ",")
    return "" if place.raw.strip() in {read, plain} else read


def _show(finding: Finding, language: Language, *, several_files: bool) -> Shown:
    spans = merge(finding.places)[:LINES_SHOWN]
    lines = [
        Line(
            where=where(span, language),
            file=span.first.file if several_files else "",
            about=about(span, language),
            raw=display.sent_text(span.first.raw, language),
            is_hidden=span.first.is_hidden,
            understood=_understood(span.first, language),
        )
        for span in spans
    ]
    return Shown(finding, lines, sum(span.count for span in spans))


def group_findings(result: Result, language: Language) -> list[Group]:
    """The findings by rule, worst first; within a severity in the order of the result."""
    several_files = len(result.identity.files) != 1
    by_rule: dict[tuple[Severity, str], list[Finding]] = {}
    for severity in Severity:
        for finding in result.findings:
            if finding.severity is severity:
                by_rule.setdefault((severity, finding.rule), []).append(finding)
    return [
        Group(
            rule=rule,
            severity=severity,
            title=findings[0].title,
            findings=findings,
            shown=[_show(one, language, several_files=several_files) for one in findings[:FINDINGS_SHOWN]],
        )
        for (severity, rule), findings in by_rule.items()
    ]


def _change(series: Series, language: Language) -> dict[str, str]:
    """What the sentence about the last step of a series names; empty where there is none."""
    step = last_step(series)
    if step is None:
        return {}
    change = step.value - step.value_before
    return {
        "before": display.period(step.before, language),
        "now": display.period(step.now, language),
        "difference": display.signed(change, language),
        "share": display.signed(100 * change / step.value_before, language, 1) if step.value_before else "–",
    }


def segments(account: Accounting) -> list[Segment]:
    """The parts of the bar; a part with few is still wide enough to be seen."""
    parts = [("accepted", account.accepted), ("quarantined", account.quarantined)]
    parts += [("not-data", part.count) for part in account.not_data]
    parts = [(kind, count) for kind, count in parts if count]
    whole = sum(count for _, count in parts)
    widths = [max(100 * count / whole, _NARROWEST) for _, count in parts]
    scale = 100 / sum(widths) if widths else 1
    found: list[Segment] = []
    start = 0.0
    for (kind, _), width in zip(parts, widths, strict=True):
        found.append(Segment(kind, round(start, 2), round(width * scale, 2)))
        start += width * scale
    return found


def _periods(result: Result, language: Language) -> str:
    texts = load_texts().identity
    periods = result.identity.periods
    if not periods:
        return display.no_periods(result, language)
    if len(periods) <= PERIODS_SHOWN:
        return ", ".join(display.period(code, language) for code in periods)
    count = display.number(len(periods), language)
    return say(
        texts.periods_many,
        language,
        first=display.period(periods[0], language),
        last=display.period(periods[-1], language),
        count=count,
    )


def _spoken(text: Text, *, language: Language, **facts: str) -> str:
    return display.shorten(say(text, language, **facts), display.LONG_TEXT, language)


def render_html(result: Result, language: Language = "de") -> str:
    """The report as one page; same result and language → same text."""
    by_outcome = {outcome: [rule for rule in result.rules if rule.outcome is outcome] for outcome in Outcome}
    by_severity = {one: sum(finding.severity is one for finding in result.findings) for one in Severity}
    groups = group_findings(result, language)
    return render(
        "report.html.j2",
        ("report.css",),
        result=result,
        language=language,
        t=load_texts(),
        tone=_TONES[result.verdict],
        groups=groups,
        lines_shown=LINES_SHOWN,
        terms_shown=TERMS_SHOWN,
        several_files=len(result.identity.files) != 1,
        repairs=[Repaired(finding.title, one) for finding in result.findings for one in finding.repairs],
        places=sum(finding.count for finding in result.findings),
        by_severity=by_severity,
        by_outcome=by_outcome,
        rule_codes={rule.rule for rule in result.rules},
        accounts=[("rows", result.rows), ("cells", result.cells)],
        statuses=status_lines(result.statuses, language),
        unread=unread_sheets(result, language),
        segments=segments,
        draw=draw,
        change=partial(_change, language=language),
        periods=_periods(result, language),
        say=partial(_spoken, language=language),
        number=partial(display.number, language=language),
        percent=partial(display.percent, language=language),
        size=partial(display.size, language=language),
        day=partial(display.period, language=language),
        moment=partial(display.moment, language=language),
        name=partial(display.shorten, limit=display.SHORT_TEXT, language=language),
        sent=partial(display.sent_text, language=language),
    )
