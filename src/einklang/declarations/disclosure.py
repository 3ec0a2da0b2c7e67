"""What a data set asks of the disclosure gate: smallest counts and protection intervals."""

from __future__ import annotations

from pydantic import Field

from einklang.declarations.base import Declaration


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
