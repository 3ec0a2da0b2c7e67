"""The outbox of a store: every message is a file before anything is sent, and stays one.

    outbox/<supplier>/<dataset>-<number>-<kind>.json   what became of it
    outbox/<supplier>/<dataset>-<number>-<kind>.eml    the message; written last: without it there is none

Of each delivery and kind there is exactly one message, however often it is put; and one more for each time
a delivery is judged again after answers (`…-verdict-2`). The `.eml` never changes;
it has no `From` and `To`, which are added when it is sent.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from pydantic import Field, ValidationError

from einklang.errors import StoreError, UnknownName
from einklang.records import Record
from einklang.report.email import Kind
from einklang.store import Store, write_atomically

FOLDER = "outbox"
_DELIVERY = re.compile(r"([a-z][a-z0-9_]*)/([a-z][a-z0-9_]*)/(\d+)")
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class DamagedMessage(StoreError):
    """A message or its state is missing or unreadable. It is not sent: it may have been."""


class Status(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Handed(Record):
    """The last answer of the server about one recipient."""

    address: str = Field(description="The mailbox.")
    at: str = Field(description="ISO 8601, UTC.")
    code: int = Field(description="Reply code: 2xx taken, 4xx not now, 5xx refused.")
    answer: str = Field(description="The server's words.")

    @property
    def is_taken(self) -> bool:
        """Whether the server has taken responsibility for the message."""
        return 200 <= self.code < 300

    @property
    def is_refused(self) -> bool:
        """Whether trying again is of no use."""
        return self.code >= 500


class Message(Record):
    """State of one message."""

    name: str = Field(description="supplier/dataset-number-kind: its place in the outbox.")
    delivery: str = Field(description="supplier/dataset/number.")
    supplier: str = Field(description="Code of the supplier.")
    kind: Kind = Field(description="receipt or verdict.")
    message_id: str = Field(description="Message-ID, the same in every attempt.")
    since: str = Field(description="When that of which it tells has happened. ISO 8601, UTC.")
    status: Status = Field(default=Status.WAITING, description="waiting, sending, sent or failed.")
    attempts: int = Field(default=0, ge=0, description="Attempts begun.")
    unanswered: int = Field(
        default=0, ge=0, description="Attempts in which the whole message was passed and no answer is known."
    )
    next_try_at: str | None = Field(default=None, description="Not before; None: at once. ISO 8601, UTC.")
    is_released: bool = Field(default=False, description="Whether a steward asked for it to be sent, however old.")
    problem: str = Field(default="", description="Why the last attempt failed.")
    handed: list[Handed] = Field(default=[], description="Last answer about each recipient.")

    def is_due(self, now: datetime) -> bool:
        """Whether it may be tried now. `sending` is what a dead process has left behind."""
        if self.status in {Status.SENT, Status.FAILED}:
            return False
        return self.next_try_at is None or datetime.fromisoformat(self.next_try_at) <= now


def message_name(delivery: str, kind: Kind, judgement: int = 1) -> str:
    """Place of a message in the outbox, without ending; `judgement` counts how often the delivery was judged.

    Raises:
        ValueError: the text is no id of a delivery; it could name any place.
    """
    parts = _DELIVERY.fullmatch(delivery)
    if parts is None:
        raise ValueError(f"`{delivery}` is no delivery")
    supplier, dataset, number = parts.groups()
    return f"{supplier}/{dataset}-{number}-{kind}" + (f"-{judgement}" if judgement > 1 else "")


def put(
    store: Store,
    delivery: str,
    kind: Kind,
    message: EmailMessage,
    now: datetime,
    since: datetime | None = None,
    judgement: int = 1,
) -> Path:
    """Lays a message into the outbox, unless there is one of that delivery, kind and judgement; gives its file.

    `since` is when that of which it tells has happened; by it a message is too old to be sent, or not.

    Raises:
        StoreError: the folder is not writable.
    """
    name = message_name(delivery, kind, judgement)
    path = place(store, name)
    if path.exists():
        return path
    state = Message(
        name=name,
        delivery=delivery,
        supplier=delivery.split("/")[0],
        kind=kind,
        message_id=str(message["Message-ID"]),
        since=(since or now).isoformat(timespec="seconds"),
    )
    dated = f"Date: {format_datetime(now)}\r\n".encode() + message.as_bytes()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path.with_suffix(".json"), _json(state))
        _create(path, dated)
    except OSError as error:
        raise StoreError(path.parent, error.strerror or "it is not writable") from error
    return path


def _create(path: Path, content: bytes) -> None:
    """Writes a file that appears whole or not at all, and never replaces one."""
    beside = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with beside.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # Two at the same instant would write the same message here; only the links decide it for sure.
            if not path.exists():
                beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Makes names of files survive a power failure, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _json(state: Message) -> bytes:
    return state.model_dump_json(indent=2).encode() + b"\n"


def save(store: Store, state: Message) -> None:
    """Replaces the state of a message; only for who has claimed it."""
    path = store.root / FOLDER / f"{state.name}.json"
    write_atomically(path, _json(state))
    try:
        _sync_folder(path.parent)
    except OSError as error:
        raise StoreError(path, error.strerror or "it is not writable") from error


def names(store: Store) -> Iterator[str]:
    """Places of all messages, in order."""
    for path in sorted((store.root / FOLDER).glob("*/*.eml")):
        yield f"{path.parent.name}/{path.stem}"


def load(store: Store, name: str) -> Message:
    """State of a message (DamagedMessage if it cannot be read)."""
    path = store.root / FOLDER / f"{name}.json"
    try:
        return Message.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DamagedMessage(path, "the file is missing or damaged") from error


def content(store: Store, name: str) -> bytes:
    """The bytes of a message (DamagedMessage if they cannot be read)."""
    path = place(store, name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise DamagedMessage(path, error.strerror or "it cannot be read") from error


def place(store: Store, name: str) -> Path:
    """The file of a message."""
    return store.root / FOLDER / f"{name}.eml"


def existing(store: Store, name: str) -> Message:
    """State of a message that somebody has named (UnknownName if there is none)."""
    known = list(names(store))
    if name not in known:
        raise UnknownName("message", name, known)
    return load(store, name)
