"""What all HTML pages share: templates that escape everything, and one style that the policy names by its hash."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from einklang.report import display

_HERE = Path(__file__).parent


def _harmless(value: Any) -> Any:
    return display.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style(names: tuple[str, ...]) -> tuple[str, str]:
    css = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return css, f"sha256-{digest}"


def render(template: str, styles: tuple[str, ...], **values: Any) -> str:
    """The page of a template; it gets the style sheets as `css`, and their hash for the policy as `css_hash`."""
    css, css_hash = _style(styles)
    page = _environment().get_template(template).render(css=css, css_hash=css_hash, **values)
    return f"{page.strip()}\n"
