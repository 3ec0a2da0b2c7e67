"""Reports: renderings of a `Result`, none of which knows more than the result.

`render_html` for people, `render_json` for programs, `render_csv` for spreadsheets and
`render_terminal` for the command line. The workbook with marked cells is not made here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from einklang.report.as_csv import render_csv
    from einklang.report.as_json import render_json, result_schema
    from einklang.report.ess import render_ess
    from einklang.report.html import render_html
    from einklang.report.terminal import render_terminal
    from einklang.report.texts import Language

__all__ = ["Language", "render_csv", "render_ess", "render_html", "render_json", "render_terminal", "result_schema"]

_HOMES = {
    "Language": "texts",
    "render_csv": "as_csv",
    "render_ess": "ess",
    "render_html": "html",
    "render_json": "as_json",
    "render_terminal": "terminal",
    "result_schema": "as_json",
}


def __getattr__(name: str) -> Any:
    # Jinja and Rich are loaded when used, and `python -m einklang.report.as_json` finds its module unloaded.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
