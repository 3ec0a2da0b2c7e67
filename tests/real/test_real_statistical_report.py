"""The statistical report on foreigners with all its tables: the flat sheets, and the display sheet that says more."""

from __future__ import annotations

import pytest

from einklang.result import Verdict
from real.realfiles import Reader, RealFile, assert_read_whole

REPORT = "destatis/statistischer-bericht-auslaend-bevoelkerung-2010200247005.xlsx"


FILES = [
    # The register's figure of 2011 stands twice in the sheet.
    RealFile(
        REPORT,
        "destatis",
        "bevoelkerung_lange_reihe",
        (109, 105, 1, 3),
        (954, 400, 1, 553),
        """
        csv-12521-01!E2 period=1871-12-01 area=DR sex=_T measure=population value=41058800 value_text=41058,8
        csv-12521-01!J2 period=1871-12-01 area=DR sex=F measure=foreigners_estimates value=82000
        csv-12521-01!I5 period=1885-12-01 area=DR sex=M value=None obs_status=Q conf_status=C
        csv-12521-01!F12 period=1933-06-16 area=DR sex=M measure=population value=31685600
        csv-12521-01!E48 period=2011-12-31 area=DE sex=_T measure=population value=80327900
        csv-12521-01!G61 period=2024-11-30 area=DE sex=F measure=population value=42338000
        csv-12521-01!K62 period=1975-12-31 area=FRG_OLD sex=_T measure=foreigners_register value=4089594
        csv-12521-01!K108 period=2024-12-31 area=DE sex=_T measure=foreigners_register value=14062000
        """,
        ("IM-KEY-002",),
        Verdict.CLARIFICATION_NEEDED,
    ),
    RealFile(
        REPORT,
        "destatis",
        "bevoelkerung_auslaender",
        (376, 374, 0, 2),
        (1870, 561, 0, 1309),
        """
        csv-12521-02!E2 period=2024-11-30 area=DE measure=population value=83591656
        csv-12521-02!F2 period=2024-11-30 area=DE measure=foreigners_estimates value=12398008
        csv-12521-02!F18 period=2024-11-30 area=16 measure=foreigners_estimates value=174926
        csv-12521-02!E19 period=2023-12-31 area=DE measure=population value=83456045
        csv-12521-02!G189 period=2024-12-31 area=DE measure=foreigners_register value=14061640
        csv-12521-02!G190 period=2024-12-31 area=08 measure=foreigners_register value=2188075
        csv-12521-02!G375 period=2014-12-31 area=16 measure=foreigners_register value=56176
        """,
    ),
    RealFile(
        REPORT,
        "destatis",
        "auslaender_zeitreihe",
        (1256, 1243, 0, 13),
        (7458, 3729, 0, 3729),
        """
        csv-12521-03!G2 period=2024-12-31 area=DE nationality=_T sex=_T measure=foreigners value=14061640
        csv-12521-03!H3 period=2024-12-31 nationality=EUR sex=M value=4921775
        csv-12521-03!I60 period=2024-12-31 nationality=AFR_CEN sex=F value=28840
        csv-12521-03!G1255 period=2014-12-31 nationality=NON_EU sex=_T value=4480574
        csv-12521-03!I1255 period=2014-12-31 nationality=NON_EU sex=F value=2209060
        """,
    ),
    RealFile(
        REPORT,
        "destatis",
        "auslaender",
        (7075, 6927, 0, 148),
        (32364, 12747, 0, 19617),
        """
        csv-12521-08!H2 period=2024-12-31 area=DE nationality=_T sex=_T measure=foreigners value=14061640
        csv-12521-08!H832 area=15 nationality=145 sex=_T value=None obs_status=Q conf_status=C value_text=.
        csv-12521-08!H5764 area=16 nationality=NON_EU sex=F value=61560
        csv-12521-08!H3 period=2024-12-31 area=08 nationality=_T sex=_T measure=foreigners value=2188075
        csv-12521-08!H4 period=2024-12-31 area=09 nationality=_T sex=_T measure=foreigners value=2392900
        csv-12521-08!H5 period=2024-12-31 area=11 nationality=_T sex=_T measure=foreigners value=993295
        csv-12521-08!H6 period=2024-12-31 area=12 nationality=_T sex=_T measure=foreigners value=211470
        csv-12521-08!H849 area=15 nationality=145 sex=M value=None obs_status=Q conf_status=C value_text=.
        csv-12521-08!H5763 period=2024-12-31 area=01 nationality=NON_EU sex=F measure=foreigners value=118605
        csv-12521-13!G8 period=2024-12-31 area=01001 nationality=_T sex=_T value=18630
        csv-12521-13!I8 area=01001 nationality=154 sex=_T value=3085
        csv-12521-13!Q10 area=01001 nationality=152 sex=F value=395
        csv-12521-13!I1307 area=16077 nationality=166 sex=_T value=2935
        csv-12521-13!Q1309 area=16077 nationality=160 sex=F value=120
        """,
    ),
    RealFile(
        REPORT,
        "destatis",
        "auslaender_geburtsstaat",
        (115, 113, 0, 2),
        (1130, 791, 0, 339),
        """
        csv-12521-11!G2 period=2024-12-31 area=DE nationality=_T birth_country=_T measure=foreigners value=14061640
        csv-12521-11!I2 nationality=_T birth_country=DE value=1678420
        csv-12521-11!Q2 nationality=_T birth_country=152 value=787925
        csv-12521-11!R2 nationality=_T birth_country=_U value=824060
        csv-12521-11!M5 nationality=124 birth_country=238 value=825
        csv-12521-11!M114 nationality=CAND birth_country=DE value=517725
        csv-12521-11!R114 nationality=CAND birth_country=_U value=239260
        """,
    ),
    RealFile(
        REPORT,
        "destatis",
        "auslaender_alter",
        (9254, 9218, 0, 36),
        (40912, 13662, 0, 27250),
        """
        csv-12521-04!I2 period=2024-12-31 area=DE nationality=_T sex=_T age=_T measure=foreigners value=14061640
        csv-12521-04!I3 nationality=_T sex=_T age=Y_LT5 value=582250
        csv-12521-04!I1293 nationality=145 sex=M age=Y80T84 value=None obs_status=Q conf_status=C value_text=.
        csv-12521-04!I8815 nationality=NON_EU sex=F age=Y_GE65 value=411550
        csv-12521-12!F3 period=2024-12-31 area=01 nationality=_T sex=_T age=_T value=350665
        csv-12521-12!G3 area=01 sex=M age=_T value=183790
        csv-12521-12!I4 area=01001 nationality=EU sex=_T age=_T value=8020
        csv-12521-12!K4 area=01001 nationality=_T sex=_T age=Y_LT6 value=1240
        csv-12521-12!Q437 area=16077 nationality=_T sex=_T age=Y_GE65 value=365
        """,
    ),
    RealFile(
        REPORT,
        "destatis",
        "auslaender_geburtsort",
        (4748, 4746, 0, 2),
        (18984, 4746, 0, 14238),
        """
        csv-12521-05!I2 period=2024-12-31 area=DE nationality=_T birthplace=_T age=_T measure=foreigners value=14061640
        csv-12521-05!I16 nationality=_T birthplace=DE age=_T value=1678420
        csv-12521-05!I30 nationality=_T birthplace=ABROAD age=_T value=12383220
        csv-12521-05!I277 nationality=127 birthplace=DE age=Y35T39 value=None obs_status=Q conf_status=C value_text=.
        csv-12521-05!I4747 nationality=NON_EU birthplace=ABROAD age=Y_GE65 value=720575
        """,
    ),
    RealFile(
        REPORT,
        "destatis",
        "aufenthaltsdauer_alter",
        (665, 663, 0, 2),
        (1989, 663, 0, 1326),
        """
        csv-12521-06!H2 period=2024-12-31 area=DE sex=_T age=Y_LT5 duration_of_stay=_T measure=foreigners value=582250
        csv-12521-06!H6 sex=_T age=Y_LT5 duration_of_stay=Y6T7 value=None obs_status=M conf_status=F value_text=.
        csv-12521-06!H664 sex=F age=_T duration_of_stay=Y_GE40 value=651430
        """,
    ),
    RealFile(
        REPORT,
        "destatis",
        "aufenthaltsdauer_staat",
        (1471, 1469, 0, 2),
        (5876, 1469, 0, 4407),
        """
        csv-12521-07!H2 period=2024-12-31 area=DE nationality=_T duration_of_stay=_T measure=foreigners value=14061640
        csv-12521-07!H3 nationality=_T duration_of_stay=Y_LT1 value=922520
        csv-12521-07!H1339 nationality=450 duration_of_stay=Y35T39 value=None obs_status=Q conf_status=C value_text=.
        csv-12521-07!H1470 nationality=NON_EU duration_of_stay=Y_GE40 value=718620
        """,
    ),
    RealFile(
        REPORT,
        "destatis",
        "aufenthaltsstatus",
        (22324, 20816, 0, 1508),
        (63824, 20816, 0, 43008),
        """
        csv-12521-14!H2 period=2024-12-31 area=DE sex=_T residence_status=_T measure=foreigners value=14061640
        csv-12521-14!H3 area=DE sex=_T residence_status=EU_FREE_MOVEMENT value=5302860
        csv-12521-14!H164 area=01002 sex=M residence_status=EXEMPT value=None obs_status=Q value_text=.
        csv-12521-14!H16898 area=10 sex=_T residence_status=_T value=163935
        csv-12521-14!H16946 area=11 sex=_T residence_status=_T value=993295
        csv-12521-14!H20929 area=16077 sex=F residence_status=NONE_OTHER value=60
        csv-12521-09!H18 period=2024-12-31 area=DE nationality=EUR sex=_T residence_status=_T value=9620470
        csv-12521-09!H40 nationality=EU residence_status=TITLE_EDUCATION value=None obs_status=Q value_text=.
        csv-12521-09!H1393 nationality=NON_EU residence_status=NONE_OTHER value=537445
        """,
    ),
    RealFile(
        REPORT,
        "destatis",
        "auslaender_merkmale",
        (233, 224, 0, 9),
        (1344, 1344, 0, 0),
        """
        12521-10!B6 period=2024-12-31 area=DE nationality=_T measure=foreigners value=14061640
        12521-10!C7 nationality=EUR measure=average_age value=40.7 unit=YEARS
        12521-10!D85 nationality=246 measure=average_stay value=15.4
        12521-10!E47 nationality=147 measure=share_single value=None obs_status=U value_text=/
        12521-10!G42 nationality=123 measure=share_born_in_germany value=None obs_status=Q value_text=.
        12521-10!E227 nationality=998_999 measure=share_single value=65.9 unit=PERCENT
        12521-10!B229 nationality=CAND measure=foreigners value=3832725
        12521-10!F230 nationality=NON_EU measure=share_married value=40.6
        """,
    ),
    RealFile(
        REPORT,
        "destatis",
        "auslaender_bewegungen",
        (1425, 1327, 0, 98),
        (26428, 23662, 0, 2766),
        """
        csv-12521-15!G2 period=2024 area=DE sex=_T measure=stock_before value=13895865
        csv-12521-15!L2 area=DE sex=_T measure=moves_in value=None obs_status=Q value_text=.
        csv-12521-15!U5 area=01 sex=_T measure=net_moves value=-1235
        csv-12521-15!H8 area=01001 sex=_T measure=entries value=3860
        csv-12521-15!X1309 area=16077 sex=F measure=late_exits value=10
        csv-12521-16!H3 period=2024 area=DE nationality=EUR sex=_T measure=changes_of_nationality value=3285
        csv-12521-16!P18 nationality=145 measure=deaths value=None obs_status=Q value_text=.
        csv-12521-16!H114 nationality=NON_EU measure=changes_of_nationality value=-4560
        csv-12521-16!T114 nationality=NON_EU measure=stock value=9010415
        """,
    ),
]


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_file_is_read_whole(file: RealFile, read: Reader) -> None:
    assert_read_whole(file, read(file))


def test_laender_add_up_to_germany(read: Reader) -> None:
    (foreigners,) = (file for file in FILES if file.dataset == "auslaender")
    rows = read(foreigners).observations.to_pylist()
    by_area = {
        row["area"]: row["value"]
        for row in rows
        if row["sheet"] == "csv-12521-08" and row["nationality"] == row["sex"] == "_T"
    }
    assert len(by_area) == 17
    assert abs(by_area.pop("DE") - sum(by_area.values())) <= 2 * 17
