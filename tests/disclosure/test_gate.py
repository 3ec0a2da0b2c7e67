from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from einklang.declarations.rules import Severity
from einklang.disclosure import gate
from einklang.disclosure.attack import attack
from einklang.disclosure.gate import Audit, audit
from einklang.disclosure.known import Sources
from einklang.disclosure.scan import scan
from einklang.findings import Finding
from einklang.indicators import compute_indicators
from einklang.project import Project
from einklang.release_report import release_result
from einklang.result import Outcome
from tests.disclosure.tables import sources, table

N = "naturalisations"
SECRET = "."


def sexes(
    total: float | str, male: float | str, female: float | str, area: str = "05"
) -> dict[tuple[str, ...], float | str]:
    return {(N, area, "_T", "_T"): total, (N, area, "M", "_T"): male, (N, area, "F", "_T"): female}


def found(outcome: Audit) -> set[str]:
    return {one.rule for one in outcome.findings}


def only(outcome: Audit, rule: str) -> Finding:
    matching = [one for one in outcome.findings if one.rule == rule]
    assert len(matching) == 1
    return matching[0]


def judge(project: Project, cells: dict[tuple[str, ...], float | str], period: str = "2017") -> Audit:
    return audit(sources(project, table(project, "einbuergerungen", cells, period)), project)


@pytest.mark.parametrize(("value", "expected"), [(0, set()), (1, {"IM-SDC-001"}), (2, {"IM-SDC-001"}), (3, set())])
def test_counts_below_the_minimum_are_found(project: Project, value: float, expected: set[str]) -> None:
    assert found(judge(project, sexes(100 + value, 100, value))) == expected


def test_a_small_rate_is_no_small_count(project: Project) -> None:
    rates = table(project, "arbeitslose", {("unemployment_rate", "05", "_T"): 2.1}, "2025")
    assert found(audit(sources(project, rates), project)) == set()


def test_a_cell_alone_beside_its_total_is_recomputable(project: Project) -> None:
    outcome = judge(project, sexes(104, 97, SECRET))
    finding = only(outcome, "IM-SDC-002")
    assert (finding.count, outcome.withheld, outcome.audited) == (1, 1, 1)
    place = finding.places[0]
    assert (place.file, place.cell, place.raw) == ("destatis/einbuergerungen/0001/1.csv", "C4", "")
    assert place.key is not None and place.key.de.startswith("05 Nordrhein-Westfalen, 2017, weiblich")


def test_the_finding_names_the_cells_that_would_close_it(project: Project) -> None:
    finding = only(judge(project, sexes(104, 97, SECRET)), "IM-SDC-002")
    assert "männlich" in finding.remedy.de
    assert "Zahl: 1" in finding.remedy.de


def test_no_finding_says_the_number(project: Project) -> None:
    cells = sexes(87104, 15291, SECRET)
    outcome = judge(project, cells)
    assert "IM-SDC-002" in found(outcome)
    said = "".join(one.model_dump_json() for one in outcome.findings) + repr(outcome)
    for number in ("71813", "71.813", "71,813", "87104", "87.104", "15291"):
        assert number not in said


@pytest.mark.parametrize(
    "cells", [sexes(104, SECRET, SECRET), sexes(SECRET, 97, SECRET), sexes(SECRET, SECRET, SECRET)]
)
def test_two_withheld_cells_protect_each_other(project: Project, cells: dict[tuple[str, ...], float | str]) -> None:
    assert found(judge(project, cells)) == set()


def test_an_interval_narrower_than_the_limit_is_open(project: Project) -> None:
    assert found(judge(project, sexes(4, SECRET, SECRET))) == {"IM-SDC-002"}


def test_cells_that_the_search_does_not_settle_block_and_are_not_said_to_be_open(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "attack", partial(attack, seconds=0.0))
    finding = only(judge(project, sexes(104, SECRET, SECRET)), "IM-SDC-002")
    assert (finding.count, finding.severity) == (2, Severity.ERROR)
    assert "bei denen in der vorgesehenen Zeit nicht zu klären war" in finding.message.de
    assert "zurückrechnen oder zu eng" not in finding.message.de


def test_unreliable_cells_that_the_search_does_not_settle_are_not_evaluable(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "attack", partial(attack, seconds=0.0))
    national = {"einbuergerungen": table(project, "einbuergerungen", sexes(104, "/", "/"), "2017")}
    outcome = audit(sources(project, *national.values()), project)
    assert found(outcome) == set()
    told = {one.rule: one.outcome for one in release_result(outcome.findings, national, project, outcome).rules}
    assert (told["IM-SDC-005"], told["IM-SDC-002"]) == (Outcome.NOT_EVALUABLE, Outcome.PASSED)


def test_rounding_protects_what_is_small_against_its_width(project: Project) -> None:
    assert found(judge(project, sexes(105, 95, SECRET), "2024")) == set()
    assert found(judge(project, sexes(1050, 95, SECRET), "2024")) == {"IM-SDC-002"}


def test_the_sum_of_the_laender_counts(project: Project) -> None:
    areas = [f"{number:02d}" for number in range(1, 17)]
    cells: dict[tuple[str, ...], float | str] = {(N, area, "_T", "_T"): 500 for area in areas}
    cells |= {(N, "ABROAD", "_T", "_T"): 70, (N, "DE", "_T", "_T"): 8070, (N, "04", "_T", "_T"): SECRET}
    assert found(judge(project, cells)) == {"IM-SDC-002"}
    assert found(judge(project, cells | {(N, "10", "_T", "_T"): SECRET})) == set()


def test_a_part_that_no_table_holds_is_no_protection_where_another_sum_gives_it(project: Project) -> None:
    areas = [f"{number:02d}" for number in range(1, 17)]
    cells: dict[tuple[str, ...], float | str] = {("N", "", "", ""): 0}
    cells = {(N, area, sex, "_T"): 40 * count for area in areas for sex, count in (("_T", 2), ("M", 1), ("F", 1))}
    cells |= {(N, "ABROAD", sex, "_T"): 0 for sex in ("_T", "M", "F")}
    cells |= {(N, "DE", sex, "_T"): 640 * count for sex, count in (("_T", 2), ("M", 1), ("F", 1))}
    cells[N, "04", "M", "_T"] = SECRET
    del cells[N, "04", "F", "_T"]
    assert "IM-SDC-002" in found(judge(project, cells))


def mikrozensus(sign: str) -> dict[tuple[str, ...], float | str]:
    """Mikrozensus 2023, Mecklenburg-Vorpommern, in thousands: one cell without a figure, alone in row and column.

    169 foreigners are 28, 38 and 96 in the other classes; the total of the class over both groups is 1,820,
    of which 1,811 are German (Statistischer Bericht, Bevölkerung nach Migrationshintergrund). The classes
    stand for continents here.
    """
    return {
        (N, "13", "_T", "_T"): 169, (N, "13", "_T", "EUR"): 28, (N, "13", "_T", "AFR"): 38, (N, "13", "_T", "AME"): 96,
        (N, "13", "_T", "ASI"): sign, (N, "13", "_T", "OCE"): 0, (N, "13", "_T", "OTH"): 0,
    }  # fmt: skip


@pytest.fixture
def with_continents(project: Project) -> Project:
    """The project, whose naturalisations must also add up over the continents."""
    expectations = project.expectations["einbuergerungen"]
    parts = ["EUR", "AFR", "AME", "ASI", "OCE", "OTH"]
    template = next(one for one in expectations.delivery if one.measure == "dimension_sums")
    added = template.model_copy(
        update={"parameters": {"dimension": "nationality_group", "total": "_T", "parts": parts}}
    )
    changed = expectations.model_copy(update={"delivery": [*expectations.delivery, added]})
    return replace(project, expectations={**project.expectations, "einbuergerungen": changed})


def test_the_recomputable_cell_of_the_mikrozensus_2023(with_continents: Project) -> None:
    secret = judge(with_continents, mikrozensus("."))
    assert only(secret, "IM-SDC-002").count == 1
    unreliable = judge(with_continents, mikrozensus("/"))
    assert found(unreliable) == {"IM-SDC-005"}
    assert only(unreliable, "IM-SDC-005").severity == "information"


def test_figures_of_another_dataset_count(project: Project) -> None:
    base = {("foreigners_previous_year", "05", "_T", "_T"): SECRET}
    register = {("foreigners", "05", "_T", "_T"): 3000.0}
    outcome = audit(
        sources(
            project,
            table(project, "einbuergerungen", base, "2015"),
            table(project, "auslaender", register, "2014-12-31"),
        ),
        project,
    )
    assert "IM-SDC-004" in found(outcome)
    apart = audit(
        sources(
            project,
            table(project, "einbuergerungen", base, "2015"),
            table(project, "auslaender", register, "2013-12-31"),
        ),
        project,
    )
    assert found(apart) == set()


def earlier_release(folder: Path, project: Project, cells: dict[tuple[str, ...], float | str], period: str) -> Path:
    (folder / "data").mkdir(parents=True)
    one = table(project, "einbuergerungen", cells, period)
    pq.write_table(one, folder / "data" / "einbuergerungen.parquet")
    pq.write_table(compute_indicators(project, {"einbuergerungen": one}), folder / "indicators.parquet")
    return folder


def test_what_an_earlier_release_shows_is_not_withheld(project: Project, tmp_path: Path) -> None:
    before = earlier_release(tmp_path / "1.0.0", project, sexes(104, 97, 7), "2017")
    now = table(project, "einbuergerungen", sexes(104, SECRET, SECRET), "2017")
    outcome = audit(sources(project, now, earlier={"1.0.0": before}), project)
    assert "IM-SDC-004" in found(outcome)
    assert "Stand 1.0.0" in only(outcome, "IM-SDC-004").message.de


def test_two_releases_that_withhold_different_cells_are_read_together(project: Project, tmp_path: Path) -> None:
    before = earlier_release(tmp_path / "1.0.0", project, sexes(SECRET, 97, SECRET), "2017")
    now = table(project, "einbuergerungen", sexes(104, SECRET, SECRET), "2017")
    assert found(audit(sources(project, now), project)) == set()
    assert {"IM-SDC-002", "IM-SDC-004"} <= found(audit(sources(project, now, earlier={"1.0.0": before}), project))


def test_a_rate_of_an_earlier_release_gives_the_count_away(project: Project, tmp_path: Path) -> None:
    base = "foreigners_previous_year"
    rated = {(N, "05", "_T", "_T"): 27381, (base, "05", "_T", "_T"): 2512}
    before = earlier_release(tmp_path / "1.0.0", project, rated, "2016")
    (before / "data" / "einbuergerungen.parquet").unlink()
    now = table(project, "einbuergerungen", {**rated, (N, "05", "_T", "_T"): SECRET}, "2016")
    assert found(audit(sources(project, now), project)) == set()
    assert found(audit(sources(project, now, earlier={"1.0.0": before}), project)) == {"IM-SDC-003"}


RATE, BASE = "naturalisation_rate", "foreigners_previous_year"


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [(SECRET, 1000, {"IM-SDC-003"}), (52, SECRET, {"IM-SDC-003"}), (SECRET, SECRET, set()), (52, 1000, set())],
)
def test_a_rate_delivered_with_its_counts_gives_them_away(
    project: Project, above: float | str, below: float | str, expected: set[str]
) -> None:
    cells: dict[tuple[str, ...], float | str] = {
        (BASE, "05", "_T", "_T"): below,
        (N, "05", "_T", "_T"): above,
        (RATE, "05", "_T", "_T"): 5.2,
    }
    assert found(judge(project, cells)) == expected


def test_a_number_marked_secret_by_the_sender_is_withheld_too(project: Project) -> None:
    """The cell is in no table to be released, but its total and the other part are."""
    whole = table(project, "einbuergerungen", sexes(104, 97, SECRET), "2017")
    kept = whole.filter(pa.compute.is_valid(whole.column("value")))
    apart = whole.filter(pa.compute.is_null(whole.column("value")))
    assert found(audit(sources(project, kept), project)) == set()
    assert found(audit(sources(project, kept, apart={"einbuergerungen": apart}), project)) == {"IM-SDC-002"}


def written(folder: Path, one: pa.Table) -> Path:
    (folder / "data").mkdir(parents=True)
    pq.write_table(one, folder / "data" / "einbuergerungen.parquet", use_dictionary=True)
    return folder


def test_clean_files_pass_the_scan(project: Project, tmp_path: Path) -> None:
    one = table(project, "einbuergerungen", sexes(104, SECRET, SECRET), "2017")
    assert scan(written(tmp_path, one), {}, project) == []


def test_a_text_of_a_withheld_row_is_found(project: Project, tmp_path: Path) -> None:
    one = table(project, "einbuergerungen", sexes(104, SECRET, SECRET), "2017")
    texts = pa.array(["104", "48213 .", "."]).dictionary_encode()
    spoken = one.set_column(one.schema.get_field_index("value_text"), one.schema.field("value_text"), texts)
    assert scan(written(tmp_path, spoken), {}, project) == ["data/einbuergerungen.parquet"]


def test_a_text_left_in_a_dictionary_is_found(project: Project, tmp_path: Path) -> None:
    one = table(project, "einbuergerungen", sexes(104, 97, 7), "2017")
    assert scan(written(tmp_path, one.slice(0, 1)), {}, project) == ["data/einbuergerungen.parquet"]


def test_a_secret_number_in_a_text_file_is_found(project: Project, tmp_path: Path) -> None:
    one = table(project, "einbuergerungen", sexes(104, SECRET, SECRET), "2017")
    folder = written(tmp_path, one)
    apart = one.slice(0, 1).set_column(
        one.schema.get_field_index("value_text"), "value_text", pa.array(["48213"]).dictionary_encode()
    )
    apart = apart.set_column(
        one.schema.get_field_index("conf_status"), "conf_status", pa.array(["C"]).dictionary_encode()
    )
    (folder / "CHANGELOG.md").write_text("Wert 48213 entfallen", encoding="utf-8")
    assert scan(folder, {"einbuergerungen": apart}, project) == ["CHANGELOG.md"]


def test_nothing_withheld_costs_nothing(project: Project) -> None:
    outcome = judge(project, sexes(104, 97, 7))
    assert (found(outcome), outcome.audited, outcome.cells) == (set(), 0, 3)
    assert isinstance(Sources({}, pa.table({})), Sources)
