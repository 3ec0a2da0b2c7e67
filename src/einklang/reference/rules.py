"""The page of the rule catalogue."""

from __future__ import annotations

from einklang.declarations.rules import Rule
from einklang.examples import example_files, example_lines, example_project, judge_example
from einklang.project import Project
from einklang.reference.markdown import number, page, table

_SAID = 3


def _judged_by(project: Project, rule: Rule) -> list[tuple[str, ...]]:
    """Where the expectations name a rule: data set, stage, measure with its parameters, limits."""
    return [
        (
            name,
            stage,
            f"`{one.measure}`",
            "; ".join(f"{key}: {_parameter(value)}" for key, value in one.parameters.items()),
            f"`{one.column}`",
            number(one.min_value),
            number(one.max_value),
        )
        for name, expectations in sorted(project.expectations.items())
        for stage, listed in (("delivery", expectations.delivery), ("release", expectations.release))
        for one in listed
        if one.rule == rule.id
    ]


def _parameter(value: str | float | list[str]) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _example(project: Project, rule: Rule) -> list[str]:
    """The delivery that breaks a rule, and what is said of it."""
    lines = []
    for file in example_files(project, rule.example.fails):
        link = f"../{file.relative_to(project.folder).as_posix()}"
        lines += [f"[{file.name}]({link}):", "", "```text", *example_lines(file), "```", ""]
    result = judge_example(project, rule.example, rule.example.fails)
    said = [finding for finding in result.findings if finding.rule == rule.id]
    for finding in said[:_SAID]:
        cells = [place.cell for place in finding.places[:_SAID] if place.cell]
        where = f" ({', '.join(cells)})" if cells and cells[0] not in finding.message.de else ""
        lines += [f"> {finding.message.de}{where}", ""]
    return ["A delivery that breaks it, and what is said of it:", "", *lines]


def rules_page(project: Project) -> str:
    """The rule catalogue, with one anchor per rule and a delivery that breaks it."""
    catalogue = project.catalogue
    examples = example_project(project)
    lines = [
        f"Catalogue {catalogue.version}: {len(catalogue.rules)} rules, from `expectations/rules.yaml`. On the terminal:"
        " `einklang explain RULE`. A new rule: [recipe](recipes/add-a-rule.md).",
        "",
        "An error rejects the delivery, a warning asks for clarification, an information accepts it with notes.",
        "",
    ]
    lines += table(
        ("rule", "severity", "step", "ESS type", "level", "German", "English"),
        [
            (
                f"[{one.id}](#{one.id.lower()})",
                one.severity,
                one.step,
                one.ess_type,
                one.level,
                one.title.de,
                one.title.en,
            )
            for one in catalogue.rules
        ],
    )
    for rule in catalogue.rules:
        confirm = " The office may confirm the figure with a reason." if rule.confirm else ""
        lines += [f'<a id="{rule.id.lower()}"></a>', "", f"## {rule.id} {rule.title.en}", ""]
        lines += [f"{rule.severity.capitalize()}, step *{rule.step}*, since {rule.since}.{confirm}", ""]
        texts = {"title": rule.title, "must hold": rule.expected, "message": rule.message, "remedy": rule.remedy}
        lines += table(("", "German", "English"), [(name, text.de, text.en) for name, text in texts.items()])
        if judged := _judged_by(project, rule):
            lines += table(("data set", "judged for", "measure", "parameters", "figure", "min", "max"), judged)
        lines += _example(examples, rule)
    return page("Rules", lines)
