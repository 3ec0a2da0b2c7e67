"""A seventeenth supplier is one YAML file; a known layout may be arranged anew in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from builders import ROOT, assert_complete, by_cell, flatten, sending

from einklang.check import check
from einklang.errors import UnknownName
from einklang.project import load_project
from einklang.result import Verdict

PROFILE = """\
based_on: layouts/flach-arbeitslose
supplier: ba
file: {encoding: cp1252, delimiter: "|"}
numbers: {decimal: ".", thousands: "'"}
signs: {convention: ba}
table: {header: {find: Region}, end: ["©"]}
dimensions:
  period: {title: true, pattern: 'Berichtsjahr (?P<key>20[0-9][0-9])'}
  area: {heading: Region, scheme: label}
  citizenship: {heading: Gruppe, codes: {alle: _T, ohne deutschen Pass: FOREIGN}}
delivers: {area: ["04", "11"], citizenship: [_T, FOREIGN]}
complete_hierarchies: []
"""
DELIVERY = """\
Bundesagentur für Arbeit
Berichtsjahr 2025
Region|Merkmal|Gruppe|Wert
Bremen|Arbeitslose|alle|43'293
Bremen|Arbeitslose|ohne deutschen Pass|19'430
Bremen|Arbeitslosenquote|alle|11.5
Bremen|Arbeitslosenquote|ohne deutschen Pass|23.8
Land Berlin|Arbeitslose|alle|218'315
Land Berlin|Arbeitslose|ohne deutschen Pass|92'635
Land Berlin|Arbeitslosenquote|alle|10.3
Land Berlin|Arbeitslosenquote|ohne deutschen Pass|*
© Statistik der Bundesagentur für Arbeit
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("schemas", "expectations"):
        shutil.copytree(ROOT / name, tmp_path / "project" / name)
    return tmp_path / "project"


def test_new_supplier_is_one_file(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName):
        load_project(folder).profiles_of("ba", "arbeitslose")
    before = load_project(folder)
    path = folder / "schemas" / "profiles" / "ba" / "arbeitslose.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(PROFILE, encoding="utf-8")
    project = load_project(folder)
    assert project.profiles.keys() - before.profiles.keys() == {("ba", "arbeitslose")}
    delivery = tmp_path / "ba_2025.txt"
    delivery.write_text(DELIVERY, encoding="cp1252")
    checked = check(sending("ba", "arbeitslose", delivery), project)
    assert flatten(checked.result) == []
    assert checked.result.verdict is Verdict.ACCEPTED
    assert_complete(checked)
    found = {
        cell: (row["period"], row["area"], row["measure"], row["citizenship"], row["value"], row["obs_status"])
        for cell, row in by_cell(checked.observations).items()
    }
    assert len(found) == 8
    assert found["D4"] == ("2025", "04", "unemployed", "_T", 43293, "A")
    assert found["D10"] == ("2025", "11", "unemployment_rate", "_T", 10.3, "A")
    assert found["D11"] == ("2025", "11", "unemployment_rate", "FOREIGN", None, "Q")
