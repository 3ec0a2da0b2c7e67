"""The observations of a delivery as one Arrow table in the columns of contract 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang import observations as contract1
from einklang.codes import Coded, coded_array, days_of
from einklang.declarations.profile import Profile
from einklang.longtable import LongTable
from einklang.parse import Parsed
from einklang.periods import Period
from einklang.project import Project
from einklang.rawtable import TextColumn, column_letter


@dataclass(frozen=True)
class Origin:
    """Where observations come from; `stored` maps the sender's file names to those in the archive."""

    profile: Profile
    project: Project
    delivery: str
    stored: Mapping[str, str]


def observation_table(
    table: LongTable,
    parsed: Parsed,
    coded: Mapping[str, Coded],
    periods: Sequence[Period],
    value: NDArray[np.float64],
    obs_status: TextColumn,
    origin: Origin,
) -> pa.Table:
    """One row per figure, in the order of the long table."""
    profile, project = origin.profile, origin.project
    dataset = project.dataset(profile.dataset)
    days = {period.code: period for period in periods}
    size = table.size
    area = coded["area"]
    codelist = project.codes(dataset.name, "area")
    measure = coded["measure"]
    period = coded["period"]
    starts = [days[code].start for code in period.codes]
    ends = [days[code].end for code in period.codes]
    version = [profile.territory or end.isoformat() for end in ends]
    columns: dict[str, pa.Array] = {
        "dataset": contract1.constant(dataset.name, size),
        "measure": coded_array(measure, measure.codes),
        "period": coded_array(period, period.codes),
        "period_start": days_of(period, starts),
        "period_end": days_of(period, ends),
        "area": coded_array(area, area.codes),
        "area_level": coded_array(area, [codelist.codes[code].kind for code in area.codes]),
        "area_version": coded_array(period, version),
        **{name: coded_array(coded[name], coded[name].codes) for name in contract1.axes(dataset)},
        "unit": coded_array(measure, [dataset.measure(name).unit for name in measure.codes]),
        "value": pa.array(value, pa.float64(), from_pandas=True),
        "obs_status": contract1.dictionary(obs_status.codes, obs_status.texts),
        "conf_status": contract1.dictionary(parsed.conf_status.codes, parsed.conf_status.texts),
        "value_text": contract1.dictionary(table.text.codes, table.text.texts),
        "supplier": contract1.constant(profile.supplier, size),
        "delivery": contract1.constant(origin.delivery, size),
        "file": contract1.dictionary(table.file.codes, [origin.stored.get(name, name) for name in table.file.texts]),
        "sheet": contract1.dictionary(table.sheet.codes, table.sheet.texts),
        "row": pa.array(table.row, pa.int32()),
        "column": contract1.dictionary(
            table.column, [column_letter(index) for index in range(int(table.column.max(initial=0)) + 1)]
        ),
    }
    wanted = contract1.schema(dataset)
    return pa.Table.from_arrays([columns[name] for name in wanted.names], schema=wanted)
