"""Results for tests: complete by default, each part replaceable."""

from __future__ import annotations

from typing import Any

from einklang.declarations.base import Text
from einklang.declarations.rules import Severity
from einklang.evidence import (
    Calculation,
    Excerpt,
    ExcerptCell,
    ExcerptRow,
    Point,
    Repair,
    Series,
    Term,
)
from einklang.findings import Finding, PlaceFound
from einklang.result import (
    Accounting,
    DeliveredFile,
    Identity,
    NotData,
    Outcome,
    Result,
    RuleOutcome,
    UnreadSheets,
    Verdict,
    Versions,
)

FILE = "einbuergerungen_ni_2025.xlsx"


def text(de: str, en: str = "") -> Text:
    return Text(de=de, en=en or de)


def place(**overrides: Any) -> PlaceFound:
    key = text("Hannover, 2025, weiblich", "Hanover, 2025, female")
    given = {"file": FILE, "sheet": "Tab 1", "row": 17, "column": "C", "key": key, "raw": "12,,5"}
    return PlaceFound(**{**given, **overrides})


def finding(**overrides: Any) -> Finding:
    places = overrides.get("places", [place()])
    given: dict[str, Any] = {
        "rule": "IM-VAL-001",
        "severity": Severity.ERROR,
        "confirm": False,
        "title": text("Zahl nicht lesbar", "Number not readable"),
        "message": text(
            "„12,,5“ ist keine Zahl und kein vereinbartes Zeichen.", "“12,,5” is no number and no agreed sign."
        ),
        "expected": text(
            "In dieser Spalte stehen Zahlen wie 1.234,5 oder die Zeichen - . /",
            "This column holds figures like 1.234,5 or the signs - . /",
        ),
        "remedy": text(
            "Tragen Sie die Zahl neu ein oder setzen Sie das passende Zeichen.",
            "Enter the figure again or set the fitting sign.",
        ),
        "count": max(1, len(places)),
        "places": places,
    }
    return Finding(**{**given, **overrides})


def rule(code: str = "IM-FIL-001", outcome: Outcome = Outcome.PASSED, **overrides: Any) -> RuleOutcome:
    given: dict[str, Any] = {
        "rule": code,
        "title": text("Datei ist lesbar", "File is readable"),
        "outcome": outcome,
        "reason": None,
    }
    return RuleOutcome(**{**given, **overrides})


def accounting(**overrides: Any) -> Accounting:
    given = {
        "read": 1274,
        "accepted": 1204,
        "quarantined": 0,
        "not_data": [
            NotData(reason=text("Titel und Überschriften", "titles and heads"), count=12),
            NotData(reason=text("Fußnoten", "footnotes"), count=8),
            NotData(reason=text("Zwischensummen", "subtotals"), count=50),
        ],
    }
    return Accounting(**{**given, **overrides})


def identity(**overrides: Any) -> Identity:
    given = {
        "supplier": "ni",
        "supplier_name": text("Landesamt für Statistik Niedersachsen", "Statistical Office of Lower Saxony"),
        "dataset": "einbuergerungen",
        "dataset_title": text("Einbürgerungen", "Naturalisations"),
        "delivery": "ni/einbuergerungen/3",
        "number": 3,
        "received_at": "2026-03-14T13:05:09+00:00",
        "replaces": "ni/einbuergerungen/2",
        "files": [DeliveredFile(name=FILE, stored_as="1.xlsx", sha256="3f9a" * 16, size=48_321)],
        "periods": ["2024", "2025"],
    }
    return Identity(**{**given, **overrides})


def result(**overrides: Any) -> Result:
    given = {
        "verdict": Verdict.ACCEPTED,
        "sentence": text("Ihre Lieferung ist in Ordnung.", "Your delivery is in order."),
        "next_step": text(
            "Sie müssen nichts tun. Die Zahlen gehen in die nächste Veröffentlichung ein.",
            "You need not do anything. The figures become part of the next release.",
        ),
        "identity": identity(),
        "versions": Versions(einklang="0.1.0", rules="2026.1", declarations="b7d1" * 16),
        "rows": accounting(),
        "cells": accounting(read=4816, accepted=4816, not_data=[]),
        "findings": [],
        "rules": [
            rule(),
            rule("IM-STR-003", title=text("Überschriften stimmen", "Heads agree")),
            rule("IM-VAL-001", title=text("Zahl lesbar", "Number readable")),
        ],
    }
    return Result(**{**given, **overrides})


def several_findings() -> Result:
    """A rejected delivery: errors with places, a warning to confirm, a note, rules not evaluable."""
    blanks = [
        place(row=row, raw="", key=text(f"Landkreis {row}, 2025", f"District {row}, 2025")) for row in range(19, 25)
    ]
    scattered = [
        place(row=30 + 2 * step, column="D", raw=f"{step}.0000", key=text(f"Gemeinde {step}", f"Municipality {step}"))
        for step in range(40)
    ]
    unknown = {
        "rule": "IM-COD-001",
        "title": text("Unbekannte Ausprägung", "Unknown category"),
        "expected": text(
            "Jede Ausprägung steht in der vereinbarten Schlüsselliste.", "Each category is in the agreed code list."
        ),
    }
    findings = [
        finding(places=[place(), *blanks], count=7),
        finding(
            **unknown,
            message=text("„Göttigen“ ist kein Landkreis.", "“Göttigen” is no district."),
            remedy=text("Meinten Sie „Göttingen“?", "Did you mean “Göttingen”?"),
            places=[place(column="A", row=44, raw="Göttigen", key=None)],
        ),
        finding(
            **unknown,
            message=text("„divers/offen“ ist kein Geschlecht.", "“divers/offen” is no sex."),
            remedy=text("Meinten Sie „divers“?", "Did you mean “divers”?"),
            places=[place(column="B", row=51, raw="divers/offen ", key=None)],
        ),
        finding(
            rule="IM-TIM-001",
            severity=Severity.WARNING,
            confirm=True,
            title=text("Auffällige Veränderung", "Conspicuous change"),
            message=text(
                "213 Werte weichen um mehr als 40 % vom Vorjahr ab.",
                "213 values differ by more than 40% from last year.",
            ),
            expected=text(
                "Ein Wert weicht höchstens um 40 % vom Vorjahr ab.", "A value differs at most by 40% from last year."
            ),
            remedy=text("Prüfen Sie die Werte und berichtigen Sie sie.", "Check the values and correct them."),
            count=213,
            places=scattered,
        ),
        finding(
            rule="IM-FIL-006",
            severity=Severity.INFORMATION,
            title=text("Zeichensatz umgewandelt", "Encoding converted"),
            message=text("Die Datei war in Windows-1252 gespeichert.", "The file was stored as Windows-1252."),
            expected=text("Textdateien sind in UTF-8 gespeichert.", "Text files are stored as UTF-8."),
            remedy=text("Sie müssen nichts tun.", "You need not do anything."),
            places=[],
        ),
    ]
    return result(
        verdict=Verdict.REJECTED,
        sentence=text(
            "Wir können Ihre Lieferung noch nicht übernehmen, weil sie Fehler enthält.",
            "We cannot take your delivery over yet because it contains errors.",
        ),
        next_step=text(
            "Bitte beheben Sie die Fehler und senden Sie die ganze Datei bis zum 28.03.2026 noch einmal.",
            "Please mend the errors and send the whole file again by 28 March 2026.",
        ),
        rows=accounting(accepted=1195, quarantined=9),
        cells=accounting(
            read=4816,
            accepted=4800,
            quarantined=9,
            not_data=[NotData(reason=text("Zeichen „nichts vorhanden“", "sign “nothing”"), count=7)],
        ),
        findings=findings,
        rules=[
            rule(),
            rule("IM-STR-003", title=text("Überschriften stimmen", "Heads agree")),
            rule("IM-VAL-001", Outcome.FAILED, title=text("Zahl nicht lesbar", "Number not readable")),
            rule("IM-COD-001", Outcome.FAILED, title=text("Unbekannte Ausprägung", "Unknown category")),
            rule("IM-TIM-001", Outcome.FAILED, title=text("Auffällige Veränderung", "Conspicuous change")),
            rule("IM-FIL-006", Outcome.FAILED, title=text("Zeichensatz umgewandelt", "Encoding converted")),
            rule(
                "IM-AGG-001",
                Outcome.NOT_EVALUABLE,
                title=text("Summe der Teile", "Sum of the parts"),
                reason=text(
                    "Sechs Summanden fehlen. Die Summe lässt sich erst danach prüfen.",
                    "Six parts are missing. The sum can be checked after that.",
                ),
            ),
            rule("IM-REV-001", Outcome.NOT_EVALUABLE, title=text("Revision gegenüber früher", "Revision")),
        ],
    )


def term(**overrides: Any) -> Term:
    given: dict[str, Any] = {"label": text("männlich", "male"), "value": 277_770.0, "cell": "D9"}
    return Term(**{**given, **overrides})


def calculation(**overrides: Any) -> Calculation:
    given: dict[str, Any] = {
        "terms": [term(), term(label=text("weiblich", "female"), value=259_675.0, cell="E9")],
        "count": 2,
        "computed": 537_445.0,
        "given": term(label=text("insgesamt", "total"), value=537_420.0, cell="C9"),
        "difference": -25.0,
        "allowed": 6.0,
    }
    return Calculation(**{**given, **overrides})


def series(**overrides: Any) -> Series:
    values = {"2020": 8000.0, "2021": 8100.0, "2022": None, "2023": 8140.0, "2024": 11885.0}
    points = [Point(period=period, value=value, is_judged=period == "2024") for period, value in values.items()]
    given: dict[str, Any] = {"label": text("09573 Fürth, männlich", "09573 Fürth, male"), "points": points}
    return Series(**{**given, **overrides})


def excerpt(*rows: list[str], marked: tuple[int, int] = (1, 1), **overrides: Any) -> Excerpt:
    """Rows of texts, the first a heading; `marked` counts from 0."""
    shown = rows or (["Gebiet", "insgesamt"], ["Fürth", "12,,5"], ["Hof", "310"])
    given: dict[str, Any] = {
        "file": FILE,
        "sheet": "Tab 1",
        "columns": [chr(ord("A") + index) for index in range(len(shown[0]))],
        "rows": [
            ExcerptRow(
                row=number + 1 if not number else number + 16,
                is_heading=not number,
                cells=[
                    ExcerptCell(text=cell, is_marked=(number, column) == marked) for column, cell in enumerate(cells)
                ],
            )
            for number, cells in enumerate(shown)
        ],
    }
    return Excerpt(**{**given, **overrides})


def with_evidence() -> Result:
    """A rejected delivery whose findings show all they can: a sum, a series, an excerpt, repairs."""
    many = [term(label=text(f"Kreis {number}"), value=10.0, cell=f"C{number}") for number in range(1, 21)]
    many[7] = term(label=text("Kreis 8"), value=1010.0, cell="C8", is_suspect=True)
    findings = [
        finding(calculation=calculation(), excerpt=excerpt()),
        finding(
            rule="IM-AGG-004",
            calculation=calculation(
                terms=many, count=20, computed=1200.0, relation="at_least", given=term(value=200.0), difference=-1000.0
            ),
        ),
        finding(
            rule="IM-LOG-002",
            calculation=calculation(
                operation="share", computed=51.68, decimals=1, given=term(value=50.0, cell=""), difference=-1.68
            ),
        ),
        finding(
            rule="IM-TIM-001",
            severity=Severity.WARNING,
            confirm=True,
            places=[place(raw="11.885", value=11885.0)],
            series=[series(), series(breaks=["2023"], points=series().points[:3] + series().points[3:])],
        ),
        finding(
            rule="IM-COD-004",
            severity=Severity.INFORMATION,
            title=text("Schlüssel ergänzt", "Key completed"),
            repairs=[Repair(before="3159", after="03159", count=12), Repair(before="3241", after="03241", count=1)],
        ),
    ]
    return several_findings().model_copy(update={"findings": findings})


HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example/";"klick")',
    "abc\u202egnp.exe",
    "\x00\x1b[31mrot\x1b[0m\x1b]0;Titel\x07",
    "[bold red]fett[/bold red] {kein_platzhalter} {{ 7 * 7 }} {% raw %}",
    "--></style><img src=x onerror=alert(1)>",
    "x" * 10_000,
    "\n\r\t\u2028zeilen\u200bbruch",
]
HALF_CHARACTER = "\ud800"


def hostile() -> Result:
    """Every text that a delivery can bring holds something nasty."""
    file = f"{HOSTILE[0]}\u202e{HOSTILE[3]}.xlsx"
    places = [
        place(file=file, sheet=raw[:40], row=2 * row, raw=f"{raw}{HALF_CHARACTER}", key=text(raw))
        for row, raw in enumerate(HOSTILE, start=1)
    ]
    return result(
        verdict=Verdict.CLARIFICATION_NEEDED,
        identity=identity(
            files=[
                DeliveredFile(name=file, stored_as="1.xlsx", sha256="0" * 64, size=0),
                DeliveredFile(name="zweite.csv", stored_as="2.csv", sha256="1" * 64, size=2_500_000),
            ],
            periods=[HOSTILE[0], HOSTILE[6]],
            profile=HOSTILE[0],
        ),
        unread_sheets=[UnreadSheets(file=file, count=1000, names=[*HOSTILE, f"T{HALF_CHARACTER}"][:10])],
        findings=[
            finding(
                severity=Severity.WARNING,
                message=text(f"„{raw}“ ist falsch."),
                remedy=text(raw),
                places=[one],
                calculation=calculation(terms=[term(label=text(raw), cell=raw)], count=1),
                series=[series(label=text(raw))],
                excerpt=excerpt([raw, "Kopf"], ["Fürth", raw], file=file, sheet=raw),
                repairs=[Repair(before=raw, after=raw, count=1)],
            )
            for raw, one in zip(HOSTILE, places, strict=True)
        ],
        rules=[rule(title=text(HOSTILE[0])), rule("IM-X", Outcome.NOT_EVALUABLE, reason=text(HOSTILE[5]))],
    )
