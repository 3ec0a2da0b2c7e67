"""Small areas of the city states: matrices of Berlin, profiles of the quarters of Hamburg."""

from __future__ import annotations

import pytest

from einklang.result import Verdict
from real.realfiles import Reader, RealFile, assert_read_whole

FILES = [
    RealFile(
        "berlin/EWR201212E_Matrix.csv",
        "be",
        "bevoelkerung_kleinraeumig",
        (448, 447, 0, 1),
        (21903, 18774, 0, 3129),
        """
        H2 period=2012-12-31 area=01011101 age=_T sex=_T measure=population value=2930 area_level=planungsraum
        I2 area=01011101 age=_T sex=M value=1493
        AY2 area=01011101 age=Y_GE80 sex=_T value=131
        K3 area=01011102 age=Y_LT1 sex=_T value=0 obs_status=A conf_status=C value_text=0,00
        AD200 area=05040934 age=Y45T49 value=319
        AR448 area=12304314 age=Y1T5 value=299
        AP448 area=12304314 age=Y_GE95 value=12
        """,
    ),
    RealFile(
        "berlin/EWR202012E_Matrix.csv",
        "be",
        "bevoelkerung_kleinraeumig",
        (449, 448, 0, 1),
        (21952, 18816, 0, 3136),
        """
        H2 period=2020-12-31 area=01011101 age=_T sex=_T measure=population value=3419
        I2 area=01011101 age=_T sex=M value=1796
        AY2 area=01011101 age=Y_GE80 value=216
        K3 area=01011102 age=Y_LT1 value=0 conf_status=C value_text=0
        AD200 area=05040934 age=Y45T49 value=150
        AR449 area=12304314 age=Y1T5 value=368
        H449 area=12304314 age=_T sex=_T value=9665
        """,
    ),
    RealFile(
        "hamburg/Daten_fuer_die_Stadtteilprofile_2014.xlsx",
        "hh",
        "stadtteilprofile",
        (111, 107, 0, 4),
        (7276, 7276, 0, 0),
        """
        Stadtteilprofile_2014!B5 period=2014 area=HH_1_HAMBURG_ALTSTADT measure=population value=1675
        Stadtteilprofile_2014!AC5 area=HH_1_HAMBURG_ALTSTADT measure=net_moves value=-23
        Stadtteilprofile_2014!BD5 measure=price_of_land value=None obs_status=Q conf_status=C value_text=.
        Stadtteilprofile_2014!BQ5 measure=car_density value=276.4 unit=PER_THOUSAND
        Stadtteilprofile_2014!AH6 area=HH_1_HAFENCITY measure=unemployed_young value=0 obs_status=A
        Stadtteilprofile_2014!H17 area=HH_1_VEDDEL measure=share_foreigners value=44.9 unit=PERCENT
        Stadtteilprofile_2014!B58 area=HH_5_WANDSBEK measure=population value=33388
        Stadtteilprofile_2014!B89 area=HH_7_HARBURG area_level=stadtteil value=22674
        Stadtteilprofile_2014!G104 area=HH_1 measure=foreigners value=74998 area_level=bezirk
        Stadtteilprofile_2014!U108 area=HH_5 measure=land_area value=147.544918 unit=SQKM
        Stadtteilprofile_2014!B110 area=HH_7 measure=population value=155548
        Stadtteilprofile_2014!B111 area=02 measure=population value=1788994
        Stadtteilprofile_2014!BQ111 area=02 measure=car_density value=340.7
        """,
        ("IM-VAL-005",),
        Verdict.ACCEPTED_WITH_NOTES,
    ),
]


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_file_is_read_whole(file: RealFile, read: Reader) -> None:
    assert_read_whole(file, read(file))


@pytest.mark.parametrize(("file", "total"), [(FILES[0], 3469621), (FILES[1], 3769962)], ids=["2012", "2020"])
def test_planning_areas_add_up_to_the_city(file: RealFile, total: int, read: Reader) -> None:
    frame = read(file).observations.to_pandas()
    assert frame.loc[(frame["age"] == "_T") & (frame["sex"] == "_T"), "value"].sum() == total
