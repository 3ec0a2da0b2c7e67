"""The README, with what its example commands really say."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

from einklang.errors import EinklangError
from einklang.project import Project

# Commands that store nothing and say the same on every machine.
_SHOWN = re.compile(r"(?<=```console\n)\$ einklang (?P<call>(?:check|explain) .+)\n(?:.*\n)*?(?=```)")
_WIDTH = "96"


def _said(call: str, project: Project) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from einklang.cli.app import main; main()", *shlex.split(call)],
        capture_output=True,
        check=False,
        cwd=project.folder,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": _WIDTH, "NO_COLOR": "1"},
    )
    if done.returncode not in {0, 1}:
        raise EinklangError(f"The example `einklang {call}` of the README fails: {done.stderr.strip()}")
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).rstrip()


def readme_page(project: Project) -> str:
    """The README with the output of its examples replaced."""
    text = (project.folder / "README.md").read_text(encoding="utf-8")
    return _SHOWN.sub(lambda found: f"$ einklang {found['call']}\n{_said(found['call'], project)}\n", text)
