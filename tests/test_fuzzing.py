"""A small share of the campaign of mutated files, which runs whole by `python -m benchmarks.fuzzing`."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from benchmarks.fuzzing.campaign import bare, run
from benchmarks.fuzzing.mutate import mutated
from benchmarks.fuzzing.seeds import Seed, seeds
from einklang.check import Sending, check, sent_file
from einklang.project import Project
from einklang.result import Verdict

SEED = 7


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed.name)
def test_unmutated_file_is_accepted(seed: Seed, project: Project, tmp_path: Path) -> None:
    path = tmp_path / seed.name
    path.write_bytes(seed.content)
    sending = Sending(seed.profile.supplier, seed.profile.dataset, (sent_file(path),))
    result = check(sending, bare(project, seed)).result
    assert result.verdict in {Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_NOTES}
    assert result.cells.accepted > 3


@pytest.mark.parametrize("first", range(0, 240, 40))
def test_mutated_files_give_a_report_or_a_refusal(first: int, project: Project) -> None:
    tally = run(SEED, range(first, first + 40), project)
    assert tally.failures == []
    assert tally.files == 40


def test_the_same_seed_gives_the_same_files() -> None:
    for seed in seeds():
        first, second = (mutated(seed.content, Random("1/2")) for _ in range(2))
        assert first == second
