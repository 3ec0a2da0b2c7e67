"""Imports a large library without what the work at hand never touches.

A library that draws in plotting, statistics and database packages for a few of its functions costs
seconds before it does anything. Belongs here: how such an import is made cheap. Does not belong here:
which packages are spared (the module that knows the library says so).
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType


class _Sparing(MetaPathFinder):
    """Finds modules for the thread that made it: some are loaded at their first use, some not found."""

    def __init__(self, later: Collection[str], without: Collection[str]) -> None:
        self._thread = threading.get_ident()
        self._later = later
        self._without = without

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if threading.get_ident() != self._thread:
            return None
        if fullname in self._without:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        if fullname not in self._later:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def sparing_imports(later: Collection[str], without: Collection[str]) -> Iterator[None]:
    """While it is open, imports of this thread spare the modules named.

    `later` are loaded when they are first used. `without` are optional dependencies, taken as not
    installed; one that is loaded already stays. What was found stays so after closing.
    """
    finder = _Sparing(later, [name for name in without if name not in sys.modules])
    collects = gc.isenabled()
    sys.meta_path.insert(0, finder)
    # What an import makes stays: there is nothing to collect.
    gc.disable()
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        if collects:
            gc.enable()
