"""Suites are real suites of Great Expectations, and Data Docs work offline and report nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from builders import sending

from einklang.check import check
from einklang.cli.app import docs
from einklang.errors import UnusableInput
from einklang.examples import FILES, example_project
from einklang.gx import great_expectations
from einklang.gx_pages import Delivered, Written, write_data_docs
from einklang.project import Project

_LOADED = re.compile(r"""(?:src|href)\s*=\s*["']?https?:|url\(['"]?https?:|<script""")


@pytest.fixture(scope="module")
def written(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Written:
    file = project.folder / FILES / "fail" / "auslaender" / "IM-AGG-001_sexes_exceed_total.csv"
    examples = example_project(project)
    shown = Delivered("auslaender-hb", "auslaender", lambda: check(sending("hb", "auslaender", file), examples))
    return write_data_docs(tmp_path_factory.mktemp("docs"), examples, shown)


def test_suites_are_read_back_by_great_expectations(written: Written, project: Project) -> None:
    library = great_expectations()
    for name, declared in example_project(project).expectations.items():
        if not declared.delivery:
            continue
        suite = json.loads((written.page.parent / "suites" / f"{name}.json").read_text(encoding="utf-8"))
        built = library.ExpectationSuite(**suite)
        assert [one.meta["rule"] for one in built.expectations] == [one.rule for one in declared.delivery]
        limits = [(one.min_value, one.max_value) for one in built.expectations]
        assert limits == [(one.min_value, one.max_value) for one in declared.delivery]


def test_the_failing_delivery_has_a_page_with_its_figure(written: Written) -> None:
    assert written.success is False
    [page] = written.page.parent.glob("validations/auslaender-hb/**/*.html")
    text = page.read_text(encoding="utf-8")
    assert "IM-AGG-001 dimension_sums sex excess" in text
    assert "Failed" in text
    # the parts exceed their total by 10, rounding explains 6
    assert ">4.0<" in re.sub(r"\s", "", text)


def test_what_could_not_be_judged_is_no_expectation_of_the_delivery(written: Written) -> None:
    [page] = written.page.parent.glob("validations/auslaender-hb/**/*.html")
    assert "IM-TIM-001" not in page.read_text(encoding="utf-8")
    index = written.page.read_text(encoding="utf-8")
    [row] = [line for line in index.splitlines() if line.startswith("<tr>") and ">IM-TIM-001<" in line]
    assert "<td>period_changes votes</td><td>There are no accepted figures of the previous year." in row
    assert "IM-AGG-001 dimension_sums sex" not in index


def test_pages_load_nothing_and_run_nothing(written: Written) -> None:
    pages = [*written.page.parent.rglob("*.html"), *written.page.parent.rglob("*.css")]
    assert len(pages) > 5
    assert [page.name for page in pages if _LOADED.search(page.read_text(encoding="utf-8"))] == []


def test_links_of_the_first_page_lead_somewhere(written: Written) -> None:
    links = re.findall(r'href="([^"]+)"', written.page.read_text(encoding="utf-8"))
    assert len(links) > 4
    assert [link for link in links if not (written.page.parent / link).is_file()] == []


def test_the_kind_of_page_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="No kind of page"):
        docs(out=tmp_path)
