"""How exact a figure is: by how much rounding or perturbation can have moved it.

From the data set's declaration and the agreement with the office, per measure, period and, where the
bases differ by Land inside one table, per area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einklang.cube import Cube
from einklang.measures.figures import Context

_ADDITIVE = {"exact", "rounded", "perturbed", "sample"}


@dataclass(frozen=True)
class Precision:
    """Tables by measure, period and group of areas with one rounding base.

    `largest` is the largest deviation of a cell, `variance` the variance of its deviation, `base` its rounding
    base; NaN where a code is not known. `is_additive` tells per measure whether parts make up a total.
    """

    largest: NDArray[np.float64]
    variance: NDArray[np.float64]
    base: NDArray[np.float64]
    is_additive: NDArray[np.bool_]
    group_of_area: NDArray[np.int64]

    @property
    def is_uniform(self) -> bool:
        """Whether every area has the same base, so that a total is as exact as each of its parts."""
        return len(self.largest[0, 0]) == 1 if self.largest.size else True

    def of(self, table: NDArray[np.float64], cube: Cube, rows: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """What a table says of the figures at some positions of the cube."""
        measure, period = cube.axes["measure"].index[rows], cube.axes["period"].index[rows]
        if self.is_uniform:
            found: NDArray[np.float64] = table[measure, period, 0]
        else:
            found = table[measure, period, self.group_of_area[cube.axes["area"].index[rows]]]
        return found


def precision_of(context: Context, cube: Cube) -> Precision:
    """How exact the figures of a cube of this delivery are."""
    measures, periods, areas = (cube.axes[name].codes for name in ("measure", "period", "area"))
    default = context.profile.rounding_base if context.profile else None
    by_area = context.profile.rounding_by_area if context.profile else {}
    bases: list[int | None] = [default, *sorted(set(by_area.values()))]
    listed = context.project.codes(context.dataset.name, "area").codes
    group = [
        bases.index(by_area[here], 1) if here in by_area else 0
        for here in (area if area in by_area or not area else listed[area].parent for area in areas)
    ]
    shape = (len(measures), len(periods), len(bases))
    largest, variance, base = (np.full(shape, np.nan) for _ in range(3))
    for i, name in enumerate(measures):
        for j, period in enumerate(periods):
            if not name or not period:
                continue
            measure = context.dataset.measure(name)
            for k, used in enumerate(bases):
                largest[i, j, k] = measure.largest_deviation(period, used)
                variance[i, j, k] = measure.variance(period, used)
                base[i, j, k] = measure.rounding_base(period, used)
    additive = [bool(name) and context.dataset.measure(name).additivity in _ADDITIVE for name in measures]
    return Precision(largest, variance, base, np.asarray(additive, dtype=np.bool_), np.asarray(group, dtype=np.int64))
