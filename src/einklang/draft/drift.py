"""What has changed between a profile and a newer file: headings, labels, and the place of the header."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from pathlib import Path

from einklang.check import Sending, check, sent_file
from einklang.claims import RULE as UNSAID
from einklang.declarations.place import Place
from einklang.declarations.profile import Profile
from einklang.declarations.rules import Severity
from einklang.draft.drafting import find_shapes
from einklang.draft.opening import Sample, open_sample
from einklang.draft.trial import Trial, try_profile
from einklang.findings import Finding
from einklang.footnotes import Marks
from einklang.labels import clean, normalise
from einklang.project import Project
from einklang.rawtable import RawTable
from einklang.read import read_file
from einklang.region import find_regions, key_of, seen_by
from einklang.rowlabels import completed

_LISTED = 8
_FINDINGS = 12


@dataclass(frozen=True)
class Drift:
    """One difference: what kind it is, and a sentence (German)."""

    kind: str
    sentence: str


@dataclass(frozen=True)
class Comparison:
    """A profile held against a file: the differences, and what the profile makes of it; None where it reads nothing.

    `found` is what a check by this profile would have mended or confirmed besides.
    """

    drifts: tuple[Drift, ...]
    trial: Trial | None = None
    found: tuple[str, ...] = ()


def find_drift(path: Path, profile: Profile, project: Project) -> Comparison:
    """The differences between a profile and a file, and what a check by it finds; none where the file is as agreed.

    Raises:
        FileNotUsable: the safe readers refuse the file.
    """
    sample = open_sample(path, project.catalogue)
    tables = [
        one
        for one in _with_look(sample, profile, project)
        if any(re.fullmatch(layout.file.sheet, one.sheet.strip()) for layout in profile.layouts)
    ]
    found: list[Drift] = []
    agreed = profile.file
    if sample.file.format != agreed.format:
        found.append(Drift("format", f"Die Datei ist {sample.file.format}, vereinbart ist {agreed.format}."))
    elif sample.file.format == "csv" and sample.file.delimiter != agreed.delimiter:
        said = f"Felder trennt „{sample.file.delimiter}“, vereinbart ist „{agreed.delimiter}“."
        return Comparison((Drift("format", said),))
    if not tables:
        listed = ", ".join(f"„{one.sheet}“" for one in sample.tables[:_LISTED])
        return Comparison((*found, Drift("sheet", f"Kein Blatt heißt wie vereinbart; da sind {listed}.")))
    for layout in profile.layouts:
        found.extend(_header(tables, layout, project))
    trial = try_profile(tables, profile, project)
    found.extend(
        Drift("structure" if one.rule.startswith("IM-STR") else "label", f"{one.rule}: {one.message.de}")
        for one in trial.findings
        if (one.severity is Severity.ERROR or one.rule == UNSAID) and one.rule not in {"IM-STA-001", "IM-STA-002"}
    )
    found.extend(_vanished(tables, profile))
    drifts = tuple(dict.fromkeys(found))
    return Comparison(drifts, trial, _found_by_check(path, profile, project, trial, {one.sentence for one in drifts}))


def _found_by_check(
    path: Path, profile: Profile, project: Project, trial: Trial, said: Container[str]
) -> tuple[str, ...]:
    """What a check by this profile alone says, but for what is said already and the open questions of the profile."""
    alone = replace(project, profiles={(profile.supplier, profile.dataset): (profile,)})
    result = check(Sending(profile.supplier, profile.dataset, (sent_file(path),)), alone).result
    told = [
        f"{one.rule}{_where(one)}: {one.message.de}"
        for one in result.findings
        if one.severity is not Severity.INFORMATION
        and one.rule != "IM-STR-012"
        and f"{one.rule}: {one.message.de}" not in said
    ]
    more = [f"Weitere Befunde der Prüfung: {len(told) - _FINDINGS}."] if len(told) > _FINDINGS else []
    return (*filter(None, [trial.contradiction]), *told[:_FINDINGS], *more)


def _where(found: Finding) -> str:
    """The first cell of a finding, in brackets."""
    place = found.places[0] if found.places and found.places[0].row is not None else None
    if place is None:
        return ""
    return f" ({place.sheet}!{place.cell})" if place.sheet else f" ({place.cell})"


def _with_look(sample: Sample, profile: Profile, project: Project) -> tuple[RawTable, ...]:
    """The sheets, with the look of their cells where the profile reads a status from it."""
    if sample.file.format != "workbook" or not profile.shown_by:
        return sample.tables
    return read_file(sample.path, sample.path.name, profile, project.catalogue).tables or sample.tables


def _header(tables: list[RawTable], layout: Profile, project: Project) -> list[Drift]:
    """Whether the header stands where it is looked for, with as many rows."""
    wanted = [seen_by(layout, one) for one in tables if re.fullmatch(layout.file.sheet, one.sheet.strip())]
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
    cells = {text for table in tables for column in table.columns for text in column.texts}
    present = set(map(normalise, cells))
    found = []
    for layout in profile.layouts:
        for name, place in layout.dimensions.items():
            gone = [text for text in (*place.codes, *place.not_data) if text and normalise(text) not in present]
            if gone:
                labels = _labels(place, layout, tables, cells)
                gone = [text for text in gone if normalise(text) not in labels]
            if gone:
                listed = ", ".join(f"„{text}“" for text in gone[:_LISTED])
                found.append(Drift("vanished", f"dimensions.{name}: nicht mehr in der Datei: {listed}."))
        left_out = [column.headings for column in layout.columns if column.not_data is not None]
        if gone := [one[-1] for one in left_out if one[-1] not in {"", "*"} and normalise(one[-1]) not in present]:
            listed = ", ".join(f"„{text}“" for text in gone[:_LISTED])
            found.append(Drift("vanished", f"columns: nicht mehr in der Datei: {listed}."))
    return found


def _labels(place: Place, layout: Profile, tables: list[RawTable], cells: set[str]) -> set[str]:
    """What a place can give as labels, normalised: of a sheet or file its name, else any cell, without marks of notes
    and as the pattern cuts it out.
    """
    texts = {one.sheet for one in tables} if place.sheet else {one.file for one in tables} if place.file else cells
    strip = Marks(layout.footnotes).strip
    bare = {said for text in texts for said in (clean(text), strip(clean(text)))}
    if place.pattern is not None:
        find = re.compile(place.pattern).search if place.title or place.file else re.compile(place.pattern).fullmatch
        bare = {key for text in bare if (hit := find(text)) and (key := key_of(hit)) is not None}
    return {normalise(said) for label in bare for said in (label, completed(place, label))}
