"""The process in which a file is parsed: limits first, then the reader, then the answer on standard output.

In: one JSON object on standard input with `path`, `kind`, `sheet` (pattern), `decimal`, `own` (names of sheets
to pass over), `shown` (what of the look of cells is asked for), `legends` (pattern of sheets that explain signs),
`memory` (bytes), `seconds` (processor time) and `deadline` (seconds on the clock). Out: see `sheets.write_answer`;
nothing at all means that the process was stopped.
"""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path
from typing import Any

from einklang.boxed.genesis_json import read_genesis_json
from einklang.boxed.sheets import Found, Refused, Sheet, write_answer
from einklang.boxed.spreadsheetml import read_spreadsheetml
from einklang.boxed.workbook import read_workbook

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

OUT_OF_MEMORY = 41


def limit(memory: int, seconds: int, deadline: int) -> None:
    """Bounds this process: address space, processor time, time, what it may write; no core file, no new process."""
    if resource is None:
        return
    # Whoever waits would end it by then; this holds if nobody is left who waits.
    signal.alarm(deadline)
    for name, most in (
        ("RLIMIT_AS", memory),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", 4 * memory),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 64),
        ("RLIMIT_NPROC", 0),
    ):
        if hasattr(resource, name):
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (allowed, allowed))


def _read(job: dict[str, Any]) -> Found:
    path, pattern = Path(job["path"]), str(job["sheet"])
    match job["kind"]:
        case "json":
            sheets = read_genesis_json(path, job["decimal"])
        case "spreadsheetml":
            sheets = read_spreadsheetml(path, job["decimal"])
        case kind:
            return read_workbook(path, kind, pattern, job["decimal"], job["own"], job["shown"], job["legends"])
    wanted = [sheet for sheet in sheets if re.fullmatch(pattern, sheet.name.strip())]
    names = {sheet.name for sheet in wanted}
    others = [sheet for sheet in sheets if sheet.name not in names]
    explaining = [sheet for sheet in others if wanted and re.fullmatch(job["legends"], sheet.name.strip())]
    return Found([*wanted, *explaining], [(sheet.name, not sheet.look.hidden) for sheet in others])


def main() -> None:
    """Reads one file."""
    job = json.loads(sys.stdin.buffer.read())
    limit(job["memory"], job["seconds"], job["deadline"])
    answer: dict[str, Any] = {}
    sheets: list[Sheet] = []
    try:
        found = _read(job)
        sheets = found.sheets
        answer = {"others": found.others} if sheets else {"missing": [name for name, _ in found.others]}
    except Refused as refused:
        answer = {refused.kind: [refused.reason, refused.found, refused.allowed, refused.facts]}
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    except Exception as error:
        # Whatever a hostile file brings about must reach the office as a finding.
        answer = {"failed": f"{type(error).__name__}: {error}"}
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        answer = {"unreadable": ["file_is_broken_zip", 0, 0, {}]}
    try:
        write_answer(sys.stdout.buffer, answer, sheets)
        sys.stdout.buffer.flush()
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
