"""What all tests share: the declarations of the repository, and small deliveries checked against a profile."""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from builders import ROOT, profile, project_with, read_in_file
from hypothesis import HealthCheck, settings

from einklang import project as project_module
from einklang.check import Checked
from einklang.declarations.base import Declaration, build
from einklang.declarations.codelists import CodeList, load_codelist
from einklang.examples import lay_example_project
from einklang.project import Project, load_project

pytest.register_assert_rewrite("real.realfiles")
os.environ["GX_ANALYTICS_ENABLED"] = "false"
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("repeatable")


TESTS = ROOT / "tests"
# Servers, browsers, new processes, real files, campaigns: what takes long and is left out by `-m "not whole"`.
WHOLE = frozenset(
    {
        "flows",
        "outbox/test_sending.py",
        "real",
        "report/test_accessibility.py",
        "test_companion.py",
        "test_fuzzing.py",
        "test_lean_import.py",
        "test_neighbours.py",
    }
)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spares the unit suite the imports of what it leaves out, above all Prefect."""
    return True if config.option.markexpr == "not whole" and _is_whole(collection_path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _is_whole(item.path):
            item.add_marker(pytest.mark.whole)


def pytest_collection_finish() -> None:
    # What was imported stays, and tests are small. Looking for garbage again and again takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(50_000)


def _is_whole(path: Path) -> bool:
    inside = path.relative_to(TESTS) if path.is_relative_to(TESTS) else Path()
    return bool(WHOLE & {inside.as_posix(), *inside.parts[:1]})


@pytest.fixture(scope="session", autouse=True)
def declarations_read_once() -> Iterator[None]:
    """Declarations are loaded a hundred times; all but one or two of the files are the same as before."""
    parse, parsed = yaml.load, dict[tuple[Any, str], bytes]()
    make, made = build, dict[tuple[Any, ...], Declaration]()
    read, lists = load_codelist, dict[tuple[str, bytes], CodeList]()

    def load(text: str, Loader: Any) -> Any:  # noqa: N803
        if not isinstance(text, str):
            return parse(text, Loader)
        if (Loader, text) not in parsed:
            parsed[Loader, text] = pickle.dumps(parse(text, Loader))
        return pickle.loads(parsed[Loader, text])

    def build_once(model: type[Declaration], content: dict[str, Any], path: Path) -> Declaration:
        key = (model, pickle.dumps(content), path.parent.name, path.name)
        if key not in made:
            made[key] = make(model, content, path)
        return made[key]

    def read_once(path: Path) -> CodeList:
        key = (path.name, path.read_bytes())
        if key not in lists:
            lists[key] = read(path)
        return lists[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "load", load)
        patch.setattr(project_module, "build", build_once)
        patch.setattr(project_module, "load_codelist", read_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def disk_not_waited_for() -> Iterator[None]:
    """What a power cut would lose no test can see; that files are synchronised at all is seen in `test_store`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(scope="session")
def project() -> Project:
    return load_project(ROOT)


@pytest.fixture(scope="session")
def test_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with the real declarations, but the profiles of tests/project in place of the real ones."""
    folder = tmp_path_factory.mktemp("project")
    lay_example_project(ROOT, folder)
    return folder


@pytest.fixture(scope="session")
def test_project(test_folder: Path) -> Project:
    return load_project(test_folder)


class Checker:
    """Checks a text as a delivery under a tiny profile, parts of which may be replaced.

    Plausibility rules are judged only where they are named."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.project = project
        self.folder = folder

    def __call__(
        self,
        text: str | bytes,
        /,
        *,
        name: str = "lieferung.csv",
        history: pa.Table | None = None,
        rules: Sequence[str] = (),
        **changes: Any,
    ) -> Checked:
        content = text.encode() if isinstance(text, str) else text
        path = self.folder / name
        path.write_bytes(content)
        one = profile(**changes)
        return read_in_file(path, project_with(self.project, one, rules=rules), one, history)

    def rows(self, *rows: str, heading: str = "Zeit;Schlüssel;insgesamt", **changes: Any) -> Checked:
        """The same for a header and rows."""
        return self("\n".join([heading, *rows]) + "\n", **changes)

    def comparable(self, **lines: Any) -> Checker:
        """The same with other registered breaks, known cases, gaps or populations."""
        known = replace(self.project.comparability, **lines)
        return Checker(replace(self.project, comparability=known), self.folder)


@pytest.fixture
def checker(project: Project, tmp_path: Path) -> Checker:
    return Checker(project, tmp_path)
