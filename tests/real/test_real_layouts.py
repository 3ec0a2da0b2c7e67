"""Real files of many layouts: read by profile only, every row and cell accounted for, figures as people read them."""

from __future__ import annotations

import pytest
from builders import sending

from einklang.check import check
from einklang.project import Project
from einklang.result import Verdict
from real.realfiles import REAL, Reader, RealFile, assert_read_whole

FILES = [
    RealFile(
        "regionalstatistik/13211-02-05-4.csv",
        "regio",
        "arbeitslose",
        (551, 488, 0, 63),
        (6344, 1952, 0, 4392),
        """
        D10 period=2025 area=DE citizenship=_T measure=unemployed value=2948092
        E10 period=2025 area=DE citizenship=FOREIGN measure=unemployed value=1081475
        L10 period=2025 area=DE citizenship=_T measure=unemployment_rate value=6.3
        O10 period=2025 area=DE citizenship=FOREIGN measure=unemployment_rate value=14.8
        D11 period=2025 area=01 citizenship=_T measure=unemployed value=95886
        D34 period=2025 area=03152 citizenship=_T measure=unemployed value=None obs_status=M value_text=-
        D41 period=2025 area=03159 citizenship=_T measure=unemployed value=11643
        O83 period=2025 area=04012 citizenship=FOREIGN measure=unemployment_rate value=25.3
        E105 period=2025 area=05334 citizenship=FOREIGN measure=unemployed value=9164
        D376 period=2025 area=11 citizenship=_T measure=unemployed value=218315
        L416 period=2025 area=13052 citizenship=_T measure=unemployment_rate value=None obs_status=M value_text=-
        D530 period=2025 area=16056 citizenship=_T measure=unemployed value=None obs_status=M value_text=-
        O547 period=2025 area=16077 citizenship=FOREIGN measure=unemployment_rate value=36.9
        """,
    ),
    RealFile(
        "nrw/2024_12521-03i.csv",
        "nw",
        "auslaender",
        (13493, 12376, 0, 1117),
        (37128, 37128, 0, 0),
        """
        F9 period=2024-12-31 area=05 nationality=EUR sex=_T measure=foreigners value=2228230
        F10 period=2024-12-31 area=05 nationality=121 sex=_T measure=foreigners value=33330
        F12 period=2024-12-31 area=05 nationality=123 sex=_T measure=foreigners value=5
        G12 period=2024-12-31 area=05 nationality=123 sex=M measure=foreigners value=0 obs_status=N value_text=-
        H52 period=2024-12-31 area=05 nationality=163 sex=F measure=foreigners value=238945
        F203 period=2024-12-31 area=05 nationality=475 sex=_T measure=foreigners value=287940
        F226 period=2024-12-31 area=05 nationality=OTH sex=_T measure=foreigners value=26790
        G227 period=2024-12-31 area=05 nationality=997 sex=M measure=foreigners value=4025
        G618 period=2024-12-31 area=05111 nationality=438 sex=M measure=foreigners value=1925
        G13269 period=2024-12-31 area=05978 nationality=EUR sex=M measure=foreigners value=22040
        H13489 period=2024-12-31 area=05978 nationality=999 sex=F measure=foreigners value=5
        """,
    ),
    RealFile(
        "regionalstatistik/21111-02-06-4.csv",
        "regio",
        "schulabgaenge",
        (551, 488, 0, 63),
        (6832, 6832, 0, 0),
        """
        D10 period=2023 area=DE certificate=_T sex=_T measure=leavers value=782423
        E10 area=DE certificate=_T sex=F value=381434
        M10 area=DE certificate=FHR_SCHOOL sex=F value=11348
        N10 area=DE certificate=FHR sex=_T value=802
        Q10 area=DE certificate=AHR sex=F value=141594
        N28 area=03 certificate=FHR sex=_T value=None obs_status=Q conf_status=C value_text=.
        D34 area=03152 value=None obs_status=M value_text=-
        L433 area=14 certificate=FHR_SCHOOL sex=_T value=None obs_status=M value_text=x
        L547 area=16077 certificate=FHR_SCHOOL sex=_T value=4
        Q547 area=16077 certificate=AHR sex=F value=96
        """,
    ),
    RealFile(
        "regionalstatistik/22541-01-01-4.csv",
        "regio",
        "kindertageseinrichtungen",
        (549, 488, 0, 61),
        (5368, 5368, 0, 0),
        """
        D8 period=2002-12-31 area=DE measure=facilities kind=_T value=48017
        F8 area=DE measure=facilities kind=AFTER_SCHOOL value=3494
        I8 area=DE measure=places kind=_T value=3142497
        J8 area=DE measure=places kind=CRECHE value=190914
        M8 area=DE measure=staff kind=_T value=379723
        N8 area=DE measure=staff kind=KINDERGARTEN value=197399
        D39 area=03159 value=None obs_status=M value_text=-
        F545 area=16077 measure=facilities kind=AFTER_SCHOOL value=0 obs_status=A value_text=-
        N545 area=16077 measure=staff kind=KINDERGARTEN value=44
        """,
    ),
    RealFile(
        "regionalstatistik/82411-01-03-4.csv",
        "regio",
        "einkommen",
        (550, 488, 0, 62),
        (976, 976, 0, 0),
        """
        D8 period=2021 area=DE measure=disposable_income value=2031201000000 unit=EUR
        E8 area=DE measure=income_per_inhabitant value=24415 unit=EUR
        D9 area=01 measure=disposable_income value=72583880000
        D32 area=03152 value=None obs_status=M value_text=-
        D528 area=16056 measure=disposable_income value=887590000 area_version=2018-12-31
        E545 area=16077 measure=income_per_inhabitant value=22159
        """,
    ),
    RealFile(
        "regionalstatistik/12411-02-03-4_2023_nrw_extract.csv",
        "regio",
        "bevoelkerung",
        (315, 275, 0, 40),
        (825, 825, 0, 0),
        """
        E7 period=2023-12-31 area=05 age=Y6T9 sex=_T measure=population value=701409
        G7 area=05 age=Y6T9 sex=F value=341531
        E11 area=05 age=_T sex=_T value=18017520
        E122 area=05354 age=Y6T9 value=None obs_status=M value_text=-
        F310 area=05978 age=Y18T19 sex=M value=4018
        G311 area=05978 age=_T sex=F value=202159
        """,
    ),
    RealFile(
        "nrw/2024_22811-05i.csv",
        "nw",
        "mindestsicherung",
        (447, 54, 0, 393),
        (432, 378, 0, 54),
        """
        D10 period=2024 area=05 benefit=SGB2 measure=recipients value=1557269
        E10 area=05 benefit=_T value=1997154
        G10 area=05 benefit=SGB12_3 value=30280
        H10 area=05 benefit=SGB12_4 value=321050
        I10 area=05 benefit=SGB12_4_AGE value=195965
        K10 area=05 benefit=ASYLBLG value=88555
        E12 area=05111 benefit=_T value=68098
        K432 area=05978 benefit=ASYLBLG value=1400
        """,
    ),
    RealFile(
        "nrw/2024_12411-15i.csv",
        "nw",
        "bevoelkerung",
        (453, 56, 0, 397),
        (168, 168, 0, 0),
        """
        D6 period=2024-12-31 area=05 measure=population value=18034454 unit=PERSONS
        E6 area=05 measure=land_area value=34112.44 unit=SQKM
        F6 area=05 measure=density value=528.7 unit=PERSONS_PER_SQKM
        F8 area=05111 measure=density value=2845.7
        D439 area=05978 measure=population value=393784
        F439 area=05978 measure=density value=724.9
        """,
    ),
    RealFile(
        "nrw/2024_22542-06i.csv",
        "nw",
        "jugendhilfe",
        (72, 56, 0, 16),
        (728, 728, 0, 0),
        """
        D9 period=2024 area=05 legal_basis=SGB8_13 measure=groups value=151
        P9 area=05 legal_basis=BGB_1631B value=10
        D27 area=05313 legal_basis=SGB8_13 value=None obs_status=M value_text=x
        D69 area=05978 legal_basis=SGB8_13 value=2
        P69 area=05978 legal_basis=BGB_1631B value=0 value_text=-
        """,
    ),
    RealFile(
        "destatis/1000A-2022.ffcsv",
        "destatis",
        "zensus",
        (1004, 782, 0, 222),
        (11730, 782, 0, 10948),
        """
        R2 period=2022-05-15 area=DE age=Y60T69 immigration_history=_T measure=population value=11059795
        R25 area=DE age=_T immigration_history=_T value=82719540
        R1004 area=12 age=Y10T19 immigration_history=DESCENDANT value=7255
        """,
    ),
    RealFile(
        "destatis/12211-0001.ffcsv",
        "destatis",
        "mikrozensus",
        (226, 225, 0, 1),
        (3150, 225, 0, 2925),
        """
        R2 period=2024 area=DE sex=_T age=Y30T34 migration_status=_T measure=employed value=4543000 unit=PERSONS
        R7 sex=M age=Y_LT15 measure=employed value=None obs_status=M value_text=x
        R125 sex=F age=Y70T74 measure=unemployed_ilo value=None obs_status=U value_text=/
        R226 sex=_T age=Y70T74 measure=inactive value=3951000
        """,
    ),
    RealFile(
        "destatis/12211-0200_de_flat.csv",
        "destatis",
        "mikrozensus",
        (193, 192, 0, 1),
        (3264, 192, 0, 3072),
        """
        V2 period=2024 area=DE sex=F age=Y_GE65 migration_status=MH_FOREIGN_XOWN measure=population value=14000
        V53 sex=_T age=_T migration_status=MH value=25164000
        V193 sex=_T age=Y25T34 migration_status=MH value=3915000
        """,
    ),
    RealFile(
        "destatis/12411-01-01-4.ffcsv",
        "destatis",
        "bevoelkerung",
        (1468, 1422, 0, 46),
        (17064, 1422, 0, 15642),
        """
        N2 period=2024-12-31 area=08222 sex=F age=_T measure=population value=158789
        N9 area=14263 sex=F value=None obs_status=M value_text=-
        N740 area=11 sex=_T value=3685265
        N1011 area=02 sex=_T value=1862565
        N1468 area=05113 sex=_T value=574682
        """,
    ),
    RealFile(
        "destatis/12411-0018.csv",
        "destatis",
        "bevoelkerung",
        (2417, 2407, 0, 10),
        (81838, 81838, 0, 0),
        """
        D7 period=2015-12-31 area=01001 sex=M age=Y_LT3 measure=population value=1143
        AK7 period=2015-12-31 area=01001 sex=F age=Y_GE75 value=5413
        D2413 period=2020-12-31 area=16077 sex=M age=Y_LT3 value=907
        AK2413 period=2020-12-31 area=16077 sex=F age=Y_GE75 value=8785
        """,
    ),
    RealFile(
        "destatis/12531-0043.ffcsv.gz",
        "destatis",
        "schutzsuchende",
        (116739, 116738, 0, 1),
        (2101284, 116738, 0, 1984546),
        """
        V2 period=2024-12-31 area=05166 protection_status=RECOGNISED_PERMANENT sex=M nationality=144 value=10
        V49 area=05962 protection_status=RECOGNISED_TEMPORARY_OTHER sex=M nationality=998 value=5
        V323 area=11 protection_status=OPEN sex=F nationality=170 value=65
        V116739 area=09271 protection_status=RECOGNISED sex=M nationality=421 value=5
        """,
    ),
    RealFile(
        "destatis/ausgaben_21711-01.csv",
        "destatis",
        "schulausgaben",
        (137, 136, 0, 1),
        (272, 136, 0, 136),
        """
        G2 period=2023 area=08 school_type=GENERAL school_subtype=_T value=10000 unit=EUR obs_status=A
        G18 area=DE school_type=GENERAL school_subtype=_T value=10500
        G36 area=08 school_type=VOCATIONAL school_subtype=VOCATIONAL_DUAL value=4200
        G137 period=2024 area=DE school_type=_T school_subtype=_T value=10500 obs_status=P
        """,
    ),
    RealFile(
        "bayern/Famst_BY_21_BY.xlsx",
        "by",
        "familienstand",
        (118, 89, 0, 29),
        (1335, 1335, 0, 0),
        """
        Famst_BY!B8 period=2021-12-31 area=09 age=Y_LT1 sex=_T marital_status=_T measure=population value=133995
        Famst_BY!D8 age=Y_LT1 sex=_T marital_status=MARRIED value=0 value_text=-
        Famst_BY!P95 age=Y_GE95 sex=F marital_status=DIVORCED value=1035
        Famst_BY!B96 age=_T sex=_T marital_status=_T value=13176989
        Famst_BY!G96 age=_T sex=M marital_status=_T value=6532222
        """,
    ),
    RealFile(
        "bayern/Famst_BY_10_BY.xlsx",
        "by",
        "familienstand",
        (118, 89, 0, 29),
        (1335, 1335, 0, 0),
        """
        Famst_BY!B8 period=2010-12-31 area=09 age=Y_LT1 sex=_T marital_status=_T measure=population value=106070
        Famst_BY!P96 age=_T sex=F marital_status=DIVORCED value=531455
        """,
    ),
    RealFile(
        "bw/Bevoelkerung_2010.csv",
        "bw",
        "bevoelkerung",
        (20719, 810, 0, 19909),
        (4050, 2430, 0, 1620),
        """
        E2 period=2010-12-31 area=08 age=Y_LT3 sex=_T measure=population value=274527
        G3 area=08 age=Y3T5 sex=F value=138237
        E19 area=08 age=_T sex=_T value=10753880
        F20269 area=08437 age=_T sex=M value=64746
        """,
    ),
    RealFile(
        "ba/2015_arbeitslose_insgesamt_nachaltersgruppe.csv",
        "ba",
        "arbeitslose_merkmale",
        (18, 4, 0, 14),
        (8, 8, 0, 0),
        """
        B11 period=2015 area=DE citizenship=_T sex=_T age=Y_LT25 measure=unemployed value=238547
        C12 age=Y25T54 measure=share value=71
        B14 age=_U measure=unemployed value=114
        """,
    ),
    RealFile(
        "ba/arbeitslose_auslaender_nachgeschlecht_zeitreihe.csv",
        "ba",
        "arbeitslose_merkmale",
        (24, 10, 0, 14),
        (30, 30, 0, 0),
        """
        B11 period=2015 area=DE citizenship=FOREIGN sex=F age=_T measure=unemployed value=271816
        D20 period=2024 citizenship=FOREIGN sex=_T value=1040908
        """,
    ),
    RealFile(
        "ba/beschaeftigungsquoteregional_2021_Syria.csv",
        "ba",
        "beschaeftigung",
        (17, 16, 0, 1),
        (16, 16, 0, 0),
        """
        B2 period=2021 area=08 nationality=475 measure=employment_rate value=41.1
        B17 area=16 value=35.4
        """,
    ),
]


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_file_is_read_whole(file: RealFile, read: Reader) -> None:
    assert_read_whole(file, read(file))


def test_every_nationality_of_the_land_is_there(read: Reader) -> None:
    (foreigners,) = (file for file in FILES if file.path == "nrw/2024_12521-03i.csv")
    rows = read(foreigners).observations.to_pylist()
    states = {row["nationality"] for row in rows if row["area"] == "05"}
    assert len(states) == 12376 // 56


def test_an_export_of_0_bytes_is_refused(project: Project) -> None:
    result = check(
        sending("ba", "beschaeftigung", REAL / "ba/inintegration_auslaender_gesamt_EMPTY.csv"), project
    ).result
    assert [finding.rule for finding in result.findings] == ["IM-FIL-001"]
    assert result.verdict is Verdict.REJECTED
