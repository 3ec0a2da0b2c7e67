"""Every exception of the project, in one tree.

    EinklangError
    ├── DeclarationError      a file under schemas/ or expectations/ is wrong
    ├── UnusableInput         the call names something that is not there
    │   ├── ProjectNotFound   no folder with schemas/ and expectations/
    │   ├── UnknownName       no such supplier, data set, rule, delivery …
    │   ├── FileNotUsable     the path is no readable file
    │   └── PlaceNotWritable  nothing can be written to the path
    ├── StoreError            the store folder is damaged or not writable
    │   └── DamagedRecord     a record in it cannot be read
    └── ReaderNotStarted      the process that reads workbooks does not start

Bad data is never an exception: it is a finding. An exception means a broken declaration, a
call that names nothing, or a broken machine. Each carries its facts as attributes, says one
sentence and, in `remedy`, what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path


class EinklangError(Exception):
    """Base of all exceptions of the project."""

    def __init__(self, sentence: str, remedy: str = "") -> None:
        self.sentence = sentence
        self.remedy = remedy
        super().__init__(f"{sentence} {remedy}".strip())

    def __reduce__(self) -> tuple[Callable[..., EinklangError], tuple[object, ...]]:
        """Errors cross processes; what they are made of differs from what `Exception` keeps."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[EinklangError], args: tuple[object, ...], facts: dict[str, object]) -> EinklangError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(facts)
    return error


class DeclarationError(EinklangError):
    """A declaration cannot be used as written."""

    def __init__(self, path: Path | str, problem: str, remedy: str = "") -> None:
        self.path = Path(path)
        self.problem = problem
        super().__init__(f"The declaration `{path}` is not usable: {problem}", remedy)


class UnusableInput(EinklangError):
    """The call names something that does not exist or cannot be used."""


class ProjectNotFound(UnusableInput):
    """No project folder was found."""

    def __init__(self, start: Path) -> None:
        self.start = start
        super().__init__(
            f"`{start}` holds no `schemas` and `expectations` folders.",
            "Name the project folder with `--project DIR`.",
        )


class UnknownName(UnusableInput):
    """A name is not declared."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        self.known = sorted(known)
        from rapidfuzz import process  # a help that few calls need

        nearest = process.extractOne(name, self.known, score_cutoff=60)
        hint = f"Did you mean `{nearest[0]}`?" if nearest else f"Known: {', '.join(self.known)}."
        super().__init__(f"There is no {kind} `{name}`.", hint)


class FileNotUsable(UnusableInput):
    """A path cannot be read as a file."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"`{path}` cannot be read: {reason}.", "Name a readable file.")


class PlaceNotWritable(UnusableInput):
    """Nothing can be written to a path that the call names."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"`{path}` cannot be written: {reason}.", "Name a file in a folder that exists.")


class StoreError(EinklangError):
    """The store folder is damaged or not writable."""

    def __init__(self, path: Path, problem: str, remedy: str = "Check disk and access rights.") -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"The store `{path}` cannot be used: {problem}.", remedy)


class DamagedRecord(StoreError):
    """A record in the store is missing or cannot be read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "the file is missing, unreadable or damaged", "Restore the file from the backup.")


class ReaderNotStarted(EinklangError):
    """The process that reads workbooks does not start."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"The reader of workbooks did not start: {problem}.", "Check the installation of Einklang.")
