"""Code lists: one CSV per list, and the encoder that maps labels to codes.

Every list has the columns `code,label_de,label_en,aliases,parent,kind,valid_from,valid_to`;
further columns (another scheme's key, a note) are kept as `extra`.
"""

from __future__ import annotations

import csv
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from operator import itemgetter
from pathlib import Path

from rapidfuzz import fuzz, process

from einklang.errors import DeclarationError
from einklang.labels import normalise

_OVERLAPPING = frozenset({"combined", "subset", "darunter", "column", "row"})
"""Kinds of codes that stand beside their sisters and are no further part of the whole."""
COLUMNS = ("code", "label_de", "label_en", "aliases", "parent", "kind", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its labels, place in the hierarchy and validity (last day included)."""

    code: str
    label_de: str
    label_en: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    kind: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def is_valid(self, start: date, end: date) -> bool:
        """Whether the code existed on the last day of the period."""
        del start
        return (self.valid_from is None or self.valid_from <= end) and (self.valid_to is None or self.valid_to >= end)


@dataclass(frozen=True, eq=False)
class CodeList:
    """One list or the union of several lists that serve one dimension; equal to none but itself."""

    name: str
    codes: Mapping[str, Code]
    parts: tuple[CodeList, ...] = ()

    @cached_property
    def by_label(self) -> Mapping[str, str]:
        """Normalised label or alias → code.

        A spelling shared by two codes of one list is left out; between lists the earlier one wins (Berlin
        is the Land, not the Kreis).
        """
        if self.parts:
            return dict(ChainMap(*(dict(part.by_label) for part in self.parts)))
        found: dict[str, set[str]] = {}
        for code in self.codes.values():
            for label in (code.label_de, code.label_en, *code.aliases):
                found.setdefault(normalise(label), set()).add(code.code)
        return {label: next(iter(codes)) for label, codes in found.items() if len(codes) == 1 and label}

    @cached_property
    def codes_of_name(self) -> Mapping[str, frozenset[str]]:
        """Normalised label or alias → every code that bears it."""
        found: dict[str, set[str]] = {}
        for code in self.codes.values():
            for label in (code.label_de, *code.aliases):
                found.setdefault(normalise(label), set()).add(code.code)
        return {label: frozenset(codes) for label, codes in found.items()}

    def spellings(self, scheme: str) -> Mapping[str, str]:
        """What is written for the codes in a scheme, normalised → code."""
        if scheme not in self._spellings:
            self._spellings[scheme] = self._spell(scheme)
        return self._spellings[scheme]

    @cached_property
    def _spellings(self) -> dict[str, Mapping[str, str]]:
        return {}

    def _spell(self, scheme: str) -> Mapping[str, str]:
        if scheme == "label":
            # Keys made of digits are only recognised where a scheme is declared.
            return {**self.by_label, **{normalise(code): code for code in self.codes if not code.isdigit()}}
        if scheme == "key":
            return {normalise(code): code for code in self.codes}
        return {normalise(key): code for key, code in self.by_scheme(scheme).items()}

    def by_scheme(self, scheme: str) -> Mapping[str, str]:
        """Key of another scheme (an extra column, e.g. `azr`) → code."""
        return {code.extra[scheme]: code.code for code in self.codes.values() if code.extra.get(scheme)}

    @cached_property
    def schemes(self) -> frozenset[str]:
        """Names of the extra columns, each of which can serve as a scheme."""
        return frozenset(name for code in self.codes.values() for name in code.extra)

    def suggest(self, label: str) -> str:
        """The nearest known label, or an empty text where none is near."""
        choices = {code.label_de: code.code for code in self.codes.values()}
        nearest = process.extractOne(label.strip(), choices.keys(), scorer=fuzz.WRatio, score_cutoff=80)
        return nearest[0] if nearest else ""

    def lies_in(self, code: str, area: str) -> bool:
        """Whether a code is `area` or stands below it, at any depth."""
        seen: set[str] = set()
        while code != area and code in self.codes and code not in seen:
            seen.add(code)
            code = self.codes[code].parent
        return code == area

    def children(self, parent: str) -> list[Code]:
        """Codes directly below `parent`, in order of code."""
        return [code for code in self.codes.values() if code.parent == parent]

    def summands(self, parent: str) -> list[Code]:
        """Codes directly below `parent` that add up to it: all but those that overlap with others (`darunter`)."""
        return [code for code in self.children(parent) if code.kind not in _OVERLAPPING]


@lru_cache(maxsize=1024)
def union(*parts: CodeList) -> CodeList:
    """The lists as one (once made, the same one again); no code may stand in two of them."""
    if len(parts) == 1:
        return parts[0]
    name = ", ".join(part.name for part in parts)
    codes: dict[str, Code] = {}
    for codelist in parts:
        for code in codelist.codes.values():
            if code.code in codes:
                raise DeclarationError(name, f"code `{code.code}` stands in two of these code lists")
            codes[code.code] = code
    return CodeList(name, codes, parts)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def load_codelist(path: Path) -> CodeList:
    """The code list in a CSV file.

    Raises:
        DeclarationError: a column is missing, a code stands twice, a date is no date.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        header = next(reader, [])
        missing = set(COLUMNS) - set(header)
        if missing:
            raise DeclarationError(path, f"columns {sorted(missing)} are missing")
        position = {name: number for number, name in enumerate(header)}
        own = itemgetter(*(position[name] for name in COLUMNS))
        further = [(name, number) for name, number in position.items() if name not in COLUMNS]
        codes: dict[str, Code] = {}
        for row in filter(None, reader):
            if len(row) != len(header):
                raise DeclarationError(path, f"line {reader.line_num} has another number of fields than the header")
            code, label_de, label_en, aliases, parent, kind, valid_from, valid_to = own(row)
            if code in codes:
                raise DeclarationError(path, f"code `{code}` stands twice")
            try:
                codes[code] = Code(
                    code=code,
                    label_de=label_de,
                    label_en=label_en,
                    aliases=tuple(part for part in aliases.split("|") if part),
                    parent=parent,
                    kind=kind,
                    valid_from=_day(valid_from),
                    valid_to=_day(valid_to),
                    extra={name: row[number] for name, number in further},
                )
            except ValueError as error:
                raise DeclarationError(path, f"line {reader.line_num}: {error}") from error
    return CodeList(path.stem, codes)
