"""The processes that read: one for each file, with nothing of another file, bounded, and gone with whoever asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from builders import workbook

from einklang import box
from einklang.box import CAN_FORK, Box, run_alone
from einklang.container import Kind
from einklang.errors import ReaderNotStarted
from einklang.read_boxed import SheetsRead, read_boxed

pytestmark = pytest.mark.skipif(not CAN_FORK or not Path("/proc/self/fd").exists(), reason="it needs fork and /proc")

Start = Callable[[str], Box]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """A box in whose processes this code is run instead of a reader; `seen` stays with the template."""
    begun: list[Box] = []

    def box_with(code: str) -> Box:
        steps = textwrap.indent(textwrap.dedent(code), "    ")
        program = "import json, os, signal, sys, time\nseen = []\n"
        program += f"def say(it): print(json.dumps(it), flush=True)\ndef read():\n{steps}\n"
        program += "from einklang.boxed import child, template\nchild.main = read\ntemplate.main()"
        monkeypatch.setattr(box, "PROGRAM", program.replace("{", "{{").replace("}", "}}"))
        begun.append(Box())
        return begun[-1]

    yield box_with
    for one in begun:
        one.stop()


def run(one: Box, job: str = "", deadline: float = 20) -> tuple[int | None, str, str]:
    """Exit code, what was written as the answer, and errors."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        code = one.run(job.encode(), output, errors, deadline)
        output.seek(0)
        errors.seek(0)
        return code, output.read().decode(), errors.read().decode()


def asked(one: Box, job: str = "") -> Any:
    code, answer, errors = run(one, job)
    assert code == 0, errors
    return json.loads(answer)


def is_running(process: int) -> bool:
    """Also false of one that has ended and for which nobody has waited yet."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def has_ended(process: int) -> bool:
    for _ in range(100):
        if not is_running(process):
            return True
        time.sleep(0.05)
    return False


def test_every_file_has_a_process_of_its_own(start: Start) -> None:
    one = start(
        """
        seen.append(sys.stdin.read())
        say([os.getpid(), os.getppid(), seen])
        """
    )
    first, second = asked(one, "erste"), asked(one, "zweite")
    assert first[0] != second[0]
    assert first[1] == second[1] != os.getpid()
    assert (first[2], second[2]) == (["erste"], ["zweite"])


def test_it_has_its_files_and_a_bare_environment(start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EINKLANG_SECRET", "x")
    one = start(
        """
        time.sleep(0.2)
        say([sorted(os.listdir("/proc/self/fd")), sorted(os.environ)])
        """
    )
    with (tmp_path / "offen").open("w") as stream:
        os.set_inheritable(stream.fileno(), True)
        # Beside one another: none may have the sockets of the others.
        with ThreadPoolExecutor(4) as pool:
            for files, names in pool.map(lambda _: asked(one), range(4)):
                assert files == ["0", "1", "2", "3"]  # the last one is the list that is read
                assert "EINKLANG_SECRET" not in names
                assert set(names) <= {"PYTHONPATH", "LC_CTYPE", *box._KEPT}


def test_several_threads_have_their_own_answers_beside_one_another(start: Start) -> None:
    one = start("time.sleep(0.3); say(sys.stdin.read())")
    asked(one)
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda number: asked(one, str(number)), range(8))) == [str(number) for number in range(8)]
    assert time.monotonic() - begun < 8 * 0.3


@pytest.mark.parametrize(
    ("fate", "code", "said"),
    [
        ("sys.exit(41)", 41, ""),
        ("os._exit(7)", 7, ""),
        ("raise ValueError('so')", 1, "ValueError: so"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", -signal.SIGSEGV, ""),
        ("os.abort()", -signal.SIGABRT, ""),
        ("raise KeyboardInterrupt", 1, "KeyboardInterrupt"),
    ],
)
def test_how_it_ended_is_told(fate: str, code: int, said: str, start: Start) -> None:
    found, _, errors = run(start(fate))
    assert found == code
    assert errors.strip().endswith(said)


@pytest.mark.parametrize(("fate", "is_same"), [("sys.exit(41)", True), ("os.abort()", False)])
def test_a_broken_process_leaves_no_template_for_the_next(fate: str, is_same: bool, start: Start) -> None:
    one = start(f"say(os.getppid()); sys.stdin.read() and {fate}")
    _, before, _ = run(one, "x")
    _, after, _ = run(one)
    assert (before == after) is is_same
    assert is_same or has_ended(int(before))


def test_what_hangs_is_ended_at_the_deadline(start: Start) -> None:
    one = start("say(os.getpid()); sys.stdin.read() and time.sleep(60)")
    run(one)
    code, answer, _ = run(one, "x", deadline=0.3)
    assert code is None
    assert has_ended(int(answer))
    assert run(one)[0] == 0


def test_ctrl_c_does_not_reach_it(start: Start) -> None:
    one = start("os.kill(os.getppid(), signal.SIGINT); os.kill(os.getpid(), signal.SIGINT); say(1)")
    assert asked(one) == asked(one) == 1


def test_a_template_ended_from_outside_is_replaced(start: Start) -> None:
    one = start("say(os.getppid())")
    before = asked(one)
    os.kill(before, signal.SIGKILL)
    assert asked(one) not in {before, os.getpid()}


def test_a_file_that_ends_the_template_is_not_tried_for_ever(start: Start) -> None:
    one = start("os.kill(os.getppid(), signal.SIGKILL); time.sleep(0.1)")
    with pytest.raises(ReaderNotStarted):
        run(one)


def test_one_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box, "PROGRAM", "raise ImportError('no calamine')")
    one = Box()
    with pytest.raises(ReaderNotStarted, match="ImportError: no calamine"):
        run(one)
    one.stop()


def test_its_bounds(start: Start) -> None:
    one = start(
        """
        import resource
        from einklang.boxed.child import limit
        limit(480 << 20, 30, 120)
        kinds = ("AS", "CPU", "FSIZE", "CORE", "NOFILE", "NPROC")
        found = {kind: resource.getrlimit(getattr(resource, "RLIMIT_" + kind))[1] for kind in kinds}
        say({**found, "alarm": signal.getitimer(signal.ITIMER_REAL)[0]})
        """
    )
    found = asked(one)
    assert 100 < found.pop("alarm") <= 120
    assert found == {"AS": 480 << 20, "CPU": 30, "FSIZE": 1920 << 20, "CORE": 0, "NOFILE": 64, "NPROC": 0}


_OWNER = """
import os, sys, tempfile
from einklang import box
box.PROGRAM = '''
import os
from einklang.boxed import child, template
child.main = lambda: print(os.getppid(), flush=True)
template.main()
'''
def template():
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        assert box.BOX.run(b"", output, errors, 20) == 0
        output.seek(0)
        return int(output.read())
first = template()
"""


@pytest.mark.parametrize("end", ["", "os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_the_template_ends_with_its_owner(end: str) -> None:
    code = f"{_OWNER}\nprint(first, flush=True)\n{end}"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert has_ended(int(done.stdout))


def test_a_copy_of_the_owner_has_a_template_of_its_own() -> None:
    code = f"""{_OWNER}
process = os.fork()
if process == 0:
    print(template() != first, flush=True)
    box.BOX.stop()
    os._exit(0)
os.waitpid(process, 0)
print(template() == first)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True\nTrue\n", "")


@pytest.mark.parametrize("can_fork", [True, False])
def test_without_forks_the_same_is_read(can_fork: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "mappe.xlsx"
    path.write_bytes(workbook({"Tabelle": [("Zeit", "Wert"), ("2024", 7)]}))
    monkeypatch.setattr(box, "CAN_FORK", can_fork)
    read = read_boxed(path, Kind.WORKBOOK, "mappe.xlsx", ".*", ",")
    assert isinstance(read, SheetsRead)
    assert [column.texts for column in read.tables[0].columns] == [("Zeit", "2024"), ("Wert", "7")]


def test_without_forks_what_hangs_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box, "PROGRAM", "import time; time.sleep(60)")
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        assert run_alone(b"", output, errors, 0.2) is None
