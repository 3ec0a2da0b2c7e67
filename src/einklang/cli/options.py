"""What several commands are asked with, and what their exit codes mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

ACCEPTED, FINDINGS, UNUSABLE = 0, 1, 2

Files = Annotated[list[Path], typer.Argument(help="The file or files of one delivery.", show_default=False)]
Supplier = Annotated[str, typer.Option("--supplier", "-s", help="Code of the supplier, e.g. ni or destatis.")]
DatasetName = Annotated[str, typer.Option("--dataset", "-d", help="Name of the data set, e.g. auslaender.")]
ProjectFolder = Annotated[
    Path | None,
    typer.Option(
        "--project", help="Folder with schemas/ and expectations/; default: the current one, else the shipped one."
    ),
]
StoreFolder = Annotated[Path, typer.Option("--store", help="Folder that holds deliveries and releases.")]
Language = Annotated[Literal["de", "en"], typer.Option("--language", help="Language of the report.")]
