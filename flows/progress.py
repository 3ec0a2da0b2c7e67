"""Who listens to the steps of deliveries, inside one process.

A listener is no parameter of a flow, because Prefect stores parameters; it travels in the context, which
Prefect's threads inherit. Several threads may call it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

Listener = Callable[[str, str], None]


def silent(delivery: str, step: str) -> None:
    """The listener that does nothing."""


_listener: ContextVar[Listener] = ContextVar("listener", default=silent)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """While the context is open, `listener` is told delivery and step."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def steps_of(delivery: str) -> Callable[[str], None]:
    """What the library tells the steps of a delivery to."""
    return partial(_listener.get(), delivery)
