"""Areas in step *harmonise*: names that belong to their keys, areas that are the sender's, areas that existed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from einklang.codes import UNKNOWN, Coded, named, names_shifted_by, pairs
from einklang.declarations.base import Text
from einklang.declarations.codelists import CodeList
from einklang.declarations.profile import Profile
from einklang.findings import Located, PlaceFound, finding, reason
from einklang.locate import Locator
from einklang.longtable import LongTable
from einklang.periods import Period
from einklang.project import Project


@dataclass(frozen=True)
class AreaCheck:
    """Judges the areas of all figures. Each finding bears the rows that it makes unusable."""

    table: LongTable
    coded: Mapping[str, Coded]
    periods: Sequence[Period]
    profile: Profile
    project: Project
    locator: Locator

    def misnamed(self, source_row: NDArray[np.int64]) -> Iterator[Located]:
        """Names that belong to another key than the one in their row (IM-COD-002)."""
        for dimension, name in self.table.names.items():
            codelist = self._codelist(dimension)
            coded = self.coded[dimension]
            known = self._named[dimension]
            found_pairs = pairs(coded, Coded(name.texts, name.codes))
            wrong = []
            for row in found_pairs.representatives.tolist():
                index, text = int(coded.index[row]), int(name.codes[row])
                codes = known[text]
                wrong.append(index >= 0 and codes is not None and coded.codes[index] not in codes)
            rows = np.flatnonzero(np.asarray(wrong, dtype=np.bool_)[found_pairs.of_row])
            if not len(rows):
                continue
            places, count = self.locator.label_places(rows, dimension, "name")
            code = coded.codes[coded.index[rows[0]]]
            last = int(self.table.row[rows].max())
            shift = names_shifted_by(source_row, coded, name.codes, known, rows)
            cause, advice = self._shifted(shift, places[0], last)
            found = finding(
                self.project.catalogue,
                "IM-COD-002",
                places,
                count=count,
                zeile=int(self.table.row[rows].min()),
                n=len(np.unique(self.table.row[rows])),
                roh=name.cleaned[name.codes[rows[0]]],
                bis=last,
                schluessel=code,
                richtig=Text(de=codelist.codes[code].label_de, en=codelist.codes[code].label_en),
                ursache=cause,
                abhilfe=advice,
            )
            yield Located(found, rows)

    @cached_property
    def _named(self) -> dict[str, list[frozenset[str] | None]]:
        """By dimension the codes that each text of its name column can stand for."""
        return {
            dimension: [named(self._codelist(dimension), text) for text in name.cleaned]
            for dimension, name in self.table.names.items()
        }

    @property
    def are_names_unknown(self) -> bool:
        """Whether a table has a column of names of which none is known, so that none is compared with its key."""
        for dimension, name in self.table.names.items():
            is_known = name.where([codes is not None for codes in self._named[dimension]])
            is_known &= self.coded[dimension].index != UNKNOWN
            for one in self.table.segments:
                place = one.layout.dimensions.get(dimension)
                has_names = place is not None and (place.name_column or place.name_heading)
                if has_names and not is_known[one.start : one.end].any():
                    return True
        return False

    def _codelist(self, dimension: str) -> CodeList:
        return self.project.codes(self.profile.dataset, dimension)

    def _shifted(self, shift: int, first: PlaceFound, last: int) -> tuple[Text, Text]:
        """What has happened to names that stand this many rows too low (too high if negative), and what helps."""
        catalogue = self.project.catalogue
        if not shift:
            return catalogue.reasons["names_mixed"], catalogue.reasons["put_back"]
        cause, advice = ("names_lower", "move_up") if shift > 0 else ("names_higher", "move_down")
        rows = reason(catalogue, "one_row" if abs(shift) == 1 else "many_rows", k=abs(shift))
        return (
            reason(catalogue, cause, zeilen=rows),
            reason(catalogue, advice, zeilen=rows, zelle=first.cell, roh=first.raw.strip(), bis=last),
        )

    def foreign(self) -> tuple[Located | None, bool]:
        """Areas that are not the supplier's (IM-COD-003; IM-FIL-003 where that is all of them), and whether all are."""
        allowed = self.project.supplier(self.profile.supplier).extra["areas"]
        if allowed == "*":
            return None, False
        codelist = self._codelist("area")
        area = self.coded["area"]
        own = [codelist.lies_in(code, allowed) for code in area.codes]
        rows = np.flatnonzero(np.asarray([not mine for mine in own] + [False], dtype=np.bool_)[area.index])
        if not len(rows):
            return None, False
        land = self.project.codelists["laender"].codes[allowed]
        others = sorted({area.codes[index] for index in np.unique(area.index[rows])})
        everything = not any(own)
        places, count = self.locator.label_places(rows, "area")
        found = finding(
            self.project.catalogue,
            "IM-FIL-003" if everything else "IM-COD-003",
            places,
            count=count,
            erwartet=f"{land.label_de} ({land.code})",
            land=f"{land.label_de} ({land.code})",
            n=len(others),
            liste=", ".join(f"{code} {codelist.codes[code].label_de}" for code in others[:5]),
        )
        return Located(found, rows), everything

    def nonexistent(self) -> NDArray[np.bool_]:
        """The figures of areas that did not exist in their period."""
        area, period = self.coded["area"], self.coded["period"]
        days = {one.code: one for one in self.periods}
        found_pairs = pairs(area, period)
        unborn = []
        for row in found_pairs.representatives.tolist():
            here, then = int(area.index[row]), int(period.index[row])
            known = UNKNOWN not in {here, then}
            unborn.append(known and not self._existed(area.codes[here], days[period.codes[then]]))
        invalid: NDArray[np.bool_] = np.asarray(unborn, dtype=np.bool_)[found_pairs.of_row]
        return invalid

    def _existed(self, area: str, period: Period) -> bool:
        territory = self.profile.territory
        as_of = date.fromisoformat(territory) if territory else period.end
        return self._codelist("area").codes[area].is_valid(as_of, as_of)

    def succeeded(self, rows: NDArray[np.int64]) -> Iterator[Located]:
        """Numbers of areas that did not exist, with what came after the area (IM-COD-001)."""
        codelist, area = self._codelist("area"), self.coded["area"]
        catalogue = self.project.catalogue
        for index in np.unique(area.index[rows]).tolist():
            here = rows[area.index[rows] == index]
            code = codelist.codes[area.codes[index]]
            places, count = self.locator.label_places(here, "area")
            found = finding(
                catalogue,
                "IM-COD-001",
                places,
                count=count,
                roh=code.code,
                merkmal=self.project.dataset(self.profile.dataset).dimension("area").title,
                vorschlag=reason(
                    catalogue,
                    "suggest_successor",
                    bis=code.valid_to.strftime("%d.%m.%Y") if code.valid_to else "–",
                    nachfolger=code.extra.get("successor", "").replace("|", ", ") or "–",
                ),
            )
            yield Located(found, here)
