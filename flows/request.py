"""What every flow is asked with: one strict model, whose descriptions the Prefect UI shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from einklang.project import Project, load_project
from einklang.store import Store

AbsolutePath = Annotated[Path, AfterValidator(Path.absolute)]


class Request(BaseModel):
    """The folders a flow works with. Relative ones count from the current folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    project: AbsolutePath | None = Field(
        default=None,
        description="Folder with schemas/ and expectations/; if empty: the current one, else the shipped one.",
    )
    store: AbsolutePath = Field(description="Folder that holds deliveries and releases.")

    @property
    def project_name(self) -> str | None:
        """The project folder as a task takes it."""
        return str(self.project) if self.project else None


def opened(project: str | None, store: str) -> tuple[Project, Store]:
    """Declarations and store, from the texts that a task takes."""
    return load_project(Path(project) if project else None), Store(Path(store))
