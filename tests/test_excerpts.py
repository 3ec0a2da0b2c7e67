"""The table around a cell: what is shown, marked, and never shown."""

from __future__ import annotations

from conftest import Checker

from einklang.check import Checked
from einklang.evidence import Excerpt
from einklang.excerpts import IN_ALL, PER_RULE

SECRET = "48711"
PRIVATE = "Frau Meier 0511 12345"


def excerpt_of(checked: Checked, rule: str) -> Excerpt:
    found = next(one.excerpt for one in checked.result.findings if one.rule == rule)
    assert found is not None
    return found


def texts(excerpt: Excerpt) -> list[str]:
    """The rows as read: `>` before a marked cell, `#` for a hidden one."""
    return [
        f"{row.row} "
        + "|".join(f"{'>' if one.is_marked else ''}{'#' if one.is_hidden else one.text}" for one in row.cells)
        for row in excerpt.rows
    ]


def test_headings_and_two_rows_on_either_side_are_shown(checker: Checker) -> None:
    rows = [f"31.12.20{year};08;{year}" for year in range(10, 20)]
    rows[5] = "31.12.2015;08;12,,5"
    excerpt = excerpt_of(checker.rows(*rows), "IM-VAL-001")
    assert (excerpt.file, excerpt.sheet, excerpt.columns) == ("lieferung.csv", "", ["A", "B", "C"])
    assert texts(excerpt) == [
        "1 Zeit|Schlüssel|insgesamt",
        "5 31.12.2013|08|13",
        "6 31.12.2014|08|14",
        "7 31.12.2015|08|>12,,5",
        "8 31.12.2016|08|16",
        "9 31.12.2017|08|17",
    ]
    assert [row.is_heading for row in excerpt.rows] == [True, False, False, False, False, False]


def test_all_places_within_the_excerpt_are_marked(checker: Checker) -> None:
    excerpt = excerpt_of(checker.rows("31.12.2014;08;1", "31.12.2015;08;x1", "31.12.2016;08;x2"), "IM-VAL-001")
    assert texts(excerpt)[1:] == ["2 31.12.2014|08|1", "3 31.12.2015|08|>x1", "4 31.12.2016|08|>x2"]


def test_a_label_is_marked_with_the_first_figures_beside_it(checker: Checker) -> None:
    excerpt = excerpt_of(checker.rows("31.12.2014;99;1", "31.12.2015;08;2"), "IM-COD-001")
    assert texts(excerpt)[1:] == ["2 31.12.2014|>99|1", "3 31.12.2015|08|2"]


def test_a_label_beside_its_figure_is_shown_with_the_figures_around_it(checker: Checker) -> None:
    places = range(1, 8)
    head = ";".join(["Zeit", "Schlüssel", "insgesamt", *(f"Platz {place};Zahl {place}" for place in places)])
    row = ";".join(["31.12.2024", "08", "999", *(f"{'QQ' if place == 5 else 'Türkei'};{place}" for place in places)])
    checked = checker(
        f"{head}\n{row}\n",
        dimensions={
            "period": {"heading": "Zeit"},
            "area": {"heading": "Schlüssel", "scheme": "key"},
            "nationality": {"beside": r"Platz \d", "codes": {"insgesamt": "_T"}},
            "measure": {"constant": "foreigners"},
        },
        columns=[{"headings": ["insgesamt"]}, *({"headings": [f"Zahl {place}"]} for place in places)],
    )
    excerpt = excerpt_of(checked, "IM-COD-001")
    assert texts(excerpt)[1] == "2 31.12.2024|08|Türkei|3|Türkei|4|>QQ|5|Türkei|6|Türkei|7"


def test_a_secret_figure_is_never_shown(checker: Checker) -> None:
    checked = checker.rows(f"31.12.2014;08;{SECRET} .", "31.12.2015;08;12,,5", f"31.12.2016;08;{SECRET} .")
    assert SECRET not in checked.result.model_dump_json()
    assert texts(excerpt_of(checked, "IM-VAL-001"))[1:] == [
        "2 31.12.2014|08|#",
        "3 31.12.2015|08|>12,,5",
        "4 31.12.2016|08|#",
    ]
    assert texts(excerpt_of(checked, "IM-STA-002"))[1] == "2 31.12.2014|08|>#"


def test_a_figure_of_a_row_that_is_no_data_is_not_shown(checker: Checker) -> None:
    checked = checker.rows(
        "31.12.2014;08;12,,5",
        f"31.12.2014;Summe;{SECRET}",
        rows_not_data=[{"column": "B", "pattern": "Summe", "reason": "Zwischensummen"}],
    )
    assert texts(excerpt_of(checked, "IM-VAL-001"))[2] == "3 31.12.2014|Summe|#"


def test_a_column_that_is_left_out_is_never_shown(checker: Checker) -> None:
    checked = checker.rows(
        f"31.12.2014;08;12,,5;{PRIVATE}",
        heading="Zeit;Schlüssel;insgesamt;Bearbeitung",
        columns=[
            {"headings": ["insgesamt"], "codes": {"sex": "_T"}},
            {"headings": ["Bearbeitung"], "not_data": "Wer die Zeile bearbeitet hat"},
        ],
        dimensions={"sex": None},
    )
    assert "Meier" not in checked.result.model_dump_json()
    assert excerpt_of(checked, "IM-VAL-001").columns == ["A", "B", "C"]


def test_only_the_first_findings_of_a_rule_have_an_excerpt(checker: Checker) -> None:
    checked = checker.rows(*[f"31.12.2014;Ort{number};1" for number in range(IN_ALL)])
    given = [one.excerpt is not None for one in checked.result.findings if one.rule == "IM-COD-001"]
    assert len(given) == IN_ALL
    assert sum(given) == PER_RULE
    assert all(given[:PER_RULE])


def test_a_finding_about_a_whole_file_has_none(checker: Checker) -> None:
    checked = checker("<html><body>Anmeldung</body></html>")
    assert [one.excerpt for one in checked.result.findings] == [None]


def test_a_heading_that_does_not_fit_is_named_and_marked(checker: Checker) -> None:
    columns = [
        {"headings": ["Arbeitslose", "alle"], "codes": {"sex": "_T"}},
        {"headings": ["Arbeitslose", "männlich"], "codes": {"sex": "M"}},
    ]
    checked = checker.rows(
        ";;alle;männlich",
        "31.12.2014;08;12;7",
        heading="Zeit;Schlüssel;Arbeitslose;Ohne Arbeit",
        table={"header": {"find": "Zeit", "rows": 2}},
        columns=columns,
        dimensions={"sex": None},
    )
    [found] = checked.result.findings
    assert (found.rule, [place.cell for place in found.places]) == ("IM-STR-003", ["D1"])
    assert "„Arbeitslose: männlich“" in found.message.de
    assert texts(excerpt_of(checked, "IM-STR-003")) == [
        "1 Zeit|Schlüssel|Arbeitslose|>Ohne Arbeit",
        "2 ||alle|männlich",
    ]
    assert checked.result.stopped_in == "structure"


def test_a_bare_number_among_headings_that_do_not_fit_is_not_shown(checker: Checker) -> None:
    checked = checker.rows(
        "31.12.2014;08;1",
        heading=f"Zeit;Schlüssel;{SECRET}",
        columns=[{"headings": ["insgesamt"], "codes": {"sex": "_T"}}],
        dimensions={"sex": None},
    )
    assert texts(excerpt_of(checked, "IM-STR-003")) == ["1 Zeit|Schlüssel|>#"]
