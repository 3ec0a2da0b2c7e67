"""The examples of the catalogue: every rule has one that it lets pass and one that it finds, and can show them."""

from __future__ import annotations

import pytest
from builders import ROOT, outcome, rules_found

from einklang.declarations.rules import Example, Rule
from einklang.examples import example_files, example_lines, example_project, judge_example
from einklang.project import Project, load_project
from einklang.result import Outcome

RULES = load_project(ROOT).catalogue.rules


@pytest.fixture(scope="module")
def examples(project: Project) -> Project:
    return example_project(project)


def _example(rule: Rule) -> Example:
    assert rule.example is not None, "give the rule an `example` in expectations/rules.yaml"
    return rule.example


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_finds_its_failing_example(rule: Rule, examples: Project) -> None:
    example = _example(rule)
    result = judge_example(examples, example, example.fails)
    assert rule.id in rules_found(result)
    assert outcome(result, rule.id) is Outcome.FAILED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_lets_its_passing_example_pass(rule: Rule, examples: Project) -> None:
    example = _example(rule)
    result = judge_example(examples, example, example.passes)
    assert rule.id not in rules_found(result)
    assert outcome(result, rule.id) is Outcome.PASSED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples_can_be_shown(rule: Rule, project: Project) -> None:
    example = _example(rule)
    for name in (example.passes, example.fails):
        files = example_files(project, name)
        assert files, name
        for file in files:
            assert 0 < len(example_lines(file)) <= 12
