"""`python -m benchmarks`: generates deliveries, times them against the floor, prints a Markdown table."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.generate import DATASET, SUPPLIER, Generated, generate
from benchmarks.page import Measured, render, write
from benchmarks.timing import Pairs, time_pairs

DELIVER_MOST, DELIVER_MEMORY, CHECK_MOST = 6.0, 3072.0, 2.5
JUDGE_MOST, JUDGE_SHARES = 3.0, (0.0, 0.01, 0.5)
CHECK_ROWS = 1_000
_IMPORTS = "import pandas, pyarrow, pandera.pandas"
_CHECK = "from einklang.cli.app import main; main()"


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the delivery (default: 10 million)")
    parser.add_argument("--runs", type=int, default=3, help="pairs of each measurement (default: 3)")
    parser.add_argument("--failing", type=float, default=0.01, help="share of bad rows in a second delivery; 0: none")
    parser.add_argument("--only", choices=["deliver", "judge", "check"], help="leave the other measurements out")
    parser.add_argument("--folder", type=Path, help="where the temporary files go (default: the system's place)")
    parser.add_argument("--write", type=Path, help="page whose results are replaced, e.g. docs/performance.md")
    return parser.parse_args(given)


def _environment(folder: Path, is_cached: bool) -> dict[str, str]:
    """The environment of the processes: with byte code cached (as after a first run), or never."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    kept["PYTHONPYCACHEPREFIX"] = str(folder / ("cached" if is_cached else "uncached"))
    return kept if is_cached else {**kept, "PYTHONDONTWRITEBYTECODE": "1"}


def _time_deliver(generated: Generated, folder: Path, runs: int) -> Pairs:
    job = [sys.executable, "-m", "benchmarks.jobs"]
    return time_pairs(
        lambda: [*job, "deliver", str(generated.path), str(generated.project), str(_empty(folder / "store"))],
        lambda: [*job, "floor", str(generated.path), str(folder / "floor.parquet")],
        runs,
        _environment(folder, is_cached=True),
    )


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _time_check(generated: Generated, folder: Path, runs: int, is_cached: bool) -> Pairs:
    names = ["--supplier", SUPPLIER, "--dataset", DATASET, "--project", str(generated.project)]
    return time_pairs(
        lambda: [sys.executable, "-c", _CHECK, "check", str(generated.path), *names],
        lambda: [sys.executable, "-c", _IMPORTS],
        runs,
        _environment(folder, is_cached),
    )


def _judged(rows: int, failing: float, runs: int, parent: Path | None) -> Measured:
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name)
        generated = generate(folder, rows, failing)
        job = [sys.executable, "-m", "benchmarks.jobs"]
        pairs = time_pairs(
            lambda: [*job, "judge", str(generated.path), str(generated.project)],
            lambda: [*job, "floor", str(generated.path), str(folder / "floor.parquet")],
            runs,
            _environment(folder, is_cached=True),
        ).said()
    _say(f"{generated.rows:,} rows, {generated.failing:,} of them bad: {pairs.ours[0].output}")
    share = f"{failing:.0%} bad rows" if failing else "none bad"
    measured = Measured(f"judge {generated.rows:,} rows, {share}", pairs, JUDGE_MOST, generated.rows, DELIVER_MEMORY)
    _say(measured.line())
    return measured


def _delivered(rows: int, failing: float, runs: int, parent: Path | None) -> Measured:
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name)
        generated = generate(folder, rows, failing)
        _say(f"{generated.rows:,} rows, {generated.failing:,} of them bad, {generated.path.stat().st_size >> 20} MiB")
        pairs = _time_deliver(generated, folder, runs)
    outcomes = {one.output for one in pairs.ours}
    if not failing and outcomes != {f"accepted {generated.rows} 0"}:
        raise RuntimeError(f"the delivery should be accepted whole, but came out as {sorted(outcomes)}")
    share = f"{failing:.0%} bad rows" if failing else "none bad"
    measured = Measured(
        f"deliver {generated.rows:,} rows, {share}", pairs, DELIVER_MOST, generated.rows, DELIVER_MEMORY
    )
    _say(measured.line())
    return measured


def _checked(runs: int, parent: Path | None) -> list[Measured]:
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name)
        generated = generate(folder, CHECK_ROWS)
        return [
            Measured(
                f"check {generated.rows:,} rows, byte code {'cached' if is_cached else 'not cached'}",
                _time_check(generated, folder, runs, is_cached),
                CHECK_MOST,
            )
            for is_cached in (False, True)
        ]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main(given: Sequence[str]) -> None:
    """Runs what the arguments ask for."""
    asked = _arguments(given)
    load = os.getloadavg()[0]
    measured: list[Measured] = []
    if asked.only in {None, "check"}:
        measured += _checked(2 * asked.runs + 1, asked.folder)
    if asked.only in {None, "judge"}:
        measured += [_judged(asked.rows, share, asked.runs, asked.folder) for share in JUDGE_SHARES]
    if asked.only in {None, "deliver"}:
        shares = [0.0, asked.failing] if asked.failing else [0.0]
        measured += [_delivered(asked.rows, share, asked.runs, asked.folder) for share in shares]
    results = render(measured, f"uv run python -m benchmarks {shlex.join(given)}".strip(), load)
    sys.stdout.write(results)
    if asked.write is not None:
        write(asked.write, results)


if __name__ == "__main__":
    main(sys.argv[1:])
