"""The words of the stewards' overview, from `overview.yaml`; verdicts and severities are those of the reports."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from einklang.declarations.base import Declaration, Text
from einklang.report.texts import Counted, Wording, load_words

TEXTS = Path(__file__).with_name("overview.yaml")


class PageTexts(Declaration):
    """Frame of the page."""

    title: Text
    as_of: Text
    counted: Text
    no_figures: Text


class GlanceTexts(Declaration):
    """How many Länder, by data set and period."""

    heading: Text
    caption: Text
    dataset: Text
    period: Text
    accepted: Text
    clarification: Text
    rejected: Text
    nothing: Text
    expected: Text
    published: Text
    none: Text


class MatrixTexts(Declaration):
    """Länder × data sets × periods."""

    heading: Text
    caption: Text
    hint: Text
    place: Text
    laender: Text
    others: Text
    earlier: Counted
    link: Text


class CellTexts(Declaration):
    """One cell of it."""

    short_notes: Text
    delivery: Text
    no_period: Text
    so_far: Text
    holds: Text
    on_time: Text
    late: Counted
    overdue: Text
    overdue_since: Counted
    awaited: Text
    until: Text
    nothing: Text
    not_agreed: Text


class OpenTexts(Declaration):
    """Deliveries that wait for an answer."""

    heading: Text
    caption: Text
    none: Text
    verdict: Text
    delivery: Text
    findings: Text
    received: Text
    unfinished: Text
    unfinished_why: Text
    damaged: Text
    damaged_why: Text


class MissingTexts(Declaration):
    """Länder without an accepted delivery."""

    heading: Text
    caption: Text
    nothing: Text
    not_accepted: Text
    nobody: Text
    none: Text


class ReleaseTexts(Declaration):
    """The latest release and whom it covers."""

    heading: Text
    none: Text
    version: Text
    replaces: Text
    changes: Text
    caption: Text
    covered: Text
    share: Text
    present: Text
    absent: Text
    complete: Text
    which: Text


class OverviewTexts(Wording):
    """All words of the overview."""

    page: PageTexts
    glance: GlanceTexts
    matrix: MatrixTexts
    cell: CellTexts
    open: OpenTexts
    missing: MissingTexts
    release: ReleaseTexts


@cache
def load_overview_texts() -> OverviewTexts:
    """The words of the overview."""
    return load_words(OverviewTexts, TEXTS)
