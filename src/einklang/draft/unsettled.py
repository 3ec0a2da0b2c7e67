"""Labels that no code list knows: sums, levels that are not collected, what is nearly known, and what must be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from einklang.draft.areas import complement
from einklang.draft.meant import measure_meant
from einklang.draft.reading import LISTED, Understanding
from einklang.draft.shape import Shape
from einklang.draft.sumrows import sums_of_rows_above
from einklang.draft.wording import is_word
from einklang.draft.words import words
from einklang.labels import normalise


@dataclass
class Unsettled:
    """Labels of a dimension in a label column."""

    shape: Shape
    found: Understanding
    dimension: str
    index: int

    def leave_out_sums(self, texts: list[str]) -> list[str]:
        """Leaves out rows that are the sum of the rows above; gives the labels that remain."""
        sums = (
            sums_of_rows_above(self.shape, self.found.known, self.index, texts) if texts and not self._is_block else {}
        )
        for is_checked in (True, False):
            labels = [text for text, tolerance in sums.items() if (tolerance is not None) == is_checked]
            if labels:
                pattern = "|".join(re.escape(text).replace("\\ ", " ").replace("\\-", "-") for text in labels)
                entry = {**self.shape.where(self.index), "pattern": pattern, "reason": words().sentences["sum"]}
                tolerance = max(sums[text] or 0 for text in labels)
                checked = {"sum_of": "above"} | ({"tolerance": tolerance} if tolerance else {})
                self.found.rows.append(entry | (checked if is_checked else {}))
                if not is_checked:
                    listed = ", ".join(f"„{text}“" for text in labels)
                    self.found.todo.append(words().sentences["sum_in_part"].format(listed))
        return [text for text in texts if text not in sums]

    @property
    def _is_block(self) -> bool:
        """Whether a label holds for the rows below it too."""
        return bool(self.found.places[self.dimension].get("fill_down"))

    def settle(self, rest: list[str]) -> None:
        """Labels without a code: sums, measures that are nearly known, or to be settled."""
        if not rest or self.dimension == "period":
            return
        place = self.found.places[self.dimension]
        sums = [text for text in rest if is_word(text, words().total)]
        total = self.found.known.total(self.dimension) if self.dimension in self.found.known.lists else None
        if sums and total is not None and self.dimension != "area":
            place.setdefault("codes", {}).update(dict.fromkeys(sums, total))
            self.found.codes[self.dimension].add(total)
            rest, sums = [text for text in rest if text not in sums], []
        for text in sums:
            entry = {**self.shape.where(self.index), "pattern": re.escape(text), "reason": words().sentences["sum"]}
            self.found.rows.append(entry | ({"sum_of": "above"} if self.dimension == "area" else {}))
        rest = [text for text in rest if text not in sums]
        if self.dimension not in {"measure", "period"}:
            rest = self.leave_out_sums(rest)
        if self.dimension == "area":
            rest = self._levels_in_blocks(rest) if self._is_block else self._areas_not_collected(rest)
            known, beside = self.found.known, self.found.codes.get("area", set())
            parts = {text: code for text in rest if (code := complement(known, text, beside))}
            if parts:
                place.setdefault("codes", {}).update(parts)
                self.found.codes["area"] |= set(parts.values())
                self.found.ask("area", "den übrigen Gebieten", parts)
                rest = [text for text in rest if text not in parts]
        if self.dimension == "measure":
            meant = {text: code for text in rest if (code := measure_meant(self.found.known, text))}
            if meant:
                place.setdefault("codes", {}).update(meant)
                self.found.ask("measure", "der Ähnlichkeit", meant)
                rest = [text for text in rest if text not in meant]
        if self.dimension in self.found.known.lists and self.dimension not in {"area", "measure"}:
            rest = self._take_nearest(place, rest)
        if rest:
            self.ask(rest)

    def ask_without_key(self, names: list[str]) -> None:
        """Asks what rows are that have a name only."""
        listed = ", ".join(f"„{text}“" for text in names[:LISTED])
        more = f" und {len(names) - LISTED} weitere" if len(names) > LISTED else ""
        self.found.todo.append(f"dimensions.{self.dimension}: ohne Schlüssel sind {listed}{more}; wird das erhoben?")

    def ask(self, rest: list[str]) -> None:
        """Asks what the labels are."""
        listed = [self._with_suggestion(text) for text in rest[:LISTED]]
        more = f" und {len(rest) - LISTED} weitere" if len(rest) > LISTED else ""
        self.found.todo.append(
            f"dimensions.{self.dimension}: unbekannt sind {', '.join(listed)}{more}; "
            "jeweils `codes`, `not_data` oder ein Alias in der Schlüsselliste."
        )

    def _take_nearest(self, place: dict[str, Any], rest: list[str]) -> list[str]:
        """Takes the only very near label whose code no other label has, and asks; gives the labels that remain."""
        near = {text: code for text in rest if (code := self.found.known.nearest(text, self.dimension))}
        used = self.found.codes[self.dimension]
        near = {text: code for text, code in near.items() if code not in used and list(near.values()).count(code) == 1}
        if near:
            place.setdefault("codes", {}).update(near)
            self.found.codes[self.dimension] |= set(near.values())
            self.found.ask(self.dimension, "der Ähnlichkeit", near)
        return [text for text in rest if text not in near]

    def _levels_in_blocks(self, rest: list[str]) -> list[str]:
        """Leaves out blocks of levels and of their sums; gives the labels that remain."""
        sentences, found = words().sentences, {}
        for text in rest:
            if is_word(text, words().sums_of_levels):
                found[text] = sentences["level"]
            elif normalise(text).startswith(tuple(map(normalise, words().levels))):
                found[text] = sentences["regions"]
        if found:
            self.found.places[self.dimension].setdefault("not_data", {}).update(found)
        return [text for text in rest if text not in found]

    def _areas_not_collected(self, rest: list[str]) -> list[str]:
        """Leaves out levels of areas that are named, and rows of several keys; gives the labels that remain."""
        sentences = words().sentences
        names = [word for word in words().levels if any(normalise(text).startswith(normalise(word)) for text in rest)]
        if names:
            said = "|".join(re.escape(word).replace("\\ ", "[ _]") for word in names)
            pattern = f"({said}).*"
            self.found.rows.append({**self.shape.where(self.index), "pattern": pattern, "reason": sentences["regions"]})
            rest = [text for text in rest if not re.fullmatch(pattern, text)]
        several = [text for text in rest if len(keys := text.split(",")) > 1 and all(map(self._is_key, keys))]
        if several:
            pattern = "|".join(re.escape(text).replace("\\ ", " ") for text in several)
            self.found.rows.append({**self.shape.where(self.index), "pattern": pattern, "reason": sentences["several"]})
        return [text for text in rest if text not in several]

    def _is_key(self, text: str) -> bool:
        return text.strip() in self.found.known.lists["area"].codes

    def _with_suggestion(self, text: str) -> str:
        nearest = self.found.known.suggestion(text, self.dimension)
        return f"„{text}“ (ähnlich: „{nearest}“)" if nearest else f"„{text}“"
