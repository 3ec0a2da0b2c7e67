"""Plants faults of every class into the clean deliveries and notes what a check finds."""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from random import Random

from benchmarks.detection import cells, tables
from benchmarks.detection.clean import Clean, check_untouched, faults_of, load, names
from benchmarks.detection.planted import Fault, Planted
from benchmarks.generate import lay_project
from einklang.check import Checked
from einklang.declarations.rules import Severity
from einklang.findings import Finding
from einklang.project import load_project
from einklang.rawtable import column_index
from einklang.result import Result

FAULTS: Mapping[str, Fault] = {
    "times_1000": cells.times(1000),
    "times_10": cells.times(10),
    "divided_by_10": cells.times(0.1),
    "figures_swapped": cells.figures_swapped,
    "rows_swapped": tables.rows_swapped,
    "digits_swapped": cells.digits_swapped,
    "off_by_20_percent": cells.times(0.8, 1.2),
    "off_by_50_percent": cells.times(0.5, 1.5),
    "labels_shifted": tables.labels_shifted,
    "column_sorted": tables.column_sorted,
    "last_year": tables.last_year,
    "other_unit": tables.other_unit,
    "sign_lost": cells.sign_lost,
    "bracket_lost": cells.bracket_lost,
    "secret_with_number": cells.secret_with_number,
    "duplicate": tables.duplicate,
    "missing_row": tables.missing_row,
    "missing_slice": tables.missing_slice,
    "wrong_land_row": tables.wrong_land_row,
    "wrong_land": tables.wrong_land,
    "total_not_updated": tables.total_not_updated,
    "age_as_date": cells.age_as_date,
    "decimal_sign_swapped": cells.decimal_sign_swapped,
}
_PROCESSES = 2
_LARGE = 2_000


@dataclass(frozen=True)
class FaultClass:
    """A kind of fault, the rules that should find it, and the recall that is demanded where it is decidable."""

    name: str
    title: str
    rules: tuple[str, ...]
    goal: float | None
    decided_by: str

    def is_right(self, rule: str) -> bool:
        """Whether a rule is one of those that should find the fault."""
        return any(fnmatch(rule, pattern) for pattern in self.rules)


@cache
def classes() -> tuple[FaultClass, ...]:
    """The classes of faults, from `classes.csv`."""
    with (Path(__file__).parent / "classes.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(
            FaultClass(
                row["fault"],
                row["title"],
                tuple(row["rules"].split("|")),
                float(row["goal"]) if row["goal"] else None,
                row["decided_by"],
            )
            for row in csv.DictReader(stream)
        )


@dataclass(frozen=True)
class Outcome:
    """What became of one planted fault."""

    fault: str
    delivery: str
    what: str
    is_decidable: bool
    rules: tuple[str, ...]
    is_found: bool
    by_right_rule: bool
    at_right_place: bool


@dataclass(frozen=True)
class Untouched:
    """What is said of a delivery without a fault: by rule, findings and the cells they flag."""

    delivery: str
    cells: int
    severities: Mapping[str, str]
    findings: Mapping[str, int]
    flagged: Mapping[str, int]


@dataclass
class Report:
    """Everything that was found out."""

    outcomes: list[Outcome] = field(default_factory=list)
    untouched: list[Untouched] = field(default_factory=list)


def is_at(finding: Finding, planted: Planted) -> bool:
    """Whether a finding points at the planted fault."""
    for place in finding.places:
        if place.row is None:
            continue
        if (place.sheet, place.row) in planted.rows:
            return True
        if place.column and (place.sheet, place.row, column_index(place.column)) in planted.cells:
            return True
    return any(name in finding.message.de for name in planted.named)


def judge(one: FaultClass, delivery: str, planted: Planted, result: Result, known: frozenset[str]) -> Outcome:
    """What a check found of a planted fault; findings that the clean delivery has too do not count."""
    new = [
        finding
        for finding in result.findings
        if finding.severity is not Severity.INFORMATION and finding.fingerprint not in known
    ]
    return Outcome(
        one.name,
        delivery,
        planted.what,
        planted.is_decidable,
        tuple(dict.fromkeys(finding.rule for finding in new)),
        bool(new),
        any(one.is_right(finding.rule) for finding in new),
        any(is_at(finding, planted) for finding in new),
    )


def _plant(clean: Clean, faults: Iterable[str], times: int, seed: int, folder: Path) -> list[Outcome]:
    known = frozenset(finding.fingerprint for finding in clean.checked.result.findings)
    outcomes = []
    for one in classes():
        if one.name not in faults or one.name not in (faults_of(clean.name) or FAULTS):
            continue
        for number in range(times):
            planted = FAULTS[one.name](clean, Random(f"{seed}/{clean.name}/{one.name}/{number}"))
            if planted is None:
                break
            result = clean.check(planted.book, folder).result
            outcomes.append(judge(one, clean.name, planted, result, known))
    return outcomes


def _untouched(name: str, checked: Checked) -> Untouched:
    findings: Counter[str] = Counter()
    flagged: Counter[str] = Counter()
    severities = {}
    for finding in checked.result.findings:
        if finding.severity is Severity.INFORMATION:
            continue
        severities[finding.rule] = finding.severity.value
        findings[finding.rule] += 1
        flagged[finding.rule] += finding.count
    cells = checked.result.cells
    return Untouched(name, cells.accepted + cells.quarantined, severities, findings, flagged)


def run_delivery(name: str, faults: Sequence[str], times: int, seed: int) -> Report:
    """Plants faults into one delivery."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if faults_of(name) == {"untouched"}:
            return Report([], [_untouched(name, check_untouched(name, load_project()))])
        clean = load(name, lay_project(folder / "project"), folder / "files")
        few = max(1, times // 2) if len(clean.figures) > _LARGE else times
        return Report(_plant(clean, faults, few, seed, folder / "files"), [_untouched(name, clean.checked)])


def run(
    deliveries: Sequence[str] | None = None, faults: Sequence[str] | None = None, times: int = 4, seed: int = 2026
) -> Report:
    """Plants `times` faults of every class into every delivery (half as many into large ones)."""
    chosen = list(names() if deliveries is None else deliveries)
    report = Report()
    with ProcessPoolExecutor(_PROCESSES, get_context("spawn")) as pool:
        parts = [pool.submit(run_delivery, name, list(faults or FAULTS), times, seed) for name in reversed(chosen)]
        for part in parts:
            found = part.result()
            sys.stderr.write(f"{found.untouched[0].delivery}: {len(found.outcomes)}\n")
            report.outcomes += found.outcomes
            report.untouched += found.untouched
    report.outcomes.sort(key=lambda one: (one.fault, one.delivery))
    report.untouched.sort(key=lambda one: one.delivery)
    return report
