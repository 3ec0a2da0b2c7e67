"""The command `withdraw`: a release that must not be used any more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from einklang.cli.options import StoreFolder


def withdraw(
    version: Annotated[str, typer.Argument(help="The release, e.g. 1.2.0.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; readers of the release see it.")],
    by: Annotated[str, typer.Option("--by", help="The steward who decides.")],
    store: StoreFolder = Path("store"),
) -> None:
    """Withdraw a release: its bytes stay, `latest.json` moves back to the last release that stands.

    The record `withdrawn.json` in its folder says why and by whom. Exit code: 0 withdrawn, 2 unusable input.
    """
    from einklang.cli.tables import terminal
    from einklang.store import now
    from einklang.withdrawal import withdraw as withdraw_release

    latest = withdraw_release(store / "releases", version, reason, by, now())
    console = terminal()
    console.print(f"Veröffentlichungsstand {version} ist zurückgezogen.")
    console.print(f"Es gilt nun: {latest or 'keiner'}")
