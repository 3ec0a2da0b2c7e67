"""An office with several profiles: where none fits, the report is that of the one that came furthest, and names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import profile, project_with, rules_found, sending, workbook
from format_files import MAPPE, ROWS, TEXT

from einklang.check import check
from einklang.project import Project
from einklang.result import Result

AS_TEXT = {"title": "Als Text", "file": {"format": "csv"}}
AS_WORKBOOK = {"title": "Als Mappe", "file": MAPPE}
OTHER_HEAD = {"title": "Andere Überschriften", "file": MAPPE, "table": {"header": {"find": "Stichtag"}}}
OTHER_SHEET = {"title": "Anderes Blatt", "file": {**MAPPE, "sheet": "Daten"}}
LATE = {"title": "Später", "file": MAPPE, "valid_from": "2030-12-31"}
UNKNOWN_AREA = [*ROWS[:3], ("31.12.2024", "99999", 1, 1, 0)]


def _checked(project: Project, folder: Path, content: bytes, *agreed: dict[str, object]) -> Result:
    path = folder / "lieferung.xlsx"
    path.write_bytes(content)
    profiles = [profile(**changes) for changes in agreed]
    return check(sending(profiles[0].supplier, profiles[0].dataset, path), project_with(project, *profiles)).result


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("agreed", "nearest"),
    [
        ((AS_TEXT, OTHER_SHEET, OTHER_HEAD), OTHER_HEAD),
        ((AS_TEXT, OTHER_HEAD), OTHER_HEAD),
        ((AS_TEXT, OTHER_SHEET), OTHER_SHEET),
        ((AS_TEXT, AS_WORKBOOK, OTHER_HEAD), AS_WORKBOOK),
    ],
)
def test_the_profile_that_came_furthest_is_reported(
    agreed: tuple[dict[str, object], ...], nearest: dict[str, object], turned: bool, project: Project, tmp_path: Path
) -> None:
    order = agreed[::-1] if turned else agreed
    result = _checked(project, tmp_path, workbook({"Tabelle": UNKNOWN_AREA}), *order)
    assert result.identity.profile == nearest["title"]
    assert "IM-FIL-001" not in rules_found(result)


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_that_came_equally_far_the_one_with_fewer_errors(turned: bool, project: Project, tmp_path: Path) -> None:
    worse = {**LATE, "title": "Später, falsche Spalte", "dimensions": {"area": {"column": "A"}}}
    order = (worse, LATE) if turned else (LATE, worse)
    result = _checked(project, tmp_path, workbook({"Tabelle": ROWS}), *order)
    assert rules_found(result) == ["IM-STR-002"]
    assert result.identity.profile == LATE["title"]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_that_are_equal_the_first(turned: bool, project: Project, tmp_path: Path) -> None:
    late, late_too = LATE, {**LATE, "title": "Auch später"}
    order = (late_too, late) if turned else (late, late_too)
    result = _checked(project, tmp_path, workbook({"Tabelle": ROWS}), *order)
    assert rules_found(result) == ["IM-STR-002"]
    assert result.identity.profile == order[0]["title"]


def test_where_there_is_one_profile_it_is_not_named(project: Project, tmp_path: Path) -> None:
    assert _checked(project, tmp_path, TEXT.encode(), AS_TEXT).identity.profile == ""
