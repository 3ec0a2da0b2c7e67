"""Receiving: bytes first, one number each; the same bytes are no new work, an older version is a question."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import GOOD, ROOT, variant

from einklang.deliver import deliver
from einklang.errors import FileNotUsable, UnknownName, UnusableInput
from einklang.project import Project
from einklang.receive import receipt_findings, receive, same_bytes
from einklang.result import Verdict
from einklang.store import Receipt, Store

BAD = ROOT / "tests" / "deliveries" / "fail" / "auslaender" / "IM-STA-001_blank_cell.csv"
TIME = "2026-03-14T13:05:00+00:00"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_rules_of_receiving(project: Project) -> None:
    """Those that the tests of this file break; the tests of deadlines break the last one."""
    received = [rule.id for rule in project.catalogue.rules if rule.step == "receive"]
    assert received == ["IM-FIL-004", "IM-FIL-005", "IM-MET-001"]


def test_receipt_comes_before_reading(test_project: Project, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "Bericht Ä.PDF"
    path.write_bytes(b"%PDF-1.7")
    receipt = receive([path, GOOD], "hb", "auslaender", test_project, store, TIME)
    assert isinstance(receipt, Receipt)
    assert [(file.name, file.stored_as, file.size) for file in receipt.files] == [
        ("Bericht Ä.PDF", "1.pdf", 8),
        ("two_years.csv", "2.csv", GOOD.stat().st_size),
    ]
    assert store.receipt(receipt.delivery) == receipt
    assert receipt_findings(receipt, test_project) == ()
    assert (store.folder(receipt.delivery) / "raw" / "1.pdf").read_bytes() == b"%PDF-1.7"


def test_same_bytes_are_the_same_delivery(test_project: Project, store: Store, tmp_path: Path) -> None:
    first = deliver([GOOD], "hb", "auslaender", test_project, store, TIME)
    renamed = tmp_path / "anders.csv"
    renamed.write_bytes(GOOD.read_bytes())
    again = deliver([renamed], "hb", "auslaender", test_project, store)
    assert again.is_repeat
    assert again.delivery == first.delivery
    assert len(list(store.deliveries())) == 1
    note = same_bytes(again.delivery, test_project)
    assert note.rule == "IM-FIL-004"
    assert "Lieferung 1 vom 14.03.2026" in note.message.de


def test_same_bytes_of_another_supplier_are_new(test_project: Project, store: Store) -> None:
    deliver([GOOD], "hb", "auslaender", test_project, store, TIME)
    other = deliver([GOOD], "hh", "auslaender", test_project, store, TIME)
    assert not other.is_repeat
    assert other.delivery.delivery == "hh/auslaender/0001"


def test_older_after_newer_is_a_question(test_project: Project, store: Store, tmp_path: Path) -> None:
    deliver([GOOD], "hb", "auslaender", test_project, store, TIME)
    deliver([variant(tmp_path, "neu.csv", "13.480", "13.485")], "hb", "auslaender", test_project, store, TIME)
    third = deliver([GOOD], "hb", "auslaender", test_project, store, "2026-04-01T08:00:00+00:00")
    assert not third.is_repeat
    assert third.delivery.number == 3
    assert third.delivery.verdict is Verdict.CLARIFICATION_NEEDED
    report = json.loads((store.folder(third.delivery.delivery) / "report.json").read_bytes())
    assert [one["rule"] for one in report["findings"]] == ["IM-FIL-005"]
    message = report["findings"][0]["message"]["de"]
    assert "Lieferung 1 vom 14.03.2026" in message
    assert "Lieferung 2" in message
    assert {one.number for one in store.accepted_periods("auslaender").values()} == {2}


def test_rejected_later_delivery_makes_nothing_old(test_project: Project, store: Store) -> None:
    deliver([GOOD], "hb", "auslaender", test_project, store, TIME)
    deliver([BAD], "hb", "auslaender", test_project, store, TIME)
    assert deliver([GOOD], "hb", "auslaender", test_project, store, TIME).is_repeat


CALLS: list[tuple[Callable[[Path], list[Path]], str, str, type[Exception]]] = [
    (lambda _: [], "hb", "auslaender", UnusableInput),
    (lambda _: [GOOD], "xx", "auslaender", UnknownName),
    (lambda _: [GOOD], "hb", "geburten", UnknownName),
    (lambda _: [GOOD], "sl", "arbeitslose", UnknownName),
    (lambda folder: [folder / "fehlt.csv"], "hb", "auslaender", FileNotUsable),
    (lambda folder: [folder], "hb", "auslaender", FileNotUsable),
]


@pytest.mark.parametrize(("files", "supplier", "dataset", "error"), CALLS)
def test_unusable_call_stores_nothing(
    files: Callable[[Path], list[Path]],
    supplier: str,
    dataset: str,
    error: type[Exception],
    test_project: Project,
    store: Store,
    tmp_path: Path,
) -> None:
    with pytest.raises(error) as caught:
        deliver(files(tmp_path), supplier, dataset, test_project, store)
    assert str(caught.value)
    assert not store.root.exists()
