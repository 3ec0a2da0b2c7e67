"""What a data set asks of the disclosure gate: smallest counts, protection intervals, figures that are the same."""

from __future__ import annotations

from pydantic import Field

from einklang.declarations.base import Declaration


class SameFigure(Declaration):
    """A figure of this data set that is a figure of another data set too."""

    measure: str = Field(description="Measure of this data set.")
    dataset: str = Field(description="The other data set.")
    other: str = Field(description="Measure of the other data set.")
    years: int = Field(default=0, description="Years by which the other period is later (earlier if negative).")
    axes: dict[str, str] = Field(
        default={}, description="Dimension here → dimension there, where the names differ; the codes are the same."
    )


class Disclosure(Declaration):
    """Parameters of the disclosure gate."""

    minimum_count: int = Field(
        default=3, ge=1, description="Smallest count of persons or cases that may be released; 0 may be."
    )
    interval_count: float = Field(
        default=5.0, gt=0, description="The possible values of a withheld count must span at least this much."
    )
    interval_share: float = Field(
        default=0.1, ge=0, lt=1, description="And at least this share of the largest possible value."
    )
    same: list[SameFigure] = Field(default=[], description="Figures that stand in another data set as well.")
