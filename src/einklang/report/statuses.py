"""The statuses of the figures as reports show them: neighbouring periods with the same statuses together."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from einklang.report import display
from einklang.report.texts import Language, load_texts, say
from einklang.result import StatusCount


class StatusLine(NamedTuple):
    """Some periods, what the status of figures of them is called, and how many there are."""

    periods: str
    statuses: list[tuple[str, int]]


def status_lines(counts: Iterable[StatusCount], language: Language) -> list[StatusLine]:
    """The statuses by period, in order."""
    by_period = [(period, list(each)) for period, each in groupby(counts, lambda one: one.period)]
    lines = []
    for _, alike in groupby(by_period, lambda one: {(each.obs_status, each.conf_status) for each in one[1]}):
        stretch = list(alike)
        first, last = (display.period(stretch[end][0], language) for end in (0, -1))
        name = first if first == last else say(load_texts().places.from_to, language, first=first, last=last)
        summed: dict[str, int] = {}
        for one in (one for _, each in stretch for one in each):
            label = say(one.status, language)
            summed[label] = summed.get(label, 0) + one.count
        lines.append(StatusLine(name, list(summed.items())))
    return lines


def status_sentence(counts: Iterable[StatusCount], language: Language) -> str:
    """The statuses in one line; empty where there are no figures."""
    told = []
    for line in status_lines(counts, language):
        each = (f"{status} ({display.number(count, language)})" for status, count in line.statuses)
        told.append(f"{line.periods}: {', '.join(each)}")
    return "; ".join(told)
