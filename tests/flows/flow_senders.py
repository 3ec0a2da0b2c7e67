"""Tiny deliveries for the tests of the flows; to be imported before Prefect.

No conftest, because modules of that name hide each other where the folder is no package; and this one cannot
be a package, because its name is that of the flows.
"""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import tempfile
from pathlib import Path

# Prefect reads its settings when it is imported; a test must never touch the profile of whoever runs it.
os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="einklang-test-prefect-")
atexit.register(shutil.rmtree, os.environ["PREFECT_HOME"], ignore_errors=True)
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


sender = Sender()
