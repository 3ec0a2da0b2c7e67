"""Declarations: everything of the repository loads, is described and used."""

from __future__ import annotations

import ast
import re
import shutil
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
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
from einklang.errors import ProjectNotFound, UnknownName
from einklang.project import Project, find_project, load_project
from einklang.records import Record


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
    based_on = {base.read_yaml(path).get("based_on") for path in (ROOT / "schemas").rglob("*.yaml")}
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


@cache
def nodes(*kinds: type[ast.AST]) -> list[ast.AST]:
    """Every node of these kinds in the source of the library."""
    trees = [ast.parse(path.read_bytes()) for path in sorted((ROOT / "src" / "einklang").rglob("*.py"))]
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, kinds)]


def calls(*names: str) -> list[tuple[str, set[str], bool]]:
    """Calls with a literal name of a rule or reason: it, the keywords, and whether there are others (**)."""
    found = []
    for node in nodes(ast.Call, ast.Constant):
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
        for node in nodes(ast.Call, ast.Constant)
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


# -- finding the project --------------------------------------------------------------------------


def test_every_measure_that_could_go_missing_is_asked_about(project: Project) -> None:
    several = {name for name, dataset in project.datasets.items() if len(dataset.measures) > 1}
    asking = {
        name for name in several if any(one.measure == "absent_measures" for one in project.expectations[name].delivery)
    }
    assert asking == several


def test_every_rounded_measure_is_held_against_its_base(project: Project) -> None:
    rounded = {
        name
        for name, dataset in project.datasets.items()
        if any(one.rounding and one.rounding.base > 1 and not one.rounding.of_some for one in dataset.measures)
    }
    held = {
        name
        for name, one in project.expectations.items()
        if any(each.measure == "rounding_remainders" for each in one.delivery)
    }
    assert rounded <= held


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
    for path in ("schemas/profiles/hb/auslaender.yaml", "schemas/codelists/sex.csv", "expectations/auslaender.yaml"):
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
