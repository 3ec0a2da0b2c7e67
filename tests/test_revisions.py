"""Revisions of accepted figures, figures beside those of other sources, and what may be compared at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from builders import outcome, profile, project_with, rules_found, sending
from conftest import Checker
from hypothesis import given
from hypothesis import strategies as st

from einklang.check import Checked, check
from einklang.declarations.base import Text
from einklang.deliver import deliver
from einklang.matching import match
from einklang.measures.figures import Reference
from einklang.project import Project
from einklang.references import references_for
from einklang.release import make_release
from einklang.result import Outcome, Verdict
from einklang.revisions import beside
from einklang.store import Store

RULES = ["IM-REV-001", "IM-REV-002", "IM-REV-003"]
FOLDER = Path(__file__).parent / "deliveries"


def years(checker: Checker, texts: dict[str, str], **changes: Any) -> Checked:
    rows = [f"31.12.{year};04;{text}" for year, text in texts.items()]
    return checker.rows(*rows, **changes)


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ({"2022": "100"}, {"2022": "105", "2023": "1"}, ["IM-REV-001"]),
        ({"2022": "100"}, {"2022": "100", "2023": "1"}, []),
        ({"2022": "100"}, {"2022": "105"}, []),  # the latest period is open
        ({"2022": "100", "2023": "1"}, {"2022": "105"}, ["IM-REV-001"]),
        ({"2022": "100"}, {"2022": "...", "2023": "1"}, ["IM-REV-001"]),  # was there and is gone
        ({"2022": "..."}, {"2022": "100", "2023": "1"}, []),  # was to come
        ({"2022": "100"}, {"2022": ".", "2023": "1"}, ["IM-REV-002"]),
        ({"2022": "."}, {"2022": "100", "2023": "1"}, ["IM-REV-003"]),
        ({"2023": "."}, {"2022": "100", "2023": "1"}, ["IM-REV-003"]),  # in open periods too
        ({"2022": "/"}, {"2022": "100", "2023": "1"}, []),  # no secrecy
    ],
)
def test_revisions(before: dict[str, str], now: dict[str, str], found: list[str], checker: Checker) -> None:
    accepted = years(checker, before).observations
    assert rules_found(years(checker, now, rules=RULES, history=accepted).result) == found


def test_message_counts_and_lists(checker: Checker) -> None:
    accepted = years(checker, {"2020": "100", "2021": "200", "2022": "300"}).observations
    checked = years(checker, {"2020": "110", "2021": "180", "2022": "300", "2023": "5"}, rules=RULES, history=accepted)
    [finding] = checked.result.findings
    assert "2 von 3" in finding.message.de
    assert "bis 2022" in finding.message.de
    for part in ("mittlere Änderung −3,33", "ohne Vorzeichen 10", "200 → 180; 04 Bremen, 31.12.2020: 100 → 110"):
        assert part in finding.message.de
    assert [place.cell for place in finding.places] == ["C2", "C3"]


def test_first_delivery_has_nothing_to_revise(checker: Checker) -> None:
    result = years(checker, {"2022": "100"}, rules=RULES).result
    assert {outcome(result, rule) for rule in RULES} == {Outcome.NOT_EVALUABLE}


def test_figures_of_a_revision(checker: Checker, project: Project) -> None:
    before = years(checker, {"2020": "100", "2021": "200", "2022": ".", "2019": "7"}).observations
    now = years(checker, {"2020": "110", "2021": "200", "2022": "50", "2023": "9"}).observations
    revised = beside(now, before, project.dataset("auslaender"))
    assert (revised.same.sum(), revised.differs.sum(), revised.disclosed.sum(), revised.withheld.sum()) == (1, 1, 1, 0)
    assert revised.mean_revision() == 5
    assert revised.mean_absolute_revision() == 5
    assert revised.relative_revision() == pytest.approx(10 / 310)
    assert (len(revised.matched.added), len(revised.matched.removed)) == (0, 0)  # other periods are no revision


KEYS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), unique=True, max_size=9)


@given(KEYS, KEYS)
def test_matching_equals_counting_by_hand(now: list[tuple[str, str]], before: list[tuple[str, str]]) -> None:
    def table(keys: list[tuple[str, str]]) -> pa.Table:
        columns = [pa.array([key[part] for key in keys], pa.string()).dictionary_encode() for part in (0, 1)]
        return pa.table(columns, names=["one", "two"])

    found = match(table(now), table(before), ["one", "two"])
    assert [(now[i], before[j]) for i, j in zip(found.now, found.before, strict=True)] == [
        (key, key) for key in now if key in before
    ]
    assert {now[i] for i in found.added} == set(now) - set(before)
    assert {before[i] for i in found.removed} == set(before) - set(now)


# -- mirror ---------------------------------------------------------------------------------------


def einbuergerungen(checker: Checker, base: str, reference: pa.Table, **changes: Any) -> Checked:
    path = checker.folder / "e.csv"
    path.write_text(f"Zeit;Ausländische Bevölkerung Vorjahr\n2024;{base}\n", encoding="utf-8")
    one = profile(
        dataset="einbuergerungen",
        dimensions={"sex": None, "area": {"constant": "04"}, "measure": {"header_row": 1}},
        **changes,
    )
    project = project_with(checker.project, one, rules=["IM-CRO-001"])
    origin = Text(de="Probe", en="sample")

    def references(dataset: str) -> list[Reference]:
        return [Reference(origin, reference)] if dataset == "auslaender" else []

    return check(sending("ba", "einbuergerungen", path), project, references=references)


@pytest.mark.parametrize(("base", "found"), [("159000", False), ("159005", True), (".", False)])
def test_same_cell_of_one_register_is_equal(base: str, found: bool, checker: Checker) -> None:
    """Both are rounded once, in the register; so they are equal, not only within rounding."""
    register = checker.rows("31.12.2023;04;159000", "31.12.2024;04;170000", "31.12.2023;05;1").observations
    checked = einbuergerungen(checker, base, register)
    assert rules_found(checked.result) == (["IM-CRO-001"] if found else [])
    if found:
        assert (
            "geliefert sind 159.005, in Ausländische Bevölkerung (Probe) stehen 159.000"
            in checked.result.findings[0].message.de
        )


def test_a_secret_cell_is_not_compared(checker: Checker) -> None:
    register = checker.rows("31.12.2023;04;.").observations
    result = einbuergerungen(checker, "159000", register).result
    assert outcome(result, "IM-CRO-001") is Outcome.NOT_EVALUABLE


# -- the neighbours' rule -------------------------------------------------------------------------


def delivered(project: Project, store: Store, supplier: str, text: str) -> Any:
    path = store.root.parent / f"{supplier}.csv"
    path.write_text(text, encoding="utf-8")
    return deliver([path], supplier, "auslaender", project, store)


def test_what_nobody_released_is_never_compared_with(test_project: Project, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    text = (FOLDER / "pass" / "auslaender" / "two_years.csv").read_text(encoding="utf-8")
    assert delivered(test_project, store, "hb", text).delivery.verdict is Verdict.ACCEPTED
    for other in ("hh", "destatis"):
        assert list(references_for(other, "auslaender", test_project, store)("auslaender")) == []
    assert list(references_for("hb", "auslaender", test_project, store)("auslaender")) == []  # its own history
    [own] = references_for("hb", "einbuergerungen", test_project, store)("auslaender")
    assert set(own.table.column("supplier").to_pylist()) == {"hb"}


def test_of_a_release_a_land_sees_its_own_areas(test_project: Project, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    text = (FOLDER / "pass" / "auslaender" / "two_years.csv").read_text(encoding="utf-8")
    delivered(test_project, store, "hb", text)
    assert make_release(test_project, store).version is not None
    assert list(references_for("hh", "auslaender", test_project, store)("auslaender")) == []
    [federal] = references_for("destatis", "auslaender", test_project, store)("auslaender")
    assert set(federal.table.column("area").to_pylist()) == {"04", "04011", "04012"}
    assert "1.0.0" in federal.origin.de


def test_arrays_have_one_row_per_pair(checker: Checker, project: Project) -> None:
    table = years(checker, {"2020": "1", "2021": "2"}).observations
    revised = beside(table, table, project.dataset("auslaender"))
    assert revised.same.all()
    assert np.array_equal(revised.matched.now, np.arange(2))
