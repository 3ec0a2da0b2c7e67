from __future__ import annotations

from einklang import outbox


def test_exported_names_exist_and_are_sorted() -> None:
    assert outbox.__all__ == sorted(outbox.__all__)
    for name in outbox.__all__:
        assert getattr(outbox, name) is not None
