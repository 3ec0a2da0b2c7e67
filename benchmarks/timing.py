"""Times commands in fresh processes, two against each other, by turns."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Timing:
    """One process: seconds on the clock, seconds of processor time, peak memory in MiB, and what it said."""

    seconds: float
    processor: float
    peak: float
    output: str


@dataclass(frozen=True)
class Pairs:
    """The runs of a command and of its floor; the i-th of each ran one after the other."""

    ours: tuple[Timing, ...]
    floor: tuple[Timing, ...]

    @property
    def ratios(self) -> list[float]:
        """Clock seconds of ours over those of the floor, pair by pair."""
        return [one.seconds / other.seconds for one, other in zip(self.ours, self.floor, strict=True)]

    @property
    def ratio(self) -> float:
        """The median ratio on the clock."""
        return statistics.median(self.ratios)

    def said(self) -> Pairs:
        """The same runs with the seconds that each process printed first, on the clock and of processor time."""

        def told(timing: Timing) -> Timing:
            clock, processor, *rest = timing.output.split()
            return replace(timing, seconds=float(clock), processor=float(processor), output=" ".join(rest))

        return Pairs(tuple(map(told, self.ours)), tuple(map(told, self.floor)))

    @property
    def processor_ratio(self) -> float:
        """The median ratio of processor time, which other work on the machine hardly changes."""
        return statistics.median(
            one.processor / other.processor for one, other in zip(self.ours, self.floor, strict=True)
        )


def time_command(command: Sequence[str], environment: Mapping[str, str]) -> Timing:
    """Runs a command to its end.

    Raises:
        RuntimeError: it failed.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as stream:
        output = stream.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Timing(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.strip())


def time_pairs(
    ours: Callable[[], Sequence[str]], floor: Callable[[], Sequence[str]], runs: int, environment: Mapping[str, str]
) -> Pairs:
    """Both commands by turns, `runs` times, after one unmeasured run of each (page cache, byte code)."""
    time_command(floor(), environment)
    time_command(ours(), environment)
    measured = [(time_command(floor(), environment), time_command(ours(), environment)) for _ in range(runs)]
    return Pairs(tuple(one for _, one in measured), tuple(other for other, _ in measured))
