"""Reports joined to one: sixteen make the national report, and the national one is again a report to join.

The order and grouping of joining do not matter, and a result that comes twice counts once.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from einklang.declarations.rules import Severity
from einklang.errors import FileNotUsable
from einklang.records import Record
from einklang.result import Accounting, Outcome, Result, Verdict

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class Sums(Record):
    """Where everything that was read has gone, over all results: read = accepted + quarantined + not_data."""

    read: int = Field(ge=0, description="All that was read.")
    accepted: int = Field(ge=0, description="Taken over.")
    quarantined: int = Field(ge=0, description="Kept apart because of an error.")
    not_data: int = Field(ge=0, description="Declared as no data.")


class Totals(Record):
    """What the results have in common, counted."""

    results: int = Field(ge=0, description="Number of results.")
    suppliers: list[str] = Field(description="Codes of the suppliers, in order.")
    datasets: list[str] = Field(description="Names of the data sets, in order.")
    periods: list[str] = Field(description="Periods found, in order.")
    verdicts: Mapping[Verdict, int] = Field(description="Results by verdict.")
    findings: Mapping[Severity, int] = Field(description="Findings by severity.")
    places: Mapping[Severity, int] = Field(description="Places of the findings by severity.")
    rules: Mapping[str, Mapping[Outcome, int]] = Field(description="Results by rule and outcome.")
    rows: Sums = Field(description="Rows of the files.")
    cells: Sums = Field(description="Cells of the columns of figures in data rows.")


class JoinedReport(Record):
    """Results of several checks, each as it was, and their totals."""

    schema_version: str = Field(default="1.0", description="Version of this format.")
    results: list[Result] = Field(description="The results, by data set, supplier and number.")
    totals: Totals = Field(description="Counted over the results.")

    @model_validator(mode="after")
    def _agrees(self) -> JoinedReport:
        if self.totals != _totals(self.results):
            raise ValueError("the totals do not agree with the results")
        return self


_ANY_REPORT: TypeAdapter[Result | JoinedReport] = TypeAdapter(Result | JoinedReport)


def _sums(accounts: Iterable[Accounting]) -> Sums:
    listed = list(accounts)
    return Sums(
        read=sum(one.read for one in listed),
        accepted=sum(one.accepted for one in listed),
        quarantined=sum(one.quarantined for one in listed),
        not_data=sum(part.count for one in listed for part in one.not_data),
    )


def _totals(results: list[Result]) -> Totals:
    findings = [finding for result in results for finding in result.findings]
    verdicts = Counter(result.verdict for result in results)
    severities = Counter(finding.severity for finding in findings)
    places = Counter(dict.fromkeys(Severity, 0))
    for finding in findings:
        places[finding.severity] += finding.count
    outcomes = Counter((rule.rule, rule.outcome) for result in results for rule in result.rules)
    return Totals(
        results=len(results),
        suppliers=sorted({result.identity.supplier for result in results}),
        datasets=sorted({result.identity.dataset for result in results}),
        periods=sorted({period for result in results for period in result.identity.periods}),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict},
        findings={severity: severities[severity] for severity in Severity},
        places={severity: places[severity] for severity in Severity},
        rules={
            rule: {outcome: outcomes[rule, outcome] for outcome in Outcome}
            for rule in sorted({rule for rule, _ in outcomes})
        },
        rows=_sums(result.rows for result in results),
        cells=_sums(result.cells for result in results),
    )


def _order(result: Result) -> tuple[str, str, int, str]:
    identity = result.identity
    return identity.dataset, identity.supplier, identity.number or 0, json.dumps(result.model_dump(mode="json"))


def join_results(reports: Iterable[Result | JoinedReport]) -> JoinedReport:
    """One report of all results; of equal results one is kept."""
    found: dict[tuple[str, str, int, str], Result] = {}
    for report in reports:
        for result in report.results if isinstance(report, JoinedReport) else [report]:
            found.setdefault(_order(result), result)
    results = [found[key] for key in sorted(found)]
    return JoinedReport(results=results, totals=_totals(results))


def read_report(path: Path) -> Result | JoinedReport:
    """A report that `render_json` or `render_joined` has written.

    Raises:
        FileNotUsable: it is none, or damaged.
    """
    try:
        return _ANY_REPORT.validate_json(path.read_bytes())
    except OSError as error:
        raise FileNotUsable(path, error.strerror or "unreadable") from error
    except ValidationError as error:
        raise FileNotUsable(path, "it is no JSON report of this program") from error


def as_text(value: object) -> str:
    """JSON that can be written as UTF-8."""
    return _HALF_CHARACTER.sub("\ufffd", json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def render_joined(report: JoinedReport) -> str:
    """The joined report as JSON: keys in the order of the model, same report → same text."""
    return as_text(report.model_dump(mode="json"))
