from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from einklang.declarations.rules import Severity
from einklang.report.ess import ESS_VERSION, render_ess
from einklang.report.join import join_results
from einklang.result import Outcome, Result

from .factories import FILE, finding, hostile, identity, place, result, rule, several_findings, text

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schemas" / f"ess-validation-report-{ESS_VERSION}.json").read_text("utf-8")
)
VALIDATOR = Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER)

every_result = pytest.mark.parametrize("make", [result, several_findings, hostile])


def _records(checked: Result, **options: Any) -> list[dict[str, Any]]:
    records = json.loads(render_ess(checked, **options))
    VALIDATOR.validate(records)
    return list(records)


def test_schema_is_a_schema_of_draft_4() -> None:
    Draft4Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-04/schema#"


@every_result
def test_report_is_valid_and_names_each_record_once(make: Callable[[], Result]) -> None:
    records = _records(make())
    names = [record["id"] for record in records]
    assert len(names) == len(set(names))
    render_ess(make()).encode("utf-8")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: record.pop("event"),
        lambda record: record.update(value="2"),
        lambda record: record["rule"].pop("severity"),
        lambda record: record["rule"].update(severity="fatal"),
        lambda record: record["data"].update(target=["ni", "2024"]),
        lambda record: record.update(x_raw="12"),
        lambda record: record.update(type="aggregation"),
    ],
)
def test_schema_refuses_what_the_format_does_not_have(spoil: Callable[[dict[str, Any]], object]) -> None:
    records = _records(several_findings())
    spoil(records[0])
    assert list(VALIDATOR.iter_errors(records))


def test_one_record_per_rule_and_one_per_place_of_a_failure() -> None:
    checked = several_findings()
    records = _records(checked)
    values = {"passed": "1", "failed": "0", "not_evaluable": "NA"}
    for outcome in checked.rules:
        own = [one for one in records if one["type"] == "validation" and one["rule"]["expression"] == outcome.rule]
        places = sum(len(one.places) for one in checked.findings if one.rule == outcome.rule)
        assert len(own) == 1 + places
        assert {one["value"] for one in own} == {values[outcome.outcome]}


def test_places_beyond_the_listed_ones_are_counted() -> None:
    (record,) = [one for one in _records(several_findings()) if one["type"] == "aggregation"]
    assert record["value"] == "213"
    assert record["aggregate"]["expression"] == "count(not IM-TIM-001)"


def test_data_points_are_population_time_unit_and_variable() -> None:
    checked = result(
        identity=identity(periods=["2025"]),
        findings=[finding()],
        rules=[rule("IM-VAL-001", Outcome.FAILED)],
    )
    whole, one = _records(checked)
    assert whole["data"]["target"] == whole["data"]["source"] == [["ni/einbuergerungen", "2025", "*", "*"]]
    assert one["data"]["target"] == [
        ["ni/einbuergerungen", "2025", "Hanover, 2025, female", f"[{FILE}]Tab 1!C17"],
    ]
    (german,) = [each for each in _records(checked, language="de") if each["id"].endswith("/1")]
    assert german["data"]["target"][0][2] == "Hannover, 2025, weiblich"


def test_event_tells_when_who_and_why() -> None:
    assert _records(result())[0]["event"] == {
        "time": "2026-03-14T13:05:09+00:00",
        "actor": "Integration monitoring of the Länder",
        "agent": "Einklang 0.1.0",
        "trigger": "ni/einbuergerungen/3",
    }
    trial = result(identity=identity(delivery="", number=None, received_at=None, periods=[]))
    event = _records(trial, judged_at="2026-01-01T00:00:00+00:00")[0]["event"]
    assert (event["time"], event["trigger"]) == ("2026-01-01T00:00:00+00:00", "Trial check")
    assert _records(trial)[0]["data"]["target"] == [["ni/einbuergerungen", "*", "*", "*"]]


def test_severity_follows_finding_then_catalogue_then_error() -> None:
    severities = {"IM-FIL-001": Severity.INFORMATION, "IM-TIM-001": Severity.ERROR}
    told = {
        record["rule"]["expression"]: record["rule"]["severity"]
        for record in _records(several_findings(), severities=severities)
        if record["type"] == "validation"
    }
    assert told["IM-FIL-001"] == "information"
    assert told["IM-TIM-001"] == "warning"
    assert told["IM-STR-003"] == "error"


def test_reason_is_told_where_a_rule_could_not_be_judged() -> None:
    (record,) = [one for one in _records(several_findings()) if one.get("rule", {}).get("expression") == "IM-AGG-001"]
    assert record["data"]["description"] == "Six parts are missing. The sum can be checked after that."


def test_no_figure_of_the_data_is_told() -> None:
    planted = "987654321"
    checked = result(findings=[finding(places=[place(raw=planted)], message=text(f"{planted} ist zu groß."))])
    assert planted not in render_ess(checked)


def test_finding_of_a_rule_that_is_not_listed_is_told() -> None:
    assert [one["value"] for one in _records(result(findings=[finding()], rules=[]))] == ["0", "0"]


def test_joined_reports_give_the_records_of_all() -> None:
    other = result(identity=identity(supplier="by", delivery="by/einbuergerungen/1"))
    joined = json.loads(render_ess(join_results([several_findings(), other])))
    VALIDATOR.validate(joined)
    by_id = {record["id"]: record for record in joined}
    assert len(by_id) == len(joined)
    alone = [*_records(several_findings()), *_records(other)]
    assert {record["id"]: record for record in alone} == by_id
