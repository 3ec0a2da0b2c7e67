"""Figures that follow from others: rates, shares, balances, nested groups; published cases among them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from builders import rules_found
from conftest import Checker
from cubes import context_of

from einklang.measures import MEASURES
from einklang.measures.figures import Figures
from einklang.project import Project
from einklang.result import Outcome

RATE = {
    "rate": "naturalisation_rate",
    "numerator": "naturalisations",
    "denominator": "foreigners_previous_year",
}
EIGHT = {
    "rate": "naturalisation_rate_eight_years",
    "numerator": "naturalisations",
    "denominator": "foreigners_eight_years_previous_year",
}
MEASURE_NAMES = [RATE["denominator"], EIGHT["denominator"], RATE["numerator"], RATE["rate"], EIGHT["rate"]]


# -- rates and counts -----------------------------------------------------------------------------

NRW_2017 = [
    (2512865, 1418325, 27381, 1.09, 1.93),  # insgesamt
    (1351915, 719035, 12806, 0.95, 1.78),  # männlich
    (1160945, 699290, 14575, 1.26, 2.08),  # weiblich
    (9485650, 5106935, 107925, 1.14, 2.11),  # Westdeutschland (einschl. Berlin)
    (10039080, 5261515, 112211, 1.12, 2.13),  # Deutschland
]
"""Nordrhein-Westfalen B2 2017: foreigners, with eight years, naturalisations, B2b, B2a (denominators of 31.12.2016)."""


def rates(project: Project, rows: list[tuple[float, ...]], parameters: dict[str, str]) -> Figures:
    keys = [("05", "_T"), ("05", "M"), ("05", "F"), ("DE_W_BE", "_T"), ("DE", "_T")]
    figures = {
        (name, "2017", area, sex): float(value)
        for (area, sex), row in zip(keys, rows, strict=False)
        for name, value in zip(MEASURE_NAMES, row, strict=True)
    }
    return MEASURES["rate_identities"](context_of(project, "einbuergerungen", figures), parameters)


@pytest.mark.parametrize("parameters", [RATE, EIGHT])
def test_ten_published_rates_reproduce(parameters: dict[str, str], project: Project) -> None:
    frame = rates(project, NRW_2017, parameters).frame
    assert frame["excess"].tolist() == [0.0] * 5


@pytest.mark.parametrize(("wrong", "breaks"), [(1.09, False), (1.094, False), (1.10, True), (1.93, True), (10.9, True)])
def test_rate_that_does_not_fit(wrong: float, breaks: bool, project: Project) -> None:
    row = (*NRW_2017[0][:3], wrong, 1.93)
    figures = rates(project, [row], RATE)
    assert (figures.frame["excess"] > 0).tolist() == [breaks]
    shown = figures.calculation(0)
    assert shown is not None
    assert (shown.operation, shown.count, shown.given.value) == ("share", 2, wrong)
    assert shown.computed == pytest.approx(1.0896, abs=0.0001)
    assert (abs(shown.difference) > shown.allowed + 1e-9) == breaks


def test_small_counts_widen_the_interval(project: Project) -> None:
    """Of counts rounded to 5 a rate is known less exactly: 5 of 50 can be 3 of 52 to 7 of 48."""
    for rate, breaks in ((10.0, False), (5.8, False), (14.58, False), (5.7, True), (14.7, True)):
        frame = rates(project, [(50, 50, 5, rate, 10.0)], RATE).frame
        # a year in which counts are not rounded is exact
        assert (frame["excess"] > 0).tolist() == [rate != 10.0]
        figures = {
            (name, "2020", "05", "_T"): value
            for name, value in zip(MEASURE_NAMES, (50, 50, 5, rate, 10.0), strict=True)
        }
        later = MEASURES["rate_identities"](context_of(project, "einbuergerungen", figures), RATE)
        assert (later.frame["excess"] > 0).tolist() == [breaks]


def test_a_rate_without_counts_is_not_judged(project: Project) -> None:
    assert rates(project, [(0, 0, 0, 0, 0)], RATE).not_evaluable == "no_rate_with_counts"


CARE_RATES = [103, 103, 104, 101, 101]
"""Care rates without migration background, 3 to 5 years: NI 2018, NW 2018, NW 2020, NI 2020, RP 2020."""


@pytest.mark.parametrize("rate", CARE_RATES)
def test_care_rates_above_100_are_no_error(rate: int, test_project: Project, checker: Checker) -> None:
    """Children are counted where they are cared for, the base where they live; the declared range goes to 110."""
    declared = test_project.dataset("kinderbetreuung").measure("care_rate")
    assert declared.minimum == 0
    assert declared.maximum is not None and rate <= declared.maximum
    text = f"2020;05;{rate}\n"
    checked = Checker(test_project, checker.folder)(
        f"Jahr;Land;Quote\n{text}",
        supplier="nw",
        dataset="kinderbetreuung",
        table={"header": {"find": "Jahr"}},
        dimensions={
            "period": {"heading": "Jahr"},
            "area": {"heading": "Land", "scheme": "key"},
            "sex": None,
            "measure": {"constant": "care_rate"},
        },
        columns=[{"headings": ["Quote"]}],
    )
    assert rules_found(checked.result) == []


# -- subgroups ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("all_foreigners", "eight_years", "found"),
    [("1,09", "1,93", []), ("1,93", "1,93", []), ("1,94", "1,93", []), ("1,95", "1,93", ["IM-LOG-001"])],
)
def test_b2b_is_at_most_b2a(all_foreigners: str, eight_years: str, found: list[str], checker: Checker) -> None:
    """The base of B2b holds that of B2a; two roundings to two decimals make 0.01."""
    checked = checker(
        f"Zeit;Quote II;Quote I\n2017;{all_foreigners};{eight_years}\n",
        dataset="einbuergerungen",
        dimensions={"sex": None, "area": {"constant": "05"}, "measure": None},
        columns=[
            {"headings": ["Quote II"], "codes": {"measure": "naturalisation_rate"}},
            {"headings": ["Quote I"], "codes": {"measure": "naturalisation_rate_eight_years"}},
        ],
        rules=["IM-LOG-001"],
    )
    assert rules_found(checked.result) == found


AGES = {"dimension": "age", "bounds": ["from_age", "to_age"]}


def ages(project: Project, values: dict[str, float]) -> Figures:
    base = project.dataset("auslaender")
    dimension = base.dimension("sex").model_copy(update={"name": "age", "codelists": ["ages"], "default": None})
    dataset = base.model_copy(update={"dimensions": [base.dimension("area"), dimension]})
    figures = {("foreigners", "2022-12-31", "04", age): value for age, value in values.items()}
    context = context_of(project, dataset, figures)
    known = replace(project, datasets={**project.datasets, dataset.name: dataset})
    return MEASURES["nested_groups"](replace(context, project=known), AGES)


@pytest.mark.parametrize(
    ("values", "pairs", "breaks"),
    [
        ({"Y15T64": 100.0, "Y15T24": 40.0}, 1, False),
        ({"Y15T64": 100.0, "Y15T24": 105.0}, 1, True),
        ({"Y15T64": 100.0, "Y15T24": 40.0, "Y18T24": 50.0}, 2, True),  # in Y15T24, and only through it in Y15T64
        ({"Y15T17": 100.0, "Y18T24": 40.0}, 0, False),
    ],
)
def test_nested_ages(values: dict[str, float], pairs: int, breaks: bool, project: Project) -> None:
    found = ages(project, values)
    assert len(found.frame) == pairs
    assert pairs == 0 or (found.frame["excess"] > 0).any() == breaks


# -- shares, balances, rates of a whole -----------------------------------------------------------


@pytest.mark.parametrize(
    ("shares", "breaks"),
    [
        ([3.8, 17.8, 47.5, 0.3, 30.6], False),  # Baden-Württemberg, school leavers 2013: 100.0
        ([10.2, 35.5, 45.9, 0.0, 8.4], False),  # the same, foreigners
        ([3.8, 17.8, 47.5, 0.3, 30.8], False),  # 0.2 within 5 roundings
        ([3.8, 17.8, 47.5, 0.3, 30.9], True),
        ([3.8, 17.8, 47.5, 0.3, 20.6], True),
    ],
)
def test_shares(shares: list[float], breaks: bool, test_project: Project) -> None:
    parts = ["OHNE", "HSA", "MSA", "FHR", "HR"]
    figures = {("share", "2013", "08", code): value for code, value in zip(parts, shares, strict=True)}
    found = MEASURES["share_sums"](
        context_of(test_project, "abgaenge", figures),
        {"measure": "share", "dimension": "qualification", "parts": parts},
    )
    assert (found.frame["excess"] > 0).tolist() == [breaks]
    shown = found.calculation(0)
    assert shown is not None and (shown.count, shown.given.value, shown.allowed) == (5, 100.0, 0.25)


def test_shares_with_a_missing_part_are_not_judged(test_project: Project) -> None:
    context = context_of(test_project, "abgaenge", {("share", "2013", "08", "HSA"): 17.8})
    parameters = {"measure": "share", "dimension": "qualification", "parts": ["HSA", "HR"]}
    assert MEASURES["share_sums"](context, parameters).not_evaluable == "no_complete_shares"


STOCK = {"result": "stock", "carried": "stock", "plus": ["arrivals"], "minus": ["departures"]}


@pytest.mark.parametrize(
    ("figures", "excess"),
    [
        ({("stock", 2022): 1000, ("stock", 2023): 1100, ("arrivals", 2023): 250, ("departures", 2023): 150}, [0.0]),
        ({("stock", 2022): 1000, ("stock", 2023): 1110, ("arrivals", 2023): 250, ("departures", 2023): 150}, [10.0]),
        ({("stock", 2021): 1000, ("stock", 2023): 1110, ("arrivals", 2023): 250, ("departures", 2023): 150}, None),
        ({("stock", 2022): 1000, ("stock", 2023): 1110, ("arrivals", 2023): 250}, None),
    ],
)
def test_stock_and_flow(figures: dict[tuple[str, int], int], excess: list[float] | None, test_project: Project) -> None:
    cells = {(name, str(year), "04"): float(value) for (name, year), value in figures.items()}
    found = MEASURES["balances"](context_of(test_project, "wanderung", cells), STOCK)
    if excess is None:
        assert found.not_evaluable == "no_balance"
        return
    assert found.frame["excess"].tolist() == excess
    shown = found.calculation(0)
    assert shown is not None
    assert [(term.value, term.sign) for term in shown.terms] == [(1000, 1), (250, 1), (150, -1)]
    assert shown.computed == 1100


WHOLE: dict[str, Any] = {
    "dataset": "arbeitslose",
    "dimensions": {"sex": None, "measure": {"constant": "unemployment_rate"}, "citizenship": {"header_row": 1}},
    "rules": ["IM-AGG-005"],
}


@pytest.mark.parametrize(
    ("land", "bremen", "bremerhaven", "breaks"),
    [
        ("11,5", "11,0", "14,5", False),
        ("10,9", "11,0", "14,5", False),  # both rounded
        ("10,8", "11,0", "14,5", True),
        ("14,7", "11,0", "14,5", True),
        ("20,0", "11,0", "-", True),
        ("20,0", "11,0", ".", False),
        ("11,5", "11,5", "11,5", False),
    ],
)
def test_rate_of_a_land_lies_between_its_kreise(
    land: str, bremen: str, bremerhaven: str, breaks: bool, checker: Checker
) -> None:
    rows = [f"2024;{area};{text}" for area, text in {"04": land, "04011": bremen, "04012": bremerhaven}.items()]
    checked = checker.rows(*rows, **WHOLE)
    assert rules_found(checked.result) == (["IM-AGG-005"] if breaks else [])


def test_rates_of_incomplete_parts_are_not_evaluable(checker: Checker) -> None:
    checked = checker.rows("2024;04;20,0", "2024;04011;11,0", **WHOLE)
    assert {one.rule: one.outcome for one in checked.result.rules}["IM-AGG-005"] is Outcome.NOT_EVALUABLE
