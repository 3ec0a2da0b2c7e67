"""What figures are held against: breaks in series, known cases, figures that do not exist, population.

One CSV per kind below `schemas/`. But for the population, a line concerns a data set, or an indicator of the
monitoring whose data set is not collected yet; what is left empty (measure, area) means all of them. A line about a
Land holds for its Kreise too.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError, model_validator

from einklang.declarations.base import Declaration, Text
from einklang.errors import DeclarationError

_YEAR = r"^((19|20)\d{2})?$"


class Concern(Declaration):
    """What a line is about, why, and who says so."""

    dataset: str = Field(description="Name of the data set; empty where only an indicator is named.")
    indicator: str = Field(
        pattern=r"^([A-Z]\d+[a-z]?(\|[A-Z]\d+[a-z]?)*)?$",
        description="Codes of the indicators in the monitoring, with a bar between them, e.g. `C1b|C2b`.",
    )
    measure: str = Field(description="Measure of the data set; empty: all.")
    area: str = Field(description="Code of the area; empty: all.")
    reason_de: str = Field(min_length=1, description="Why, in German.")
    reason_en: str = Field(min_length=1, description="Why, in English.")
    source: str = Field(min_length=1, description="Who says so.")

    @property
    def reason(self) -> Text:
        """Why, in both languages."""
        return Text(de=self.reason_de, en=self.reason_en)

    @model_validator(mode="after")
    def _names_something(self) -> Concern:
        if not self.dataset and not self.indicator:
            raise ValueError("name a data set or an indicator")
        if self.measure and not self.dataset:
            raise ValueError("a measure goes with its data set")
        return self

    def is_about(self, dataset: str, measure: str) -> bool:
        """Whether it concerns a measure of a data set."""
        return self.dataset == dataset and self.measure in {"", measure}

    def is_in(self, area: str, parent: str) -> bool:
        """Whether it concerns an area, or the Land in which that lies."""
        return self.area in {"", area, parent}


class Persons(Declaration):
    """How many people live in an area, against which magnitudes are held: `schemas/population.csv`."""

    area: str = Field(min_length=1, description="Code of the area.")
    period: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Reference date.")
    persons: int = Field(ge=1, description="Population.")
    source: str = Field(min_length=1, description="Where the figure stands.")


class Break(Concern):
    """From a year on, figures cannot be compared with earlier ones: `schemas/breaks.csv`."""

    first_period: str = Field(pattern=_YEAR, min_length=4, description="First year after the break.")

    def lies_between(self, before: str, now: str) -> bool:
        """Whether a comparison of the two periods crosses the break."""
        return before[:4] < self.first_period <= now[:4]


class Lasting(Concern):
    """Something that holds for some years."""

    first_period: str = Field(pattern=_YEAR, description="First year for which it holds; empty: from the beginning.")
    last_period: str = Field(pattern=_YEAR, description="Last year for which it holds; empty: until further notice.")

    @model_validator(mode="after")
    def _in_order(self) -> Lasting:
        if self.last_period and self.first_period > self.last_period:
            raise ValueError("the first period is later than the last")
        return self

    def holds_in(self, period: str) -> bool:
        """Whether it holds for a period."""
        return self.first_period <= period[:4] and (not self.last_period or period[:4] <= self.last_period)


class KnownCase(Lasting):
    """Figures that look wrong and are right, so that changes from and to them are not asked about.

    `schemas/known_cases.csv`.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Short name of the case.")


class Gap(Lasting):
    """Figures that do not exist, so that nobody misses them: `schemas/gaps.csv`."""

    codes: str = Field(
        pattern=r"^([a-z_]+=[^;=]+(;[a-z_]+=[^;=]+)*)?$",
        description="Codes of further dimensions, e.g. `sex=F|D;nationality=121`; empty: all.",
    )

    @property
    def by_dimension(self) -> Mapping[str, frozenset[str]]:
        """Dimension → codes for which there is no figure."""
        pairs = (part.split("=") for part in self.codes.split(";") if part)
        return {name: frozenset(codes.split("|")) for name, codes in pairs}


@dataclass(frozen=True)
class Comparability:
    """All lines of these files, and the population by area."""

    breaks: tuple[Break, ...] = ()
    known_cases: tuple[KnownCase, ...] = ()
    gaps: tuple[Gap, ...] = ()
    population: Mapping[str, int] = field(default_factory=dict)

    @property
    def by_file(self) -> Mapping[str, tuple[Concern, ...]]:
        """File name → its lines."""
        return {"breaks.csv": self.breaks, "known_cases.csv": self.known_cases, "gaps.csv": self.gaps}


Line = TypeVar("Line", bound=Declaration)


def read_lines(model: type[Line], path: Path) -> tuple[Line, ...]:
    """The lines of a CSV file whose columns are the fields of the model; none where there is no such file.

    Raises:
        DeclarationError: naming the line and what is wrong in it.
    """
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        if set(reader.fieldnames or ()) != set(model.model_fields):
            raise DeclarationError(path, f"its columns must be {', '.join(model.model_fields)}")
        lines = []
        for row in reader:
            try:
                lines.append(model.model_validate(row))
            except (ValidationError, TypeError) as error:
                raise DeclarationError(path, f"line {reader.line_num}: {_first(error)}") from error
    return tuple(lines)


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors()[0]
    return f"{'.'.join(str(part) for part in fault['loc'])} {fault['msg']}".strip()


def load_comparability(schemas: Path) -> Comparability:
    """Breaks, known cases, gaps and population of a project; of several dates the latest population counts."""
    persons = sorted(read_lines(Persons, schemas / "population.csv"), key=lambda line: line.period)
    return Comparability(
        breaks=read_lines(Break, schemas / "breaks.csv"),
        known_cases=read_lines(KnownCase, schemas / "known_cases.csv"),
        gaps=read_lines(Gap, schemas / "gaps.csv"),
        population={line.area: line.persons for line in persons},
    )
