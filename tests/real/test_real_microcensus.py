"""The raw microcensus workbook of one Land: figures below the publication limit that bear no sign."""

from __future__ import annotations

import pandas as pd
import pytest
import python_calamine as calamine
from builders import ROOT

from einklang.contract import failures_of_figures
from einklang.project import Project

RAW = ROOT.parent / "shared" / "real" / "niedersachsen" / "mz_fachserie_2019_ni_roh.xlsx"
pytestmark = pytest.mark.skipif(not RAW.is_file(), reason="the real files (../shared/real) are not here")
COLUMN_NUMBERS = 4


def test_586_of_3345_figures_bear_no_sign(test_project: Project) -> None:
    """Table 5I of 2019, in thousands; the published table of 2018 has 588 "/" in their place."""
    rows = calamine.CalamineWorkbook.from_path(RAW).get_sheet_by_name("Tab5I").to_python(skip_empty_area=False)
    values = [float(cell) for row in rows[COLUMN_NUMBERS + 1 :] for cell in row if isinstance(cell, int | float)]
    frame = pd.DataFrame({"measure": "persons", "value": [1000 * value for value in values], "obs_status": "A"})
    frame = frame.assign(conf_status="F", period="2019", area_level="land")
    found = failures_of_figures(frame, test_project.dataset("mikrozensus"), test_project)
    assert (len(values), len(found["IM-STA-005"])) == (3345, 586)
    assert set(found) == {"IM-STA-005", "IM-STA-006"}
