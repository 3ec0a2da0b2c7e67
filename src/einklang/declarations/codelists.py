"""Code lists: one CSV per list, and the encoder that maps labels to codes.

Every list has the columns `code,label_de,label_en,aliases,parent,kind,valid_from,valid_to`;
further columns (another scheme's key, a note) are kept as `extra`.
"""

from __future__ import annotations

import csv
from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from rapidfuzz import fuzz, process

from einklang.errors import DeclarationError
from einklang.labels import normalise

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


@dataclass(frozen=True)
class CodeList:
    """One list or the union of several lists that serve one dimension."""

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


def union(name: str, lists: Iterable[CodeList]) -> CodeList:
    """The lists as one; a code that stands in two of them must be the same."""
    codes: dict[str, Code] = {}
    parts = tuple(lists)
    for codelist in parts:
        for code in codelist.codes.values():
            if code.code in codes:
                raise DeclarationError(name, f"code `{code.code}` stands in two of its code lists")
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
        reader = csv.DictReader(stream, strict=True)
        missing = set(COLUMNS) - set(reader.fieldnames or ())
        if missing:
            raise DeclarationError(path, f"columns {sorted(missing)} are missing")
        codes: dict[str, Code] = {}
        for row in reader:
            if None in row or None in row.values():
                raise DeclarationError(path, f"line {reader.line_num} has another number of fields than the header")
            if row["code"] in codes:
                raise DeclarationError(path, f"code `{row['code']}` stands twice")
            try:
                codes[row["code"]] = Code(
                    code=row["code"],
                    label_de=row["label_de"],
                    label_en=row["label_en"],
                    aliases=tuple(part for part in row["aliases"].split("|") if part),
                    parent=row["parent"],
                    kind=row["kind"],
                    valid_from=_day(row["valid_from"]),
                    valid_to=_day(row["valid_to"]),
                    extra={name: value for name, value in row.items() if name not in COLUMNS},
                )
            except ValueError as error:
                raise DeclarationError(path, f"line {reader.line_num}: {error}") from error
    return CodeList(path.stem, codes)
