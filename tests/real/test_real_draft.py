"""Drafts from real files, made from the file alone, held against the committed profiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builders import ROOT
from draft.kept import kept
from realfiles import ABSENT, REAL

from einklang.project import Project, read_profile

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=ABSENT)

GOAL = 0.8
REPORT = "destatis/statistischer-bericht-auslaend-bevoelkerung-2010200247005.xlsx"
FILES = [
    ("regionalstatistik/13211-02-05-4.csv", "regio/arbeitslose"),
    ("regionalstatistik/21111-02-06-4.csv", "regio/schulabgaenge"),
    ("regionalstatistik/22541-01-01-4.csv", "regio/kindertageseinrichtungen"),
    ("regionalstatistik/82411-01-03-4.csv", "regio/einkommen"),
    ("regionalstatistik/12411-02-03-4_2023_nrw_extract.csv", "regio/bevoelkerung"),
    ("nrw/2024_12521-03i.csv", "nw/auslaender_12521-03i"),
    ("nrw/2024_22542-06i.csv", "nw/jugendhilfe"),
    ("nrw/2024_22811-05i.csv", "nw/mindestsicherung"),
    ("nrw/2024_12411-15i.csv", "nw/bevoelkerung"),
    ("destatis/ausgaben_21711-01.csv", "destatis/schulausgaben"),
    ("destatis/1000A-2022.ffcsv", "destatis/zensus"),
    ("destatis/12211-0001.ffcsv", "destatis/mikrozensus_12211-0001"),
    ("destatis/12211-0200_de_flat.csv", "destatis/mikrozensus_12211-0200"),
    ("destatis/12411-01-01-4.ffcsv", "destatis/bevoelkerung_12411-01-01-4"),
    ("destatis/12411-0018.csv", "destatis/bevoelkerung_12411-0018"),
    ("destatis/12531-0043.ffcsv.gz", "destatis/schutzsuchende"),
    ("bayern/Famst_BY_21_BY.xlsx", "by/familienstand"),
    ("bayern/Famst_BY_10_BY.xlsx", "by/familienstand"),
    ("bw/Bevoelkerung_2010.csv", "bw/bevoelkerung"),
    ("ba/beschaeftigungsquoteregional_2021_Syria.csv", "ba/beschaeftigung"),
    ("ba/arbeitslose_auslaender_nachgeschlecht_zeitreihe.csv", "ba/arbeitslose_merkmale_geschlecht"),
    ("ba/2015_arbeitslose_insgesamt_nachaltersgruppe.csv", "ba/arbeitslose_merkmale_alter"),
    (REPORT, "destatis/auslaender"),
    (REPORT, "destatis/auslaender_geburtsort"),
    (REPORT, "destatis/aufenthaltsdauer_staat"),
    (REPORT, "destatis/aufenthaltsdauer_alter"),
    ("genesis_json/12511-0006_data.json", "destatis/einbuergerungen_rechtsgrundlage"),
    ("genesis_json/12521-0002_historisch_data.json", "destatis/auslaender_zeitreihe_12521-0002"),
    ("niedersachsen/Z9200001.xml", "ni/steuereinnahmen"),
    ("berlin/EWR201212E_Matrix.csv", "be/bevoelkerung_kleinraeumig"),
    ("berlin/EWR202012E_Matrix.csv", "be/bevoelkerung_kleinraeumig"),
]
# Below the goal for a reason: what is missing, no file says.
REASONS = {
    # In which years a group of states was not published yet (`rows_not_data`: nine of the settings).
    "genesis_json/12511-0006_data.json": 0.7,
}
# Read by tests, but not drafted: an empty file, labels beside data, and workbooks of several layouts.
NOT_DRAFTED = {
    "ba/inintegration_auslaender_gesamt_EMPTY.csv",
    "genesis_json/12511-0006_structure.json",
    "hamburg/Daten_fuer_die_Stadtteilprofile_2014.xlsx",
    "niedersachsen/mz_fachserie_2019_ni_roh.xlsx",
    "niedersachsen/2020_2-3-4.xlsx",
    "niedersachsen/2020_3-1-1.xlsx",
    "niedersachsen/2020_4-1-4.xlsx",
}


@pytest.mark.parametrize(("file", "name"), FILES, ids=[f"{Path(file).name}-{name}" for file, name in FILES])
def test_most_settings_are_right_without_an_edit(
    file: str, name: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = ROOT / "schemas" / "profiles" / f"{name}.yaml"
    found = kept(REAL / file, profile, project, read_profile(profile, ROOT / "schemas")["dataset"])
    with capsys.disabled():
        count = len(found.right) + len(found.wrong)
        print(f"\n{found.share:4.0%} of {count} settings: {file} as {name}", end=" ")  # noqa: T201
    assert found.share >= REASONS.get(file, GOAL), found.wrong


def test_every_real_file_with_a_profile_is_drafted() -> None:
    """No file that a test of this folder names is left out."""
    here = {str(path.relative_to(REAL)) for path in REAL.rglob("*") if path.is_file()}
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_real_*.py"))
    named = here & set(re.findall(r'"([a-z_]+/[^"]+)"', sources))
    assert named - {file for file, _ in FILES} <= NOT_DRAFTED
