"""The result as an ESS validation report 1.0.1, the exchange format of the European Statistical System.

    [{id, type: "validation", event, rule, data, value: "0" fails | "1" holds | "NA" could not be evaluated},
     {id, type: "aggregation", event, aggregate, data, value}]

One record per rule; for a rule that fails one more per listed place, and, where more places exist than are
listed, an aggregation with their number. A data point is named by (population, time, unit, variable):
population = supplier/data set, time = period, unit = what the cell is about, variable = file, sheet and cell;
`*` stands for all. No message and no figure of the data is in this report.

The format is published by the ESSnet ValiDat Integration (github.com/data-cleaning/ValidatReport, file
json/validation_report_1.0.1.json). `docs/schemas/ess-validation-report-1.0.1.json` is written anew after that
publication: the same names, types and enumerations, but stricter. What is valid by it is valid by the
publication; the publication also lets records pass that leave parts out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from einklang.declarations.rules import Severity
from einklang.findings import Finding, PlaceFound
from einklang.report.display import visible
from einklang.report.join import JoinedReport, as_text
from einklang.report.texts import Language, load_texts, say
from einklang.result import Outcome, Result, RuleOutcome

ESS_VERSION = "1.0.1"
ALL = "*"

_VALUES = {Outcome.PASSED: "1", Outcome.FAILED: "0", Outcome.NOT_EVALUABLE: "NA"}


def render_ess(
    report: Result | JoinedReport,
    language: Language = "en",
    severities: Mapping[str, Severity] | None = None,
    judged_at: str | None = None,
) -> str:
    """The report as JSON text; a joined report gives the records of all its results.

    `severities` tells how bad a rule is that has no finding (else: error). `judged_at` is the time of the
    validation, ISO 8601; the time of receipt where it is not given, now where there is none.
    """
    results = report.results if isinstance(report, JoinedReport) else [report]
    known = severities or {}
    records = [record for result in results for record in _Records(result, language, known, judged_at).all()]
    return as_text(records)


class _Records:
    def __init__(
        self, result: Result, language: Language, severities: Mapping[str, Severity], judged_at: str | None
    ) -> None:
        identity = result.identity
        self._result = result
        self._language: Language = language
        self._severities = severities
        self._population = f"{identity.supplier}/{identity.dataset}"
        named = identity.delivery or f"check/{'-'.join(file.sha256[:12] for file in identity.files)}"
        self._name = f"{named}/{result.versions.declarations[:12]}"
        self._event = {
            "time": judged_at or identity.received_at or datetime.now(UTC).isoformat(timespec="seconds"),
            "actor": say(load_texts().page.series, language),
            "agent": f"Einklang {result.versions.einklang}",
            "trigger": identity.delivery or say(load_texts().page.trial, language),
        }

    def all(self) -> Iterator[dict[str, Any]]:
        """All records, in the order of the rules."""
        findings: dict[str, list[Finding]] = {}
        for finding in self._result.findings:
            findings.setdefault(finding.rule, []).append(finding)
        for rule in self._result.rules:
            yield from self._of_rule(rule, findings.pop(rule.rule, []))
        for found in findings.values():
            title = found[0].title
            yield from self._of_rule(RuleOutcome(rule=found[0].rule, title=title, outcome=Outcome.FAILED), found)

    def _of_rule(self, outcome: RuleOutcome, findings: list[Finding]) -> Iterator[dict[str, Any]]:
        rule = self._rule(outcome, findings)
        whole = self._whole()
        description = say(outcome.reason, self._language) if outcome.reason else ""
        yield self._validation(outcome.rule, rule, whole, whole, _VALUES[outcome.outcome], description)
        places = [place for finding in findings for place in finding.places]
        for number, place in enumerate(places, 1):
            yield self._validation(f"{outcome.rule}/{number}", rule, whole, [self._point(place)], "0", "")
        total = sum(finding.count for finding in findings)
        if total > max(1, len(places)):
            yield {
                "id": f"{self._name}/{outcome.rule}/count",
                "type": "aggregation",
                "event": self._event,
                "aggregate": {
                    "language": rule["language"],
                    "expression": f"count(not {rule['expression']})",
                    "description": rule["description"],
                },
                "data": {"source": whole, "target": whole},
                "value": str(total),
            }

    def _rule(self, outcome: RuleOutcome, findings: list[Finding]) -> dict[str, str]:
        severity = findings[0].severity if findings else self._severities.get(outcome.rule, Severity.ERROR)
        rule = {
            "language": f"Einklang rule catalogue {self._result.versions.rules}",
            "expression": visible(outcome.rule),
            "severity": severity.value,
            "description": visible(say(outcome.title, self._language)),
        }
        if findings:
            rule["explanation"] = visible(say(findings[0].expected, self._language))
        return rule

    def _validation(
        self,
        name: str,
        rule: dict[str, str],
        source: list[list[str]],
        target: list[list[str]],
        value: str,
        description: str,
    ) -> dict[str, Any]:
        data: dict[str, Any] = {"source": source, "target": target}
        if description:
            data["description"] = visible(description)
        return {
            "id": f"{self._name}/{visible(name)}",
            "type": "validation",
            "event": self._event,
            "rule": rule,
            "data": data,
            "value": value,
        }

    def _whole(self) -> list[list[str]]:
        return [[self._population, period, ALL, ALL] for period in self._result.identity.periods or [ALL]]

    def _point(self, place: PlaceFound) -> list[str]:
        parts = place.key.en.split(", ") if place.key is not None else []
        periods = [part for part in parts if part in self._result.identity.periods]
        unit = visible(say(place.key, self._language)) if place.key is not None else ALL
        where = f"[{visible(place.file)}]{visible(place.sheet)}!{place.cell or ALL}"
        return [self._population, periods[0] if len(periods) == 1 else ALL, unit, where]
