"""A release that the disclosure gate blocks, by hand: through the flow and through the command line."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness

import flows.release
from einklang.cli.app import main
from einklang.deliver import deliver
from einklang.examples import lay_example_project
from einklang.project import load_project
from einklang.release import read_report
from einklang.result import Outcome, Verdict
from einklang.store import Store, now
from einklang.withdrawal import withdraw

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests" / "deliveries"
PROTECTED = EXAMPLES / "pass" / "arbeitslose" / "IM-SDC-001_count_withheld" / "1.csv"
ALONE = EXAMPLES / "fail" / "auslaender" / "IM-SDC-002_alone_in_its_row" / "1.csv"
NUMBER = ("14780", "14.780", "14,780", "14 780")
"""Men in Bremerhaven: the count withheld, as the delivery lets anyone compute it."""


@pytest.fixture(scope="module")
def prefect() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=300):
        yield


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "projekt"
    lay_example_project(ROOT, folder)
    return folder


@pytest.fixture
def store(tmp_path: Path, project: Path) -> Path:
    """A store with the release 1.0.0, and a delivery after it that must not be released."""
    folder, declared = tmp_path / "store", load_project(project)
    deliver([PROTECTED], "hb", "arbeitslose", declared, Store(folder))
    assert flows.release.make_release(declared, Store(folder)).version == "1.0.0"
    deliver([ALONE], "hb", "auslaender", declared, Store(folder))
    return folder


def state_of(store: Path) -> dict[str, bytes]:
    releases = store / "releases"
    return {path.relative_to(releases).as_posix(): path.read_bytes() for path in releases.rglob("*") if path.is_file()}


def assert_blocked(store: Path, before: dict[str, bytes], *said: str) -> None:
    """The releases are as they were; the report names the cell, and nothing says the number."""
    assert state_of(store) == before
    page, data = ((store / f"release-report.{kind}").read_text(encoding="utf-8") for kind in ("html", "json"))
    for text in (page, data, *said):
        assert not any(number in text for number in NUMBER)
    result = read_report(Store(store))
    assert result.verdict is Verdict.REJECTED
    assert {one.rule: one.outcome for one in result.rules}["IM-SDC-002"] is Outcome.FAILED
    assert {one.rule: one.outcome for one in result.rules}["IM-REL-001"] is Outcome.NOT_EVALUABLE
    [finding] = [one for one in result.findings if one.rule == "IM-SDC-002"]
    assert (finding.places[0].file, finding.places[0].cell) == ("hb/auslaender/0001/1.csv", "E5")
    assert "Bremerhaven" in page


@pytest.mark.usefixtures("prefect")
def test_the_flow_ends_blocked(project: Path, store: Path) -> None:
    before = state_of(store)
    state = flows.release.release(flows.release.ReleaseRequest(project=project, store=store), return_state=True)
    assert (state.type.value, state.name) == ("FAILED", "Blocked")
    assert_blocked(store, before, state.message or "")


@pytest.mark.usefixtures("prefect")
def test_what_was_withdrawn_ends_blocked_too(project: Path, store: Path) -> None:
    withdraw(store / "releases", "1.0.0", "Die Einheit ist falsch.", "I. Meyer", now())
    shutil.rmtree(store / "deliveries" / "hb" / "auslaender")
    before = state_of(store)
    state = flows.release.release(flows.release.ReleaseRequest(project=project, store=store), return_state=True)
    assert (state.type.value, state.name) == ("FAILED", "Blocked")
    assert state_of(store) == before
    outcomes = {one.rule: one.outcome for one in read_report(Store(store)).rules}
    assert (outcomes["IM-REL-001"], outcomes["IM-SDC-002"]) == (Outcome.FAILED, Outcome.PASSED)


@pytest.mark.usefixtures("prefect")
def test_the_command_ends_with_code_one(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state_of(store)
    monkeypatch.setattr(sys, "argv", ["einklang", "release", "--store", str(store), "--project", str(project)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    said = capsys.readouterr()
    assert "gesperrt" in said.out
    assert "04012 Bremerhaven" in said.out
    assert_blocked(store, before, said.out, said.err)
