"""What is timed, each in a process of its own: `python -m benchmarks.jobs deliver|judge|floor …`."""

from __future__ import annotations

import sys
import time
from pathlib import Path


class Stopwatch:
    """Seconds on the clock and of processor time between two steps."""

    def __init__(self) -> None:
        self._clock: dict[str, tuple[float, float]] = {}

    def note(self, step: str) -> None:
        """A step begins."""
        self._clock[step] = (time.perf_counter(), time.process_time())

    def between(self, first: str, last: str) -> str:
        """Seconds from the beginning of one step to that of another, as text."""
        start, end = self._clock[first], self._clock[last]
        return f"{end[0] - start[0]:.3f} {end[1] - start[1]:.3f}"


def run_deliver(file: Path, project: Path, store: Path) -> None:
    """The whole delivery: receipt, checks with Pandera and Great Expectations, Parquet, reports."""
    from benchmarks.generate import DATASET, SUPPLIER
    from einklang.deliver import deliver
    from einklang.project import load_project
    from einklang.store import Store

    delivered = deliver([file], SUPPLIER, DATASET, load_project(project), Store(store))
    record = delivered.delivery
    sys.stdout.write(f"{record.verdict.value} {record.accepted} {record.quarantined}\n")


def run_judge(file: Path, project: Path) -> None:
    """Contract and plausibility of a delivery, timed apart from all that goes before and comes after."""
    from benchmarks.generate import DATASET, SUPPLIER
    from einklang.check import Sending, check, sent_file
    from einklang.project import load_project

    watch = Stopwatch()
    sending = Sending(SUPPLIER, DATASET, (sent_file(file),))
    result = check(sending, load_project(project), progress=watch.note).result
    cells = result.cells
    said = f"{result.verdict.value} {cells.accepted} {cells.quarantined}"
    sys.stdout.write(f"{watch.between('contract', 'verdict')} {said}\n")


def run_floor(file: Path, target: Path) -> None:
    """The least anyone can do: PyArrow reads every column as text and writes it as Parquet."""
    import pyarrow as pa
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    watch = Stopwatch()
    watch.note("read")
    with file.open(encoding="cp1252") as stream:
        names = stream.readline().strip().split(";")
    table = pacsv.read_csv(
        file,
        read_options=pacsv.ReadOptions(encoding="cp1252"),
        parse_options=pacsv.ParseOptions(delimiter=";"),
        convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    pq.write_table(table, target)
    watch.note("end")
    sys.stdout.write(f"{watch.between('read', 'end')}\n")


if __name__ == "__main__":
    job, *rest = sys.argv[1:]
    paths = [Path(one) for one in rest]
    match job:
        case "deliver":
            run_deliver(*paths)
        case "judge":
            run_judge(*paths)
        case _:
            run_floor(*paths)
