"""Encryption and login against a real server with a certificate of its own authority."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from einklang.outbox import MailSettings, send_pending
from einklang.store import Store

from .conftest import MAILBOX, Clock, Handler, put_one, server, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(handled=False, success=(data.login, data.password) == (b"einklang", b"geheim"))


@pytest.fixture
def tls_server(context: ssl.SSLContext, port: int) -> Iterator[Handler]:
    options = {"tls_context": context, "require_starttls": True, "authenticator": login, "auth_required": True}
    with serving(Handler(), port, **options) as handler:
        yield handler


def _settings(port: int, **changes: str) -> MailSettings:
    return MailSettings(server=server(port, **changes), mailboxes={"ni": (MAILBOX,)})


@pytest.mark.usefixtures("trusted")
def test_sends_over_starttls_after_login(tls_server: Handler, port: int, store: Store, clock: Clock) -> None:
    put_one(store)
    settings = _settings(port, security="starttls", user="einklang", password="geheim")
    assert len(send_pending(store, settings, clock).sent) == len(tls_server.received) == 1


@pytest.mark.usefixtures("trusted")
def test_sends_over_tls(context: ssl.SSLContext, port: int, store: Store, clock: Clock) -> None:
    put_one(store)
    with serving(Handler(), port, ssl_context=context) as handler:
        assert len(send_pending(store, _settings(port, security="tls"), clock).sent) == len(handler.received) == 1


def test_unknown_certificate_is_refused(tls_server: Handler, port: int, store: Store, clock: Clock) -> None:
    put_one(store)
    outcome = send_pending(store, _settings(port, security="starttls"), clock)
    assert "certificate" in outcome.problem.lower()
    assert tls_server.received == []


def test_never_falls_back_to_clear_text(mail_server: Handler, port: int, store: Store, clock: Clock) -> None:
    put_one(store)
    outcome = send_pending(store, _settings(port, security="starttls"), clock)
    assert "STARTTLS" in outcome.problem
    assert mail_server.received == []


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("password", ["falsch", ""])
def test_failed_login_is_no_fault_of_the_message(
    tls_server: Handler, port: int, store: Store, clock: Clock, password: str
) -> None:
    put_one(store)
    put_one(store, 2)
    user = {"user": "einklang", "password": password} if password else {}
    outcome = send_pending(store, _settings(port, security="starttls", **user), clock)
    assert outcome.failed == []
    assert [one.attempts for one in outcome.waiting] == [1, 1]
    assert outcome.problem.startswith("53")
    assert password not in outcome.problem or not password
