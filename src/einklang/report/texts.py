"""The words of the reports, from `texts.yaml`.

Belongs here: the model of that file and how a sentence is said in one language. Does not belong
here: what rules say (the rule catalogue) and any word in Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import model_validator

from einklang.declarations.base import Declaration, Text, build, read_yaml
from einklang.declarations.rules import Severity, placeholders
from einklang.result import Outcome, Verdict

Language = Literal["de", "en"]
TEXTS = Path(__file__).with_name("texts.yaml")


class Counted(Declaration):
    """A text with its singular."""

    one: Text
    many: Text

    def of(self, count: int) -> Text:
        """The form for that number."""
        return self.one if count == 1 else self.many


class PageTexts(Declaration):
    """Frame of the page."""

    series: Text
    title: Text
    number: Text
    trial: Text
    title_release: Text
    release: Text
    blocked: Text
    free: Text
    skip: Text
    shortened: Text
    made_with: Text


class VerdictTexts(Declaration):
    """The banner."""

    heading: Text
    heading_trial: Text
    next: Text
    kept: Text
    answer_by: Text
    words: Mapping[Verdict, Text]


class SeverityTexts(Declaration):
    """How bad a finding is."""

    words: Mapping[Severity, Text]
    counted: Mapping[Severity, Counted]


class IdentityTexts(Declaration):
    """Which delivery."""

    heading: Text
    heading_trial: Text
    heading_release: Text
    supplier: Text
    dataset: Text
    periods: Text
    periods_many: Text
    periods_none: Text
    periods_not_read: Text
    delivery: Text
    number: Text
    not_delivered: Text
    received: Text
    moment: Text
    replaces: Text
    replaces_none: Text
    profile: Text
    files: Text
    file: Text
    size: Text
    checksum: Text
    versions: Text
    versions_line: Text


class CountTexts(Declaration):
    """The accounting."""

    heading: Text
    rows: Text
    cells: Text
    what: Text
    count: Text
    share: Text
    read: Text
    accepted: Text
    quarantined: Text
    not_data: Text
    accepted_why: Text
    nothing_read: Text
    bar_title: Text
    sum_line: Text
    incomplete: Text
    statuses: Text
    statuses_more: Text
    status: Text
    unread: Text
    unread_in: Text
    names_and_more: Text
    rules: Text
    outcome: Text
    outcomes: Mapping[Outcome, Text]
    rules_all: Text


class FindingTexts(Declaration):
    """The findings."""

    heading: Text
    none: Text
    overview: Text
    severity: Text
    rule: Text
    first: Text
    no_place: Text
    findings: Text
    places: Text
    total: Text
    counted: Counted
    places_counted: Counted
    expected: Text
    remedy: Text
    confirm_title: Text
    confirm: Text
    more: Text
    first_findings: Text
    later: Counted
    later_why: Text
    shown_all: Counted
    shown_some: Text
    where: Text
    key: Text
    raw: Text
    understood: Text
    empty: Text
    no_key: Text


class PlaceTexts(Declaration):
    """Names of places in a file."""

    cell: Text
    cells: Text
    row: Text
    rows: Text
    column: Text
    sheet: Text
    whole_file: Text
    in_file: Text
    from_to: Text
    further: Text


class EvidenceTexts(Declaration):
    """What shows that a finding is right."""

    calculation: Text
    term: Text
    cell: Text
    figure: Text
    unknown: Text
    sum: Counted
    part: Text
    whole: Text
    difference_of_part: Text
    share: Text
    given: Text
    difference: Text
    equal: Text
    at_least: Text
    terms: Text
    suspect: Text
    line: Text
    years: Text
    change: Text
    break_from: Text
    excerpt: Text
    row: Text
    left_out: Text
    marked: Text
    hidden: Text


class RepairTexts(Declaration):
    """What was repaired."""

    heading: Text
    why: Text
    what: Text
    before: Text
    after: Text
    more: Text


class RuleTexts(Declaration):
    """All rules, by what became of them."""

    heading: Text
    failed: Text
    by_finding: Text
    not_evaluable: Text
    not_evaluable_why: Text
    stopped: Counted
    reason: Text
    no_reason: Text
    passed: Text
    passed_show: Counted
    passed_none: Text


class ColumnTexts(Declaration):
    """Heads of the list of findings."""

    finding: Text
    severity: Text
    rule: Text
    title: Text
    message: Text
    expected: Text
    remedy: Text
    confirm: Text
    count: Text
    file: Text
    sheet: Text
    cell: Text
    row: Text
    column: Text
    key: Text
    raw: Text
    yes: Text
    no: Text


class AnswerTexts(Declaration):
    """Confirmations and overrides."""

    name: Text
    confirmed: Text
    overridden: Text
    lapsed: Text
    lapsed_why: Text


class ComparisonTexts(Declaration):
    """Beside the previous delivery."""

    heading: Text
    beside: Text
    places: Text
    mended: Text
    still_open: Text
    new: Text
    figures: Text
    unchanged: Text
    changed: Text
    added: Text
    removed: Text
    now_suppressed: Text
    no_longer_suppressed: Text
    revisions: Text
    kind: Text
    mean: Text
    mean_absolute: Text
    relative: Text
    largest: Text
    before: Text
    now: Text
    figure: Text
    nothing: Text


def leaves(part: object, name: str = "") -> Iterator[tuple[str, Text]]:
    """Every text below `part` with its dotted name."""
    match part:
        case Text():
            yield name, part
        case Declaration():
            for key in type(part).model_fields:
                yield from leaves(getattr(part, key), f"{name}.{key}".lstrip("."))
        case Mapping():
            for key, value in part.items():
                yield from leaves(value, f"{name}.{key}")


class Wording(Declaration):
    """All words of one file; every text names the same placeholders in both languages."""

    @model_validator(mode="after")
    def _agree(self) -> Wording:
        for name, text in leaves(self):
            if placeholders(text.de) != placeholders(text.en):
                raise ValueError(f"{name}: the German and the English text name different placeholders")
        return self


Words = TypeVar("Words", bound=Wording)


def load_words(model: type[Words], path: Path) -> Words:
    """The words in a file.

    Raises:
        DeclarationError: it is incomplete, holds unknown keys, or names different placeholders.
    """
    return build(model, read_yaml(path), path)


class Texts(Wording):
    """All words of the reports."""

    page: PageTexts
    verdict: VerdictTexts
    severity: SeverityTexts
    identity: IdentityTexts
    counts: CountTexts
    findings: FindingTexts
    places: PlaceTexts
    evidence: EvidenceTexts
    repairs: RepairTexts
    rules: RuleTexts
    columns: ColumnTexts
    answers: AnswerTexts
    comparison: ComparisonTexts

    @model_validator(mode="after")
    def _complete(self) -> Texts:
        for named, kinds in (
            (self.verdict.words, Verdict),
            (self.severity.words, Severity),
            (self.severity.counted, Severity),
            (self.counts.outcomes, Outcome),
        ):
            if missing := set(kinds) - set(named):
                raise ValueError(f"there is no text for {sorted(missing)}")
        return self


@cache
def load_texts() -> Texts:
    """The words of the reports."""
    return load_words(Texts, TEXTS)


def say(text: Text, language: Language, **facts: str) -> str:
    """The text in one language with its placeholders filled."""
    said = text.de if language == "de" else text.en
    return said.format_map(facts) if facts else said
