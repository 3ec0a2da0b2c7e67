"""Drafts from real files, made from the file alone, held against the committed profiles."""

from __future__ import annotations

import pytest
from builders import ROOT
from draft.kept import kept

from einklang.project import Project

REAL = ROOT.parent / "shared" / "real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real files (../shared/real) are not here")

# File → profile, and the share of settings that a draft has (goal: 0.8). Files below the goal keep what they have.
FILES = {
    "regionalstatistik/13211-02-05-4.csv": ("regio/arbeitslose", 0.8),
    "regionalstatistik/21111-02-06-4.csv": ("regio/schulabgaenge", 0.8),
    "regionalstatistik/22541-01-01-4.csv": ("regio/kindertageseinrichtungen", 0.8),
    "regionalstatistik/82411-01-03-4.csv": ("regio/einkommen", 0.8),
    "regionalstatistik/12411-02-03-4_2023_nrw_extract.csv": ("regio/bevoelkerung", 0.8),
    "nrw/2024_12521-03i.csv": ("nw/auslaender_12521-03i", 0.8),
    "nrw/2024_22542-06i.csv": ("nw/jugendhilfe", 0.8),
    "nrw/2024_12411-15i.csv": ("nw/bevoelkerung", 0.6),
    "destatis/ausgaben_21711-01.csv": ("destatis/schulausgaben", 0.8),
    "destatis/1000A-2022.ffcsv": ("destatis/zensus", 0.5),
    "destatis/12211-0001.ffcsv": ("destatis/mikrozensus_12211-0001", 0.6),
    "destatis/12211-0200_de_flat.csv": ("destatis/mikrozensus_12211-0200", 0.5),
    "bayern/Famst_BY_21_BY.xlsx": ("by/familienstand", 0.8),
    "bayern/Famst_BY_10_BY.xlsx": ("by/familienstand", 0.8),
    "ba/beschaeftigungsquoteregional_2021_Syria.csv": ("ba/beschaeftigung", 0.7),
    "ba/arbeitslose_auslaender_nachgeschlecht_zeitreihe.csv": ("ba/arbeitslose_merkmale_geschlecht", 0.4),
}


@pytest.mark.parametrize("file", FILES)
def test_settings_kept(file: str, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    name, least = FILES[file]
    found = kept(REAL / file, ROOT / "schemas/profiles" / f"{name}.yaml", project)
    with capsys.disabled():
        print(f"\n{file}: {found.share:.0%} of {len(found.right) + len(found.wrong)} settings", end=" ")  # noqa: T201
    assert found.share >= least, found.wrong
