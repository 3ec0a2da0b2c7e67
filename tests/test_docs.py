"""The documentation is true: generated pages are current, examples work, links lead somewhere."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
import yaml
from builders import project_with, read_in_file
from drawings import write_drawing

from einklang.cli.app import app
from einklang.declarations.base import build, read_yaml
from einklang.declarations.profile import Profile
from einklang.project import Project
from einklang.reference import outdated_pages
from einklang.reference.markdown import escape

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "demo/README.md", *DOCS.glob("**/*.md")])
COMMANDS: dict[str, Any] = getattr(typer.main.get_command(app), "commands", {})
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


@pytest.mark.whole
def test_generated_pages_are_current(project: Project) -> None:
    assert not outdated_pages(project), "run `python -m einklang.reference`"


def test_every_rule_has_one_anchor(project: Project) -> None:
    page = (DOCS / "rules.md").read_text(encoding="utf-8")
    for rule in project.catalogue.rules:
        assert page.count(f'<a id="{rule.id.lower()}"></a>') == 1, rule.id


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_has_help_and_is_documented(name: str) -> None:
    command = COMMANDS[name]
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert command.help
    section = page.partition(f"## einklang {name}\n")[2].partition("\n## ")[0]
    for parameter in command.params:
        assert parameter.help, parameter.name
        assert escape(parameter.help) in section, parameter.name
        shown = [text if text.startswith("-") else text.upper() for text in parameter.opts]
        assert all(f"`{text}`" in section for text in shown), parameter.name


def test_readme_names_the_two_commands_and_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("pip install uv && uv run einklang demo", "pip install uv && uv run pytest"):
        assert command in readme
    for name in COMMANDS:
        assert f"einklang {name}" in readme


def _anchors(page: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    heads = [line.lstrip("#").strip().lower() for line in text.splitlines() if line.startswith("#")]
    slugs = {re.sub(r"[^\w\- ]", "", head).replace(" ", "-") for head in heads}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in _LINK.findall(text):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_name_no_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(work|tmp|home|root)\b", page.read_text(encoding="utf-8"))


# -- profiles.md --------------------------------------------------------------------------------

_BASE: dict[str, Any] = {
    "supplier": "sl",
    "dataset": "auslaender",
    "title": "Beispiel",
    "file": {"format": "csv", "encoding": "utf-8", "delimiter": ";"},
    "numbers": {"decimal": ",", "thousands": "."},
    "signs": {"convention": "din55301"},
    "dimensions": {"period": {"constant": "2024-12-31"}, "measure": {"constant": "foreigners"}},
}


def _examples() -> list[tuple[str, dict[str, Any]]]:
    """Each drawing with the YAML under it."""
    blocks = _FENCE.findall((DOCS / "profiles.md").read_text(encoding="utf-8"))
    return [
        (drawing, yaml.safe_load(declared))
        for (kind, drawing), (other, declared) in pairwise(blocks)
        if kind == "text" and other == "yaml"
    ]


@pytest.mark.parametrize(("drawing", "fragment"), _examples())
def test_examples_of_profiles_are_read_whole(
    drawing: str, fragment: dict[str, Any], project: Project, tmp_path: Path
) -> None:
    given = {name for column in fragment.get("columns", []) for name in column.get("codes", {})}
    places = {name: place for name, place in _BASE["dimensions"].items() if name not in given}
    declared = {**_BASE, **fragment, "dimensions": {**places, **fragment.get("dimensions", {})}}
    profile = build(Profile, declared, DOCS / "profiles.md")

    checked = read_in_file(write_drawing(drawing, tmp_path), project_with(project, profile), profile)

    assert [one.message.en for one in checked.result.findings] == []
    assert checked.result.rows.is_complete
    assert checked.observations.num_rows > 0


# -- JSON Schemas -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("profile", "schemas/profiles/*/*.yaml"),
        ("profile", "schemas/layouts/*.yaml"),
        ("dataset", "schemas/datasets/*.yaml"),
        ("indicator", "schemas/indicators/*.yaml"),
        ("expectations", "expectations/[!r]*.yaml"),
        ("rules", "expectations/rules.yaml"),
    ],
)
def test_declarations_fit_their_json_schema(schema: str, pattern: str) -> None:
    validator = jsonschema.Draft202012Validator(
        json.loads((DOCS / f"schemas/{schema}.json").read_text(encoding="utf-8"))
    )
    paths = sorted(ROOT.glob(pattern))
    assert paths
    for path in paths:
        validator.validate(read_yaml(path))
