from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from einklang.findings import shortened
from einklang.report import render_json, result_schema
from einklang.report.as_json import SCHEMA_VERSION, render_schema
from einklang.result import Result

from .factories import HALF_CHARACTER, HOSTILE, hostile, result, several_findings

PUBLISHED = Path(__file__).parents[2] / "docs" / "schemas" / f"result-{SCHEMA_VERSION}.json"

every_result = pytest.mark.parametrize("make", [result, several_findings, hostile])


def test_published_schema_is_the_generated_one() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == render_schema()


def test_schema_is_written_by_a_command() -> None:
    command = [sys.executable, "-W", "error", "-m", "einklang.report.as_json"]
    written = subprocess.run(command, check=True, capture_output=True)
    assert written.stdout.decode("utf-8") == render_schema()
    assert written.stderr == b""


def test_schema_is_a_schema() -> None:
    schema = result_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "urn:einklang:schema:result:1.0"
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["additionalProperties"] is False


@every_result
def test_result_agrees_with_the_schema(make: Callable[[], Result]) -> None:
    Draft202012Validator(result_schema()).validate(json.loads(render_json(make())))


@every_result
def test_result_is_written_alike_each_time_and_as_utf8(make: Callable[[], Result]) -> None:
    written = render_json(make())
    assert written == render_json(make())
    assert written.endswith("}\n")
    assert written.encode("utf-8").decode("utf-8") == written


def test_result_can_be_read_back() -> None:
    assert Result.model_validate_json(render_json(several_findings())) == several_findings()


def test_texts_of_the_sender_are_kept() -> None:
    raws = [one.places[0].raw for one in Result.model_validate_json(render_json(hostile())).findings]
    assert HALF_CHARACTER not in "".join(raws)
    assert raws == [shortened(f"{raw}\ufffd") for raw in HOSTILE]


def test_keys_are_in_the_order_of_the_model() -> None:
    assert list(json.loads(render_json(result()))) == list(Result.model_fields)
