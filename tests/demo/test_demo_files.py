"""The demonstration files: they come from the generator byte for byte, and every profile fits them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from demo import generate
from demo.offices import OFFICES
from einklang.project import load_project

DEMO = Path(generate.__file__).parent


def faults() -> list[dict[str, str]]:
    """The planted faults."""
    with (DEMO / "faults.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_generator_gives_the_committed_bytes() -> None:
    inbox = DEMO / "inbox"
    committed = {path.relative_to(inbox).as_posix(): path.read_bytes() for path in inbox.rglob("*") if path.is_file()}
    assert generate.deliveries() == committed


def test_every_office_has_a_profile_for_every_data_set() -> None:
    project = load_project(DEMO.parent)
    for supplier, sent in OFFICES.items():
        for dataset in sent:
            assert project.profiles_of(supplier, dataset), (supplier, dataset)


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: f"{fault['supplier']}-{fault['dataset']}-{fault['rule']}")
def test_every_fault_names_a_file(fault: dict[str, str]) -> None:
    assert (DEMO / "inbox" / fault["wave"] / fault["supplier"] / fault["dataset"] / fault["file"]).is_file()


def test_readme_lists_the_faults() -> None:
    text = (DEMO / "README.md").read_text(encoding="utf-8")
    for fault in faults():
        line = f"`{fault['supplier']}/{fault['dataset']}` | {fault['cell'] or '–'} | {fault['rule']} | "
        assert line + f"{fault['verdict'] or '–'} | {fault['what_de']} |" in text


def test_figures_name_their_sources() -> None:
    with (DEMO / "figures" / "sources.csv").open(encoding="utf-8", newline="") as stream:
        sources = {row["source"] for row in csv.DictReader(stream)}
    for name in ("areas", "auslaender", "arbeitslose", "einbuergerungen"):
        with (DEMO / "figures" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            assert {row["source"] for row in csv.DictReader(stream)} <= sources
