"""A profile tried on a sample: the figures as they are understood, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang import observations as contract1
from einklang.declarations.profile import Profile
from einklang.declarations.rules import Severity
from einklang.discretion import SecretMarks
from einklang.findings import Finding
from einklang.harmonise import harmonise
from einklang.parse import parse
from einklang.project import Project
from einklang.rawtable import RawTable
from einklang.structure import structure

_MOST_ROWS = 20_000
_LISTED = 6
# The draft says of unknown labels and signs itself, with all of them in one sentence.
_SAID = frozenset({"IM-COD-001", "IM-STA-001", "IM-STA-002"})


@dataclass(frozen=True)
class Trial:
    """Observations of the sample in the columns of contract 1; `is_secret` are those that must not be shown."""

    tables: tuple[RawTable, ...]
    observations: pa.Table
    usable: int
    is_secret: NDArray[np.bool_]
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> list[str]:
        """The errors as sentences of the draft."""
        errors = [one for one in self.findings if one.severity is Severity.ERROR and one.rule not in _SAID]
        return list(dict.fromkeys(f"{one.rule}: {one.message.de}" for one in errors))[:_LISTED]


def shortened(table: RawTable) -> RawTable:
    """The first rows of a long sheet."""
    if table.rows <= _MOST_ROWS:
        return table
    rows = np.arange(_MOST_ROWS)
    fields = None if table.fields is None else table.fields[:_MOST_ROWS]
    return replace(table, columns=tuple(column.rows(rows) for column in table.columns), fields=fields)


def try_profile(tables: Sequence[RawTable], profile: Profile, project: Project) -> Trial:
    """What a profile makes of the first rows of each sheet; nothing is judged but structure and labels."""
    sheets = tuple(map(shortened, tables))
    said = project.word_meanings(profile)
    structured = structure(sheets, profile, said, project.catalogue)
    if structured.table is None or not structured.table.size:
        empty = contract1.schema(project.dataset(profile.dataset)).empty_table()
        return Trial(sheets, empty, 0, np.zeros(0, dtype=np.bool_), structured.findings)
    parsed = parse(structured.table, profile, project.sign_meanings(profile), said)
    harmonised = harmonise(structured.table, parsed, profile, project, "", {}, SecretMarks.of([profile], project))
    findings = (*structured.findings, *(one.finding for one in harmonised.located))
    return Trial(sheets, harmonised.table, int(harmonised.usable.sum()), parsed.is_secret, findings)
