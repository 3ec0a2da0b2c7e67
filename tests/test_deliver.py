"""Delivering from end to end: everything is kept, the record comes last, interrupted work is finished."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from builders import GOOD, ROOT, variant

from einklang.deliver import deliver, process
from einklang.project import Project
from einklang.receive import receive
from einklang.result import Verdict
from einklang.store import Delivery, Receipt, Store

FOLDER = ROOT / "tests" / "deliveries"
BAD = FOLDER / "fail" / "auslaender" / "IM-STA-001_blank_cell.csv"
TIME = "2026-03-14T13:05:00+00:00"
PARTS = {
    "delivery.json",
    "ess.json",
    "findings.csv",
    "observations.parquet",
    "quarantine.parquet",
    "raw",
    "receipt.json",
    "report.html",
    "report.json",
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_good_delivery(test_project: Project, store: Store) -> None:
    delivered = deliver([GOOD], "hb", "auslaender", test_project, store, TIME)
    record = delivered.delivery
    folder = store.folder(record.delivery)
    assert {path.name for path in folder.iterdir()} == PARTS
    assert (record.delivery, record.number, record.verdict) == ("hb/auslaender/0001", 1, Verdict.ACCEPTED)
    assert (record.accepted, record.quarantined, record.errors, record.warnings) == (18, 0, 0, 0)
    assert record.periods == ["2023-12-31", "2024-12-31"]
    assert record.declarations == test_project.fingerprint
    assert not delivered.is_repeat
    assert (folder / "raw" / "1.csv").read_bytes() == GOOD.read_bytes()
    table = pq.read_table(folder / "observations.parquet")
    assert set(table.column("delivery").to_pylist()) == {"hb/auslaender/0001"}
    assert set(table.column("file").to_pylist()) == {"1.csv"}
    result = json.loads((folder / "report.json").read_bytes())
    assert result["identity"]["files"][0]["name"] == "two_years.csv"
    assert result["identity"]["received_at"] == TIME
    assert "angenommen" in (folder / "report.html").read_text(encoding="utf-8")


def test_rejected_delivery_keeps_everything(test_project: Project, store: Store) -> None:
    delivered = deliver([BAD], "hb", "auslaender", test_project, store, TIME)
    folder = store.folder(delivered.delivery.delivery)
    assert {path.name for path in folder.iterdir()} == PARTS | {"report.xlsx"}
    assert delivered.delivery.verdict is Verdict.REJECTED
    assert delivered.delivery.errors == 1
    assert store.accepted_periods("auslaender") == {}
    assert pq.read_table(folder / "quarantine.parquet").column("rules").to_pylist() == ["IM-STA-001"]
    assert "IM-STA-001" in (folder / "findings.csv").read_text(encoding="utf-8-sig")


def test_unreadable_file_is_kept_too(test_project: Project, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "kaputt.csv"
    path.write_bytes(bytes(range(256)))
    delivered = deliver([path], "hb", "auslaender", test_project, store, TIME)
    folder = store.folder(delivered.delivery.delivery)
    assert delivered.delivery.verdict is Verdict.REJECTED
    assert (folder / "raw" / "1.csv").read_bytes() == bytes(range(256))
    assert pq.read_table(folder / "observations.parquet").num_rows == 0


def test_changed_file_replaces_the_earlier(test_project: Project, store: Store, tmp_path: Path) -> None:
    deliver([GOOD], "hb", "auslaender", test_project, store, TIME)
    second = deliver([variant(tmp_path, "neu.csv", "13.480", "13.485")], "hb", "auslaender", test_project, store, TIME)
    assert second.delivery.verdict is Verdict.ACCEPTED
    assert second.delivery.replaces == "hb/auslaender/0001"
    held = store.accepted_periods("auslaender")
    assert {one.number for one in held.values()} == {2}


def test_history_is_what_was_accepted(test_project: Project, store: Store, tmp_path: Path) -> None:
    head, rows, foot = _parts()
    for year in ("2023", "2024"):
        path = tmp_path / f"{year}.csv"
        path.write_text("".join([*head, *(row.replace("2023", year) for row in rows), *foot]), encoding="utf-8")
        delivered = deliver([path], "hb", "auslaender", test_project, store, TIME)
    assert delivered.delivery.verdict is Verdict.CLARIFICATION_NEEDED
    assert delivered.delivery.warnings == 1
    history = store.history("hb", "auslaender")
    assert history is not None
    assert set(history.column("period").to_pylist()) == {"2023-12-31"}


def _parts() -> tuple[list[str], list[str], list[str]]:
    lines = GOOD.read_text(encoding="utf-8").splitlines(keepends=True)
    return lines[:2], lines[2:5], lines[-1:]


@pytest.mark.parametrize("until", ["receipt.json", "observations.parquet", "report.html"])
def test_interrupted_delivery_is_finished(until: str, test_project: Project, store: Store) -> None:
    received = receive([GOOD], "hb", "auslaender", test_project, store, TIME)
    assert isinstance(received, Receipt)
    folder = store.folder(received.delivery)
    process(received, test_project, store)
    whole = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    for name in ("delivery.json", "findings.csv", "report.html", "report.json", "quarantine.parquet"):
        (folder / name).unlink()
        if name == until:
            break
    [waiting] = store.survey().unfinished
    assert waiting == received
    finished = process(waiting, test_project, store)
    assert isinstance(finished.delivery, Delivery)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == whole
    assert store.survey().unfinished == []


def test_same_bytes_same_files(test_project: Project, tmp_path: Path) -> None:
    contents = []
    for name in ("a", "b"):
        store = Store(tmp_path / name)
        folder = store.folder(deliver([BAD], "hb", "auslaender", test_project, store, TIME).delivery.delivery)
        contents.append({path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})
    assert contents[0] == contents[1]


def test_deliveries_at_the_same_time(test_project: Project, store: Store, tmp_path: Path) -> None:
    paths = [variant(tmp_path, f"{number}.csv", "Quelle:", f"Quelle: Fassung {number},") for number in range(4)]

    def run(path: Path) -> Delivery:
        return deliver([path], "hb", "auslaender", test_project, store, TIME).delivery

    with ThreadPoolExecutor(4) as pool:
        records = list(pool.map(run, paths))
    assert sorted(one.number for one in records) == [1, 2, 3, 4]
    assert {one.verdict for one in records} == {Verdict.ACCEPTED}
    assert store.survey().unfinished == []
