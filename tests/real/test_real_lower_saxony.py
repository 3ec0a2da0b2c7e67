"""Real files of the office of Lower Saxony, among them its working workbooks: read by profile only."""

from __future__ import annotations

import pytest
from realfiles import ABSENT, REAL, RealFile, assert_accounted, assert_figures, read_once

from einklang.check import Checked
from einklang.project import Project

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=ABSENT)

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
]


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_file_is_accounted(file: RealFile, project: Project, checked: dict[str, Checked]) -> None:
    assert_accounted(file, read_once(file, project, checked))


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_figures_as_in_the_file(file: RealFile, project: Project, checked: dict[str, Checked]) -> None:
    assert_figures(file, read_once(file, project, checked))


def test_municipal_share_of_vat_begins_in_1998(project: Project, checked: dict[str, Checked]) -> None:
    """The signs `-` of the years before stand for no figure, and for no zero."""
    table = read_once(FILES[0], project, checked).observations.to_pylist()
    periods = [row["period"] for row in table if row["measure"] == "vat_share"]
    assert (min(periods), len(periods)) == ("1998", 27)
