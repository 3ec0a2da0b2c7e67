"""What a delivery may be compared with besides its own history: the neighbours' rule.

Only the sender's own accepted figures of other data sets, and released figures; of these, for an office of a
Land, those of its own Land. What another Land has delivered and nobody has released is never read here.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from einklang.findings import reason
from einklang.measures.figures import Reference, References
from einklang.project import Project
from einklang.publication import read_latest, released_observations
from einklang.store import Store


def references_for(supplier: str, dataset: str, project: Project, store: Store) -> References:
    """The references for a delivery of a supplier for a data set."""

    def of(named: str) -> Sequence[Reference]:
        found = []
        own = store.history(supplier, named) if named != dataset else None
        if own is not None:
            found.append(Reference(reason(project.catalogue, "origin_own"), own))
        released = _released(named, supplier, project, store)
        if released is not None:
            found.append(released)
        return found

    return of


def _released(named: str, supplier: str, project: Project, store: Store) -> Reference | None:
    """Released figures that come from others; for a Land, of its own areas."""
    table = released_observations(store.root / "releases", named)
    latest = read_latest(store.root / "releases")
    if table is None or latest is None:
        return None
    others = pa.compute.not_equal(table.column("supplier").cast(pa.string()), supplier)
    land = project.supplier(supplier).extra["areas"]
    if land != "*":
        codelist = project.codes(named, "area")
        areas = [code for code in codelist.codes if codelist.lies_in(code, land)]
        in_land = pa.compute.is_in(table.column("area").cast(pa.string()), value_set=pa.array(areas, pa.string()))
        others = pa.compute.and_(others, in_land)
    table = table.filter(others)
    if not table.num_rows:
        return None
    return Reference(reason(project.catalogue, "origin_released", version=latest.version), table)
