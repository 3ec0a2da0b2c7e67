"""Messages to the offices: first a file in the store, then sent over SMTP where that is set up.

`announce_receipt`, `announce_verdict` and `announce_all` lay messages down, `send_pending` sends what is
due, `release_message` is for a steward who has mended an address. Nothing here decides what a message says
(`einklang.report.email`).
"""

from __future__ import annotations

from einklang.outbox.announce import Announced, announce_all, announce_receipt, announce_verdict
from einklang.outbox.box import Message, Status, message_name, put
from einklang.outbox.lines import outcome_lines
from einklang.outbox.sending import SendOutcome, release_message, send_pending
from einklang.outbox.settings import MailSettings, Server, load_mail_settings

__all__ = [
    "Announced",
    "MailSettings",
    "Message",
    "SendOutcome",
    "Server",
    "Status",
    "announce_all",
    "announce_receipt",
    "announce_verdict",
    "load_mail_settings",
    "message_name",
    "outcome_lines",
    "put",
    "release_message",
    "send_pending",
]
