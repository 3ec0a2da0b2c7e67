"""A real mail server on loopback, and a store with messages to send."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from einklang.outbox import MailSettings, Server, put
from einklang.report.email import Kind
from einklang.store import Store

START = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
SENDER = "integrationsmonitoring@stelle.example"
MAILBOX = "statistik@ni.example"


@dataclass
class Received:
    """One message as it came through the wire."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        from email import message_from_bytes

        message = message_from_bytes(self.content, policy=SMTP_POLICY)
        assert isinstance(message, EmailMessage)
        return message


@dataclass
class Handler:
    """Keeps what arrives; answers as told, and once the list of answers is used up, with 250."""

    received: list[Received] = field(default_factory=list)
    mail_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    on_data: Callable[[], None] = lambda: None

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail_answers:
            return self.mail_answers.pop(0)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.on_data()
        if self.data_answers:
            return self.data_answers.pop(0)
        assert envelope.mail_from is not None
        assert isinstance(envelope.original_content, bytes)
        self.received.append(Received(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        return "250 Angenommen unter 4711"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def serving(handler: Handler, port: int, **options: Any) -> Iterator[Handler]:
    """A mail server on that port for the length of the block."""
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def mail_server(port: int) -> Iterator[Handler]:
    with serving(Handler(), port) as handler:
        yield handler


def server(port: int, **changes: Any) -> Server:
    given = {"host": "127.0.0.1", "port": port, "security": "none", "sender": SENDER, "timeout": 5.0}
    return Server.model_validate({**given, **changes})


@pytest.fixture
def settings(port: int) -> MailSettings:
    return MailSettings(server=server(port), mailboxes={"ni": (MAILBOX,)})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@dataclass
class Clock:
    """Time that passes when told."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def mail(
    subject: str = "Prüfung · Einbürgerungen", text: str = "Guten Tag,\n\n.Punkt\n", ident: str = "<a@b>"
) -> EmailMessage:
    message = EmailMessage(policy=SMTP_POLICY)
    message["Subject"] = subject
    message["Message-ID"] = ident
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    return message


def put_one(store: Store, number: int = 1, kind: Kind = Kind.RECEIPT, supplier: str = "ni") -> Path:
    delivery = f"{supplier}/einbuergerungen/{number:04d}"
    return put(store, delivery, kind, mail(ident=f"<{kind}.{number}.{supplier}@b>"), START)
