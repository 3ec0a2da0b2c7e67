"""What was found about a release, as the one result of which every report is a rendering."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from einklang.declarations.base import Text
from einklang.declarations.rules import Severity
from einklang.findings import Finding, german_number
from einklang.project import Project
from einklang.result import Accounting, Identity, Result, Verdict, Versions, installed_version
from einklang.verdict import order, rule_outcomes
from einklang.withdrawal import WITHDRAWN_BEFORE

if TYPE_CHECKING:
    from einklang.disclosure.gate import Audit
    from einklang.release import Released

REPORT = "release-report.html"
_STEPS = frozenset({"release", "disclosure"})


def release_result(
    findings: Sequence[Finding], tables: Mapping[str, pa.Table], project: Project, checked: Audit | None
) -> Result:
    """The result for the stewards; `cells` counts the figures with a number as accepted.

    `checked` is what the disclosure gate looked at, None where it was not reached.
    """
    catalogue = project.catalogue
    worst = {finding.severity for finding in findings}
    sentence, next_step = (
        ("release_blocked_sentence", "release_blocked_next_step")
        if Severity.ERROR in worst
        else ("release_free_sentence", "release_free_next_step")
    )
    figures = sum(table.num_rows for table in tables.values())
    periods = sorted({period for table in tables.values() for period in table.column("period").unique().to_pylist()})
    concerned = {rule.id for rule in catalogue.rules if rule.step in _STEPS} | _of_expectations(tables, project)
    late = {rule.id for rule in catalogue.rules if rule.step == "disclosure"}
    title = Text(
        de=", ".join(project.dataset(name).title.de for name in tables),
        en=", ".join(project.dataset(name).title.en for name in tables),
    )
    accounting = Accounting(read=figures, accepted=figures, quarantined=0, not_data=[])
    return Result(
        verdict=_verdict(worst),
        sentence=catalogue.reasons[sentence],
        next_step=catalogue.reasons[next_step],
        identity=Identity(
            supplier="",
            supplier_name=catalogue.reasons["all_suppliers"],
            dataset="",
            dataset_title=title,
            delivery="",
            number=None,
            received_at=None,
            replaces=None,
            files=[],
            periods=periods,
        ),
        versions=Versions(einklang=installed_version(), rules=catalogue.version, declarations=project.fingerprint),
        rows=accounting,
        cells=accounting,
        findings=order(findings),
        rules=rule_outcomes(
            catalogue,
            findings,
            {} if checked is None else checked.not_evaluable,
            concerned,
            concerned - _not_reached(findings, late, checked),
        ),
    )


def gate_sentence(released: Released) -> str:
    """What the disclosure gate looked at, in one German sentence."""
    checked = released.audit
    if checked is None:
        return "Die Geheimhaltung wurde noch nicht geprüft."
    if not checked.withheld:
        return f"Geheimhaltung geprüft: {german_number(checked.cells)} Werte, keiner davon gesperrt."
    if _errors_before_the_last_step(released.findings):
        return f"Geheimhaltung geprüft: {german_number(checked.withheld)} gesperrte Werte, nicht alle sind geschützt."
    return f"Geheimhaltung geprüft: {german_number(checked.withheld)} gesperrte Werte, keiner lässt sich zurückrechnen."


def _not_reached(findings: Sequence[Finding], late: Collection[str], checked: Audit | None) -> set[str]:
    """Rules behind the first step that blocks: the disclosure gate, then whether the release was withdrawn before."""
    rules = {WITHDRAWN_BEFORE} if _errors_before_the_last_step(findings) else set()
    return rules | set(late) if checked is None else rules


def _errors_before_the_last_step(findings: Sequence[Finding]) -> bool:
    return any(one.severity is Severity.ERROR and one.rule != WITHDRAWN_BEFORE for one in findings)


def _of_expectations(tables: Collection[str], project: Project) -> set[str]:
    return {one.rule for name in tables for one in project.expectations[name].release}


def _verdict(worst: Collection[Severity]) -> Verdict:
    if Severity.ERROR in worst:
        return Verdict.REJECTED
    return Verdict.ACCEPTED_WITH_NOTES if worst else Verdict.ACCEPTED
