"""Which column of a table holds what: labels, figures, status, and what is declared as no data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from einklang.declarations.place import Place
from einklang.declarations.profile import Profile
from einklang.discretion import headings_hidden
from einklang.heads import Heads, columns_with, fits, joined, read_heads
from einklang.labels import clean, normalise, spelled
from einklang.rawtable import RawTable, column_index, column_letter
from einklang.region import Region, cell_name
from einklang.renamed import expected_there, probably_meant, renamed_label
from einklang.rowlabels import Strip, matched


@dataclass(frozen=True)
class ColumnsFound:
    """Columns by their use; all counted from 0.

    `heads[i][j]` is the heading of column j in header row i. `beside` gives, per dimension whose labels stand beside
    the figures, the label column of each column of figures that has one. `codes` gives, per dimension that the
    profile assigns by column, the code of each column of figures; `twins` the column that each repetition
    must equal; `status` the column that says the status of each column of figures, and `statuses` the
    meaning that the profile gives a column of figures; `unfit` are the cells (row and
    column) of the unknown headings, `meant` pairs of an unknown heading and the one probably meant.
    """

    heads: Heads
    place: Mapping[str, Sequence[int]]
    beside: Mapping[str, Mapping[int, int]]
    names: Mapping[str, int]
    unit: Sequence[int]
    sections: Sequence[int]
    status: Mapping[int, int]
    figures: Sequence[int]
    left_out: Mapping[int, str]
    twins: Mapping[int, int]
    codes: Mapping[str, Mapping[int, str]]
    units: Mapping[int, str]
    statuses: Mapping[int, str]
    missing: Sequence[str]
    unknown: Sequence[str]
    unfit: Sequence[tuple[int, int]]
    meant: Sequence[tuple[str, str]]
    ambiguous: Sequence[tuple[str, Sequence[tuple[int, int]]]]

    @property
    def labels(self) -> list[int]:
        """The columns in which labels of rows stand."""
        places = (index for indices in self.place.values() for index in indices)
        beside = (index for labels in self.beside.values() for index in labels.values())
        return sorted({*places, *beside, *self.names.values(), *self.sections})


class TableRead(NamedTuple):
    """A table in a sheet with the layout that has read it, and what its columns hold."""

    table: RawTable
    layout: Profile
    region: Region
    columns: ColumnsFound


@dataclass
class _Search:
    """Finds columns, and remembers the ones that are not there or there twice."""

    heads: Heads
    header: int
    missing: list[str] = field(default_factory=list)
    ambiguous: list[tuple[str, Sequence[tuple[int, int]]]] = field(default_factory=list)

    def by_heading(self, heading: str) -> int | None:
        found = columns_with(heading, self.heads)
        if not found:
            self.missing.append(heading)
            return None
        if len(found) > 1:
            row = max(number for number, row in enumerate(self.heads) if normalise(row[found[0]]) == normalise(heading))
            self.ambiguous.append((heading, [(self.header + row, index) for index in found]))
        return found[0]

    def by_letter(self, letter: str) -> int | None:
        index = column_index(letter)
        if index < len(self.heads[0]):
            return index
        self.missing.append(letter)
        return None

    def matching(self, pattern: str) -> list[int]:
        """The columns whose lowest heading matches; none where there is none, which is remembered."""
        found = [index for index in range(len(self.heads[0])) if re.fullmatch(pattern, heading_of(self.heads, index))]
        if not found:
            self.missing.append(spelled(pattern))
        return found

    def find(self, letter: str | None, heading: str | None) -> int | None:
        if letter is not None:
            return self.by_letter(letter)
        return self.by_heading(heading) if heading is not None else None

    def place(self, place: Place) -> list[int]:
        """The columns of a row label; none where the place is no column or is not found."""
        if place.heading is not None:
            found = [self.by_heading(place.heading)]
        else:
            found = [self.by_letter(letter) for letter in place.letters]
        return [index for index in found if index is not None]


@dataclass
class _Figures:
    """The columns of figures as they are found, one after the other."""

    figures: list[int] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)
    codes: dict[str, dict[int, str]] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    statuses: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    first_of: dict[int, int] = field(default_factory=dict)
    matched: dict[int, int] = field(default_factory=dict)

    def take(self, index: int, profile: Profile, heads: Heads, title: str) -> None:
        entry = next(
            (number for number, column in enumerate(profile.columns) if fits(column.headings, heads, index)), None
        )
        if entry is None and profile.columns:
            self.unknown[index] = title
            return
        if entry is not None:
            column = profile.columns[entry]
            self.matched[index] = entry
            if column.not_data is not None:
                self.left_out[index] = column.not_data
                return
            if column.repeats and entry in self.first_of:
                self.twins[index] = self.first_of[entry]
                return
            self.first_of.setdefault(entry, index)
            for dimension, code in column.codes.items():
                self.codes.setdefault(dimension, {})[index] = code
            if column.unit is not None:
                self.units[index] = column.unit
            if column.status is not None:
                self.statuses[index] = column.status
        if reason := _not_data_by_head(profile, heads, index):
            self.left_out[index] = reason
        else:
            self.figures.append(index)


def _status_columns(profile: Profile, search: _Search, candidates: Sequence[int]) -> dict[int, int] | int | None:
    """The status column of every column of figures that has one beside it; or the one for the whole row."""
    status = next((one for one in profile.statuses if one.is_in_columns), None)
    if status is None:
        return None
    if status.column is not None:
        return search.by_letter(status.column)
    if not status.beside:
        is_there = columns_with(status.heading or "", search.heads)
        return search.by_heading(status.heading or "") if is_there or not status.optional else None
    if status.heading is None:
        return dict(zip(candidates[::2], candidates[1::2], strict=False))
    marked = {index for index in columns_with(status.heading, search.heads) if index in candidates}
    if not marked and not status.optional:
        search.missing.append(status.heading)
    beside: dict[int, int] = {}
    for index in candidates:
        if index in marked and (before := [one for one in candidates if one < index and one not in marked]):
            beside[before[-1]] = index
    return beside


def find_columns(table: RawTable, profile: Profile, region: Region, strip: Strip) -> ColumnsFound:
    """The use of every column that has a heading, or a text between the first and the last row of the table."""
    heads, written = read_heads(table, profile.table.header, region.header, strip)
    search = _Search(heads, region.header)
    place = {name: found for name, where in profile.dimensions.items() if (found := search.place(where))}
    names: dict[str, int] = {}
    for dimension, where in profile.dimensions.items():
        index = search.find(where.name_column, where.name_heading)
        if index is not None:
            names[dimension] = index
    unit = search.place(profile.unit) if profile.unit is not None else []
    sections = [column_index(where.section) for where in profile.dimensions.values() if where.section]
    beside = {name: search.matching(where.beside) for name, where in profile.dimensions.items() if where.beside}
    used = {*(index for found in place.values() for index in found), *sections, *names.values(), *unit}
    if profile.table.values_from is not None:
        start = column_index(profile.table.values_from)
    elif profile.columns:
        start = 0
    else:
        start = max(used, default=-1) + 1
    renamed = renamed_label(profile, search.missing, used, table, region)
    used |= {index for found in beside.values() for index in found}
    candidates = [
        index for index in range(len(table.columns)) if index not in used and _says(table, written, index, region)
    ]
    status = _status_columns(profile, search, [index for index in candidates if index >= start])
    if isinstance(status, int):
        candidates = [index for index in candidates if index != status]
    elif status is not None:
        candidates = [index for index in candidates if index not in status.values()]
    taken = _Figures()
    for index in candidates:
        title = joined(_shown(heads, region.header, index)) or column_letter(index)
        if index < start or index in renamed:
            taken.unknown[index] = title
        else:
            taken.take(index, profile, heads, title)
    matched_entries = set(taken.matched.values())
    absent = {
        number: column.headings
        for number, column in enumerate(profile.columns)
        if number not in matched_entries and column.not_data is None
    }
    search.missing.extend(map(joined, absent.values()))
    if not taken.figures and not search.missing:
        search.missing.append(profile.table.header.texts[0])
    return ColumnsFound(
        heads=heads,
        place=place,
        beside={name: _labelled(taken.figures, labels) for name, labels in beside.items()},
        names=names,
        unit=unit,
        sections=sections,
        status=dict.fromkeys(taken.figures, status) if isinstance(status, int) else status or {},
        figures=taken.figures,
        left_out=taken.left_out,
        twins=taken.twins,
        codes=taken.codes,
        units=taken.units,
        statuses=taken.statuses,
        missing=search.missing,
        unknown=list(taken.unknown.values()),
        unfit=list(
            dict.fromkeys(
                (region.header + row, column)
                for index in taken.unknown
                for row, column in _unfit(index, heads, written, [] if index in renamed else list(absent.values()))
            )
        ),
        meant=probably_meant(
            taken.unknown, search.missing, renamed | expected_there(taken.unknown, taken.matched, absent, heads), heads
        ),
        ambiguous=search.ambiguous,
    )


def heading_of(heads: Heads, index: int) -> str:
    """The lowest heading of a column; empty where it has none."""
    return next((clean(row[index]) for row in reversed(heads) if row[index]), "")


def _labelled(figures: Sequence[int], labels: Sequence[int]) -> dict[int, int]:
    """The label column of each column of figures: the nearest to its left, if no other figures stand between."""
    found = {}
    for index in labels:
        behind = [figure for figure in figures if figure > index]
        if behind and not any(index < other < behind[0] for other in labels):
            found[behind[0]] = index
    return found


def _shown(heads: Heads, header: int, index: int) -> list[str]:
    """The headings of a column; of one that may be a figure its cell, as `[C4]`."""
    return [
        f"[{cell_name(header + number, index)}]" if headings_hidden(row)[index] else row[index]
        for number, row in enumerate(heads)
        if row[index]
    ]


def _unfit(index: int, heads: Heads, written: Heads, absent: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """The cells of an unknown heading that differ from the nearest absent one, as row of the header and column."""

    def differing(headings: Sequence[str]) -> list[int]:
        return [row for row, wanted in enumerate(headings) if not fits([wanted], [heads[row]], index)]

    lowest = max((row for row, texts in enumerate(heads) if texts[index]), default=len(heads) - 1)
    nearest = min((differing(headings) for headings in absent), key=len, default=[lowest])
    rows = nearest if 0 < len(nearest) < len(heads) else [lowest]
    return [(row, _start_of(index, written[row], heads[row])) for row in rows]


def _start_of(index: int, written: Sequence[str], heads: Sequence[str]) -> int:
    """The cell that holds the text of a merged heading."""
    while index > 0 and heads[index] and not written[index]:
        index -= 1
    return index


def _says(table: RawTable, written: Heads, index: int, region: Region) -> bool:
    """Whether a column has a heading of its own or a text in the rows of the table."""
    return any(row[index] for row in written) or not table.columns[index].blank[region.first : region.end].all()


def _not_data_by_head(profile: Profile, heads: Heads, index: int) -> str | None:
    for where in profile.dimensions.values():
        if where.header_row is not None and where.not_data:
            reasons = {normalise(label): reason for label, reason in where.not_data.items()}
            head = heads[where.header_row - 1][index]
            reason = reasons.get(normalise(matched(where, head) or head))
            if reason is not None:
                return reason
    return None
