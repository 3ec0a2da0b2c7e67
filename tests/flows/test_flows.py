"""Each flow: a test per outcome, its state name, what it publishes, and that one delivery never stops another."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from flow_senders import ROOT, sender
from prefect import Task
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.objects import Artifact
from prefect.client.schemas.sorting import ArtifactSort, FlowRunSort
from prefect.testing.utilities import prefect_test_harness

import flows.deliver
import flows.inbox
import flows.release
from einklang.declarations.base import Text
from einklang.declarations.rules import Severity
from einklang.errors import UnknownName, UnusableInput
from einklang.findings import Finding
from einklang.project import Project
from einklang.receive import receive
from einklang.release import Released
from einklang.result import Verdict
from einklang.store import Receipt, Store

pytestmark = pytest.mark.usefixtures("prefect")

run_deliver, run_inbox, run_release = flows.deliver.run_deliver, flows.inbox.run_inbox, flows.release.run_release
TASKS = [
    one
    for module in (flows.deliver, flows.inbox, flows.release)
    for one in vars(module).values()
    if isinstance(one, Task)
]
OUTCOMES = [
    ("", "Accepted"),
    ("encoding", "AcceptedWithNotes"),
    ("twice", "ClarificationNeeded"),
    ("key", "Rejected"),
]


@pytest.fixture(scope="session")
def prefect() -> Iterator[None]:
    """One Prefect server for all tests."""
    with prefect_test_harness(server_startup_timeout=300):
        yield


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "eingang"
    folder.mkdir()
    return folder


def latest_artifact(key: str) -> Artifact:
    """The newest artifact of that key."""
    with get_client(sync_client=True) as client:
        wanted = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
        return client.read_artifacts(artifact_filter=wanted, sort=ArtifactSort.CREATED_DESC, limit=1)[0]


def latest_state() -> tuple[str, str]:
    """Type and name of the state of the newest flow run, as the server knows it."""
    with get_client(sync_client=True) as client:
        state = client.read_flow_runs(sort=FlowRunSort.START_TIME_DESC, limit=1)[0].state
    assert state is not None
    return state.type.value, state.name or ""


@pytest.mark.parametrize(("fault", "name"), OUTCOMES)
def test_the_state_of_a_delivery_is_its_verdict(tmp_path: Path, store: Path, fault: str, name: str) -> None:
    file = sender.write(tmp_path / "lieferung.csv", fault)
    state, delivery = run_deliver([file], sender.supplier, sender.dataset, ROOT, store)
    assert (state, delivery) == (name, "bb/einbuergerungen/0001")
    assert latest_state() == ("FAILED" if name == "Rejected" else "COMPLETED", name)
    assert flows.deliver.STATE_NAMES[Store(store).delivery(delivery).verdict] == name
    page = str(latest_artifact("lieferung").data)
    assert str(Store(store).folder(delivery) / "report.html") in page


def test_every_verdict_has_a_state_name() -> None:
    assert set(flows.deliver.STATE_NAMES) == set(Verdict)


def test_the_same_bytes_again_are_unchanged(tmp_path: Path, store: Path) -> None:
    file = sender.write(tmp_path / "lieferung.csv", "key")
    first = run_deliver([file], sender.supplier, sender.dataset, ROOT, store)
    again = run_deliver([file], sender.supplier, sender.dataset, ROOT, store)
    assert (first[0], again) == ("Rejected", ("Unchanged", first[1]))
    assert latest_state() == ("COMPLETED", "Unchanged")


def test_a_delivery_that_names_nothing_ends_failed_and_says_so(tmp_path: Path, store: Path) -> None:
    file = sender.write(tmp_path / "lieferung.csv")
    with pytest.raises(UnknownName, match="There is no supplier `bbb`"):
        run_deliver([file], "bbb", sender.dataset, ROOT, store)
    assert latest_state() == ("FAILED", "Failed")
    assert not store.exists()


def test_an_unknown_parameter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        flows.inbox.InboxRequest.model_validate({"inbox": tmp_path, "store": tmp_path, "land": "bb"})


@pytest.mark.parametrize(
    "model", [flows.deliver.DeliveryRequest, flows.inbox.InboxRequest, flows.release.ReleaseRequest]
)
def test_every_parameter_is_described(model: Any) -> None:
    assert all(field.description for field in model.model_fields.values())


def test_an_empty_inbox_is_all_accepted(inbox: Path, store: Path) -> None:
    outcome = run_inbox(inbox, ROOT, store)
    assert (outcome.state, outcome.rows) == ("AllAccepted", ())
    assert latest_artifact("eingang-lieferungen").description == "Der Eingang ist leer."


def test_an_inbox_of_accepted_deliveries(inbox: Path, store: Path) -> None:
    sender.put(inbox, "2023.csv", year=2023)
    sender.put(inbox, "2024.csv", "encoding")
    outcome = run_inbox(inbox, ROOT, store)
    assert outcome.state == "AllAccepted"
    assert [(row.source, row.delivery, row.verdict) for row in outcome.rows] == [
        ("bb/einbuergerungen/2023.csv", "bb/einbuergerungen/0001", Verdict.ACCEPTED),
        ("bb/einbuergerungen/2024.csv", "bb/einbuergerungen/0002", Verdict.ACCEPTED_WITH_NOTES),
    ]
    assert latest_state() == ("COMPLETED", "AllAccepted")


@pytest.mark.parametrize("fault", ["twice", "key"])
def test_an_inbox_of_which_some_need_attention(inbox: Path, store: Path, fault: str) -> None:
    sender.put(inbox, "2023.csv", year=2023)
    sender.put(inbox, "2024.csv", fault)
    assert run_inbox(inbox, ROOT, store).state == "SomeNeedAttention"
    assert latest_state() == ("COMPLETED", "SomeNeedAttention")


def test_what_an_inbox_publishes(inbox: Path, store: Path) -> None:
    sender.put(inbox, "gut.csv")
    sender.put(inbox, "schlecht.csv", "key")
    (inbox / "xx").mkdir()
    run_inbox(inbox, ROOT, store)
    rows = json.loads(str(latest_artifact("eingang-lieferungen").data))
    report = str(store / "deliveries" / "bb" / "einbuergerungen" / "0002" / "report.html")
    assert rows[1] == {
        "Liefernde Stelle": "bb",
        "Datensatz": "einbuergerungen",
        "Lieferung": "bb/einbuergerungen/0002",
        "Datei": "bb/einbuergerungen/schlecht.csv",
        "Ergebnis": "Zurückgewiesen",
        "Fehler": 1,
        "Warnungen": 0,
        "Prüfbericht": report,
        "Anmerkung": "",
    }
    assert [row["Ergebnis"] for row in rows] == ["Angenommen", "Zurückgewiesen", "nicht zuzuordnen"]
    page = str(latest_artifact("eingang").data)
    assert "3 Lieferungen: 1 angenommen, 1 zurückgewiesen, 1 nicht zuzuordnen." in page
    assert report in page
    assert "`xx`: nicht zuzuordnen. `Die liefernde Stelle ist nicht bekannt.`" in page


def test_a_crash_stops_no_other_delivery(inbox: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        sender.put(inbox, name, year=2020 + ord(name[0]) - ord("a"))
    process = flows.inbox.process

    def crash(receipt: Receipt, *rest: Any) -> Any:
        if receipt.number == 2:
            raise MemoryError("kein Platz")
        return process(receipt, *rest)

    monkeypatch.setattr(flows.inbox, "process", crash)
    outcome = run_inbox(inbox, ROOT, store)
    assert outcome.state == "SomeCrashed"
    assert [row.verdict for row in outcome.rows] == [Verdict.ACCEPTED, None, Verdict.ACCEPTED]
    assert outcome.rows[1].note == "MemoryError: kein Platz"
    assert latest_state() == ("FAILED", "SomeCrashed")

    monkeypatch.setattr(flows.inbox, "process", process)
    mended = run_inbox(inbox, ROOT, store)
    assert mended.state == "AllAccepted"
    assert {row.delivery for row in mended.rows} == {f"bb/einbuergerungen/000{number}" for number in (1, 2, 3)}
    assert Store(store).survey().unfinished == []


def test_a_place_that_holds_no_delivery_fails_the_run_and_stops_nothing(inbox: Path, store: Path) -> None:
    sender.put(inbox, "gut.csv")
    (inbox / "bb" / "verirrt.csv").write_text("x")
    outcome = run_inbox(inbox, ROOT, store)
    assert outcome.state == "SomeCrashed"
    assert [(row.source, row.verdict, row.is_unusable) for row in outcome.rows] == [
        ("bb/einbuergerungen/gut.csv", Verdict.ACCEPTED, False),
        ("bb/verirrt.csv", None, True),
    ]


def test_files_stay_and_are_no_new_deliveries(inbox: Path, store: Path) -> None:
    first, second = sender.put(inbox, "alt.csv", "encoding"), sender.put(inbox, "neu.csv")
    run_inbox(inbox, ROOT, store)
    again = run_inbox(inbox, ROOT, store)
    assert first.is_file()
    assert second.is_file()
    assert [row.is_repeat for row in again.rows] == [True, True]
    assert [one.number for one in Store(store).deliveries()] == [1, 2]


def test_an_interrupted_delivery_is_finished(tmp_path: Path, inbox: Path, store: Path, project: Project) -> None:
    receive([sender.write(tmp_path / "lieferung.csv")], sender.supplier, sender.dataset, project, Store(store))
    outcome = run_inbox(inbox, ROOT, store)
    assert outcome.state == "AllAccepted"
    assert [(row.source, row.delivery) for row in outcome.rows] == [
        (flows.inbox.INTERRUPTED, "bb/einbuergerungen/0001")
    ]


def test_a_damaged_receipt_stops_nothing(inbox: Path, store: Path) -> None:
    damaged = store / "deliveries" / "by" / "auslaender" / "0001" / "receipt.json"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("{")
    sender.put(inbox, "gut.csv")
    outcome = run_inbox(inbox, ROOT, store)
    assert outcome.state == "SomeCrashed"
    assert outcome.rows[0].verdict is Verdict.ACCEPTED
    assert outcome.rows[1].is_unusable


def test_one_supplier_and_data_set_at_a_time_in_order(
    inbox: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{year}.csv" for year in range(2015, 2020)]
    for name in names:
        sender.put(inbox, name, year=int(name[:4]))
    running: list[int] = []
    seen: list[int] = []
    process = flows.inbox.process

    def watched(receipt: Receipt, *rest: Any) -> Any:
        running.append(receipt.number)
        seen.append(len(running))
        done = process(receipt, *rest)
        running.remove(receipt.number)
        return done

    monkeypatch.setattr(flows.inbox, "process", watched)
    outcome = run_inbox(inbox, ROOT, store)
    assert seen == [1] * len(names)
    assert [(row.source[-8:], row.delivery) for row in outcome.rows] == [
        (name, f"bb/einbuergerungen/{number:04d}") for number, name in enumerate(names, 1)
    ]


def test_different_suppliers_run_at_once(inbox: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for supplier, name in (("bb", "bb_einbuergerungen_2024.csv"), ("ni", "Z1251-NI_2024.csv")):
        folder = inbox / supplier / "einbuergerungen"
        folder.mkdir(parents=True)
        source = ROOT / "demo" / "inbox" / "2-aktuell" / supplier / "einbuergerungen" / name
        (folder / name).write_bytes(source.read_bytes())
    met = threading.Barrier(flows.inbox.AT_A_TIME, timeout=60)
    process = flows.inbox.process

    def together(*arguments: Any) -> Any:
        met.wait()
        return process(*arguments)

    monkeypatch.setattr(flows.inbox, "process", together)
    assert run_inbox(inbox, ROOT, store).state == "AllAccepted"


def test_a_listener_hears_the_steps(inbox: Path, store: Path) -> None:
    sender.put(inbox, "gut.csv")
    heard: list[tuple[str, str]] = []
    run_inbox(inbox, ROOT, store, lambda *step: heard.append(step))
    assert {source for source, _ in heard} == {"bb/einbuergerungen/gut.csv"}
    assert [step for _, step in heard][:2] == ["read", "structure"]


def test_an_inbox_that_is_not_there_is_no_traceback(tmp_path: Path, store: Path) -> None:
    with pytest.raises(UnusableInput, match="There is no inbox folder"):
        run_inbox(tmp_path / "fehlt", ROOT, store)


FINDING = Finding(
    rule="IM-PUB-001",
    severity=Severity.ERROR,
    confirm=False,
    title=Text(de="Alle Länder", en="All Länder"),
    message=Text(de="Es fehlt Hessen.", en="Hessen is missing."),
    expected=Text(de="Alle.", en="All."),
    remedy=Text(de="Bitte nachfordern.", en="Please ask for it."),
    count=1,
    places=[],
)


@pytest.mark.parametrize(
    ("released", "state", "said"),
    [
        (Released("1.0.0", Path("/r/1.0.0"), True, ()), ("COMPLETED", "Released"), "1.0.0: neu gebildet."),
        (Released("1.0.0", Path("/r/1.0.0"), False, ()), ("COMPLETED", "Unchanged"), "1.0.0: unverändert."),
        (
            Released(None, None, False, (FINDING,)),
            ("FAILED", "Blocked"),
            "**IM-PUB-001** Es fehlt Hessen. Bitte nachfordern.",
        ),
        (Released(None, None, False, ()), ("FAILED", "NothingToRelease"), "keine angenommene Lieferung"),
    ],
)
def test_the_state_of_a_release(
    store: Path, monkeypatch: pytest.MonkeyPatch, released: Released, state: tuple[str, str], said: str
) -> None:
    monkeypatch.setattr(flows.release, "make_release", lambda *_: released)
    assert run_release(ROOT, store) == released
    assert latest_state() == state
    assert said in str(latest_artifact("veroeffentlichung").data)


def test_a_store_without_deliveries_releases_nothing(store: Path) -> None:
    assert run_release(ROOT, store).version is None


@pytest.mark.parametrize("one", TASKS, ids=lambda one: one.fn.__name__)
def test_tasks_take_texts_only(one: Task[Any, Any]) -> None:
    hints = get_type_hints(one.fn)
    hints.pop("return")
    assert set(hints.values()) <= {str, list[str], str | None}


def test_there_are_tasks() -> None:
    assert len(TASKS) >= 5


def test_the_library_finds_the_flows() -> None:
    found = {entry.name: entry.load() for entry in entry_points(group="einklang.flows")}
    assert found == {"deliver": run_deliver, "inbox": run_inbox, "release": run_release}


def test_the_installed_fastapi_serves_prefect() -> None:
    """Newer FastAPI versions refuse the null values that Prefect's client sends, or do not load its server at all."""
    import prefect.server.api.server  # noqa: F401

    with get_client(sync_client=True) as client:
        assert client.read_flow_runs(flow_filter=None, limit=None) is not None
        assert client.request("POST", "/flows/filter", json={"flows": None, "limit": None}).status_code == 200
