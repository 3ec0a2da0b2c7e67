"""Figures as CSV: of an accepted delivery, or of the latest release; nothing else, and nothing that calculates."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from test_release import fill

from einklang.cli.app import main
from einklang.cli.exporting import figures_of
from einklang.errors import UnknownName, UnusableInput
from einklang.project import Project
from einklang.release import make_release
from einklang.report.as_csv import BYTE_ORDER_MARK
from einklang.report.figures_csv import render_figures
from einklang.store import Store

RELEASED, LATER, REJECTED = "nw/einbuergerungen/0001", "ni/einbuergerungen/0001", "be/einbuergerungen/0001"


@pytest.fixture(scope="module")
def store(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One accepted and released delivery, one accepted after the release, one rejected."""
    folder = tmp_path_factory.mktemp("store")
    make_release(project, fill(folder, project, ("nw/einbuergerungen",), "2-*"))
    return fill(folder, project, ("ni/einbuergerungen", "be/einbuergerungen"), "2-*")


def told(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8")
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(text[1:].splitlines(), delimiter=";"))


def test_what_is_written_is_what_was_accepted(store: Store) -> None:
    table = figures_of(store, LATER, "")
    rows = told(render_figures(table))
    assert list(rows[0]) == table.column_names
    assert [row["area"] for row in rows] == table.column("area").to_pylist()
    figures = [float(row["value"].replace(",", ".")) if row["value"] else None for row in rows]
    assert figures == table.column("value").to_pylist()


def test_a_release_holds_no_figure_of_others_that_is_not_released(store: Store) -> None:
    rows = told(render_figures(figures_of(store, "", "einbuergerungen")))
    assert {row["supplier"] for row in rows} == {"nw"}


@pytest.mark.parametrize(
    ("delivery", "dataset", "said"),
    [
        ("", "", "Name a delivery or a data set"),
        (RELEASED, "einbuergerungen", "Name a delivery or a data set"),
        (REJECTED, "", "is not accepted"),
    ],
)
def test_what_is_refused(delivery: str, dataset: str, said: str, store: Store) -> None:
    with pytest.raises(UnusableInput, match=said):
        figures_of(store, delivery, dataset)


@pytest.mark.parametrize(("delivery", "dataset"), [("nw/einbuergerungen/0009", ""), ("", "auslaender"), ("", "../x")])
def test_names_that_are_not_there(delivery: str, dataset: str, store: Store) -> None:
    with pytest.raises(UnknownName):
        figures_of(store, delivery, dataset)


def test_nothing_is_released_yet(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="Nothing is released"):
        figures_of(Store(tmp_path), "", "einbuergerungen")


def test_texts_do_not_calculate_and_numbers_are_written_out() -> None:
    texts = pa.array(["=1+1", "-", 'a;"b"', "01"]).dictionary_encode()
    values = pa.array([163935.0, None, 1.25, 2031201000000.0])
    rows = told(render_figures(pa.table({"value_text": texts, "value": values})))
    assert [row["value_text"] for row in rows] == ["'=1+1", "-", 'a;"b"', "01"]
    assert [row["value"] for row in rows] == ["163935", "", "1,25", "2031201000000"]


def test_the_command_writes_a_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "figures.csv"
    monkeypatch.setattr(sys, "argv", ["einklang", "export", RELEASED, "--csv", str(target), "--store", str(store.root)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code
    assert f"{len(told(target.read_bytes()))} Angaben" in capsys.readouterr().out
