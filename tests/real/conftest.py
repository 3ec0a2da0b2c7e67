"""Failures of the shared assertions say what differs, and each file is read once per module."""

from __future__ import annotations

import pytest

from einklang.check import Checked

pytest.register_assert_rewrite("realfiles")


@pytest.fixture(scope="module")
def checked() -> dict[str, Checked]:
    return {}
