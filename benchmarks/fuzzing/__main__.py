"""`python -m benchmarks.fuzzing`: the whole campaign, in two processes, and what came of it as Markdown."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.fuzzing.campaign import Tally, run

_SHARE = 250


def _share(task: tuple[int, int, int]) -> Tally:
    seed, first, last = task
    return run(seed, range(first, last))


def main(given: Sequence[str]) -> int:
    """Runs it; 1 where a file was not dealt with as it should be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzzing", description=__doc__)
    parser.add_argument("--files", type=int, default=20_000, help="number of mutated files (default: 20,000)")
    parser.add_argument("--seed", type=int, default=2026, help="seed; the same one gives the same files")
    parser.add_argument("--processes", type=int, default=2, help="processes at a time (default: 2)")
    parser.add_argument("--write", type=Path, help="page whose result is replaced, e.g. docs/fuzzing.md")
    asked = parser.parse_args(given)
    started = time.monotonic()
    tasks = [(asked.seed, first, min(first + _SHARE, asked.files)) for first in range(0, asked.files, _SHARE)]
    total = Tally()
    with ProcessPoolExecutor(asked.processes) as pool:
        for tally in pool.map(_share, tasks):
            total.add(tally)
            sys.stderr.write(f"{total.files:,} files, {len(total.failures)} failures\n")
    page = total.page(asked.seed, time.monotonic() - started)
    sys.stdout.write(page)
    if asked.write is not None:
        before, _, rest = asked.write.read_text(encoding="utf-8").partition("<!-- results: begin -->\n")
        after = rest.partition("<!-- results: end -->")[2]
        asked.write.write_text(f"{before}<!-- results: begin -->\n{page}<!-- results: end -->{after}", encoding="utf-8")
    return 1 if total.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
