"""The raw microcensus workbook of one Land, all 49 sheets: figures below the publication limit without a sign.

Nothing in it is ready for publication, so nothing is accepted as it stands; what is tested is that every figure is
read, bears the right labels, and is accepted or kept back for the right reason.
"""

from __future__ import annotations

import re
from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import python_calamine as calamine

from einklang.check import Checked
from einklang.result import Verdict
from real.realfiles import REAL, Reader, RealFile, assert_read_whole

RAW = "niedersachsen/mz_fachserie_2019_ni_roh.xlsx"
PERSONS = RealFile(
    RAW,
    "destatis",
    "mikrozensus_migration",
    (6751, 722, 5312, 717),
    (93898, 45939, 43905, 4054),
    """
    Tab1_1!B10 period=2019 sex=_T characteristic=T1_1 breakdown=_T within=_T migration_status=_T value=7844543
    Tab1_1!Z10 period=2018 characteristic=T1_1 value=7823525
    Tab1_1!Z241 period=2018 characteristic=T1_1_48 value=None obs_status=M
    Tab1_1!I10 migration_status=MH_NARROW citizenship=_T value=1647874
    Tab1_1!G34 breakdown=MARITAL characteristic=T4_6 migration_status=MH_OWN citizenship=FOREIGN
    Tab1_1!B98 breakdown=MUNICIPALITY_SIZE characteristic=T1_1_26 value=251675
    Tab1_1!B121 breakdown=VOCATIONAL within=T9_11 characteristic=T9_14 value=65903
    Tab1_1!B125 within=T9_12 characteristic=T9_14 value=64263
    Tab1_1!B128 within=_T characteristic=T9_13 value=64176
    Tab1_1!C152 breakdown=HOUSEHOLDS characteristic=T10_8 migration_status=XMH value=None obs_status=M
    Tab1_1!B156 breakdown=FAMILIES within=T12_4 characteristic=T1_1_45 value=1527159
    Tab1_1!B164 within=T12_12 characteristic=T1_1_45 value=1893597
    Tab1_1!B241 breakdown=HEALTH characteristic=T1_1_48 value=368119
    Tab1_2!C8 period=2005 sex=_T characteristic=T1_2 migration_status=_T measure=persons value=8000122 unit=PERSONS
    Tab1_2!K52 period=2019 sex=F migration_status=MH_NARROW_XOWN citizenship=FOREIGN value=51233
    Tab1_3!C13 period=2010 sex=_T characteristic=T1_3 value=7835811
    Tab2I!B7 period=2019 area=03 sex=_T characteristic=T2 breakdown=STATUS migration_status=_T value=7844543
    Tab2I!AB7 characteristic=T2_27 measure=average_years value=44.3 unit=YEARS
    Tab2W!B11 sex=F migration_status=MH_OWN citizenship=FOREIGN german_by=_T parents=_T value=299387
    Tab2W!B13 migration_status=MH_OWN citizenship=DE german_by=REPATRIATE value=146561
    Tab2W!C13 characteristic=T2_2 german_by=REPATRIATE value=0 value_text= obs_status=A
    Tab2W!B20 migration_status=MH_XOWN citizenship=FOREIGN german_by=_T value=51233
    Tab2W!B25 migration_status=MH_XOWN citizenship=DE german_by=BIRTH parents=BOTH value=100450
    Tab2W!B29 migration_status=MH_NARROW_XOWN citizenship=_T german_by=_T parents=_T value=240351
    Tab2W!B55 breakdown=BIRTH migration_status=MH citizenship=_T country=163 value=91919
    Tab2W!B115 breakdown=BIRTH migration_status=MH_OWN country=ASI_NME value=130005
    Tab2W!B142 breakdown=DURATION migration_status=MH_OWN country=_T duration=Y_GE30 value=126514
    Tab3M!B6 sex=M characteristic=T3 breakdown=_T migration_status=MH_OWN value=583626
    Tab3M!S6 characteristic=T3_18 measure=average_years value=19.6
    Tab4I!E11 characteristic=T4_4 value=2719253
    Tab4I!G11 characteristic=T4_6 value=335718
    Tab5I!B7 area=DE characteristic=T5 value=81848428
    Tab5I!C8 area=DE_W_BE migration_status=XMH value=49286547
    Tab5I!T8 area=16 migration_status=XMH value=1938468
    Tab6_1!K10 sex=F characteristic=T6_1_2 migration_status=MH value=74434
    Tab6_2!B8 characteristic=T6_2 breakdown=FIRST_FOREIGN citizenship=DE country=EUR value=110809
    Tab7_1!B8 characteristic=T7_1 breakdown=CITIZENSHIP_BEFORE citizenship=DE german_by=NATURALISATION value=149989
    Tab8W!E7 characteristic=T8_4 value=3160953
    Tab9I!Q8 characteristic=T9_16 value=783553
    Tab10I!I24 characteristic=T10_8 migration_status=MH_XOWN citizenship=DE value=None obs_status=M
    Tab10I!B139 breakdown=AGE migration_status=_T age=Y_LT6 value=436205
    Tab12M!R9 sex=M characteristic=T12_17 value=67101
    Tab15I!L8 characteristic=T15_11 value=28303
    Tab16I!AA8 characteristic=T16_26 measure=average_income value=2042 unit=EUR
    Tab17I!B7 characteristic=T17 value=4016599
    Tab19I!K8 characteristic=T19_10 breakdown=_T value=113971
    """,
    ("IM-AGG-001", "IM-COD-001", "IM-STA-005", "IM-STA-006"),
    Verdict.REJECTED,
)
RATES = RealFile(
    RAW,
    "destatis",
    "armutsgefaehrdung",
    (579, 531, 0, 48),
    (11151, 11151, 0, 0),
    """
    Tab14I!B9 period=2019 area=03 sex=_T characteristic=T14 measure=at_risk_of_poverty_rate value=17.1 unit=PERCENT
    Tab14I!B20 migration_status=MH_OWN citizenship=DE parents=ONE value=None value_text=-9 obs_status=U
    Tab14I!T20 characteristic=T14_19 value=None value_text= obs_status=M
    Tab14W!B12 sex=F migration_status=MH_OWN value=34.8
    """,
    ("IM-VAL-005",),
    Verdict.ACCEPTED_WITH_NOTES,
)
HOUSEHOLDS = RealFile(
    RAW,
    "destatis",
    "mikrozensus_haushalte",
    (378, 41, 289, 48),
    (5400, 3098, 2293, 9),
    """
    Tab11!B9 period=2019 area=03 characteristic=T11 breakdown=STATUS migration=_T measure=households value=3999584
    Tab11!F9 characteristic=T11_5 measure=average_members value=1.99 unit=PERSONS
    Tab11!V12 characteristic=T11_21 migration=PART citizenship=ALL_GERMAN measure=average_income value=2233
    Tab11!C12 characteristic=T11_2 migration=PART citizenship=ALL_GERMAN value=0 value_text=
    Tab11!B20 breakdown=BIRTH migration=ANY citizenship=_T country=EUR value=577306
    Tab13!K12 characteristic=T13_10 value=144332
    Tab13!L12 characteristic=T13_11 measure=average_members value=1.46
    Tab13!B20 migration=ALL citizenship=NO_GERMAN value=291157
    Tab18!D20 characteristic=T18_3 breakdown=HOUSEHOLD migration=ALL structure=SINGLE children=_T value=114060
    Tab18!B30 breakdown=HOUSEHOLD migration=ALL structure=MULTI children=_T value=359737
    """,
    ("IM-STA-005", "IM-STA-006"),
    Verdict.REJECTED,
)
FILES = [PERSONS, RATES, HOUSEHOLDS]
BELOW_THE_LIMIT = 586
SUMS_BROKEN = 137


def everything(one: Checked) -> pa.Table:
    names = ["sheet", "row", "characteristic", "value", "value_text"]
    return pa.concat_tables([one.observations.select(names), one.quarantine.select(names)])


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_file_is_read_whole(file: RealFile, read: Reader) -> None:
    assert_read_whole(file, read(file))


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.dataset)
def test_every_number_of_the_sheets_is_there(file: RealFile, read: Reader) -> None:
    """Counted without a profile: numbers below the row with the numbers of the columns, in numbered columns.

    In table 1.1 the columns 9 to 24 and 33 to 40 hold shares and changes, which are computed from the others.
    """
    table = everything(read(file))
    found = table.filter(pc.match_substring_regex(table.column("value_text").cast(pa.string()), r"\d"))
    sheets = found.column("sheet").cast(pa.string()).value_counts().to_pylist()
    book = calamine.CalamineWorkbook.from_path(REAL / file.path)
    assert {one["values"]: one["counts"] for one in sheets} == {
        one["values"]: _numbers(book.get_sheet_by_name(one["values"])) for one in sheets
    }


def _numbers(sheet: calamine.CalamineSheet) -> int:
    rows = sheet.to_python(skip_empty_area=False)
    head = next(number for number, row in enumerate(rows) if [cell for cell in row if cell != ""][:3] == [1, 2, 3])
    numbered = [column for column, cell in enumerate(rows[head]) if cell != ""]
    if len(numbered) == 40:
        numbered = [*numbered[:8], *numbered[24:32]]
    return sum(isinstance(row[column], int | float) for row in rows[head + 1 :] for column in numbered)


def test_586_of_3345_figures_of_table_5_bear_no_sign(read: Reader) -> None:
    """In thousands; the table published for 2018 has 588 "/" in their place."""
    rows = read(PERSONS).quarantine.to_pylist()
    below = [row for row in rows if row["sheet"] == "Tab5I" and "IM-STA-005" in row["rules"]]
    assert len(below) == BELOW_THE_LIMIT
    assert max(row["value"] for row in below) < 5000


def test_labels_that_stand_one_row_too_high_are_found(read: Reader) -> None:
    """In one sheet a row of labels is missing, so that the 51 rows below it bear the label of the next one.

    The heading in them now stands beside figures, and the figures of women and men do not add up.
    """
    findings = read(PERSONS).result.findings
    (heading,) = [one for one in findings if one.rule == "IM-COD-001"]
    assert [(place.sheet, place.cell) for place in heading.places] == [("Tab12W", "A80")]
    sums = [[(place.sheet, place.row) for place in one.places] for one in findings if one.rule == "IM-AGG-001"]
    assert len(sums) == SUMS_BROKEN
    for places in sums:
        assert {sheet for sheet, _ in places} <= {"Tab12I", "Tab12M", "Tab12W"}
        assert [row for sheet, row in places if sheet == "Tab12W" and 79 <= row <= 129]


def test_a_blank_cell_is_zero(read: Reader) -> None:
    """Ages add up to the total in every row of table 2, so a blank cell is nobody; each figure is rounded to 1."""
    sums: dict[tuple[str, int], float] = defaultdict(float)
    totals: dict[tuple[str, int], float] = {}
    for row in everything(read(PERSONS)).to_pylist():
        found = re.fullmatch(r"T2(?:_(\d+))?", row["characteristic"])
        if found and found[1] is None:
            totals[row["sheet"], row["row"]] = row["value"]
        elif found and int(found[1]) <= 21:
            sums[row["sheet"], row["row"]] += row["value"]
    assert len(totals) == 396
    assert {place: (sums[place], total) for place, total in totals.items() if abs(sums[place] - total) > 10.5} == {}
