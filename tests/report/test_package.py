from __future__ import annotations

import pytest

from einklang import report


def test_exported_names_exist_and_are_sorted() -> None:
    assert report.__all__ == sorted(report.__all__)
    for name in report.__all__:
        assert getattr(report, name) is not None


def test_other_names_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="render_pdf"):
        _ = report.render_pdf
