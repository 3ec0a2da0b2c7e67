"""Real files are checked once per module, and every test of them is skipped where they are absent."""

from __future__ import annotations

from functools import cache

import pytest
from builders import sending

from einklang.check import Checked, check
from einklang.project import Project
from real.realfiles import ABSENT, REAL, Reader, RealFile


@pytest.fixture(scope="session", autouse=True)
def _real_files() -> None:
    if not REAL.is_dir():
        pytest.skip(ABSENT)


@pytest.fixture(scope="module")
def read(project: Project) -> Reader:
    @cache
    def read_once(file: RealFile) -> Checked:
        return check(sending(file.supplier, file.dataset, REAL / file.path), project)

    return read_once
