"""The words of the returned workbook, from `workbook_texts.yaml`.

Belongs here: the model of that file. Does not belong here: words that other reports say too (`texts.yaml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import model_validator

from einklang.declarations.base import Declaration, Text
from einklang.declarations.rules import Severity
from einklang.report.texts import Counted, Wording, load_words

TEXTS = Path(__file__).with_name("workbook_texts.yaml")


class SheetTexts(Declaration):
    """Names of the sheets that the service adds."""

    result: Text
    findings: Text
    file: Text


class ColumnTexts(Declaration):
    """Heads of the list of findings."""

    number: Text
    severity: Text
    rule: Text
    file: Text
    sheet: Text
    cell: Text
    key: Text
    raw: Text
    message: Text
    remedy: Text
    confirm: Text
    answer: Text
    identifier: Text


class CellTexts(Declaration):
    """What stands in a cell in place of something else."""

    not_shown: Text
    row: Text
    column: Text
    whole: Text
    whole_sheet: Text
    source_row: Text
    no_findings: Text


class NoteTexts(Declaration):
    """The note at a marked cell."""

    head: Text
    rule: Text
    remedy: Text
    row: Text
    column: Text
    more: Text
    answer: Text


class FrontTexts(Declaration):
    """The first sheet."""

    title: Text
    title_trial: Text
    found: Text
    found_none: Text
    found_at: Text
    sheets: Text
    sheet_line: Text
    cells_marked: Counted
    cells_marked_none: Text


class HowTexts(Declaration):
    """How to work with the workbook."""

    heading: Text
    list_label: Text
    list: Text
    marks_label: Text
    marks: Text
    legend: Mapping[Severity, Text]
    mend_label: Text
    mend: Text
    answer_label: Text
    answer: Text


class LimitTexts(Declaration):
    """Where the workbook departs from what was delivered."""

    heading: Text
    values: Text
    text_file: Text
    hidden_sheets: Text
    hidden_lines: Text
    secret: Counted
    secret_everywhere: Text
    notes: Text
    links: Text
    listed: Text
    excerpt: Text
    plain: Text
    unread: Text


class WorkbookTexts(Wording):
    """All words of the returned workbook."""

    sheets: SheetTexts
    columns: ColumnTexts
    cells: CellTexts
    note: NoteTexts
    front: FrontTexts
    how: HowTexts
    limits: LimitTexts

    @model_validator(mode="after")
    def _complete(self) -> WorkbookTexts:
        if missing := set(Severity) - set(self.how.legend):
            raise ValueError(f"there is no text for {sorted(missing)}")
        return self


@cache
def load_workbook_texts() -> WorkbookTexts:
    """The words of the returned workbook."""
    return load_words(WorkbookTexts, TEXTS)


def own_sheets() -> list[list[str]]:
    """Names of the sheets that the service puts before the sender's own, by language."""
    texts = load_workbook_texts().sheets
    return [[texts.result.de, texts.findings.de], [texts.result.en, texts.findings.en]]
