"""`python -m benchmarks.reports`: how long reports take, and how large they get, where very much has failed.

    uv run python -m benchmarks.reports
    uv run python -m benchmarks.reports --runs 5 --write docs/performance.md

A result of a million failing cells is rendered as a web page; a workbook of 100,000 figures, each of them
marked, goes back to the office. Each runs in a process of its own; the clock is that of the rendering alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from benchmarks.page import measured_with, write
from benchmarks.timing import Timing, time_command
from einklang.declarations.base import Text
from einklang.declarations.rules import Severity
from einklang.findings import PLACES_LISTED, Finding, PlaceFound
from einklang.rawtable import column_letter
from einklang.result import (
    Accounting,
    DeliveredFile,
    Identity,
    Outcome,
    Result,
    RuleOutcome,
    Verdict,
    Versions,
)

FAILING_CELLS, MOST_SECONDS_PAGE, MOST_BYTES_PAGE = 1_000_000, 10.0, 20_000_000
MARKED_CELLS, MOST_SECONDS_WORKBOOK = 100_000, 60.0
FILE, SHEET = "lieferung.xlsx", "Tab 1"
RULES = ("IM-VAL-001", "IM-VAL-003", "IM-STA-001", "IM-COD-001", "IM-TIM-001", "IM-AGG-001", "IM-KEY-001")
LABELS, FIGURES = 2, 8
FEW = 10


@dataclass(frozen=True)
class Measured:
    """One line of the table: seconds of each run, size in bytes, and the goals."""

    title: str
    seconds: tuple[float, ...]
    size: int
    peak: float
    most_seconds: float
    most_size: int | None = None

    @property
    def is_met(self) -> bool:
        """Whether the median run and the size keep the goals."""
        return statistics.median(self.seconds) <= self.most_seconds and self.size <= (self.most_size or self.size)

    def line(self) -> str:
        """The line as Markdown."""
        goal = f"≤ {self.most_seconds:g} s" + (f", ≤ {self.most_size / 1e6:g} MB" if self.most_size else "")
        cells = [
            self.title,
            f"**{statistics.median(self.seconds):.2f} s**",
            " · ".join(f"{one:.2f}" for one in self.seconds),
            f"{self.size / 1e6:.1f} MB",
            f"{self.peak:,.0f} MiB",
            f"{goal}: {'met' if self.is_met else '**not met**'}",
        ]
        return f"| {' | '.join(cells)} |"


def failing_result(cells: int, together: int = PLACES_LISTED) -> Result:
    """A rejected delivery in which that many cells fail, so many of them together in each finding."""
    findings = [
        _finding(number, first, min(together, cells - first)) for number, first in enumerate(range(0, cells, together))
    ]
    failed = sorted({one.rule for one in findings})
    text = Text(de="Probe", en="Sample")
    account = Accounting(read=2 * cells, accepted=cells, quarantined=cells, not_data=[])
    return Result(
        verdict=Verdict.REJECTED,
        sentence=text,
        next_step=text,
        identity=Identity(
            supplier="ni",
            supplier_name=text,
            dataset="auslaender",
            dataset_title=text,
            delivery="ni/auslaender/0001",
            number=1,
            received_at="2026-03-14T13:05:09+00:00",
            replaces=None,
            files=[DeliveredFile(name=FILE, stored_as="1.xlsx", sha256="0" * 64, size=1)],
            periods=["2024"],
        ),
        versions=Versions(einklang="0", rules="0", declarations="0" * 64),
        rows=account,
        cells=account,
        findings=findings,
        rules=[RuleOutcome(rule=rule, title=text, outcome=Outcome.FAILED) for rule in failed],
    )


def _finding(number: int, first: int, count: int) -> Finding:
    places = [_place(first + index) for index in range(count)]
    said = Text(
        de=f"In {count} Zellen steht ein Text, der keine Zahl und kein vereinbartes Zeichen ist ({number}).",
        en=f"{count} cells hold a text that is neither a number nor an agreed sign ({number}).",
    )
    title = Text(de="Zahl nicht lesbar", en="Number not readable")
    return Finding(
        id=f"{number:08x}",
        point=f"{number:016x}",
        fingerprint=f"{number:016x}",
        rule=RULES[number % len(RULES)],
        severity=list(Severity)[number % 2],
        confirm=number % 2 == 1,
        title=title,
        message=said,
        expected=Text(de="Dort steht eine Zahl.", en="There is a number."),
        remedy=Text(de="Bitte berichtigen Sie den Wert.", en="Please correct the value."),
        count=count,
        places=places,
    )


def _place(index: int) -> PlaceFound:
    row, column = divmod(index, FIGURES)
    key = Text(de=f"Kreis {row}, 2024, weiblich", en=f"District {row}, 2024, female")
    return PlaceFound(
        file=FILE, sheet=SHEET, row=row + 2, column=column_letter(LABELS + column), key=key, raw=f"{index},,5"
    )


def write_delivery(path: Path, cells: int) -> None:
    """The workbook of such a delivery: two columns of labels, eight of figures."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.append(["Schlüssel", "Kreis", *(str(2015 + column) for column in range(FIGURES))])
    for first in range(0, cells, FIGURES):
        texts = [f"{index},,5" for index in range(first, min(cells, first + FIGURES))]
        sheet.append([f"{first:05d}", f"Kreis {first // FIGURES}", *texts])
    book.save(path)


def _job(job: str, folder: Path) -> tuple[float, int]:
    """Seconds and bytes of one rendering."""
    if job.startswith("page"):
        from einklang.report import render_html

        result = failing_result(FAILING_CELLS, PLACES_LISTED if job == "page" else FEW)
        start = time.perf_counter()
        size = len(render_html(result).encode())
        return time.perf_counter() - start, size
    from einklang.report.workbook import render_workbook

    result, sent, target = failing_result(MARKED_CELLS), folder / FILE, folder / "report.xlsx"
    start = time.perf_counter()
    render_workbook(result, {FILE: sent}, target)
    return time.perf_counter() - start, target.stat().st_size


def _measure(title: str, job: str, folder: Path, runs: int, most: float, most_size: int | None) -> Measured:
    command = [sys.executable, "-m", "benchmarks.reports", "--job", job, "--folder", str(folder)]
    timings: list[Timing] = [time_command(command, os.environ) for _ in range(runs)]
    told = [one.output.split() for one in timings]
    measured = Measured(
        title,
        tuple(float(seconds) for seconds, _ in told),
        int(told[0][1]),
        max(one.peak for one in timings),
        most,
        most_size,
    )
    sys.stderr.write(f"{measured.line()}\n")
    return measured


def main(given: Sequence[str]) -> None:
    """Runs what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reports")
    parser.add_argument("--runs", type=int, default=3, help="runs of each measurement (default: 3)")
    parser.add_argument("--write", type=Path, help="page whose results are replaced, e.g. docs/performance.md")
    parser.add_argument("--job", choices=["page", "page-of-many", "workbook"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(given)
    if asked.job:
        print(*_job(asked.job, asked.folder))
        return
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_delivery(folder / FILE, MARKED_CELLS)
        page = f"HTML, {FAILING_CELLS:,} failing cells in {FAILING_CELLS // PLACES_LISTED:,} findings"
        many = f"HTML, {FAILING_CELLS:,} failing cells in {FAILING_CELLS // FEW:,} findings"
        book = f"returned workbook, {MARKED_CELLS:,} marked cells"
        measured = [
            _measure(page, "page", folder, asked.runs, MOST_SECONDS_PAGE, MOST_BYTES_PAGE),
            _measure(many, "page-of-many", folder, asked.runs, MOST_SECONDS_PAGE, MOST_BYTES_PAGE),
            _measure(book, "workbook", folder, asked.runs, MOST_SECONDS_WORKBOOK, None),
        ]
    lines = [
        *measured_with("uv run python -m benchmarks.reports", load),
        "| | median | each run | size | peak memory | goal |",
        "|---|---|---|---|---|---|",
        *(one.line() for one in measured),
    ]
    results = "\n".join(lines) + "\n"
    sys.stdout.write(results)
    if asked.write is not None:
        write(asked.write, results, "reports")


if __name__ == "__main__":
    main(sys.argv[1:])
