"""Flow *deliver*: one delivery, from its files to its verdict. The verdict is the name of the final state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import State, flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed
from pydantic import Field

from einklang import deliver as library
from einklang.receive import receive
from einklang.result import Verdict
from einklang.store import Delivery
from flows.progress import Listener, listening, silent, steps_of
from flows.request import AbsolutePath, Request, opened
from flows.texts import delivery_page, delivery_sentence

STATE_NAMES = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.ACCEPTED_WITH_NOTES: "AcceptedWithNotes",
    Verdict.CLARIFICATION_NEEDED: "ClarificationNeeded",
    Verdict.REJECTED: "Rejected",
}
UNCHANGED = "Unchanged"


class DeliveryRequest(Request):
    """One delivery."""

    files: tuple[AbsolutePath, ...] = Field(min_length=1, description="The file or files of the delivery.")
    supplier: str = Field(description="Code of the supplier, e.g. ni or destatis.")
    dataset: str = Field(description="Name of the data set, e.g. auslaender.")


@task(name="receive", cache_policy=NO_CACHE)
def receive_files(files: list[str], supplier: str, dataset: str, project: str | None, store: str) -> tuple[str, bool]:
    """Keeps the files; gives the delivery's id and whether the same bytes were judged before."""
    received = receive([Path(file) for file in files], supplier, dataset, *opened(project, store))
    return received.delivery, isinstance(received, Delivery)


@task(name="process", cache_policy=NO_CACHE)
def process_delivery(delivery: str, project: str | None, store: str) -> str:
    """Checks a received delivery and keeps result and report; gives its id."""
    declared, state = opened(project, store)
    done = library.process(state.receipt(delivery), declared, state, steps_of(delivery))
    return done.delivery.delivery


@flow(
    name="deliver",
    description="Eine Lieferung annehmen, prüfen und den Prüfbericht schreiben.",
    flow_run_name="{request.supplier}-{request.dataset}",
)
def deliver(request: DeliveryRequest) -> State[str]:
    """Receives and judges one delivery."""
    project, store = request.project_name, str(request.store)
    files = [str(file) for file in request.files]
    delivery, is_repeat = receive_files(files, request.supplier, request.dataset, project, store)
    if not is_repeat:
        process_delivery(delivery, project, store)
    return conclude(delivery, is_repeat, store)


def conclude(delivery: str, is_repeat: bool, store: str) -> State[str]:
    """The final state that a delivery's record asks for, after publishing it."""
    _, state = opened(None, store)
    record = state.delivery(delivery)
    report = state.folder(delivery) / library.REPORT
    create_markdown_artifact(delivery_page(record, report, is_repeat), key="lieferung", description=delivery)
    name = UNCHANGED if is_repeat else STATE_NAMES[record.verdict]
    made = Failed if record.verdict is Verdict.REJECTED and not is_repeat else Completed
    return made(name=name, message=delivery_sentence(record, report), data=delivery)


def outcome_of(state: State[Any]) -> Any:
    """What a flow gave with its state; an exception that ended it is raised again."""
    result = state.result(raise_on_failure=False)
    if isinstance(result, BaseException):
        raise result
    return result


def run_deliver(
    files: list[Path], supplier: str, dataset: str, project: Path | None, store: Path, progress: Listener = silent
) -> tuple[str, str]:
    """Runs the flow here and now; gives the name of its final state and the delivery's id.

    Raises:
        EinklangError: the call names something that is not there, a declaration is broken, or the store is.
    """
    request = DeliveryRequest(files=tuple(files), supplier=supplier, dataset=dataset, project=project, store=store)
    with listening(progress):
        state = deliver(request, return_state=True)
    return state.name or state.type.value, outcome_of(state)
