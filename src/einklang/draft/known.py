"""What labels could be: every code list of a data set, and periods, held against the texts of a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process

from einklang.codes import look_up, measure_list
from einklang.declarations.codelists import CodeList
from einklang.declarations.dataset import Dataset
from einklang.declarations.place import Place
from einklang.draft.words import words
from einklang.labels import normalise
from einklang.periods import read_period
from einklang.project import Project

_KEY_AND_NAME = re.compile(r"(?P<key>\d{1,8})\s+\D.*")
_FOOTNOTE = re.compile(r"\s?\d{1,2}\)$|\*+$")
_MOST = 4_000
_SPELLINGS = 400
_NEAR = 85


@dataclass(frozen=True)
class Match:
    """How well texts fit a dimension: the code of each text (None: unknown), read by `scheme` and `pattern`."""

    dimension: str
    scheme: str
    codes: dict[str, str | None]
    pattern: str | None = None

    @property
    def share(self) -> float:
        """Share of the texts that have a code."""
        return sum(code is not None for code in self.codes.values()) / max(1, len(self.codes))

    @property
    def unknown(self) -> list[str]:
        """The texts without a code."""
        return [text for text, code in self.codes.items() if code is None]


def without_mark(text: str) -> str:
    """The text without a footnote mark glued to it."""
    return _FOOTNOTE.sub("", text) or text


@dataclass(frozen=True)
class Known:
    """The code lists of one data set; `read_before` is shared by the data sets, which share most lists."""

    project: Project
    dataset: Dataset
    read_before: dict[tuple[object, ...], Match] = field(default_factory=dict)

    @cached_property
    def lists(self) -> dict[str, CodeList]:
        """Dimension → code list; `measure` and `unit` too."""
        axes = {one.name: self.project.codes(self.dataset.name, one.name) for one in self.dataset.dimensions}
        return {**axes, "measure": measure_list(self.dataset), "unit": self.project.codelists["units"]}

    @cached_property
    def schemes(self) -> dict[str, list[str]]:
        """Dimension → the keys its labels can be: an extra column serves where it tells every code apart."""
        found: dict[str, list[str]] = {}
        for name, codelist in self.lists.items():
            found[name] = ["label", "key"] if name not in {"measure", "unit"} else ["label"]
            if name in {"measure", "unit"}:
                continue
            for scheme in sorted(codelist.schemes()):
                values = [code.extra[scheme] for code in codelist.codes.values() if code.extra.get(scheme)]
                if len(values) > 2 and len(set(values)) == len(values) and all(len(one) < 10 for one in values):
                    found[name].append(scheme)
        return found

    def total(self, dimension: str) -> str | None:
        """The code of the total of a dimension; None where its list has none."""
        axis = next((one for one in self.dataset.dimensions if one.name == dimension), None)
        return axis.total if axis is not None and axis.total in self.lists[dimension].codes else None

    def period(self, texts: Sequence[str]) -> Match:
        """The texts as periods of the data set."""
        found = {text: read_period(text, self.dataset) for text in texts[:_MOST] if text}
        return Match("period", "label", {text: one.code if one else None for text, one in found.items()})

    def match(self, texts: Sequence[str], dimension: str) -> Match:
        """The reading of the texts as labels of a dimension that explains most of them."""
        wanted = [text for text in dict.fromkeys(texts) if text][:_MOST]
        axis = next((one for one in self.dataset.dimensions if one.name == dimension), None)
        listed = tuple(axis.codelists) if axis else () if dimension == "unit" else (self.dataset.name,)
        asked = (dimension, listed, tuple(wanted))
        if asked not in self.read_before:
            self.read_before[asked] = self._match(wanted, dimension)
        return self.read_before[asked]

    def _match(self, wanted: list[str], dimension: str) -> Match:
        best = Match(dimension, "label", dict.fromkeys(wanted))
        for scheme in self.schemes[dimension]:
            best = max(best, self._read(wanted, dimension, scheme, None), key=lambda one: one.share)
        split = [found["key"] if (found := _KEY_AND_NAME.fullmatch(text)) else "" for text in wanted]
        if wanted and best.share < 0.6 and sum(map(bool, split)) >= 0.6 * len(wanted):
            keyed = self._read(wanted, dimension, "key", split)
            if keyed.share > best.share:
                return keyed
        return best

    def _read(self, texts: list[str], dimension: str, scheme: str, keys: list[str] | None) -> Match:
        place = Place(constant="", scheme=scheme)
        found = look_up(self.lists[dimension], place, tuple(keys or map(without_mark, texts)))
        codes = dict(zip(texts, found, strict=True))
        if keys is None:
            return Match(dimension, scheme, codes)
        lengths = sorted({len(key) for key, code in zip(keys, found, strict=True) if code is not None})
        either = "|".join(rf"\d{{{length}}}" for length in lengths)
        return Match(dimension, scheme, codes, f"(?P<key>{either}) .+")

    def best(self, texts: Sequence[str], but: Sequence[str] = ()) -> list[Match]:
        """The dimensions that fit, best first; `but` are not asked."""
        found = [self.match(texts, name) for name in self.lists if name not in but]
        if "period" not in but:
            found.append(self.period(texts))
        return sorted((one for one in found if one.share > 0), key=lambda one: -one.share)

    def measure_meant(self, text: str) -> str | None:
        """The measure whose label is nearest to a heading; None where none, or more than one, is near."""
        labels = self.lists["measure"].by_label
        near = process.extract(normalise(text), labels.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=_NEAR)
        named = {labels[label] for label, _, _ in near}
        return named.pop() if len(named) == 1 else None

    def compose(self, text: str) -> tuple[dict[str, str], bool]:
        """The codes of a heading that names a measure and, behind it, a group; whether the measure is only near."""
        labels = self.lists["measure"].by_label
        if whole := labels.get(normalise(text)):
            return {"measure": whole}, False
        parts = text.split()
        groups = [name for name in self.lists if name not in {"measure", "unit", "area"}]
        for count in range(len(parts) - 1, 0, -1):
            head = " ".join(parts[:count]).rstrip(":,;–- ")
            rest = " ".join(parts[count:]).lstrip(":,;–- ")
            named = next(((name, code) for name in groups if (code := self.match([rest], name).codes.get(rest))), None)
            if named is not None and (measure := labels.get(normalise(head)) or self.measure_meant(head)):
                return {"measure": measure, named[0]: named[1]}, normalise(head) not in labels
        near = self.measure_meant(text)
        return ({"measure": near}, True) if near else ({}, False)

    def suggestion(self, text: str, dimension: str) -> str:
        """The nearest label of a dimension; empty where none is near."""
        return self.lists[dimension].suggest(text) if dimension in self.lists and len(text) < _SPELLINGS else ""


def is_word(text: str, listed: Sequence[str]) -> bool:
    """Whether a heading is one of the words."""
    return normalise(text) in {normalise(one) for one in listed}


def looks_like_period(texts: Sequence[str], heading: str, index: int) -> bool:
    """Whether a column of numbers holds years."""
    years = bool(texts) and all(re.fullmatch(r"(?:19|20)\d{2}", text) for text in texts)
    return years and (is_word(heading, words().period) or index == 0)
