"""The registers that figures are held against: wrong lines are refused, the population is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from einklang.declarations.comparability import Break, read_lines
from einklang.errors import DeclarationError
from einklang.project import Project

HEAD = "dataset,indicator,measure,area,first_period,reason_de,reason_en,source\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n", "columns must be"),
        (HEAD + ",,,,2020,a,a,a\n", "a data set or an indicator"),
        (HEAD + ",E6,unemployed,,2020,a,a,a\n", "goes with its data set"),
        (HEAD + ",E6,,,20,a,a,a\n", "first_period"),
        (HEAD + ",6E,,,2020,a,a,a\n", "indicator"),
        (HEAD + ",E6,,,2020,,a,a\n", "line 2: reason_de"),
        (HEAD + ",E6,,,2020,a,a\n", "line 2"),
        (HEAD + ",E6,,,2020,a,a,a,a\n", "line 2"),
    ],
)
def test_wrong_lines_are_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "breaks.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        read_lines(Break, path)
    assert words in str(caught.value)


def test_population_is_known_for_every_area_that_exists(project: Project) -> None:
    existing = {code.code for code in project.codelists["kreise"].codes.values() if code.valid_to is None}
    laender = project.codelists["laender"].codes
    people = project.comparability.population
    assert existing | set(laender) | {"DE"} == set(people)
    for land in laender:
        parts = [code for code in existing if project.codelists["kreise"].codes[code].parent == land]
        assert people[land] == sum(people[code] for code in parts) or not parts
