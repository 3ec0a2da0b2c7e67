from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from einklang.errors import DeclarationError, UnusableInput
from einklang.outbox import load_mail_settings
from einklang.outbox.settings import MAILBOXES, read_mailboxes, read_server
from einklang.project import Project

GIVEN = {
    "EINKLANG_SMTP_HOST": "mail.stelle.example",
    "EINKLANG_SMTP_USER": "einklang",
    "EINKLANG_SMTP_PASSWORD": "streng-geheim",
    "EINKLANG_SMTP_SENDER": "monitoring@stelle.example",
}


@pytest.fixture
def own(project: Project, tmp_path: Path) -> Project:
    return replace(project, folder=tmp_path)


def _write(project: Project, *lines: str) -> None:
    (project.folder / MAILBOXES).write_text("\n".join(["supplier,address,note", *lines]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("environment", [{}, {"PATH": "/bin"}, {"EINKLANG_SMTP_HOST": ""}])
def test_nothing_set_is_no_server(environment: dict[str, str]) -> None:
    assert read_server(environment) is None


@pytest.mark.parametrize(("security", "port"), [(None, 587), ("starttls", 587), ("tls", 465)])
def test_port_goes_with_security(security: str | None, port: int) -> None:
    server = read_server({**GIVEN, **({"EINKLANG_SMTP_SECURITY": security} if security else {})})
    assert server is not None
    assert server.port == port


@pytest.mark.parametrize(
    "changes",
    [
        {"HOST": ""},
        {"SENDER": ""},
        {"SENDER": "a@b.example\r\nBcc: c@d.example"},
        {"SENDER": "Monitoring <a@b.example>"},
        {"HOST": "mail.example\r\nX: y"},
        {"PORT": "zwölf"},
        {"PORT": "70000"},
        {"SECURITY": "ssl"},
        {"SECURITY": "none"},
        {"USER": ""},
        {"PASSWORT": "verschrieben"},
        {"TIMEOUT": "-1"},
    ],
)
def test_unusable_settings_are_told_without_the_password(changes: dict[str, str]) -> None:
    environment = {**GIVEN, **{f"EINKLANG_SMTP_{name}": value for name, value in changes.items()}}
    with pytest.raises(UnusableInput) as told:
        read_server(environment)
    assert "streng-geheim" not in str(told.value)
    assert told.value.__cause__ is None


def test_password_is_not_shown(own: Project) -> None:
    settings = load_mail_settings(own, GIVEN)
    assert settings.domain == "stelle.example"
    assert "streng-geheim" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_password_may_go_to_this_machine_in_clear() -> None:
    server = read_server({**GIVEN, "EINKLANG_SMTP_HOST": "localhost", "EINKLANG_SMTP_SECURITY": "none"})
    assert server is not None
    assert server.port == 25


def test_no_file_is_no_mailbox(own: Project) -> None:
    assert read_mailboxes(own) == {}
    assert load_mail_settings(own, {}).domain is None


def test_supplier_may_have_several_mailboxes(own: Project) -> None:
    _write(own, "ni,a@lsn.example,", 'ni,b@lsn.example,"Vertretung, ab Mai"', "destatis,c@d.example,")
    assert read_mailboxes(own) == {"ni": ("a@lsn.example", "b@lsn.example"), "destatis": ("c@d.example",)}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("xx,a@b.example,", "no supplier `xx`"),
        ("ni,a@b,", "is no mail address"),
        ("ni,Amt <a@b.example>,", "is no mail address"),
        ("ni,a@b.example;c@d.example,", "is no mail address"),
        ('ni,"a@b.example\r\nBcc: c@d.example",', "is no mail address"),
        ("ni,ä@b.example,", "is no mail address"),
        ("ni,a@b.example", "another number of fields"),
        ("ni,a@b.example,,", "another number of fields"),
        ("ni,z@lsn.example,", "stands twice"),
    ],
)
def test_faults_are_named_with_their_line(own: Project, line: str, problem: str) -> None:
    _write(own, "ni,z@lsn.example,", line)
    with pytest.raises(DeclarationError, match=rf"line \d: .*{problem}"):
        read_mailboxes(own)


@pytest.mark.parametrize(
    "content", [b"supplier,address,note\nni,\xe4@b.example,\n", b'supplier,address,note\nni,"a"b,\n']
)
def test_unreadable_file_is_refused(own: Project, content: bytes) -> None:
    (own.folder / MAILBOXES).write_bytes(content)
    with pytest.raises(DeclarationError, match="cannot be read as CSV"):
        read_mailboxes(own)


def test_other_columns_are_refused(own: Project) -> None:
    (own.folder / MAILBOXES).write_text("supplier;address\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match="first line"):
        read_mailboxes(own)


def test_new_address_is_no_reason_to_judge_again(project: Project) -> None:
    assert not list(project.folder.glob(f"schemas/**/{MAILBOXES}"))
