"""The words of the e-mails and of what is said about sending them, from `email.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import model_validator

from einklang.declarations.base import Declaration, Text, build, read_yaml
from einklang.declarations.rules import placeholders
from einklang.report.texts import Counted, leaves

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


class EmailTexts(Declaration):
    """All words of the e-mails."""

    subject: SubjectTexts
    frame: FrameTexts
    receipt: ReceiptTexts
    verdict: VerdictTexts
    sending: SendingTexts

    @model_validator(mode="after")
    def _agree(self) -> EmailTexts:
        for name, text in leaves(self):
            if placeholders(text.de) != placeholders(text.en):
                raise ValueError(f"{name}: the German and the English text name different placeholders")
        return self


@cache
def load_email_texts() -> EmailTexts:
    """The words of the e-mails.

    Raises:
        DeclarationError: `email.yaml` is incomplete, holds unknown keys, or names different placeholders.
    """
    return build(EmailTexts, read_yaml(TEXTS), TEXTS)
