"""GENESIS JSON: the whole cube is read, and sums that the source does not keep are found."""

from __future__ import annotations

import pytest
from builders import sending

from einklang.check import check
from einklang.project import Project
from einklang.result import Verdict
from real.realfiles import REAL, Reader, RealFile, assert_read_whole

FILES = [
    RealFile(
        "genesis_json/12511-0006_data.json",
        "destatis",
        "einbuergerungen_rechtsgrundlage",
        (188929, 177984, 0, 10945),
        (533952, 177984, 0, 355968),
        """
        DS_001!I2 period=2000 nationality_group=EUR sex=M naturalisation_type=KEPT legal_basis=STAG_10_1 value_text=-
        DS_001!I93194 period=2023 nationality_group=_T sex=_T naturalisation_type=KEPT legal_basis=STAG_10_1 value=60745
        DS_001!I94301 period=2023 nationality_group=_T sex=_T legal_basis=RUSTAG_8 value=0 obs_status=A
        DS_001!I31654 period=2000 nationality_group=EUR sex=F naturalisation_type=KEPT legal_basis=STAG_40B value=6882
        DS_001!I115497 period=2016 nationality_group=UK_OVERSEAS sex=M legal_basis=STAG_10_1 value=4
        DS_001!I158156 nationality_group=EEC6 sex=_T naturalisation_type=GIVEN_UP legal_basis=AUSLG_85_1 value=1052
        DS_001!I188929 nationality_group=_T sex=_T naturalisation_type=GIVEN_UP legal_basis=OTHER_OLD value=0
        """,
        ("IM-AGG-001",),
        Verdict.REJECTED,
    ),
    RealFile(
        "genesis_json/12521-0002_historisch_data.json",
        "destatis",
        "auslaender_zeitreihe",
        (7135, 7134, 0, 1),
        (21402, 7134, 0, 14268),
        """
        DS_001!G2 period=1967-09-30 area=DE nationality=EUR sex=M measure=foreigners value=1054688
        DS_001!G7078 period=1967-09-30 nationality=_T sex=_T value=1806653
        DS_001!G7135 period=2024-12-31 nationality=_T sex=_T value=14061640
        DS_001!G3563 period=1990-12-31 nationality=AFR_NOR sex=F value=None obs_status=L value_text=-
        DS_001!G2205 period=2024-12-31 nationality=FORMER_SU sex=M value=831085
        DS_001!G5645 period=1984-09-30 nationality=EC9 sex=_T value=855418
        """,
    ),
]


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_file_is_read_whole(file: RealFile, read: Reader) -> None:
    assert_read_whole(file, read(file))


def test_sums_that_the_source_does_not_keep(read: Reader) -> None:
    """Both sexes are off their total in 68 cells of 2000 to 2013, most of them of EWG-6 and its third countries."""
    findings = read(FILES[0]).result.findings
    assert len(findings) == 68
    years = {finding.places[0].key.de.split(", ")[1] for finding in findings}
    assert years == {str(year) for year in range(2000, 2014)}


def test_the_structure_beside_it_is_no_data(project: Project) -> None:
    path = REAL / "genesis_json/12511-0006_structure.json"
    (found,) = check(sending("destatis", "einbuergerungen_rechtsgrundlage", path), project).result.findings
    assert (found.rule, "keine Tabelle von GENESIS" in found.message.de) == ("IM-FIL-001", True)
