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
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
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
def collector_at_rest() -> Iterator[None]:
    """Within it no garbage is collected: what imports and declarations make stays until the end."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def import_sparing(name: str, later: Collection[str], without: Collection[str]) -> ModuleType:
    """A module, its import sparing the modules named.

    `later` are loaded when they are first used. `without` are optional dependencies, taken as not
    installed; one that is loaded already stays.
    """
    # Errors that a library catches and keeps hold the stack they rose in; here it holds no data.
    with ThreadPoolExecutor(max_workers=1) as alone:
        return alone.submit(_import, name, later, without).result()


def _import(name: str, later: Collection[str], without: Collection[str]) -> ModuleType:
    finder = _Sparing(later, [one for one in without if one not in sys.modules])
    sys.meta_path.insert(0, finder)
    try:
        with collector_at_rest():
            return import_module(name)
    finally:
        sys.meta_path.remove(finder)
