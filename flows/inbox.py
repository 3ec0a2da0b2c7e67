"""Flow *inbox*: every delivery in an inbox folder, several at a time; none stops another.

Deliveries of the same supplier and data set run one after the other, in order of their names. The files
stay in the inbox: one that has been judged and has not changed is no new delivery.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from prefect import State, allow_failure, flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner
from pydantic import Field

from einklang.check import sent_file
from einklang.deliver import REPORT, process
from einklang.project import Project
from einklang.receive import receive
from einklang.result import Verdict
from einklang.store import ACCEPTED, Delivery, Receipt, Store
from flows.deliver import outcome_of
from flows.folder import Problem, Sending, look_into
from flows.progress import Listener, listening, silent, steps_of
from flows.request import AbsolutePath, Request, opened
from flows.texts import inbox_page, inbox_sentence, inbox_table

AT_A_TIME = 2
INTERRUPTED = "unterbrochene Lieferung"
DAMAGED = "Die Datei der Ablage ist beschädigt oder nicht lesbar. Bitte aus der Sicherung zurückholen."
REPEATED = "unverändert, nicht erneut geprüft"


class InboxRequest(Request):
    """An inbox folder."""

    inbox: AbsolutePath = Field(description="Folder laid out as <supplier>/<dataset>/<files>.")
    settle: float = Field(
        default=0.5,
        ge=0,
        le=60,
        description="Seconds between two looks at fresh files; those that grow meanwhile wait.",
    )


@dataclass(frozen=True)
class InboxRow:
    """What became of one delivery, or of a place in the inbox that holds none.

    `source` is the place in the inbox; `verdict` is None if there is none, and `note` says why.
    """

    supplier: str
    dataset: str
    source: str
    delivery: str | None = None
    verdict: Verdict | None = None
    errors: int = 0
    warnings: int = 0
    report: Path | None = None
    is_repeat: bool = False
    is_unusable: bool = False
    note: str = ""

    @property
    def needs_attention(self) -> bool:
        """Whether somebody has to do something."""
        return self.verdict not in ACCEPTED


@dataclass(frozen=True)
class InboxOutcome:
    """Name of the flow's final state, and a row per delivery."""

    state: str
    rows: tuple[InboxRow, ...]


@task(name="deliver", task_run_name="{source}", cache_policy=NO_CACHE)
def take_in(
    source: str, files: list[str], supplier: str, dataset: str, project: str | None, store: str
) -> tuple[str, bool]:
    """Receives and judges one delivery; gives its id and whether it was judged before."""
    declared, state = opened(project, store)
    paths = [Path(file) for file in files]
    received = arrived_before(paths, supplier, dataset, declared, state) or receive(
        paths, supplier, dataset, declared, state
    )
    if isinstance(received, Receipt):
        process(received, declared, state, steps_of(source))
    return received.delivery, isinstance(received, Delivery)


@task(name="finish", task_run_name="{delivery}", cache_policy=NO_CACHE)
def finish(delivery: str, project: str | None, store: str) -> tuple[str, bool]:
    """Judges a delivery that an earlier run received and did not finish."""
    declared, state = opened(project, store)
    return process(state.receipt(delivery), declared, state, steps_of(delivery)).delivery.delivery, False


def arrived_before(
    files: Sequence[Path], supplier: str, dataset: str, project: Project, store: Store
) -> Delivery | Receipt | None:
    """The delivery or receipt of these very files, names and bytes, if they have only stayed in the inbox.

    Unlike `receive`, this does not take a file for an older version that was sent again when a newer one
    lies beside it.
    """
    sent = sorted((file.name, file.sha256) for file in map(sent_file, files))
    judged = [one for one in store.deliveries(supplier, dataset) if one.declarations == project.fingerprint]
    begun = [one for one in store.survey().unfinished if (one.supplier, one.dataset) == (supplier, dataset)]
    candidates: list[Delivery | Receipt] = [*reversed(judged), *begun]
    for known in candidates:
        if sorted((file.name, file.sha256) for file in store.receipt(known.delivery).files) == sent:
            return known
    return None


@flow(
    name="inbox",
    description="Alle Lieferungen eines Eingangsordners annehmen und prüfen.",
    flow_run_name="{request.inbox.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=AT_A_TIME),  # type: ignore[arg-type]  # Prefect's own default has this type
)
def inbox(request: InboxRequest) -> State[tuple[InboxRow, ...]]:
    """Judges everything that lies in the inbox, and what an earlier run left unfinished."""
    declared, store = opened(request.project_name, str(request.store))
    contents = look_into(request.inbox, declared, request.settle)
    for source in contents.waiting:
        get_run_logger().info("%s is still being transferred and waits.", source)
    survey = store.survey()
    problems = [
        Problem(error.path.relative_to(store.root / "deliveries").as_posix(), DAMAGED) for error in survey.damaged
    ]
    interrupted = [Sending(one.supplier, one.dataset, one.delivery, ()) for one in survey.unfinished]
    futures = _submit([*interrupted, *contents.sendings], request)
    rows = tuple(
        [_row(sending, future, store) for sending, future in futures]
        + [_unusable(problem) for problem in [*contents.problems, *problems]]
    )
    create_table_artifact(inbox_table(rows), key="eingang-lieferungen", description=inbox_sentence(rows))
    create_markdown_artifact(
        inbox_page(rows, request.inbox, request.store), key="eingang", description="Zusammenfassung"
    )
    return _conclude(rows)


Submitted = PrefectFuture[tuple[str, bool]]


def _submit(sendings: Iterable[Sending], request: InboxRequest) -> list[tuple[Sending, Submitted]]:
    """Starts all; each waits for the one before it of the same supplier and data set, whatever became of that."""
    lanes: dict[tuple[str, str], list[Sending]] = {}
    for sending in sendings:
        lanes.setdefault((sending.supplier, sending.dataset), []).append(sending)
    project, store = request.project_name, str(request.store)
    last: dict[tuple[str, str], Submitted] = {}
    futures: list[tuple[Sending, Submitted]] = []
    for rank in zip_longest(*lanes.values()):
        for sending in filter(None, rank):
            lane = (sending.supplier, sending.dataset)
            before = [allow_failure(last[lane])] if lane in last else []
            if sending.files:
                files = [str(file) for file in sending.files]
                last[lane] = take_in.submit(
                    sending.source, files, *lane, project, store, return_state=False, wait_for=before
                )
            else:
                last[lane] = finish.submit(sending.source, project, store, return_state=False, wait_for=before)
            futures.append((sending, last[lane]))
    return sorted(futures, key=lambda one: (one[0].supplier, one[0].dataset))


def _row(sending: Sending, future: Submitted, store: Store) -> InboxRow:
    source = sending.source if sending.files else INTERRUPTED
    future.wait()
    result = future.state.result(raise_on_failure=False)
    if isinstance(result, BaseException):
        known = None if sending.files else sending.source
        return InboxRow(sending.supplier, sending.dataset, source, known, note=f"{type(result).__name__}: {result}")
    record = store.delivery(result[0])
    return InboxRow(
        supplier=record.supplier,
        dataset=record.dataset,
        source=source,
        delivery=record.delivery,
        verdict=record.verdict,
        errors=record.errors,
        warnings=record.warnings,
        report=store.folder(record.delivery) / REPORT,
        is_repeat=result[1],
        note=REPEATED if result[1] else "",
    )


def _unusable(problem: Problem) -> InboxRow:
    supplier, dataset, *_ = [*problem.source.split("/")[:-1], "–", "–"]
    return InboxRow(supplier, dataset, problem.source, is_unusable=True, note=problem.reason)


def _conclude(rows: tuple[InboxRow, ...]) -> State[tuple[InboxRow, ...]]:
    message = inbox_sentence(rows)
    if any(row.verdict is None for row in rows):
        return Failed(name="SomeCrashed", message=message, data=rows)
    if any(row.needs_attention for row in rows):
        return Completed(name="SomeNeedAttention", message=message, data=rows)
    return Completed(name="AllAccepted", message=message, data=rows)


def run_inbox(inbox_folder: Path, project: Path | None, store: Path, progress: Listener = silent) -> InboxOutcome:
    """Runs the flow here and now.

    `progress` is told the place in the inbox and the step; it is called from several threads.

    Raises:
        EinklangError: there is no such inbox, a declaration is broken, or the store is.
    """
    request = InboxRequest(inbox=inbox_folder, project=project, store=store)
    with listening(progress):
        state = inbox(request, return_state=True)
    return InboxOutcome(state.name or state.type.value, outcome_of(state))
