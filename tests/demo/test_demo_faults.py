"""The demonstration: every planted fault is found, and nothing else is said of any file."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

from demo import generate
from demo.offices import CURRENT, LATE, PREVIOUS
from einklang.check import Checked, Sending, check, sent_file
from einklang.declarations.rules import Severity
from einklang.project import Project, load_project
from einklang.report import render_json
from einklang.report.ess import render_ess
from einklang.result import Verdict

DEMO = Path(generate.__file__).parent
INBOX = DEMO / "inbox"
SEEN_BEFORE = "IM-FIL-004"  # needs the register of deliveries, not the check of a file


@cache
def _project() -> Project:
    return load_project(DEMO.parent)


def _faults() -> list[dict[str, str]]:
    with (DEMO / "faults.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["rule"] != SEEN_BEFORE]


def _path(wave: str, supplier: str, dataset: str) -> Path:
    return next((INBOX / wave / supplier / dataset).iterdir())


@cache
def _check(wave: str, supplier: str, dataset: str) -> Checked:
    sending = Sending(supplier, dataset, (sent_file(_path(wave, supplier, dataset)),))
    return check(sending, _project(), lambda: _history(wave, supplier, dataset))


def _history(wave: str, supplier: str, dataset: str) -> pa.Table | None:
    if wave == PREVIOUS or not (INBOX / PREVIOUS / supplier / dataset).exists():
        return None
    return _check(PREVIOUS, supplier, dataset).observations


def _all_deliveries() -> list[tuple[str, str, str]]:
    folders = sorted({path.parent.relative_to(INBOX).parts for path in INBOX.rglob("*") if path.is_file()})
    return [(wave, supplier, dataset) for wave, supplier, dataset in folders]


@pytest.mark.parametrize("fault", _faults(), ids=lambda one: f"{one['supplier']}-{one['dataset']}-{one['rule']}")
def test_fault_is_found_at_its_cell(fault: dict[str, str]) -> None:
    result = _check(fault["wave"], fault["supplier"], fault["dataset"]).result
    found = [one for one in result.findings if one.rule == fault["rule"]]
    assert found, [one.message.de for one in result.findings]
    if fault["cell"]:
        assert fault["cell"] in {place.cell for one in found for place in one.places}
    assert result.verdict == Verdict(fault["verdict"])


@pytest.fixture(scope="module", params=_all_deliveries(), ids="-".join)
def delivery(request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """Each delivery in turn, so that all its tests run beside each other and it is checked once."""
    wave, supplier, dataset = request.param
    return wave, supplier, dataset


def test_nothing_else_is_found(delivery: tuple[str, str, str]) -> None:
    expected = {row["rule"] for row in _faults() if (row["wave"], row["supplier"], row["dataset"]) == delivery}
    result = _check(*delivery).result
    found = {one.rule for one in result.findings if one.severity is not Severity.INFORMATION}
    assert found == expected, [one.message.de for one in result.findings]
    assert result.rows.is_complete and result.cells.is_complete


def test_both_json_forms_are_valid_by_their_published_schemas(delivery: tuple[str, str, str]) -> None:
    result = _check(*delivery).result
    _schema("result-1.0.json").validate(json.loads(render_json(result)))
    records = json.loads(render_ess(result, severities=_project().catalogue.severities))
    _schema("ess-validation-report-1.0.1.json").validate(records)
    assert {one["rule"]["expression"] for one in records if "rule" in one} == {one.rule for one in result.rules}


@cache
def _schema(name: str) -> Validator:
    schema = json.loads((DEMO.parent / "docs" / "schemas" / name).read_bytes())
    chosen = validator_for(schema)
    chosen.check_schema(schema)
    return chosen(schema, format_checker=chosen.FORMAT_CHECKER)


def test_the_late_copy_has_the_same_bytes() -> None:
    [again] = (INBOX / LATE / "sn" / "auslaender").iterdir()
    assert again.read_bytes() == (INBOX / CURRENT / "sn" / "auslaender" / again.name).read_bytes()
