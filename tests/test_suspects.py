"""Which part of a sum stands out against the year before."""

from __future__ import annotations

import numpy as np
import pytest

from einklang.measures.suspects import stands_out

BEFORE = np.asarray([1000.0, 2000.0, 500.0, 800.0, 1500.0, 300.0])
NOW = BEFORE * 1.05


def _with(position: int, surplus: float) -> np.ndarray:
    changed = NOW.copy()
    changed[position] += surplus
    return changed


@pytest.mark.parametrize("surplus", [400.0, -250.0])
@pytest.mark.parametrize("position", range(len(NOW)))
def test_the_part_that_explains_the_surplus_is_found(position: int, surplus: float) -> None:
    assert stands_out(_with(position, surplus), BEFORE, surplus) == position


@pytest.mark.parametrize(
    ("now", "before", "surplus"),
    [
        (_with(0, 400.0), BEFORE, 0.0),
        (_with(0, 400.0), BEFORE, -400.0),
        (_with(0, 400.0), BEFORE, 4000.0),
        (_with(0, 400.0) + np.asarray([0.0, 390.0, 0.0, 0.0, 0.0, 0.0]), BEFORE, 400.0),
        (_with(0, 400.0)[:4], BEFORE[:4], 400.0),
        (_with(0, 400.0), np.full(6, np.nan), 400.0),
    ],
    ids=["no surplus", "other direction", "another size", "two parts", "few parts", "nothing before"],
)
def test_nothing_is_said_without_a_clear_case(now: np.ndarray, before: np.ndarray, surplus: float) -> None:
    assert stands_out(now, before, surplus) is None
