"""`python -m benchmarks.detection`: plants faults, and says what was found of them."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

from benchmarks.detection.clean import names
from benchmarks.detection.page import render
from benchmarks.detection.run import FAULTS, run
from benchmarks.page import write
from einklang.project import load_project


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    parser.add_argument("--times", type=int, default=4, help="faults of each class in each delivery (default: 4)")
    parser.add_argument("--seed", type=int, default=2026, help="seed of the random places (default: 2026)")
    parser.add_argument("--fault", action="append", choices=sorted(FAULTS), help="only this class; may be repeated")
    parser.add_argument("--delivery", default="*", help="pattern for the names of deliveries, e.g. 'demo/ni/*'")
    parser.add_argument("--write", type=Path, help="page whose results are replaced, e.g. docs/detection.md")
    return parser.parse_args(given)


def main(given: Sequence[str]) -> None:
    """Runs what the arguments ask for."""
    asked = _arguments(given)
    chosen = [name for name in names() if fnmatch(name, asked.delivery)]
    report = run(chosen, asked.fault, asked.times, asked.seed)
    versions = f"einklang {version('einklang')}, rules {load_project().catalogue.version}"
    results = render(report, f"uv run python -m benchmarks.detection {shlex.join(given)}".strip(), versions)
    sys.stdout.write(results)
    if asked.write is not None:
        write(asked.write, results)


if __name__ == "__main__":
    main(sys.argv[1:])
