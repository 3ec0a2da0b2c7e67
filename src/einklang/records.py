"""What the parts of a result and the files of the store have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A part of what is kept: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
