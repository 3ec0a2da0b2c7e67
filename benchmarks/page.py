"""The results as Markdown, and their place in `docs/performance.md`."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.timing import Pairs

_PACKAGES = ("einklang", "pyarrow", "pandas", "numpy", "pandera", "great_expectations")


@dataclass(frozen=True)
class Measured:
    """One line of the table; `rows` and `most_memory` (MiB) only where they matter."""

    title: str
    pairs: Pairs
    most: float
    rows: int | None = None
    most_memory: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether ratio and memory keep the goal."""
        peak = max(one.peak for one in self.pairs.ours)
        return self.pairs.ratio <= self.most and (self.most_memory is None or peak <= self.most_memory)

    def line(self) -> str:
        """The line as Markdown."""
        pairs = self.pairs
        ours = statistics.median(one.seconds for one in pairs.ours)
        floor = statistics.median(one.seconds for one in pairs.floor)
        peak, floor_peak = (max(one.peak for one in side) for side in (pairs.ours, pairs.floor))
        goal = f"≤ {self.most:g} ×" + (f", ≤ {self.most_memory:,.0f} MiB" if self.most_memory else "")
        cells = [
            self.title,
            f"{ours:.2f} s",
            f"{floor:.2f} s",
            " · ".join(f"{ratio:.2f}" for ratio in pairs.ratios),
            f"**{pairs.ratio:.2f}**",
            f"{pairs.processor_ratio:.2f}",
            f"{peak:,.0f} / {floor_peak:,.0f} MiB",
            f"{self.rows / ours:,.0f}" if self.rows else "–",
            f"{goal}: {'met' if self.is_met else '**not met**'}",
        ]
        return f"| {' | '.join(cells)} |"


def _machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        named = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = named[0] if named else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def measured_with(command: str, load: float) -> list[str]:
    """Date, command, machine and versions, as lines above a table."""
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return [
        f"Measured on {datetime.now(UTC).date().isoformat()} with `{command}`.",
        "",
        f"Machine: {_machine()}; load average at the start {load:.1f}.",
        f"Python {platform.python_version()}, {versions}.",
        "",
    ]


def render(measured: Sequence[Measured], command: str, load: float) -> str:
    """The table with the machine, the versions, the date and the command."""
    lines = [
        *measured_with(command, load),
        "| | Einklang | floor | ratio of each pair | median | of processor time | peak memory, ours / floor "
        "| rows per second | goal |",
        "|---|---|---|---|---|---|---|---|---|",
        *(one.line() for one in measured),
    ]
    return "\n".join(lines) + "\n"


def write(page: Path, results: str, name: str = "results") -> None:
    """Puts results between the two marks of that name in a page.

    Raises:
        ValueError: the page lacks the marks.
    """
    opening, closing = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = page.read_text(encoding="utf-8").partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end:
        raise ValueError(f"{page} lacks the marks {opening} and {closing}")
    page.write_text(f"{before}{opening}\n\n{results}\n{closing}{after}", encoding="utf-8")
