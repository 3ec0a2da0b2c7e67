"""A release withdrawn: what stays, where the pointer goes, what is said, and what is refused."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from test_release import fill

from einklang.cli.app import main
from einklang.disclosure.known import Sources
from einklang.errors import DamagedRecord, UnknownName, UnusableInput
from einklang.project import Project
from einklang.publication import read_latest, released_observations, standing_releases
from einklang.release import make_release
from einklang.release_report import gate_sentence
from einklang.store import Store
from einklang.withdrawal import read_withdrawal, withdraw, withdrawals

ROOT = Path(__file__).parents[1]
TIME = "2026-03-20T08:00:00+00:00"
WHY = "Eine gesperrte Fallzahl ist errechenbar."


@pytest.fixture(scope="module")
def released_twice(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    for wave in ("1-*", "2-*"):
        make_release(project, fill(folder, project, ("nw/einbuergerungen",), wave))
    return folder


@pytest.fixture
def store(released_twice: Path, tmp_path: Path) -> Store:
    """A store with the releases 1.0.0 and 1.1.0."""
    return Store(shutil.copytree(released_twice, tmp_path, dirs_exist_ok=True))


@pytest.fixture
def releases(store: Store) -> Path:
    return store.root / "releases"


def latest(releases: Path) -> str | None:
    pointer = read_latest(releases)
    return pointer.version if pointer is not None else None


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_pointer_moves_back_the_bytes_stay_and_the_record_says_why_and_by_whom(releases: Path) -> None:
    before = bytes_of(releases / "1.1.0")
    assert withdraw(releases, "1.1.0", f" {WHY} ", "I. Meyer", TIME) == "1.0.0"
    assert latest(releases) == "1.0.0"
    after = bytes_of(releases / "1.1.0")
    record = json.loads(after.pop("withdrawn.json"))
    assert after == before
    assert record == {"version": "1.1.0", "reason": WHY, "by": "I. Meyer", "withdrawn_at": TIME}
    assert list(standing_releases(releases)) == ["1.0.0"]
    assert [one.version for one in withdrawals(releases)] == ["1.1.0"]


def test_an_older_release_is_withdrawn_and_the_pointer_stays(releases: Path) -> None:
    assert withdraw(releases, "1.0.0", WHY, "I. Meyer", TIME) == "1.1.0"
    assert latest(releases) == "1.1.0"


def test_after_the_last_one_nothing_stands_and_the_next_version_is_new(
    releases: Path, store: Store, project: Project
) -> None:
    withdraw(releases, "1.1.0", WHY, "I. Meyer", TIME)
    assert withdraw(releases, "1.0.0", WHY, "I. Meyer", TIME) is None
    assert not (releases / "latest.json").exists()
    assert released_observations(releases, "einbuergerungen") is None
    fill(store.root, project, ("ni/einbuergerungen",))
    assert make_release(project, store).version == "2.0.0"


def test_a_version_is_never_given_twice(releases: Path, store: Store, project: Project) -> None:
    withdraw(releases, "1.1.0", WHY, "I. Meyer", TIME)
    fill(store.root, project, ("ni/einbuergerungen",))
    released = make_release(project, store)
    assert (released.version, latest(releases)) == ("1.2.0", "1.2.0")
    assert (releases / "1.1.0" / "withdrawn.json").is_file()


def test_what_was_withdrawn_is_not_released_again(releases: Path, store: Store, project: Project) -> None:
    withdraw(releases, "1.1.0", WHY, "I. Meyer", TIME)
    released = make_release(project, store)
    (found,) = (one for one in released.findings if one.rule == "IM-REL-001")
    assert released.blocked
    assert (
        f"als Stand 1.1.0 veröffentlicht und von I. Meyer zurückgezogen worden: „{WHY[:-1]}“. Die" in found.message.de
    )
    assert "keiner davon gesperrt" in gate_sentence(released)
    assert latest(releases) == "1.0.0"
    assert {path.name for path in releases.iterdir()} == {"1.0.0", "1.1.0", "latest.json"}


def test_the_gate_does_not_count_a_withdrawn_release_as_open(releases: Path) -> None:
    withdraw(releases, "1.1.0", WHY, "I. Meyer", TIME)
    sources = Sources({}, {}, {}, standing_releases(releases))  # type: ignore[arg-type]
    assert list(sources.earlier) == ["1.0.0"]


@pytest.mark.parametrize(
    ("version", "reason", "by", "error"),
    [
        ("1.1.1", WHY, "I. Meyer", UnknownName),
        ("../deliveries", WHY, "I. Meyer", UnknownName),
        ("1.1.0", "  ", "I. Meyer", UnusableInput),
        ("1.1.0", WHY, "", UnusableInput),
    ],
)
def test_what_is_not_usable_changes_nothing(
    releases: Path, version: str, reason: str, by: str, error: type[UnusableInput]
) -> None:
    with pytest.raises(error):
        withdraw(releases, version, reason, by, TIME)
    assert latest(releases) == "1.1.0"
    assert withdrawals(releases) == []


def test_a_release_is_withdrawn_once(releases: Path) -> None:
    withdraw(releases, "1.1.0", WHY, "I. Meyer", TIME)
    with pytest.raises(UnusableInput, match="withdrawn already"):
        withdraw(releases, "1.1.0", "anders", "J. Schulz", TIME)
    assert read_withdrawal(releases / "1.1.0").by == "I. Meyer"


def test_a_damaged_record_is_named(releases: Path) -> None:
    (releases / "1.1.0" / "withdrawn.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DamagedRecord, match=r"withdrawn\.json"):
        withdrawals(releases)


def test_the_command_withdraws_and_status_says_why_and_by_whom(
    releases: Path, store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["einklang", *arguments, "--store", str(store.root)])
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr()
        return int(stopped.value.code or 0), said.out, said.err

    named = ("--reason", "[red]Fallzahl[/red] errechenbar", "--by", "I. Meyer")
    code, out, _ = run("withdraw", "1.1.0", *named)
    assert (code, "Veröffentlichungsstand 1.1.0 ist zurückgezogen." in out, "Es gilt nun: 1.0.0" in out) == (
        0,
        True,
        True,
    )
    code, out, _ = run("status", "--project", str(ROOT))
    assert code == 0
    assert "Veröffentlichungsstand: 1.0.0" in out
    day = read_withdrawal(releases / "1.1.0").withdrawn_at[:10]
    german = ".".join(reversed(day.split("-")))
    assert f"Zurückgezogen: 1.1.0 am {german} von I. Meyer: [red]Fallzahl[/red] errechenbar" in out
    code, _, err = run("withdraw", "1.1.0", *named)
    assert (code, "withdrawn already" in err) == (2, True)
