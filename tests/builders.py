"""Factories: profiles, checks and workbooks for tests, complete by default, each part replaceable."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
from openpyxl.worksheet.worksheet import Worksheet

from einklang.check import Checked, Sending, check, sent_file
from einklang.declarations.base import build
from einklang.declarations.profile import Profile
from einklang.project import Project
from einklang.result import Accounting, Outcome, Result

ROOT = Path(__file__).parents[1]
GOOD = ROOT / "tests" / "deliveries" / "pass" / "auslaender" / "two_years.csv"
BASE: dict[str, Any] = {
    "supplier": "ba",
    "dataset": "auslaender",
    "title": "Probe",
    "file": {"format": "csv"},
    "numbers": {"decimal": ",", "thousands": "."},
    "signs": {"convention": "din55301"},
    "table": {"header": {"find": "Zeit"}, "end": ["Quelle"]},
    "dimensions": {
        "period": {"heading": "Zeit"},
        "area": {"heading": "Schlüssel", "scheme": "key"},
        "sex": {"header_row": 1},
        "measure": {"constant": "foreigners"},
    },
}


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `changes`; mappings are merged, but the place of a dimension is replaced as a whole; None removes."""
    result = dict(base)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif name == "dimensions":
            places = {**result.get(name, {}), **value}
            result[name] = {place: where for place, where in places.items() if where is not None}
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result


def profile(**changes: Any) -> Profile:
    return build(Profile, merged(BASE, changes), Path("probe.yaml"))


def project_with(project: Project, *profiles: Profile, rules: Sequence[str] = ()) -> Project:
    """The project with these profiles only; of the plausibility rules it has those named."""
    expectations = {
        name: one.model_copy(update={"delivery": [each for each in one.delivery if each.rule in rules]})
        for name, one in project.expectations.items()
    }
    found: dict[tuple[str, str], tuple[Profile, ...]] = {}
    for one in profiles:
        key = (one.supplier, one.dataset)
        found[key] = (*found.get(key, ()), one)
    return replace(project, profiles=found, expectations=expectations)


def sending(supplier: str, dataset: str, *paths: Path) -> Sending:
    return Sending(supplier, dataset, tuple(sent_file(path) for path in paths))


def read_in_file(path: Path, project: Project, one: Profile, history: pa.Table | None = None) -> Checked:
    return check(sending(one.supplier, one.dataset, path), project, lambda: history)


def flatten(result: Result) -> list[tuple[str, str]]:
    """Rule and cell of every place; an empty cell where a finding is about the whole."""
    found: list[tuple[str, str]] = []
    for finding in result.findings:
        found.extend((finding.rule, place.cell) for place in finding.places)
        if not finding.places:
            found.append((finding.rule, ""))
    return found


def rules_found(result: Result) -> list[str]:
    return [finding.rule for finding in result.findings]


def outcome(result: Result, rule: str) -> Outcome:
    return {one.rule: one.outcome for one in result.rules}[rule]


def counts(accounting: Accounting) -> tuple[int, int, int, int]:
    """Read, accepted, quarantined, not data."""
    return (
        accounting.read,
        accounting.accepted,
        accounting.quarantined,
        sum(part.count for part in accounting.not_data),
    )


def assert_complete(checked: Checked) -> None:
    """Nothing was lost: rows, cells, and the tables have as many rows as cells were counted."""
    result = checked.result
    assert result.rows.is_complete, result.rows
    assert result.cells.is_complete, result.cells
    assert checked.observations.num_rows == result.cells.accepted
    assert checked.quarantine.num_rows <= result.cells.quarantined


def by_cell(table: pa.Table) -> dict[str, dict[str, Any]]:
    """The observations by their cell."""
    return {f"{row['column']}{row['row']}": row for row in table.to_pylist()}


def everything(checked: Checked) -> dict[str, dict[str, Any]]:
    """Accepted and quarantined observations by their cell."""
    return {**by_cell(checked.quarantine), **by_cell(checked.observations)}


def variant(folder: Path, name: str, old: str, new: str) -> Path:
    """The good delivery with one text replaced."""
    path = folder / name
    text = GOOD.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


# -- workbooks ----------------------------------------------------------------------------------


def workbook(
    sheets: Mapping[str, Iterable[Sequence[Any]]],
    far_cell: bool = False,
    edit: Callable[[Worksheet], None] | None = None,
) -> bytes:
    """A workbook; `far_cell` adds to its first sheet a cell in the last row and column there is; `edit` changes it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if far_cell:
        book.worksheets[0]["XFD1048576"] = "x"
    if edit is not None:
        edit(book.worksheets[0])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_parts(content: bytes, parts: Mapping[str, bytes], level: int = 6) -> bytes:
    """A workbook with some of its parts replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return stream.getvalue()


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def reasons(**more: str) -> dict[str, str]:
    """A line of a register of comparability: what every line says, and more."""
    return {"reason_de": "Grund", "reason_en": "reason", "source": "Quelle", "indicator": "", **more}
