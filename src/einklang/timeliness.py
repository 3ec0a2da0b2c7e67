"""Timeliness: whether a delivery arrived by the day agreed for its periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from einklang.declarations.dataset import Dataset
from einklang.declarations.rules import Catalogue
from einklang.findings import Finding, finding

RULE = "IM-MET-001"


def judge_timeliness(
    received_at: str, periods: Iterable[str], dataset: Dataset, catalogue: Catalogue
) -> tuple[list[Finding], str | None]:
    """What is found, and the reason in the catalogue why nothing could be judged.

    `received_at` is ISO 8601; it counts the day in the time zone it is given in. Of several periods that whose
    deadline is the latest decides: a series of years is delivered for its last one.
    """
    agreed = {period: dataset.deadlines[period] for period in periods if period in dataset.deadlines}
    if not agreed:
        return [], "no_deadline"
    period, deadline = max(agreed.items(), key=lambda item: item[1])
    day = datetime.fromisoformat(received_at).date()
    if day <= deadline:
        return [], None
    late = finding(
        catalogue,
        RULE,
        jahr=period,
        datum=day.strftime("%d.%m.%Y"),
        frist=deadline.strftime("%d.%m.%Y"),
        tage=(day - deadline).days,
    )
    return [late], None
