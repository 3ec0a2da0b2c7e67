from __future__ import annotations

import errno
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from einklang.errors import StoreError
from einklang.outbox import Status, message_name, put
from einklang.outbox.box import load, names
from einklang.outbox.claim import claim
from einklang.report.email import Kind
from einklang.store import Store

from .conftest import START, mail, put_one


def test_message_is_a_file_beside_its_state(store: Store) -> None:
    path = put_one(store)
    assert path == store.root / "outbox" / "ni" / "einbuergerungen-0001-receipt.eml"
    state = load(store, "ni/einbuergerungen-0001-receipt")
    assert (state.status, state.delivery, state.kind) == (Status.WAITING, "ni/einbuergerungen/0001", Kind.RECEIPT)
    assert list(names(store)) == [state.name]
    assert b"Date: Sat, 14 Mar 2026 12:00:00 +0000\r\n" in path.read_bytes()


def test_second_message_of_the_same_kind_changes_nothing(store: Store) -> None:
    path = put_one(store)
    before = [path.read_bytes(), path.with_suffix(".json").read_bytes()]
    again = put(store, "ni/einbuergerungen/0001", Kind.RECEIPT, mail("Anders"), START.replace(hour=13))
    assert again == path
    assert [path.read_bytes(), path.with_suffix(".json").read_bytes()] == before


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_many_at_once_lay_down_one(store: Store, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    start = threading.Barrier(8)

    def lay(number: int) -> bytes:
        start.wait()
        return put(store, "ni/einbuergerungen/0001", Kind.RECEIPT, mail(), START).read_bytes()

    with ThreadPoolExecutor(8) as pool:
        contents = set(pool.map(lay, range(8)))
    assert len(contents) == 1
    assert sorted(path.suffix for path in (store.root / "outbox" / "ni").iterdir()) == [".eml", ".json"]


def test_crash_between_state_and_message_leaves_no_message(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from einklang.outbox import box

    create = box._create

    def crash(path: Path, content: bytes) -> None:
        if path.suffix == ".eml":
            raise KeyboardInterrupt
        create(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(box, "_create", crash)
        with pytest.raises(KeyboardInterrupt):
            put_one(store)
    assert list(names(store)) == []
    put_one(store)
    assert len(list(names(store))) == 1


@pytest.mark.parametrize(
    "delivery", ["", "ni", "../../etc/x/1", "ni/../0001", "ni/einbuergerungen/1/..", "ni/einbuergerungen/1\n", "/a/b/1"]
)
def test_delivery_names_no_other_place(delivery: str) -> None:
    with pytest.raises(ValueError, match="is no delivery"):
        message_name(delivery, Kind.RECEIPT)


def test_unwritable_store_is_said(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("")
    with pytest.raises(StoreError, match="outbox"):
        put_one(Store(tmp_path))


def test_a_message_is_on_the_disk_before_it_has_its_name_and_then_the_name_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    synchronised: list[tuple[bool, list[str]]] = []

    def fsync(file: int) -> None:
        synchronised.append((stat.S_ISDIR(os.fstat(file).st_mode), sorted(one.suffix for one in folder.glob("[!.]*"))))

    folder = store.root / "outbox" / "ni"
    monkeypatch.setattr(os, "fsync", fsync)
    path = put_one(store)
    assert path.parent == folder
    assert synchronised == [(False, []), (True, [".json"]), (False, [".json"]), (True, [".eml", ".json"])]


def test_full_disk_is_said_and_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(StoreError, match="No space left"):
        put_one(store)
    assert list((store.root / "outbox" / "ni").iterdir()) == []


def test_claim_is_for_one_and_given_back(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_text("x")
    with claim(path) as first, claim(path) as second:
        assert (first, second) == (True, False)
    with claim(path) as third:
        assert third
    assert path.read_text() == "x"


def test_message_given_is_not_changed(store: Store) -> None:
    message = mail()
    put(store, "ni/einbuergerungen/0001", Kind.RECEIPT, message, START)
    assert message["Date"] is None
