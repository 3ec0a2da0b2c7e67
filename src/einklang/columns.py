"""Which column of a table holds what: labels, figures, status, and what is declared as no data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from einklang.declarations.profile import Column, Profile
from einklang.labels import normalise
from einklang.rawtable import RawTable, column_index, column_letter


@dataclass(frozen=True)
class ColumnsFound:
    """Columns by their use; all counted from 0.

    `heads[i][j]` is the heading of column j in header row i. `codes` gives, per dimension that the
    profile assigns by column, the code of each column of figures.
    """

    heads: Sequence[Sequence[str]]
    place: Mapping[str, int]
    labels: Sequence[int]
    names: Mapping[str, int]
    status: int | None
    figures: Sequence[int]
    left_out: Mapping[int, str]
    codes: Mapping[str, Mapping[int, str]]
    units: Mapping[int, str]
    missing: Sequence[str]
    unknown: Sequence[str]


@dataclass
class _Search:
    heads: list[list[str]]
    missing: list[str] = field(default_factory=list)

    def by_heading(self, heading: str) -> int | None:
        wanted = normalise(heading)
        for row in reversed(self.heads):
            for index, text in enumerate(row):
                if normalise(text) == wanted:
                    return index
        self.missing.append(heading)
        return None

    def find(self, letter: str | None, heading: str | None) -> int | None:
        if letter is not None:
            index = column_index(letter)
            if index < len(self.heads[0]):
                return index
            self.missing.append(letter)
            return None
        return self.by_heading(heading) if heading is not None else None


def read_heads(table: RawTable, profile: Profile, header: int) -> list[list[str]]:
    """The headings, with merged heads filled to the right."""
    heads = [
        [table.text(row, column) if row < table.rows else "" for column in range(len(table.columns))]
        for row in range(header, header + profile.table.header.rows)
    ]
    for number in profile.table.header.fill_right:
        row = heads[number - 1]
        for index in range(1, len(row)):
            row[index] = row[index] or row[index - 1]
    return heads


def _fits(column: Column, heads: Sequence[Sequence[str]], index: int) -> bool:
    return all(
        wanted == "*" or normalise(wanted) == normalise(row[index])
        for wanted, row in zip(column.headings, heads, strict=False)
    )


def find_columns(table: RawTable, profile: Profile, header: int, first: int, end: int) -> ColumnsFound:
    """The use of every column that has a heading or a text between rows `first` and `end`."""
    heads = read_heads(table, profile, header)
    search = _Search(heads)
    place: dict[str, int] = {}
    for dimension, where in profile.dimensions.items():
        if where.is_row_label:
            index = search.find(where.column, where.heading)
            if index is not None:
                place[dimension] = index
    names: dict[str, int] = {}
    for dimension, where in profile.dimensions.items():
        if where.name_column or where.name_heading:
            index = search.find(where.name_column, where.name_heading)
            if index is not None:
                names[dimension] = index
    status = search.by_heading(profile.status.heading) if profile.status else None
    sections = [column_index(where.section) for where in profile.dimensions.values() if where.section]
    used = {*place.values(), *sections, *names.values(), *([] if status is None else [status])}
    if profile.table.values_from is not None:
        start = column_index(profile.table.values_from)
    elif profile.columns:
        start = 0
    else:
        start = max((index for index in used if index != status), default=-1) + 1
    figures: list[int] = []
    left_out: dict[int, str] = {}
    codes: dict[str, dict[int, str]] = {}
    units: dict[int, str] = {}
    unknown: list[str] = []
    matched: set[int] = set()
    merged = {number - 1 for number in profile.table.header.fill_right}
    for index, cells in enumerate(table.columns):
        if index in used:
            continue
        has_head = any(row[index] for number, row in enumerate(heads) if number not in merged)
        if not has_head and bool(cells.blank[first:end].all()):
            continue
        title = " | ".join(row[index] for row in heads if row[index]) or column_letter(index)
        if index < start:
            unknown.append(title)
            continue
        entry = next((number for number, column in enumerate(profile.columns) if _fits(column, heads, index)), None)
        if entry is not None:
            column = profile.columns[entry]
            matched.add(entry)
            if column.not_data is not None:
                left_out[index] = column.not_data
                continue
            for dimension, code in column.codes.items():
                codes.setdefault(dimension, {})[index] = code
            if column.unit is not None:
                units[index] = column.unit
        elif profile.columns:
            unknown.append(title)
            continue
        if reason := _not_data_by_head(profile, heads, index):
            left_out[index] = reason
            continue
        figures.append(index)
    search.missing.extend(
        " | ".join(column.headings)
        for number, column in enumerate(profile.columns)
        if number not in matched and column.not_data is None
    )
    if not figures and not search.missing:
        search.missing.append(profile.table.header.find)
    return ColumnsFound(
        heads=heads,
        place=place,
        labels=sorted(used - {status}),
        names=names,
        status=status,
        figures=figures,
        left_out=left_out,
        codes=codes,
        units=units,
        missing=search.missing,
        unknown=unknown,
    )


def _not_data_by_head(profile: Profile, heads: Sequence[Sequence[str]], index: int) -> str | None:
    for where in profile.dimensions.values():
        if where.header_row is not None and where.not_data:
            reasons = {normalise(label): reason for label, reason in where.not_data.items()}
            reason = reasons.get(normalise(heads[where.header_row - 1][index]))
            if reason is not None:
                return reason
    return None
