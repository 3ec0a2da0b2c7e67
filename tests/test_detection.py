"""The injector plants what it says it plants, where it says, and the tables count it rightly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from benchmarks.detection.clean import Clean, load, names, year_before
from benchmarks.detection.page import Recall, render
from benchmarks.detection.planted import Planted
from benchmarks.detection.run import FAULTS, Outcome, Report, classes, judge, run_delivery
from benchmarks.generate import lay_project
from einklang.declarations.rules import Severity
from einklang.result import Verdict

TEXT, WORKBOOK, LONG = "demo/rp/auslaender/2024-12-31", "demo/mv/auslaender/2024-12-31", "demo/bb/auslaender/2024-12-31"
# Faults that need what these deliveries do not have: signs, brackets, ages.
ELSEWHERE = {"sign_lost", "bracket_lost", "age_as_date"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("detection")


@pytest.fixture(scope="module")
def deliveries(folder: Path) -> dict[str, Clean]:
    project = lay_project(folder / "project")
    return {name: load(name, project, folder / "files") for name in (TEXT, WORKBOOK, LONG)}


@pytest.mark.parametrize("name", [TEXT, WORKBOOK, LONG])
def test_rewritten_delivery_is_judged_the_same(name: str, deliveries: dict[str, Clean], folder: Path) -> None:
    clean = deliveries[name]
    assert clean.checked.result.verdict is Verdict.ACCEPTED
    again = clean.check(clean.book, folder / "files")
    assert again.observations.equals(clean.checked.observations)
    assert again.result.findings == []


def _changed(clean: Clean, planted: Planted) -> set[tuple[str, int, int]]:
    return {
        (sheet, row, column)
        for sheet, grid in clean.book.sheets.items()
        for row, (before, after) in enumerate(zip(grid, planted.book.sheets[sheet], strict=True), start=1)
        for column, (one, other) in enumerate(zip(before, after, strict=True))
        if one != other
    }


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - ELSEWHERE))
def test_fault_is_planted_where_it_says(fault: str, deliveries: dict[str, Clean]) -> None:
    planted_somewhere = False
    for name, clean in deliveries.items():
        planted = FAULTS[fault](clean, Random(name))
        if planted is None:
            continue
        planted_somewhere = True
        assert planted.cells or planted.rows or planted.named
        grids = [len(grid) for grid in clean.book.sheets.values()]
        if [len(grid) for grid in planted.book.sheets.values()] != grids:
            continue
        for sheet, row, column in _changed(clean, planted):
            rows = {(place.sheet, place.row) for place in planted.cells} | planted.rows
            assert (sheet, row) in rows
            assert fault == "secret_with_number" or not planted.cells or (sheet, row, column) in planted.cells
    assert planted_somewhere


def test_classes_and_faults_are_the_same_set() -> None:
    assert [one.name for one in classes()] == list(FAULTS)


def test_swap_within_a_sum_is_not_decidable(deliveries: dict[str, Clean]) -> None:
    clean = deliveries[TEXT]
    figure = next(one for one in clean.figures if clean.code(one, "sex") == "M" and (one.number or 0) > 1000)
    other = next(one for one in clean.figures if one.key == (*figure.key[:-1], "F"))
    assert clean.breaks_sum({figure: (figure.number or 0) + 500})
    swapped = {figure: other.number or 0.0, other: figure.number or 0.0}
    assert not clean.breaks_sum(swapped, "sex")
    assert clean.breaks_sum(swapped, "area")


def test_a_delivery_is_run_whole() -> None:
    report = run_delivery(TEXT, ["times_10", "duplicate", "missing_row", "wrong_land"], times=1, seed=1)
    assert [(one.fault, one.by_right_rule, one.at_right_place) for one in report.outcomes] == [
        ("times_10", True, True),
        ("duplicate", True, True),
        ("missing_row", True, True),
        ("wrong_land", True, True),
    ]
    [untouched] = report.untouched
    assert (untouched.cells, untouched.findings) == (111, {})


def test_what_the_clean_delivery_says_too_is_no_recall(deliveries: dict[str, Clean], folder: Path) -> None:
    clean = deliveries[TEXT]
    planted = FAULTS["times_10"](clean, Random("0"))
    assert planted is not None
    result = clean.check(planted.book, folder / "files").result
    one = classes()[1]
    known = frozenset(finding.fingerprint for finding in result.findings)
    assert judge(one, TEXT, planted, result, frozenset()).by_right_rule
    assert not judge(one, TEXT, planted, result, known).is_found
    informed = [finding.model_copy(update={"severity": Severity.INFORMATION}) for finding in result.findings]
    silent = result.model_copy(update={"findings": informed})
    assert not judge(one, TEXT, planted, silent, frozenset()).is_found


def _outcome(**changes: bool) -> Outcome:
    return replace(Outcome("times_10", TEXT, "5 → 50", True, ("IM-AGG-001",), True, True, True), **changes)


def test_goal_counts_decidable_faults_found_by_the_right_rule() -> None:
    one = next(each for each in classes() if each.name == "times_10")
    assert Recall(one, []).is_met is None
    assert Recall(one, [_outcome(), _outcome(is_decidable=False, is_found=False, by_right_rule=False)]).is_met
    assert Recall(one, [_outcome(), _outcome(by_right_rule=False)]).is_met is False


def test_page_lists_what_was_missed() -> None:
    page = render(Report([_outcome(), _outcome(by_right_rule=False)]), "command", "versions")
    assert "| one figure × 10 | a sum or last year's figure | 2 | 100.0% | 50.0% | 100.0% | 0 | – |" in page
    assert "| times_10 | `demo/rp/auslaender/2024-12-31` | 5 → 50 | IM-AGG-001 |" in page


def test_every_office_of_the_demonstration_is_there() -> None:
    assert {name.split("/")[1] for name in names() if name.startswith("demo/")} >= {"sh", "th", "nw"}
    assert year_before("2024-12-31") == "2023-12-31"
