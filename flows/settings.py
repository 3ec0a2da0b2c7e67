"""How Prefect runs here: it never reports home, and out of the user's way when it runs embedded.

Belongs here: environment variables. Does not belong here: anything that imports Prefect, because its
settings are read when it is imported.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

TELEMETRY_OFF = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "GX_ANALYTICS_ENABLED": "false",
}
CHOSEN_BY_USER = ("PREFECT_HOME", "PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH")
EMBEDDED = {
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
    # The first start writes the database of the history; twenty seconds, Prefect's own limit, are too short
    # for a busy machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
}


def prepare() -> None:
    """Switches telemetry off, and sets the embedded default up if Prefect is started by us.

    If Prefect is loaded already (its command line, a worker), its settings are not ours to choose.
    """
    os.environ.update(TELEMETRY_OFF)
    if "prefect" in sys.modules:
        return
    for name, value in EMBEDDED.items():
        os.environ.setdefault(name, value)
    if not any(name in os.environ for name in CHOSEN_BY_USER):
        os.environ["PREFECT_HOME"] = str(_embedded_home())


def _embedded_home() -> Path:
    """A folder of the user's cache, one per Prefect version, because its database only migrates forward.

    Not below the store: that may lie on a network share, which SQLite does not bear.
    """
    try:
        folder = _cache() / "einklang" / f"prefect-{version('prefect')}"
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(folder)
    except (OSError, RuntimeError):
        return Path(tempfile.mkdtemp(prefix="einklang-prefect-"))
    return folder


def _cache() -> Path:
    named = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    return Path(named) if named else Path("~/.cache").expanduser()
