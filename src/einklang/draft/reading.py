"""A reading of a table as one data set: settings of the profile, remarks, and how much is explained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from einklang.draft.below import Below
from einklang.draft.known import Known

LISTED = 8


@dataclass
class Understanding:
    """A reading of a table as one data set: settings of the profile, remarks, and how much is explained.

    `fixed` are the codes that headings say of a dimension whose labels stand beside the figures; `is_of_year` says
    that headings name the year of the table; `settled` are label columns that say nothing of their own → reason;
    `unexplained` those of marks that nobody explains; `unread` header rows → reason; `below` rows of another level at
    the end.
    """

    known: Known
    score: float = 0
    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)
    unit: dict[str, Any] | None = None
    units: dict[str, str] = field(default_factory=dict)
    status: dict[str, Any] | list[dict[str, Any]] | None = None
    unread: dict[int, str] = field(default_factory=dict)
    settled: dict[int, str] = field(default_factory=dict)
    unexplained: set[int] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    codes: dict[str, set[str]] = field(default_factory=dict)
    fixed: dict[str, set[str]] = field(default_factory=dict)
    todo: list[str] = field(default_factory=list)
    is_of_year: bool = False
    below: Below | None = None

    def has(self, name: str) -> bool:
        """Whether it is known where the dimension stands."""
        return name in self.places or any(name in one.get("codes", {}) for one in self.columns)

    def ask(self, dimension: str, by: str, codes: dict[str, str]) -> None:
        """Asks whether labels are read rightly that are not known as they are written."""
        known = self.known.lists[dimension].codes
        listed = [f"„{text}“ als „{known[code].label_de}“ ({code})" for text, code in list(codes.items())[:LISTED]]
        more = f" und {len(codes) - LISTED} weitere" if len(codes) > LISTED else ""
        verb = "ist" if len(codes) == 1 else "sind"
        self.todo.append(f"dimensions.{dimension}: nach {by} {verb} gelesen: {', '.join(listed)}{more}; stimmt das?")
