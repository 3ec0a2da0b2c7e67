"""Tiny deliveries, one fault each, named by it: what is found, where, what follows, and that nothing is lost."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pytest
from builders import ROOT, assert_complete, counts, flatten, sending

from einklang.check import Checked, check
from einklang.declarations.base import Text
from einklang.examples import dataset_of
from einklang.measures.figures import Reference
from einklang.project import Project
from einklang.result import Outcome

FOLDER = ROOT / "tests" / "deliveries"


class Case(NamedTuple):
    """A line of `deliveries.csv`."""

    file: str
    """A file, or a folder whose last file is checked after the others were accepted."""
    supplier: str
    verdict: str
    found: list[tuple[str, str]]
    """The rule with each of its places; `-` for a finding about the whole."""
    rows: tuple[int, ...]
    """Read, accepted, quarantined, not data."""
    cells: tuple[int, ...]


def cases() -> list[Case]:
    with Path(__file__).with_name("deliveries.csv").open(encoding="utf-8", newline="") as stream:
        return [
            Case(
                line["file"],
                line["supplier"],
                line["verdict"],
                [(line["rule"], "" if place == "-" else place) for place in line["places"].split()],
                tuple(map(int, line["rows"].split())),
                tuple(map(int, line["cells"].split())),
            )
            for line in csv.DictReader(stream)
        ]


CASES = cases()
NEEDS_A_RELEASE = {"IM-PAT-007"}


CHECKED: dict[str, Checked] = {}


def run(case: Case, project: Project) -> Checked:
    """What is found in a delivery under the test project; checked once, for whoever asks."""
    if case.file not in CHECKED:
        CHECKED[case.file] = _check(case, project)
    return CHECKED[case.file]


def _check(case: Case, project: Project) -> Checked:
    path = FOLDER / case.file
    *earlier, last = sorted(path.iterdir()) if path.is_dir() else [path]
    dataset = case.file.split("/")[1]
    accepted: dict[str, pa.Table] = {}
    for file in earlier:
        of = dataset_of(file, dataset, project)
        accepted[of] = check(sending(case.supplier, of, file), project).observations

    def references(other: str) -> list[Reference]:
        name = Text(de="andere Lieferung", en="other delivery")
        return [Reference(name, accepted[other])] if other in accepted and other != dataset else []

    return check(sending(case.supplier, dataset, last), project, lambda: accepted.get(dataset), references=references)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_delivery(case: Case, test_project: Project) -> None:
    checked = run(case, test_project)
    result = checked.result
    assert flatten(result) == case.found, [finding.message.de for finding in result.findings]
    assert result.verdict == case.verdict
    assert (counts(result.rows), counts(result.cells)) == (case.rows, case.cells)
    assert_complete(checked)
    assert checked.quarantine.num_rows + checked.observations.num_rows <= result.cells.read


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_file_is_named_by_its_fault(case: Case) -> None:
    folder, _, name = case.file.split("/")
    assert bool(case.found) == (folder == "fail")
    if case.found:
        assert {rule for rule, _ in case.found} == {name[:10]}


def test_every_file_is_a_case() -> None:
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*/*")}
    # What needs the register of deliveries or a release is shown by the examples of the catalogue.
    elsewhere = ("IM-FIL", "IM-MET", "IM-REL", "IM-SDC", *NEEDS_A_RELEASE)
    received = {name for name in found if (FOLDER / name).is_dir() and any(rule in name for rule in elsewhere)}
    assert found - received == {case.file for case in CASES}


def test_every_rule_of_a_check_has_a_failing_file(project: Project) -> None:
    judged = {rule.id for rule in project.catalogue.rules if rule.step not in {"receive", "release", "disclosure"}}
    assert judged - NEEDS_A_RELEASE == {rule for case in CASES for rule, _ in case.found}


def test_a_passing_delivery_passes_every_rule_it_can(test_project: Project) -> None:
    case = next(case for case in CASES if case.file == "pass/auslaender/two_years.csv")
    result = run(case, test_project).result
    left = {rule.rule for rule in result.rules if rule.outcome is not Outcome.PASSED}
    few = {"IM-CMP-003", "IM-PAT-001"}  # three years, eight areas
    earlier = {"IM-CRO-001", "IM-REV-001", "IM-REV-002", "IM-REV-003"}  # another source, an earlier delivery
    assert left == NEEDS_A_RELEASE | few | earlier


def test_steps_behind_an_error_are_named(test_project: Project) -> None:
    case = next(case for case in CASES if case.file == "fail/auslaender/IM-STR-003_heading_changed.csv")
    result = run(case, test_project).result
    outcomes = {one.rule: (one.outcome, one.reason) for one in result.rules}
    assert outcomes["IM-FIL-001"] == (Outcome.PASSED, None)
    assert outcomes["IM-STR-003"][0] is Outcome.FAILED
    later, reason = outcomes["IM-KEY-001"]
    assert later is Outcome.NOT_EVALUABLE
    assert reason is not None
    assert "erst möglich" in reason.de
