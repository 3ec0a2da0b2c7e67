"""A second process: it answers, it may be lost, it never outlives its owner, and it judges as this one does."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest
from builders import ROOT

DELIVERY = ROOT / "demo" / "inbox" / "2-aktuell" / "ni" / "einbuergerungen"
FORKS = pytest.mark.skipif(not hasattr(os, "fork") or (os.cpu_count() or 1) < 2, reason="it needs fork and two cores")


def run(code: str, *options: str) -> str:
    """What a program prints that makes its first steps as a command does: with one thread."""
    done = subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@FORKS
def test_it_answers_and_what_it_prints_is_no_output() -> None:
    said = run(
        """
        import os
        from einklang.companion import Companion

        def answer(question):
            print("printed by a library")
            return os.getppid(), question

        one = Companion(lambda: None, answer)
        assert one.start() and one.is_there and not one.start()
        assert one.ask({"a": 1}) == (os.getpid(), {"a": 1})
        print(one.ask(2)[1])
        """,
        "-W",
        "error",
    )
    assert said == "2\n"


@FORKS
@pytest.mark.parametrize("fate", ["os._exit(7)", "raise ValueError", "os.kill(os.getpid(), 9)"])
def test_one_that_is_lost_is_not_asked_again(fate: str) -> None:
    said = run(
        f"""
        import os
        from einklang.companion import Companion

        def answer(question):
            {fate}

        one = Companion(lambda: None, answer)
        one.start()
        try:
            one.ask(1)
        except EOFError:
            print("lost", one.is_there)
        """
    )
    assert said == "lost False\n"


@FORKS
@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)"])
def test_it_ends_with_its_owner(end: str) -> None:
    code = f"""
    import os
    from einklang.companion import Companion

    one = Companion(lambda: None, lambda question: os.getpid())
    one.start()
    print(one.ask(1) != os.getpid(), flush=True)
    {end}
    """
    # The output ends only when no process holds it any more: one that stayed would reach the time limit.
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "True\n"


def test_a_process_with_several_threads_is_not_forked() -> None:
    said = run(
        """
        import threading
        from einklang.companion import Companion

        rest = threading.Event()
        other = threading.Thread(target=rest.wait)
        other.start()
        one = Companion(lambda: None, lambda question: question)
        print(one.start(), one.is_there)
        rest.set()
        """
    )
    assert said == "False False\n"


@FORKS
@pytest.mark.parametrize("killed", [False, True])
def test_great_expectations_judges_alike_there_and_here(killed: bool) -> None:
    said = run(
        f"""
        import multiprocessing
        import sys
        import numpy as np
        from einklang import gx
        from einklang.declarations.expectations import Expectation

        gx.start()
        if {killed}:
            multiprocessing.active_children()[0].kill()
        limit = Expectation(rule="IM-CMP-001", measure="missing_combinations", column="missing", max_value=0)
        print(gx.keeps(np.zeros(3), limit), gx.keeps(np.ones(2), limit), "great_expectations" in sys.modules)
        """
    )
    assert said == f"True False {killed}\n"


def test_a_check_needs_one_command_and_leaves_no_process() -> None:
    [file] = DELIVERY.glob("*.csv")
    program = [sys.executable, "-c", "from einklang.cli.app import main; main()"]
    command = [*program, "check", str(file), "-s", "ni", "-d", "einbuergerungen"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "angenommen" in done.stdout.casefold()
    assert done.stderr == ""
