"""Nothing that the program starts reports home, and embedded runs keep out of the user's way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from flow_senders import ROOT, sender

from flows import settings

REPORTING = {"DO_NOT_TRACK": "0", "PREFECT_SERVER_ANALYTICS_ENABLED": "true", "GX_ANALYTICS_ENABLED": "true"}
SET_BY_US = (*settings.CHOSEN_BY_USER, *settings.EMBEDDED, *settings.TELEMETRY_OFF)
SIGNS_OF_CI = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILDKITE", "CIRCLECI", "TRAVIS", "TF_BUILD")


def run(code: str, cwd: Path, **environment: str) -> Any:
    """What `code` prints as JSON in a fresh process, in which nothing is set but what is named."""
    kept = {name: value for name, value in os.environ.items() if name not in {*SET_BY_US, *SIGNS_OF_CI}}
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", code],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_great_expectations_is_silenced_before_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "great_expectations.py").write_text("import os\nseen = os.environ['GX_ANALYTICS_ENABLED']\n")
    code = """
import json
from einklang.gx import great_expectations
print(json.dumps(great_expectations().seen))
"""
    assert run(code, tmp_path, PYTHONPATH=str(tmp_path), **REPORTING) == "false"


def test_prefect_commands_in_the_project_folder_report_nothing() -> None:
    assert tomllib.loads((ROOT / "prefect.toml").read_text())["server"]["analytics_enabled"] is False


def test_every_deployment_switches_telemetry_off_and_names_no_supplier() -> None:
    text = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
    deployments = yaml.safe_load(text)["deployments"]
    assert [one["name"] for one in deployments] == ["deliver", "inbox", "release"]
    for one in deployments:
        assert one["work_pool"]["name"] == "einklang"
        assert one["work_pool"]["job_variables"]["env"] == settings.TELEMETRY_OFF
        assert (ROOT / one["entrypoint"].partition(":")[0]).is_file()
    assert str(ROOT) not in text


def test_an_embedded_run_reports_nothing_and_keeps_out_of_the_way(tmp_path: Path) -> None:
    """A rejected delivery from a fresh process: no output, no telemetry, nothing in the user's Prefect profile."""
    file = sender.write(tmp_path / "lieferung.csv", "key")
    code = f"""
import json, os
from pathlib import Path
from einklang.orchestration import flow
answer = flow("deliver")([Path({str(file)!r})], "bb", "einbuergerungen", Path({str(ROOT)!r}), Path("store"))
import httpx
from prefect._internal.analytics.enabled import is_telemetry_enabled
from prefect.server.api.server import SubprocessASGIServer
from prefect.settings import get_current_settings
server = httpx.get(SubprocessASGIServer().api_url + "/admin/settings").json()["server"]["analytics_enabled"]
own = get_current_settings().server.analytics_enabled
print(json.dumps([answer, [server, own, is_telemetry_enabled()], os.environ["GX_ANALYTICS_ENABLED"]]))
"""
    cache = tmp_path / "cache"
    answer, reporting, expectations = run(
        code, tmp_path, HOME=str(tmp_path / "home"), XDG_CACHE_HOME=str(cache), **REPORTING
    )
    assert answer == ["Rejected", "bb/einbuergerungen/0001"]
    assert (tmp_path / "store" / "deliveries" / answer[1] / "report.html").is_file()
    assert (reporting, expectations) == ([False, False, False], "false")
    (home,) = (cache / "einklang").iterdir()
    assert (home / "prefect.db").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "lieferung.csv", "store"]


@pytest.mark.parametrize("name", settings.CHOSEN_BY_USER)
def test_what_the_user_has_chosen_stays(tmp_path: Path, name: str) -> None:
    code = "import flows, json, os; print(json.dumps(os.environ.get('PREFECT_HOME')))"
    expected = str(tmp_path) if name == "PREFECT_HOME" else None
    assert run(code, tmp_path, **{name: str(tmp_path)}) == expected


def test_prefect_that_others_have_started_keeps_its_settings(tmp_path: Path) -> None:
    (tmp_path / "prefect.py").touch()
    code = """
import prefect, flows, json, os
print(json.dumps([os.environ.get("PREFECT_HOME"), os.environ["DO_NOT_TRACK"]]))
"""
    assert run(code, tmp_path, PYTHONPATH=str(tmp_path)) == [None, "1"]


def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "datei").write_text("x")
    code = "import flows, json, os; print(json.dumps(os.path.isdir(os.environ['PREFECT_HOME'])))"
    assert run(code, tmp_path, XDG_CACHE_HOME=str(tmp_path / "datei"), TMPDIR=str(tmp_path)) is True
