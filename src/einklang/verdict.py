"""Step *verdict*: what follows from the findings. A rule that could not run has not passed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from einklang.declarations.rules import Catalogue, Severity, placeholders
from einklang.findings import Confirmation, Fact, Finding, reason
from einklang.result import Outcome, RuleOutcome, Verdict

_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFORMATION)
_FOLLOWS = {
    Severity.ERROR: Verdict.REJECTED,
    Severity.WARNING: Verdict.CLARIFICATION_NEEDED,
    Severity.INFORMATION: Verdict.ACCEPTED_WITH_NOTES,
}


def verdict_of(findings: Iterable[Finding], not_evaluable: Mapping[str, str]) -> Verdict:
    """The verdict: by the worst finding that is not confirmed; a rule that crashed asks for clarification at least."""
    severities = {finding.severity if finding.confirmation is None else Severity.INFORMATION for finding in findings}
    if "rule_crashed" in not_evaluable.values():
        severities.add(Severity.WARNING)
    return next((_FOLLOWS[severity] for severity in _WORST_FIRST if severity in severities), Verdict.ACCEPTED)


def verdict_facts(findings: Sequence[Finding], catalogue: Catalogue) -> dict[str, Fact]:
    """What fills the sentence of the verdict: number of open errors, and the first place of what is worst and open."""
    open_ones = [finding for finding in findings if finding.is_open]
    errors = sum(finding.severity is Severity.ERROR for finding in open_ones)
    place = next((place for finding in open_ones[:1] for place in finding.places[:1]), None)
    where: Fact = ""
    if place is not None and place.row is not None:
        where = reason(catalogue, "first_in_cell" if place.column else "first_in_row", zelle=place.cell)
    return {"n": errors, "stelle": where}


def settle(findings: Iterable[Finding], answers: Sequence[Confirmation]) -> tuple[list[Finding], list[Confirmation]]:
    """The findings with the answers that hold for them, and the answers that have lapsed.

    An answer has lapsed where its finding is there again, about another value.
    """
    by_fingerprint: Mapping[tuple[str, str], Confirmation] = {
        (answer.rule, answer.fingerprint): answer for answer in answers
    }
    settled, points = [], set()
    for finding in findings:
        answer = by_fingerprint.get((finding.rule, finding.fingerprint))
        if answer is not None and (finding.confirm or answer.second):
            settled.append(finding.model_copy(update={"confirmation": answer}))
        else:
            settled.append(finding)
            points.add((finding.rule, finding.point))
    holding = {(one.rule, one.point) for one in settled if one.confirmation is not None}
    lapsed = {(answer.rule, answer.point): answer for answer in answers if (answer.rule, answer.point) in points}
    return settled, [answer for key, answer in lapsed.items() if key not in holding]


def order(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first, then by code, then as found."""
    return sorted(findings, key=lambda finding: (_WORST_FIRST.index(finding.severity), finding.rule))


def rule_outcomes(
    catalogue: Catalogue,
    findings: Iterable[Finding],
    not_evaluable: Mapping[str, str],
    concerned: Collection[str],
    judged: Collection[str],
) -> list[RuleOutcome]:
    """What became of every rule that concerns the delivery.

    `judged` are the rules that were looked at; one that was neither judged nor broken could not run.
    """
    failed = {finding.rule for finding in findings}
    outcomes = []
    for rule in catalogue.rules:
        why = not_evaluable.get(rule.id)
        expected = None if placeholders(rule.expected.de) else rule.expected
        told = partial(RuleOutcome, rule=rule.id, title=rule.title, expected=expected)
        if rule.id in failed:
            outcomes.append(told(outcome=Outcome.FAILED))
        elif rule.id not in concerned:
            continue
        elif why is None and rule.id in judged:
            outcomes.append(told(outcome=Outcome.PASSED))
        else:
            text = reason(catalogue, why or "stopped_before")
            outcomes.append(told(outcome=Outcome.NOT_EVALUABLE, reason=text))
    return outcomes
