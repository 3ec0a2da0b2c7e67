"""Drafts of lists of Länder and Kreise."""

from __future__ import annotations

from pathlib import Path

import pytest

from einklang.draft.drafting import draft_profile
from einklang.project import Project


def _listed(project: Project, path: Path, lands: int, further: str = "") -> Path:
    """A list of the first Länder of more than one Kreis, and of Kreise, half of them named as nobody else does."""
    kreise = project.codelists["kreise"].codes
    of_land = [one for code, one in project.codelists["laender"].codes.items() if code not in {"02", "11"}]
    some = [one for one in kreise.values() if not one.valid_to and one.code[:2] in {"01", "03"}]
    rows = [f"ohne;{one.label_de}" for one in of_land[:lands]]
    rows += [f"{one.code};{one.label_de}{' X' * (number % 2)}" for number, one in enumerate(some)]
    rows += [
        "02000;Hamburg",
        "ohne;Regierungsbezirk Trier",
        "14KXX;Regierungsbezirk Leipzig",
        *([further] if further else []),
    ]
    path.write_text("\n".join(["Stichtag;Kreis;Gebiet;Anzahl", *(f"31.12.2024;{row};7" for row in rows)]), "utf-8")
    return path


@pytest.mark.parametrize(
    ("lands", "further", "wanted"),
    [(14, "", {"02000": "02"}), (14, "ohne;Freie und Hansestadt Hamburg", {}), (3, "", {})],
    ids=["the other Länder are there", "the Land is there too", "few Länder are there"],
)
def test_the_only_kreis_of_a_land_stands_for_it(
    lands: int, further: str, wanted: dict[str, str], tmp_path: Path, project: Project
) -> None:
    content = draft_profile(_listed(project, tmp_path / "probe.csv", lands, further), project, "auslaender").content
    place = content["dimensions"]["area"]
    assert place["scheme"] == "key"
    assert {text: code for text, code in place["codes"].items() if text.isdigit()} == wanted
    assert any("den übrigen Ländern" in one for one in content["todo"]) == bool(wanted)


def test_a_key_whose_rows_are_left_out_by_their_name_is_no_question(tmp_path: Path, project: Project) -> None:
    content = draft_profile(_listed(project, tmp_path / "probe.csv", 14), project, "auslaender", "destatis").content
    assert not any("14KXX" in one for one in content["todo"])
