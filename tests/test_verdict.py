"""What follows from the findings."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from einklang.declarations.rules import Severity
from einklang.findings import Finding, finding
from einklang.project import Project
from einklang.result import Outcome, Verdict
from einklang.verdict import order, rule_outcomes, verdict_of

ERROR, WARNING, INFORMATION = Severity.ERROR, Severity.WARNING, Severity.INFORMATION
RULES = {ERROR: "IM-STA-001", WARNING: "IM-PAT-003", INFORMATION: "IM-FIL-006"}
CRASHED = {"IM-TIM-001": "rule_crashed"}
WAITS = {"IM-TIM-001": "no_previous_period"}


def of(project: Project, severity: Severity) -> Finding:
    facts: dict[str, Any] = dict.fromkeys(
        ("n", "zelle", "zeichenliste", "block", "p", "jahr", "vorjahr", "datei", "zeichensatz", "vereinbart"), "–"
    )
    return finding(project.catalogue, RULES[severity], **facts)


@pytest.mark.parametrize(
    ("severities", "not_evaluable", "verdict"),
    [
        ([], {}, Verdict.ACCEPTED),
        ([], WAITS, Verdict.ACCEPTED),
        ([], CRASHED, Verdict.CLARIFICATION_NEEDED),
        ([INFORMATION], {}, Verdict.ACCEPTED_WITH_NOTES),
        ([INFORMATION], CRASHED, Verdict.CLARIFICATION_NEEDED),
        ([WARNING], {}, Verdict.CLARIFICATION_NEEDED),
        ([WARNING, INFORMATION], {}, Verdict.CLARIFICATION_NEEDED),
        ([ERROR], {}, Verdict.REJECTED),
        ([ERROR, WARNING, INFORMATION], CRASHED, Verdict.REJECTED),
    ],
)
def test_verdict(severities: list[Severity], not_evaluable: dict[str, str], verdict: Verdict, project: Project) -> None:
    for one in itertools.permutations(severities):
        assert verdict_of([of(project, severity) for severity in one], not_evaluable) is verdict


def test_worst_first_then_by_code(project: Project) -> None:
    findings = [of(project, severity) for severity in (INFORMATION, WARNING, ERROR)]
    assert [one.severity for one in order(findings)] == [ERROR, WARNING, INFORMATION]


def test_every_verdict_has_its_sentence(project: Project) -> None:
    assert set(project.catalogue.verdicts) == {verdict.value for verdict in Verdict}


def test_what_could_not_be_judged_has_not_passed(project: Project) -> None:
    rules = {rule.id for rule in project.catalogue.rules}
    outcomes = rule_outcomes(
        project.catalogue,
        [of(project, ERROR)],
        CRASHED | {"IM-AGG-001": "no_total_with_parts"},
        rules,
        rules - {"IM-KEY-001"},
    )
    by_rule = {one.rule: one.outcome for one in outcomes}
    assert by_rule["IM-STA-001"] is Outcome.FAILED
    assert by_rule["IM-TIM-001"] is Outcome.NOT_EVALUABLE
    assert by_rule["IM-AGG-001"] is Outcome.NOT_EVALUABLE
    assert by_rule["IM-KEY-001"] is Outcome.NOT_EVALUABLE
    assert by_rule["IM-KEY-002"] is Outcome.PASSED
    assert set(by_rule) == rules
    assert all((one.reason is None) == (one.outcome is not Outcome.NOT_EVALUABLE) for one in outcomes)


def test_a_rule_that_does_not_concern_is_left_out(project: Project) -> None:
    outcomes = rule_outcomes(project.catalogue, [], {}, {"IM-KEY-001"}, {"IM-KEY-001", "IM-KEY-002"})
    assert [one.rule for one in outcomes] == ["IM-KEY-001"]
