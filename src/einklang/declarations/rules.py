"""The rule catalogue: what must hold, said in two languages. `expectations/rules.yaml`."""

from __future__ import annotations

import string
from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from einklang.declarations.base import Declaration, Text


class Severity(StrEnum):
    """How bad a broken rule is; worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


Step = Literal[
    "receive", "read", "structure", "parse", "harmonise", "contract", "plausibility", "release", "disclosure"
]


def placeholders(template: str) -> set[str]:
    """Names in braces in a message template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


class Example(Declaration):
    """Two tiny deliveries: one keeps the rule, one breaks it.

    Each is a file, or a folder whose files are delivered one after the other.
    """

    supplier: str = Field(default="hb", description="Who delivers them.")
    passes: str = Field(pattern=r"^pass/[a-z_]+/[^/]+$", description="The one that keeps the rule.")
    fails: str = Field(pattern=r"^fail/[a-z_]+/[^/]+$", description="The one that breaks it.")
    is_released: bool = Field(
        default=False, description="Whether a release is made after each delivery; then the release is judged."
    )
    is_withdrawn: bool = Field(
        default=False, description="Whether each of these releases is withdrawn before the next delivery."
    )


class Rule(Declaration):
    """One rule of the catalogue."""

    id: str = Field(pattern=r"^IM-[A-Z]{3}-\d{3}$", description="Stable code, never used again for another meaning.")
    title: Text = Field(description="What the rule is about, in a few words.")
    step: Step = Field(description="Step of the line that judges the rule.")
    ess_type: str = Field(description="Rule type of the ESS (e.g. COV, VAD) or `-`.")
    level: int = Field(ge=0, le=5, description="ESS validation level.")
    severity: Severity = Field(description="error, warning or information.")
    confirm: bool = Field(default=False, description="Whether an office may confirm the value with a reason.")
    expected: Text = Field(description="Full sentence: what must hold.")
    message: Text = Field(description="What was found, with placeholders in braces.")
    remedy: Text = Field(description="How to mend it.")
    example: Example = Field(description="Deliveries that show the rule.")
    since: str = Field(description="Version of the catalogue that brought the rule.")

    @model_validator(mode="after")
    def _same_placeholders(self) -> Rule:
        if placeholders(self.message.de) != placeholders(self.message.en):
            raise ValueError("the German and the English message name different placeholders")
        if placeholders(self.remedy.de) != placeholders(self.remedy.en):
            raise ValueError("the German and the English remedy name different placeholders")
        return self


class VerdictTexts(Declaration):
    """What a verdict says."""

    sentence: Text = Field(description="The verdict in one sentence; `{n}` errors, `{stelle}` the first place.")
    next_step: Text = Field(description="What happens next.")
    trial_sentence: Text = Field(description="The same for a check of files that were not delivered.")
    trial_next_step: Text = Field(description="What to do before these files are delivered.")


class Catalogue(Declaration):
    """All rules, with the version that stands in every report."""

    version: str = Field(description="Version of the catalogue, year.number.")
    rules: list[Rule] = Field(min_length=1, description="The rules, in order of code.")
    reasons: dict[str, Text] = Field(description="Parts of sentences: why a file, row or rule was treated as it was.")
    verdicts: dict[str, VerdictTexts] = Field(description="Verdict → what it says.")

    @model_validator(mode="after")
    def _sorted(self) -> Catalogue:
        ids = [rule.id for rule in self.rules]
        if ids != sorted(set(ids)):
            raise ValueError("rule codes must be unique and in order")
        for name, text in self.reasons.items():
            if placeholders(text.de) != placeholders(text.en):
                raise ValueError(f"the two languages of the reason `{name}` name different placeholders")
        return self

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        """Rule by code."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def severities(self) -> dict[str, Severity]:
        """Severity by code."""
        return {rule.id: rule.severity for rule in self.rules}
