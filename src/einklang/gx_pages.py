"""Data Docs for stewards: the expectations as suites of Great Expectations, and the figures of one delivery.

Great Expectations writes pages that load scripts, styles and a picture from other servers. Those are taken out and
a style sheet of our own is put in, so that the pages work offline and report nothing.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from einklang import gx
from einklang.declarations.expectations import Expectation
from einklang.errors import StoreError
from einklang.measures.figures import Figures
from einklang.plausibility import watched
from einklang.project import Project

STYLE = "einklang.css"
_ELSEWHERE = re.compile(
    r'<script\b[^>]*\bsrc="https?:[^>]*>\s*</script>|<link\b[^>]*\bhref="https?:[^>]*>|<img\b[^>]*\bsrc="https?:[^>]*>'
    r'|<a\b[^>]*\bhref="https?:[^>]*>.*?</a>',
    re.DOTALL,
)
_PICTURE = re.compile(r"url\(['\"]?https?:[^)]*\)")
_FOOTER = re.compile(r"<footer\b.*?</footer>", re.DOTALL)
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


@dataclass(frozen=True)
class Written:
    """The first page, and whether the delivery keeps every expectation (None without a delivery)."""

    page: Path
    success: bool | None


def _named(expectations: Iterable[Expectation], project: Project) -> list[tuple[str, Expectation, str]]:
    """Each expectation with a column name that says rule, measure and what it is computed for."""
    named: list[tuple[str, Expectation, str]] = []
    taken: set[str] = set()
    for one in expectations:
        about = [str(one.parameters[name]) for name in ("dimension", "level", "subset") if name in one.parameters]
        name = " ".join([one.rule, one.measure, *about, one.column])
        number = 2
        while name in taken:
            name, number = f"{name} ({number})", number + 1
        taken.add(name)
        rule = project.catalogue.by_id[one.rule]
        named.append((name, one, f"{rule.title.en}. {rule.expected.en} ({rule.severity})"))
    return named


def _suites(project: Project) -> list[gx.Suite]:
    return [
        gx.Suite(name if stage == "delivery" else f"{name}-release", _named(listed, project), _note(stage))
        for name, declared in sorted(project.expectations.items())
        for stage, listed in (("delivery", declared.delivery), ("release", declared.release))
        if listed
    ]


def _note(stage: str) -> str:
    """What the figures of a suite are about."""
    of = "of a delivery" if stage == "delivery" else "of the national table before a release"
    return f"Each column holds the figures that one measure computes {of}; they are judged, not the cells."


@dataclass(frozen=True)
class Delivered:
    """A delivery whose figures are shown: its name and data set, and what checks it."""

    name: str
    dataset: str
    run: Callable[[], object]


@dataclass(frozen=True)
class _NotJudged:
    """An expectation that could not be judged: its rule, title and figure, and why."""

    rule: str
    title: str
    figure: str
    reason: str


@dataclass(frozen=True)
class _Judged:
    """The expectations that could be judged for a delivery, with their figures by column, and the others."""

    suite: gx.Suite
    figures: Mapping[str, NDArray[np.float64]]
    others: Sequence[_NotJudged]


def _judged(delivered: Delivered, project: Project) -> _Judged:
    named = _named(project.expectations[delivered.dataset].delivery, project)
    seen: dict[int, Figures] = {}

    def watcher(expectation: Expectation, figures: Figures) -> None:
        seen[id(expectation)] = figures

    with watched(watcher):
        delivered.run()
    judged: list[tuple[str, Expectation, str]] = []
    columns: dict[str, NDArray[np.float64]] = {}
    others: list[_NotJudged] = []
    for name, one, note in named:
        figures = seen.get(id(one))
        if figures is None or figures.not_evaluable is not None or not len(figures.frame):
            reason = (figures.not_evaluable if figures is not None else None) or "stopped_before"
            title, why = project.catalogue.by_id[one.rule].title.en, project.catalogue.reasons[reason].en
            others.append(_NotJudged(one.rule, title, name.removeprefix(f"{one.rule} "), why))
            continue
        judged.append((name, one, note))
        columns[name] = figures.frame[one.column].to_numpy(np.float64)
    return _Judged(gx.Suite(delivered.name.replace("/", "-"), judged), columns, others)


def write_data_docs(folder: Path, project: Project, delivered: Delivered | None = None) -> Written:
    """Writes the suites as JSON and as pages, with a page of the figures of a delivery.

    Raises:
        StoreError: the folder cannot be written.
    """
    suites = _suites(project)
    judged = _judged(delivered, project) if delivered is not None else None
    shown, figures = (judged.suite, judged.figures) if judged is not None else (None, {})
    try:
        (folder / "suites").mkdir(parents=True, exist_ok=True)
        for suite in suites:
            text = json.dumps(gx.suite_json(suite), indent=2, ensure_ascii=False)
            (folder / "suites" / f"{suite.name}.json").write_text(text + "\n", encoding="utf-8")
        success = gx.write_data_docs(folder, suites, shown, figures)
        _keep_at_home(folder)
        _write_index(folder, suites, judged, success)
    except OSError as error:
        raise StoreError(folder, error.strerror or "it is not writable") from error
    return Written(folder / "index.html", success)


def _keep_at_home(folder: Path) -> None:
    """Takes out of every page what is loaded from other servers, and the scripts that need it."""
    style = Path(__file__).with_name("gx_pages.css").read_text(encoding="utf-8")
    (folder / "static" / STYLE).write_text(style, encoding="utf-8")
    for sheet in folder.rglob("*.css"):
        sheet.write_text(_PICTURE.sub("none", sheet.read_text(encoding="utf-8")), encoding="utf-8")
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for taken_out in (_ELSEWHERE, _SCRIPT, _FOOTER):
            text = taken_out.sub("", text)
        text = _PICTURE.sub("none", text)
        up = "../" * (len(page.relative_to(folder).parts) - 1)
        link = f'<link rel="stylesheet" href="{up}static/{STYLE}">'
        page.write_text(text.replace("</head>", f"{link}</head>", 1), encoding="utf-8")


def _write_index(folder: Path, suites: Sequence[gx.Suite], judged: _Judged | None, success: bool | None) -> None:
    """A first page that needs no script; the one of Great Expectations builds its tables with one."""
    rows = []
    if judged is not None:
        word = "all expectations kept" if success else "some expectations broken"
        rows = [
            f'<li><a href="{page.relative_to(folder).as_posix()}">{html.escape(judged.suite.name)}</a>: {word}</li>'
            for page in sorted(folder.glob(f"validations/{judged.suite.name}/**/*.html"))
        ]
    listed = [
        f'<li><a href="expectations/{suite.name}.html">{suite.name}</a>, {_counted(suite)}'
        f' (<a href="suites/{suite.name}.json">JSON</a>)</li>'
        for suite in suites
    ]
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Data Docs</title>',
        f'<link rel="stylesheet" href="static/{STYLE}"></head><body><main class="index"><h1>Data Docs</h1>',
        "<p>Figures about tables as Great Expectations judges them. For stewards; offices get the report.</p>",
        *(["<h2>Delivery</h2><ul>", *rows, "</ul>"] if rows else []),
        *(_table_of(judged.others) if judged is not None and judged.others else []),
        "<h2>Suites</h2><ul>",
        *listed,
        "</ul></main></body></html>",
    ]
    (folder / "index.html").write_text("\n".join(parts) + "\n", encoding="utf-8")


def _counted(suite: gx.Suite) -> str:
    number = len(suite.expectations)
    return f"{number} expectation" if number == 1 else f"{number} expectations"


def _table_of(others: Iterable[_NotJudged]) -> list[str]:
    """The expectations that could not be judged, each with its reason."""
    rows = [
        f"<tr><th scope='row'>{html.escape(one.rule)}<br>{html.escape(one.title)}</th>"
        f"<td>{html.escape(one.figure)}</td><td>{html.escape(one.reason)}</td></tr>"
        for one in sorted(others, key=lambda one: one.rule)
    ]
    return [
        "<h2>Not evaluable, and so neither kept nor broken</h2>",
        "<table><thead><tr><th scope='col'>Rule</th><th scope='col'>Figure</th><th scope='col'>Why</th></tr></thead>",
        "<tbody>",
        *rows,
        "</tbody></table>",
    ]
