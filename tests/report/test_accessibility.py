"""The pages as a browser shows them: WCAG 2.1 AA by axe, keyboard only, 400 % zoom, print.

Needs Chromium (`chromium` on the path, or its path in CHROMIUM); without it these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from einklang.declarations.rules import Severity
from einklang.project import Project
from einklang.report import Language, render_html
from einklang.report.overview import render_overview
from einklang.result import Result, Verdict
from einklang.store import Store

from .factories import finding, hostile, place, result, several_findings, with_evidence

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
OFFLINE = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
SCREEN = {"width": 1280, "height": 900}
# 1280 CSS pixels at 400 %.
ZOOMED = {"width": 320, "height": 256}
# The printable width of A4 in CSS pixels, with the margins of the style sheet.
PAPER = {"width": 642, "height": 950}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


def _many(count: int) -> Result:
    one = finding(rule="IM-COD-001", severity=Severity.WARNING, confirm=True, places=[place(row=9)])
    return result(verdict=Verdict.CLARIFICATION_NEEDED, findings=[one] * count)


RESULTS = {
    "0 findings": result,
    "1 finding": lambda: _many(1),
    "40 findings": lambda: _many(40),
    "100,000 findings": lambda: _many(100_000),
    "every kind": several_findings,
    "evidence": with_evidence,
    "hostile": hostile,
}
every_result = pytest.mark.parametrize("name", RESULTS)


@cache
def _page(name: str, language: Language = "de") -> str:
    return render_html(RESULTS[name](), language)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=OFFLINE)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SCREEN, offline=True)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def _open(page: Page, folder: Path, html: str) -> None:
    path = folder / "seite.html"
    path.write_text(html, encoding="utf-8")
    page.goto(path.as_uri())


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=STANDARD).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"][:3]]


@every_result
def test_axe_finds_nothing(name: str, page: Page, tmp_path: Path) -> None:
    _open(page, tmp_path, _page(name))
    assert _violations(page) == []


def test_axe_finds_nothing_in_english(page: Page, tmp_path: Path) -> None:
    _open(page, tmp_path, _page("evidence", "en"))
    assert _violations(page) == []


def test_axe_finds_nothing_on_the_overview(project: Project, page: Page, tmp_path: Path) -> None:
    _open(page, tmp_path, render_overview(project, Store(tmp_path / "store"), today=date(2026, 3, 14)))
    assert _violations(page) == []


def test_axe_would_find_a_fault(page: Page, tmp_path: Path) -> None:
    faulty = render_html(result()).replace('<html lang="de">', "<html>")
    _open(page, tmp_path, faulty)
    assert [one.partition(":")[0] for one in _violations(page)] == ["html-has-lang"]


@pytest.mark.parametrize("name", ["evidence", "hostile"])
def test_nothing_on_the_page_fails_to_load(name: str, page: Page, tmp_path: Path) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    _open(page, tmp_path, _page(name))
    assert said == []


REACHABLE = "document.querySelectorAll('a[href], summary, [tabindex=\"0\"]').length"
FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect()
    const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    return [one.tagName, seen && box.width > 0 && box.height > 0]
}"""


def test_everything_is_reached_by_keyboard_alone(page: Page, tmp_path: Path) -> None:
    _open(page, tmp_path, _page("evidence"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    visited = 1
    for _ in range(page.evaluate(REACHABLE) - 1):
        page.keyboard.press("Tab")
        tag, is_seen = page.evaluate(FOCUSED)
        assert tag != "BODY"
        assert is_seen, tag
        visited += 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert visited == page.evaluate(REACHABLE)


def test_skip_link_and_folded_parts_work_by_keyboard(page: Page, tmp_path: Path) -> None:
    _open(page, tmp_path, _page("evidence"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.locator("details").first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('details').open")


WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(one => !one.closest('.scroll, svg, .hidden, .skip, thead') &&
        one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(one => one.tagName + '.' + one.className)"""
SCROLLS = "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"


@every_result
def test_at_400_percent_nothing_scrolls_sideways_but_tables_in_their_frame(
    name: str, page: Page, tmp_path: Path
) -> None:
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    _open(page, tmp_path, _page(name))
    assert page.evaluate(WIDE) == []
    assert not page.evaluate(SCROLLS)


@every_result
def test_print_cuts_nothing_off(name: str, page: Page, tmp_path: Path) -> None:
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    _open(page, tmp_path, _page(name))
    page.emulate_media(media="print")
    assert page.evaluate(WIDE.replace(".scroll, ", "")) == []
    assert page.locator(".skip").is_hidden()
    assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
