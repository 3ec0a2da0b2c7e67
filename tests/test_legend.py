"""What a file says of its signs: every way legends are written, and what does not contradict the agreement."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import profile, project_with, read_in_file

from einklang.project import Project

HEAD = "Zeit;Schlüssel;insgesamt;männlich;weiblich\n"
FIGURES = "31.12.2023;04;{};83160;75845\n"


def _asked(legend: str, sign: str, project: Project, folder: Path, above: str = "") -> list[tuple[str, str]]:
    """Sign and cell of every question."""
    path = folder / "probe.csv"
    path.write_text(above + HEAD + FIGURES.format(sign) + "Quelle: Probe\n" + legend, encoding="utf-8")
    one = profile()
    found = read_in_file(path, project_with(project, one), one).result.findings
    return [
        (f"{finding.message.de.split('„')[1].split('“')[0]}", place.cell)
        for finding in found
        for place in finding.places
        if finding.rule == "IM-STA-007"
    ]


@pytest.mark.parametrize(
    ("legend", "sign", "asked"),
    [
        ("- = geheim zu halten", "-", [("-", "A4")]),
        ("-: geheim zu halten", "-", [("-", "A4")]),
        ("- geheim zu halten\n. unbekannt", "-", [("-", "A4")]),
        (";-;geheim zu halten", "-", [("-", "B4")]),
        (";-;= geheim zu halten", "-", [("-", "B4")]),
        ('"x = nicht sinnvoll; - = geheim; . = unbekannt"', "-", [("-", "A4")]),
        ("- = geheim, . = unbekannt", "-", [("-", "A4")]),
        ('"Zeichen:\n- geheim\n. unbekannt"', "-", [("-", "A4")]),
        ("( ) = geheim", "(12)", [("()", "A4")]),
        ("() geheim\n. unbekannt", "(12)", [("()", "A4")]),
        ("- = exactly zero", "-", []),
        ("- = nichts vorhanden (genau null)", "-", []),
        (". = geheim", ".", []),
        ("x = Gebiet besteht nicht", "x", []),
        ("- = Männer und Frauen", "-", []),
        ("- Die Angaben sind vorläufig\n- Rundung auf null gesetzt", "-", []),
        ("-", "-", []),
        ("/ = geheim", "-", []),
    ],
)
def test_a_sign_is_asked_for_where_the_file_explains_it_otherwise(
    legend: str, sign: str, asked: list[tuple[str, str]], project: Project, tmp_path: Path
) -> None:
    assert _asked(legend, sign, project, tmp_path) == asked


def test_a_legend_above_the_table_counts(project: Project, tmp_path: Path) -> None:
    assert _asked("", "-", project, tmp_path, above="- = geheim\n") == [("-", "A1")]


def test_each_sign_is_asked_for_once(project: Project, tmp_path: Path) -> None:
    assert _asked("- = geheim\n- = geheim zu halten", "-", project, tmp_path) == [("-", "A4")]
