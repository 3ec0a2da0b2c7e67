"""What the tests of real files share: what is expected of a file, and how it is held against what was read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from builders import ROOT, assert_complete, counts

from einklang.check import Checked
from einklang.result import Verdict

REAL = ROOT.parent / "shared" / "real"
ABSENT = "the real files (../shared/real) are not here"


class RealFile(NamedTuple):
    path: str
    supplier: str
    dataset: str
    rows: tuple[int, int, int, int]
    """Read, accepted, quarantined, not data."""
    cells: tuple[int, int, int, int]
    figures: str
    """Per line a cell and what stands in it, looked up in the file by hand; `sheet!cell` in a workbook, blanks in its
    name as `_`."""
    findings: tuple[str, ...] = ()
    """Rules that rightly find something in the file."""
    verdict: Verdict = Verdict.ACCEPTED

    @property
    def name(self) -> str:
        return f"{self.path}-{self.dataset}"


Reader = Callable[[RealFile], Checked]
"""The fixture `read`: checks a file once per module."""


def assert_read_whole(file: RealFile, one: Checked) -> None:
    """Verdict, rules, the account of rows and cells, and the figures are as the file says."""
    _assert_accounted(file, one)
    _assert_figures(file, one)


def _assert_accounted(file: RealFile, one: Checked) -> None:
    found = [finding for finding in one.result.findings if finding.rule not in file.findings]
    assert [finding.message.de for finding in found] == []
    assert {finding.rule for finding in one.result.findings} == set(file.findings)
    assert one.result.verdict is file.verdict
    assert (counts(one.result.rows), counts(one.result.cells)) == (file.rows, file.cells)
    assert_complete(one)


def _assert_figures(file: RealFile, one: Checked) -> None:
    table = one.observations
    wanted = dict(_told(line) for line in file.figures.strip().splitlines())
    sheets, rows, columns = (table.column(name).to_pylist() for name in ("sheet", "row", "column"))
    names = [
        f"{sheet.replace(' ', '_')}!{column}{row}" if sheet else f"{column}{row}"
        for sheet, row, column in zip(sheets, rows, columns, strict=True)
    ]
    index = {name: number for number, name in enumerate(names) if name in wanted}
    found = {
        cell: {name: table.column(name)[index[cell]].as_py() for name in said} if cell in index else {}
        for cell, said in wanted.items()
    }
    assert found == wanted
    assert {text.split("/")[0] for text in table.column("file").unique().to_pylist()} <= {Path(file.path).name}


def _told(line: str) -> tuple[str, dict[str, Any]]:
    cell, *facts = line.split()
    said: dict[str, Any] = dict(fact.split("=", 1) for fact in facts)
    if "value" in said:
        said["value"] = None if said["value"] == "None" else float(said["value"])
    return cell, said
