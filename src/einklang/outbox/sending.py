"""Sends what lies in the outbox and has not been sent. May run at any time, in several processes.

Twice or never? Where a process dies, or the connection breaks, after a message was passed and before the
answer was written down, nobody can know whether the server has taken it (RFC 5321, 4.5.3.2.6). A message
that holds a deadline must not get lost, so it is sent again, with the same Message-ID, by which mail
systems and people recognise the copy; the outcome names it. In every other case a message is sent once:
only who holds the claim sends, after reading the state again, and only to mailboxes that have no 250 yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from einklang.errors import StoreError
from einklang.outbox import box
from einklang.outbox.attempt import Attempt, Clock, utc_now
from einklang.outbox.box import DamagedMessage, Message, Status
from einklang.outbox.claim import claim
from einklang.outbox.settings import MailSettings
from einklang.outbox.smtp import Session
from einklang.store import Store

# Switching mail on in a store of old deliveries must not write to every office about every one of them.
OLDEST = timedelta(days=14)


@dataclass
class SendOutcome:
    """What became of the messages of an outbox. Messages sent earlier are not in it.

    `problem` says why the server takes no message at all; the messages themselves say why each was not sent.
    """

    is_configured: bool
    problem: str = ""
    sent: list[Message] = field(default_factory=list)
    waiting: list[Message] = field(default_factory=list)
    failed: list[Message] = field(default_factory=list)
    no_mailbox: list[Message] = field(default_factory=list)
    held: list[Message] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def perhaps_twice(self) -> list[Message]:
        """Messages just sent that an earlier attempt may have brought already."""
        return [message for message in self.sent if message.unanswered]

    @property
    def needs_attention(self) -> bool:
        """Whether a steward has to do something."""
        return bool(self.failed or self.no_mailbox or self.held or self.damaged)


def send_pending(store: Store, settings: MailSettings, clock: Clock = utc_now) -> SendOutcome:
    """Sends every message that is due. No trouble with server or network is an exception.

    Raises:
        StoreError: the outbox is not writable.
    """
    outcome = SendOutcome(is_configured=settings.server is not None)
    due: list[Message] = []
    for name in box.names(store):
        try:
            _sort(box.load(store, name), settings, clock(), outcome, due)
        except DamagedMessage:
            outcome.damaged.append(name)
    if settings.server is None:
        return outcome
    with Session(settings.server) as session:
        for listed in sorted(due, key=lambda message: (message.since, message.name)):
            try:
                _add(_send_one(listed, session, settings, store, clock), outcome)
            except DamagedMessage:
                outcome.damaged.append(listed.name)
        outcome.problem = session.problem
    return outcome


def _sort(message: Message, settings: MailSettings, now: datetime, outcome: SendOutcome, due: list[Message]) -> None:
    """Puts a message where it belongs before anything is sent."""
    if message.status is Status.FAILED:
        outcome.failed.append(message)
    elif message.status is Status.SENT:
        return
    elif settings.server is None:
        outcome.waiting.append(message)
    elif not settings.mailboxes.get(message.supplier):
        outcome.no_mailbox.append(message)
    elif _is_held(message, now):
        outcome.held.append(message)
    elif message.is_due(now):
        due.append(message)
    else:
        outcome.waiting.append(message)


def _is_held(message: Message, now: datetime) -> bool:
    is_old = now - datetime.fromisoformat(message.since) > OLDEST
    return is_old and message.attempts == 0 and not message.is_released


def _add(message: Message | None, outcome: SendOutcome) -> None:
    if message is not None:
        by_status = {Status.SENT: outcome.sent, Status.FAILED: outcome.failed}
        by_status.get(message.status, outcome.waiting).append(message)


def _send_one(listed: Message, session: Session, settings: MailSettings, store: Store, clock: Clock) -> Message | None:
    """What became of a message that was due when it was listed; None if another process has sent it since."""
    with claim(box.place(store, listed.name)) as is_ours:
        message = box.load(store, listed.name)
        if is_ours and message.is_due(clock()):
            return Attempt(message, settings.mailboxes[message.supplier], store, clock).run(session)
    return None if message.status is Status.SENT else message


def release_message(store: Store, name: str) -> Message:
    """Lets a message that failed, or is too old, be tried again; mailboxes that have it are left out.

    Raises:
        UnknownName: there is no such message.
        StoreError: it is being sent at this moment, or its state is damaged.
    """
    box.existing(store, name)
    with claim(box.place(store, name)) as is_ours:
        if not is_ours:
            raise StoreError(box.place(store, name), "the message is being sent at this moment")
        message = box.load(store, name)
        if message.status is Status.SENT:
            return message
        unanswered = message.unanswered + (message.status is Status.SENDING)
        released = message.model_copy(
            update={"status": Status.WAITING, "next_try_at": None, "is_released": True, "unanswered": unanswered}
        )
        box.save(store, released)
    return released
