"""State is the folder: numbers, manifests, damage."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from einklang.check import SentFile, sent_file
from einklang.errors import FileNotUsable, StoreError, UnknownName
from einklang.result import Verdict
from einklang.store import Delivery, Receipt, Store, write_atomically


def delivery(number: int = 1, **changes: Any) -> Delivery:
    given: dict[str, Any] = {
        "delivery": f"hb/auslaender/{number:04d}",
        "supplier": "hb",
        "dataset": "auslaender",
        "number": number,
        "received_at": "2026-03-14T13:05:00+00:00",
        "sha256": ["0" * 64],
        "periods": ["2024-12-31"],
        "replaces": None,
        "verdict": Verdict.ACCEPTED,
        "errors": 0,
        "warnings": 0,
        "accepted": 1,
        "quarantined": 0,
        "declarations": "f" * 64,
    }
    return Delivery(**{**given, **changes})


def record(store: Store, *deliveries: Delivery) -> None:
    for one in deliveries:
        write_atomically(store.folder(one.delivery) / "delivery.json", one.model_dump_json().encode())


def receipt(store: Store, delivery: str, number: int) -> Receipt:
    one = Receipt(
        delivery=delivery, supplier="hb", dataset="auslaender", number=number, received_at="2026-03-14", files=[]
    )
    write_atomically(store.folder(delivery) / "receipt.json", one.model_dump_json().encode())
    return one


def test_numbers_count_up(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert [store.begin("hb", "auslaender")[1] for _ in range(3)] == [1, 2, 3]
    assert store.begin("hb", "arbeitslose") == ("hb/arbeitslose/0001", 1)
    assert store.begin("hh", "auslaender") == ("hh/auslaender/0001", 1)


def test_numbers_are_unique_under_threads(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        numbers = list(pool.map(lambda _: store.begin("hb", "auslaender")[1], range(64)))
    assert sorted(numbers) == list(range(1, 65))


def test_raw_files_have_generated_names(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    names = ["../../etc/passwd.CSV", "Tabelle Ü.xlsx", "ohne", "a.b;rm -rf", ".csv"]
    source = tmp_path / "quelle"
    source.write_bytes(b"x")
    sent = [SentFile(source, name, name, "0" * 64, 1) for name in names]
    one, _ = store.begin("hb", "auslaender")
    kept = store.keep_raw(one, sent)
    assert [file.name for file in kept] == names
    assert [file.stored_as for file in kept] == ["1.csv", "2.xlsx", "3", "4", "5"]
    assert sorted(path.name for path in (store.folder(one) / "raw").iterdir()) == ["1.csv", "2.xlsx", "3", "4", "5"]


def test_a_folder_without_its_record_does_not_exist(tmp_path: Path) -> None:
    store = Store(tmp_path)
    one, number = store.begin("hb", "auslaender")
    waiting = receipt(store, one, number)
    assert list(store.deliveries()) == []
    assert store.survey().unfinished == [waiting]
    with pytest.raises(UnknownName):
        store.delivery(one)
    record(store, delivery(number))
    assert [each.number for each in store.deliveries()] == [1]
    assert store.survey().unfinished == []


def test_latest_accepted_delivery_holds(tmp_path: Path) -> None:
    store = Store(tmp_path)
    record(
        store,
        delivery(1, periods=["2023-12-31", "2024-12-31"]),
        delivery(2, verdict=Verdict.ACCEPTED_WITH_NOTES),
        delivery(3, verdict=Verdict.REJECTED),
        delivery(4, verdict=Verdict.CLARIFICATION_NEEDED),
    )
    held = {key: one.number for key, one in store.accepted_periods("auslaender").items()}
    assert held == {("hb", "2023-12-31"): 1, ("hb", "2024-12-31"): 2}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def rubbish(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\0\0")


def foreign(path: Path) -> None:
    path.write_text('{"delivery": "x"}', encoding="utf-8")


@pytest.mark.parametrize("damage", [cut, empty, rubbish, foreign])
def test_damaged_record_is_an_error(damage: Callable[[Path], None], tmp_path: Path) -> None:
    store = Store(tmp_path)
    record(store, delivery())
    path = store.folder("hb/auslaender/0001") / "delivery.json"
    damage(path)
    with pytest.raises(StoreError) as caught:
        store.delivery("hb/auslaender/0001")
    assert caught.value.path == path
    with pytest.raises(StoreError):
        list(store.deliveries())


@pytest.mark.parametrize("damage", [cut, empty, rubbish])
def test_damaged_observations_are_an_error(damage: Callable[[Path], None], tmp_path: Path) -> None:
    store = Store(tmp_path)
    record(store, delivery())
    path = store.folder("hb/auslaender/0001") / "observations.parquet"
    path.write_bytes(b"PAR1 not really")
    damage(path)
    with pytest.raises(StoreError):
        store.observations("hb/auslaender/0001")
    with pytest.raises(StoreError):
        store.history("hb", "auslaender")


def test_missing_observations_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Store(tmp_path).observations("hb/auslaender/0001")


def test_empty_store_is_no_error(tmp_path: Path) -> None:
    store = Store(tmp_path / "neu")
    assert list(store.deliveries()) == []
    assert store.survey().unfinished == []
    assert store.history("hb", "auslaender") is None
    assert store.accepted_periods("auslaender") == {}


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, synchronised = tmp_path / "a.json", list[tuple[int, bool]]()
    monkeypatch.setattr(os, "fsync", lambda file: synchronised.append((os.fstat(file).st_size, path.exists())))
    write_atomically(path, b"{}")
    assert synchronised == [(2, False)]


def test_write_leaves_nothing_beside(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b.json", b"1")
    write_atomically(tmp_path / "a" / "b.json", b"2")
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "a").iterdir()] == [("b.json", b"2")]


@pytest.mark.parametrize("name", ["fehlt.csv", "."])
def test_unreadable_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotUsable) as caught:
        sent_file(tmp_path / name)
    assert caught.value.remedy


def test_unwritable_store(tmp_path: Path) -> None:
    (tmp_path / "deliveries").write_bytes(b"")
    with pytest.raises(StoreError):
        Store(tmp_path).begin("hb", "auslaender")
