"""Every form of a result counts alike, whatever the result; and lists exist where there is nothing to list."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from builders import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.console import Console

from einklang.declarations.rules import Severity
from einklang.findings import Finding
from einklang.project import Project, load_project
from einklang.report import render_csv, render_html, render_json, render_terminal
from einklang.report.as_csv import BYTE_ORDER_MARK
from einklang.report.as_json import result_schema
from einklang.report.email import render_verdict_mail
from einklang.report.ess import render_ess
from einklang.report.join import join_results
from einklang.report.workbook import render_workbook
from einklang.result import Outcome, Result, Verdict

from .factories import HOSTILE, accounting, finding, place, result, rule, text
from .pages import read_page
from .test_ess import VALIDATOR
from .workbooks import listed, said_on_front

SCHEMA = Draft202012Validator(result_schema())
WORDS = {"Fehler": Severity.ERROR, "Warnung": Severity.WARNING, "Hinweis": Severity.INFORMATION}
COUNTED = re.compile(r"([0-9][0-9.]*)\s(Fehler|Warnung|Hinweis)(?:en|e)?\b(?: an ([0-9][0-9.]*) Stelle)?")
RULES = ("IM-FIL-001", "IM-VAL-001", "IM-COD-001", "IM-TIM-001")


@cache
def declared() -> Project:
    # Not the fixture: Hypothesis would print the whole of it where a case fails.
    return load_project(ROOT)


@dataclass(frozen=True)
class Counts:
    """Findings by severity, and places: all of them, and those that are listed (a finding about a whole has one)."""

    findings: Counter[Severity]
    places: int | None = None
    lines: int | None = None

    @classmethod
    def of(cls, checked: Result) -> Counts:
        return cls(
            Counter(one.severity for one in checked.findings),
            sum(one.count for one in checked.findings),
            sum(max(1, len(one.places)) for one in checked.findings),
        )


def number(said: str) -> int:
    return int(said.replace(".", ""))


def told(said: str) -> Counter[Severity]:
    """`2 Fehler, 1 Warnung`."""
    return +Counter({WORDS[word]: number(count) for count, word, _ in COUNTED.findall(said)})


def in_json(checked: Result) -> Counts:
    content = json.loads(render_json(checked))
    SCHEMA.validate(content)
    return Counts.of(Result.model_validate(content))


def in_html(checked: Result) -> Counts:
    page = read_page(render_html(checked))
    tally = " ".join(one.text for one in page.by_class("tally"))
    if not checked.findings:
        assert "Es gibt keine Befunde" in page.shown
        return Counts(told(tally), 0, 0)
    feet = {
        label: number(one.text.strip())
        for one in page.all("td")
        if "tfoot" in one.parents and (label := one.attributes.get("data-label")) in {"Befunde", "Stellen"}
    }
    assert feet["Befunde"] == len(checked.findings)
    return Counts(told(tally), feet["Stellen"])


def in_csv(checked: Result) -> Counts:
    rows = list(csv.reader(io.StringIO(render_csv(checked).removeprefix(BYTE_ORDER_MARK)), delimiter=";"))
    head, lines = rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    first = {line[head[0]]: line for line in lines}
    severities = Counter(WORDS[line["Art"]] for line in first.values())
    return Counts(severities, sum(int(line["Stellen insgesamt"]) for line in first.values()), len(lines))


def in_workbook(checked: Result, path: Path) -> Counts:
    render_workbook(checked, {}, path)
    book = openpyxl.load_workbook(path)
    front = said_on_front(book)
    rows = [row for row in listed(book) if row["Nr."] is not None]
    said = COUNTED.findall(front)
    return Counts(told(front), sum(number(places) for _, _, places in said if places), len(rows))


def in_terminal(checked: Result) -> Counts:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(render_terminal(checked))
    (line,) = [one for one in console.export_text().splitlines() if one.startswith("Befunde: ")]
    return Counts(told(line))


def in_mail(checked: Result, project: Project) -> Counts:
    body = render_verdict_mail(checked, "", project).get_content()
    (line,) = [one for one in body.splitlines() if one.startswith("Anzahl der Befunde: ")]
    by_rule = re.findall(r"([0-9.]+) Befunde?, ([0-9.]+) Stellen?", body)
    assert sum(number(findings) for findings, _ in by_rule) == len(checked.findings)
    assert number(line.split()[3]) == len(checked.findings)
    return Counts(told(line), sum(number(places) for _, places in by_rule))


def in_ess(checked: Result) -> dict[str, int]:
    """Places by rule, as a reader of the exchange format counts them."""
    records = json.loads(render_ess(checked))
    VALIDATOR.validate(records)
    failed = Counter(one["rule"]["expression"] for one in records if one.get("value") == "0" and "rule" in one)
    whole = {
        one["aggregate"]["expression"].removeprefix("count(not ").removesuffix(")"): int(one["value"])
        for one in records
        if one["type"] == "aggregation"
    }
    return {name: whole.get(name, max(1, count - 1)) for name, count in failed.items()}


FINDINGS = st.tuples(
    st.sampled_from(RULES),
    st.sampled_from(list(Severity)),
    st.integers(0, 4) | st.sampled_from([21, 45]),
    st.just(0) | st.integers(1, 3_000),
    st.integers(0, len(HOSTILE)),
)


def made(name: str, severity: Severity, places: int, beyond: int, nasty: int) -> Finding:
    """A finding at that many listed places and some beyond; its texts may be nasty."""
    texts = ["Zahl nicht lesbar", *HOSTILE]
    return finding(
        rule=name,
        severity=severity,
        confirm=severity is Severity.WARNING,
        message=text(texts[nasty]),
        places=[place(row=5 + (1 + nasty % 2) * one, raw=texts[nasty]) for one in range(places)],
        count=max(1, places + beyond),
    )


def judged(found: list[Finding], verdict: Verdict = Verdict.REJECTED, read: int = 5) -> Result:
    failed = {one.rule for one in found}
    rules = [rule(name, Outcome.FAILED if name in failed else Outcome.PASSED) for name in RULES]
    return result(verdict=verdict, findings=found, rules=rules, cells=accounting(read=read, accepted=read, not_data=[]))


@settings(max_examples=25)
@example(found=[], verdict=Verdict.ACCEPTED, read=0)
@given(found=st.lists(FINDINGS, max_size=7), verdict=st.sampled_from(list(Verdict)), read=st.integers(0, 2_000_000))
def test_all_forms_count_alike(
    found: list[tuple[str, Severity, int, int, int]],
    verdict: Verdict,
    read: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    checked = judged([made(*one) for one in found], verdict, read)
    there = Counts.of(checked)
    path = tmp_path_factory.mktemp("formen") / "zurück.xlsx"
    forms = {
        "json": in_json(checked),
        "html": in_html(checked),
        "csv": in_csv(checked),
        "workbook": in_workbook(checked, path),
        "terminal": in_terminal(checked),
        "mail": in_mail(checked, declared()),
    }
    for name, counts in forms.items():
        assert counts.findings == there.findings, name
        assert counts.places in {None, there.places}, name
        assert counts.lines in {None, there.lines}, name
    totals = join_results([checked]).totals
    assert +Counter(totals.findings) == there.findings
    assert sum(totals.places.values()) == there.places
    by_rule = Counter[str]()
    for one in checked.findings:
        by_rule[one.rule] += one.count
    assert in_ess(checked) == by_rule


def test_lists_exist_where_there_is_nothing_to_list(tmp_path: Path) -> None:
    checked = judged([], Verdict.ACCEPTED)
    head, *rows = csv.reader(io.StringIO(render_csv(checked).removeprefix(BYTE_ORDER_MARK)), delimiter=";")
    assert len(head) > 10 and rows == []
    render_workbook(checked, {}, tmp_path / "zurück.xlsx")
    book = openpyxl.load_workbook(tmp_path / "zurück.xlsx")
    assert book.sheetnames == ["Prüfergebnis", "Fehlerliste"]
    (row,) = listed(book)
    assert any("keine Befunde" in str(value) for value in row.values())
