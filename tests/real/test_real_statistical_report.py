"""The statistical report on foreigners with all its tables: the flat sheets, and the display sheet that says more."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from realfiles import ABSENT, REAL, RealFile, assert_accounted, assert_figures, read_once

from einklang.check import Checked
from einklang.project import Project
from einklang.result import Verdict

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=ABSENT)

REPORT = "destatis/statistischer-bericht-auslaend-bevoelkerung-2010200247005.xlsx"


class Table(NamedTuple):
    """A data set, where its rows and cells go (read, accepted, quarantined, not data), figures by sheet and cell."""

    dataset: str
    rows: tuple[int, int, int, int]
    cells: tuple[int, int, int, int]
    figures: dict[str, str]
    findings: tuple[str, ...] = ()
    verdict: Verdict = Verdict.ACCEPTED

    @property
    def file(self) -> RealFile:
        figures = [
            f"{sheet}!{line.strip()}" for sheet, lines in self.figures.items() for line in lines.strip().splitlines()
        ]
        told = "\n".join(figures)
        return RealFile(REPORT, "destatis", self.dataset, self.rows, self.cells, told, self.findings, self.verdict)


TABLES = [
    # The register's figure of 2011 stands twice in the sheet.
    Table(
        "bevoelkerung_lange_reihe",
        (109, 105, 1, 3),
        (954, 400, 1, 553),
        {
            "csv-12521-01": """
                E2 period=1871-12-01 area=DR sex=_T measure=population value=41058800 value_text=41058,8
                J2 period=1871-12-01 area=DR sex=F measure=foreigners_estimates value=82000
                I5 period=1885-12-01 area=DR sex=M measure=foreigners_estimates value=None obs_status=Q conf_status=C
                F12 period=1933-06-16 area=DR sex=M measure=population value=31685600
                E48 period=2011-12-31 area=DE sex=_T measure=population value=80327900
                G61 period=2024-11-30 area=DE sex=F measure=population value=42338000
                K62 period=1975-12-31 area=FRG_OLD sex=_T measure=foreigners_register value=4089594
                K108 period=2024-12-31 area=DE sex=_T measure=foreigners_register value=14062000
            """
        },
        ("IM-KEY-002",),
        Verdict.CLARIFICATION_NEEDED,
    ),
    Table(
        "bevoelkerung_auslaender",
        (376, 374, 0, 2),
        (1870, 561, 0, 1309),
        {
            "csv-12521-02": """
                E2 period=2024-11-30 area=DE measure=population value=83591656
                F2 period=2024-11-30 area=DE measure=foreigners_estimates value=12398008
                F18 period=2024-11-30 area=16 measure=foreigners_estimates value=174926
                E19 period=2023-12-31 area=DE measure=population value=83456045
                G189 period=2024-12-31 area=DE measure=foreigners_register value=14061640
                G190 period=2024-12-31 area=08 measure=foreigners_register value=2188075
                G375 period=2014-12-31 area=16 measure=foreigners_register value=56176
            """
        },
    ),
    Table(
        "auslaender_zeitreihe",
        (1256, 1243, 0, 13),
        (7458, 3729, 0, 3729),
        {
            "csv-12521-03": """
                G2 period=2024-12-31 area=DE nationality=_T sex=_T measure=foreigners value=14061640
                H3 period=2024-12-31 nationality=EUR sex=M value=4921775
                I60 period=2024-12-31 nationality=AFR_CEN sex=F value=28840
                G1255 period=2014-12-31 nationality=NON_EU sex=_T value=4480574
                I1255 period=2014-12-31 nationality=NON_EU sex=F value=2209060
            """
        },
    ),
    Table(
        "auslaender",
        (7075, 6927, 0, 148),
        (32364, 12747, 0, 19617),
        {
            "csv-12521-08": """
                H2 period=2024-12-31 area=DE nationality=_T sex=_T measure=foreigners value=14061640
                H832 area=15 nationality=145 sex=_T value=None obs_status=Q conf_status=C value_text=.
                H5764 area=16 nationality=NON_EU sex=F value=61560
            """,
            "csv-12521-13": """
                G8 period=2024-12-31 area=01001 nationality=_T sex=_T value=18630
                I8 area=01001 nationality=154 sex=_T value=3085
                Q10 area=01001 nationality=152 sex=F value=395
                I1307 area=16077 nationality=166 sex=_T value=2935
                Q1309 area=16077 nationality=160 sex=F value=120
            """,
        },
    ),
    Table(
        "auslaender_geburtsstaat",
        (115, 113, 0, 2),
        (1130, 791, 0, 339),
        {
            "csv-12521-11": """
                G2 period=2024-12-31 area=DE nationality=_T birth_country=_T measure=foreigners value=14061640
                I2 nationality=_T birth_country=DE value=1678420
                Q2 nationality=_T birth_country=152 value=787925
                R2 nationality=_T birth_country=_U value=824060
                M5 nationality=124 birth_country=238 value=825
                M114 nationality=CAND birth_country=DE value=517725
                R114 nationality=CAND birth_country=_U value=239260
            """
        },
    ),
    Table(
        "auslaender_alter",
        (9254, 9218, 0, 36),
        (40912, 13662, 0, 27250),
        {
            "csv-12521-04": """
                I2 period=2024-12-31 area=DE nationality=_T sex=_T age=_T measure=foreigners value=14061640
                I3 nationality=_T sex=_T age=Y_LT5 value=582250
                I1293 nationality=145 sex=M age=Y80T84 value=None obs_status=Q conf_status=C value_text=.
                I8815 nationality=NON_EU sex=F age=Y_GE65 value=411550
            """,
            "csv-12521-12": """
                F3 period=2024-12-31 area=01 nationality=_T sex=_T age=_T value=350665
                G3 area=01 sex=M age=_T value=183790
                I4 area=01001 nationality=EU sex=_T age=_T value=8020
                K4 area=01001 nationality=_T sex=_T age=Y_LT6 value=1240
                Q437 area=16077 nationality=_T sex=_T age=Y_GE65 value=365
            """,
        },
    ),
    Table(
        "auslaender_geburtsort",
        (4748, 4746, 0, 2),
        (18984, 4746, 0, 14238),
        {
            "csv-12521-05": """
                I2 period=2024-12-31 area=DE nationality=_T birthplace=_T age=_T measure=foreigners value=14061640
                I16 nationality=_T birthplace=DE age=_T value=1678420
                I30 nationality=_T birthplace=ABROAD age=_T value=12383220
                I277 nationality=127 birthplace=DE age=Y35T39 value=None obs_status=Q conf_status=C value_text=.
                I4747 nationality=NON_EU birthplace=ABROAD age=Y_GE65 value=720575
            """
        },
    ),
    Table(
        "aufenthaltsdauer_alter",
        (665, 663, 0, 2),
        (1989, 663, 0, 1326),
        {
            "csv-12521-06": """
                H2 period=2024-12-31 area=DE sex=_T age=Y_LT5 duration_of_stay=_T measure=foreigners value=582250
                H6 sex=_T age=Y_LT5 duration_of_stay=Y6T7 value=None obs_status=M conf_status=F value_text=.
                H664 sex=F age=_T duration_of_stay=Y_GE40 value=651430
            """
        },
    ),
    Table(
        "aufenthaltsdauer_staat",
        (1471, 1469, 0, 2),
        (5876, 1469, 0, 4407),
        {
            "csv-12521-07": """
                H2 period=2024-12-31 area=DE nationality=_T duration_of_stay=_T measure=foreigners value=14061640
                H3 nationality=_T duration_of_stay=Y_LT1 value=922520
                H1339 nationality=450 duration_of_stay=Y35T39 value=None obs_status=Q conf_status=C value_text=.
                H1470 nationality=NON_EU duration_of_stay=Y_GE40 value=718620
            """
        },
    ),
    Table(
        "aufenthaltsstatus",
        (22324, 20816, 0, 1508),
        (63824, 20816, 0, 43008),
        {
            "csv-12521-14": """
                H2 period=2024-12-31 area=DE sex=_T residence_status=_T measure=foreigners value=14061640
                H3 area=DE sex=_T residence_status=EU_FREE_MOVEMENT value=5302860
                H164 area=01002 sex=M residence_status=EXEMPT value=None obs_status=Q value_text=.
                H16898 area=10 sex=_T residence_status=_T value=163935
                H16946 area=11 sex=_T residence_status=_T value=993295
                H20929 area=16077 sex=F residence_status=NONE_OTHER value=60
            """,
            "csv-12521-09": """
                H18 period=2024-12-31 area=DE nationality=EUR sex=_T residence_status=_T value=9620470
                H40 nationality=EU residence_status=TITLE_EDUCATION value=None obs_status=Q value_text=.
                H1393 nationality=NON_EU residence_status=NONE_OTHER value=537445
            """,
        },
    ),
    Table(
        "auslaender_merkmale",
        (233, 224, 0, 9),
        (1344, 1344, 0, 0),
        {
            "12521-10": """
                B6 period=2024-12-31 area=DE nationality=_T measure=foreigners value=14061640
                C7 nationality=EUR measure=average_age value=40.7 unit=YEARS
                D85 nationality=246 measure=average_stay value=15.4
                E47 nationality=147 measure=share_single value=None obs_status=U value_text=/
                G42 nationality=123 measure=share_born_in_germany value=None obs_status=Q value_text=.
                E227 nationality=998_999 measure=share_single value=65.9 unit=PERCENT
                B229 nationality=CAND measure=foreigners value=3832725
                F230 nationality=NON_EU measure=share_married value=40.6
            """
        },
    ),
    Table(
        "auslaender_bewegungen",
        (1425, 1327, 0, 98),
        (26428, 23662, 0, 2766),
        {
            "csv-12521-15": """
                G2 period=2024 area=DE sex=_T measure=stock_before value=13895865
                L2 area=DE sex=_T measure=moves_in value=None obs_status=Q value_text=.
                U5 area=01 sex=_T measure=net_moves value=-1235
                H8 area=01001 sex=_T measure=entries value=3860
                X1309 area=16077 sex=F measure=late_exits value=10
            """,
            "csv-12521-16": """
                H3 period=2024 area=DE nationality=EUR sex=_T measure=changes_of_nationality value=3285
                P18 nationality=145 measure=deaths value=None obs_status=Q value_text=.
                H114 nationality=NON_EU measure=changes_of_nationality value=-4560
                T114 nationality=NON_EU measure=stock value=9010415
            """,
        },
    ),
]


@pytest.fixture(scope="module")
def checked() -> dict[str, Checked]:
    return {}


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.dataset)
def test_table_is_accounted(table: Table, project: Project, checked: dict[str, Checked]) -> None:
    assert_accounted(table.file, read_once(table.file, project, checked))


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.dataset)
def test_figures_as_in_the_sheet(table: Table, project: Project, checked: dict[str, Checked]) -> None:
    assert_figures(table.file, read_once(table.file, project, checked))
