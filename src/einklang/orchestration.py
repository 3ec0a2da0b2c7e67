"""The seam between the library and whatever runs its flows.

The library never imports a flow. A distribution that has flows announces plain functions in the entry
point group `einklang.flows`; commands that need orchestration look them up there.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from einklang.errors import UnusableInput

GROUP = "einklang.flows"


def flow(name: str) -> Callable[..., Any]:
    """The function that runs a flow: `deliver`, `inbox` or `release`.

    Raises:
        UnusableInput: no installed distribution announces it.
    """
    for entry in entry_points(group=GROUP, name=name):
        loaded: Callable[..., Any] = entry.load()
        return loaded
    raise UnusableInput(
        f"The flow `{name}` is not installed.", "Install Einklang with its flows: `pip install einklang`."
    )
