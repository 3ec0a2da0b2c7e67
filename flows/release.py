"""Flow *release*: the accepted deliveries become one released state, unless a national rule blocks it."""

from __future__ import annotations

from pathlib import Path

from prefect import State, flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed

from einklang.release import Released, make_release
from flows.deliver import outcome_of
from flows.request import Request, opened
from flows.texts import release_page, release_sentence


class ReleaseRequest(Request):
    """What to release: everything that is accepted in the store."""


@task(name="release", cache_policy=NO_CACHE)
def release_store(project: str | None, store: str) -> Released:
    """Writes a new version where something changed."""
    return make_release(*opened(project, store))


@flow(name="release", description="Einen neuen Veröffentlichungsstand bilden.", flow_run_name="{request.store.name}")
def release(request: ReleaseRequest) -> State[Released]:
    """Makes a release."""
    released = release_store(request.project_name, str(request.store))
    create_markdown_artifact(release_page(released), key="veroeffentlichung", description=release_sentence(released))
    return _conclude(released)


def _conclude(released: Released) -> State[Released]:
    message = release_sentence(released)
    if released.version is None:
        return Failed(name="Blocked" if released.findings else "NothingToRelease", message=message, data=released)
    return Completed(name="Released" if released.is_new else "Unchanged", message=message, data=released)


def run_release(project: Path | None, store: Path) -> Released:
    """Runs the flow here and now.

    Raises:
        EinklangError: a declaration is broken, or the store is.
    """
    state = release(ReleaseRequest(project=project, store=store), return_state=True)
    released: Released = outcome_of(state)
    return released
