"""What has changed between a profile and a newer file: headings, labels, and the place of the header."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from einklang.declarations.profile import Profile
from einklang.declarations.rules import Severity
from einklang.draft.drafting import find_shapes
from einklang.draft.opening import open_sample
from einklang.draft.trial import try_profile
from einklang.labels import normalise
from einklang.project import Project
from einklang.rawtable import RawTable
from einklang.region import find_regions

_LISTED = 8


@dataclass(frozen=True)
class Drift:
    """One difference: what kind it is, and a sentence (German)."""

    kind: str
    sentence: str


def find_drift(path: Path, profile: Profile, project: Project) -> list[Drift]:
    """The differences between a profile and a file; none where the file is as agreed.

    Raises:
        FileNotUsable: the safe readers refuse the file.
    """
    sample = open_sample(path, project.catalogue)
    tables = [
        one
        for one in sample.tables
        if any(re.fullmatch(layout.file.sheet, one.sheet.strip()) for layout in profile.layouts)
    ]
    found: list[Drift] = []
    agreed = profile.file
    if sample.file.format != agreed.format:
        found.append(Drift("format", f"Die Datei ist {sample.file.format}, vereinbart ist {agreed.format}."))
    elif sample.file.format == "csv" and sample.file.delimiter != agreed.delimiter:
        found.append(Drift("format", f"Felder trennt „{sample.file.delimiter}“, vereinbart ist „{agreed.delimiter}“."))
        return found
    if not tables:
        listed = ", ".join(f"„{one.sheet}“" for one in sample.tables[:_LISTED])
        return [*found, Drift("sheet", f"Kein Blatt heißt wie vereinbart; da sind {listed}.")]
    for layout in profile.layouts:
        found.extend(_header(tables, layout, project))
    trial = try_profile(tables, profile, project)
    found.extend(
        Drift("structure" if one.rule.startswith("IM-STR") else "label", f"{one.rule}: {one.message.de}")
        for one in trial.findings
        if one.severity is Severity.ERROR and one.rule not in {"IM-STA-001", "IM-STA-002"}
    )
    found.extend(_vanished(tables, profile))
    return list(dict.fromkeys(found))


def _header(tables: list[RawTable], layout: Profile, project: Project) -> list[Drift]:
    """Whether the header stands where it is looked for, with as many rows."""
    wanted = [one for one in tables if re.fullmatch(layout.file.sheet, one.sheet.strip())]
    regions = [(one, region) for one in wanted for region in find_regions(one, layout).found]
    if regions:
        table, region = regions[0]
        shapes = find_shapes([table], project)
        rows = layout.table.header.rows
        if shapes and shapes[0].first != region.first and shapes[0].header <= region.header < shapes[0].first:
            first = shapes[0].first + 1
            return [
                Drift(
                    "header",
                    f"Die Werte beginnen in Zeile {first}; nach dem Profil (Kopfzeilen: {rows}) "
                    f"wäre es Zeile {region.first + 1}.",
                )
            ]
        return []
    if layout.table.optional:
        return []
    listed = ", ".join(f"„{text}“" for text in layout.table.header.texts)
    for table in wanted:
        for shape in find_shapes([table], project):
            heads = [text for text in dict.fromkeys(text for row in shape.heads for text in row) if text]
            there = ", ".join(f"„{text}“" for text in heads[:_LISTED])
            return [
                Drift(
                    "header",
                    f"Der Kopf {listed} fehlt; in den Zeilen {shape.header + 1} bis {shape.first} steht: {there}.",
                )
            ]
    return [Drift("header", f"Der Kopf {listed} fehlt.")]


def _vanished(tables: list[RawTable], profile: Profile) -> list[Drift]:
    """Labels that the profile names and that stand nowhere in the file any more."""
    present = {normalise(text) for table in tables for column in table.columns for text in column.texts}
    found = []
    for layout in profile.layouts:
        for name, place in layout.dimensions.items():
            if place.pattern is not None:
                continue
            named = [text for text in (*place.codes, *place.not_data) if text]
            if gone := [text for text in named if normalise(text) not in present]:
                listed = ", ".join(f"„{text}“" for text in gone[:_LISTED])
                found.append(Drift("vanished", f"dimensions.{name}: nicht mehr in der Datei: {listed}."))
        left_out = [column.headings for column in layout.columns if column.not_data is not None]
        if gone := [one[-1] for one in left_out if one[-1] not in {"", "*"} and normalise(one[-1]) not in present]:
            listed = ", ".join(f"„{text}“" for text in gone[:_LISTED])
            found.append(Drift("vanished", f"columns: nicht mehr in der Datei: {listed}."))
    return found
