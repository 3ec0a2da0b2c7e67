"""How mail is sent: the server from the environment, the mailboxes from the project folder.

    EINKLANG_SMTP_HOST            name of the mail server; without it messages stay files
    EINKLANG_SMTP_PORT            default 587, with SECURITY=tls 465, with none 25
    EINKLANG_SMTP_SECURITY        starttls (default), tls or none; never falls back to clear text
    EINKLANG_SMTP_USER, _PASSWORD only over an encrypted connection, or to this very machine
    EINKLANG_SMTP_SENDER          the mailbox messages come from
    EINKLANG_SMTP_TIMEOUT         seconds to wait for an answer, default 30
    EINKLANG_SMTP_ANSWER_TIMEOUT  seconds to wait for the answer to a whole message, default 600

`mailboxes.csv` in the project folder has the columns `supplier,address,note`: one functional mailbox per
line, several lines per supplier are possible. It stands beside `schemas/` and not in it, because a new
address is no reason to judge deliveries again.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from einklang.declarations.base import Declaration, build
from einklang.errors import DeclarationError, UnusableInput
from einklang.project import Project
from einklang.report.display import visible

PREFIX = "EINKLANG_SMTP_"
MAILBOXES = "mailboxes.csv"
COLUMNS = ["supplier", "address", "note"]
Security = Literal["starttls", "tls", "none"]
_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("it is no mail address such as statistik@amt.example")
    return text


Address = Annotated[str, AfterValidator(_address)]


class Server(Declaration):
    """The mail server and how to speak to it."""

    host: str = Field(pattern=r"^[A-Za-z0-9.:_-]+$", description="Name or address of the server.")
    port: int = Field(ge=1, le=65535, description="Its port.")
    security: Security = Field(description="Encryption of the connection.")
    user: str = Field(default="", description="Name to log in with; empty: no login.")
    password: SecretStr = Field(default=SecretStr(""), description="Password to log in with.")
    sender: Address = Field(description="Mailbox the messages come from.")
    timeout: float = Field(default=30, gt=0, description="Seconds to wait for an answer.")
    answer_timeout: float = Field(default=600, gt=0, description="Seconds to wait for the answer to a whole message.")

    @model_validator(mode="after")
    def _check(self) -> Server:
        if bool(self.user) != bool(self.password.get_secret_value()):
            raise ValueError("user and password go together")
        if self.user and self.security == "none" and self.host not in _HERE:
            raise ValueError("a password is sent over an encrypted connection only: use starttls or tls")
        return self


class MailSettings(Declaration):
    """Server, if there is one, and mailboxes of each supplier."""

    server: Server | None = Field(description="None: messages stay files.")
    mailboxes: Mapping[str, tuple[Address, ...]] = Field(description="Supplier → functional mailboxes.")

    @property
    def domain(self) -> str | None:
        """The domain of the sender, for the Message-ID."""
        return self.server.sender.rpartition("@")[2] if self.server else None


def load_mail_settings(project: Project, environment: Mapping[str, str] = os.environ) -> MailSettings:
    """The settings that hold for a project folder and an environment.

    Raises:
        DeclarationError: `mailboxes.csv` has a fault, with the line.
        UnusableInput: a variable `EINKLANG_SMTP_…` is unknown, missing or wrong. Its value is not told.
    """
    return MailSettings(server=read_server(environment), mailboxes=read_mailboxes(project))


def read_server(environment: Mapping[str, str]) -> Server | None:
    """The server in `EINKLANG_SMTP_*`, or None if none of them is set."""
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and value
    }
    if not given:
        return None
    security = given.setdefault("security", "starttls")
    given.setdefault("port", str(_PORTS.get(security, 0)))
    try:
        return build(Server, dict(given), Path(f"{PREFIX}*"))
    except DeclarationError as error:
        raise UnusableInput(
            f"The settings of the mail server ({PREFIX}…) are not usable: {error.problem}.",
            "The handbook lists the variables; without all of them no mail is sent.",
        ) from None


def read_mailboxes(project: Project) -> dict[str, tuple[str, ...]]:
    """Supplier → mailboxes, empty if the project folder has no such file."""
    path = project.folder / MAILBOXES
    if not path.is_file():
        return {}
    found: dict[str, tuple[str, ...]] = {}
    try:
        reader = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True), strict=True)
        if reader.fieldnames != COLUMNS:
            raise DeclarationError(path, f"its first line must be `{','.join(COLUMNS)}`")
        for row in reader:
            problem = _fault(row, project, found)
            if problem:
                raise DeclarationError(path, f"line {reader.line_num}: {problem}")
            found[row["supplier"]] = (*found.get(row["supplier"], ()), row["address"])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DeclarationError(path, f"it cannot be read as CSV in UTF-8 ({error})") from error
    return found


def _fault(row: Mapping[str | None, str | None], project: Project, found: Mapping[str, tuple[str, ...]]) -> str:
    supplier, address = row["supplier"], row["address"]
    if None in row or supplier is None or address is None or row["note"] is None:
        return "it has another number of fields than the first line"
    if supplier not in project.codelists["suppliers"].codes:
        return f"there is no supplier `{supplier}`"
    if not _ADDRESS.fullmatch(address):
        return f"`{visible(address)}` is no mail address"
    return f"`{address}` stands twice for `{supplier}`" if address in found.get(supplier, ()) else ""
