"""Every construct of the layout language on a tiny table: which cell becomes which figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from builders import assert_complete, by_cell, merged, project_with, read_in_file, rules_found
from drawings import write_drawing

from einklang.check import Checked
from einklang.declarations.base import build
from einklang.declarations.profile import Profile
from einklang.project import Project

BASE: dict[str, Any] = {
    "supplier": "ba",
    "dataset": "auslaender",
    "title": "Probe",
    "file": {"format": "csv"},
    "numbers": {"decimal": ",", "thousands": "."},
    "signs": {"convention": "din55301"},
    "dimensions": {"period": {"constant": "2024-12-31"}, "measure": {"constant": "foreigners"}},
}


class Construct(NamedTuple):
    name: str
    drawing: str
    profile: str
    figures: str
    """Per line: cell, area, period, sex, nationality, value."""


CONSTRUCTS = [
    Construct(
        "two texts find the header, and not the first row that has one of them",
        """
        Gebiet   | Stand 2024
        Gebiet   | insgesamt
        Saarland | 10
        """,
        """
        table: {header: {find: [Gebiet, insgesamt]}}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        """,
        "B3 10 2024-12-31 _T _T 10",
    ),
    Construct(
        "header found by its second row",
        """
                 | Bevölkerung | Bevölkerung
        Gebiet   | männlich    | weiblich
        Saarland | 6           | 4
        """,
        """
        table: {header: {find: Gebiet, at: 2, rows: 2, unread: {1: Bevölkerung steht im Titel}}}
        dimensions: {area: {column: A}, sex: {header_row: 2}}
        """,
        "B3 10 2024-12-31 M _T 6, C3 10 2024-12-31 F _T 4",
    ),
    Construct(
        "merged heads end where the head above ends; an empty head means the total",
        """
        Gebiet   | 2023      |          | 2024     |
                 | insgesamt | männlich |          | weiblich
        Saarland | 9         | 5        | 10       | 4
        """,
        """
        table: {header: {find: Gebiet, rows: 2, fill_right: [1, 2]}}
        dimensions:
          area: {column: A}
          period: {header_row: 1}
          sex: {header_row: 2, codes: {"": _T}}
        """,
        "B3 10 2023-12-31 _T _T 9, C3 10 2023-12-31 M _T 5, D3 10 2024-12-31 _T _T 10, E3 10 2024-12-31 F _T 4",
    ),
    Construct(
        "row of column numbers",
        """
        Gebiet   | insgesamt | männlich
        1        | 2         | 3
        Saarland | 10        | 6
        """,
        """
        table: {header: {find: Gebiet, rows: 2, unread: {2: Nummern der Spalten}}}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        """,
        "B3 10 2024-12-31 _T _T 10, C3 10 2024-12-31 M _T 6",
    ),
    Construct(
        "unit row with several units",
        """
        Gebiet   | insgesamt | männlich
                 | 1000      | Anzahl
        Saarland | 163,9     | 85.000
        """,
        """
        table: {header: {find: Gebiet, rows: 2}}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        unit: {header_row: 2}
        """,
        "B3 10 2024-12-31 _T _T 163900, C3 10 2024-12-31 M _T 85000",
    ),
    Construct(
        "unit in a column of its own",
        """
        Gebiet   | Einheit     | Wert
        Saarland | Anzahl      | 10
        Hessen   | in 1 000    | 2
        """,
        """
        table: {header: {find: Gebiet}}
        dimensions: {area: {column: A}}
        unit: {heading: Einheit}
        columns: [{headings: [Wert]}]
        """,
        "C2 10 2024-12-31 _T _T 10, C3 06 2024-12-31 _T _T 2000",
    ),
    Construct(
        "two identical headings with the same figures",
        """
        Gebiet   | insgesamt | männlich | insgesamt
        Saarland | 10        | 6        | 10
        """,
        """
        table: {header: {find: Gebiet}}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        columns: [{headings: [insgesamt], repeats: true}, {headings: [männlich]}]
        """,
        "B2 10 2024-12-31 _T _T 10, C2 10 2024-12-31 M _T 6",
    ),
    Construct(
        "marks of footnotes at labels, years and headings",
        """
        Gebiet       | 2023 2 | 2024***
        Saarland1)   | 9      | 10
        __________   |
        1) vorläufig |
        2 geschätzt  |
        *** ab 2024  |
        """,
        r"""
        table: {header: {find: Gebiet}, end: [__________]}
        footnotes: {mark: '\s?\d\)| \d|\*+'}
        dimensions: {area: {column: A}, period: {header_row: 1}}
        """,
        "B2 10 2023-12-31 _T _T 9, C2 10 2024-12-31 _T _T 10",
    ),
    Construct(
        "a note between the head and the figures",
        """
        Gebiet       | 2024
        1) vorläufig |
        Saarland1)   | 10
        """,
        r"""
        table: {header: {find: Gebiet}}
        footnotes: {mark: \d\)}
        dimensions: {area: {column: A}, period: {header_row: 1}}
        rows_not_data: [{column: A, pattern: '\d\) .+', reason: Fußnote}]
        """,
        "B3 10 2024-12-31 _T _T 10",
    ),
    Construct(
        "words that head the rows below them",
        """
        Gebiet         | Anzahl
        Saarland       | 10
        nachrichtlich: |
        Hessen         | 20
        """,
        """
        table: {header: {find: Gebiet}}
        dimensions: {area: {column: A}}
        rows_not_data: [{column: A, pattern: "nachrichtlich:", without_figures: true, reason: Überschrift}]
        columns: [{headings: [Anzahl]}]
        """,
        "B2 10 2024-12-31 _T _T 10, B4 06 2024-12-31 _T _T 20",
    ),
    Construct(
        "hierarchy by indentation: one column holds two dimensions",
        """
        Gebiet       | Anzahl
        Saarland     | 10
        ··männlich   | 6
        ··weiblich   | 4
        Hessen       | 20
        """,
        """
        table: {header: {find: Gebiet}}
        dimensions:
          area: {column: A, indent: 0, fill_down: true}
          sex: {column: A, indent: 2, otherwise: _T}
        columns: [{headings: [Anzahl]}]
        """,
        "B2 10 2024-12-31 _T _T 10, B3 10 2024-12-31 M _T 6, B4 10 2024-12-31 F _T 4, B5 06 2024-12-31 _T _T 20",
    ),
    Construct(
        "hierarchy by bullets, group heads without figures",
        """
        Gebiet       | Anzahl
        Saarland     |
        dav. Männer  | 6
        – Frauen     | 4
        Hessen       | 20
        """,
        """
        table: {header: {find: Gebiet}}
        dimensions:
          area: {column: A, pattern: '(?!dav\\.|–).+', fill_down: true}
          sex: {column: A, pattern: '(dav\\.|–) (?P<key>.+)', otherwise: _T}
        columns: [{headings: [Anzahl]}]
        """,
        "B3 10 2024-12-31 M _T 6, B4 10 2024-12-31 F _T 4, B5 06 2024-12-31 _T _T 20",
    ),
    Construct(
        "three levels: a middle label is repeated until a row of the first level",
        """
        Gebiet          | Anzahl
        Saarland        | 10
        – Türkei        | 5
        – – männlich    | 3
        Hessen          | 20
        – – männlich    | 12
        """,
        """
        table: {header: {find: Gebiet}}
        dimensions:
          area: {column: A, pattern: '[^–].*', fill_down: true}
          nationality: {column: A, pattern: '– (?P<key>[^–].*)', fill_down: true, until: '[^–].*', otherwise: _T}
          sex: {column: A, pattern: '– – (?P<key>.+)', otherwise: _T}
        columns: [{headings: [Anzahl]}]
        """,
        "B2 10 2024-12-31 _T _T 10, B3 10 2024-12-31 _T 163 5, B4 10 2024-12-31 M 163 3, "
        "B5 06 2024-12-31 _T _T 20, B6 06 2024-12-31 M _T 12",
    ),
    Construct(
        "labels in several columns: the last filled cell counts",
        """
        Land     | Kreis                  | Anzahl
        Saarland |                        | 10
                 | Merzig-Wadern          | 3
        """,
        """
        table: {header: {find: Land}}
        dimensions: {area: {column: [A, B]}}
        columns: [{headings: [Anzahl]}]
        """,
        "C2 10 2024-12-31 _T _T 10, C3 10042 2024-12-31 _T _T 3",
    ),
    Construct(
        "keys without the Land part and with lost zeros",
        """
        Nr. | Anzahl
        101 | 10
        3   | 20
        """,
        """
        table: {header: {find: Nr.}}
        dimensions: {area: {column: A, scheme: key, length: 3, prefix: "03", codes: {"03003": "03"}}}
        columns: [{headings: [Anzahl]}]
        """,
        "B2 03101 2024-12-31 _T _T 10, B3 03 2024-12-31 _T _T 20",
    ),
    Construct(
        "several keys in one cell are one area of its own",
        """
        Schlüssel    | Anzahl
        12052, 12071 | 10
        12051        | 20
        """,
        """
        table: {header: {find: Schlüssel}}
        dimensions:
          area: {column: A, scheme: key, not_data: {"12052, 12071": Zwei Kreise werden nur gemeinsam geführt.}}
        columns: [{headings: [Anzahl]}]
        """,
        "B3 12051 2024-12-31 _T _T 20",
    ),
    Construct(
        "blocks under each other, each with its own title",
        """
        Stand: 31.12.2023 |
        Gebiet            | insgesamt
        Saarland          | 9
                          |
        Stand: 31.12.2024 |
        Gebiet            | insgesamt
        Saarland          | 10
        """,
        """
        table: {header: {find: Gebiet}, repeat: true}
        dimensions:
          area: {column: A}
          period: {title: true, pattern: 'Stand: (?P<key>.+)'}
          sex: {header_row: 1}
        """,
        "B3 10 2023-12-31 _T _T 9, B7 10 2024-12-31 _T _T 10",
    ),
    Construct(
        "a blank row ends the table",
        """
        Gebiet   | insgesamt
        Saarland | 10
                 |
        Anmerkung ohne Zeichen |
        """,
        """
        table: {header: {find: Gebiet}, end: [""]}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        """,
        "B2 10 2024-12-31 _T _T 10",
    ),
    Construct(
        "several tables in one sheet, one of them ours",
        """
        Tabelle 1 |
        Gebiet    | Quote
        Saarland  | 16,2
        Tabelle 2 |
        Gebiet    | insgesamt
        Saarland  | 10
        """,
        """
        table: {title: Tabelle 2, header: {find: Gebiet}, others: Quoten werden berechnet.}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        """,
        "B6 10 2024-12-31 _T _T 10",
    ),
    Construct(
        "several tables in one sheet, each a part",
        """
        Männer   |
        Gebiet   | Anzahl
        Saarland | 6
                 |
        Land     | weibl. | zus.
        10       | 4      | 10
        """,
        """
        columns: []
        parts:
          - table: {title: Männer, header: {find: Gebiet}, end: [""]}
            dimensions: {area: {column: A}, sex: {constant: M}}
            columns: [{headings: [Anzahl]}]
          - table: {header: {find: Land}}
            dimensions: {area: {column: A, scheme: key}, sex: {header_row: 1, codes: {zus.: _T}}}
        """,
        "B3 10 2024-12-31 M _T 6, B6 10 2024-12-31 F _T 4, C6 10 2024-12-31 _T _T 10",
    ),
    Construct(
        "sheets that stand for a Land, laid out differently",
        """
        [Saarland]
        Geschlecht | 2024
        männlich   | 6
        [Hessen]
        Jahr       | weiblich
        2024       | 4
        """,
        """
        file: {format: workbook}
        parts:
          - file: {sheet: Saarland}
            table: {header: {find: Geschlecht}}
            dimensions: {area: {sheet: true}, sex: {column: A}, period: {header_row: 1}}
          - file: {sheet: Hessen}
            table: {header: {find: Jahr}}
            dimensions: {area: {sheet: true}, sex: {header_row: 1}, period: {column: A}}
        """,
        "B2 10 2024-12-31 M _T 6, B2 06 2024-12-31 F _T 4",
    ),
    Construct(
        "a sheet that stands for a year and a sex",
        """
        [2023 männlich]
        Gebiet   | Anzahl
        Saarland | 6
        """,
        r"""
        file: {format: workbook}
        table: {header: {find: Gebiet}}
        dimensions:
          area: {column: A}
          period: {sheet: true, pattern: '(?P<key>\d{4}) .+'}
          sex: {sheet: true, pattern: '\d{4} (?P<key>.+)'}
        columns: [{headings: [Anzahl]}]
        """,
        "B2 10 2023-12-31 M _T 6",
    ),
    Construct(
        "two Länder in one workbook: the sheets of the one are read",
        """
        [Berlin]
        Jahr | insgesamt
        2024 | 10
        [Brandenburg]
        Jahr | insgesamt
        2024 | 20
        """,
        """
        file: {format: workbook, sheet: Berlin}
        table: {header: {find: Jahr}}
        dimensions: {area: {sheet: true}, period: {column: A}, sex: {header_row: 1}}
        """,
        "B2 11 2024-12-31 _T _T 10",
    ),
    Construct(
        "two parts under one header: a name stands for two areas",
        """
        Gebiet      | Anzahl
        Kassel      | 4
        Landkreise: |
        Kassel      | 6
        Fulda       | 3
        Hessen      | 13
        """,
        """
        columns: [{headings: [Anzahl]}]
        table: {header: {find: Gebiet}}
        parts:
          - table: {end: ["Landkreise:"]}
            dimensions: {area: {column: A, codes: {Kassel: "06611"}}}
          - table: {begin: ["Landkreise:"]}
            dimensions: {area: {column: A, codes: {Kassel: "06633"}}}
            rows_not_data: [{column: A, pattern: "Landkreise:", reason: Zwischenzeile}]
        """,
        "B2 06611 2024-12-31 _T _T 4, B4 06633 2024-12-31 _T _T 6, B5 06631 2024-12-31 _T _T 3, "
        "B6 06 2024-12-31 _T _T 13",
    ),
    Construct(
        "a quality column beside each column of figures",
        """
        Gebiet   | männlich | q | weiblich | q
        Saarland | 6        | e | 4        | p
        """,
        """
        table: {header: {find: Gebiet}}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        status: {heading: q, beside: true, words: {e: final, p: provisional}}
        """,
        "B2 10 2024-12-31 M _T 6, D2 10 2024-12-31 F _T 4 P",
    ),
    Construct(
        "colours of the characters say the status",
        """
        [Tabelle]
        Gebiet   | männlich           | weiblich
        Saarland | 6                  | 4 {Schrift FF0000}
        Hessen   | 8 {Schrift 000000} | 9
        """,
        """
        file: {format: workbook}
        table: {header: {find: Gebiet}}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        status: {shown_by: font_colour, words: {FF0000: provisional}}
        """,
        "B2 10 2024-12-31 M _T 6, C2 10 2024-12-31 F _T 4 P, B3 06 2024-12-31 M _T 8, C3 06 2024-12-31 F _T 9",
    ),
    Construct(
        "colours of the background say the status, also of a blank cell",
        """
        [Tabelle]
        Gebiet   | männlich               | weiblich
        Saarland | 6                      | 4 {Hintergrund FFFF00}
        Hessen   | {Hintergrund C0C0C0}   | 9
        """,
        """
        file: {format: workbook}
        table: {header: {find: Gebiet}}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        status: {shown_by: fill_colour, words: {FFFF00: provisional, C0C0C0: not_reliable}}
        """,
        "B2 10 2024-12-31 M _T 6, C2 10 2024-12-31 F _T 4 P, B3 06 2024-12-31 M _T – U, C3 06 2024-12-31 F _T 9",
    ),
    Construct(
        "comments say the status",
        """
        [Tabelle]
        Gebiet   | männlich | weiblich
        Saarland | 6        | 4 {Kommentar: Wert ist vorläufig, Meldung vom 3. Mai}
        Hessen   | 8        | 9 {Kommentar: mit Amt besprochen}
        """,
        """
        file: {format: workbook}
        table: {header: {find: Gebiet}}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        status: {shown_by: comment, pattern: vorläufig|geheim, words: {vorläufig: provisional, geheim: secret}}
        """,
        "B2 10 2024-12-31 M _T 6, C2 10 2024-12-31 F _T 4 P, B3 06 2024-12-31 M _T 8, C3 06 2024-12-31 F _T 9",
    ),
    Construct(
        "marks of footnotes at figures",
        """
        Gebiet   | männlich | weiblich
        Saarland | 1.006 1) | 4**
        1) mit Homburg |
        ** geschätzt   |
        """,
        r"""
        table: {header: {find: Gebiet}, end: ["1)"]}
        footnotes: {mark: '\d\)|\*+', on_figures: true}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        """,
        "B2 10 2024-12-31 M _T 1006, C2 10 2024-12-31 F _T 4",
    ),
    Construct(
        "a label column before each column of figures",
        """
        Gebiet   | insgesamt | Platz 1 | Anzahl 1 | Platz 2 | Anzahl 2
        Saarland | 10        | Syrien  | 6        | Italien | 3
        Hessen   | 20        | Türkei  | 9        |         |
        """,
        r"""
        table: {header: {find: Gebiet}}
        dimensions: {area: {column: A}, nationality: {beside: 'Platz \d', codes: {insgesamt: _T}}}
        columns: [{headings: [insgesamt]}, {headings: [Anzahl 1]}, {headings: [Anzahl 2]}]
        """,
        "B2 10 2024-12-31 _T _T 10, D2 10 2024-12-31 _T 475 6, F2 10 2024-12-31 _T 137 3, "
        "B3 06 2024-12-31 _T _T 20, D3 06 2024-12-31 _T 163 9",
    ),
    Construct(
        "quality columns without a heading",
        """
        Gebiet   | männlich |   | weiblich |
        Saarland | 6        | e | 4        | p
        """,
        """
        table: {header: {find: Gebiet}}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        status: {beside: true, words: {e: final, p: provisional}}
        """,
        "B2 10 2024-12-31 M _T 6, D2 10 2024-12-31 F _T 4 P",
    ),
    Construct(
        "values as classes in text",
        """
        Gebiet   | insgesamt
        Saarland | 100 bis unter 200
        Hessen   | 20
        """,
        r"""
        table: {header: {find: Gebiet}}
        dimensions: {area: {column: A}, sex: {header_row: 1}}
        numbers: {classes: {pattern: '(?P<from>[\d.]+) bis unter (?P<to>[\d.]+)', take: middle}}
        """,
        "B2 10 2024-12-31 _T _T 150 E, B3 06 2024-12-31 _T _T 20",
    ),
    Construct(
        "sum rows are checked and not counted",
        """
        Schlüssel | insgesamt
        10041     | 4
        10042     | 6
        Summe     | 10
        """,
        """
        table: {header: {find: Schlüssel}}
        dimensions: {area: {column: A, scheme: key}, sex: {header_row: 1}}
        rows_not_data: [{column: A, pattern: Summe, reason: Summe der Kreise, sum_of: above}]
        """,
        "B2 10041 2024-12-31 _T _T 4, B3 10042 2024-12-31 _T _T 6",
    ),
    Construct(
        "sum rows above their parts, found by heading",
        """
        Nr. | Schlüssel | insgesamt
        1   |           | 10
        2   | 10041     | 4
        3   | 10042     | 6
        """,
        """
        table: {header: {find: Schlüssel}}
        dimensions: {area: {heading: Schlüssel, scheme: key}, sex: {header_row: 1}}
        columns: [{headings: [insgesamt]}, {headings: [Nr.], not_data: Laufende Nummer}]
        rows_not_data: [{heading: Nr., pattern: "1", reason: Summe der Kreise, sum_of: below}]
        """,
        "C3 10041 2024-12-31 _T _T 4, C4 10042 2024-12-31 _T _T 6",
    ),
    Construct(
        "cells of another source in the same column",
        """
        Quelle | Gebiet   | insgesamt | Quote
        AZR    | Saarland | 10        | -
        BEV    | Saarland | -         | 16,2
        """,
        """
        table: {header: {find: Quelle}}
        dimensions: {area: {column: B}, sex: {header_row: 1}}
        columns:
          - {headings: [insgesamt]}
          - {headings: [Quote], not_data: Quoten werden berechnet.}
          - {headings: [Quelle], not_data: Name der Statistik}
        cells_not_data:
          - {headings: [insgesamt], column: A, pattern: BEV, reason: Nicht in dieser Statistik.}
        """,
        "C2 10 2024-12-31 _T _T 10",
    ),
]


def _read(construct: Construct, project: Project, folder: Path) -> Checked:
    drawing = "\n".join(line.strip() for line in construct.drawing.strip("\n").splitlines()).strip()
    declared = merged(BASE, yaml.safe_load(construct.profile))
    profile = build(Profile, declared, Path("probe.yaml"))
    return read_in_file(write_drawing(drawing, folder), project_with(project, profile), profile)


def _figures(checked: Checked) -> list[str]:
    found = []
    for row in checked.observations.to_pylist():
        cell = f"{row['column']}{row['row']}"
        status = "" if row["obs_status"] == "A" else f" {row['obs_status']}"
        value = "–" if row["value"] is None else f"{row['value']:g}"
        found.append(f"{cell} {row['area']} {row['period']} {row['sex']} {row['nationality']} {value}{status}")
    return sorted(found)


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda one: one.name)
def test_construct(construct: Construct, project: Project, tmp_path: Path) -> None:
    checked = _read(construct, project, tmp_path)
    assert [one.message.en for one in checked.result.findings] == []
    assert _figures(checked) == sorted(construct.figures.split(", "))
    assert_complete(checked)


class Fault(NamedTuple):
    name: str
    construct: str
    old: str
    new: str
    found: list[tuple[str, str]]


FAULTS = [
    Fault("the header is not there", "row of column numbers", "Gebiet  ", "Region  ", [("IM-STR-003", "")]),
    Fault(
        "no title of ours",
        "several tables in one sheet, one of them ours",
        "Tabelle 2",
        "Tabelle 3",
        [("IM-STR-003", "")],
    ),
    Fault(
        "a part that is not there",
        "several tables in one sheet, each a part",
        "Land     |",
        "Region   |",
        [("IM-STR-009", "B6")],
    ),
    Fault(
        "the row with which a part begins is not there",
        "two parts under one header: a name stands for two areas",
        "Landkreise:",
        "Kreise:",
        [("IM-STR-003", "")],
    ),
    Fault(
        "a label that no level explains",
        "three levels: a middle label is repeated until a row of the first level",
        "– Türkei        | 5\n",
        "– – – Türkei        | 5\n",
        [("IM-COD-001", "A3")],
    ),
    Fault(
        "another unit",
        "unit row with several units",
        "| 1000 ",
        "| Prozent ",
        [("IM-COD-006", "B2")],
    ),
    Fault(
        "a unit that nobody knows",
        "unit in a column of its own",
        "in 1 000",
        "Dutzend",
        [("IM-COD-006", "B3")],
    ),
    Fault(
        "a status word in a quality column",
        "a quality column beside each column of figures",
        "| p",
        "| z",
        [("IM-STA-003", "D2")],
    ),
    Fault(
        "a colour that is not agreed",
        "colours of the characters say the status",
        "{Schrift 000000}",
        "{Schrift 00B050}",
        [("IM-STA-003", "B3")],
    ),
    Fault(
        "a number behind a comment of secrecy",
        "comments say the status",
        "mit Amt besprochen",
        "geheim, Auskunft verweigert",
        [("IM-STA-002", "C3")],
    ),
    Fault(
        "a mark at a figure without a note",
        "marks of footnotes at figures",
        "** geschätzt",
        "geschätzt",
        [("IM-STR-010", "")],
    ),
    Fault(
        "a label beside the figure that nobody knows",
        "a label column before each column of figures",
        "Italien",
        "Utopia",
        [("IM-COD-001", "E2")],
    ),
    Fault(
        "no label column beside the figures",
        "a label column before each column of figures",
        "Platz",
        "Rang",
        [("IM-STR-003", "C1"), ("IM-STR-003", "E1")],
    ),
    Fault(
        "the twin differs",
        "two identical headings with the same figures",
        "6        | 10",
        "6        | 11",
        [("IM-STR-011", "D2")],
    ),
    Fault(
        "the sum differs",
        "sum rows are checked and not counted",
        "Summe     | 10",
        "Summe     | 11",
        [("IM-AGG-007", "B4")],
    ),
    Fault(
        "the sum below differs",
        "sum rows above their parts, found by heading",
        "| 10\n",
        "| 11\n",
        [("IM-AGG-007", "C2")],
    ),
    Fault(
        "a mark without a note",
        "marks of footnotes at labels, years and headings",
        "1) vorläufig",
        "vorläufig",
        [("IM-STR-010", "")],
    ),
    Fault(
        "figures slipped into a heading",
        "words that head the rows below them",
        "nachrichtlich: |",
        "nachrichtlich: | 20",
        [("IM-COD-001", "A3")],
    ),
    Fault(
        "the header stands again",
        "row of column numbers",
        "        Saarland | 10        | 6\n",
        "        Saarland | 10        | 6\n        Gebiet   | insgesamt | männlich\n",
        [("IM-STR-008", "A1"), ("IM-STR-008", "A4")],
    ),
    Fault(
        "figures below the end",
        "a blank row ends the table",
        "Anmerkung ohne Zeichen |",
        "Hessen   | 20",
        [("IM-STR-009", "B4")],
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_what_does_not_fit_is_named(fault: Fault, project: Project, tmp_path: Path) -> None:
    construct = next(one for one in CONSTRUCTS if one.name == fault.construct)
    assert fault.old in construct.drawing
    checked = _read(construct._replace(drawing=construct.drawing.replace(fault.old, fault.new)), project, tmp_path)
    places = [(one.rule, place.cell) for one in checked.result.findings for place in one.places]
    assert places == fault.found
    assert_complete(checked)


def test_heading_twice_is_named(project: Project, tmp_path: Path) -> None:
    construct = next(one for one in CONSTRUCTS if one.name.startswith("unit in a column"))
    drawing = construct.drawing.replace("Gebiet   | Einheit     | Wert", "Gebiet   | Einheit | Einheit")
    checked = _read(construct._replace(drawing=drawing), project, tmp_path)
    assert "IM-STR-008" in rules_found(checked.result)
    twice = next(one for one in checked.result.findings if one.rule == "IM-STR-008")
    assert [place.cell for place in twice.places] == ["B1", "C1"]


def test_labels_of_parts_are_looked_up_by_their_part(project: Project, tmp_path: Path) -> None:
    construct = next(one for one in CONSTRUCTS if one.name == "several tables in one sheet, each a part")
    drawing = construct.drawing.replace("10       | 4 ", "09       | 4 ")
    checked = _read(construct._replace(drawing=drawing), project, tmp_path)
    assert by_cell(checked.observations)["B6"]["area"] == "09"
