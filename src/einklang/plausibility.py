"""Step *plausibility*: everything that is a figure about a table. Judged by Great Expectations.

A measure computes a small table of figures, an expectation from `expectations/<dataset>.yaml` judges one
of its columns. Great Expectations says whether the limits hold (`gx`); which figures lie outside follows
from the same limits, so that it is never asked for lists.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.declarations.expectations import Expectation
from einklang.evidence import SERIES_LISTED
from einklang.findings import Fact, Located, PlaceFound, finding_of
from einklang.gx import keeps
from einklang.locate import Locator
from einklang.measures import MEASURES
from einklang.measures.figures import Context, Figures, nothing
from einklang.project import Project

_LOG = logging.getLogger(__name__)
_REPORTED = 200
_FOREMOST = 20
_NO_ROWS = np.empty(0, dtype=np.int64)
_WITHOUT_FIGURES = ("absent_measures", "missing_combinations", "unexpected_combinations", "series_gaps")
Watcher = Callable[[Expectation, Figures], None]
_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@dataclass(frozen=True)
class Judged:
    """What was found, and the rules that could not be judged (rule → name of the reason)."""

    located: tuple[Located, ...]
    not_evaluable: Mapping[str, str]


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Within it, `watcher` is shown the figures of every expectation that is judged."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def _keeps(figures: pd.DataFrame, expectation: Expectation) -> bool | None:
    """Whether the figures keep an expectation; None where it could not be judged."""
    if expectation.column not in figures:
        _LOG.error("the measure %s computes no column %s", expectation.measure, expectation.column)
        return None
    return keeps(figures[expectation.column].to_numpy(np.float64), expectation)


def _outside(frame: pd.DataFrame, expectation: Expectation) -> NDArray[np.int64]:
    column = frame[expectation.column].to_numpy(np.float64)
    hit = np.zeros(len(column), dtype=np.bool_)
    if expectation.min_value is not None:
        hit |= column < expectation.min_value
    if expectation.max_value is not None:
        hit |= column > expectation.max_value
    return np.flatnonzero(hit)


def judge(context: Context, expectations: Sequence[Expectation], locator: Locator | None, project: Project) -> Judged:
    """Judges every expectation.

    What a rule in `follows` found already is not said again: figures all cells of which it named are left out, and
    all figures where it named none.
    """
    located: list[Located] = []
    not_evaluable: dict[str, str] = {}
    evaluated: set[str] = set()
    said: dict[str, NDArray[np.int64]] = {}

    def say(figures: Figures, expectation: Expectation) -> None:
        if watcher := _WATCHER.get():
            watcher(expectation, figures)
        rules = [expectation.rule, *([expectation.pattern] if expectation.pattern else [])]
        left = _not_said(figures, [said[rule] for rule in expectation.follows if rule in said])
        kept, why = _judged(figures, expectation, left)
        if why is not None:
            not_evaluable.update(dict.fromkeys(rules, why))
            return
        evaluated.update(rules)
        outside = _NO_ROWS if kept else _outside(figures.frame, expectation)
        outside = outside if left is None else outside[left[outside]]
        if len(outside):
            named = [figures.rows(int(place)) for place in outside] if len(outside) <= _REPORTED else []
            said[expectation.rule] = np.concatenate([said.get(expectation.rule, _NO_ROWS), *named])
            located.extend(_report(figures, outside, expectation, locator, project))

    # Figures of ten million rows fill gigabytes: those of one measure are let go before the next ones are computed.
    computed: dict[str, Figures] = {}
    asked = [f"{one.measure} {sorted(one.parameters.items())}" for one in expectations]
    for number, (expectation, name) in enumerate(zip(expectations, asked, strict=True)):
        if name not in computed:
            computed[name] = _compute(context, expectation)
        say(computed[name], expectation)
        if name not in asked[number + 1 :]:
            del computed[name]
    crashed = {rule: why for rule, why in not_evaluable.items() if why == "rule_crashed"}
    return Judged(tuple(located), {rule: why for rule, why in not_evaluable.items() if rule not in evaluated} | crashed)


def _judged(
    figures: Figures, expectation: Expectation, left: NDArray[np.bool_] | None
) -> tuple[bool | None, str | None]:
    """Whether the figures keep the expectation, or why that could not be judged."""
    if figures.not_evaluable is not None or not len(figures.frame):
        return None, figures.not_evaluable or "nothing_to_judge"
    kept = _keeps(figures.frame, expectation)
    if kept is None:
        return None, "rule_crashed"
    return kept, "follows_from_other" if left is not None and not left.any() else None


def _not_said(figures: Figures, said: Sequence[NDArray[np.int64]]) -> NDArray[np.bool_] | None:
    """The figures of which the rules that come first said nothing; None where they said nothing at all."""
    if not said:
        return None
    size = len(figures.frame)
    if any(not len(rows) for rows in said) or (figures.single is None and size > _REPORTED):
        return np.zeros(size, dtype=np.bool_)
    known = np.concatenate(said)
    if figures.single is None:
        rows = [figures.rows(number) for number in range(size)]
        return np.asarray([not len(one) or not np.isin(one, known).all() for one in rows], dtype=np.bool_)
    found: NDArray[np.bool_] = ~np.isin(figures.single, known)
    return found


def _compute(context: Context, expectation: Expectation) -> Figures:
    if not context.cube.size and expectation.measure not in _WITHOUT_FIGURES:
        return nothing("nothing_to_judge")
    try:
        return MEASURES[expectation.measure](context, expectation.parameters)
    except Exception as error:  # whatever a measure stumbles over, its rule has not passed and the others go on
        _LOG.error("the measure %s for %s crashed: %s", expectation.measure, expectation.rule, type(error).__name__)
        return nothing("rule_crashed")


def _report(
    figures: Figures, outside: NDArray[np.int64], expectation: Expectation, locator: Locator | None, project: Project
) -> list[Located]:
    """One finding per failing figure; many failing figures become one finding that shows the first."""
    if expectation.pattern and len(outside) > max(_FOREMOST, expectation.pattern_share * len(figures.frame)):
        return [_pattern(figures, outside, expectation.pattern, locator, project)]
    groups = [outside] if len(outside) > _REPORTED else [outside[number : number + 1] for number in range(len(outside))]
    located = []
    for group in groups:
        facts = figures.facts(int(group[0]))
        rows = np.concatenate([figures.rows(int(number)) for number in group[:_REPORTED]])
        own = rows[rows >= 0]
        places: list[PlaceFound] = locator.places(own) if locator is not None else []
        count = max(1, len(own)) if len(groups) > 1 or len(outside) == 1 else len(outside)
        found = finding_of(project.catalogue, expectation.rule, places, count, facts)
        series = [one for number in group[:SERIES_LISTED] for one in figures.series(int(number))]
        shown = {"calculation": figures.calculation(int(group[0])), "series": series[:SERIES_LISTED]}
        located.append(Located(found.model_copy(update=shown)))
    return located


def _pattern(
    figures: Figures, outside: NDArray[np.int64], rule: str, locator: Locator | None, project: Project
) -> Located:
    """One finding for a rule that fires all over the delivery, with the figures that lie farthest outside."""
    if "distance" in figures.frame:
        outside = outside[np.argsort(-figures.frame["distance"].to_numpy()[outside], kind="stable")]
    foremost = outside[:_FOREMOST].tolist()
    rows = np.concatenate([figures.rows(number) for number in foremost])
    facts: dict[str, Fact] = {
        **figures.facts(foremost[0]),
        "n": len(outside),
        "soll": len(figures.frame),
        "p": round(100 * len(outside) / len(figures.frame), 1),
    }
    places = locator.places(rows[rows >= 0]) if locator is not None else []
    found = finding_of(project.catalogue, rule, places, len(outside), facts)
    series = [one for number in foremost[:SERIES_LISTED] for one in figures.series(number)]
    return Located(found.model_copy(update={"series": series[:SERIES_LISTED]}))
