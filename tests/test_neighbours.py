"""Sixteen Länder: what one office gets does not depend on figures of another that are not released."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from builders import profile, project_with

from einklang.deliver import deliver
from einklang.examples import example_files, example_project
from einklang.project import Project
from einklang.release import make_release
from einklang.result import Outcome
from einklang.store import Store

TIME = "2026-03-14T13:05:00+00:00"
BEFORE, NOW = "31.12.2023", "31.12.2024"
LEFT_OUT = {"raw"}


def laender(project: Project) -> dict[str, str]:
    """Supplier → key of its Land."""
    suppliers = project.codelists["suppliers"].codes.values()
    return {one.code: one.extra["areas"] for one in suppliers if one.kind == "land"}


def figures(land: str, seed: int) -> tuple[int, int, int]:
    """Distinct, recognisable figures that add up: total, male, female."""
    male, female = 5 * (200_003 + 1_009 * int(land) + 97 * seed), 5 * (180_007 + 1_013 * int(land) + 89 * seed)
    return male + female, male, female


def lines(land: str, day: str, seed: int) -> str:
    total, male, female = figures(land, seed)
    return f"{day};{land};{total};{male};{female}\n"


def delivered(folder: Path, project: Project, seeds: Mapping[str, int]) -> Store:
    """A store in which all delivered last year, that was released, and all delivered again with these seeds."""
    store = Store(folder / "store")
    for day, chosen in ((BEFORE, dict.fromkeys(seeds, 0)), (NOW, seeds)):
        for supplier, land in laender(project).items():
            path = folder / f"{supplier}.csv"
            # The figures of two offices are wrong this year: what is rejected must not show elsewhere either.
            wrong = f"{day};{land}999;7;7;7\n" if day == NOW and land in {"05", "12"} else ""
            text = "Zeit;Schlüssel;insgesamt;männlich;weiblich\n" + lines(land, day, chosen[supplier]) + wrong
            path.write_text(text, encoding="utf-8")
            deliver([path], supplier, "auslaender", project, store, TIME)
        if day == BEFORE:
            assert make_release(project, store).version == "1.0.0"
    return store


@pytest.fixture(scope="module")
def offices(project: Project) -> Project:
    profiles = [profile(supplier=supplier) for supplier in laender(project)]
    rules = [one.rule for one in project.expectations["auslaender"].delivery]
    return project_with(project, *profiles, rules=rules)


@pytest.fixture(scope="module")
def same(offices: Project, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return delivered(tmp_path_factory.mktemp("same"), offices, dict.fromkeys(laender(offices), 1))


def artefacts(store: Store, supplier: str) -> dict[str, bytes]:
    """Everything that was written for an office, but for the bytes it sent itself."""
    found = {}
    for path in sorted(store.root.rglob("*")):
        inside = path.relative_to(store.root)
        of_office = supplier in inside.parts or any(part.startswith(f"{supplier}-") for part in inside.parts)
        if path.is_file() and of_office and not LEFT_OUT & set(inside.parts):
            found[inside.as_posix()] = path.read_bytes()
    return found


@pytest.mark.parametrize("parity", [0, 1])
def test_what_an_office_gets_is_the_same_whatever_others_deliver(
    offices: Project, same: Store, parity: int, tmp_path: Path
) -> None:
    areas = laender(offices)
    seeds = {supplier: 1 if int(land) % 2 == parity else 7 for supplier, land in areas.items()}
    other = delivered(tmp_path, offices, seeds)
    for supplier, seed in seeds.items():
        ours, theirs = artefacts(same, supplier), artefacts(other, supplier)
        assert set(ours) == set(theirs)
        differ = {
            name
            for name in ours
            if name.endswith((".json", ".html", ".csv", ".parquet")) and ours[name] != theirs[name]
        }
        assert bool(differ) == (seed != 1), (supplier, differ)


def spelled(number: int) -> set[bytes]:
    return {f"{number:,}".replace(",", sign).encode() for sign in ("", ".", ",", "\u202f", "\u00a0", " ")}


def test_no_artefact_of_an_office_holds_a_figure_of_another(
    offices: Project, same: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    areas = laender(offices)
    for supplier in areas:
        content = b"\n".join(artefacts(same, supplier).values())
        for name in artefacts(same, supplier):
            if name.endswith(".parquet"):
                content += repr(pq.read_table(same.root / name).to_pydict()).encode()
        assert content
        for other, land in areas.items():
            if other != supplier:
                found = {text for number in figures(land, 1) for text in spelled(number) if text in content}
                assert not found, (supplier, other)
    captured = capfd.readouterr()
    assert not any(str(number) in captured.out + captured.err for land in areas.values() for number in figures(land, 1))


def test_a_figure_that_were_there_would_be_found(offices: Project, same: Store) -> None:
    content = b"\n".join(artefacts(same, "sn").values())
    assert any(text in content for text in spelled(figures("14", 1)[0])) or b"sn/auslaender/0002" in content
    table = pq.read_table(same.folder("sn/auslaender/0002") / "observations.parquet")
    assert set(table.column("value").to_pylist()) == set(map(float, figures("14", 1)))


@pytest.mark.parametrize("is_released", [True, False])
def test_the_file_of_a_neighbour_is_recognised_once_its_figures_are_released(
    project: Project, tmp_path: Path, is_released: bool
) -> None:
    declared, store = example_project(project), Store(tmp_path)
    hessen, own = example_files(project, "fail/auslaender/IM-PAT-007_figures_of_hessen")
    deliver([hessen], "he", "auslaender", declared, store, TIME)
    if is_released:
        assert make_release(declared, store).version == "1.0.0"
    delivered = deliver([own], "hb", "auslaender", declared, store, TIME)
    result = store.result(delivered.delivery.delivery)
    found = [one for one in result.findings if one.rule == "IM-PAT-007"]
    assert len(found) == is_released
    if is_released:
        assert found[0].message.de == (
            "100 % von 6 vergleichbaren Werten stimmen mit den veröffentlichten Werten für Hessen überein."
        )
        assert {place.row for place in found[0].places} == {3, 4}
    else:
        assert {one.rule: one.outcome for one in result.rules}["IM-PAT-007"] is Outcome.NOT_EVALUABLE
        assert "Hessen" not in (store.folder(delivered.delivery.delivery) / "report.html").read_text(encoding="utf-8")
