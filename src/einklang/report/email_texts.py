"""The words of the e-mails and of what is said about sending them, from `email.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from einklang.declarations.base import Declaration, Text
from einklang.report.texts import Counted, Wording, load_words

TEXTS = Path(__file__).with_name("email.yaml")


class SubjectTexts(Declaration):
    """The subject line."""

    series: Text
    number: Text
    received: Text
    until: Text


class FrameTexts(Declaration):
    """What every message says."""

    greeting: Text
    line: Text
    automatic: Text
    closing: Text


class ReceiptTexts(Declaration):
    """The receipt."""

    sentence: Text
    files: Text
    file: Text
    bytes: Text
    checksum: Text
    purpose: Text


class VerdictTexts(Declaration):
    """The verdict."""

    again: Text
    deadline: Text
    place: Text
    counts: Text
    rules: Text
    outcome: Text
    by_rule: Text
    entry: Text
    where_to_look: Text


class SendingTexts(Declaration):
    """What became of the messages, for the stewards."""

    not_configured: Text
    problem: Text
    sent: Counted
    waiting: Counted
    failed: Counted
    no_mailbox: Counted
    held: Counted
    damaged: Counted
    perhaps_twice: Counted
    entry: Text


class EmailTexts(Wording):
    """All words of the e-mails."""

    subject: SubjectTexts
    frame: FrameTexts
    receipt: ReceiptTexts
    verdict: VerdictTexts
    sending: SendingTexts


@cache
def load_email_texts() -> EmailTexts:
    """The words of the e-mails."""
    return load_words(EmailTexts, TEXTS)
