"""Checks mutated files one after the other and counts what came of them."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from benchmarks.fuzzing.mutate import mutated
from benchmarks.fuzzing.seeds import Seed, seeds
from einklang.box import BOX
from einklang.check import Checked, Sending, check, sent_file
from einklang.project import CHECKOUT, Project, load_project
from einklang.report.as_json import render_json
from einklang.result import Verdict

SLOW = 60.0
_FAILED_INSIDE = "Beim Lesen trat ein Fehler auf"


@dataclass
class Tally:
    """What came of the files: verdicts by format, the slowest, and whatever should not have happened."""

    files: int = 0
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_file: str = ""
    memory: int = 0
    growth: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.files += other.files
        self.verdicts += other.verdicts
        self.rules += other.rules
        if other.slowest > self.slowest:
            self.slowest, self.slowest_file = other.slowest, other.slowest_file
        self.memory = max(self.memory, other.memory)
        self.growth = max(self.growth, other.growth)
        self.failures += other.failures

    def page(self, seed: int, seconds: float) -> str:
        """The tally as Markdown."""
        verdicts = [verdict.value for verdict in Verdict]
        names = list(dict.fromkeys(name for name, _ in self.verdicts))
        rows = [
            f"| {name} | {' | '.join(f'{self.verdicts[name, verdict]:,}' for verdict in verdicts)} |"
            for name in sorted(names)
        ]
        rules = ", ".join(f"{rule} {count:,}" for rule, count in self.rules.most_common(12))
        lines = [
            f"{self.files:,} files with seed {seed}, {seconds / 60:.0f} minutes. Failures: {len(self.failures)}.",
            f"Slowest file: {self.slowest:.1f} s ({self.slowest_file}). Most memory of a process that reads: "
            f"{self.memory >> 10} MiB. Growth of the checking process after its first files: {self.growth >> 10} MiB.",
            "",
            f"| file | {' | '.join(verdicts)} |",
            f"|---|{'---|' * len(verdicts)}",
            *rows,
            "",
            f"Rules found most often: {rules}.",
            "",
        ]
        return "\n".join([*lines, *(f"- {failure}" for failure in self.failures[:20])])


def bare(project: Project, seed: Seed) -> Project:
    """The project with the layout of a seed only, and without rules on the plausibility of figures."""
    expectations = {name: one.model_copy(update={"delivery": []}) for name, one in project.expectations.items()}
    profiles = {(seed.profile.supplier, seed.profile.dataset): (seed.profile,)}
    return replace(project, profiles=profiles, expectations=expectations)


def run(seed: int, numbers: Iterable[int], project: Project | None = None) -> Tally:
    """Checks the files of these numbers; number and seed decide what they hold."""
    tally = Tally()
    loaded = project or load_project(CHECKOUT)
    sound = seeds()
    projects = [bare(loaded, one) for one in sound]
    own = 0
    with tempfile.TemporaryDirectory(prefix="mutated-") as folder:
        for count, number in enumerate(numbers):
            random = Random(f"{seed}/{number}")
            which = random.randrange(len(sound))
            path = Path(folder) / sound[which].name
            path.write_bytes(mutated(sound[which].content, random))
            _check_one(path, f"{number} {path.name}", projects[which], sound[which], tally)
            if count == 20:
                own = _resident()
        left = [entry.name for entry in Path(tempfile.gettempdir()).glob(f"einklang-{os.getpid()}-*")]
    tally.growth = max(0, _resident() - own) if own else 0
    BOX.stop()  # the memory of processes counts once they have ended
    tally.memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    tally.failures += [f"left behind: {name}" for name in left]
    return tally


def _resident() -> int:
    """Memory resident now, in KiB."""
    if not sys.platform.startswith("linux"):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024


def _check_one(path: Path, name: str, project: Project, seed: Seed, tally: Tally) -> None:
    tally.files += 1
    started = time.monotonic()
    try:
        checked = check(Sending(seed.profile.supplier, seed.profile.dataset, (sent_file(path),)), project)
        render_json(checked.result)
        tally.failures += [f"{name}: {problem}" for problem in _problems(checked)]
        tally.verdicts[seed.name, checked.result.verdict.value] += 1
        tally.rules.update({one.rule for one in checked.result.findings})
    except Exception:
        tally.failures.append(f"{name}: {traceback.format_exc(limit=-3)}")
    seconds = time.monotonic() - started
    if seconds > tally.slowest:
        tally.slowest, tally.slowest_file = seconds, name
    if seconds > SLOW:
        tally.failures.append(f"{name}: {seconds:.0f} seconds")


def _problems(checked: Checked) -> Iterable[str]:
    """What is wrong with a result whatever was delivered."""
    result = checked.result
    if not (result.rows.is_complete and result.cells.is_complete):
        yield "rows or cells are lost"
    if any(outcome == "rule_crashed" for outcome in _outcomes(result.model_dump())):
        yield "a rule crashed"
    if any(_FAILED_INSIDE in finding.message.de for finding in result.findings):
        yield "the reader failed"
    if result.verdict is Verdict.REJECTED and not result.findings:
        yield "rejected without a finding"
    if checked.observations.num_rows != result.cells.accepted:
        yield "accepted observations do not match the count"


def _outcomes(result: Mapping[str, list[dict[str, object]]]) -> Iterable[object]:
    for rule in result["rules"]:
        reason = rule.get("reason")
        if isinstance(reason, dict) and "Programmfehler" in str(reason.get("de")):
            yield "rule_crashed"
