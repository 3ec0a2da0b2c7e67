"""Answers to findings: an office confirms a warned value, a steward overrides an error with a second person.

An answer is bound to the fingerprint of the value and its reference values. It is carried over to the next
delivery while they stay; when they change it lapses. Answers are kept per supplier and data set, in the
order given, and never changed:

    store/answers/<supplier>/<dataset>/<n>.json
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from einklang.declarations.rules import Severity
from einklang.errors import DamagedRecord, UnknownName, UnusableInput
from einklang.findings import Confirmation, Finding
from einklang.result import Result
from einklang.store import Store, now


@dataclass(frozen=True)
class Answer:
    """What somebody says of a finding, named by its id or fingerprint."""

    finding: str
    reason: str
    by: str
    second: str = ""


def _folder(store: Store, supplier: str, dataset: str) -> Path:
    return store.root / "answers" / supplier / dataset


def answers_of(store: Store, supplier: str, dataset: str) -> list[Confirmation]:
    """All answers given for a supplier's data set, in the order given."""
    found = []
    for path in sorted(_folder(store, supplier, dataset).glob("*.json")):
        try:
            found.append(Confirmation.model_validate_json(path.read_bytes()))
        except (OSError, ValidationError) as error:
            raise DamagedRecord(path) from error
    return found


def find(result: Result, name: str) -> Finding:
    """The finding of that id or fingerprint (UnknownName if there is none)."""
    for finding in result.findings:
        if name and name in {finding.id, finding.fingerprint}:
            return finding
    raise UnknownName("finding", name, [finding.id for finding in result.findings])


def give(store: Store, result: Result, given: Sequence[Answer]) -> list[Confirmation]:
    """Keeps answers to the findings of a result.

    Raises:
        UnknownName: the result has no such finding.
        UnusableInput: the finding cannot be answered so: an error needs a second person, information no
            answer, and every answer a reason and a name.
    """
    confirmed = [_confirmation(result, find(result, one.finding), one) for one in given]
    folder = _folder(store, result.identity.supplier, result.identity.dataset)
    folder.mkdir(parents=True, exist_ok=True)
    for one in confirmed:
        _append(folder, one)
    return confirmed


def _confirmation(result: Result, finding: Finding, answer: Answer) -> Confirmation:
    if not answer.reason.strip() or not answer.by.strip():
        raise UnusableInput("An answer needs a reason and a name.", "Give both.")
    if finding.severity is Severity.INFORMATION:
        raise UnusableInput(f"The finding `{finding.id}` is information.", "It needs no answer.")
    second = answer.second.strip()
    if not finding.confirm and not second:
        raise UnusableInput(
            f"The finding `{finding.id}` ({finding.rule}) is an error and cannot be confirmed.",
            "Mend it; or let a steward override it, with a second person.",
        )
    if second and second.casefold() == answer.by.strip().casefold():
        raise UnusableInput("The second person must be another one.", "Name two persons.")
    return Confirmation(
        rule=finding.rule,
        point=finding.point,
        fingerprint=finding.fingerprint,
        reason=answer.reason.strip(),
        by=answer.by.strip(),
        second=second,
        at=now(),
        delivery=result.identity.delivery,
    )


def _append(folder: Path, confirmation: Confirmation) -> None:
    """Writes the next file; whoever comes first has the number."""
    number = len(list(folder.glob("*.json"))) + 1
    content = confirmation.model_dump_json(indent=2) + "\n"
    while True:
        try:
            with (folder / f"{number:05d}.json").open("x", encoding="utf-8") as stream:
                stream.write(content)
            return
        except FileExistsError:
            number += 1
