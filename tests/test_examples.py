"""The examples of the catalogue: every rule has one that it lets pass and one that it finds, and can show them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from builders import ROOT, outcome, rules_found

from einklang.declarations.base import build
from einklang.declarations.rules import Example, Rule
from einklang.errors import DeclarationError
from einklang.examples import example_files, example_lines, example_project, judge_example
from einklang.project import Project, load_project
from einklang.result import Outcome, Result

RULES = load_project(ROOT).catalogue.rules


@pytest.fixture(scope="module")
def judged(project: Project) -> Callable[[Example, str], Result]:
    """What is said of an example; many rules share the one that passes."""
    examples = example_project(project)
    said = dict[tuple[str | bool, ...], Result]()

    def judge(example: Example, name: str) -> Result:
        key = (name, example.supplier, example.is_released, example.is_withdrawn)
        if key not in said:
            said[key] = judge_example(examples, example, name)
        return said[key]

    return judge


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_finds_its_failing_example(rule: Rule, judged: Callable[[Example, str], Result]) -> None:
    result = judged(rule.example, rule.example.fails)
    assert rule.id in rules_found(result)
    assert outcome(result, rule.id) is Outcome.FAILED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_lets_its_passing_example_pass(rule: Rule, judged: Callable[[Example, str], Result]) -> None:
    result = judged(rule.example, rule.example.passes)
    assert rule.id not in rules_found(result)
    assert outcome(result, rule.id) is Outcome.PASSED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples_can_be_shown(rule: Rule, project: Project) -> None:
    example = rule.example
    for name in (example.passes, example.fails):
        files = example_files(project, name)
        assert files, name
        for file in files:
            assert 0 < len(example_lines(file)) <= 12


def test_a_rule_without_an_example_is_refused(tmp_path: Path) -> None:
    declared = RULES[0].model_dump(mode="json")
    assert build(Rule, declared, tmp_path).id == RULES[0].id
    del declared["example"]["fails"]
    with pytest.raises(DeclarationError, match=r"example\.fails"):
        build(Rule, declared, tmp_path)
    del declared["example"]
    with pytest.raises(DeclarationError, match="example"):
        build(Rule, declared, tmp_path)


def test_every_failing_example_is_named_by_its_rule() -> None:
    for rule in RULES:
        assert Path(rule.example.fails).name.startswith(rule.id), rule.id
