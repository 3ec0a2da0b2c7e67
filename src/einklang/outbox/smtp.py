"""One connection to the mail server, and one message at a time through it.

Belongs here: the conversation, and what its end means. Does not belong here: when to try, and what is
written down about it.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType

from einklang.outbox.settings import Server
from einklang.report.display import visible

ANSWER_SHOWN = 300
_TAKEN = frozenset({250, 251})
_GO_ON = 354
_CLOSING = 421
# "Authentication required", "… too weak", "… failed", "encryption required": nothing is wrong with the message.
_OUR_FAULT = frozenset({530, 534, 535, 538})
_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class Answer:
    """What the server said about one recipient."""

    code: int
    text: str


class Unreached(Exception):
    """The server could not be spoken to, or broke off; the message is not to blame."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class Unanswered(Unreached):
    """The whole message was passed, and the connection ended without an answer."""


def addressed(content: bytes, name: str, sender: str, recipients: Sequence[str]) -> bytes:
    """The message with its `From` and `To`."""
    head = EmailMessage(policy=SMTP)
    head["From"] = Address(name, addr_spec=sender)
    head["To"] = [Address(addr_spec=recipient) for recipient in recipients]
    return head.as_bytes().removesuffix(b"\r\n") + content


class Session:
    """A connection that is opened for the first message and used for all."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self._problem = ""

    @property
    def problem(self) -> str:
        """Why the server takes no message at all; empty if it does."""
        return self._problem

    @property
    def sender(self) -> str:
        """The mailbox the messages come from."""
        return self._server.sender

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None and error is None:
            try:
                self._smtp.quit()
            except OSError:
                self._smtp.close()
        self._drop()

    def hand_over(
        self, recipients: Sequence[str], content: bytes, before_content: Callable[[], None]
    ) -> dict[str, Answer]:
        """Passes one message; gives the answer for each recipient.

        `before_content` is called when the server is ready for the message and nothing of it was passed.

        Raises:
            Unreached: no connection, or it broke before the message was passed. It was not taken.
            Unanswered: it broke after that. Whether it was taken is unknown.
        """
        smtp = self._connected()
        try:
            answers, accepted = self._envelope(smtp, recipients)
            if not accepted:
                self._reset(smtp)
                return answers
            code, text = smtp.docmd("DATA")
            if code != _GO_ON:
                self._reset(smtp)
                return answers | dict.fromkeys(accepted, _answer(code, text))
        except OSError as error:
            self._drop()
            if isinstance(error, smtplib.SMTPResponseException):
                self._problem = _said(error)
            raise Unreached(_said(error)) from error
        before_content()
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self._server.answer_timeout)
            smtp.send(_DOT.sub(b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n")
            code, text = smtp.getreply()
        except OSError as error:
            self._drop()
            raise Unanswered(_said(error)) from error
        if smtp.sock is not None:
            smtp.sock.settimeout(self._server.timeout)
        if code == _CLOSING:
            self._drop()
        return answers | dict.fromkeys(accepted, _answer(code, text))

    def _envelope(self, smtp: smtplib.SMTP, recipients: Sequence[str]) -> tuple[dict[str, Answer], list[str]]:
        """Names sender and recipients; gives what was answered, and the recipients that were accepted."""
        code, text = smtp.mail(self._server.sender)
        if code in _OUR_FAULT or code == _CLOSING:
            raise smtplib.SMTPResponseException(code, text)
        if code not in _TAKEN:
            return dict.fromkeys(recipients, _answer(code, text)), []
        answers = {}
        for recipient in recipients:
            code, text = smtp.rcpt(recipient)
            if code == _CLOSING:
                raise smtplib.SMTPResponseException(code, text)
            answers[recipient] = _answer(code, text)
        return answers, [recipient for recipient, answer in answers.items() if answer.code in _TAKEN]

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """Ends the message; a server that hangs up after a refusal has refused all the same."""
        try:
            smtp.rset()
        except OSError:
            self._drop()

    def _connected(self) -> smtplib.SMTP:
        if self._problem:
            raise Unreached(self._problem)
        if self._smtp is None:
            try:
                self._smtp = self._connect()
            except OSError as error:
                self._problem = _said(error)
                raise Unreached(self._problem) from error
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        one = self._server
        context = ssl.create_default_context()
        if one.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(one.host, one.port, timeout=one.timeout, context=context)
        else:
            smtp = smtplib.SMTP(one.host, one.port, timeout=one.timeout)
        try:
            if one.security == "starttls":
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            if one.user:
                smtp.login(one.user, one.password.get_secret_value())
        except OSError:
            smtp.close()
            raise
        return smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _answer(code: int, text: bytes) -> Answer:
    return Answer(code, visible(text.decode("utf-8", "replace"))[:ANSWER_SHOWN])


def _said(error: OSError) -> str:
    """What went wrong, in the words of server or system."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        text = f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    else:
        text = error.strerror or str(error) or type(error).__name__
    return visible(text)[:ANSWER_SHOWN]
