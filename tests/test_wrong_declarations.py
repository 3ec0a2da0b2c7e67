"""Whatever is wrong in a declaration is refused with its file and fault."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from einklang.declarations.base import inherit, read_yaml
from einklang.errors import DeclarationError
from einklang.project import load_project, read_profile

Content = dict[str, Any]
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@pytest.fixture(scope="module")
def copied(test_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("changed") / "project"
    shutil.copytree(test_folder, folder)
    return folder


@pytest.fixture(scope="module")
def before(test_folder: Path) -> dict[Path, int]:
    return states(test_folder)


@pytest.fixture
def folder(copied: Path, test_folder: Path, before: dict[Path, int]) -> Iterator[Path]:
    """A project folder to change; what was changed is put right again."""
    yield copied
    for name in {name for name, _ in states(copied).items() ^ before.items()}:
        (copied / name).unlink(missing_ok=True)
        if name in before:
            shutil.copy2(test_folder / name, copied / name)


def states(folder: Path) -> dict[Path, int]:
    """When each file was changed last."""
    return {path.relative_to(folder): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def write(path: Path, content: Content | str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.dump(content, Dumper=DUMPER), encoding="utf-8")


def test_based_on_merges_mappings_and_replaces_places(tmp_path: Path) -> None:
    write(tmp_path / "layouts" / "a.yaml", {"file": {"format": "csv", "encoding": "cp1252"}, "columns": [1, 2]})
    middle: Content = {
        "based_on": "layouts/a",
        "file": {"delimiter": ","},
        "dimensions": {"area": {"column": "A", "scheme": "key"}, "sex": {"header_row": 1}},
    }
    write(tmp_path / "layouts" / "b.yaml", middle)
    last: Content = {"based_on": "layouts/b", "columns": [3], "dimensions": {"area": {"heading": "Land"}}}
    write(tmp_path / "profiles" / "hb" / "c.yaml", last)
    assert read_profile(tmp_path / "profiles" / "hb" / "c.yaml", tmp_path) == {
        "file": {"format": "csv", "encoding": "cp1252", "delimiter": ","},
        "columns": [3],
        "dimensions": {"area": {"heading": "Land"}, "sex": {"header_row": 1}},
    }


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"words": {"g": "secret"}}, {"heading": "S", "words": {"p": "provisional", "g": "secret"}}),
        ({"constant": "final"}, {"constant": "final"}),
        (None, None),
    ],
)
def test_a_status_replaces_the_inherited_one_unless_it_adds_words(change: Content | None, status: Content) -> None:
    base = {"status": {"heading": "S", "words": {"p": "provisional"}}}
    assert inherit(base, {"status": change})["status"] == status


def test_rows_that_nothing_reads_are_those_of_the_part() -> None:
    header = {"find": "A", "rows": 3, "unread": {2: "x", 3: "Einheit"}}
    part = {"table": {"header": {"rows": 4, "unread": {4: "Einheit"}}}}
    assert inherit({"table": {"header": header}}, part)["table"]["header"]["unread"] == {4: "Einheit"}


@pytest.mark.parametrize("name", ["layouts/missing", "../outside", "layouts/circle"])
def test_based_on_nothing_usable(name: str, tmp_path: Path) -> None:
    write(tmp_path / "outside.yaml", {"file": {}})
    write(tmp_path / "schemas" / "layouts" / "circle.yaml", {"based_on": "layouts/circle"})
    write(tmp_path / "schemas" / "a.yaml", {"based_on": name})
    with pytest.raises(DeclarationError):
        read_profile(tmp_path / "schemas" / "a.yaml", tmp_path / "schemas")


PROFILE = "schemas/profiles/hb/auslaender.yaml"
RATES = "schemas/profiles/hb/arbeitslose.yaml"
DATASET = "schemas/datasets/auslaender.yaml"
EXPECTED = "expectations/auslaender.yaml"
CATALOGUE = "expectations/rules.yaml"
INDICATOR = "schemas/indicators/E5.yaml"


def put(path: str, value: Any, *more: Any) -> Callable[[Content], None]:
    """Sets the value at a dotted path, and further ones at theirs; numbers are positions in lists."""

    def change(content: Content) -> None:
        *way, last = path.split(".")
        place: Any = content
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
        if more:
            put(*more)(content)

    return change


def drop(path: str) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        *way, last = path.split(".")
        place: Any = content
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        del place[int(last) if isinstance(place, list) else last]

    return change


BROKEN: list[tuple[str, Callable[[Content], None], str]] = [
    (PROFILE, put("spalten", 1), "spalten"),
    (PROFILE, put("file.kodierung", "utf-8"), "file.kodierung"),
    (PROFILE, put("dimensions.area.colum", "B"), "dimensions.area.colum"),
    (PROFILE, put("file.encoding", "latin-1"), "file.encoding"),
    (PROFILE, put("file.sheet", "("), "regular expression"),
    (PROFILE, drop("title"), "title"),
    (PROFILE, put("supplier", "hh"), "folder and file name"),
    (PROFILE, put("dataset", "arbeitslose"), "folder and file name"),
    (PROFILE, put("dataset", "a"), "data set `a`"),
    (PROFILE, put("signs.convention", "din"), "sign convention `din`"),
    (PROFILE, put("signs.changes", {"-": "nichts"}), "['nichts']"),
    (PROFILE, put("status", {"heading": "S", "words": {"g": "geheim"}}), "['geheim']"),
    (PROFILE, put("numbers.thousands", ","), "must differ"),
    (PROFILE, put("dimensions.gender", {"column": "A"}), "['gender']"),
    (PROFILE, drop("dimensions.area"), "['area']"),
    (PROFILE, drop("dimensions.period"), "['period']"),
    (PROFILE, drop("dimensions.measure"), "['measure']"),
    (PROFILE, put("dimensions.area.column", "B"), "exactly one"),
    (PROFILE, put("dimensions.area", {}), "exactly one"),
    (PROFILE, put("dimensions.area.scheme", "ags"), "`ags`"),
    (PROFILE, put("dimensions.area.codes", {"x": "99"}), "['99']"),
    (PROFILE, put("dimensions.area", {"constant": "99"}), "['99']"),
    (PROFILE, put("dimensions.period", {"title": True}), "pattern"),
    (PROFILE, put("dimensions.period", {"title": True, "pattern": "["}), "regular expression"),
    (PROFILE, put("dimensions.measure.constant", "births"), "['births']"),
    (PROFILE, put("dimensions.sex.header_row", 2), "header row"),
    (PROFILE, put("table.header.fill_right", [2]), "header row"),
    (PROFILE, put("table.values_from", "5"), "table.values_from"),
    (PROFILE, put("units", {"foreigners": "DOZENS"}), "['DOZENS']"),
    (PROFILE, put("units", {"births": "PERSONS"}), "['births']"),
    (PROFILE, put("delivers.gender", ["_T"]), "['gender']"),
    (PROFILE, put("delivers.sex", ["X"]), "['X']"),
    (PROFILE, put("delivers.area", ["kreiss"]), "['kreiss']"),
    (PROFILE, put("delivers.measure", ["births"]), "['births']"),
    (PROFILE, put("not_delivered", {"births": "x"}), "['births']"),
    (PROFILE, put("not_delivered.foreigners", "x", "delivers.measure", ["foreigners"]), "in `delivers` and in"),
    (PROFILE, put("complete_hierarchies", ["gender"]), "['gender']"),
    (RATES, put("complete_hierarchies", ["citizenship"]), "has no sum over them"),
    (PROFILE, put("columns", [{"headings": ["a"], "codes": {"sex": "M"}}]), "['sex']"),
    (PROFILE, put("columns", [{"headings": ["a"], "codes": {"measure": "foreigners"}, "not_data": "x"}]), "no data"),
    (PROFILE, put("dimensions.sex", {"constant": "_T"}), "nothing reads header row 1"),
    (PROFILE, put("dimensions.sex.otherwise", "_T"), "`otherwise`"),
    (PROFILE, put("dimensions.area.until", "x"), "`fill_down`"),
    (PROFILE, put("unit", {"constant": "DOZENS"}), "['DOZENS']"),
    (PROFILE, put("parts", [{"title": "x"}]), "a part says"),
    (PROFILE, put("table.columns", "D:B"), "begins behind its end"),
    (PROFILE, put("table.columns", "B:M", "dimensions.area", {"column": "A"}), "column A lies outside"),
    (PROFILE, put("table.columns", "B, M"), "table.columns"),
    (PROFILE, put("rows_not_data", [{"pattern": "x", "reason": "x"}]), "`heading`"),
    (PROFILE, put("status", {"words": {}}), "(or beside)"),
    (PROFILE, put("status", {"heading": "S", "constant": "provisional"}), "(or beside)"),
    (PROFILE, put("status", {"title": True, "words": {"p": "provisional"}}), "need a `pattern`"),
    (PROFILE, put("status", {"constant": "vorläufig"}), "['vorläufig']"),
    (PROFILE, put("status", {"constant": "final", "words": {"p": "provisional"}}), "without `words`"),
    (PROFILE, put("status", {"shown_by": "font_colour", "pattern": "F"}), "colours"),
    (PROFILE, put("status", {"header_row": 1, "optional": True}), "`optional`"),
    (PROFILE, put("status", {"header_row": 7}), "header row 7"),
    (PROFILE, put("status", [{"heading": "S"}, {"beside": True}]), "more than one `status`"),
    (PROFILE, put("columns", [{"headings": ["*"], "status": "vorläufig"}]), "['vorläufig']"),
    (PROFILE, put("columns", [{"headings": ["*"], "status": "final", "not_data": "x"}]), "`status`"),
    (PROFILE, put("columns", [{"headings": ["a", "b"], "not_data": "x"}]), "header rows"),
    (PROFILE, put("rows_not_data", [{"column": "A", "pattern": "(", "reason": "x"}]), "regular expression"),
    (PROFILE, put("rounding_base", 0), "rounding_base"),
    (PROFILE, put("rounding_by_area", {"04": 0}), "rounding_by_area"),
    (PROFILE, put("rounding_by_area", {"99": 3}), "['99']"),
    (DATASET, put("name", "foreigners"), "foreigners"),
    (DATASET, put("dimensions.0.codelists", ["gebiete"]), "['gebiete']"),
    (DATASET, put("dimensions.0.total", "EU"), "`EU`"),
    (DATASET, put("dimensions.1.default", "all"), "`all`"),
    (DATASET, put("measures.0.unit", "DOZENS"), "['DOZENS']"),
    (DATASET, put("measures.0.additivity", "often"), "additivity"),
    (DATASET, put("period_type", "year"), "reference_day"),
    (DATASET, put("dimensions.0.name", "gebiet"), "area"),
    (DATASET, put("dimensions.1.name", "sex"), "unique"),
    (DATASET, put("dimensions.1.codelists", ["nationalities", "nationalities"]), "two"),
    (EXPECTED, put("dataset", "arbeitslose"), "arbeitslose"),
    (EXPECTED, put("delivery.0.rule", "IM-XXX-001"), "['IM-XXX-001']"),
    (EXPECTED, put("delivery.0.measure", "guesses"), "measure"),
    (EXPECTED, drop("delivery.0.max_value"), "min_value"),
    (CATALOGUE, put("rules.0.id", "IM-ZZZ-999"), "in order"),
    (CATALOGUE, put("rules.0.message.en", "nothing"), "placeholders"),
    (CATALOGUE, put("rules.0.remedy.en", "{x}"), "placeholders"),
    (CATALOGUE, put("rules.0.message.de", ""), "rules.0.message.de"),
    (CATALOGUE, put("rules.0.severity", "fatal"), "severity"),
    (CATALOGUE, put("reasons.suggest_near.en", "?"), "suggest_near"),
    (INDICATOR, put("code", "E6"), "E6"),
    (INDICATOR, put("numerator.measure", "births"), "births"),
    (INDICATOR, put("numerator.dataset", "births"), "births"),
    (INDICATOR, put("breakdowns", ["gender"]), "['gender']"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "change", "words"), BROKEN, ids=[f"{one[0]}-{one[2]}" for one in BROKEN])
def test_wrong_declaration_is_refused(path: str, change: Callable[[Content], None], words: str, folder: Path) -> None:
    content = read_yaml(folder / path)
    change(content)
    write(folder / path, content)
    with pytest.raises(DeclarationError) as caught:
        load_project(folder)
    assert words in str(caught.value)


FILES: list[tuple[str, str, str]] = [
    (PROFILE, "a: [", "YAML"),
    (PROFILE, "- a\n- b\n", "mapping"),
    (PROFILE, "", "mapping"),
    ("schemas/profiles/xx/auslaender.yaml", "supplier: xx\n", "dataset"),
    ("schemas/codelists/extra.csv", "code,label_de\n", "columns"),
    ("schemas/breaks.csv", "dataset,measure\n", "columns must be"),
    ("schemas/breaks.csv", "BREAKS\nbirths,,,,2020,a,a,a\n", "data set `births`"),
    ("schemas/breaks.csv", "BREAKS\nauslaender,,births,,2020,a,a,a\n", "measure `births`"),
    ("schemas/breaks.csv", "BREAKS\nauslaender,,,99,2020,a,a,a\n", "area `99`"),
    ("schemas/gaps.csv", "GAPS\nauslaender,,,,,,gender=F,a,a,a\n", "['gender']"),
    ("schemas/gaps.csv", "GAPS\nauslaender,,,,,,sex=X,a,a,a\n", "['X']"),
    ("schemas/gaps.csv", "GAPS\nauslaender,,,,2021,2020,,a,a,a\n", "later than the last"),
    ("schemas/codelists/extra.csv", "HEAD\na,a,a,,,,,\na,b,b,,,,,\n", "twice"),
    ("schemas/codelists/extra.csv", "HEAD\na,a,a,,,,31.12.2024,\n", "line 2"),
    ("schemas/codelists/extra.csv", "HEAD\na,a,a\n", "fields"),
    ("schemas/codelists/extra.csv", "HEAD\na,a,a,,,,,,x\n", "fields"),
    ("schemas/codelists/signs.csv", "code,label_de,label_en,value,obs_status,conf_status\na,a,a,1,A,F\n", "value rule"),
    ("schemas/codelists/sign_conventions.csv", "convention,sign,meaning\ndin55301,-,nichts\n", "meaning"),
]


@pytest.mark.parametrize(("path", "text", "words"), FILES, ids=[f"{one[0]}-{one[2]}" for one in FILES])
def test_wrong_file_is_refused(path: str, text: str, words: str, folder: Path) -> None:
    concern = "reason_de,reason_en,source"
    heads = {
        "HEAD": "code,label_de,label_en,aliases,parent,kind,valid_from,valid_to",
        "BREAKS": f"dataset,indicator,measure,area,first_period,{concern}",
        "GAPS": f"dataset,indicator,measure,area,first_period,last_period,codes,{concern}",
    }
    for name, head in heads.items():
        text = text.replace(name, head)
    write(folder / path, text)
    with pytest.raises(DeclarationError) as caught:
        load_project(folder)
    assert words in str(caught.value)
    assert caught.value.path.name == Path(path).name


def test_profile_of_an_unknown_supplier_is_refused(folder: Path) -> None:
    content = read_yaml(folder / PROFILE)
    write(folder / "schemas" / "profiles" / "xx" / "auslaender.yaml", {**content, "supplier": "xx"})
    with pytest.raises(DeclarationError, match="there is no supplier `xx`"):
        load_project(folder)


def test_data_set_without_expectations_is_refused(folder: Path) -> None:
    (folder / EXPECTED).unlink()
    with pytest.raises(DeclarationError, match=r"expectations/auslaender\.yaml is missing"):
        load_project(folder)
