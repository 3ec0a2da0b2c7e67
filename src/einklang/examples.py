"""Examples of the rule catalogue: tiny deliveries, one that keeps a rule and one that breaks it.

An example is a file, or a folder whose files are delivered one after the other. They are written in layouts of
their own and, for rules that no data set of the monitoring needs yet, in data sets of their own.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from einklang.check import Sending, check, sent_file
from einklang.container import kind_of
from einklang.declarations.rules import Example
from einklang.deliver import deliver
from einklang.project import Project, load_project
from einklang.read_boxed import SheetsRead, read_boxed
from einklang.receive import same_bytes
from einklang.release import make_release, read_report
from einklang.result import Outcome, Result
from einklang.store import Store
from einklang.withdrawal import withdraw

FILES = Path("tests", "deliveries")
DECLARATIONS = Path("tests", "project")
_LINES = 12
# The pages that quote what is said of the examples are the same on every day.
_WHEN = "2026-11-22T08:00:00+00:00"
_WHY, _BY = "Männer und Frauen sind vertauscht.", "I. Meyer"
_MARKS = {b"\xff\xfe": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


def lay_example_project(project: Path, folder: Path) -> None:
    """Copies the declarations of a project to a folder, with the layouts of the examples in place of the offices'."""
    shutil.copytree(project / "schemas", folder / "schemas", ignore=shutil.ignore_patterns("profiles"))
    shutil.copytree(project / "expectations", folder / "expectations")
    shutil.copytree(project / DECLARATIONS, folder, dirs_exist_ok=True)


def example_project(project: Project) -> Project:
    """The project with the layouts and data sets of the examples."""
    with tempfile.TemporaryDirectory() as folder:
        lay_example_project(project.folder, Path(folder))
        return replace(load_project(Path(folder)), folder=project.folder)


def dataset_of(file: Path, dataset: str, project: Project) -> str:
    """The data set of a file of an example: that behind the underscore in its name, else that of the example."""
    named = file.stem.partition("_")[2]
    return named if file.parent.name != dataset and named in project.datasets else dataset


def example_files(project: Project, name: str) -> list[Path]:
    """The files of an example in the order in which they are delivered; none where they are not installed."""
    path = project.folder / FILES / name
    return sorted(path.iterdir()) if path.is_dir() else [path] if path.is_file() else []


def judge_example(project: Project, example: Example, name: str) -> Result:
    """What is said of an example; of several deliveries, of the last.

    A file whose name ends with the code of another supplier (`1-he.csv`) is that one's. What others delivered is
    released before the last delivery.
    """
    files, dataset = example_files(project, name), Path(name).parts[1]
    if example.is_released:
        return _judge_release(project, example, files, dataset)
    if len(files) == 1:
        return check(Sending(example.supplier, dataset, (sent_file(files[0]),)), project).result
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        suppliers = [file.stem.partition("-")[2] or example.supplier for file in files]
        for file, supplier in zip(files, suppliers, strict=True):
            if file == files[-1] and set(suppliers) != {example.supplier}:
                make_release(project, store)
            delivered = deliver([file], supplier, dataset_of(file, dataset, project), project, store, _WHEN)
        result = store.result(delivered.delivery.delivery)
    if not delivered.is_repeat:
        return result
    repeated = same_bytes(delivered.delivery, project)
    outcomes = [
        one.model_copy(update={"outcome": Outcome.FAILED}) if one.rule == repeated.rule else one for one in result.rules
    ]
    return result.model_copy(update={"findings": [repeated], "rules": outcomes})


def _judge_release(project: Project, example: Example, files: list[Path], dataset: str) -> Result:
    """What is said of the release made after each delivery; of several, of the last."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for file in files:
            deliver([file], example.supplier, dataset, project, store, _WHEN)
            released = make_release(project, store)
            if example.is_withdrawn and released.version is not None and file != files[-1]:
                withdraw(store.root / "releases", released.version, _WHY, _BY, _WHEN)
        return read_report(store)


def example_lines(path: Path) -> list[str]:
    """The first lines of a file as a person sees them; the rows of a workbook with bars between the cells."""
    data = path.read_bytes()
    lines = _workbook_lines(path) if data.startswith(b"PK") else _text(data).splitlines()
    return lines if len(lines) <= _LINES else [*lines[: _LINES - 1], "…"]


def _text(data: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _workbook_lines(path: Path) -> list[str]:
    read = read_boxed(path, kind_of(path), path.name, ".*", ",")
    if not isinstance(read, SheetsRead):
        return [f"[{path.suffix.lstrip('.').upper()}, {path.stat().st_size} Byte]"]
    lines = []
    for table in read.tables:
        lines.append(f"[{table.sheet}]")
        rows = ([table.text(row, column) for column in range(len(table.columns))] for row in range(table.rows))
        lines += [" | ".join(row).rstrip(" |") for row in rows]
    return lines
