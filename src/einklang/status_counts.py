"""How many figures of a delivery have which status, by period."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from einklang.declarations.base import Text
from einklang.project import Project
from einklang.rawtable import Mask
from einklang.result import StatusCount

_FREE = "F"
_NORMAL = "A"


def status_counts(observations: pa.Table, keep: Mask, project: Project) -> list[StatusCount]:
    """The counts of the observations that are kept, in the order of periods, the normal figures first."""
    names = ("period", "obs_status", "conf_status")
    columns = [observations.column(name).combine_chunks() for name in names]
    texts = [column.dictionary.to_pylist() for column in columns]
    shape = tuple(max(len(each), 1) for each in texts)
    indices = [column.indices.to_numpy(zero_copy_only=False)[keep] for column in columns]
    counts = np.bincount(np.ravel_multi_index(indices, shape), minlength=int(np.prod(shape)))
    found = []
    for number in np.flatnonzero(counts).tolist():
        period, obs, conf = (each[int(one)] for each, one in zip(texts, np.unravel_index(number, shape), strict=True))
        label = status_label(obs, conf, project)
        found.append(StatusCount(period=period, obs_status=obs, conf_status=conf, status=label, count=counts[number]))
    return sorted(
        found,
        key=lambda one: (one.period, one.conf_status != _FREE, one.obs_status != _NORMAL, -one.count, one.obs_status),
    )


def status_label(obs_status: str, conf_status: str, project: Project) -> Text:
    """What a status is called; of a figure that is withheld why, not that it is."""
    name, code = ("obs_status", obs_status) if conf_status == _FREE else ("conf_status", conf_status)
    found = project.codelists[name].codes[code]
    return Text(de=found.label_de, en=found.label_en)
