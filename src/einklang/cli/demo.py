"""The demonstration: sixteen Länder deliver three data sets, some with planted faults."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from einklang.cli.tables import VERDICTS, latest_deliveries, release_lines, terminal, verdict_matrix
from einklang.errors import StoreError, UnusableInput
from einklang.orchestration import flow
from einklang.project import Project, load_project
from einklang.report.overview import OVERVIEW, render_overview
from einklang.store import Store, write_atomically

_POLL = 0.2


def _waves(project: Project) -> list[Path]:
    folder = project.folder / "demo" / "inbox"
    if not folder.is_dir():
        raise UnusableInput(f"`{project.folder}` holds no demo deliveries.", "Use the project folder that is shipped.")
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _count(folder: Path) -> int:
    return sum(1 for path in folder.glob("*/*/*") if path.is_file())


@contextmanager
def _watched(progress: Progress, task: TaskID, store: Store, total: int) -> Iterator[None]:
    """Moves a progress bar with the judged deliveries in the store, while the flow runs."""
    before = sum(1 for _ in store.deliveries())
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_POLL):
            progress.update(task, completed=min(total, sum(1 for _ in store.deliveries()) - before))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        progress.update(task, completed=total)


def run_demo(into: Path, folder: Path | None) -> None:
    """Runs all waves of the demo inbox and a release into a store below `into`, and says where all lies."""
    project = load_project(folder)
    waves = _waves(project)
    store = Store(into.resolve() / "store")
    console = terminal()
    console.print(Text.assemble(("Einklang", "bold"), ": sechzehn Länder, drei Datensätze, geplante Fehler."))
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        start = progress.add_task("Ablaufsteuerung startet", total=1)
        run_inbox, run_release = flow("inbox"), flow("release")
        progress.update(start, completed=1)
        rows = []
        for wave in waves:
            total = _count(wave)
            task = progress.add_task(f"Lieferungen, Teil {wave.name.partition('-')[0]}", total=total)
            with _watched(progress, task, store, total):
                rows.extend(run_inbox(wave, project.folder, store.root).rows)
        task = progress.add_task("Veröffentlichungsstand", total=1)
        released = run_release(project.folder, store.root)
        progress.update(task, completed=1)
    broken = [f"{row.source}: {row.note}" for row in rows if row.verdict is None]
    if broken:
        raise StoreError(store.root, f"{len(broken)} deliveries were not judged, the first is {broken[0]}")
    deliveries = list(store.deliveries())
    console.print(verdict_matrix(project, deliveries))
    counts = Counter(one.verdict for one in deliveries)
    summary = ", ".join(f"{counts[verdict]} {word}" for verdict, (_, word, _) in VERDICTS.items() if counts[verdict])
    repeats = sum(row.is_repeat for row in rows)
    console.print(
        f"{len(rows)} Dateien, {repeats} davon unverändert; {len(deliveries)} Lieferungen geprüft: {summary}."
    )
    for line in release_lines(released, into / "store"):
        console.print(line, soft_wrap=True)
    write_atomically(store.root / OVERVIEW, render_overview(project, store).encode())
    _say_where(console, store, into, released.version)


def _say_where(console: Console, store: Store, into: Path, version: str | None) -> None:
    command = "uv run einklang" if "UV" in os.environ else "einklang"
    python = "uv run python" if "UV" in os.environ else "python"
    faulty = [one for one in latest_deliveries(store.deliveries()).values() if one.errors]
    root = into / "store"
    lines = [
        ("Prüfberichte", f"{root}/deliveries/<Stelle>/<Datensatz>/<Nummer>/report.html"),
        ("zum Beispiel", f"{root}/deliveries/{faulty[0].delivery}/report.html (im Browser öffnen)" if faulty else "–"),
        ("Übersicht", f"{root}/{OVERVIEW} (im Browser öffnen)"),
        ("im Terminal", f"{command} status --store {root}"),
        (
            "Daten",
            f"{python} -c \"import pandas; print(pandas.read_parquet('{root}/releases/{version}/indicators.parquet'))"
            '"',
        ),
        ("eine Regel", f"{command} explain IM-AGG-001"),
    ]
    console.print()
    for title, text in lines:
        console.print(Text.assemble((f"{title:<14}", "bold"), text), soft_wrap=True)
