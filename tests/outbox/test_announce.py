from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from builders import ROOT

from einklang.deliver import deliver
from einklang.errors import StoreError
from einklang.outbox import MailSettings, announce_all, announce_receipt, announce_verdict, send_pending
from einklang.outbox.box import names
from einklang.project import Project
from einklang.receive import receive
from einklang.store import Delivery, Receipt, Store

from .conftest import MAILBOX, START, Clock, Handler, server

FILE = ROOT / "tests/deliveries/fail/auslaender/IM-VAL-001_two_commas.csv"
PLACE = "https://monitoring.example/{}/report.html"


def place_of(delivery: Delivery) -> str:
    return PLACE.format(delivery.delivery)


@pytest.fixture
def delivered(test_project: Project, store: Store) -> Delivery:
    return deliver([FILE], "hb", "auslaender", test_project, store, START.isoformat()).delivery


def lose_messages(store: Store) -> None:
    """As if a run had been interrupted before it laid them down."""
    shutil.rmtree(store.root / "outbox")


def test_delivering_lays_both_messages_down(store: Store, delivered: Delivery) -> None:
    assert sorted(names(store)) == ["hb/auslaender-0001-receipt", "hb/auslaender-0001-verdict"]


def test_receipt_at_once_and_verdict_later_reach_the_office(
    test_project: Project, store: Store, mail_server: Handler, port: int, clock: Clock
) -> None:
    settings = MailSettings(server=server(port), mailboxes={"hb": (MAILBOX,)})
    receipt = receive([FILE], "hb", "auslaender", test_project, store, START.isoformat())
    assert isinstance(receipt, Receipt)
    lose_messages(store)
    announce_receipt(receipt, test_project, store, domain=settings.domain, clock=clock)
    assert len(send_pending(store, settings, clock).sent) == 1
    from einklang.deliver import process

    judged = process(receipt, test_project, store).delivery
    lose_messages(store)
    announce_verdict(judged, place_of(judged), test_project, store, domain=settings.domain, clock=clock)
    assert len(send_pending(store, settings, clock).sent) == 1
    first, second = (one.message for one in mail_server.received)
    assert "EINGEGANGEN" in first["Subject"]
    assert "ZURÜCKGEWIESEN" in second["Subject"]
    assert second["In-Reply-To"] == first["Message-ID"]
    assert first["Message-ID"].endswith("@stelle.example>")
    assert place_of(judged) in second.get_content()
    assert FILE.name in first.get_content()


def test_what_is_lacking_is_made_up_for_once(
    test_project: Project, store: Store, delivered: Delivery, clock: Clock
) -> None:
    receive([FILE.with_name("IM-COD-001_kreis_key_unknown.csv")], "hb", "auslaender", test_project, store)
    lose_messages(store)
    laid = announce_all(test_project, store, place_of, clock=clock).laid
    assert [path.stem for path in laid] == [
        "auslaender-0001-receipt",
        "auslaender-0002-receipt",
        "auslaender-0001-verdict",
    ]
    assert announce_all(test_project, store, place_of, clock=clock).laid == []
    assert len(list(names(store))) == 3


def test_messages_about_old_deliveries_stay_files(
    test_project: Project, store: Store, delivered: Delivery, mail_server: Handler, port: int, clock: Clock
) -> None:
    clock.pass_by(days=100)
    announce_all(test_project, store, place_of, clock=clock)
    settings = MailSettings(server=server(port), mailboxes={"hb": (MAILBOX,)})
    outcome = send_pending(store, settings, clock)
    assert (len(outcome.held), outcome.sent, mail_server.received) == (2, [], [])


def test_the_new_verdict_on_an_old_delivery_is_not_too_old(
    test_project: Project, store: Store, delivered: Delivery, mail_server: Handler, port: int, clock: Clock
) -> None:
    clock.pass_by(days=100)
    again = delivered.model_copy(update={"judgement": 2, "judged_at": clock().isoformat()})
    for _ in range(2):
        announce_verdict(again, place_of(again), test_project, store, clock=clock)
    settings = MailSettings(server=server(port), mailboxes={"hb": (MAILBOX,)})
    outcome = send_pending(store, settings, clock)
    assert [one.name for one in outcome.sent] == ["hb/auslaender-0001-verdict-2"]
    assert len(outcome.held) == 2
    assert send_pending(store, settings, clock).sent == []
    assert len(mail_server.received) == 1


def test_one_damaged_record_keeps_no_other_from_its_messages(
    test_project: Project, store: Store, delivered: Delivery, clock: Clock
) -> None:
    other = deliver([FILE.with_name("IM-COD-001_kreis_key_unknown.csv")], "hb", "auslaender", test_project, store)
    damaged = store.folder(delivered.delivery) / "report.json"
    damaged.write_text("{}", encoding="utf-8")
    lose_messages(store)
    announced = announce_all(test_project, store, place_of, clock=clock)
    assert [path.stem for path in announced.laid] == [
        "auslaender-0001-receipt",
        "auslaender-0002-receipt",
        "auslaender-0002-verdict",
    ]
    assert other.delivery.number == 2
    assert [one.path for one in announced.damaged] == [damaged]


def test_no_value_of_the_file_is_in_the_verdict(
    test_project: Project, store: Store, delivered: Delivery, clock: Clock
) -> None:
    path = announce_verdict(delivered, place_of(delivered), test_project, store, clock=clock)
    raw = [cell["raw"] for one in _findings(store, delivered) for cell in one["places"] if cell["raw"]]
    assert raw
    assert not any(value in path.read_text() for value in raw if len(value) > 2)


def _findings(store: Store, delivery: Delivery) -> list[dict[str, list[dict[str, str]]]]:
    import json

    content = json.loads((store.folder(delivery.delivery) / "report.json").read_bytes())
    found: list[dict[str, list[dict[str, str]]]] = content["findings"]
    return found


def test_damaged_report_is_said(test_project: Project, store: Store, delivered: Delivery) -> None:
    Path(store.folder(delivered.delivery) / "report.json").write_text("{}")
    with pytest.raises(StoreError, match=r"report\.json"):
        announce_verdict(delivered, "x", test_project, store)
