"""What the tests of the flows share. Only below this folder is Prefect started."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Prefect reads its settings when it is imported; a test must never touch the profile of whoever runs it.
os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="einklang-test-prefect-")
importlib.import_module("flows")

ROOT = Path(__file__).parents[2]
HEADING = "Zeit;Schluessel;Gebiet;Merkmal;Auspraegung;Wert;Kennung"
ROWS = (
    "2024;{key};Brandenburg;Einbürgerungen;insgesamt;3770;e",
    "2024;{key};Brandenburg;Ausländische Bevölkerung am 31.12. des Vorjahres;insgesamt;209780;e",
)


class Sender:
    """Writes tiny deliveries of one office for one data set, each with a fault that leads to one verdict."""

    supplier = "bb"
    dataset = "einbuergerungen"

    def write(self, path: Path, fault: str = "", year: int = 2024) -> Path:
        """One file; `fault` is empty, `encoding`, `twice` or `key`."""
        rows = [row.format(key="98" if fault == "key" else "12").replace("2024", str(year)) for row in ROWS]
        if fault == "twice":
            rows.append(rows[0])
        path.parent.mkdir(parents=True, exist_ok=True)
        encoding = "cp1252" if fault == "encoding" else "utf-8-sig"
        path.write_bytes("\r\n".join([HEADING, *rows, ""]).encode(encoding))
        return path

    def put(self, inbox: Path, name: str, fault: str = "", year: int = 2024) -> Path:
        """The same, in its place in an inbox."""
        return self.write(inbox / self.supplier / self.dataset / name, fault, year)


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture(scope="session")
def prefect() -> Iterator[None]:
    """One Prefect server for all tests of one process."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=300):
        yield
