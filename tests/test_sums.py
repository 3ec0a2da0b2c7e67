"""Sums under every kind of precision: bounds by hand, by simulation, and the published cases."""

from __future__ import annotations

from itertools import product
from math import floor, inf, sqrt
from typing import Any

import numpy as np
import pytest
from builders import outcome, rules_found
from conftest import Checker
from cubes import context_of
from hypothesis import given
from hypothesis import strategies as st

from einklang.declarations.dataset import Dataset, Measure
from einklang.measures import MEASURES
from einklang.measures.figures import Figures
from einklang.measures.groups import beyond
from einklang.project import Project
from einklang.result import Outcome

LAENDER = [f"{number:02d}" for number in range(1, 17)]
COUNTRY = {"level": "country"}


def measure(**changes: Any) -> Measure:
    title = {"de": "Personen", "en": "Persons"}
    return Measure.model_validate(
        {"name": "persons", "title": title, "unit": "PERSONS", "additivity": "exact", **changes}
    )


def dataset_of(project: Project, **changes: Any) -> Dataset:
    """The data set of naturalisations with one measure of another precision."""
    return project.dataset("einbuergerungen").model_copy(update={"measures": [measure(**changes)]})


def by_area(values: dict[str, float], period: str = "2022") -> dict[tuple[str, ...], float]:
    return {("persons", period, area): value for area, value in values.items()}


def national(project: Project, values: dict[str, float], parameters: Any = COUNTRY, **changes: Any) -> Figures:
    context = context_of(project, dataset_of(project, **changes), by_area(values))
    return MEASURES["area_sums"](context, parameters)


def rounding(base: int, **changes: Any) -> dict[str, Any]:
    return {"additivity": "rounded", "rounding": {"base": base, "source": "Probe", **changes}}


# -- bounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({}, 0.0),
        (rounding(5), 2 * 17.0),
        (rounding(10), 5 * 17.0),
        (rounding(3), 1 * 17.0),
        (rounding(1, of_averages=True), 0.5 * 17),
        (rounding(100), 50 * 17.0),  # thousands with one decimal
        ({**rounding(1000), "additivity": "sample"}, 500 * 17.0),
        ({"additivity": "perturbed"}, inf),
    ],
)
def test_exact_bound(changes: dict[str, Any], allowed: float, project: Project) -> None:
    figures = national(project, {**dict.fromkeys(LAENDER, 3000.0), "DE": 48000.0}, **changes)
    assert figures.frame["allowed"].tolist() == [allowed]


@given(base=st.sampled_from([1, 2, 3, 5, 10, 1000]), parts=st.lists(st.integers(0, 5000), min_size=1, max_size=30))
def test_rounding_never_exceeds_the_bound(base: int, parts: list[int]) -> None:
    """Half up; a Land that rounded correctly is never accused."""

    def rounded(value: int) -> int:
        return base * floor(value / base + 0.5)

    one = measure(**rounding(base))
    allowed = one.largest_deviation("2022") * (len(parts) + 1)
    assert abs(rounded(sum(parts)) - sum(rounded(part) for part in parts)) <= allowed


@pytest.mark.parametrize("base", [3, 5, 1000])
def test_variance_is_that_of_rounding(base: int) -> None:
    values = np.arange(0, 12 * base)
    deviation = base * np.floor(values / base + 0.5) - values
    assert measure(**rounding(base)).variance("2022") == pytest.approx(deviation.var(), rel=0.01)


@pytest.mark.parametrize(
    ("difference", "excess", "unlikely"),
    [
        (0, False, False),
        (25, False, False),
        (30, False, True),
        (-30, False, True),
        (35, True, False),
        (-35, True, False),
    ],
)
def test_statistical_bound(difference: int, excess: bool, unlikely: bool, project: Project) -> None:
    """16 parts to the base 5: at most 34, once in a million over 28.5; a sum in error is not asked about too."""
    frame = national(
        project,
        {**dict.fromkeys(LAENDER, 1000.0), "DE": 16000.0 + difference},
        {**COUNTRY, "probability": 1e-6},
        **rounding(5),
    ).frame
    assert frame["spread"].tolist() == [pytest.approx(sqrt(2) * sqrt(17))]
    assert (frame["excess"].iloc[0] > 0, frame["unlikely"].iloc[0] > 0) == (excess, unlikely)


def test_more_sums_raise_the_statistical_bound(project: Project) -> None:
    """One sum of 20 is unusual alone, and to be expected among thousands."""
    one = {**dict.fromkeys(LAENDER, 1000.0), "DE": 16020.0}
    assert (national(project, one, **rounding(5)).frame["unlikely"] > 0).tolist() == [True]
    many = {
        ("persons", str(year), area): value - (20.0 if area == "DE" and year != 2022 else 0.0)
        for year in range(1000, 3000)
        for area, value in one.items()
    }
    context = context_of(project, dataset_of(project, **rounding(5)), many)
    assert (MEASURES["area_sums"](context, COUNTRY).frame["unlikely"] > 0).sum() == 0


def test_perturbed_sums_are_never_an_error(project: Project) -> None:
    values = {**dict.fromkeys(LAENDER, 1000.0), "DE": 17000.0}
    silent = national(project, values, additivity="perturbed").frame
    assert silent[["excess", "unlikely"]].to_numpy().tolist() == [[0.0, 0.0]]
    asked = national(project, values, additivity="perturbed", perturbation=2.0)
    assert asked.frame["excess"].tolist() == [0.0]
    assert asked.frame["unlikely"].tolist() == [pytest.approx(1000 - 3.29 * 2 * sqrt(17), abs=0.01)]
    shown = asked.calculation(0)
    assert shown is not None and np.isfinite(shown.allowed)


# -- rounding by Land -----------------------------------------------------------------------------


@pytest.mark.parametrize(("total", "breaks"), [("1600", False), ("1631", False), ("1632", True)])
def test_rounding_that_differs_by_land(total: str, breaks: bool, checker: Checker) -> None:
    """School statistics: 3 in SH, ST and HB, 5 in NW; h is 1 there and 2 elsewhere (base 5): 2·14 + 1·3 = 31."""
    rows = [f"31.12.2022;{area};100" for area in LAENDER] + [f"31.12.2022;DE;{total}"]
    checked = checker.rows(*rows, rules=["IM-AGG-004"], rounding_by_area={"01": 3, "15": 3, "04": 3, "05": 5})
    assert rules_found(checked.result) == (["IM-AGG-004"] if breaks else [])
    if breaks:
        assert "höchstens 31" in checked.result.findings[0].message.de


def test_kreise_are_rounded_as_their_land(checker: Checker) -> None:
    rows = ["31.12.2022;04;99", "31.12.2022;04011;60", "31.12.2022;04012;43"]
    assert rules_found(checker.rows(*rows, rules=["IM-AGG-004"]).result) == []
    assert rules_found(checker.rows(*rows, rules=["IM-AGG-004"], rounding_by_area={"04": 3}).result) == ["IM-AGG-004"]


@pytest.mark.parametrize(
    ("texts", "base", "count"),
    [
        (["100", "105", "0"], {}, 0),
        (["100", "103", "99"], {}, 2),
        (["99", "102", "."], {"04": 3}, 0),
        (["100"], {"04": 3}, 1),
    ],
)
def test_rounding_base_is_held(texts: list[str], base: dict[str, int], count: int, checker: Checker) -> None:
    areas = ["04", "04011", "04012"]
    rows = [f"31.12.2022;{area};{text}" for area, text in zip(areas, texts, strict=False)]
    checked = checker.rows(*rows, rules=["IM-VAL-004"], rounding_by_area=base)
    assert [finding.count for finding in checked.result.findings] == ([count] if count else [])


@pytest.mark.parametrize(
    ("texts", "count", "said"),
    [
        (["2527", "1340", "1284"], 3, "in der Einheit „Tausend Personen“ angegeben"),
        (["2527000", "1340000", "1284000"], 0, None),
        (["2527000", "1340000", "1284"], 1, "Wurde eine ungerundete Fassung"),
        (["2527613", "1340218", "1284395"], 3, "Wurde eine ungerundete Fassung"),
    ],
)
def test_figures_all_off_their_base_have_lost_their_unit(
    texts: list[str], count: int, said: str | None, checker: Checker
) -> None:
    rows = [f"2023;{area};{text}" for area, text in zip(["12", "13", "14"], texts, strict=True)]
    changes = {
        "dataset": "mikrozensus",
        "dimensions": {"period": {"heading": "Jahr"}, "measure": {"constant": "employed"}, "sex": {"header_row": 1}},
        "table": {"header": {"find": "Jahr"}},
    }
    checked = checker.rows(*rows, heading="Jahr;Schlüssel;insgesamt", rules=["IM-VAL-004"], **changes)
    assert [finding.count for finding in checked.result.findings] == ([count] if count else [])
    assert all(said is not None and said in finding.message.de for finding in checked.result.findings)


def test_a_source_that_rounds_some_of_its_figures_is_not_held_to_the_base(checker: Checker) -> None:
    changes = {
        "dataset": "mindestsicherung",
        "dimensions": {
            "period": {"heading": "Jahr"},
            "measure": {"constant": "recipients"},
            "benefit": {"header_row": 1},
            "sex": None,
        },
        "table": {"header": {"find": "Jahr"}},
    }
    checked = checker.rows("2024;05;103", heading="Jahr;Schlüssel;insgesamt", rules=["IM-VAL-004"], **changes)
    assert rules_found(checked.result) == []
    assert outcome(checked.result, "IM-VAL-004") is Outcome.NOT_EVALUABLE


def test_nothing_was_rounded_before_2016(checker: Checker) -> None:
    assert rules_found(checker.rows("31.12.2015;04;103", rules=["IM-VAL-004"]).result) == []


# -- residuals, parts of Germany ------------------------------------------------------------------


def test_a_missing_land_is_not_made_up_for_by_the_residual(project: Project) -> None:
    values = {**dict.fromkeys(LAENDER[:15], 100.0), "ABROAD": 10.0, "DE": 2000.0}
    residual = {**COUNTRY, "residual": ["ABROAD"]}
    assert national(project, values, residual).frame["complete"].tolist() == [False]
    assert national(project, {**values, "16": 100.0}, residual).frame["complete"].tolist() == [True]
    without = {area: value for area, value in values.items() if area != "ABROAD"} | {"16": 100.0}
    assert national(project, without, residual).frame["complete"].tolist() == [False]


@pytest.mark.parametrize(("unknown", "breaks"), [("10", False), ("5", True), (".", False), (None, True)])
def test_unknown_kreis_belongs_to_the_land(unknown: str | None, breaks: bool, checker: Checker) -> None:
    rows = ["31.12.2022;04;115", "31.12.2022;04011;60", "31.12.2022;04012;40"]
    rows += [f"31.12.2022;_U;{unknown}"] if unknown else []
    checked = checker.rows(*rows, rules=["IM-AGG-004"])
    assert rules_found(checked.result) == (["IM-AGG-004"] if breaks else [])


WEST, EAST = LAENDER[:10], LAENDER[11:]


@pytest.mark.parametrize(
    ("parts", "breaks"),
    [
        ({"DE_W_BE": 1100.0, "DE_E_XBE": 500.0}, False),
        ({"DE_W_XBE": 1000.0, "DE_E_BE": 600.0}, False),
        ({"DE_W_XBE": 1000.0, "DE_E_XBE": 500.0}, False),  # Berlin stands apart: the two make no Germany
        ({"DE_W_BE": 1000.0, "DE_E_XBE": 500.0}, True),  # Berlin left out
        ({"DE_E_XBE": 600.0}, True),
        ({"DE_W_BE": 1100.0}, False),
    ],
)
def test_berlin_where_the_source_puts_it(parts: dict[str, float], breaks: bool, project: Project) -> None:
    values = {**dict.fromkeys(LAENDER, 100.0), "DE": 1600.0, **parts}
    frame = national(project, values, {"level": "part"}).frame
    assert (frame["excess"] > 0).any() == breaks


def test_west_and_east_without_the_laender(project: Project) -> None:
    values = {"DE_W_BE": 1100.0, "DE_E_XBE": 500.0, "DE": 1601.0}
    assert national(project, values, {"level": "part"}).frame["excess"].tolist() == [1.0]


# -- published cases (sources: domain facts of the monitoring) ------------------------------------

NATURALISATIONS_2024 = dict(
    zip(
        [
            "DE",
            "08",
            "09",
            "11",
            "12",
            "04",
            "02",
            "06",
            "13",
            "03",
            "05",
            "07",
            "10",
            "14",
            "15",
            "01",
            "16",
            "ABROAD",
        ],
        [
            291955,
            37805,
            54520,
            21810,
            3770,
            4640,
            9600,
            24915,
            1840,
            23380,
            68705,
            12265,
            2785,
            4410,
            2745,
            8590,
            2640,
            7530,
        ],
        strict=True,
    )
)
ZENSUS_2022 = dict(
    zip(
        ["DE", "08", "09", "11", "12", "04", "02", "06", "13", "03", "05", "07", "10", "14", "15", "01", "16"],
        [82719540, 11104040, 13038724, 3596999, 2534075, 693204, 1808846, 6207278, 1570817, 7943265, 17890489, 4094169,
         1006864, 4038131, 2146443, 2927542, 2110396],
        strict=True,
    )
)  # fmt: skip


def test_naturalisations_2024_lie_within_rounding(project: Project) -> None:
    """Destatis: the Länder and persons abroad make 291 950, Germany is 291 955."""
    figures = {("naturalisations", "2024", area): float(value) for area, value in NATURALISATIONS_2024.items()}
    context = context_of(project, "einbuergerungen", figures)
    frame = MEASURES["area_sums"](context, {**COUNTRY, "residual": ["ABROAD"]}).frame
    assert frame[["difference", "allowed", "excess", "unlikely"]].to_numpy().tolist() == [[5.0, 36.0, 0.0, 0.0]]
    exact = project.dataset("einbuergerungen").model_copy(update={"measures": [measure()]})
    strict = context_of(project, exact, {("persons", *key[1:]): value for key, value in figures.items()})
    assert MEASURES["area_sums"](strict, {**COUNTRY, "residual": ["ABROAD"]}).frame["excess"].tolist() == [5.0]


@pytest.mark.parametrize(("total", "breaks"), [(81613, False), (81613 + 7, True)])
def test_microcensus_2018_lies_within_rounding(total: int, breaks: bool, project: Project) -> None:
    """Published in thousands: Germany 81 613, the Länder 81 611; 0.5·(16 + 1) thousand are allowed."""
    values = {**dict.fromkeys(LAENDER, 5100e3), "16": 81611e3 - 15 * 5100e3, "DE": total * 1e3}
    frame = national(project, values, **{**rounding(1000), "additivity": "sample"}).frame
    assert frame["difference"].tolist() == [(total - 81611) * 1e3]
    assert (frame["excess"] > 0).tolist() == [breaks]


def test_census_2022_is_an_error(project: Project) -> None:
    """1000A-2022: Germany exceeds its Länder by 8 258, whatever rounding to 5 or 10 could explain."""
    values = {area: float(value) for area, value in ZENSUS_2022.items()}
    for changes in ({}, rounding(5), rounding(10)):
        frame = national(project, values, **changes).frame
        assert frame["difference"].tolist() == [8258.0]
        assert (frame["excess"] > 0).tolist() == [True]
    assert (national(project, values, additivity="perturbed", perturbation=3.0).frame["unlikely"] > 0).tolist() == [
        True
    ]


@pytest.mark.parametrize(("difference", "breaks"), [(0, False), (5, False), (10, True)])
def test_sexes_of_a_rounded_table(difference: int, breaks: bool, checker: Checker) -> None:
    """Of 2 250 sums of one Land 579 are off by 5, which rounding three cells explains, and 20 by 10, which it cannot.

    A difference to the other side can be persons of neither sex.
    """
    rows = [f"31.12.2022;04;{100 - difference};40;60"]
    checked = checker.rows(*rows, heading="Zeit;Schlüssel;insgesamt;männlich;weiblich", rules=["IM-AGG-001"])
    assert rules_found(checked.result) == (["IM-AGG-001"] if breaks else [])


# -- what is shown --------------------------------------------------------------------------------


def test_calculation_names_parts_sum_difference_and_what_is_allowed(checker: Checker) -> None:
    checked = checker.rows(
        "31.12.2024;04;1.000;500;550",
        "31.12.2024;04011;.;500;40",
        heading="Zeit;Schlüssel;insgesamt;männlich;weiblich",
        rules=["IM-AGG-001"],
    )
    [finding] = checked.result.findings
    shown = finding.calculation
    assert shown is not None
    assert [(one.label.de, one.value, one.cell) for one in shown.terms] == [
        ("männlich", 500, "D2"),
        ("weiblich", 550, "E2"),
    ]
    assert (shown.given.label.de, shown.given.value, shown.given.cell) == ("insgesamt", 1000, "C2")
    assert (shown.computed, shown.difference, shown.allowed, shown.relation) == (1050, -50, 6, "equal")


def test_calculation_hides_a_secret_part(checker: Checker) -> None:
    checked = checker.rows(
        "31.12.2024;04;100;.;550", heading="Zeit;Schlüssel;insgesamt;männlich;weiblich", rules=["IM-AGG-001"]
    )
    shown = checked.result.findings[0].calculation
    assert shown is not None
    assert ([one.value for one in shown.terms], shown.relation) == ([None, 550], "at_least")


def test_every_delivered_part_has_a_term(project: Project) -> None:
    figures = national(project, {**dict.fromkeys(LAENDER, 1.0), "DE": 20.0})
    shown = figures.calculation(0)
    assert shown is not None
    assert (shown.count, len(shown.terms), shown.computed, shown.difference) == (16, 16, 16.0, 4.0)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=4), st.integers(0, 200))
def test_known_parts_never_exceed_their_total(parts: list[int], total: int) -> None:
    difference = np.asarray([total - sum(parts)], dtype=np.float64)
    for complete, allowed in product((True, False), (0.0, 6.0)):
        found = beyond(difference, np.asarray([allowed]), np.zeros(1), np.asarray([complete]))[0]
        over = abs(difference[0]) if complete else max(0.0, -difference[0])
        assert found == max(0.0, over - allowed)


@pytest.mark.parametrize(("third", "found"), [(60, []), (75, ["IM-AGG-001"])])
def test_states_of_the_union_and_all_others_are_everybody(third: int, found: list[str], checker: Checker) -> None:
    """Also where no group of states below them is delivered."""
    checked = checker(
        f"Zeit;insgesamt;EU-Staaten;Drittstaaten\n31.12.2024;100;40;{third}\n",
        rules=["IM-AGG-001"],
        dimensions={"area": {"constant": "07"}, "sex": None, "nationality": {"header_row": 1}},
    )
    assert rules_found(checked.result) == found
