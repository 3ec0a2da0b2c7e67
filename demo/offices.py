"""Which office sends which layout, in which wave."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from demo import layouts
from demo.files import File
from demo.layouts import Grid, Table

PREVIOUS, CURRENT, LATE = "1-vorjahr", "2-aktuell", "3-nachzuegler"
CITIES = ("hh", "be")


@dataclass(frozen=True)
class Layout:
    """A layout and the file it is written to."""

    lay_out: Callable[[Table], Grid]
    file: File


GENESIS = Layout(layouts.genesis, File())
WORKBOOK = Layout(layouts.workbook, File(kind="xlsx", header=(5, 6)))
FLAT = Layout(layouts.flat, File(encoding="utf-8-sig"))
FLAT_STATUS = Layout(layouts.flat_status, File(encoding="utf-8-sig"))
SECTIONS = Layout(layouts.sections, File(thousands="."))
KEY_AND_NAME = Layout(layouts.key_and_name, File(encoding="utf-8", thousands="."))
ENGLISH = Layout(layouts.english, File(encoding="utf-8", delimiter=",", decimal=".", thousands=","))
UNICODE = Layout(layouts.unicode_text, File(encoding="utf-16", delimiter="\t", thousands=" "))
PREAMBLE = Layout(layouts.preamble, File(encoding="utf-8-sig", thousands=".", quoting=csv.QUOTE_ALL))
YEARS = Layout(layouts.years, File(kind="xlsx"))
YEARS_BY_SEX = Layout(layouts.years_by_column, File(kind="xlsx", header=(4, 5)))
NATIONS = Layout(layouts.nations, File(kind="xlsx", sheet="T1"))
NATIONS_BY_NAME = Layout(layouts.nations_by_name, File(kind="xlsx", sheet="{date}"))
RATES = Layout(layouts.rates, File(kind="xlsx", sheet="B2"))
AZR_LAND = Layout(layouts.azr_land, File(encoding="utf-8-sig"))

# supplier: data set → layout and name of the file
OFFICES: Mapping[str, Mapping[str, tuple[Layout, str]]] = {
    "sh": {
        "auslaender": (GENESIS, "12521-SH_{date}.csv"),
        "arbeitslose": (GENESIS, "13211-SH_{date}.csv"),
        "einbuergerungen": (WORKBOOK, "Einbuergerungen_SH_{date}.xlsx"),
    },
    "hh": {
        "auslaender": (NATIONS_BY_NAME, "AZR_Hamburg_{year}.xlsx"),
        "arbeitslose": (WORKBOOK, "Arbeitslose_HH_{date}.xlsx"),
        "einbuergerungen": (WORKBOOK, "Einbuergerungen_HH_{date}.xlsx"),
    },
    "ni": {
        "auslaender": (GENESIS, "Z1250-NI_{date}.csv"),
        "arbeitslose": (GENESIS, "Z1321-NI_{date}.csv"),
        "einbuergerungen": (GENESIS, "Z1251-NI_{date}.csv"),
    },
    "hb": {
        "auslaender": (YEARS_BY_SEX, "Auslaender Bremen Stand {year}.xlsx"),
        "arbeitslose": (WORKBOOK, "Arbeitslose Bremen {date}.xlsx"),
        "einbuergerungen": (WORKBOOK, "Einbuergerungen Bremen {date}.xlsx"),
    },
    "nw": {
        "auslaender": (GENESIS, "12521-01i_{date}.csv"),
        "arbeitslose": (GENESIS, "13211-05i_{date}.csv"),
        "einbuergerungen": (RATES, "B2_Grundzahlen_{date}.xlsx"),
    },
    "he": {
        "auslaender": (SECTIONS, "hsl_auslaender_{date}.csv"),
        "arbeitslose": (SECTIONS, "hsl_arbeitslose_{date}.csv"),
        "einbuergerungen": (FLAT, "hsl_einbuergerungen_{date}.csv"),
    },
    "rp": {
        "auslaender": (KEY_AND_NAME, "RP_AZR_{date}.csv"),
        "arbeitslose": (KEY_AND_NAME, "RP_Arbeitsmarkt_{date}.csv"),
        "einbuergerungen": (KEY_AND_NAME, "RP_Einbuergerungen_{date}.csv"),
    },
    "bw": {
        "auslaender": (FLAT, "bw_azr_kreise_{date}.csv"),
        "arbeitslose": (FLAT, "bw_arbeitslose_{date}.csv"),
        "einbuergerungen": (AZR_LAND, "bw_einbuergerungen_{date}.csv"),
    },
    "by": {
        "auslaender": (WORKBOOK, "12521-001r_{date}.xlsx"),
        "arbeitslose": (WORKBOOK, "13211-001r_{date}.xlsx"),
        "einbuergerungen": (WORKBOOK, "12511-001r_{date}.xlsx"),
    },
    "sl": {
        "auslaender": (YEARS, "Saarland_Auslaender_ab_2014_bis_{year}.xlsx"),
        "arbeitslose": (PREAMBLE, "Export_Arbeitslose_Saarland_{date}.csv"),
        "einbuergerungen": (WORKBOOK, "Saarland_Einbuergerungen_{date}.xlsx"),
    },
    "be": {
        "auslaender": (NATIONS, "AZR_Berlin_{date}.xlsx"),
        "arbeitslose": (FLAT, "be_arbeitslose_{date}.csv"),
        "einbuergerungen": (FLAT, "be_einbuergerungen_{date}.csv"),
    },
    "bb": {
        "auslaender": (FLAT_STATUS, "bb_auslaender_{date}.csv"),
        "arbeitslose": (FLAT_STATUS, "bb_arbeitslose_{date}.csv"),
        "einbuergerungen": (FLAT_STATUS, "bb_einbuergerungen_{date}.csv"),
    },
    "mv": {
        "auslaender": (WORKBOOK, "StatA_MV_A1_{date}.xlsx"),
        "arbeitslose": (WORKBOOK, "StatA_MV_E5_{date}.xlsx"),
        "einbuergerungen": (GENESIS, "StatA_MV_B2_{date}.csv"),
    },
    "sn": {
        "auslaender": (UNICODE, "Auslaender_Sachsen_{date}.txt"),
        "arbeitslose": (UNICODE, "Arbeitslose_Sachsen_{date}.txt"),
        "einbuergerungen": (UNICODE, "Einbuergerungen_Sachsen_{date}.txt"),
    },
    "st": {
        "auslaender": (KEY_AND_NAME, "LSA_Auslaender_{date}.csv"),
        "arbeitslose": (KEY_AND_NAME, "LSA_Arbeitslose_{date}.csv"),
        "einbuergerungen": (FLAT, "LSA_Einbuergerungen_{date}.csv"),
    },
    "th": {
        "auslaender": (ENGLISH, "TLS_foreigners_{date}.csv"),
        "arbeitslose": (ENGLISH, "TLS_unemployed_{date}.csv"),
        "einbuergerungen": (ENGLISH, "TLS_naturalisations_{date}.csv"),
    },
}
# the offices above stand in the order of the Land keys
LAENDER = {supplier: f"{number:02d}" for number, supplier in enumerate(OFFICES, start=1)}
