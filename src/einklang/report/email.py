"""The e-mails to an office: the receipt at once, the verdict later. Plain text, no figure of the data.

Belongs here: subject and text of a message, and the identity by which a second copy is recognised. Does
not belong here: to whom it goes, when, and whether it has gone (`einklang.outbox`).

A message quotes nothing from inside a file: rules are named by their title in the catalogue, with counts.
Rule messages, cells and sheets may hold values and stay in the report.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from enum import StrEnum

from einklang.declarations.base import Text
from einklang.declarations.rules import Severity
from einklang.project import Project
from einklang.report import display
from einklang.report.email_texts import load_email_texts
from einklang.report.texts import Language, load_texts, say
from einklang.result import DeliveredFile, Outcome, Result, Verdict
from einklang.store import Receipt

DOMAIN = "einklang.invalid"
# Periods are read from cells; whatever else a result may hold there must not get out by mail.
_PERIOD = re.compile(r"\d{4}(-[0-9A-Z]{1,3}){0,2}")
_TO_MEND = frozenset({Severity.ERROR, Severity.WARNING})
_COUNTED = {
    Verdict.ACCEPTED: frozenset[Severity](),
    Verdict.ACCEPTED_WITH_NOTES: frozenset({Severity.INFORMATION}),
    Verdict.CLARIFICATION_NEEDED: _TO_MEND,
    Verdict.REJECTED: _TO_MEND,
}


class _Policy(EmailPolicy):
    """Lines of the wire; the subject is encoded as a whole.

    Python folds a header of plain and encoded words so that a blank between two words can get lost.
    """

    def fold(self, name: str, value: str) -> str:
        if name != "Subject":
            folded: str = super().fold(name, value)
            return folded
        encoded = Header(str(value), "utf-8", header_name=name, maxlinelen=76).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


class Kind(StrEnum):
    """What a message tells; an office gets at most one of each per delivery."""

    RECEIPT = "receipt"
    VERDICT = "verdict"


def message_id(
    kind: Kind,
    delivery: str,
    received_at: str,
    files: Iterable[DeliveredFile],
    domain: str = DOMAIN,
    judgement: int = 1,
) -> str:
    """The Message-ID of a message: always the same for the same delivery, kind and judgement.

    Time of receipt and checksums keep the deliveries of two stores apart.
    """
    again = [str(judgement)] if judgement > 1 else []
    named = "\n".join([delivery, received_at, *(file.sha256 for file in files), *again])
    return f"<{kind}.{hashlib.sha256(named.encode()).hexdigest()[:32]}@{domain}>"


def office_name(project: Project, supplier: str) -> Text:
    """The Land of a Land office, or the name of a federal source."""
    known = project.codelists["suppliers"].codes.get(supplier)
    if known is None:
        return Text(de=supplier, en=supplier)
    named = project.codelists["laender"].codes.get(known.extra.get("areas", ""), known)
    return Text(de=named.label_de, en=named.label_en)


def render_receipt_mail(
    receipt: Receipt, project: Project, *, language: Language = "de", domain: str = DOMAIN
) -> EmailMessage:
    """The receipt: who, what, when, and each file with size and checksum."""
    texts = load_email_texts()
    words = load_texts().identity
    supplier = project.supplier(receipt.supplier)
    title = project.dataset(receipt.dataset).title
    facts = [
        _line(words.supplier, getattr(supplier, f"label_{language}"), language),
        _line(words.dataset, say(title, language), language),
        _line(words.number, display.number(receipt.number, language), language),
        _line(words.delivery, receipt.delivery, language),
        _line(words.received, display.moment(receipt.received_at, language), language),
    ]
    files = [line for place, file in enumerate(receipt.files, 1) for line in _file_lines(place, file, language)]
    files += ["", say(texts.receipt.purpose, language)]
    subject = [
        say(office_name(project, receipt.supplier), language),
        say(title, language),
        say(texts.subject.number, language, number=display.number(receipt.number, language)),
        say(texts.subject.received, language).upper(),
    ]
    blocks = [[say(texts.receipt.sentence, language)], facts, [say(texts.receipt.files, language), "", *files]]
    message = _message(subject, blocks, language)
    message["Message-ID"] = message_id(Kind.RECEIPT, receipt.delivery, receipt.received_at, receipt.files, domain)
    return message


def render_verdict_mail(
    result: Result,
    report_place: str,
    project: Project,
    *,
    deadline: date | None = None,
    language: Language = "de",
    domain: str = DOMAIN,
    judgement: int = 1,
) -> EmailMessage:
    """The verdict: what was decided, how many findings by which rules, what to do, where the report is.

    `judgement` is above 1 where the delivery was judged again after answers; the message says so.

    Raises:
        ValueError: the result is that of a check without delivery.
    """
    identity = result.identity
    if not identity.delivery or identity.received_at is None:
        raise ValueError("A check without delivery has nobody to write to.")
    again = [[say(load_email_texts().verdict.again, language)]] if judgement > 1 else []
    blocks = [
        *again,
        _verdict_block(result, report_place, deadline, language),
        _count_block(result, language),
        *([_rule_block(result, project, language)] if result.findings else []),
        _identity_block(result, language),
    ]
    message = _message(_verdict_subject(result, project, deadline, language), blocks, language)
    named = (identity.delivery, identity.received_at, identity.files, domain)
    message["Message-ID"] = message_id(Kind.VERDICT, *named, judgement)
    message["In-Reply-To"] = message["References"] = message_id(Kind.RECEIPT, *named)
    return message


def _verdict_subject(result: Result, project: Project, deadline: date | None, language: Language) -> list[str]:
    texts = load_email_texts().subject
    identity = result.identity
    word = say(load_texts().verdict.words[result.verdict], language).upper()
    counted = sum(finding.severity in _COUNTED[result.verdict] for finding in result.findings)
    if counted:
        word = f"{word} ({display.number(counted, language)})"
    if deadline is not None:
        word = say(texts.until, language, word=word, date=_day(deadline, language))
    subject = f"{say(identity.dataset_title, language)} {_periods(identity.periods, language, short=True)}".strip()
    parts = [say(office_name(project, identity.supplier), language), subject]
    if identity.number is not None:
        parts.append(say(texts.number, language, number=display.number(identity.number, language)))
    return [*parts, word]


def _verdict_block(result: Result, report_place: str, deadline: date | None, language: Language) -> list[str]:
    texts, words = load_email_texts().verdict, load_texts().verdict
    word = say(words.words[result.verdict], language)
    lines = [_line(words.heading, word, language), "", say(result.sentence, language), say(result.next_step, language)]
    if deadline is not None:
        lines += ["", _line(texts.deadline, _day(deadline, language), language)]
    if report_place:
        lines += ["", f"{say(texts.place, language)}:", report_place]
    return lines


def _count_block(result: Result, language: Language) -> list[str]:
    texts, words = load_email_texts().verdict, load_texts()
    severities = [finding.severity for finding in result.findings]
    tally = ", ".join(
        say(
            words.severity.counted[one].of(severities.count(one)),
            language,
            count=_count(severities.count(one), language),
        )
        for one in Severity
    )
    outcomes = [rule.outcome for rule in result.rules]
    by_outcome = ", ".join(
        say(
            texts.outcome,
            language,
            count=_count(outcomes.count(one), language),
            outcome=say(words.counts.outcomes[one], language).lower(),
        )
        for one in Outcome
    )
    whole = f"{_count(len(severities), language)} ({tally})" if severities else _count(0, language)
    return [_line(texts.counts, whole, language), _line(texts.rules, by_outcome, language)]


def _rule_block(result: Result, project: Project, language: Language) -> list[str]:
    texts, words = load_email_texts().verdict, load_texts()
    grouped: dict[tuple[Severity, str], list[int]] = {}
    for one in sorted(result.findings, key=lambda finding: list(Severity).index(finding.severity)):
        grouped.setdefault((one.severity, one.rule), []).append(one.count)
    lines = [f"{say(texts.by_rule, language)}:", ""]
    for (severity, code), places in grouped.items():
        rule = project.catalogue.by_id.get(code)
        entry = say(
            texts.entry,
            language,
            severity=say(words.severity.words[severity], language),
            title=say(rule.title, language) if rule else say(words.findings.rule, language),
            rule=code,
            findings=say(words.findings.counted.of(len(places)), language, count=_count(len(places), language)),
            places=say(words.findings.places_counted.of(sum(places)), language, count=_count(sum(places), language)),
        )
        lines.append(f"- {entry}")
    return [*lines, "", say(texts.where_to_look, language)]


def _identity_block(result: Result, language: Language) -> list[str]:
    words, identity = load_texts().identity, result.identity
    lines = [
        _line(words.supplier, say(identity.supplier_name, language), language),
        _line(words.dataset, say(identity.dataset_title, language), language),
        _line(words.periods, _periods(identity.periods, language) or display.no_periods(result, language), language),
        _line(words.delivery, identity.delivery, language),
    ]
    if identity.received_at is not None:
        lines.append(_line(words.received, display.moment(identity.received_at, language), language))
    if identity.replaces is not None:
        lines.append(_line(words.replaces, identity.replaces, language))
    return lines


def _file_lines(position: int, file: DeliveredFile, language: Language) -> list[str]:
    texts, words = load_email_texts().receipt, load_texts().identity
    name = display.shorten(file.name, display.SHORT_TEXT, language)
    size = say(texts.bytes, language, size=display.size(file.size, language), count=_count(file.size, language))
    return [
        say(texts.file, language, position=_count(position, language), name=name),
        _line(words.size, size, language),
        _line(texts.checksum, file.sha256, language),
    ]


def _periods(periods: Sequence[str], language: Language, *, short: bool = False) -> str:
    """All periods; where there are several and it must be short, the first and the last."""
    shown = [display.period(code, language) for code in periods if _PERIOD.fullmatch(code)]
    if len(shown) > 1 and short:
        return say(load_texts().places.from_to, language, first=shown[0], last=shown[-1])
    return ", ".join(shown)


def _count(value: int, language: Language) -> str:
    return display.number(value, language)


def _day(day: date, language: Language) -> str:
    return display.period(day.isoformat(), language)


def _line(name: Text, value: str, language: Language) -> str:
    return say(load_email_texts().frame.line, language, name=say(name, language), value=value)


def _message(subject: Sequence[str], blocks: Sequence[Sequence[str]], language: Language) -> EmailMessage:
    """A message without addresses and date; foreign text can neither begin a header nor a line."""
    frame = load_email_texts().frame
    ending = [say(frame.automatic, language), "", say(frame.closing, language)]
    whole = [[say(frame.greeting, language)], *blocks, ["-- ", *ending]]
    text = "\n\n".join("\n".join(display.visible(line) for line in block) for block in whole)
    message = EmailMessage(policy=_Policy(linesep="\r\n"))
    series = f"[{say(load_email_texts().subject.series, language)}]"
    message["Subject"] = " ".join([series, " · ".join(display.visible(part) for part in subject)])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{text}\n", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = language
    return message
