"""What lies in an inbox folder. No Prefect here, and nothing is opened.

    <inbox>/<supplier>/<dataset>/<file>            one delivery
    <inbox>/<supplier>/<dataset>/<folder>/<files>  one delivery of several files

A file that still grows waits for the next look. Links are never followed, wherever they point. Whatever is
not taken as a delivery is named as a problem,
except what operating systems, editors and transfers in progress leave behind.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from einklang.errors import UnusableInput
from einklang.project import Project

_NO_DELIVERIES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "icon\r", "lost+found"})
_UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".tmp", ".lock", ".lck")
_YOUNG = 60.0
_STUCK = 30 * 60.0


@dataclass(frozen=True)
class Sending:
    """The files of one delivery, and the place in the inbox that people know it by."""

    supplier: str
    dataset: str
    source: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Problem:
    """A place in the inbox that holds no delivery, and why, in German."""

    source: str
    reason: str


@dataclass
class Contents:
    """What was found, in order of the names; `waiting` are places whose files still change."""

    sendings: list[Sending] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


def look_into(inbox: Path, project: Project, settle: float = 0.0) -> Contents:
    """The deliveries that lie in an inbox.

    With `settle` (seconds), files written in the last minute are looked at twice, so long apart; those that
    have changed in between are still being transferred and wait.

    Raises:
        UnusableInput: there is no such folder.
    """
    if not inbox.is_dir():
        raise UnusableInput(
            f"There is no inbox folder `{inbox}`.", "Name a folder laid out as <supplier>/<dataset>/<files>."
        )
    contents = _Look(inbox.resolve(), project).run()
    if settle:
        _leave_growing(contents, settle)
    return contents


def _leave_growing(contents: Contents, settle: float) -> None:
    now = time.time()
    before = {sending: [_state(file) for file in sending.files] for sending in contents.sendings}
    young = [one for one, states in before.items() if any(state is None or now - state[1] < _YOUNG for state in states)]
    if young:
        time.sleep(settle)
        growing = {one for one in young if None in before[one] or [_state(file) for file in one.files] != before[one]}
        contents.waiting = [one.source for one in contents.sendings if one in growing]
        contents.sendings = [one for one in contents.sendings if one not in growing]


def _state(file: Path) -> tuple[int, float] | None:
    """Size and time of the last change; None where the file is gone."""
    try:
        found = file.stat(follow_symlinks=False)
    except OSError:
        return None
    return found.st_size, found.st_mtime


def _is_ours(name: str) -> bool:
    return not (name.startswith((".", "~$")) or name.lower() in _NO_DELIVERIES or name.lower().endswith(_UNFINISHED))


class _Look:
    def __init__(self, inbox: Path, project: Project) -> None:
        self.inbox = inbox
        self.project = project
        self.found = Contents()

    def run(self) -> Contents:
        for supplier in self._folders(self.inbox, "Hier wird ein Ordner je liefernder Stelle erwartet."):
            if supplier.name not in self.project.codelists["suppliers"].codes:
                self._problem(supplier, "Die liefernde Stelle ist nicht bekannt.")
                continue
            for dataset in self._folders(Path(supplier), "Hier wird ein Ordner je Datensatz erwartet."):
                if (reason := self._refusal(supplier.name, dataset.name)) is not None:
                    self._problem(dataset, reason)
                else:
                    self._deliveries(supplier.name, dataset.name, Path(dataset))
        return self.found

    def _refusal(self, supplier: str, dataset: str) -> str | None:
        if dataset not in self.project.datasets:
            return "Den Datensatz gibt es nicht."
        if (supplier, dataset) not in self.project.profiles:
            return "Für diese Stelle und diesen Datensatz gibt es kein Lieferprofil."
        return None

    def _deliveries(self, supplier: str, dataset: str, folder: Path) -> None:
        for entry in self._entries(folder):
            files = tuple(self._files(Path(entry))) if entry.is_dir(follow_symlinks=False) else (Path(entry),)
            if files:
                self.found.sendings.append(Sending(supplier, dataset, self._name(entry), files))

    def _files(self, folder: Path) -> Iterator[Path]:
        for entry in self._entries(folder):
            if entry.is_dir(follow_symlinks=False):
                self._problem(entry, "Der Ordner liegt zu tief und wurde nicht gelesen.")
            else:
                yield Path(entry)

    def _folders(self, folder: Path, expected: str) -> Iterator[os.DirEntry[str]]:
        for entry in self._entries(folder):
            if entry.is_dir(follow_symlinks=False):
                yield entry
            else:
                self._problem(entry, expected)

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        """Regular files and folders in order of their names; anything else is a problem."""
        try:
            with os.scandir(folder) as listing:
                found = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self._problem(folder, f"Der Ordner ist nicht lesbar ({error.strerror}).")
            return
        for entry in found:
            if not _is_ours(entry.name):
                self._report_stuck(entry)
            elif entry.is_symlink():
                self._problem(entry, "Verknüpfungen werden nicht verfolgt.")
            elif not (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)):
                self._problem(entry, "Das ist keine gewöhnliche Datei.")
            else:
                yield entry

    def _report_stuck(self, entry: os.DirEntry[str]) -> None:
        """A transfer that has not gone on for half an hour is named, so that nobody waits for it in vain."""
        if entry.name.lower().endswith(_UNFINISHED) and not entry.name.startswith("."):
            state = _state(Path(entry))
            if state is not None and time.time() - state[1] > _STUCK:
                self._problem(entry, "Die Übertragung ist seit mehr als 30 Minuten unvollständig.")

    def _problem(self, place: os.PathLike[str], reason: str) -> None:
        self.found.problems.append(Problem(self._name(place), reason))

    def _name(self, place: os.PathLike[str]) -> str:
        return Path(place).relative_to(self.inbox).as_posix()
