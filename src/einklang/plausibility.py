"""Step *plausibility*: everything that is a figure about a table. Judged by Great Expectations.

A measure computes a small table of figures, an expectation from `expectations/<dataset>.yaml` judges one
of its columns. Great Expectations says whether the limits hold (`gx`); which figures lie outside follows
from the same limits, so that it is never asked for lists.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.declarations.expectations import Expectation
from einklang.errors import CompanionLost
from einklang.evidence import SERIES_LISTED
from einklang.findings import Located, PlaceFound, finding_of
from einklang.gx import keeps
from einklang.locate import Locator
from einklang.measures import MEASURES
from einklang.measures.figures import Context, Figures, nothing
from einklang.project import Project

_LOG = logging.getLogger(__name__)
_REPORTED = 200


@dataclass(frozen=True)
class Judged:
    """What was found, and the rules that could not be judged (rule → name of the reason)."""

    located: tuple[Located, ...]
    not_evaluable: Mapping[str, str]


def _keeps(figures: pd.DataFrame, expectation: Expectation) -> bool | None:
    """Whether the figures keep an expectation; None where it could not be judged."""
    if expectation.column not in figures:
        _LOG.error("the measure %s computes no column %s", expectation.measure, expectation.column)
        return None
    try:
        return keeps(figures[expectation.column].to_numpy(np.float64), expectation)
    except CompanionLost as error:
        _LOG.error("%s was not judged: %s", expectation.rule, error.sentence)
        return None


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

    An expectation whose `follows` rules failed is not evaluable: what it would say has one cause already.
    """
    located: list[Located] = []
    not_evaluable: dict[str, str] = {}
    evaluated: set[str] = set()
    failed: set[str] = set()
    computed: dict[str, Figures] = {}
    for expectation in expectations:
        asked = f"{expectation.measure} {sorted(expectation.parameters.items())}"
        if asked not in computed:
            computed[asked] = _compute(context, expectation)
        figures = computed[asked]
        if figures.not_evaluable is not None or not len(figures.frame):
            not_evaluable[expectation.rule] = figures.not_evaluable or "nothing_to_judge"
            continue
        keeps = _keeps(figures.frame, expectation)
        if keeps is None:
            not_evaluable[expectation.rule] = "rule_crashed"
        elif failed & set(expectation.follows):
            not_evaluable[expectation.rule] = "follows_from_other"
        else:
            evaluated.add(expectation.rule)
            if not keeps:
                failed.add(expectation.rule)
                located.extend(_report(figures, expectation, locator, project))
    crashed = {rule: why for rule, why in not_evaluable.items() if why == "rule_crashed"}
    return Judged(tuple(located), {rule: why for rule, why in not_evaluable.items() if rule not in evaluated} | crashed)


def _compute(context: Context, expectation: Expectation) -> Figures:
    if not context.cube.size and expectation.measure != "missing_combinations":
        return nothing("nothing_to_judge")
    try:
        return MEASURES[expectation.measure](context, expectation.parameters)
    except Exception as error:  # whatever a measure stumbles over, its rule has not passed and the others go on
        _LOG.error("the measure %s for %s crashed: %s", expectation.measure, expectation.rule, type(error).__name__)
        return nothing("rule_crashed")


def _report(figures: Figures, expectation: Expectation, locator: Locator | None, project: Project) -> list[Located]:
    """One finding per failing figure; many failing figures become one finding that shows the first."""
    outside = _outside(figures.frame, expectation)
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
