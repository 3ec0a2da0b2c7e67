"""Indicators: rates computed from released observations. One YAML per indicator."""

from __future__ import annotations

from pydantic import Field

from einklang.declarations.base import Declaration, Text


class Operand(Declaration):
    """Numerator or denominator."""

    dataset: str = Field(description="Data set the figure comes from.")
    measure: str = Field(description="Measure of that data set.")
    codes: dict[str, str] = Field(default={}, description="Fixed codes: dimension → code.")
    period_offset: int = Field(
        default=0, le=0, ge=-10, description="Years before the indicator's year (0 or negative)."
    )


class Indicator(Declaration):
    """One rate: 100 · numerator / denominator, or a figure that is delivered as a rate."""

    code: str = Field(pattern=r"^[A-Z]\d+[a-z]?$", description="Code in the monitoring, e.g. B2b.")
    title: Text = Field(description="Title of the indicator.")
    numerator: Operand = Field(description="What is counted, or the delivered rate.")
    denominator: Operand | None = Field(
        default=None, description="The base; missing where the rate itself is delivered."
    )
    breakdowns: list[str] = Field(
        default=[], description="Dimensions by which the indicator is given, besides the area."
    )
    unit: str = Field(default="PERCENT", description="Unit of the indicator.")
    decimals: int = Field(
        default=1, ge=0, le=2, description="Digits after the decimal sign; few, so that counts do not follow."
    )
    notes: Text = Field(description="What a reader must know.")
