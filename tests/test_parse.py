"""Cells: numbers in every agreed style, signs of every convention, status words; each with value and statuses."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
from builders import everything, rules_found, workbook
from conftest import Checker

from einklang.declarations.profile import Numbers
from einklang.parse import read_numbers
from einklang.project import Project

NUMBERED: dict[str, Any] = {
    "dimensions": {"area": {"constant": "04"}, "nationality": {"heading": "Nat", "scheme": "key"}}
}
STATES = (
    "121",
    "122",
    "125",
    "130",
    "134",
    "137",
    "144",
    "150",
    "151",
    "152",
    "153",
    "154",
    "155",
    "160",
    "163",
    "166",
)


class Said(NamedTuple):
    """What became of a cell: value, SDMX statuses, and the rule that quarantined it."""

    value: float | None
    obs_status: str
    conf_status: str
    rule: str = ""


def read_cells(checker: Checker, *texts: str, **changes: Any) -> list[Said]:
    """The cells of one column, in order."""
    rows = [f"31.12.2024;{state};{text}" for state, text in zip(STATES, texts, strict=False)]
    assert len(rows) == len(texts)
    checked = checker.rows(*rows, heading="Zeit;Nat;insgesamt", **{**NUMBERED, **changes})
    found = everything(checked)
    assert len(found) == len(texts)
    return [
        Said(cell["value"], cell["obs_status"], cell["conf_status"], cell.get("rules", ""))
        for cell in (found[f"C{number}"] for number in range(2, len(texts) + 2))
    ]


SAID = {
    "din55301": {
        "-": Said(0, "A", "F"),
        "–": Said(0, "A", "F"),
        "−": Said(0, "A", "F"),
        "0": Said(0, "N", "F"),
        ".": Said(None, "Q", "C"),
        "·": Said(None, "Q", "C"),
        "...": Said(None, "L", "F"),
        "…": Said(None, "L", "F"),
        "/": Said(None, "U", "F"),
        "x": Said(None, "M", "F"),
        "X": Said(None, "M", "F"),
        "(12)": Said(12, "U", "F"),
        "( 1.234 )": Said(1234, "U", "F"),
    },
    "berlin_brandenburg": {
        "-": Said(0, "A", "F"),
        "0": Said(0, "N", "F"),
        "0,0": Said(0, "N", "F"),
        "•": Said(None, "Q", "C"),
        "…": Said(None, "L", "F"),
        "x": Said(None, "M", "F"),
        ".": Said(None, "A", "F", "IM-STA-003"),
        "/": Said(None, "A", "F", "IM-STA-003"),
        "(12)": Said(None, "A", "F", "IM-VAL-001"),
    },
    "lsn": {
        "0": Said(0, "A", "C"),
        "k": Said(0, "N", "F"),
        "g": Said(None, "Q", "C"),
        "u": Said(None, "U", "F"),
        "t": Said(None, "L", "F"),
        "x": Said(None, "M", "F"),
        "-": Said(None, "A", "F", "IM-STA-003"),
    },
    "ba": {
        "*": Said(None, "Q", "A"),
        "0": Said(0, "A", "F"),
        "-": Said(None, "A", "F", "IM-STA-003"),
        ".": Said(None, "A", "F", "IM-STA-003"),
    },
    "brackets_old": {
        "[n]": Said(0, "A", "F"),
        "[0]": Said(0, "N", "F"),
        "[g]": Said(None, "Q", "C"),
        "[u]": Said(None, "U", "F"),
        "[x]": Said(None, "M", "F"),
        "0": Said(0, "A", "F"),
    },
}


@pytest.mark.parametrize("convention", SAID)
def test_signs_of_a_convention(convention: str, checker: Checker) -> None:
    expected = SAID[convention]
    assert read_cells(checker, *expected, signs={"convention": convention}) == list(expected.values())


def test_every_convention_is_tested(project: Project) -> None:
    assert set(SAID) == set(project.signs.conventions)


def test_every_sign_says_its_meaning(project: Project, checker: Checker) -> None:
    for convention, signs in project.signs.conventions.items():
        texts = [sign for sign in signs if sign != "()"]
        cells = read_cells(checker, *texts, signs={"convention": convention})
        for sign, cell in zip(texts, cells, strict=True):
            meaning = project.signs.meanings[signs[sign]]
            value = 0 if meaning.value == "0" else None
            assert cell == Said(value, meaning.obs_status, meaning.conf_status), (convention, sign)


def test_an_office_may_depart_from_its_convention(checker: Checker) -> None:
    changed = {"convention": "din55301", "changes": {"-": "rounded_to_zero", "*": "secret", "r": "revised"}}
    assert read_cells(checker, "-", "*", "7r", "8 r", "/", signs=changed) == [
        Said(0, "N", "F"),
        Said(None, "Q", "C"),
        Said(7, "A", "F"),
        Said(8, "A", "F"),
        Said(None, "U", "F"),
    ]


def test_a_mark_beside_a_number(checker: Checker) -> None:
    signs = {"convention": "din55301", "changes": {"p": "provisional", "s": "estimated", "*": "secret"}}
    assert read_cells(
        checker,
        "12p",
        "1.234 s",
        "12*",
        "12 .",
        "12/",
        "12 x",
        "12-",
        "12?",
        "1,2,3*",
        "12…",
        "12 * %",
        "12* ‰",
        signs=signs,
    ) == [
        Said(12, "P", "F"),
        Said(1234, "E", "F"),
        Said(None, "Q", "C", "IM-STA-002"),
        Said(None, "Q", "C", "IM-STA-002"),
        Said(None, "Q", "C", "IM-STA-002"),
        Said(None, "Q", "C", "IM-STA-002"),
        Said(None, "A", "F", "IM-VAL-001"),
        Said(None, "A", "F", "IM-VAL-001"),
        Said(None, "Q", "C", "IM-STA-002"),
        Said(None, "A", "F", "IM-STA-004"),
        Said(None, "Q", "C", "IM-STA-002"),
        Said(None, "Q", "C", "IM-STA-002"),
    ]


def test_blank_cells(checker: Checker) -> None:
    blank = Said(None, "O", "F", "IM-STA-001")
    assert read_cells(checker, "1", "", " ", "\u00a0", "\u200b") == [Said(1, "A", "F"), blank, blank, blank, blank]


def test_findings_of_one_column_are_grouped_by_cause(checker: Checker) -> None:
    rows = [f"31.12.2024;{state};{text}" for state, text in zip(STATES, ["", "?", "#", "", "1,2,3"], strict=False)]
    result = checker.rows(*rows, heading="Zeit;Nat;insgesamt", **NUMBERED).result
    assert [(one.rule, one.count) for one in result.findings] == [
        ("IM-STA-001", 2),
        ("IM-STA-003", 2),
        ("IM-VAL-001", 1),
    ]
    assert "„-“" in result.findings[0].remedy.de
    assert "1.234,5" in result.findings[2].remedy.de


GERMAN = Numbers(decimal=",", thousands=".")
ENGLISH = Numbers(decimal=".", thousands=",")
BLANKS = Numbers(decimal=",", thousands=" ")
SWISS = Numbers(decimal=".", thousands="'")
PLAIN = Numbers(decimal=",", thousands="")


@pytest.mark.parametrize(
    ("text", "numbers", "value"),
    [
        ("1234", GERMAN, 1234),
        ("1.234", GERMAN, 1234),
        ("1.234.567,25", GERMAN, 1234567.25),
        ("-12,5", GERMAN, -12.5),
        ("−12,5", GERMAN, -12.5),
        ("+3", GERMAN, 3),
        ("- 3", GERMAN, -3),
        ("007", GERMAN, 7),
        ("1,234", ENGLISH, 1234),
        ("1.234", ENGLISH, 1.234),
        ("12,345.6", ENGLISH, 12345.6),
        ("1 234", BLANKS, 1234),
        ("1\u202f234,5", BLANKS, 1234.5),
        ("1\u00a0234\u2009567", BLANKS, 1234567),
        ("1'234.5", SWISS, 1234.5),
        ("1234,5", PLAIN, 1234.5),
        ("12.34", GERMAN, None),
        ("1.2345", GERMAN, None),
        ("1234.567", GERMAN, None),
        ("1.234,", GERMAN, None),
        (",5", GERMAN, None),
        ("1,2,3", GERMAN, None),
        ("1,234,5", ENGLISH, None),
        ("1.234", PLAIN, None),
        ("1 234", PLAIN, None),
        ("1 23", BLANKS, None),
        ("--1", GERMAN, None),
        ("1-", GERMAN, None),
        ("1e3", GERMAN, None),
        ("", GERMAN, None),
        ("nan", ENGLISH, None),
        ("Infinity", ENGLISH, None),
        ("٣", GERMAN, None),
    ],
)
def test_number(text: str, numbers: Numbers, value: float | None) -> None:
    [found] = read_numbers(pa.array([text]), numbers).tolist()
    assert found == value or (value is None and math.isnan(found))


STATUS = {
    "signs": {"convention": "berlin_brandenburg"},
    "status": {"heading": "Status", "words": {"p": "provisional", "geheim": "secret", "nichts": "nil", "e": "final"}},
    "table": {"values_from": "C"},
}


@pytest.mark.parametrize(
    ("text", "word", "said"),
    [
        ("5", "", Said(5, "A", "F")),
        ("5", "e", Said(5, "A", "F")),
        ("5", "P", Said(5, "P", "F")),
        ("", "geheim", Said(None, "Q", "C")),
        ("5", "Geheim", Said(None, "Q", "C", "IM-STA-002")),
        ("5,5,5", "geheim", Said(None, "Q", "C", "IM-STA-002")),
        ("", "nichts", Said(0, "A", "F")),
        ("0", "nichts", Said(0, "A", "F")),
        ("5", "nichts", Said(None, "A", "F", "IM-STA-004")),
        ("x", "nichts", Said(None, "M", "F")),
        ("", "p", Said(None, "O", "F", "IM-STA-001")),
        ("", "", Said(None, "O", "F", "IM-STA-001")),
        ("•", "p", Said(None, "Q", "C")),
    ],
)
def test_status_word(text: str, word: str, said: Said, checker: Checker) -> None:
    heading = "Zeit;Nat;insgesamt;Status"
    checked = checker.rows(f"31.12.2024;121;{text};{word}", heading=heading, **NUMBERED, **STATUS)
    cell = everything(checked)["C2"]
    assert Said(cell["value"], cell["obs_status"], cell["conf_status"], cell.get("rules", "")) == said


def test_unknown_status_word_is_shown(checker: Checker) -> None:
    checked = checker.rows("31.12.2024;121;5;vorl", heading="Zeit;Nat;insgesamt;Status", **NUMBERED, **STATUS)
    assert rules_found(checked.result) == ["IM-STA-003"]
    assert "„vorl“" in checked.result.findings[0].message.de
    assert checked.observations.num_rows == 0


def test_numbers_of_a_workbook_keep_their_digits(checker: Checker) -> None:
    rows: list[tuple[object, ...]] = [
        ("Zeit", "Nat", "insgesamt"),
        ("31.12.2024", "121", 1234567),
        ("31.12.2024", "122", 5.0),
    ]
    content = workbook({"T": rows})
    checked = checker(content, name="t.xlsx", file={"format": "workbook"}, **NUMBERED)
    assert [cell["value_text"] for cell in everything(checked).values()] == ["1234567", "5"]
    assert checked.observations.column("value").to_pylist() == [1234567, 5]


def test_a_negative_zero_is_zero() -> None:
    values = read_numbers(pa.array(["-0", "\u22120,0", "0"]), Numbers(decimal=","))
    assert [math.copysign(1, value) for value in values] == [1, 1, 1]


def test_a_soft_hyphen_before_a_number_is_a_minus(checker: Checker) -> None:
    (found,) = checker.rows("31.12.2024;04;\u00ad5").result.findings
    assert (found.rule, found.message.de[:2]) == ("IM-VAL-003", "−5")


@pytest.mark.parametrize("cell", ["1231)", "12312)"])
def test_a_mark_glued_to_a_number_is_not_guessed(cell: str, checker: Checker) -> None:
    marks = {"mark": r"\d\)|\d\d\)", "on_figures": True}
    checked = checker.rows(
        f"31.12.2024;04;{cell}", "31.12.2024;04011;7 1)", "1) x", footnotes=marks, table={"end": ["1)"]}
    )
    assert rules_found(checked.result) == ["IM-VAL-001"]
    assert everything(checked)["C3"]["value"] == 7


@pytest.mark.parametrize("key", ["1¹", "1²"])
def test_a_raised_digit_is_no_digit_of_a_key(key: str, checker: Checker) -> None:
    place = {"area": {"heading": "Schlüssel", "scheme": "azr"}}
    assert rules_found(checker.rows(f"31.12.2024;{key};5", dimensions=place).result) == ["IM-COD-001"]
