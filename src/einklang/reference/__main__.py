"""Writes the generated pages; with `--check` only says which differ (exit code 1)."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from einklang.errors import EinklangError, UnusableInput
from einklang.project import load_project
from einklang.reference import outdated_pages


def main(arguments: Sequence[str]) -> int:
    """Runs the command; 0 is success."""
    project = load_project()
    docs = project.folder / "docs"
    if not docs.is_dir():
        raise UnusableInput(f"`{project.folder}` has no docs folder.", "Run this in a checkout of the project.")
    outdated = outdated_pages(project)
    if "--check" in arguments:
        sys.stdout.writelines(f"docs/{name} differs; run `python -m einklang.reference`.\n" for name in outdated)
        return 1 if outdated else 0
    for name, text in outdated.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"docs/{name}\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except EinklangError as error:
        sys.stderr.write(f"einklang: {error}\n")
        sys.exit(2)
