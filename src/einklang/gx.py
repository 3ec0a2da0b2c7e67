"""What Great Expectations says about a column of figures. The only module that knows Great Expectations.

The library takes about as long to import as all else that a check needs, so it is imported when it is first asked;
or by a second process, which a command that has nothing else to do begins with `start`.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from einklang.companion import Companion
from einklang.lean_import import import_sparing

if TYPE_CHECKING:
    from einklang.declarations.expectations import Expectation

_LOG = logging.getLogger(__name__)
_FOR_OTHER_USES = ("altair", "jsonschema", "scipy.stats")
_SITE = "einklang"
_SHORT = 8 * 1000
_ONE_AT_A_TIME = threading.RLock()


@cache
def great_expectations() -> Any:
    """The library, imported into this process, with telemetry and progress bars off.

    Judging limits needs no plots, no distributions and no database, which are most of its import.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _ONE_AT_A_TIME:
        return import_sparing("great_expectations", later=_FOR_OTHER_USES, without=["sqlalchemy"])


def gx_expectation(expectation: Expectation, column: str = "", notes: str = "") -> Any:
    """The Great Expectations form of an expectation; the rule's code travels in `meta`.

    `column` names the figures where several measures stand in one table; `notes` say what the rule is about.
    """
    meta = {"rule": expectation.rule, "measure": expectation.measure, "parameters": dict(expectation.parameters)}
    limits = (column or expectation.column, expectation.min_value, expectation.max_value)
    return _between(*limits, meta=meta, notes=notes or None)


def _between(column: str, min_value: float | None, max_value: float | None, **told: Any) -> Any:
    library = great_expectations()
    return library.expectations.ExpectColumnValuesToBeBetween(
        column=column, min_value=min_value, max_value=max_value, **told
    )


@dataclass(frozen=True)
class Suite:
    """The expectations of a data set: each with the name of its column of figures and what its rule says."""

    name: str
    expectations: Sequence[tuple[str, Expectation, str]]
    notes: str = ""

    def build(self) -> Any:
        """The suite of Great Expectations."""
        listed = [gx_expectation(one, column, notes) for column, one, notes in self.expectations]
        return great_expectations().ExpectationSuite(name=self.name, expectations=listed, notes=self.notes or None)


def suite_json(suite: Suite) -> dict[str, Any]:
    """The suite in the JSON form of Great Expectations."""
    listed: dict[str, Any] = suite.build().to_json_dict()
    return listed


def write_data_docs(
    folder: Path, suites: Sequence[Suite], judged: Suite | None, figures: Mapping[str, NDArray[np.float64]]
) -> bool | None:
    """Writes Data Docs: a page for every suite, and one for `judged` with the figures of a delivery.

    Says whether the delivery keeps every expectation; None without one. The pages load scripts and styles from
    other servers as Great Expectations writes them (`einklang.gx_pages` takes that out).
    """
    library = great_expectations()
    context = library.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.resolve())}
    index = {"class_name": "DefaultSiteIndexBuilder"}
    site = {"class_name": "SiteBuilder", "store_backend": backend, "site_index_builder": index}
    context.add_data_docs_site(site_name=_SITE, site_config=site)
    for suite in suites:
        context.suites.add(suite.build())
    success = None
    if judged is not None:
        asset = context.data_sources.add_pandas("einklang").add_dataframe_asset("figures")
        batch = asset.add_batch_definition_whole_dataframe("whole")
        built = context.suites.add(judged.build())
        definition = context.validation_definitions.add(
            library.ValidationDefinition(name=judged.name, data=batch, suite=built)
        )
        checkpoint = library.Checkpoint(
            name=judged.name, validation_definitions=[definition], actions=[], result_format="SUMMARY"
        )
        frame = pd.DataFrame({name: pd.Series(column) for name, column in figures.items()})
        run = library.RunIdentifier(run_name=judged.name)
        success = bool(context.checkpoints.add(checkpoint).run({"dataframe": frame}, run_id=run).success)
    context.build_data_docs(site_names=[_SITE])
    return success


@cache
def _batches() -> Any:
    """What gives Great Expectations a frame: one for all, made once."""
    context = great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("figures").add_dataframe_asset("figures")
    return asset.add_batch_definition_whole_dataframe("whole")


def keeps(figures: NDArray[np.float64], expectation: Expectation) -> bool | None:
    """Whether the figures keep an expectation; None where Great Expectations could not judge it.

    What is judged are the distinct figures: a limit holds for them or for none that are equal.
    """
    limits = (expectation.column, expectation.min_value, expectation.max_value)
    question = _Question(*limits, np.unique(figures).tobytes())
    return _asked_once(question) if len(question.figures) <= _SHORT else _asked(question)


class _Question(NamedTuple):
    """Limits, and the distinct figures of a column as bytes."""

    column: str
    min_value: float | None
    max_value: float | None
    figures: bytes


def _asked(question: _Question) -> bool | None:
    if _BESIDE.is_there:
        try:
            verdict: bool | None = _BESIDE.ask(question)
            return verdict
        except EOFError:
            _LOG.warning("the second process is lost; judging goes on in this one")
    return _judged(question)


@lru_cache(maxsize=4096)
def _asked_once(question: _Question) -> bool | None:
    """An answer takes ten milliseconds, and most columns of small deliveries hold the same few figures."""
    return _asked(question)


def _judged(question: _Question) -> bool | None:
    frame = pd.DataFrame({question.column: np.frombuffer(question.figures)})
    with _ONE_AT_A_TIME:
        batch = _batches().get_batch({"dataframe": frame})
        outcome = batch.validate(
            _between(question.column, question.min_value, question.max_value), result_format="BOOLEAN_ONLY"
        )
    crashed = bool(outcome.exception_info) and "exception_traceback" in str(outcome.exception_info)
    return None if crashed and _raised(outcome.exception_info) else bool(outcome.success)


def _raised(info: Mapping[str, Any]) -> bool:
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(isinstance(part, dict) and part.get("raised_exception") for part in info.values())


_BESIDE = Companion(_batches, _judged)


def start() -> None:
    """Begins to import the library in a second process, unless this one has it already; returns at once."""
    if "great_expectations" not in sys.modules:
        _BESIDE.start()
