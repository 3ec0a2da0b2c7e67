"""What became of the messages, said to a steward in a few lines."""

from __future__ import annotations

from collections.abc import Sequence

from einklang.outbox.box import Message
from einklang.outbox.sending import SendOutcome
from einklang.report.display import number, visible
from einklang.report.email_texts import load_email_texts
from einklang.report.texts import Counted, Language, say


def outcome_lines(outcome: SendOutcome, language: Language = "de") -> list[str]:
    """The outcome in lines; what needs a hand is named message by message."""
    texts = load_email_texts().sending
    lines: list[str] = []
    if not outcome.is_configured:
        lines.append(say(texts.not_configured, language))
    if outcome.problem:
        lines.append(say(texts.problem, language, problem=outcome.problem))
    lines += _listed(texts.sent, [(one.name, "") for one in outcome.sent], language)[:1]
    lines += _listed(texts.waiting, [(one.name, "") for one in outcome.waiting], language)[:1]
    lines += _entries(_named([one for one in outcome.waiting if one.problem not in {"", outcome.problem}]), language)
    lines += _listed(texts.failed, _named(outcome.failed), language)
    lines += _listed(texts.no_mailbox, _named(outcome.no_mailbox), language)
    lines += _listed(texts.held, _named(outcome.held), language)
    lines += _listed(texts.damaged, [(name, "") for name in outcome.damaged], language)
    lines += _listed(texts.perhaps_twice, _named(outcome.perhaps_twice), language)
    return [visible(line) for line in lines]


def _named(messages: Sequence[Message]) -> list[tuple[str, str]]:
    return [(one.name, one.problem) for one in messages]


def _listed(text: Counted, entries: Sequence[tuple[str, str]], language: Language) -> list[str]:
    if not entries:
        return []
    head = say(text.of(len(entries)), language, count=number(len(entries), language))
    return [head, *_entries(entries, language)]


def _entries(entries: Sequence[tuple[str, str]], language: Language) -> list[str]:
    entry = load_email_texts().sending.entry
    return [f"- {say(entry, language, name=name, detail=detail) if detail else name}" for name, detail in entries]
