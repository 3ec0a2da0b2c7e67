"""A release is withdrawn: its bytes stay, a record beside its manifest says why and by whom, the pointer moves back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, ValidationError

from einklang.declarations.rules import Catalogue
from einklang.errors import DamagedRecord, UnknownName, UnusableInput
from einklang.findings import Finding, finding
from einklang.publication import (
    WITHDRAWN,
    read_latest,
    read_manifest,
    remove_pointer,
    standing_releases,
    versions,
    write_pointer,
)
from einklang.records import Record
from einklang.store import write_atomically

WITHDRAWN_BEFORE = "IM-REL-001"


class Withdrawal(Record):
    """`withdrawn.json`, beside the manifest of a release that is withdrawn."""

    version: str = Field(description="The version withdrawn.")
    reason: str = Field(description="Why, in the steward's words.")
    by: str = Field(description="Who withdrew it.")
    withdrawn_at: str = Field(description="ISO 8601, UTC.")


def withdraw(releases: Path, version: str, reason: str, by: str, withdrawn_at: str) -> str | None:
    """Withdraws a release; gives the version that is the latest now, None where no release stands any more.

    The pointer moves before the record is written: whoever follows it never comes to a release that is withdrawn.

    Raises:
        UnusableInput: there is no such release, it is withdrawn already, or the reason or the name is blank.
        DamagedRecord: the release that the pointer would move to cannot be read.
    """
    known = versions(releases)
    if version not in known:
        raise UnknownName("release", version, known)
    standing = standing_releases(releases)
    if version not in standing:
        raise UnusableInput(f"The release {version} is withdrawn already.", "`einklang status` says why and by whom.")
    if not reason.strip() or not by.strip():
        raise UnusableInput("A release is withdrawn for a reason and by somebody.", "Fill `--reason` and `--by`.")
    folder = standing.pop(version)
    latest = read_latest(releases)
    if latest is not None and latest.version == version:
        before = next(iter(standing.values()), None)
        if before is None:
            remove_pointer(releases)
        else:
            write_pointer(releases, read_manifest(before), before)
    record = Withdrawal(version=version, reason=reason.strip(), by=by.strip(), withdrawn_at=withdrawn_at)
    write_atomically(folder / WITHDRAWN, record.model_dump_json(indent=2).encode() + b"\n")
    latest = read_latest(releases)
    return latest.version if latest is not None else None


def withdrawals(releases: Path) -> list[Withdrawal]:
    """The releases that are withdrawn, newest version first.

    Raises:
        DamagedRecord: a record cannot be read.
    """
    return [
        read_withdrawal(folder) for folder in reversed(versions(releases).values()) if (folder / WITHDRAWN).is_file()
    ]


def read_withdrawal(folder: Path) -> Withdrawal:
    """Why a release was withdrawn, and by whom."""
    try:
        return Withdrawal.model_validate_json((folder / WITHDRAWN).read_bytes())
    except (OSError, ValidationError) as error:
        raise DamagedRecord(folder / WITHDRAWN) from error


def withdrawn_before(releases: Path, files: Mapping[str, str], catalogue: Catalogue) -> list[Finding]:
    """Releases that were withdrawn and hold the same, byte for byte (IM-REL-001).

    `files` are the digests of the files of the release to be made.
    """
    same = [
        read_withdrawal(folder)
        for folder in versions(releases).values()
        if (folder / WITHDRAWN).is_file() and read_manifest(folder).files == files
    ]
    return [
        finding(catalogue, WITHDRAWN_BEFORE, version=one.version, wer=one.by, grund=one.reason.rstrip("."))
        for one in same
    ]
