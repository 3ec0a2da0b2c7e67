from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from einklang.cli.app import main
from einklang.cli.tables import terminal
from einklang.deliver import deliver
from einklang.project import Project
from einklang.store import Store

ROOT = Path(__file__).parents[1]
INBOX = ROOT / "demo" / "inbox" / "2-aktuell"
CLEAN = INBOX / "ni" / "einbuergerungen" / "Z1251-NI_2024.csv"
FAULTY = next((INBOX / "be" / "einbuergerungen").iterdir())


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["einklang", *arguments])
        monkeypatch.setenv("COLUMNS", "100")
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        code = stopped.value.code
        assert isinstance(code, int) or code is None
        return code or 0, captured.out, captured.err

    return call


def project_arguments() -> tuple[str, str]:
    return "--project", str(ROOT)


@pytest.mark.parametrize(
    ("path", "supplier", "expected"),
    [(CLEAN, "ni", 0), (FAULTY, "be", 1), (INBOX / "gibt-es-nicht.csv", "ni", 2), (CLEAN, "niedersachsen", 2)],
)
def test_check_tells_by_its_exit_code(run, path: Path, supplier: str, expected: int) -> None:  # type: ignore[no-untyped-def]
    code, _, _ = run("check", str(path), "-s", supplier, "-d", "einbuergerungen", *project_arguments())
    assert code == expected


def test_check_writes_reports_and_stores_nothing(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    names = {"--html": "r.html", "--json": "r.json", "--csv": "r.csv", "--ess": "e.json", "--xlsx": "r.xlsx"}
    options = [part for pair in names.items() for part in pair]
    code, out, _ = run("check", str(FAULTY), "-s", "be", "-d", "einbuergerungen", *options, *project_arguments())
    assert code == 1
    assert "IM-FIL-003" in out
    assert {path.name for path in tmp_path.iterdir()} == set(names.values())
    assert json.loads((tmp_path / "r.json").read_bytes())["verdict"] == "rejected"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "fehlt.csv", "-s", "ni", "-d", "auslaender"), "`fehlt.csv` cannot be read"),
        (("check", str(ROOT), "-s", "ni", "-d", "auslaender"), "cannot be read"),
        (("check", str(CLEAN), "-s", "nii", "-d", "auslaender"), "Did you mean `ni`?"),
        (("check", str(CLEAN), "-s", "ni", "-d", "ausländer"), "Did you mean `auslaender`?"),
        (("explain", "IM-AGG-999"), "There is no rule `IM-AGG-999`."),
        (("status", "--project", "/nirgends"), "holds no `schemas` and `expectations` folders"),
        (
            ("check", str(CLEAN), "-s", "ni", "-d", "einbuergerungen", "--html", "/nirgends/r.html"),
            "its folder does not",
        ),
        (("check", str(CLEAN), "-s", "ni", "-d", "einbuergerungen", "--ess", str(ROOT)), "it is a folder"),
        (("check", str(CLEAN), "-s", "ni", "-d", "einbuergerungen", "--csv", "x", "--json", "x"), "for two reports"),
        (("mail", "--release", "ni/x-0001-verdict", "--store", "fehlt"), "There is no message"),
        (("join",), "made of reports or of a store"),
        (("join", str(CLEAN)), "it is no JSON report"),
        (("join", "fehlt.json"), "`fehlt.json` cannot be read"),
        (("confirm", "ni/einbuergerungen/1", "--by", "ich", "--store", "fehlt"), "There is no delivery"),
    ],
)
def test_errors_are_one_sentence_with_a_remedy(run, arguments: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    code, out, err = run(*arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in out + err
    assert len(err.strip().splitlines()) == 1


def test_an_unexpected_error_shows_no_traceback(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def crash(*_: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("einklang.project.load_project", crash)
    code, _, err = run("explain", "IM-AGG-001")
    assert code == 3
    assert "unexpected error" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("language", ["de", "en"])
def test_explain_says_what_holds_and_how_to_mend(run, language: str, project: Project) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = run("explain", "im-sta-001", "--language", language, *project_arguments())
    rule = project.catalogue.by_id["IM-STA-001"]
    assert code == 0
    flat = re.sub(r"\s+", " ", out)
    assert getattr(rule.title, language) in flat
    assert getattr(rule.expected, language) in flat


def test_status_shows_verdicts_and_what_is_unfinished(run, project: Project, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    store = Store(tmp_path)
    deliver([CLEAN], "ni", "einbuergerungen", project, store)
    deliver([FAULTY], "be", "einbuergerungen", project, store)
    (store.folder("be/einbuergerungen/0001") / "delivery.json").unlink()
    code, out, _ = run("status", "--store", str(tmp_path), *project_arguments())
    assert code == 0
    assert "✓ angenommen" in out
    assert "Nicht zu Ende geprüft: be/einbuergerungen/0001" in out
    assert "Veröffentlichungsstand: noch keiner" in out


def test_a_damaged_record_is_named_and_hides_no_other(run, project: Project, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    store = Store(tmp_path)
    deliver([CLEAN], "ni", "einbuergerungen", project, store)
    deliver([FAULTY], "be", "einbuergerungen", project, store)
    damaged = store.folder("be/einbuergerungen/0001") / "delivery.json"
    damaged.write_text("{", encoding="utf-8")
    code, out, _ = run("status", "--store", str(tmp_path), *project_arguments())
    assert (code, "ni/einbuergerungen/0001" in out) == (1, True)
    assert str(damaged) in out.replace("\n", "")
    (tmp_path / "outbox" / "ni" / "einbuergerungen-0001-verdict.eml").unlink()
    code, out, _ = run("mail", "--store", str(tmp_path), *project_arguments())
    assert (code, str(damaged) in out.replace("\n", "")) == (1, True)
    assert (tmp_path / "outbox" / "ni" / "einbuergerungen-0001-verdict.eml").is_file()
    assert run("overview", "--store", str(tmp_path), *project_arguments())[0] == 0
    page = (tmp_path / "overview.html").read_text(encoding="utf-8")
    assert "deliveries/be/einbuergerungen/0001/delivery.json" in page


def test_version_is_told(run) -> None:  # type: ignore[no-untyped-def]
    assert run("--version") == (0, f"einklang {version('einklang')}\n", "")


def test_reports_are_joined_from_files_and_from_a_store(run, project: Project, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    store = Store(tmp_path / "store")
    deliver([CLEAN], "ni", "einbuergerungen", project, store)
    deliver([FAULTY], "be", "einbuergerungen", project, store)
    paths = [str(store.folder(f"{one}/einbuergerungen/0001") / "report.json") for one in ("ni", "be")]
    both, again, ess = (tmp_path / name for name in ("both.json", "again.json", "ess.json"))
    code, out, _ = run("join", *paths, "--json", str(both), "--ess", str(ess), *project_arguments())
    assert (code, "2 von 2 Stellen (be, ni)" in out) == (0, True)
    assert run("join", "--store", str(store.root), "--json", str(again), *project_arguments())[0] == 0
    assert both.read_bytes() == again.read_bytes()
    assert run("join", str(both), *paths, "--json", str(again), *project_arguments())[0] == 0
    assert both.read_bytes() == again.read_bytes()
    assert {one["data"]["target"][0][0] for one in json.loads(ess.read_bytes())} == {
        "ni/einbuergerungen",
        "be/einbuergerungen",
    }


def test_status_of_an_empty_store(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = run("status", "--store", str(tmp_path), *project_arguments())
    assert (code, "noch keine Lieferung" in out) == (0, True)


def test_check_loads_neither_prefect_nor_flows() -> None:
    program = (
        "import sys; sys.argv = ['einklang', 'check', sys.argv[1], '-s', 'ni', '-d', 'einbuergerungen']\n"
        "from einklang.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert stop.code == 0, stop.code\n"
        "assert not {'prefect', 'flows', 'fastapi'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(CLEAN)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_text_of_a_file_never_acts_on_the_terminal(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    hostile = tmp_path / "x.csv"
    hostile.write_bytes(CLEAN.read_bytes().replace(b"Niedersachsen", b"\x1b[31m[red]Hessen[/red]"))
    _, out, _ = run("check", str(hostile), "-s", "ni", "-d", "einbuergerungen", *project_arguments())
    assert "\x1b" not in out


def test_colons_make_no_pictures_on_the_terminal() -> None:
    """`A:M:` are columns."""
    console = terminal()
    with console.capture() as shown:
        console.print("Spalten A:M: eine Frage", markup=False)
    assert shown.get() == "Spalten A:M: eine Frage\n"
