"""How many settings of a committed profile a draft has: same setting, or another that reads the file the same.

Settings are the leaves of the committed YAML with everything it is based on. Not counted are what no table says:
the supplier (given to the draft, as a steward would), titles, reasons in words, and what a shared layout says of
labels and columns that the file does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from einklang.declarations.base import build
from einklang.declarations.profile import Profile
from einklang.draft.drafting import Draft, draft_profile
from einklang.draft.trial import Trial, try_profile
from einklang.labels import normalise
from einklang.project import Project, read_profile
from einklang.rawtable import RawTable
from einklang.region import Region, find_regions

FREE = {"reason", "not_data", "title", "unread", "others"}


class Kept(NamedTuple):
    right: list[str]
    wrong: list[str]

    @property
    def share(self) -> float:
        return len(self.right) / (len(self.right) + len(self.wrong))


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every leaf with its path; a list of texts is one leaf."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, str(name)))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, part in enumerate(value):
            yield from leaves(part, (*path, str(number)))
    else:
        yield path, value


def at(content: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        content = content.get(name) if isinstance(content, dict) else None
    return content


class _Comparison:
    def __init__(self, committed: dict[str, Any], draft: Draft, project: Project, path: Path) -> None:
        self.committed = committed
        self.ours = draft.profile.model_dump()
        self.draft = draft
        self.profile = build(Profile, committed, path)
        self.theirs = self._try(self.profile, project)
        self.cells = _cells(draft.trial)
        self.wanted = _cells(self.theirs)
        self.present = {normalise(text) for one in draft.sample.tables for each in one.columns for text in each.texts}
        self.regions = [_regions(draft, one) for one in (self.profile, draft.profile)]

    def _try(self, profile: Profile, project: Project) -> Trial:
        tables = [one for one in self.draft.sample.tables if re.fullmatch(profile.file.sheet, one.sheet.strip())]
        return try_profile(tables, profile, project)

    def same_codes(self, dimension: str) -> bool:
        """Whether every figure that the committed profile reads has the same code by the draft."""
        name = {"period": "period"}.get(dimension, dimension)
        return bool(self.wanted) and all(
            (ours := self.cells.get(cell)) is not None and ours.get(name) == row.get(name)
            for cell, row in self.wanted.items()
        )

    def kept(self, path: tuple[str, ...], value: Any) -> bool:
        given = at(self.ours, path)
        match path:
            case ("table", "header", "find") | ("table", "title"):
                return [(sheet, one.header) for sheet, one in self.regions[0]] == [
                    (sheet, one.header) for sheet, one in self.regions[1]
                ]
            case ("table", "end"):
                return [(sheet, one.end) for sheet, one in self.regions[0]] == [
                    (sheet, one.end) for sheet, one in self.regions[1]
                ]
            case ("file", "sheet"):
                names = [one.sheet.strip() for one in self.draft.sample.tables]
                return [bool(re.fullmatch(value, one)) for one in names] == [
                    bool(re.fullmatch(given, one)) for one in names
                ]
            case ("dimensions", dimension, *_):
                return given == value or self.same_codes(dimension)
            case ("columns", number, *rest):
                return self.column(self.profile.columns[int(number)], rest)
            case ("rows_not_data", _, "sum_of"):
                return any(one.sum_of == value for one in self.draft.profile.rows_not_data)
            case ("rows_not_data", *_):
                return set(self.cells) <= set(self.wanted)
            case ("unit", *_) | ("units", *_):
                return given == value or self.same_codes("value")
            case ("delivers", _) | ("complete_hierarchies",):
                return set(given or ()) == set(value)
        return bool(given == value)

    def column(self, column: Any, rest: list[str]) -> bool:
        if rest and rest[0] == "codes":
            return self.same_codes(rest[1])
        return {cell[1] for cell in self.cells} == {cell[1] for cell in self.wanted}

    def concerns(self, path: tuple[str, ...]) -> bool:
        """Whether a setting says anything of this file: a shared layout names what others have."""
        match path:
            case ("dimensions", _, "codes", label) | ("status", "words", label):
                return not label or normalise(label) in self.present
            case ("status", "heading" | "optional"):
                return normalise(self.committed["status"].get("heading", "")) in self.present
            case ("columns", number, *_):
                texts = [text for text in self.profile.columns[int(number)].headings if text not in {"", "*"}]
                return all(normalise(text) in self.present for text in texts)
        return True


def _cells(trial: Trial) -> dict[tuple[str, str, int], dict[str, Any]]:
    return {(row["sheet"], row["column"], row["row"]): row for row in trial.observations.to_pylist()}


def _regions(draft: Draft, profile: Profile) -> list[tuple[str, Region]]:
    tables: list[RawTable] = [one for one in draft.sample.tables if re.fullmatch(profile.file.sheet, one.sheet.strip())]
    return [(one.sheet, region) for one in tables for region in find_regions(one, profile).found]


def kept(path: Path, profile: Path, project: Project) -> Kept:
    """The settings of a committed profile that a draft from the file has, and those that it lacks."""
    committed = read_profile(profile, project.folder / "schemas")
    draft = draft_profile(path, project, supplier=committed["supplier"])
    comparison = _Comparison(committed, draft, project, profile)
    right: list[str] = []
    wrong: list[str] = []
    for where, value in leaves(committed):
        if where[0] in {"supplier", "title"} or (set(where[1:]) & FREE and where[-1] != "title"):
            continue
        if not comparison.concerns(where):
            continue
        (right if comparison.kept(where, value) else wrong).append(".".join(where))
    return Kept(right, wrong)
