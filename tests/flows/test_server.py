"""From end to end: a real server, a pool, all deployments, a worker, and a run that leaves its verdict in the store."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import pytest
from flow_senders import ROOT, sender

from einklang.result import Verdict
from einklang.store import Store
from flows import settings

PATIENCE = 240


def command(*arguments: str) -> list[str]:
    """The `prefect` command of this environment."""
    return [sys.executable, "-m", "prefect", *arguments]


@contextlib.contextmanager
def running(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with all its children, ended at the end."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command(*arguments), cwd=ROOT, env=dict(environment), stdout=stream, stderr=stream, start_new_session=True
        )
    try:
        yield process
    finally:
        for sign in (signal.SIGINT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)


def call(environment: Mapping[str, str], *arguments: str) -> str:
    """Runs a `prefect` command to its end."""
    done = subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(api: str, server: subprocess.Popen[bytes]) -> None:
    """Until the server answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server has ended"
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{api}/health").is_success:
                return
        time.sleep(0.2)
    pytest.fail("the server does not answer")


@pytest.mark.skipif(os.name == "nt", reason="process groups are ended the POSIX way")
def test_deploy_and_run_on_a_local_server(tmp_path: Path) -> None:
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    kept = {name: value for name, value in os.environ.items() if name not in settings.TELEMETRY_OFF}
    environment = {**kept, "PREFECT_HOME": str(tmp_path / "home"), "PREFECT_API_URL": api, "NO_COLOR": "1"}
    inbox, store = tmp_path / "eingang", tmp_path / "store"
    sender.put(inbox, "gut.csv")
    sender.put(inbox, "schlecht.csv", "key")
    with running(
        ["server", "start", "--host", "127.0.0.1", "--port", str(port)], environment, tmp_path / "s"
    ) as server:
        wait_for(api, server)
        assert httpx.get(f"{api}/admin/settings").json()["server"]["analytics_enabled"] is False
        call(environment, "work-pool", "create", "einklang", "--type", "process")
        call(environment, "--no-prompt", "deploy", "--all")
        with running(["worker", "start", "--pool", "einklang"], environment, tmp_path / "w"):
            request = f'request={{"inbox": "{inbox}", "store": "{store}"}}'
            call(environment, "deployment", "run", "inbox/inbox", "-p", request, "--watch")
        (run,) = httpx.post(f"{api}/flow_runs/filter", json={}).json()
        keys = {one["key"] for one in httpx.post(f"{api}/artifacts/latest/filter", json={}).json()}
        names = {one["name"] for one in httpx.post(f"{api}/deployments/filter", json={}).json()}
    assert (run["state_type"], run["state_name"]) == ("COMPLETED", "SomeNeedAttention")
    assert keys == {"eingang", "eingang-lieferungen"}
    assert names == {"deliver", "inbox", "release"}
    assert [one.verdict for one in Store(store).deliveries()] == [Verdict.ACCEPTED, Verdict.REJECTED]
