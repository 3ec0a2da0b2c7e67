"""A process beside this one: it answers, it may be lost, and it never outlives its owner."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from builders import outcome
from conftest import Checker

from einklang.companion import Companion
from einklang.declarations.expectations import Expectation
from einklang.errors import CompanionLost
from einklang.result import Outcome

EXPECTATION = Expectation(rule="IM-CMP-001", measure="missing_combinations", column="missing", max_value=0)
MODULE = """
import os, sys
from einklang.companion import serve

def answer(request):
    if request == "die":
        os._exit(7)
    print("printed by a library")
    return os.getpid(), request

serve(lambda: None, answer)
"""


@pytest.fixture
def companion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Companion:
    (tmp_path / "answering.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return Companion("answering")


def test_it_answers_beside_this_process_and_stays_the_same(companion: Companion) -> None:
    first, second = companion.ask({"a": 1}), companion.ask([2])
    companion.stop()
    assert (first[1], second[1]) == ({"a": 1}, [2])
    assert first[0] == second[0] != os.getpid()


def test_a_lost_companion_is_named_and_replaced(companion: Companion) -> None:
    with pytest.raises(CompanionLost, match="answering"):
        companion.ask("die")
    assert companion.ask(3)[1] == 3
    companion.stop()


def test_it_imports_nothing_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("numpy", "pandas", "einklang"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    companion = Companion("einklang.gx")
    assert companion.ask((np.array([0.0]), EXPECTATION)) is True
    companion.stop()


def test_it_ends_with_its_owner(tmp_path: Path) -> None:
    (tmp_path / "answering.py").write_text(MODULE)
    code = """
from einklang.companion import Companion
print(Companion("answering").ask(1)[0])
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_a_rule_whose_judge_is_lost_has_not_passed(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> bool:
        raise CompanionLost("einklang.gx")

    monkeypatch.setattr("einklang.plausibility.keeps", lost)
    checked = checker.rows("31.12.2024;04;100", rules=["IM-AGG-001", "IM-CMP-001"])
    assert outcome(checked.result, "IM-CMP-001") is Outcome.NOT_EVALUABLE


def test_the_judge_does_not_live_in_this_process() -> None:
    code = """
import sys
import numpy as np
from einklang import gx
from einklang.declarations.expectations import Expectation

one = Expectation(rule="IM-CMP-001", measure="missing_combinations", column="missing", max_value=0)
print(gx.keeps(np.zeros(2), one), gx.keeps(np.ones(1), one), "great_expectations" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True", "False", "False"], done.stderr
