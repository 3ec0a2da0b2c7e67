"""Declarations: everything of the repository loads; whatever is wrong in one is refused with its file and fault."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from builders import ROOT
from pydantic import BaseModel

from einklang import result, store
from einklang.container import Kind
from einklang.declarations import (
    base,
    codelists,
    dataset,
    expectations,
    indicator,
    rules,
)
from einklang.declarations import profile as profiles
from einklang.declarations.layout import ShownBy
from einklang.declarations.rules import placeholders
from einklang.errors import DeclarationError, ProjectNotFound, UnknownName
from einklang.project import Project, find_project, load_project, read_profile
from einklang.records import Record

Content = dict[str, Any]


def yaml_files() -> list[Path]:
    return sorted([*(ROOT / "schemas").rglob("*.yaml"), *(ROOT / "expectations").rglob("*.yaml")])


# -- what is there --------------------------------------------------------------------------------


def test_every_declaration_loads(project: Project) -> None:
    folders = {path.parent.name for path in (ROOT / "schemas" / "profiles").glob("*/*.yaml")}
    assert {supplier for supplier, _ in project.profiles} == folders
    assert sum(map(len, project.profiles.values())) == len(list((ROOT / "schemas" / "profiles").glob("*/*.yaml")))
    assert set(project.datasets) == {path.stem for path in (ROOT / "schemas" / "datasets").glob("*.yaml")}
    assert set(project.indicators) == {path.stem for path in (ROOT / "schemas" / "indicators").glob("*.yaml")}
    lists = {path.stem for path in (ROOT / "schemas" / "codelists").glob("*.csv")}
    assert set(project.codelists) == lists - {"signs", "sign_conventions"}


def test_every_file_has_its_place() -> None:
    places = re.compile(
        r"schemas/(datasets|indicators|layouts|profiles/[a-z]+)/[A-Za-z0-9_-]+\.yaml|expectations/[a-z_]+\.yaml"
    )
    assert [path for path in yaml_files() if not places.fullmatch(path.relative_to(ROOT).as_posix())] == []


def test_every_layout_is_used() -> None:
    based_on = {
        yaml.safe_load(path.read_text(encoding="utf-8")).get("based_on") for path in (ROOT / "schemas").rglob("*.yaml")
    }
    layouts = {f"layouts/{path.stem}" for path in (ROOT / "schemas" / "layouts").glob("*.yaml")}
    assert layouts <= based_on


def test_every_land_has_a_profile_for_every_data_set_of_an_indicator(project: Project) -> None:
    operands = [one for each in project.indicators.values() for one in (each.numerator, each.denominator)]
    needed = {one.dataset for one in operands if one is not None}
    for supplier in project.codelists["suppliers"].codes.values():
        if supplier.kind == "land":
            for name in needed:
                assert project.profiles_of(supplier.code, name)


# -- models ---------------------------------------------------------------------------------------


def models() -> list[type[BaseModel]]:
    modules = (base, codelists, dataset, expectations, indicator, profiles, rules, result, store)
    found = {
        one
        for module in modules
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, BaseModel) and one not in {BaseModel, base.Declaration, Record}
    }
    return sorted(found, key=lambda one: one.__name__)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_field_is_described(model: type[BaseModel]) -> None:
    assert model.__doc__
    for name, field in model.model_fields.items():
        assert field.description, name
        assert field.description.endswith((".", "?")), name


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_model_is_strict_and_frozen(model: type[BaseModel]) -> None:
    assert model.model_config.get("extra") == "forbid"
    assert model.model_config.get("frozen") is True


# -- rule texts -----------------------------------------------------------------------------------


def sources() -> Iterator[ast.Module]:
    for path in sorted((ROOT / "src" / "einklang").rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def calls(*names: str) -> list[tuple[str, set[str], bool]]:
    """Calls with a literal name of a rule or reason: it, the keywords, and whether there are others (**)."""
    found = []
    for tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                keywords = {word.arg for word in node.keywords if word.arg}
                texts = [
                    part.value
                    for argument in node.args[:2]
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
                found += [(text, keywords, len(keywords) < len(node.keywords)) for text in texts]
    return found


def test_every_call_fills_the_texts_of_its_rule(project: Project) -> None:
    found = [call for call in calls("finding") if call[0].startswith("IM-")]
    assert len(found) > 10
    for rule_id, keywords, others in found:
        rule = project.catalogue.by_id[rule_id]
        wanted = placeholders(rule.message.de) | placeholders(rule.remedy.de) | placeholders(rule.expected.de)
        assert others or wanted <= keywords, rule_id


def test_every_call_fills_the_texts_of_its_reason(project: Project) -> None:
    found = [call for call in calls("reason") if not call[0].startswith("IM-")]
    assert found
    for name, keywords, others in found:
        assert others or placeholders(project.catalogue.reasons[name].de) <= keywords, name


def test_every_rule_says_the_same_in_both_languages(project: Project) -> None:
    for rule in project.catalogue.rules:
        for text in (rule.message, rule.remedy, rule.expected):
            assert placeholders(text.de) == placeholders(text.en), rule.id


def test_every_reason_is_known_and_used(project: Project) -> None:
    texts = {
        node.value
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    made = {f"file_is_{kind.value}" for kind in Kind} | {"name_of_period", "name_of_measure"}
    made |= {f"status_{kind}" for kind in get_args(ShownBy)}
    made |= {f"kind_{kind}" for kind in ("text", "workbook", "xls", "ods", "spreadsheetml", "json")}
    assert set(project.catalogue.reasons) <= texts | made
    assert {f"file_is_{kind.value}" for kind in Kind} <= set(project.catalogue.reasons)
    limits = {text for text in texts if re.fullmatch(r"(limit|file_is|letters|suggest)_[a-z0-9_]+", text)}
    assert limits <= set(project.catalogue.reasons)


def test_every_expected_rule_is_one_of_plausibility(project: Project) -> None:
    for one in project.expectations.values():
        for each in (*one.delivery, *one.release):
            assert project.catalogue.by_id[each.rule].step == "plausibility"


# -- based_on -------------------------------------------------------------------------------------


def write(path: Path, content: Content | str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")


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


@pytest.mark.parametrize("name", ["layouts/missing", "../outside", "layouts/circle"])
def test_based_on_nothing_usable(name: str, tmp_path: Path) -> None:
    write(tmp_path / "outside.yaml", {"file": {}})
    write(tmp_path / "schemas" / "layouts" / "circle.yaml", {"based_on": "layouts/circle"})
    write(tmp_path / "schemas" / "a.yaml", {"based_on": name})
    with pytest.raises(DeclarationError):
        read_profile(tmp_path / "schemas" / "a.yaml", tmp_path / "schemas")


# -- what is refused ------------------------------------------------------------------------------

PROFILE = "schemas/profiles/hb/auslaender.yaml"
DATASET = "schemas/datasets/auslaender.yaml"
EXPECTED = "expectations/auslaender.yaml"
CATALOGUE = "expectations/rules.yaml"
INDICATOR = "schemas/indicators/E5.yaml"


def put(path: str, value: Any) -> Callable[[Content], None]:
    """Sets the value at a dotted path; numbers are positions in lists."""

    def change(content: Content) -> None:
        *way, last = path.split(".")
        place: Any = content
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value

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
    (PROFILE, put("complete_hierarchies", ["gender"]), "['gender']"),
    (PROFILE, put("columns", [{"headings": ["a"], "codes": {"sex": "M"}}]), "['sex']"),
    (PROFILE, put("columns", [{"headings": ["a"], "codes": {"measure": "foreigners"}, "not_data": "x"}]), "no data"),
    (PROFILE, put("dimensions.sex", {"constant": "_T"}), "nothing reads header row 1"),
    (PROFILE, put("dimensions.sex.otherwise", "_T"), "`otherwise`"),
    (PROFILE, put("dimensions.area.until", "x"), "`fill_down`"),
    (PROFILE, put("unit", {"constant": "DOZENS"}), "['DOZENS']"),
    (PROFILE, put("parts", [{"title": "x"}]), "a part says"),
    (PROFILE, put("rows_not_data", [{"pattern": "x", "reason": "x"}]), "`heading`"),
    (PROFILE, put("status", {"words": {}}), "`beside`"),
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
def test_wrong_declaration_is_refused(
    path: str, change: Callable[[Content], None], words: str, test_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(test_folder, folder)
    content = yaml.safe_load((folder / path).read_text(encoding="utf-8"))
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
def test_wrong_file_is_refused(path: str, text: str, words: str, test_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(test_folder, folder)
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


def test_profile_of_an_unknown_supplier_is_refused(test_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(test_folder, folder)
    content = yaml.safe_load((folder / PROFILE).read_text(encoding="utf-8"))
    write(folder / "schemas" / "profiles" / "xx" / "auslaender.yaml", {**content, "supplier": "xx"})
    with pytest.raises(DeclarationError, match="there is no supplier `xx`"):
        load_project(folder)


def test_data_set_without_expectations_is_refused(test_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(test_folder, folder)
    (folder / EXPECTED).unlink()
    with pytest.raises(DeclarationError, match=r"expectations/auslaender\.yaml is missing"):
        load_project(folder)


# -- finding the project --------------------------------------------------------------------------


def test_folder_without_declarations(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFound) as caught:
        find_project(tmp_path)
    assert "--project" in caught.value.remedy


def test_current_folder_comes_first(test_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(test_folder)
    assert find_project() == test_folder.resolve()


def test_checkout_serves_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_project() == ROOT


def test_profiles_of_one_supplier_are_loaded_alone(project: Project) -> None:
    alone = load_project(ROOT, "ni")
    assert alone.profiles == {key: found for key, found in project.profiles.items() if key[0] == "ni"}
    assert alone.fingerprint == project.fingerprint


def test_fingerprint_changes_with_any_byte(test_folder: Path, test_project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(test_folder, folder)
    (folder / "schemas" / "notiz.txt").write_text("nichts", encoding="utf-8")
    assert load_project(folder).fingerprint == test_project.fingerprint
    for path in (PROFILE, "schemas/codelists/sex.csv", EXPECTED):
        before = load_project(folder).fingerprint
        content = (folder / path).read_bytes()
        (folder / path).write_bytes(content.replace(b"\n", b"\n\n", 1) if path.endswith("yaml") else content + b"\n")
        assert load_project(folder).fingerprint != before


@pytest.mark.parametrize(
    ("name", "remedy"), [("destati", "Did you mean `destatis`?"), ("qqqq", "Known: ")], ids=["near", "far"]
)
def test_unknown_name_suggests(name: str, remedy: str, project: Project) -> None:
    with pytest.raises(UnknownName) as caught:
        project.supplier(name)
    assert caught.value.remedy.startswith(remedy)


def test_profiles_of_one_office_are_tried_titled_first(project: Project) -> None:
    found = project.profiles_of("nw", "auslaender")
    assert [one.table.title is not None for one in found] == sorted(
        (one.table.title is not None for one in found), reverse=True
    )
