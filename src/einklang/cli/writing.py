"""Reports as files that a command was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from einklang.errors import PlaceNotWritable


@contextmanager
def place_named(path: Path) -> Iterator[None]:
    """What goes wrong while a file is written is said of the file.

    Raises:
        PlaceNotWritable: the system does not let it be written.
    """
    try:
        yield
    except OSError as error:
        raise PlaceNotWritable(path, error.strerror or "the system refuses it") from error


def check_places(paths: Sequence[Path | None]) -> None:
    """Finds out before the work whether its results can be kept.

    Raises:
        PlaceNotWritable: the folder does not exist, the path is a folder, or one path is named twice.
    """
    named = [path for path in paths if path is not None]
    for path in named:
        if path.is_dir():
            raise PlaceNotWritable(path, "it is a folder")
        if not path.parent.is_dir():
            raise PlaceNotWritable(path, "its folder does not exist")
        if named.count(path) > 1:
            raise PlaceNotWritable(path, "it is named for two reports")


def write_texts(*wanted: tuple[Path | None, Callable[[], str]]) -> None:
    """Writes each text to its path; what has no path is not made."""
    for path, render in wanted:
        if path is not None:
            with place_named(path):
                path.write_text(render(), encoding="utf-8", newline="")
