from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from einklang.declarations.rules import Severity
from einklang.report.join import JoinedReport, join_results, render_joined
from einklang.result import Result, Verdict

from .factories import accounting, finding, hostile, identity, place, result, rule, several_findings

_LAENDER = ["bb", "be", "bw", "by", "hb", "he", "hh", "mv", "ni", "nw", "rp", "sh", "sl", "sn", "st", "th"]


@st.composite
def _results(draw: st.DrawFn) -> Result:
    land = draw(st.sampled_from(_LAENDER[:4]))
    number = draw(st.integers(1, 3) | st.none())
    read = draw(st.integers(0, 5))
    findings = draw(
        st.lists(
            st.builds(
                lambda severity, count: finding(severity=severity, places=[place()] * count),
                st.sampled_from(list(Severity)),
                st.integers(0, 3),
            ),
            max_size=3,
        )
    )
    return result(
        verdict=draw(st.sampled_from(list(Verdict))),
        identity=identity(
            supplier=land,
            number=number,
            delivery=f"{land}/einbuergerungen/{number}" if number else "",
            periods=draw(st.lists(st.sampled_from(["2023", "2024"]), unique=True)),
        ),
        rows=accounting(read=read, accepted=read, not_data=[]),
        findings=findings,
        rules=draw(st.lists(st.builds(rule, st.sampled_from(["IM-FIL-001", "IM-VAL-001"])), max_size=2)),
    )


@given(_results(), _results(), _results())
def test_joining_is_associative_commutative_and_idempotent(a: Result, b: Result, c: Result) -> None:
    whole = join_results([a, b, c])
    assert join_results([join_results([a, b]), c]) == whole
    assert join_results([a, join_results([b, c])]) == whole
    assert join_results([c, a, b]) == whole
    assert join_results([whole, whole, a]) == whole
    assert join_results([whole, join_results([])]) == whole


@given(st.lists(_results(), max_size=5))
def test_totals_count_what_the_results_hold(results: list[Result]) -> None:
    joined = join_results(results)
    assert {one.model_dump_json() for one in joined.results} == {one.model_dump_json() for one in results}
    totals = joined.totals
    assert totals.results == sum(totals.verdicts.values()) == len(joined.results)
    assert sum(totals.findings.values()) == sum(len(one.findings) for one in joined.results)
    assert sum(totals.places.values()) == sum(each.count for one in joined.results for each in one.findings)
    assert sum(sum(one.values()) for one in totals.rules.values()) == sum(len(one.rules) for one in joined.results)
    assert totals.rows.read == sum(one.rows.read for one in joined.results)
    assert all(first.identity.supplier <= second.identity.supplier for first, second in pairwise(joined.results))


def test_sixteen_make_the_national_one() -> None:
    laender = [result(identity=identity(supplier=land, delivery=f"{land}/einbuergerungen/1")) for land in _LAENDER]
    national = join_results(join_results([one]) for one in reversed(laender))
    assert national.totals.suppliers == _LAENDER
    assert national.totals.verdicts == {verdict: 16 if verdict is Verdict.ACCEPTED else 0 for verdict in Verdict}
    assert national.totals.cells.read == 16 * 4816
    assert national.totals.rows.not_data == 16 * 70


def test_written_report_can_be_read_back() -> None:
    joined = join_results([several_findings(), result()])
    assert JoinedReport.model_validate_json(render_joined(joined)) == joined
    assert list(json.loads(render_joined(joined))) == ["schema_version", "results", "totals"]
    render_joined(join_results([hostile()])).encode("utf-8")


def test_totals_that_disagree_are_refused() -> None:
    joined = join_results([several_findings()])
    with pytest.raises(ValidationError, match="totals do not agree"):
        JoinedReport(results=[], totals=joined.totals)
