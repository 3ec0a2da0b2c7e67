"""Step *plausibility*: everything that is a figure about a table. Judged by Great Expectations.

A measure computes a small table of figures, an expectation from `expectations/<dataset>.yaml` judges one
of its columns. Great Expectations says whether the limits hold; which figures lie outside follows from
the same limits, so that it is never asked for lists. The only module that knows Great Expectations.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.declarations.expectations import Expectation
from einklang.findings import Located, PlaceFound, finding_of
from einklang.locate import Locator
from einklang.measures import MEASURES
from einklang.measures.figures import Context, Figures, nothing
from einklang.project import Project

_REPORTED = 200
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Judged:
    """What was found, and the rules that could not be judged (rule → name of the reason)."""

    located: tuple[Located, ...]
    not_evaluable: Mapping[str, str]


def great_expectations() -> Any:
    """The library, imported when it is first needed, with telemetry and progress bars off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as library

    return library


def gx_expectation(expectation: Expectation) -> Any:
    """The Great Expectations form of an expectation; the rule's code travels in `meta`."""
    library = great_expectations()
    return library.expectations.ExpectColumnValuesToBeBetween(
        column=expectation.column,
        min_value=expectation.min_value,
        max_value=expectation.max_value,
        meta={"rule": expectation.rule, "measure": expectation.measure},
    )


def _judge(frames: Sequence[pd.DataFrame], expectations: Sequence[Expectation]) -> list[bool | None]:
    """Whether each frame of figures keeps its expectation; None where it could not be judged."""
    library = great_expectations()
    verdicts: list[bool | None] = []
    with _ONE_AT_A_TIME:
        context = library.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        source = context.data_sources.add_pandas("figures")
        for number, (frame, expectation) in enumerate(zip(frames, expectations, strict=True)):
            asset = source.add_dataframe_asset(f"{number}-{expectation.measure}")
            batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
            outcome = batch.validate(gx_expectation(expectation), result_format="BOOLEAN_ONLY")
            crashed = bool(outcome.exception_info) and "exception_traceback" in str(outcome.exception_info)
            raised = crashed and _raised(outcome.exception_info)
            verdicts.append(None if raised else bool(outcome.success))
    return verdicts


def _raised(info: Mapping[str, Any]) -> bool:
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(isinstance(part, dict) and part.get("raised_exception") for part in info.values())


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
    figures = [_compute(context, expectation) for expectation in expectations]
    asked = [number for number, part in enumerate(figures) if part.not_evaluable is None and len(part.frame)]
    answers = _judge([figures[number].frame for number in asked], [expectations[number] for number in asked])
    verdict = dict(zip(asked, answers, strict=True))
    located: list[Located] = []
    not_evaluable: dict[str, str] = {}
    evaluated: set[str] = set()
    failed: set[str] = set()
    for number, expectation in enumerate(expectations):
        if number not in verdict:
            not_evaluable[expectation.rule] = figures[number].not_evaluable or "nothing_to_judge"
        elif verdict[number] is None:
            not_evaluable[expectation.rule] = "rule_crashed"
        elif failed & set(expectation.follows):
            not_evaluable[expectation.rule] = "follows_from_other"
        else:
            evaluated.add(expectation.rule)
            if not verdict[number]:
                failed.add(expectation.rule)
                located.extend(_report(figures[number], expectation, locator, project))
    crashed = {rule: why for rule, why in not_evaluable.items() if why == "rule_crashed"}
    return Judged(tuple(located), {rule: why for rule, why in not_evaluable.items() if rule not in evaluated} | crashed)


def _compute(context: Context, expectation: Expectation) -> Figures:
    if not context.cube.size and expectation.measure != "missing_combinations":
        return nothing("nothing_to_judge")
    return MEASURES[expectation.measure](context, expectation.parameters)


def _report(
    figures: Figures, expectation: Expectation, locator: Locator | None, project: Project
) -> list[Located]:
    """One finding per failing figure; many failing figures become one finding that shows the first."""
    outside = _outside(figures.frame, expectation)
    if len(outside) <= _REPORTED:
        groups = [outside[number : number + 1] for number in range(len(outside))]
    else:
        groups = [outside]
    located = []
    for group in groups:
        facts = figures.facts(int(group[0]))
        rows = np.concatenate([figures.rows(int(number)) for number in group[:_REPORTED]])
        own = rows[rows >= 0]
        places: list[PlaceFound] = locator.places(own) if locator is not None else []
        count = max(1, len(own)) if len(groups) > 1 or len(outside) == 1 else len(outside)
        located.append(Located(finding_of(project.catalogue, expectation.rule, places, count, facts)))
    return located
