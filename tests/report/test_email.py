from __future__ import annotations

import copy
import re
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from einklang.declarations.base import build, read_yaml
from einklang.declarations.rules import Severity
from einklang.errors import DeclarationError
from einklang.project import Project
from einklang.report import Language
from einklang.report.email import Kind, message_id, office_name, render_receipt_mail, render_verdict_mail
from einklang.report.email_texts import TEXTS, EmailTexts, load_email_texts
from einklang.report.texts import leaves
from einklang.result import DeliveredFile, Result, Verdict
from einklang.store import Receipt

from .factories import FILE, HOSTILE, finding, hostile, identity, place, result, several_findings, text

PLACE = "https://monitoring.example/store/deliveries/ni/einbuergerungen/0003/report.html"
MARKER = "MERKZEICHEN4711"
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in (TEXTS.parent, TEXTS.parents[1] / "outbox")
    for path in folder.glob("*.py")
)


def receipt(**overrides: Any) -> Receipt:
    given = {
        "delivery": "ni/einbuergerungen/0003",
        "supplier": "ni",
        "dataset": "einbuergerungen",
        "number": 3,
        "received_at": "2026-03-14T13:05:09+00:00",
        "files": [DeliveredFile(name=FILE, stored_as="1.xlsx", sha256="3f9a" * 16, size=48_321)],
    }
    return Receipt(**{**given, **overrides})


def sent(message: EmailMessage) -> EmailMessage:
    """The message as a mail program reads it."""
    read = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(read, EmailMessage)
    return read


def body(message: EmailMessage) -> str:
    content: str = sent(message).get_content()
    return content.replace("\r\n", "\n")


def test_receipt_tells_who_what_when(project: Project) -> None:
    message = sent(render_receipt_mail(receipt(), project))
    assert message["Subject"] == "[Integrationsmonitoring] Niedersachsen · Einbürgerungen · Lieferung 3 · EINGEGANGEN"
    said = body(message)
    for part in (
        "Landesamt für Statistik Niedersachsen",
        "Einbürgerungen",
        "ni/einbuergerungen/0003",
        "14.03.2026, 14:05 Uhr",
        f"1. „{FILE}“",
        "48.321 Byte",
        "3f9a" * 16,
    ):
        assert part in said


def test_verdict_says_what_to_do(project: Project) -> None:
    message = sent(render_verdict_mail(several_findings(), PLACE, project, deadline=date(2026, 3, 28)))
    assert message["Subject"] == (
        "[Integrationsmonitoring] Niedersachsen · Einbürgerungen 2024 bis 2025 · Lieferung 3 · "
        "ZURÜCKGEWIESEN (4) bis 28.03.2026"
    )
    said = body(message)
    for part in (
        "Ergebnis: Zurückgewiesen",
        several_findings().sentence.de,
        several_findings().next_step.de,
        "Bitte antworten Sie bis zum: 28.03.2026",
        PLACE,
        "Anzahl der Befunde: 5 (3 Fehler, 1 Warnung, 1 Hinweis)",
        "Prüfregeln: 2 eingehalten, 4 nicht eingehalten, 2 nicht prüfbar",
        "(IM-COD-001), 2 Befunde, 2 Stellen",
        "(IM-TIM-001), 1 Befund, 213 Stellen",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("verdict", "findings", "ending"),
    [
        (Verdict.ACCEPTED, [], "ANGENOMMEN"),
        (Verdict.ACCEPTED_WITH_NOTES, [finding(severity=Severity.INFORMATION)], "ANGENOMMEN MIT HINWEISEN (1)"),
        (Verdict.CLARIFICATION_NEEDED, [finding(severity=Severity.WARNING)] * 3, "KLÄRUNG NÖTIG (3)"),
        (Verdict.CLARIFICATION_NEEDED, [], "KLÄRUNG NÖTIG"),
        (Verdict.REJECTED, [finding(), finding(severity=Severity.INFORMATION)], "ZURÜCKGEWIESEN (1)"),
    ],
)
def test_subject_ends_with_verdict_and_what_it_counts(
    project: Project, verdict: Verdict, findings: list[Any], ending: str
) -> None:
    one = result(verdict=verdict, findings=findings, identity=identity(periods=["2024"]))
    subject = sent(render_verdict_mail(one, PLACE, project))["Subject"]
    assert subject == f"[Integrationsmonitoring] Niedersachsen · Einbürgerungen 2024 · Lieferung 3 · {ending}"


@pytest.mark.parametrize("supplier", ["ni", "bw", "destatis", "ba", "regio", "hh", "neu"])
def test_subject_survives_the_way_for_every_supplier(project: Project, supplier: str) -> None:
    one = result(
        identity=identity(supplier=supplier, dataset_title=text("Ausländische Bevölkerung"), periods=["2024-12-31"])
    )
    subject = sent(render_verdict_mail(one, PLACE, project))["Subject"]
    name = office_name(project, supplier).de
    assert (
        subject == f"[Integrationsmonitoring] {name} · Ausländische Bevölkerung 31.12.2024 · Lieferung 3 · ANGENOMMEN"
    )


def test_english_on_request(project: Project) -> None:
    said = body(render_verdict_mail(several_findings(), PLACE, project, language="en"))
    assert "Verdict: Rejected" in said
    assert "Guten Tag" not in said
    assert sent(render_receipt_mail(receipt(), project, language="en"))["Content-Language"] == "en"


def _marked() -> Result:
    """A result whose every text from inside a file is marked."""
    marked = [
        finding(
            message=text(f"{MARKER} ist keine Zahl"),
            expected=text(MARKER),
            remedy=text(f"Meinten Sie {MARKER}?"),
            title=text(f"Titel {MARKER}"),
            places=[place(sheet=MARKER, raw=MARKER, key=text(MARKER), file=f"{MARKER}.xlsx")],
        )
    ]
    files = [DeliveredFile(name=f"{MARKER}.xlsx", stored_as="1.xlsx", sha256="0" * 64, size=1)]
    return several_findings().model_copy(
        update={"findings": marked, "identity": identity(files=files, periods=[MARKER, "2024"])}
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_verdict_quotes_nothing_from_inside_a_file(project: Project, language: Language) -> None:
    message = render_verdict_mail(_marked(), PLACE, project, language=language)
    assert MARKER not in body(message)
    assert MARKER not in str(sent(message)["Subject"])


@pytest.mark.parametrize("name", [*HOSTILE, "a\r\nBcc: fremd@evil.example", "a\n\nZweiter Absatz", "\ud800.csv"])
def test_hostile_file_name_is_shown_and_adds_no_header_and_no_line(project: Project, name: str) -> None:
    files = [DeliveredFile(name=name, stored_as="1", sha256="0" * 64, size=1)]
    message, plain = (sent(render_receipt_mail(receipt(files=one), project)) for one in (files, receipt().files))
    assert message.keys() == plain.keys()
    assert not message.defects
    assert body(message).count("\n") == body(plain).count("\n")
    assert body(message).replace("\n", "").replace("\u00a0", "").isprintable()


def test_hostile_result_adds_no_header(project: Project) -> None:
    bad = "Einbürgerungen\r\nBcc: fremd@evil.example\r\n\r\nText"
    one = hostile().model_copy(update={"identity": identity(dataset_title=text(bad), delivery="ni/x/1", periods=[bad])})
    message = sent(render_verdict_mail(one, f"https://x.example/\r\n{bad}", project))
    assert message.keys() == sent(render_verdict_mail(several_findings(), PLACE, project)).keys()
    assert "↵Bcc: fremd@evil.example" in message["Subject"]
    assert body(message).replace("\n", "").replace("\u00a0", "").isprintable()


def test_plain_text_only(project: Project) -> None:
    for message in (render_receipt_mail(receipt(), project), render_verdict_mail(result(), PLACE, project)):
        assert not message.is_multipart()
        assert message.get_content_type() == "text/plain"
        assert message.as_bytes().isascii()
        assert message["From"] is message["To"] is message["Date"] is None


def test_copy_is_recognised_and_verdict_answers_the_receipt(project: Project) -> None:
    one = receipt(delivery=identity().delivery, files=identity().files)
    first, again = (render_receipt_mail(one, project) for _ in range(2))
    verdict = render_verdict_mail(result(), PLACE, project)
    assert first.as_bytes() == again.as_bytes()
    assert verdict["Message-ID"] == render_verdict_mail(several_findings(), PLACE, project)["Message-ID"]
    assert verdict["In-Reply-To"] == verdict["References"] == first["Message-ID"] != verdict["Message-ID"]
    assert re.fullmatch(r"<receipt\.[0-9a-f]{32}@einklang\.invalid>", first["Message-ID"])
    assert render_receipt_mail(one, project, domain="amt.example")["Message-ID"].endswith("@amt.example>")


def test_deliveries_of_two_stores_have_other_ids() -> None:
    named = ("ni/einbuergerungen/0001", "2026-03-14T13:05:09+00:00", receipt().files)
    later = (named[0], "2026-03-15T13:05:09+00:00", named[2])
    assert message_id(Kind.RECEIPT, *named) != message_id(Kind.RECEIPT, *later)


def test_check_without_delivery_has_no_mail(project: Project) -> None:
    one = result(identity=identity(delivery="", number=None, received_at=None))
    with pytest.raises(ValueError, match="without delivery"):
        render_verdict_mail(one, PLACE, project)


def _content() -> dict[str, Any]:
    return copy.deepcopy(read_yaml(TEXTS))


def test_different_placeholders_are_refused() -> None:
    content = _content()
    content["subject"]["number"]["en"] = "Delivery"
    with pytest.raises(DeclarationError, match=r"subject\.number"):
        build(EmailTexts, content, Path("email.yaml"))


def test_unknown_key_is_refused() -> None:
    content = _content()
    content["frame"]["heading"] = {"de": "a", "en": "b"}
    with pytest.raises(DeclarationError, match=r"frame\.heading"):
        build(EmailTexts, content, Path("email.yaml"))


@pytest.mark.parametrize(("name", "german"), [(name, one.de) for name, one in leaves(load_email_texts())])
def test_german_is_plain_and_every_key_is_used(name: str, german: str) -> None:
    english = r"\b(Null|null|Error|Warning|Report|Check|Upload|Download|Status|File|Feedback|Server|Link)\b"
    assert not re.search(english, german), name
    assert '"' not in german
    key = [part for part in name.split(".") if part not in {"one", "many"}][-1]
    assert re.search(rf"\.{key}\b", SOURCES), name
