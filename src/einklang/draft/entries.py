"""The entries of `columns`: what each column of figures says, and the columns that are no data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from einklang.draft.composed import unit_behind
from einklang.draft.known import Known
from einklang.draft.reading import LISTED, Understanding
from einklang.draft.shape import Shape
from einklang.draft.words import words
from einklang.heads import fits

Headings = tuple[str, ...]
ANY = "*"


def headings_of_label(heads: Sequence[Sequence[str]], index: int, figures: Sequence[int]) -> tuple[Headings, bool]:
    """The headings by which a column is named, and whether they tell it from all columns of figures."""
    levels = [number for number, texts in enumerate(heads) if texts[index]] or [0]
    named = [(*[ANY] * level, heads[level][index]) for level in levels]
    named.append(tuple(row[index] for row in heads))
    apart = next((one for one in named if not any(fits(one, heads, figure) for figure in figures)), None)
    return (named[-1], False) if apart is None else (apart, True)


def _asked_for(headings: Headings, near: str) -> str:
    text = next((one for one in reversed(headings) if one not in {"", ANY}), words().sentences["no_heading"])
    return f"„{text}“ (ähnlich: „{near}“)" if near else f"„{text}“"


@dataclass
class Columns:
    """Writes the entries into a reading; columns are named by their headings from the first header row on."""

    shape: Shape
    known: Known
    found: Understanding
    asked: list[Headings] = field(default_factory=list)

    def take(
        self, entries: dict[Headings, list[int]], given: dict[Headings, dict[str, str]], left_out: dict[Headings, str]
    ) -> None:
        """One entry for the columns under the same headings, with their codes.

        What repeats another column goes to `left_out`.
        """
        self._leave_repeated(entries, given, left_out)
        for headings, indices in entries.items():
            entry: dict[str, Any] = {"headings": list(headings)}
            if given[headings]:
                entry["codes"] = given[headings]
            unit = unit_behind(self.known, headings[-1], given[headings].get("measure"))
            if self.found.unit is None and unit:
                entry["unit"] = unit
            if len(indices) > 1:
                self._say_twice(headings, indices, entry)
            self.found.columns.append(entry)

    def _leave_repeated(
        self,
        entries: dict[Headings, list[int]],
        given: dict[Headings, dict[str, str]],
        left_out: dict[Headings, str],
    ) -> None:
        """Leaves out columns with other headings but the same codes and the same numbers as another column."""
        first: dict[tuple[tuple[str, str], ...], Headings] = {}
        for headings in list(entries):
            codes = tuple(sorted(given[headings].items()))
            before = first.setdefault(codes, headings)
            if codes and before != headings and self._are_same([entries[before][0], entries[headings][0]]):
                left_out[headings] = words().sentences["again"].format(before[-1])
                del entries[headings]

    def _are_same(self, indices: list[int]) -> bool:
        columns = [self.shape.column(index) for index in indices]
        texts = [np.asarray(one.cleaned, dtype=object)[one.codes] for one in columns]
        return all((one == texts[0]).all() for one in texts)

    def _say_twice(self, headings: Headings, indices: list[int], entry: dict[str, Any]) -> None:
        """Columns with the same headings: the same figures again, or not to be told apart."""
        if self._are_same(indices):
            entry["repeats"] = True
        else:
            name = " / ".join(text for text in headings if text != ANY)
            self.found.todo.append(f"columns: „{name}“ steht über {len(indices)} Spalten mit verschiedenen Werten.")

    def agree(self) -> None:
        """Every column of figures says the same dimensions: those that are not named are totals."""
        named = {name for one in self.found.columns for name in one.get("codes", {})}
        for one in self.found.columns:
            for name in sorted(named):
                if name not in one.get("codes", {}) and (
                    total := self.known.total(name) if name in self.known.lists and name != "measure" else None
                ):
                    one.setdefault("codes", {})[name] = total
        complete = [one for one in self.found.columns if set(one.get("codes", {})) == named]
        for one in self.found.columns:
            if one not in complete:
                one.pop("codes", None)
                one.pop("repeats", None)
                one.pop("unit", None)
                one["not_data"] = words().sentences["unsettled_column"]
                self.asked.append(tuple(one["headings"]))
        for name in named:
            self.found.codes[name] = {one["codes"][name] for one in complete}

    def leave_out(self, left_out: dict[Headings, str], suggest: Callable[[Headings], str]) -> None:
        """Columns that are no data, for a reason or until it is settled; `suggest` gives the label one could mean."""
        kept = [one["headings"] for one in self.found.columns]
        for headings, reason in left_out.items():
            if any(row[: len(headings)] == list(headings) for row in kept):
                continue
            if not reason:
                self.asked.append(headings)
            self.found.columns.append(
                {"headings": list(headings), "not_data": reason or words().sentences["unsettled_column"]}
            )
        if self.asked:
            more = f" und {len(self.asked) - LISTED} weitere" if len(self.asked) > LISTED else ""
            listed = ", ".join(_asked_for(one, suggest(one)) for one in self.asked[:LISTED])
            self.found.todo.append(f"columns: werden diese Spalten erhoben? {listed}{more}")

    def uncover(self, heads: Sequence[Sequence[str]], labels: Iterable[int]) -> None:
        """Puts columns of labels first that an entry of figures would take too: its heading reaches over them."""
        kept = [one["headings"] for one in self.found.columns if "not_data" not in one]
        hidden = [index for index in labels if any(fits(one, heads, index) for one in kept)]
        first = [list(headings_of_label(heads, index, self.shape.figures)[0]) for index in hidden]
        self.found.columns.sort(key=lambda one: one["headings"] not in first)
