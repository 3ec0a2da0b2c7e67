from __future__ import annotations

import pytest

from einklang.outbox import MailSettings, SendOutcome, outcome_lines, send_pending
from einklang.outbox.box import load
from einklang.report import Language
from einklang.store import Store

from .conftest import Clock, put_one


def test_not_set_up_is_said(store: Store, clock: Clock) -> None:
    put_one(store)
    lines = outcome_lines(send_pending(store, MailSettings(server=None, mailboxes={}), clock))
    assert lines == [
        "Der Versand von E-Mails ist nicht eingerichtet. Alle Nachrichten liegen als Dateien im Ordner „outbox“.",
        "1 Nachricht wartet auf den Versand.",
    ]


def test_nothing_to_do_says_nothing() -> None:
    assert outcome_lines(SendOutcome(is_configured=True)) == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_needs_a_hand_is_named(store: Store, language: Language) -> None:
    messages = []
    for number in range(1, 7):
        put_one(store, number)
        state = load(store, f"ni/einbuergerungen-{number:04d}-receipt")
        messages.append(state.model_copy(update={"problem": f"55{number} nein", "unanswered": 1}))
    outcome = SendOutcome(
        is_configured=True,
        problem="553 nein",
        sent=messages[:1],
        waiting=messages[1:3],
        failed=messages[3:4],
        no_mailbox=messages[4:5],
        held=messages[5:],
        damaged=["hb/x-0001-receipt"],
    )
    said = "\n".join(outcome_lines(outcome, language))
    assert "- hb/x-0001-receipt" in said
    assert "- ni/einbuergerungen-0004-receipt: 554 nein" in said
    assert "- ni/einbuergerungen-0002-receipt: 552 nein" in said
    assert "- ni/einbuergerungen-0003-receipt" not in said
    assert "{" not in said
