from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path

import pytest

from einklang.errors import UnknownName
from einklang.outbox import MailSettings, Status, release_message, send_pending
from einklang.outbox.attempt import LONGEST_WAIT, wait_after
from einklang.outbox.box import load, save
from einklang.outbox.claim import claim
from einklang.report.email import Kind
from einklang.store import Store

from .conftest import MAILBOX, SENDER, START, Clock, Handler, put_one, server, serving

NAME = "ni/einbuergerungen-0001-receipt"


def test_message_arrives_once_and_whole(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    put_one(store)
    assert [one.name for one in send_pending(store, settings, clock).sent] == [NAME]
    assert send_pending(store, settings, clock).sent == []
    (received,) = mail_server.received
    assert (received.sender, received.recipients) == (SENDER, [MAILBOX])
    message = received.message
    assert message["From"] == f"Integrationsmonitoring der Länder <{SENDER}>"
    assert message["To"] == MAILBOX
    assert message["Subject"] == "Prüfung · Einbürgerungen"
    assert message["Message-ID"] == "<receipt.1.ni@b>"
    assert message["Date"].datetime == START
    assert message.get_content().replace("\r\n", "\n") == "Guten Tag,\n\n.Punkt\n"
    state = load(store, NAME)
    assert (state.status, state.attempts, state.next_try_at) == (Status.SENT, 1, None)
    assert [(one.address, one.code, one.answer) for one in state.handed] == [(MAILBOX, 250, "Angenommen unter 4711")]


def test_messages_go_in_order_of_their_names_over_one_connection(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    for number in (3, 1, 2):
        put_one(store, number)
    outcome = send_pending(store, settings, clock)
    assert [one.name[-12:-8] for one in outcome.sent] == ["0001", "0002", "0003"]
    assert [one.message["Message-ID"] for one in mail_server.received] == [f"<receipt.{n}.ni@b>" for n in (1, 2, 3)]


def test_without_server_messages_stay_files(store: Store, clock: Clock) -> None:
    path = put_one(store)
    outcome = send_pending(store, MailSettings(server=None, mailboxes={}), clock)
    assert not outcome.is_configured
    assert [one.name for one in outcome.waiting] == [NAME]
    assert load(store, NAME).attempts == 0
    assert path.is_file()


def test_supplier_without_mailbox_is_named_and_not_counted(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    put_one(store, supplier="hb")
    put_one(store)
    outcome = send_pending(store, settings, clock)
    assert [one.supplier for one in outcome.no_mailbox] == ["hb"]
    assert outcome.needs_attention
    assert len(outcome.sent) == 1
    assert load(store, "hb/einbuergerungen-0001-receipt").attempts == 0


def test_server_down_waits_ever_longer_and_loses_nothing(
    store: Store, settings: MailSettings, clock: Clock, port: int
) -> None:
    put_one(store)
    waits = []
    for attempt in range(1, 12):
        outcome = send_pending(store, settings, clock)
        (waiting,) = outcome.waiting
        assert waiting.attempts == attempt
        assert outcome.problem == waiting.problem != ""
        assert send_pending(store, settings, clock).waiting[0].attempts == attempt
        waits.append(wait_after(attempt))
        clock.now += waits[-1]
    assert waits[:3] == [waits[0], 2 * waits[0], 4 * waits[0]]
    assert waits[-1] == LONGEST_WAIT
    with serving(Handler(), port) as handler:
        outcome = send_pending(store, settings, clock)
    assert len(outcome.sent) == len(handler.received) == 1
    assert outcome.perhaps_twice == []


@pytest.mark.parametrize("answer", ["451 Bitte später", "421 Feierabend"])
@pytest.mark.parametrize("stage", ["mail_answers", "data_answers"])
def test_not_now_is_tried_again(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock, stage: str, answer: str
) -> None:
    getattr(mail_server, stage).append(answer)
    put_one(store)
    (waiting,) = send_pending(store, settings, clock).waiting
    assert waiting.status is Status.WAITING
    assert answer.split()[0] in waiting.problem
    assert waiting.unanswered == 0
    clock.pass_by(minutes=1)
    assert len(send_pending(store, settings, clock).sent) == 1
    assert len(mail_server.received) == 1


@pytest.mark.parametrize("stage", ["mail_answers", "data_answers"])
def test_refused_for_good_fails_until_released(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock, stage: str
) -> None:
    getattr(mail_server, stage).append("550 Postfach unbekannt")
    put_one(store)
    put_one(store, 2)
    outcome = send_pending(store, settings, clock)
    (failed,) = outcome.failed
    assert "550 Postfach unbekannt" in failed.problem
    assert len(outcome.sent) == 1
    clock.pass_by(days=1)
    assert [one.name for one in send_pending(store, settings, clock).failed] == [NAME]
    release_message(store, NAME)
    assert [one.name for one in send_pending(store, settings, clock).sent] == [NAME]
    assert len(mail_server.received) == 2


def test_each_mailbox_gets_it_once(mail_server: Handler, store: Store, settings: MailSettings, clock: Clock) -> None:
    two = (MAILBOX, "vertretung@ni.example", "weg@ni.example")
    settings = settings.model_copy(update={"mailboxes": {"ni": two}})
    mail_server.refused = {two[1]: "450 voll", two[2]: "550 unbekannt"}
    put_one(store)
    (waiting,) = send_pending(store, settings, clock).waiting
    assert {one.address: one.code for one in waiting.handed} == {two[0]: 250, two[1]: 450, two[2]: 550}
    del mail_server.refused[two[1]]
    clock.pass_by(hours=1)
    assert len(send_pending(store, settings, clock).failed) == 1
    assert [one.recipients for one in mail_server.received] == [[two[0]], [two[1]]]
    settings = settings.model_copy(update={"mailboxes": {"ni": two[:2]}})
    release_message(store, NAME)
    assert len(send_pending(store, settings, clock).sent) == 1
    assert len(mail_server.received) == 2


def test_old_messages_are_held_until_released(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    put_one(store)
    clock.pass_by(days=30)
    outcome = send_pending(store, settings, clock)
    assert [one.name for one in outcome.held] == [NAME]
    assert mail_server.received == []
    release_message(store, NAME)
    assert len(send_pending(store, settings, clock).sent) == 1


def test_message_tried_in_time_is_sent_however_late(
    store: Store, settings: MailSettings, clock: Clock, port: int
) -> None:
    put_one(store)
    send_pending(store, settings, clock)
    clock.pass_by(days=30)
    with serving(Handler(), port):
        assert len(send_pending(store, settings, clock).sent) == 1


def test_many_at_once_send_each_message_once(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    for number in range(1, 21):
        put_one(store, number)
    start = threading.Barrier(4)

    def send(_: int) -> list[str]:
        start.wait()
        return [one.name for one in send_pending(store, settings, clock).sent]

    with ThreadPoolExecutor(4) as pool:
        sent = [name for names in pool.map(send, range(4)) for name in names]
    assert len(sent) == len(set(sent)) == len(mail_server.received) == 20


def test_claimed_message_is_left_alone(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    path = put_one(store)
    with claim(path) as is_ours:
        assert is_ours
        assert len(send_pending(store, settings, clock).waiting) == 1
    assert mail_server.received == []
    assert len(send_pending(store, settings, clock).sent) == 1


SEND = """
import sys
from pathlib import Path
from einklang.outbox import MailSettings, send_pending
from einklang.store import Store
settings = MailSettings.model_validate_json(sys.argv[2])
print(len(send_pending(Store(Path(sys.argv[1])), settings).sent))
"""


def _process(store: Store, settings: MailSettings) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", SEND, str(store.root), settings.model_dump_json()], stdout=subprocess.PIPE
    )


@pytest.fixture
def recent(store: Store) -> Store:
    """The store with one message that is not too old by the real clock."""
    from datetime import UTC, datetime

    put_one(store)
    save(store, load(store, NAME).model_copy(update={"since": datetime.now(UTC).isoformat()}))
    return store


def test_two_processes_send_a_message_once(mail_server: Handler, recent: Store, settings: MailSettings) -> None:
    processes = [_process(recent, settings) for _ in range(3)]
    sent = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sorted(sent) == [0, 0, 1]
    assert len(mail_server.received) == 1


def test_killed_before_the_answer_is_sent_again_under_the_same_id(
    mail_server: Handler, recent: Store, settings: MailSettings, clock: Clock
) -> None:
    process = _process(recent, settings)

    def kill() -> None:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    mail_server.on_data = kill
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    state = load(recent, NAME)
    assert state.status is Status.SENDING
    assert state.next_try_at is not None
    mail_server.on_data = lambda: None
    release_message(recent, NAME)
    outcome = send_pending(recent, settings, clock)
    assert [one.name for one in outcome.perhaps_twice] == [NAME]
    assert [one.message["Message-ID"] for one in mail_server.received] == ["<receipt.1.ni@b>"] * 2


def test_left_behind_in_sending_waits_and_is_sent_again(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    put_one(store)
    state = load(store, NAME)
    later = clock().replace(minute=1).isoformat()
    save(store, state.model_copy(update={"status": Status.SENDING, "attempts": 1, "next_try_at": later}))
    assert len(send_pending(store, settings, clock).waiting) == 1
    clock.pass_by(minutes=1)
    outcome = send_pending(store, settings, clock)
    assert outcome.perhaps_twice == outcome.sent != []


def test_no_answer_after_the_message_is_sent_again(
    store: Store, settings: MailSettings, clock: Clock, port: int
) -> None:
    put_one(store)
    gate = threading.Event()

    def linger() -> None:
        gate.wait(2)

    impatient = settings.model_copy(update={"server": server(port, answer_timeout=0.2)})
    with serving(Handler(on_data=linger), port):
        (waiting,) = send_pending(store, impatient, clock).waiting
        gate.set()
    assert (waiting.status, waiting.unanswered) == (Status.WAITING, 1)
    clock.pass_by(minutes=1)
    with serving(Handler(), port):
        assert len(send_pending(store, settings, clock).perhaps_twice) == 1


def test_crash_while_writing_down_costs_no_message(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_one(store)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("einklang.outbox.box.save", crash)
        with pytest.raises(KeyboardInterrupt):
            send_pending(store, settings, clock)
    assert mail_server.received == []
    assert load(store, NAME).status is Status.WAITING
    assert len(send_pending(store, settings, clock).sent) == 1


def test_damaged_state_is_named_and_stops_no_other(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    put_one(store).with_suffix(".json").write_text("{")
    put_one(store, 2).with_suffix(".json").unlink()
    put_one(store, 3)
    outcome = send_pending(store, settings, clock)
    assert outcome.damaged == [NAME, NAME.replace("1", "2")]
    assert len(outcome.sent) == 1


def test_name_that_does_not_exist_cannot_be_released(store: Store) -> None:
    put_one(store)
    with pytest.raises(UnknownName, match="0001-receipt"):
        release_message(store, "ni/einbuergerungen-0001-verdict")


def test_sent_message_stays_sent_when_released(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    put_one(store)
    send_pending(store, settings, clock)
    assert release_message(store, NAME).status is Status.SENT


def test_hostile_answer_of_the_server_is_harmless(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    mail_server.data_answers.append("550 \x1b[31mrot\u202e" + "x" * 5)
    put_one(store)
    (failed,) = send_pending(store, settings, clock).failed
    assert "\x1b" not in failed.problem
    assert "[U+001B]" in failed.problem


def test_receipt_and_verdict_are_two_messages(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    put_one(store)
    put_one(store, kind=Kind.VERDICT)
    assert len(send_pending(store, settings, clock).sent) == 2


def test_wire_is_seven_bit_with_crlf(mail_server: Handler, store: Store, settings: MailSettings, clock: Clock) -> None:
    put_one(store)
    send_pending(store, settings, clock)
    content = mail_server.received[0].content
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert SMTP_POLICY.linesep == "\r\n"


def test_nothing_else_is_left_in_the_outbox(
    mail_server: Handler, store: Store, settings: MailSettings, clock: Clock
) -> None:
    path = put_one(store)
    send_pending(store, settings, clock)
    assert sorted(one.name for one in Path(path.parent).iterdir()) == [f"{path.stem}.eml", f"{path.stem}.json"]
