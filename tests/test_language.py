"""German that an office reads without a dictionary: both languages everywhere, the agreed words, no English.

What is judged is every text of ours: rules, reports, messages, titles of data sets and code lists, and the
sentences that real findings make of them. What a sender wrote stands in quotation marks and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from builders import ROOT
from test_deliveries import CASES, run

from einklang.declarations.base import Text
from einklang.project import Project, load_project
from einklang.report.email_texts import load_email_texts
from einklang.report.overview_texts import load_overview_texts
from einklang.report.texts import leaves, load_texts
from einklang.report.workbook_texts import load_workbook_texts

# Our word, and what is not said in its place.
WORD_LIST = {
    "liefernde Stelle": "Lieferant|Zulieferer|Datenlieferant|Supplier",
    "Datensatz": "Datenset|Dataset|Data set",
    "Lieferung": "Einreichung|Submission|Upload",
    "Lieferprofil": "Mapping|Template",
    "Befund": "Finding|Issue|Regelverstoß",
    "Prüfregel": "Validierungsregel|Constraint|Check",
    "Prüfbericht": "Validierungsbericht|Report|Reporting",
    "Prüfung": "Validierung|Validation",
    "Bestätigung": "Approval|Override|Quittierung",
    "Veröffentlichungsstand": "Release",
    "leer oder fehlt": "Nullwert|Nullwerte|NULL|NaN|None|Missing",
    "zurückgestellt": "Quarantäne",
}
ENGLISH = (
    "the|and|of|with|without|for|from|this|that|these|those|which|must|should|please|not|are|were|has|have|value|values|"
    "figure|figures|row|rows|column|columns|cell|cells|sheet|file|files|error|errors|warning|warnings|note|notes|"
    "missing|unknown|invalid|valid|expected|found|given|total|sum|share|rate|count|number|period|year|delivery|key|"
    "rule|passed|failed|true|false|null|blank|empty|feedback|download|support|login|meeting|team|update|status"
)
# "null" as a count is German; "Null" for what is missing is not.
ALLOWED = re.compile(r"\b(genau null|als null|auf null|ist null|null gesetzt|auf null gerundet)\b", re.IGNORECASE)
QUOTED = re.compile(r"„[^“]*“|\{\w+\}|\([^)]*\.[a-z]+\)")
UNFILLED = re.compile(r"\{\w*\}|\{\{|\}\}|%s|\bTODO\b")


def _ours() -> Iterator[tuple[str, Text]]:
    project = load_project(ROOT)
    for file, words in {
        "texts": load_texts(),
        "overview": load_overview_texts(),
        "email": load_email_texts(),
        "workbook": load_workbook_texts(),
    }.items():
        yield from ((f"{file}.{name}", text) for name, text in leaves(words))
    yield from leaves(project.catalogue)
    for rule in project.catalogue.rules:
        yield from ((f"{rule.id}.{part}", getattr(rule, part)) for part in ("title", "message", "expected", "remedy"))
    for dataset in project.datasets.values():
        yield f"{dataset.name}.title", dataset.title
        yield from ((f"{dataset.name}.{one.name}", one.title) for one in (*dataset.dimensions, *dataset.measures))
    for meaning in project.signs.meanings.values():
        yield f"sign.{meaning.code}", Text(de=meaning.label_de, en=meaning.label_en)


def faults(german: str) -> list[str]:
    """The words of a German text that an office should not have to read."""
    plain = ALLOWED.sub(" ", QUOTED.sub(" ", german))
    found = re.findall(rf"\b(?:{'|'.join(WORD_LIST.values())})\b", plain)
    found += re.findall(rf"\b(?:{ENGLISH})\b", plain)
    return found + re.findall(r"\bNull\b", plain)


@pytest.mark.parametrize(
    ("german", "fault"),
    [
        ("Die Werte sollten nicht Null sein.", "Null"),
        ("Bitte prüfen Sie den Report.", "Report"),
        ("Der value fehlt.", "value"),
        ("Der Lieferant muss antworten.", "Lieferant"),
    ],
)
def test_a_fault_would_be_found(german: str, fault: str) -> None:
    assert faults(german) == [fault]


def test_zero_is_said_with_a_small_letter() -> None:
    assert faults("Der Wert ist genau null.") == []


def test_every_text_is_there_in_both_languages_and_plain() -> None:
    texts = list(_ours())
    assert len(texts) > 500
    for name, text in texts:
        assert text.de.strip(), name
        assert text.en.strip(), name
        assert faults(text.de) == [], (name, text.de)


@pytest.mark.parametrize("file", sorted({case.file for case in CASES if case.found}))
def test_findings_leave_no_placeholder_open_and_are_plain(file: str, test_project: Project) -> None:
    case = next(one for one in CASES if one.file == file)
    for finding in run(case, test_project).result.findings:
        for text in (finding.title, finding.message, finding.expected, finding.remedy):
            for said in (text.de, text.en):
                assert not UNFILLED.search(said), said
            assert faults(text.de) == [], text.de
