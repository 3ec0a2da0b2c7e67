"""A profile tried on a sample: the figures as they are understood, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from einklang import observations as contract1
from einklang.claims import RULE as UNSAID
from einklang.claims import check_claims
from einklang.declarations.dataset import Dataset
from einklang.declarations.profile import Profile
from einklang.declarations.rules import Severity
from einklang.discretion import SecretMarks
from einklang.draft.words import words
from einklang.findings import Finding
from einklang.harmonise import harmonise
from einklang.parse import parse
from einklang.project import Project
from einklang.rawtable import Mask, RawTable
from einklang.result import StatusCount
from einklang.status_counts import status_counts
from einklang.structure import structure

_MOST_ROWS = 20_000
_LISTED = 6
# The draft says of unknown labels and signs itself, with all of them in one sentence.
_SAID = frozenset({"IM-COD-001", "IM-STA-001", "IM-STA-002"})


@dataclass(frozen=True)
class Trial:
    """Observations of the sample in the columns of contract 1; `is_secret` are those that must not be shown.

    `usable` counts those that nothing is found about; `contradiction` asks what tells figures of the same codes apart.
    """

    tables: tuple[RawTable, ...]
    observations: pa.Table
    usable: int
    is_secret: NDArray[np.bool_]
    findings: tuple[Finding, ...]
    contradiction: str = ""

    def statuses(self, project: Project) -> list[StatusCount]:
        """How many figures have which status, by period."""
        return status_counts(self.observations, np.ones(self.observations.num_rows, dtype=np.bool_), project)

    @property
    def problems(self) -> list[str]:
        """The errors, and what is said of a status that the profile does not take, as sentences of the draft."""
        errors = [one for one in self.findings if one.severity is Severity.ERROR and one.rule not in _SAID]
        hints = words().hints
        said = list(dict.fromkeys(f"{one.rule}: {one.message.de} {hints.get(one.rule, '')}".strip() for one in errors))
        unsaid = [
            f"status: {one.message.de} Stimmt das? Sonst `status` mit `title`, `sheet`, `header_row` oder `beside`."
            for one in self.findings
            if one.rule == UNSAID
        ]
        return [*filter(None, [self.contradiction]), *said[:_LISTED], *unsaid[:_LISTED]]

    def unasked(self, questions: Sequence[str]) -> list[str]:
        """What bears no code and no question names, as further ones; where one lists only some labels, blanks only."""
        unknown = [place for one in self.findings if one.rule == "IM-COD-001" for place in one.places[:1]]
        asked = " ".join(questions)
        found = []
        blank = [place for place in unknown if not place.raw.strip()]
        if blank and "ohne Schlüssel" not in asked:
            found.append(f"dimensions: Werte stehen in einer Zeile ohne Bezeichnung, zuerst bei {blank[0].cell}.")
        texts = dict.fromkeys(place.raw.strip() for place in unknown)
        rest = [f"„{text}“" for text in texts if text and f"„{text}“" not in asked]
        if rest and " weitere" not in asked:
            listed = ", ".join(rest[:_LISTED])
            found.append(f"dimensions: ohne Schlüssel sind {listed}; jeweils `codes`, `not_data` oder ein Alias.")
        return found


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
    said, signs = project.word_meanings(profile), project.sign_meanings(profile)
    structured = structure(sheets, profile, said, signs, project.catalogue)
    if structured.table is None or not structured.table.size:
        empty = contract1.schema(project.dataset(profile.dataset)).empty_table()
        return Trial(sheets, empty, 0, np.zeros(0, dtype=np.bool_), structured.findings)
    parsed = parse(structured.table, profile, signs, said)
    harmonised = harmonise(structured.table, parsed, profile, project, "", {}, SecretMarks.of([profile], project))
    claims = check_claims(structured.read, (), structured.table, parsed, project.signs.meanings, project.catalogue)
    findings = (*structured.findings, *(one.finding for one in harmonised.located), *claims)
    is_contradicted, question = _contradictions(harmonised.table, project.dataset(profile.dataset))
    usable = int((harmonised.usable & ~is_contradicted).sum())
    return Trial(sheets, harmonised.table, usable, parsed.is_secret, findings, question)


def _contradictions(observations: pa.Table, dataset: Dataset) -> tuple[Mask, str]:
    """The figures that have the codes of another one and another value, and what is asked of them."""
    keys = contract1.key_columns(dataset)
    frame = observations.select([*keys, "value", "sheet", "row", "column"]).to_pandas()
    is_known = np.logical_and.reduce([frame[name].to_numpy() != "" for name in keys])
    same = frame.groupby(keys, sort=False, observed=True)
    hit: Mask = is_known & (same["value"].transform("nunique", dropna=False).to_numpy() > 1)
    if not hit.any():
        return hit, ""
    first = frame[hit][same.ngroup()[hit] == same.ngroup()[hit].iloc[0]].drop_duplicates("value").iloc[:2]
    cells = [f"{sheet}!{cell}" if sheet else cell for sheet, cell in zip(first["sheet"], _cells(first), strict=True)]
    name = "same_codes_in_sheets" if first["sheet"].nunique() > 1 else "same_codes"
    return hit, words().sentences[name].format(int(hit.sum()), *cells)


def _cells(frame: pd.DataFrame) -> list[str]:
    return [f"{column}{row}" for column, row in zip(frame["column"], frame["row"], strict=True)]
