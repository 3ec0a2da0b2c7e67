"""Errors keep their facts on the way to another process."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from einklang import errors

EVERY = [
    errors.EinklangError("Etwas ist.", "Tu etwas."),
    errors.DeclarationError(Path("schemas/x.yaml"), "a: field required", "Name it."),
    errors.UnusableInput("Etwas fehlt."),
    errors.ProjectNotFound(Path("/nirgends")),
    errors.UnknownName("rule", "IM-AGG-01", ["IM-AGG-001"]),
    errors.FileNotUsable(Path("a.csv"), "it is a folder"),
    errors.PlaceNotWritable(Path("a.csv"), "it is a folder"),
    errors.StoreError(Path("store"), "the disk is full"),
    errors.DamagedRecord(Path("store/delivery.json")),
    errors.ReaderNotStarted("no memory"),
]


def test_every_error_is_here() -> None:
    def below(kind: type[errors.EinklangError]) -> set[type[errors.EinklangError]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    ours = {one for one in below(errors.EinklangError) if one.__module__ == errors.__name__}
    assert {type(one) for one in EVERY} == ours


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling(error: errors.EinklangError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
