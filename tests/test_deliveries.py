"""Tiny deliveries, one fault each, named by it: what is found, where, what follows, and that nothing is lost."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa
import pytest
from builders import ROOT, assert_complete, counts, flatten, sending

from einklang.check import Checked, check
from einklang.declarations.base import Text
from einklang.examples import dataset_of
from einklang.measures.figures import Reference
from einklang.project import Project
from einklang.result import Outcome

FOLDER = ROOT / "tests" / "deliveries"


class Case(NamedTuple):
    file: str
    """A file, or a folder whose last file is checked after the others were accepted."""
    found: list[tuple[str, str]]
    verdict: str
    rows: tuple[int, int, int, int]
    """Read, accepted, quarantined, not data."""
    cells: tuple[int, int, int, int]
    supplier: str = "hb"


def at(rule: str, cells: str) -> list[tuple[str, str]]:
    """A rule with each of its cells."""
    return [(rule, cell) for cell in cells.split()]


NOTHING = (0, 0, 0, 0)
NEEDS_A_RELEASE = {"IM-PAT-007"}
CASES = [
    Case(
        "fail/abgaenge/IM-LOG-003_shares_exceed_100.csv",
        at("IM-LOG-003", "C2 D2 E2 F2 G2"),
        "clarification_needed",
        (2, 1, 0, 1),
        (5, 5, 0, 0),
        "bw",
    ),
    Case(
        "fail/arbeitslose/IM-AGG-005_rate_outside_its_parts.csv",
        at("IM-AGG-005", "D4 D5 D6"),
        "rejected",
        (6, 3, 0, 3),
        (12, 12, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-AGG-002_sh_rounding_adds_up.csv",
        at("IM-AGG-002", " ".join(f"D{row}" for row in range(3, 19))),
        "clarification_needed",
        (18, 16, 0, 2),
        (16, 16, 0, 0),
        "sh",
    ),
    Case(
        "fail/auslaender/IM-VAL-004_not_rounded.csv",
        at("IM-VAL-004", "E3"),
        "clarification_needed",
        (6, 3, 0, 3),
        (9, 9, 0, 0),
    ),
    Case(
        "fail/einbuergerungen/IM-LOG-001_more_than_there_are.csv",
        at("IM-LOG-001", "B3 B2"),
        "rejected",
        (3, 2, 0, 1),
        (2, 2, 0, 0),
    ),
    Case(
        "fail/einbuergerungen/IM-LOG-002_rate_of_another_year.csv",
        at("IM-LOG-002", "C5 C2 C3"),
        "rejected",
        (6, 5, 0, 1),
        (10, 10, 0, 0),
    ),
    Case(
        "fail/wanderung/IM-LOG-004_balance_wrong.csv",
        at("IM-LOG-004", "E3 C3 D3"),
        "clarification_needed",
        (3, 2, 0, 1),
        (8, 8, 0, 0),
    ),
    Case(
        "fail/arbeitslose/IM-VAL-005_traces_of_binary_fractions.csv",
        at("IM-VAL-005", "E4 D6"),
        "accepted_with_notes",
        (6, 3, 0, 3),
        (12, 12, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-STA-004_hh_number_where_nothing_is.csv",
        at("IM-STA-004", "D4"),
        "rejected",
        (4, 2, 1, 1),
        (3, 2, 1, 0),
        "hh",
    ),
    Case(
        "fail/mikrozensus/IM-STA-005_small_figure.csv", at("IM-STA-005", "D2"), "rejected", (2, 0, 1, 1), (3, 2, 1, 0)
    ),
    Case(
        "fail/mikrozensus/IM-STA-006_brackets_lost.csv", at("IM-STA-006", "D2"), "rejected", (2, 0, 1, 1), (3, 2, 1, 0)
    ),
    Case("pass/mikrozensus/signs_of_small_figures.csv", [], "accepted", (4, 3, 0, 1), (9, 9, 0, 0)),
    Case(
        "fail/auslaender/IM-REV-001_closed_year_changed",
        at("IM-REV-001", "D5 E5"),
        "clarification_needed",
        (9, 6, 0, 3),
        (18, 18, 0, 0),
    ),
    Case(
        "pass/auslaender/IM-REV-001_open_year_changed",
        [],
        "accepted",
        (9, 6, 0, 3),
        (18, 18, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-REV-002_now_secret",
        at("IM-REV-002", "E5 F5"),
        "accepted_with_notes",
        (9, 6, 0, 3),
        (18, 18, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-REV-003_no_longer_secret",
        at("IM-REV-003", "E5 F5"),
        "clarification_needed",
        (9, 6, 0, 3),
        (18, 18, 0, 0),
    ),
    Case(
        "fail/einbuergerungen/IM-CRO-001_other_than_the_register",
        at("IM-CRO-001", "B3"),
        "clarification_needed",
        (3, 2, 0, 1),
        (2, 2, 0, 0),
    ),
    Case("pass/einbuergerungen/IM-CRO-001_as_in_the_register", [], "accepted", (6, 5, 0, 1), (10, 10, 0, 0)),
    Case(
        "pass/einbuergerungen/rates_reproduce.csv",
        [],
        "accepted",
        (6, 5, 0, 1),
        (10, 10, 0, 0),
    ),
    Case("pass/abgaenge/shares.csv", [], "accepted", (4, 3, 0, 1), (15, 15, 0, 0), "bw"),
    Case("pass/auslaender/sh_usual_rounding.csv", [], "accepted", (18, 16, 0, 2), (16, 16, 0, 0), "sh"),
    Case("pass/wanderung/balances.csv", [], "accepted", (4, 3, 0, 1), (12, 12, 0, 0)),
    Case(
        "fail/auslaender/IM-AGG-007_th_sum_row_differs.csv",
        at("IM-AGG-007", "E6"),
        "clarification_needed",
        (8, 2, 0, 6),
        (8, 6, 0, 2),
        "th",
    ),
    Case(
        "fail/auslaender/IM-COD-006_th_per_cent_of_persons.csv",
        at("IM-COD-006", "E3"),
        "rejected",
        (8, 0, 2, 6),
        (8, 4, 2, 2),
        "th",
    ),
    Case("fail/auslaender/IM-STR-008_header_twice.csv", at("IM-STR-008", "A2 A6"), "rejected", (8, 0, 8, 0), NOTHING),
    Case(
        "fail/auslaender/IM-STR-009_figures_below_the_notes.csv",
        at("IM-STR-009", "D11"),
        "rejected",
        (11, 0, 11, 0),
        (18, 0, 18, 0),
    ),
    Case(
        "fail/auslaender/IM-STR-010_th_note_missing.csv",
        [("IM-STR-010", "")],
        "accepted_with_notes",
        (7, 2, 0, 5),
        (8, 6, 0, 2),
        "th",
    ),
    Case(
        "fail/auslaender/IM-STR-011_th_repeated_column_differs.csv",
        at("IM-STR-011", "F5"),
        "rejected",
        (8, 0, 2, 6),
        (8, 0, 6, 2),
        "th",
    ),
    Case(
        "fail/auslaender/IM-STR-012_st_profile_is_a_draft.csv",
        [("IM-STR-012", "")],
        "clarification_needed",
        (4, 1, 0, 3),
        (3, 3, 0, 0),
        "st",
    ),
    Case("pass/auslaender/st_profile_is_settled.csv", [], "accepted", (4, 1, 0, 3), (3, 3, 0, 0), "st"),
    Case("pass/auslaender/th_unit_marks_sum_and_repetition.csv", [], "accepted", (8, 2, 0, 6), (8, 6, 0, 2), "th"),
    Case(
        "fail/arbeitslose/IM-AGG-003_more_foreigners_than_persons.csv",
        at("IM-AGG-003", "B6 C6"),
        "rejected",
        (6, 3, 0, 3),
        (12, 12, 0, 0),
    ),
    Case(
        "fail/arbeitslose/IM-COD-001_head_unknown.csv",
        at("IM-COD-001", "C3"),
        "rejected",
        (6, 0, 3, 3),
        (12, 9, 3, 0),
    ),
    Case(
        "fail/arbeitslose/IM-VAL-003_rate_above_100.csv",
        at("IM-VAL-003", "E6"),
        "rejected",
        (6, 2, 1, 3),
        (12, 11, 1, 0),
    ),
    Case(
        "fail/alter/IM-COD-005_age_turned_into_a_date.csv",
        at("IM-COD-005", "B3"),
        "rejected",
        (3, 1, 1, 1),
        (2, 1, 1, 0),
    ),
    Case(
        "fail/auslaender/IM-AGG-001_sexes_exceed_total.csv",
        at("IM-AGG-001", "D5 E5 F5"),
        "rejected",
        (6, 3, 0, 3),
        (9, 9, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-AGG-004_kreise_exceed_land.csv",
        at("IM-AGG-004", "D3 D4 D5"),
        "rejected",
        (6, 3, 0, 3),
        (9, 9, 0, 0),
    ),
    Case("fail/auslaender/IM-CMP-001_kreis_missing.csv", [("IM-CMP-001", "")], "rejected", (5, 2, 0, 3), (6, 6, 0, 0)),
    Case(
        "fail/auslaender/IM-CMP-002_sex_not_agreed.csv",
        at("IM-CMP-002", "G3 G4 G5"),
        "clarification_needed",
        (6, 3, 0, 3),
        (12, 12, 0, 0),
        "hb",
    ),
    Case(
        "fail/auslaender/IM-CMP-003_kreis_missing_in_one_year.csv",
        [("IM-CMP-003", "")],
        "rejected",
        (30, 29, 0, 1),
        (87, 87, 0, 0),
        "he",
    ),
    Case(
        "fail/auslaender/IM-COD-001_kreis_key_unknown.csv",
        at("IM-COD-001", "B6"),
        "rejected",
        (7, 3, 1, 3),
        (12, 9, 3, 0),
    ),
    Case(
        "fail/auslaender/IM-COD-004_leading_zero_lost.csv",
        at("IM-COD-004", "B3 B4 B5"),
        "accepted_with_notes",
        (6, 3, 0, 3),
        (9, 9, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-COD-002_names_swapped.csv",
        at("IM-COD-002", "C4 C5"),
        "rejected",
        (6, 1, 2, 3),
        (9, 3, 6, 0),
    ),
    Case(
        "fail/auslaender/IM-COD-003_kreis_of_another_land.csv",
        at("IM-COD-003", "B6"),
        "rejected",
        (7, 3, 1, 3),
        (12, 9, 3, 0),
    ),
    Case("fail/auslaender/IM-FIL-001_umlauts_destroyed.csv", [("IM-FIL-001", "")], "rejected", NOTHING, NOTHING),
    Case("fail/auslaender/IM-FIL-001_web_page.csv", [("IM-FIL-001", "")], "rejected", NOTHING, NOTHING),
    Case("fail/auslaender/IM-FIL-002_far_cell.xlsx", [("IM-FIL-002", "")], "rejected", NOTHING, NOTHING, "sl"),
    Case(
        "fail/auslaender/IM-FIL-003_only_another_land.csv",
        at("IM-FIL-003", "B3 B4"),
        "rejected",
        (5, 0, 2, 3),
        (6, 0, 6, 0),
    ),
    Case(
        "fail/auslaender/IM-FIL-006_cp1252_for_utf-8.csv",
        [("IM-FIL-006", "")],
        "accepted_with_notes",
        (6, 3, 0, 3),
        (9, 9, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-FIL-007_workbook_named.csv",
        [("IM-FIL-007", "")],
        "accepted_with_notes",
        (3, 1, 0, 2),
        (3, 3, 0, 0),
        "sl",
    ),
    Case(
        "fail/auslaender/IM-FIL-008_macros.xlsm",
        [("IM-FIL-008", "")],
        "accepted_with_notes",
        (3, 1, 0, 2),
        (3, 3, 0, 0),
        "sl",
    ),
    Case(
        "fail/auslaender/IM-FIL-009_copy_of_the_file.zip",
        [*at("IM-FIL-009", ""), ("IM-FIL-009", ""), ("IM-FIL-009", "")],
        "clarification_needed",
        (12, 6, 0, 6),
        (18, 18, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-KEY-001_row_twice_with_other_figures.csv",
        at("IM-KEY-001", "D5 D6 E5 E6 F5 F6"),
        "rejected",
        (7, 2, 2, 3),
        (12, 6, 6, 0),
    ),
    Case(
        "fail/auslaender/IM-KEY-002_row_twice.csv",
        at("IM-KEY-002", "D5 D6 E5 E6 F5 F6"),
        "clarification_needed",
        (7, 3, 1, 3),
        (12, 9, 3, 0),
    ),
    Case(
        "fail/auslaender/IM-PAT-001_sorted_without_its_keys.csv",
        [("IM-PAT-001", f"{column}{row}") for row in range(12, 22) for column in "CDE"],
        "rejected",
        (21, 20, 0, 1),
        (60, 60, 0, 0),
        "he",
    ),
    Case(
        "fail/auslaender/IM-PAT-002_thousands.csv",
        at("IM-PAT-002", "D6 E6 F6 D7 E7 F7 D8 E8 F8"),
        "clarification_needed",
        (9, 6, 0, 3),
        (18, 18, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-PAT-003_last_years_figures.csv",
        at("IM-PAT-003", "D6 E6 F6 D7 E7 F7 D8 E8 F8"),
        "clarification_needed",
        (9, 6, 0, 3),
        (18, 18, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-PAT-004_rounded_to_hundreds.csv",
        [("IM-PAT-004", f"{column}{row}") for row in range(2, 12) for column in "CDE"],
        "clarification_needed",
        (11, 10, 0, 1),
        (30, 30, 0, 0),
        "he",
    ),
    Case(
        "fail/auslaender/IM-PAT-005_digit_too_many.csv",
        at("IM-PAT-005", "C14"),
        "clarification_needed",
        (21, 20, 0, 1),
        (20, 20, 0, 0),
        "he",
    ),
    Case(
        "fail/auslaender/IM-PAT-006_first_delivery_in_thousands.csv",
        [("IM-PAT-006", f"{column}{row}") for row in range(2, 12) for column in "CDE"],
        "clarification_needed",
        (11, 10, 0, 1),
        (30, 30, 0, 0),
        "he",
    ),
    Case("fail/auslaender/IM-STA-001_blank_cell.csv", at("IM-STA-001", "F5"), "rejected", (6, 2, 1, 3), (9, 8, 1, 0)),
    Case(
        "fail/auslaender/IM-STA-002_hh_number_in_secret_row.csv",
        at("IM-STA-002", "D4"),
        "rejected",
        (4, 2, 1, 1),
        (3, 2, 1, 0),
        "hh",
    ),
    Case(
        "fail/auslaender/IM-STA-002_number_with_secrecy_mark.csv",
        at("IM-STA-002", "F5"),
        "rejected",
        (6, 2, 1, 3),
        (9, 8, 1, 0),
    ),
    Case(
        "fail/auslaender/IM-STA-003_hh_status_word_unknown.csv",
        at("IM-STA-003", "D4"),
        "rejected",
        (4, 2, 1, 1),
        (3, 2, 1, 0),
        "hh",
    ),
    Case(
        "fail/auslaender/IM-STA-003_question_mark.csv", at("IM-STA-003", "F5"), "rejected", (6, 2, 1, 3), (9, 8, 1, 0)
    ),
    Case("pass/auslaender/IM-STA-007_legend.csv", [], "accepted", (11, 3, 0, 8), (9, 9, 0, 0)),
    Case(
        "fail/auslaender/IM-STA-007_legend_says_otherwise.csv",
        at("IM-STA-007", "A8"),
        "clarification_needed",
        (10, 3, 0, 7),
        (9, 9, 0, 0),
    ),
    Case("fail/auslaender/IM-STR-001_sheet_renamed.xlsx", [("IM-STR-001", "")], "rejected", NOTHING, NOTHING, "sl"),
    Case(
        "fail/auslaender/IM-STR-002_before_the_profile.csv",
        [("IM-STR-002", "")],
        "rejected",
        (6, 3, 0, 3),
        (9, 9, 0, 0),
    ),
    Case("fail/auslaender/IM-STR-003_heading_changed.csv", at("IM-STR-003", "C2"), "rejected", (6, 0, 6, 0), NOTHING),
    Case("fail/auslaender/IM-STR-003_only_a_title.csv", [("IM-STR-003", "")], "rejected", (1, 0, 1, 0), NOTHING),
    Case("fail/auslaender/IM-STR-004_field_missing.csv", at("IM-STR-004", "4"), "rejected", (6, 0, 3, 3), (9, 0, 9, 0)),
    Case(
        "fail/auslaender/IM-STR-005_hidden_column.xlsx",
        at("IM-STR-005", "C3"),
        "clarification_needed",
        (3, 1, 0, 2),
        (3, 3, 0, 0),
        "sl",
    ),
    Case(
        "fail/auslaender/IM-STR-006_formula_without_result.xlsx",
        at("IM-STR-006", "B3"),
        "rejected",
        (3, 0, 1, 2),
        (3, 2, 1, 0),
        "sl",
    ),
    Case(
        "fail/auslaender/IM-STR-007_merged_figures.xlsx",
        at("IM-STR-007", "C3"),
        "rejected",
        (3, 0, 1, 2),
        (3, 0, 3, 0),
        "sl",
    ),
    Case(
        "fail/auslaender/IM-TIM-001_jump.csv",
        at("IM-TIM-001", "E8"),
        "clarification_needed",
        (9, 6, 0, 3),
        (18, 18, 0, 0),
    ),
    Case(
        "fail/auslaender/IM-TIM-002_many_jumps.csv",
        at("IM-TIM-002", "E40 E28 E34 E46 C28 C34 C40 C46 D34 D28 D46 D40 E43 E37 E31 C43 C37 C31 D31 D37"),
        "clarification_needed",
        (53, 52, 0, 1),
        (156, 156, 0, 0),
        "he",
    ),
    Case("fail/auslaender/IM-VAL-001_two_commas.csv", at("IM-VAL-001", "F5"), "rejected", (6, 2, 1, 3), (9, 8, 1, 0)),
    Case("fail/auslaender/IM-VAL-003_negative.csv", at("IM-VAL-003", "F5"), "rejected", (6, 2, 1, 3), (9, 8, 1, 0)),
    Case(
        "fail/einbuergerungen/IM-AGG-003_part_exceeds_whole.csv",
        at("IM-AGG-003", "C3 C4"),
        "rejected",
        (4, 3, 0, 1),
        (6, 6, 0, 0),
    ),
    Case(
        "fail/einbuergerungen/IM-STA-002_number_before_a_point.csv",
        at("IM-STA-002", "C2"),
        "rejected",
        (4, 2, 1, 1),
        (6, 5, 1, 0),
    ),
    Case(
        "fail/einbuergerungen/IM-VAL-002_comma_between_thousands.csv",
        at("IM-VAL-002", "B2 B3 B4") + at("IM-VAL-002", "C2 C3 C4"),
        "rejected",
        (4, 0, 3, 1),
        (6, 0, 6, 0),
    ),
    Case("pass/alter/ages.csv", [], "accepted", (3, 2, 0, 1), (2, 2, 0, 0)),
    Case("pass/arbeitslose/two_header_rows.csv", [], "accepted", (6, 3, 0, 3), (12, 12, 0, 0)),
    Case("pass/auslaender/IM-AGG-001_rounding_at_its_bound.csv", [], "accepted", (6, 3, 0, 3), (9, 9, 0, 0)),
    Case("pass/auslaender/IM-STA-003_agreed_signs.csv", [], "accepted", (6, 3, 0, 3), (9, 9, 0, 0)),
    Case("pass/auslaender/hh_status_column.csv", [], "accepted", (4, 3, 0, 1), (3, 3, 0, 0), "hh"),
    Case("pass/auslaender/three_years_of_kreise.csv", [], "accepted", (31, 30, 0, 1), (90, 90, 0, 0), "he"),
    Case("pass/auslaender/two_files.zip", [], "accepted", (12, 6, 0, 6), (18, 18, 0, 0)),
    Case("pass/auslaender/two_years.csv", [], "accepted", (9, 6, 0, 3), (18, 18, 0, 0)),
    Case("pass/auslaender/workbook.xlsx", [], "accepted", (3, 1, 0, 2), (3, 3, 0, 0), "sl"),
    Case("pass/einbuergerungen/years_side_by_side.csv", [], "accepted", (4, 3, 0, 1), (6, 6, 0, 0)),
]


def run(case: Case, project: Project) -> Checked:
    path = FOLDER / case.file
    *earlier, last = sorted(path.iterdir()) if path.is_dir() else [path]
    dataset = case.file.split("/")[1]
    accepted: dict[str, pa.Table] = {}
    for file in earlier:
        of = dataset_of(file, dataset, project)
        accepted[of] = check(sending(case.supplier, of, file), project).observations

    def references(other: str) -> list[Reference]:
        name = Text(de="andere Lieferung", en="other delivery")
        return [Reference(name, accepted[other])] if other in accepted and other != dataset else []

    return check(sending(case.supplier, dataset, last), project, lambda: accepted.get(dataset), references=references)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_delivery(case: Case, test_project: Project) -> None:
    checked = run(case, test_project)
    result = checked.result
    assert flatten(result) == case.found, [finding.message.de for finding in result.findings]
    assert result.verdict == case.verdict
    assert (counts(result.rows), counts(result.cells)) == (case.rows, case.cells)
    assert_complete(checked)
    assert checked.quarantine.num_rows + checked.observations.num_rows <= result.cells.read


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_file_is_named_by_its_fault(case: Case) -> None:
    folder, _, name = case.file.split("/")
    assert bool(case.found) == (folder == "fail")
    if case.found:
        assert {rule for rule, _ in case.found} == {name[:10]}


def test_every_file_is_a_case() -> None:
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*/*")}
    # What needs the register of deliveries or a release is shown by the examples of the catalogue.
    elsewhere = ("IM-FIL", "IM-MET", "IM-REL", "IM-SDC", *NEEDS_A_RELEASE)
    received = {name for name in found if (FOLDER / name).is_dir() and any(rule in name for rule in elsewhere)}
    assert found - received == {case.file for case in CASES}


def test_every_rule_of_a_check_has_a_failing_file(project: Project) -> None:
    judged = {rule.id for rule in project.catalogue.rules if rule.step not in {"receive", "release", "disclosure"}}
    assert judged - NEEDS_A_RELEASE == {rule for case in CASES for rule, _ in case.found}


def test_a_passing_delivery_passes_every_rule_it_can(test_project: Project) -> None:
    case = next(case for case in CASES if case.file == "pass/auslaender/two_years.csv")
    result = run(case, test_project).result
    left = {rule.rule for rule in result.rules if rule.outcome is not Outcome.PASSED}
    few = {"IM-CMP-003", "IM-PAT-001"}  # three years, eight areas
    earlier = {"IM-CRO-001", "IM-REV-001", "IM-REV-002", "IM-REV-003"}  # another source, an earlier delivery
    assert left == NEEDS_A_RELEASE | few | earlier


def test_steps_behind_an_error_are_named(test_project: Project) -> None:
    case = next(case for case in CASES if case.file == "fail/auslaender/IM-STR-003_heading_changed.csv")
    result = run(case, test_project).result
    outcomes = {one.rule: (one.outcome, one.reason) for one in result.rules}
    assert outcomes["IM-FIL-001"] == (Outcome.PASSED, None)
    assert outcomes["IM-STR-003"][0] is Outcome.FAILED
    later, reason = outcomes["IM-KEY-001"]
    assert later is Outcome.NOT_EVALUABLE
    assert reason is not None
    assert "erst möglich" in reason.de
