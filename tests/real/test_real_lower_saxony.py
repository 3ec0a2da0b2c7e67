"""Real files of the office of Lower Saxony, among them its working workbooks: read by profile only."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from builders import counts, project_with, read_in_file, sending

from einklang.check import check
from einklang.project import Project
from einklang.result import Verdict
from real.realfiles import REAL, Reader, RealFile, assert_read_whole

FILES = [
    RealFile(
        "niedersachsen/Z9200001.xml",
        "ni",
        "steuereinnahmen",
        (60, 42, 0, 18),
        (294, 279, 0, 15),
        """
        Z9200001!B16 period=1983 area=03254026 measure=inhabitants value=12215 unit=PERSONS area_level=gemeinde
        Z9200001!C16 period=1983 area=03254026 measure=tax_revenue value=325.4 unit=EUR obs_status=A
        Z9200001!G16 period=1983 measure=income_tax_share value=182.14
        Z9200001!H31 period=1998 measure=vat_share value=12.04
        Z9200001!D33 period=2000 measure=property_tax_a value=10.94
        Z9200001!C48 period=2015 measure=tax_revenue value=1156.33
        Z9200001!F48 period=2015 measure=trade_tax value=549.02
        Z9200001!B57 period=2024 measure=inhabitants value=11913
        Z9200001!E57 period=2024 measure=property_tax_b value=162.89
        Z9200001!H57 period=2024 measure=vat_share value=37.38
        """,
    ),
    RealFile(
        "niedersachsen/2020_3-1-1.xlsx",
        "destatis",
        "betreuungsquoten",
        (272, 147, 0, 125),
        (502, 502, 0, 0),
        """
        3.1.1_Download!D11 period=2009-03-01 area=03 age=Y_LT3 migration_status=_T value=11.9 unit=PERCENT
        3.1.1_Download!H16 period=2011-03-01 area=DE age=Y_LT3 migration_status=XMH value=30.1 value_text=30,058
        3.1.1_Download!I28 period=2017-03-01 area=DE age=Y3T5 migration_status=XMH value=98
        2014!B11 period=2014-03-01 area=08 age=Y_LT6 migration_status=MH value=59
        2014!G14 period=2014-03-01 area=03 age=Y3T5 migration_status=XMH value=103
        2014!D36 period=2015-03-01 area=07 age=Y3T5 migration_status=MH value=107
        2014!G39 period=2015-03-01 area=DE_E_BE age=Y3T5 migration_status=XMH value=100
        2015!B10 period=2014-03-01 area=08 age=Y_LT3 migration_status=_T value=27.7
        2015!C57 period=2015-03-01 area=DE_E_BE age=Y3T5 value=96.6
        2018!B25 period=2018-03-01 area=DE_W_XBE age=Y_LT3 value=29.4
        2018!F43 period=2018-03-01 area=DE age=Y_LT3 migration_status=XMH value=41
        2019!B9 period=2019-03-01 area=03 age=Y_LT6 migration_status=MH value=45
        2019!G10 area=DE age=Y3T5 migration_status=XMH value=100
        2019!B27 area=02 age=Y_LT3 value=46.6
        2020!B10 period=2020-03-01 area=08 age=Y_LT3 migration_status=_T value=30
        2020!C28 area=DE_E_BE age=Y3T5 value=94.3
        2020!G49 area=DE_E_BE age=Y3T5 migration_status=XMH value=100
        """,
        ("IM-VAL-005",),
        Verdict.ACCEPTED_WITH_NOTES,
    ),
    RealFile(
        "niedersachsen/2020_4-1-4.xlsx",
        "ni",
        "schulabgaenge_schulform",
        (1167, 719, 1, 447),
        (8640, 3839, 1, 4800),
        """
        2020_4-1-4_Rohdaten!B12 period=2019/20 area=03 school_form=HAUPTSCHULE certificate=AHR value=0 value_text=-
        2020_4-1-4_Rohdaten!B14 school_form=HAUPTSCHULE certificate=MSA citizenship=_T sex=_T measure=leavers value=1817
        2020_4-1-4_Rohdaten!E149 school_form=SPECIAL_MENTAL citizenship=FOREIGN sex=F value=42
        2020_4-1-4_Rohdaten!B180 school_form=_T certificate=AHR citizenship=_T value=5198
        2020_4-1-4_Rohdaten!E188 school_form=_T certificate=_T citizenship=FOREIGN sex=F value=2800
        2019_B6_Rohdaten!C44 period=2018/19 school_form=OBERSCHULE certificate=_T citizenship=_T sex=F value=7998
        2018_B6_Rohdaten!B14 period=2017/18 school_form=HAUPTSCHULE certificate=MSA citizenship=_T sex=_T value=2423
        2018_B6_Rohdaten!D42 school_form=OBERSCHULE certificate=NONE citizenship=FOREIGN sex=_T value=427
        2016_B6_Rohdaten!B32 period=2016/17 school_form=REALSCHULE certificate=_T value=16032
        2015_B6_Rohdaten!B38 period=2015/16 school_form=OBERSCHULE certificate=MSA value=335
        2015_B6_Rohdaten!J38 period=2014/15 school_form=OBERSCHULE certificate=MSA value=0 value_text=-
        2015_B6_Rohdaten!M14 period=2014/15 school_form=HAUPTSCHULE citizenship=FOREIGN sex=F value=370
        2013_B6_Rohdaten!B11 period=2012/13 certificate=AHR citizenship=_T sex=_T value=0 obs_status=A value_text=0
        2013_B6_Rohdaten!E13 period=2013/14 certificate=MSA citizenship=_T sex=F value=2908
        2013_B6_Rohdaten!H13 period=2012/13 certificate=MSA citizenship=FOREIGN sex=_T value=743
        2013_B6_Rohdaten!D187 period=2013/14 school_form=_T certificate=_T citizenship=_T sex=_T value=87284
        2013_B6_Rohdaten!K187 period=2013/14 citizenship=FOREIGN sex=F value=2583
        """,
        ("IM-FIL-008", "IM-STA-001"),
        Verdict.REJECTED,
    ),
    RealFile(
        "niedersachsen/2020_4-1-4.xlsx",
        "ni",
        "schulabgaenge_staatsangehoerigkeit",
        (105, 84, 0, 21),
        (252, 252, 0, 0),
        """
        2020_4-1-4_Download!D11 period=2020 area=03 certificate=AHR citizenship=_T value=5198 unit=PERSONS
        2020_4-1-4_Download!F15 period=2020 certificate=SPECIAL citizenship=FOREIGN value=304
        2020_4-1-4_Download!E17 period=2020 certificate=_T citizenship=DE value=51375
        2020_4-1-4_Download!D45 period=2016 certificate=_T citizenship=_T value=84155
        2020_4-1-4_Download!D80 period=2011 certificate=_T citizenship=_T value=102741
        2020_4-1-4_Download!D88 period=2005 certificate=AHR citizenship=_T value=20073
        2020_4-1-4_Download!F94 period=2005 certificate=_T citizenship=FOREIGN value=6422
        """,
        ("IM-FIL-008",),
        Verdict.ACCEPTED_WITH_NOTES,
    ),
    RealFile(
        "niedersachsen/2020_2-3-4.xlsx",
        "ni",
        "einbuergerungen_staatsangehoerigkeit",
        (32, 28, 0, 4),
        (476, 448, 0, 28),
        """
        2020_2-3-4_Rohdaten!C3 period=2005 area=03 nationality=EUR measure=naturalisations value=7178
        2020_2-3-4_Rohdaten!C4 period=2005 nationality=134 value=71
        2020_2-3-4_Rohdaten!C6 period=2005 nationality=150 value=None obs_status=M value_text=x
        2020_2-3-4_Rohdaten!G6 period=2009 nationality=150 value=34
        2020_2-3-4_Rohdaten!C10 period=2005 nationality=132_133_170 value=1630
        2020_2-3-4_Rohdaten!R14 period=2020 nationality=EU value=2376
        2020_2-3-4_Rohdaten!R19 period=2020 nationality=423 value=184
        2020_2-3-4_Rohdaten!R25 period=2020 nationality=475 value=1414
        2020_2-3-4_Rohdaten!L27 period=2014 nationality=OCE value=0 obs_status=A value_text=0
        2020_2-3-4_Rohdaten!R28 period=2020 nationality=OTH value=171
        2020_2-3-4_Rohdaten!R29 period=2020 nationality=997 value=146
        2020_2-3-4_Rohdaten!C30 period=2005 nationality=_T value=10886
        2020_2-3-4_Rohdaten!R30 period=2020 nationality=_T value=8878
        """,
        ("IM-AGG-001",),
        Verdict.REJECTED,
    ),
]
TAXES, CARE_RATES, LEAVERS, LEAVERS_SERIES, NATURALISATIONS = FILES


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_file_is_read_whole(file: RealFile, read: Reader) -> None:
    assert_read_whole(file, read(file))


def test_municipal_share_of_vat_begins_in_1998(read: Reader) -> None:
    """The signs `-` of the years before stand for no figure, and for no zero."""
    table = read(TAXES).observations.to_pylist()
    periods = [row["period"] for row in table if row["measure"] == "vat_share"]
    assert (min(periods), len(periods)) == ("1998", 27)


def test_two_figures_of_the_series_are_not_those_of_the_tables(project: Project) -> None:
    """Where the sheet of the series is read whole, its copying mistakes of 2018 are found (60 for 41, 100 for 99)."""
    file = CARE_RATES
    (declared,) = project.profiles_of(file.supplier, file.dataset)
    parts = [*declared.parts[:-1], declared.parts[-1].model_copy(update={"rows_not_data": []})]
    whole = declared.model_copy(update={"parts": parts})
    found = read_in_file(REAL / file.path, project_with(project, whole), whole).result.findings
    (contradiction,) = [one for one in found if one.rule == "IM-KEY-001"]
    cells = {(place.sheet, place.cell, place.raw) for place in contradiction.places}
    series = {("3.1.1_Download", "H30", "60"), ("3.1.1_Download", "I30", "100")}
    assert cells == {("2018", "F43", "41"), ("2018", "G43", "99"), *series}


def test_one_blank_cell_keeps_the_leavers_back(project: Project, read: Reader, tmp_path: Path) -> None:
    """With the zero that the cell lacks, the workbook is accepted: every sum over certificates and forms is right."""
    (blank,) = [one for one in read(LEAVERS).result.findings if one.rule == "IM-STA-001"]
    assert [(place.sheet, place.cell) for place in blank.places] == [("2013_B6_Rohdaten", "K41")]
    book = openpyxl.load_workbook(REAL / LEAVERS.path, data_only=True, keep_links=False)
    book["2013_B6_Rohdaten"]["K41"] = 0
    book.save(tmp_path / "mended.xlsx")
    result = check(sending(LEAVERS.supplier, LEAVERS.dataset, tmp_path / "mended.xlsx"), project).result
    assert (result.verdict, result.findings, counts(result.cells)) == (Verdict.ACCEPTED, [], (8640, 3840, 0, 4800))


def test_continents_of_2019_are_one_short_of_the_total(read: Reader) -> None:
    """A mistake of the workbook itself: 6,722 + 661 + 288 + 3,120 + 3 + 137 are 10,931; the total says 10,932."""
    (found,) = read(NATURALISATIONS).result.findings
    assert {place.cell for place in found.places} == {"Q30", "Q3", "Q15", "Q17", "Q18", "Q27", "Q28"}


def test_series_of_leavers_repeats_the_sheets_of_the_years(read: Reader) -> None:
    """Certificate by certificate, for all and for foreigners; the two certificates of special schools are one there."""
    years: dict[tuple[str, str, str], float] = {}
    for row in read(LEAVERS).observations.to_pylist():
        if (row["school_form"], row["sex"]) == ("_T", "_T"):
            year = str(int(row["period"][:4]) + 1)
            certificate = "SPECIAL" if row["certificate"].startswith("SPECIAL") else row["certificate"]
            key = (year, certificate, row["citizenship"])
            years[key] = years.get(key, 0) + row["value"]
    series = {
        (row["period"], row["certificate"], row["citizenship"]): row["value"]
        for row in read(LEAVERS_SERIES).observations.to_pylist()
    }
    both = years.keys() & series.keys()
    assert len(both) == 7 * 2 * len({year for year, _, _ in both})
    assert {key: (years[key], series[key]) for key in both if years[key] != series[key]} == {}
