from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from einklang.disclosure.attack import attack
from einklang.disclosure.coordinates import coordinates
from einklang.disclosure.parts import parts_of
from einklang.disclosure.repair import further_cells, withheld
from einklang.disclosure.system import System, tighten
from tests.disclosure.tables import limits, summed, system_of


def possible_tables(system: System, locked: np.ndarray) -> np.ndarray:
    """Every table of whole numbers that agrees with the open cells, one per row: found by trying."""
    relations, names = system.relations, np.flatnonzero(locked)
    value = np.where(locked, 0.0, system.low)
    total = np.zeros(relations.size)
    is_total = relations.factor > 0
    total[relations.relation[is_total]] = value[relations.cell[is_total]]
    most = [int(total[relations.relation[relations.cell == name]].min()) for name in names]
    guesses = np.asarray(list(itertools.product(*(range(one + 1) for one in most))))
    matrix = np.zeros((relations.size, system.size))
    matrix[relations.relation, relations.cell] = relations.factor
    misses = guesses @ matrix[:, names].T + matrix @ value
    return guesses[np.all(np.abs(misses) < 1e-9, axis=1)]


@st.composite
def small_tables(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """A table with sums whose values are small, up to four of its cells locked; never only sums."""
    shape = draw(st.sampled_from([(2, 2), (2, 3), (3, 3), (2, 2, 2)]))
    inner = np.asarray(draw(st.lists(st.integers(0, 3), min_size=int(np.prod(shape)), max_size=int(np.prod(shape)))))
    full = summed(inner.reshape(shape))
    inside = np.flatnonzero(np.pad(np.ones(shape, dtype=bool), [(0, 1)] * len(shape)).ravel())
    chosen = draw(st.lists(st.sampled_from(inside.tolist()), min_size=1, max_size=4, unique=True))
    locked = np.zeros(full.size, dtype=bool)
    locked[chosen] = True
    return full, locked.reshape(full.shape)


@given(small_tables(), st.sampled_from([1.0, 2.0, 3.0]))
def test_the_verdict_is_that_of_trying_every_table(case: tuple[np.ndarray, np.ndarray], width: float) -> None:
    full, locked = case
    system = system_of(full, locked)
    targets = np.flatnonzero(locked.ravel())
    tables = possible_tables(system, locked.ravel())
    low, high = tables.min(axis=0), tables.max(axis=0)
    expected = high - low < np.maximum(width, 0.1 * high)
    attacked = attack(system, targets, limits(full.size, width), locked.ravel())
    assert attacked.is_open.tolist() == expected.tolist()
    assert np.all(attacked.low <= low + 1e-6)
    assert np.all(attacked.high >= high - 1e-6)


@given(small_tables())
def test_no_exactly_recomputable_cell_is_missed(case: tuple[np.ndarray, np.ndarray]) -> None:
    full, locked = case
    system = system_of(full, locked)
    targets = np.flatnonzero(locked.ravel())
    tables = possible_tables(system, locked.ravel())
    exact = tables.min(axis=0) == tables.max(axis=0)
    attacked = attack(system, targets, limits(full.size), locked.ravel())
    assert np.all(attacked.is_open[exact])
    assert np.allclose(attacked.low[exact], full.ravel()[targets][exact], atol=1e-5)
    assert np.allclose(attacked.high[exact], full.ravel()[targets][exact], atol=1e-5)


@given(small_tables())
def test_bounds_from_single_relations_hold_the_truth(case: tuple[np.ndarray, np.ndarray]) -> None:
    full, locked = case
    tight = tighten(system_of(full, locked))
    assert np.all(tight.low <= full.ravel() + 1e-6)
    assert np.all(tight.high >= full.ravel() - 1e-6)


def test_two_locked_cells_of_a_column_that_are_alone_in_their_rows_are_open() -> None:
    full = summed(np.asarray([[40, 30, 20], [50, 60, 70], [10, 90, 80]]))
    locked = np.zeros(full.shape, dtype=bool)
    locked[:2, 0] = True
    attacked = attack(system_of(full, locked), np.flatnonzero(locked), limits(full.size), locked.ravel())
    assert attacked.is_open.all()


def rectangle() -> tuple[np.ndarray, np.ndarray]:
    full = summed(np.asarray([[40, 30, 20], [50, 60, 70], [10, 90, 80]]))
    locked = np.zeros(full.shape, dtype=bool)
    locked[np.ix_([0, 1], [0, 2])] = True
    return full, locked


def test_the_corners_of_a_rectangle_protect_each_other() -> None:
    full, locked = rectangle()
    attacked = attack(system_of(full, locked), np.flatnonzero(locked), limits(full.size), locked.ravel())
    assert not attacked.is_open.any()


def test_a_rectangle_around_a_zero_is_open_where_the_interval_is_too_narrow() -> None:
    full, locked = rectangle()
    full = summed(np.asarray([[3, 30, 1], [2, 60, 2], [10, 90, 80]]))
    attacked = attack(system_of(full, locked), np.flatnonzero(locked), limits(full.size), locked.ravel())
    assert attacked.is_open.all()


def test_a_locked_cell_between_rounded_sums_is_as_wide_as_rounding_makes_it() -> None:
    full = summed(np.asarray([[5, 30], [40, 60]]))
    locked = np.zeros(full.shape, dtype=bool)
    locked[0, 0] = True
    exact = attack(system_of(full, locked), np.flatnonzero(locked), limits(full.size), locked.ravel())
    rounded = attack(system_of(full, locked, 2.0), np.flatnonzero(locked), limits(full.size), locked.ravel())
    assert exact.is_open.all()
    assert not rounded.is_open.any()
    assert (rounded.low[0], rounded.high[0]) <= (1.0, 9.0)


def cube_locked_in_the_middle() -> tuple[np.ndarray, np.ndarray]:
    """A table with sums over three axes, half of it locked: one part of which few cells are free."""
    random = np.random.default_rng(7)
    full = summed(random.integers(0, 60, (6, 9, 7)))
    return full, random.random(full.shape) < 0.5


def test_the_free_cells_give_every_table_and_no_other() -> None:
    full, locked = cube_locked_in_the_middle()
    system = system_of(full, locked)
    part = max(parts_of(tighten(system), locked.ravel()), key=lambda one: len(one.cells))
    equations = coordinates(part.matrix, part.right)
    assert equations is not None
    assert part.is_over_free_cells
    assert len(equations.free) < len(part.cells) / 2
    truth = full.ravel()[part.cells]
    assert np.array_equal(equations.base + equations.steps @ truth[equations.free], truth)
    other = equations.base + equations.steps @ np.random.default_rng(1).integers(0, 9, len(equations.free))
    assert np.array_equal(part.matrix @ other, part.right)


def test_the_verdict_over_the_free_cells_is_that_over_all_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    full, locked = cube_locked_in_the_middle()
    system, targets = system_of(full, locked), np.flatnonzero(locked)
    free = attack(system, targets, limits(full.size, 20.0), locked.ravel())
    monkeypatch.setattr("einklang.disclosure.parts.coordinates", lambda *_: None)
    every = attack(system, targets, limits(full.size, 20.0), locked.ravel())
    assert free.is_open.any()
    assert not free.is_open.all()
    settled = ~every.is_unsettled & ~free.is_unsettled
    assert settled.sum() > 0.9 * len(targets)
    assert free.is_open[settled].tolist() == every.is_open[settled].tolist()


def test_what_the_search_has_no_time_for_is_neither_open_nor_protected() -> None:
    full, locked = rectangle()
    attacked = attack(system_of(full, locked), np.flatnonzero(locked), limits(full.size), locked.ravel(), seconds=0.0)
    assert attacked.is_unsettled.all()
    assert not attacked.is_open.any()


def test_equations_that_contradict_each_other_have_no_free_cells() -> None:
    twice = csr_array(np.asarray([[1.0, 1.0], [2.0, 2.0]]))
    assert coordinates(twice, np.asarray([3.0, 7.0])) is None
    assert coordinates(csr_array(np.asarray([[2.0, 3.0]])), np.asarray([6.0])) is None


def test_open_figures_that_contradict_each_other_do_not_stop_the_audit() -> None:
    full, locked = rectangle()
    full[2, 3] += 7
    attacked = attack(system_of(full, locked), np.flatnonzero(locked), limits(full.size), locked.ravel())
    assert not attacked.is_open.any()
    locked[1] = False
    single = attack(system_of(full, locked), np.flatnonzero(locked), limits(full.size), locked.ravel())
    assert single.is_open.all()


@pytest.mark.parametrize("shape", [(3, 4), (3, 3, 3)])
def test_the_further_cells_close_the_gap(shape: tuple[int, ...]) -> None:
    full = summed(np.random.default_rng(3).integers(6, 60, shape))
    locked = np.zeros(full.shape, dtype=bool)
    locked[(0,) * len(shape)] = True
    system, hidden = system_of(full, locked), locked.ravel()
    found = further_cells(
        system, np.flatnonzero(hidden), np.flatnonzero(hidden), limits(full.size), hidden, full.ravel(), ~hidden
    )
    assert found is not None
    assert len(found) == 2 ** len(shape) - 1
    more = hidden.copy()
    more[found] = True
    assert not attack(withheld(system, more), np.flatnonzero(hidden), limits(full.size), more).is_open.any()
