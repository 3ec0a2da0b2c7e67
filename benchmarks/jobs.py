"""What is timed, each in a process of its own: `python -m benchmarks.jobs deliver|floor …`."""

from __future__ import annotations

import sys
from pathlib import Path


def run_deliver(file: Path, project: Path, store: Path) -> None:
    """The whole delivery: receipt, checks with Pandera and Great Expectations, Parquet, reports."""
    from benchmarks.generate import DATASET, SUPPLIER
    from einklang.deliver import deliver
    from einklang.project import load_project
    from einklang.store import Store

    delivered = deliver([file], SUPPLIER, DATASET, load_project(project), Store(store))
    record = delivered.delivery
    sys.stdout.write(f"{record.verdict.value} {record.accepted} {record.quarantined}\n")


def run_floor(file: Path, target: Path) -> None:
    """The least anyone can do: PyArrow reads every column as text and writes it as Parquet."""
    import pyarrow as pa
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    with file.open(encoding="cp1252") as stream:
        names = stream.readline().strip().split(";")
    table = pacsv.read_csv(
        file,
        read_options=pacsv.ReadOptions(encoding="cp1252"),
        parse_options=pacsv.ParseOptions(delimiter=";"),
        convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    pq.write_table(table, target)


if __name__ == "__main__":
    job, *rest = sys.argv[1:]
    paths = [Path(one) for one in rest]
    if job == "deliver":
        run_deliver(*paths)
    else:
        run_floor(*paths)
