"""Change and block patterns: what is unusual, what has one cause, what is registered as legitimate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from builders import flatten, outcome, profile, project_with, reasons, rules_found, sending
from conftest import Checker

from einklang.check import Checked, check
from einklang.declarations.comparability import Break, KnownCase
from einklang.measures.votes import Limits, votes
from einklang.project import Project
from einklang.result import Outcome

LAENDER = [f"{number:02d}" for number in range(1, 17)]
CHANGES = ["IM-PAT-001", "IM-PAT-002", "IM-PAT-003", "IM-PAT-005", "IM-TIM-001"]


def table(years: Mapping[int, Mapping[str, float]]) -> list[str]:
    return [f"31.12.{year};{area};{value:.0f}" for year, figures in years.items() for area, value in figures.items()]


def growing(first: int, last: int, areas: Sequence[str] = LAENDER) -> dict[int, dict[str, float]]:
    """Figures that grow by two to three per cent a year."""
    return {
        year: {
            area: (1000 + 137 * number) * (1.02 + 0.001 * (number % 7)) ** (year - first)
            for number, area in enumerate(areas)
        }
        for year in range(first, last + 1)
    }


@pytest.mark.parametrize(
    ("factor", "found"),
    [
        (1.0, []),
        (1.1, []),
        (1.6, [("IM-TIM-001", "C22")]),
        (10.0, [("IM-PAT-005", "C22")]),
        (0.1, [("IM-PAT-005", "C22")]),
        (1000.0, [("IM-PAT-005", "C22")]),
    ],
)
def test_one_figure_changes(factor: float, found: list[tuple[str, str]], checker: Checker) -> None:
    years = growing(2023, 2024)
    years[2024]["05"] *= factor
    assert flatten(checker.rows(*table(years), rules=CHANGES).result) == found


def test_small_changes_are_immaterial(checker: Checker) -> None:
    years = {year: {area: 20.0 + (year == 2024 and area == "05") * 25 for area in LAENDER} for year in (2023, 2024)}
    assert rules_found(checker.rows(*table(years), rules=["IM-TIM-001"]).result) == []


@pytest.mark.parametrize(("before", "now"), [(0, 5000), (5000, 0)])
def test_from_and_to_nothing_is_a_change(before: int, now: int, checker: Checker) -> None:
    years = growing(2023, 2024)
    years[2023]["05"], years[2024]["05"] = before, now
    assert "C22" in {cell for _, cell in flatten(checker.rows(*table(years), rules=CHANGES).result)}


def test_the_way_back_from_a_jump_is_the_same_fault(checker: Checker) -> None:
    years = growing(2015, 2024)
    years[2020]["05"] *= 1.7
    assert flatten(checker.rows(*table(years), rules=CHANGES).result) == [("IM-TIM-001", "C86")]


def test_a_lasting_step_is_one_finding(checker: Checker) -> None:
    years = growing(2015, 2024)
    for year in range(2020, 2025):
        years[year]["05"] *= 1.7
    assert flatten(checker.rows(*table(years), rules=CHANGES).result) == [("IM-TIM-001", "C86")]


def test_a_finding_shows_the_last_years(checker: Checker) -> None:
    years = growing(2015, 2024)
    years[2024]["05"] *= 1.7
    [finding] = checker.rows(*table(years), rules=CHANGES).result.findings
    [series] = finding.series
    assert series.label.de == "05 Nordrhein-Westfalen"
    assert [point.period for point in series.points] == [f"{year}-12-31" for year in range(2015, 2025)]
    assert [point.is_judged for point in series.points] == [False] * 9 + [True]


@pytest.mark.parametrize(
    ("first", "area", "found"),
    [("2024", "", 0), ("2024", "05", 0), ("2024", "06", 1), ("2023", "", 1), ("2025", "", 1)],
)
def test_nothing_is_asked_across_a_break(first: str, area: str, found: int, checker: Checker) -> None:
    years = growing(2022, 2024)
    years[2024]["05"] *= 1.6
    line = Break(**reasons(dataset="auslaender", measure="", area=area), first_period=first)
    checked = checker.comparable(breaks=(line,)).rows(*table(years), rules=["IM-TIM-001"])
    assert rules_found(checked.result).count("IM-TIM-001") == found


def test_a_break_does_not_excuse_a_unit(checker: Checker) -> None:
    years = growing(2023, 2024)
    years[2024] = {area: value / 1000 for area, value in years[2024].items()}
    line = Break(**reasons(dataset="auslaender", measure="", area=""), first_period="2024")
    checked = checker.comparable(breaks=(line,)).rows(*table(years), rules=CHANGES)
    assert rules_found(checked.result) == ["IM-PAT-002"]


@pytest.mark.parametrize(("year", "found"), [("2023", 0), ("2021", 1)])
def test_a_known_case_excuses_the_way_there_and_back(year: str, found: int, checker: Checker) -> None:
    """A year without school leavers: both changes are expected."""
    years = growing(2020, 2024)
    years[2023]["05"] = 0
    years[2024]["05"] *= 1.6
    line = KnownCase(
        **reasons(dataset="auslaender", measure="", area="05", name="year_without_abitur"),
        first_period=year,
        last_period=year,
    )
    checked = checker.comparable(known_cases=(line,)).rows(*table(years), rules=["IM-TIM-001"])
    assert len(checked.result.findings) == found


@pytest.mark.parametrize(("years", "found"), [((2020, 2021), 0), ((2022, 2023), 1)])
def test_an_area_that_grew_is_not_compared(years: tuple[int, int], found: int, checker: Checker) -> None:
    """Eisenach became part of the Wartburgkreis on 1 July 2021."""
    kreise = [code.code for code in checker.project.codelists["kreise"].codes.values() if code.parent == "16"]
    kreise = [code for code in kreise if checker.project.codelists["kreise"].codes[code].valid_to is None]
    figures = growing(*years, areas=kreise)
    figures[years[1]]["16063"] *= 1.5
    assert len(checker.rows(*table(figures), rules=["IM-TIM-001"]).result.findings) == found


LIMITS = Limits(20, 0.5, 0.05, 6, 0.01, 7.5, 0.03, 5, 20, 0.03)


def test_votes_do_not_depend_on_the_order_of_figures() -> None:
    random = np.random.default_rng(5)
    before = random.integers(50, 5000, 60).astype(float)
    now = np.round(before * random.normal(1.02, 0.02, 60))
    now[7] *= 3
    group = np.zeros(60, dtype=np.int64)
    series = np.arange(60, dtype=np.int64)
    order = random.permutation(60)
    one = votes(now, before, group, group, series, LIMITS)
    other = votes(now[order], before[order], group, group, series[order], LIMITS)
    assert np.array_equal(one.count[order], other.count)
    assert np.flatnonzero(one.count > 1).tolist() == [7]


# -- blocks ---------------------------------------------------------------------------------------

BY_SEX = "Zeit;Schlüssel;insgesamt;männlich;weiblich"


def by_sex(years: Mapping[int, Mapping[str, float]], factor: float = 1.0, last: int = 2024) -> list[str]:
    """The figures with their sexes; in the last year the column of the women is multiplied."""
    return [
        f"31.12.{year};{area};{value:.0f};{value * 0.6:.0f};{value * 0.4 * (factor if year == last else 1):.0f}"
        for year, figures in years.items()
        for area, value in figures.items()
    ]


def test_one_column_in_another_unit(checker: Checker) -> None:
    checked = checker.rows(*by_sex(growing(2023, 2024), 0.001), heading=BY_SEX, rules=CHANGES)
    [finding] = checked.result.findings
    assert finding.rule == "IM-PAT-002"
    assert {place.column for place in finding.places} == {"E"}
    assert "Ausländische Bevölkerung (weiblich)" in finding.message.de
    assert "1/1000" in finding.message.de


@pytest.mark.parametrize("again", [2021, 2022])
def test_values_of_any_earlier_year(again: int, checker: Checker) -> None:
    years = growing(2021, 2023)
    years[2024] = dict(years[again])
    checked = checker.rows(*table(years), rules=["IM-PAT-003"])
    assert [finding.rule for finding in checked.result.findings] == ["IM-PAT-003"]
    assert f"für 2024 stimmen mit denen für {again}" in checked.result.findings[0].message.de


def shuffled(figures: Mapping[str, float], kind: str) -> dict[str, float]:
    values = list(figures.values())
    if kind == "sorted":
        values = sorted(values, reverse=True)
    elif kind == "shifted":
        values = [*values[-3:], *values[:-3]]
    return dict(zip(figures, values, strict=True))


@pytest.mark.parametrize(("kind", "found"), [("sorted", True), ("shifted", True), ("as is", False)])
@pytest.mark.parametrize("number", [8, 16])
def test_values_apart_from_their_keys(kind: str, found: bool, number: int, checker: Checker) -> None:
    years = growing(2023, 2024, areas=LAENDER[:number])
    years[2024] = shuffled(years[2024], kind)
    checked = checker.rows(*table(years), rules=CHANGES)
    assert rules_found(checked.result) == (["IM-PAT-001"] if found else [])


def test_seven_areas_are_too_few_for_an_order(checker: Checker) -> None:
    years = growing(2023, 2024, areas=LAENDER[:7])
    years[2024] = shuffled(years[2024], "sorted")
    assert outcome(checker.rows(*table(years), rules=CHANGES).result, "IM-PAT-001") is Outcome.NOT_EVALUABLE


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([340.0] * 8, "alle Werte sind gleich"),
        ([0.0] * 20, "alle Werte sind 0"),
        ([100.0 * number for number in range(1, 9)], "alle Werte sind Vielfache von 100"),
        ([0.0] * 8, None),
        ([340.0] * 7, None),
        ([*[100.0 * number for number in range(1, 9)], 105.0], None),
    ],
)
def test_uniform_values(values: list[float], said: str | None, checker: Checker) -> None:
    kreise = [code for code in checker.project.comparability.population if len(code) == 5]
    figures = dict(zip(kreise, values, strict=False))
    checked = checker.rows(*table({2024: figures}), rules=["IM-PAT-004"])
    messages = [finding.message.de for finding in checked.result.findings]
    assert len(messages) == (said is not None)
    assert said is None or said in messages[0]


def test_a_delivery_in_thousands_may_be_round(checker: Checker) -> None:
    figures = {2024: {area: float(number) for number, area in enumerate(LAENDER, 1)}}
    changes: dict[str, Any] = {"units": {"foreigners": "THOUSAND_PERSONS"}}
    assert rules_found(checker.rows(*table(figures), rules=["IM-PAT-004"], **changes).result) == []
    assert rules_found(checker.rows(*table(figures), rules=["IM-PAT-004"]).result) == []


@pytest.mark.parametrize(
    ("factor", "said", "likely"),
    [
        (1.0, None, None),
        (0.001, "0,15", "in der Einheit „Tausend Personen“"),
        (0.000001, "0,000171", "in der Einheit „Millionen Personen“"),
        (0.1, "15", "um den Faktor 10 zu klein"),
        (10.0, "1.500", "um den Faktor 10 zu groß"),
        (1000.0, "150.000", "um den Faktor 1.000 zu groß"),
    ],
)
def test_first_delivery_is_held_against_the_population(
    factor: float, said: str | None, likely: str | None, checker: Checker
) -> None:
    people = checker.project.comparability.population
    figures = {year: {area: people[area] * 0.15 * factor for area in LAENDER} for year in (2023, 2024)}
    messages = [one.message.de for one in checker.rows(*table(figures), rules=["IM-PAT-006"]).result.findings]
    assert len(messages) == (said is not None)
    assert said is None or ", 2023 – 2024: je 1.000" in messages[0]
    assert said is None or f"im Mittel der Gebiete {said};" in messages[0]
    assert likely is None or likely in messages[0]


def test_one_year_in_thousands(checker: Checker) -> None:
    people = checker.project.comparability.population
    figures = {
        year: {area: people[area] * 0.15 * factor for area in LAENDER} for year, factor in ((2023, 1), (2024, 0.001))
    }
    [found] = checker.rows(*table(figures), rules=["IM-PAT-006"]).result.findings
    assert ", 2024: je 1.000" in found.message.de


def of_land(folder: Path, project: Project, land: str, values: Sequence[int], released: pa.Table | None) -> Checked:
    one = profile(dimensions={"area": {"constant": land}, "nationality": {"heading": "Nat", "scheme": "key"}})
    path = folder / f"{land}.csv"
    known = [code for code in project.codelists["nationalities"].codes if code.isdigit()][: len(values)]
    rows = [f"31.12.2024;{code};{value}" for code, value in zip(known, values, strict=True)]
    path.write_text("\n".join(["Zeit;Nat;insgesamt", *rows]) + "\n", encoding="utf-8")
    return check(
        sending("ba", "auslaender", path), project_with(project, one, rules=["IM-PAT-007"]), released=lambda: released
    )


@pytest.mark.parametrize(("equal", "found"), [(10, True), (9, False)])
def test_values_of_another_land(equal: int, found: bool, project: Project, tmp_path: Path) -> None:
    theirs = [7315 + 40 * number for number in range(10)]
    released = of_land(tmp_path, project, "11", theirs, None).observations
    ours = [value if number < equal else value + 1000 for number, value in enumerate(theirs)]
    result = of_land(tmp_path, project, "12", ours, released).result
    assert rules_found(result) == (["IM-PAT-007"] if found else [])
    for finding in result.findings:
        assert "Berlin" in finding.message.de
        assert not any(f"{value}" in finding.message.de for value in theirs)


def test_without_a_release_there_are_no_others(project: Project, tmp_path: Path) -> None:
    result = of_land(tmp_path, project, "12", [100] * 10, None).result
    assert outcome(result, "IM-PAT-007") is Outcome.NOT_EVALUABLE


# -- keys and names -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "cause"),
    [
        ([0, 0, 1, 2, 3, 4], "stehen eine Zeile zu tief"),
        ([2, 3, 4, 5, 5, 5], "stehen 2 Zeilen zu hoch"),
        ([1, 0, 2, 3, 4, 5], "anders sortiert"),
    ],
)
def test_names_say_by_how_many_rows_they_are_shifted(order: list[int], cause: str, checker: Checker) -> None:
    kreise = checker.project.codelists["kreise"].codes
    keys = ["03101", "03102", "03103", "03151", "03153", "03154"]
    rows = [f"31.12.2024;{key};{kreise[keys[place]].label_de};100" for key, place in zip(keys, order, strict=True)]
    place = {"heading": "Schlüssel", "scheme": "key", "name_heading": "Gebiet"}
    checked = checker.rows(*rows, heading="Zeit;Schlüssel;Gebiet;insgesamt", dimensions={"area": place})
    [message] = [one.message.de for one in checked.result.findings if one.rule == "IM-COD-002"]
    assert cause in message
