"""What Great Expectations says about a column of figures. The only module that knows Great Expectations.

The library takes about as long to import as all else that a check needs. So it lives in a process of its own, which
`start` begins early and which every check of this process shares.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from einklang.companion import Companion, serve
from einklang.lean_import import import_sparing

if TYPE_CHECKING:
    from einklang.declarations.expectations import Expectation

_FOR_OTHER_USES = ("altair", "jsonschema", "scipy.stats")
_ONE_AT_A_TIME = threading.RLock()
_COMPANION = Companion("einklang.gx")


def start() -> None:
    """Begins to load Great Expectations beside this process; returns at once."""
    _COMPANION.start()


def keeps(figures: NDArray[np.float64], expectation: Expectation) -> bool | None:
    """Whether the figures keep an expectation; None where Great Expectations could not judge it.

    What is judged are the distinct figures: a limit holds for them or for none that are equal.

    Raises:
        CompanionLost: the process that judges ended.
    """
    verdict: bool | None = _COMPANION.ask((np.unique(figures), expectation))
    return verdict


@cache
def great_expectations() -> Any:
    """The library, imported into this process, with telemetry and progress bars off.

    Judging limits needs no plots, no distributions and no database, which are most of its import.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _ONE_AT_A_TIME:
        return import_sparing("great_expectations", later=_FOR_OTHER_USES, without=["sqlalchemy"])


def gx_expectation(expectation: Expectation) -> Any:
    """The Great Expectations form of an expectation; the rule's code travels in `meta`."""
    library = great_expectations()
    return library.expectations.ExpectColumnValuesToBeBetween(
        column=expectation.column,
        min_value=expectation.min_value,
        max_value=expectation.max_value,
        meta={"rule": expectation.rule, "measure": expectation.measure},
    )


@cache
def _batches() -> Any:
    """What gives Great Expectations a frame: one for all, made once."""
    context = great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("figures").add_dataframe_asset("figures")
    return asset.add_batch_definition_whole_dataframe("whole")


def judged_here(figures: NDArray[np.float64], expectation: Expectation) -> bool | None:
    """As `keeps`, by the library in this process."""
    import pandas as pd

    batch = _batches().get_batch({"dataframe": pd.DataFrame({expectation.column: figures})})
    outcome = batch.validate(gx_expectation(expectation), result_format="BOOLEAN_ONLY")
    crashed = bool(outcome.exception_info) and "exception_traceback" in str(outcome.exception_info)
    return None if crashed and _raised(outcome.exception_info) else bool(outcome.success)


def _raised(info: Mapping[str, Any]) -> bool:
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(isinstance(part, dict) and part.get("raised_exception") for part in info.values())


if __name__ == "__main__":
    serve(_batches, lambda request: judged_here(*request))
