"""What stands beside the data of a release: version, manifest, data package, change log, sums, pointer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, ValidationError

from einklang import indicators
from einklang import observations as contract1
from einklang.errors import DamagedRecord
from einklang.findings import Confirmation
from einklang.project import Project
from einklang.records import Record
from einklang.store import write_atomically

WITHDRAWN = "withdrawn.json"
_TYPES = {"double": "number", "int32": "integer", "date32[day]": "date"}


class Manifest(Record):
    """What a release is made of. Written last inside the release."""

    version: str = Field(description="major.minor.patch: keys removed, keys added, values corrected.")
    replaces: str | None = Field(description="The version before.")
    contract: str = Field(description="Version of the columns.")
    rules: str = Field(description="Version of the rule catalogue.")
    declarations: str = Field(description="SHA-256 over schemas/ and expectations/.")
    deliveries: dict[str, list[str]] = Field(description="Data set → deliveries it was made from.")
    overrides: list[Confirmation] = Field(
        default=[], description="Errors despite which a delivery was accepted, by whom and why."
    )
    coverage: dict[str, dict[str, list[str]]] = Field(description="Data set → period → Länder with released figures.")
    files: dict[str, str] = Field(description="File → SHA-256.")


class Pointer(Record):
    """`latest.json`: which version is the latest."""

    version: str = Field(description="The version.")
    manifest_sha256: str = Field(description="SHA-256 of its manifest.json.")


def read_latest(releases: Path) -> Pointer | None:
    """The pointer to the latest release, or None."""
    path = releases / "latest.json"
    if not path.is_file():
        return None
    try:
        return Pointer.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DamagedRecord(path) from error


def released_observations(releases: Path, dataset: str) -> pa.Table | None:
    """The observations of a data set in the latest release, or None."""
    latest = read_latest(releases)
    path = releases / latest.version / "data" / f"{dataset}.parquet" if latest is not None else None
    if path is None or not path.is_file():
        return None
    try:
        return pq.read_table(path).unify_dictionaries().combine_chunks()
    except (OSError, pa.ArrowException) as error:
        raise DamagedRecord(path) from error


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release."""
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DamagedRecord(path) from error


def versions(releases: Path) -> dict[str, Path]:
    """Version → folder of every release, withdrawn ones too, oldest version first."""
    folders = [path.parent for path in releases.glob("[0-9]*/manifest.json")]
    folders.sort(key=lambda folder: _numbers(folder.name))
    return {folder.name: folder for folder in folders}


def standing_releases(releases: Path) -> dict[str, Path]:
    """Version → folder of every release that is not withdrawn, newest first."""
    every = reversed(versions(releases).items())
    return {version: folder for version, folder in every if not (folder / WITHDRAWN).is_file()}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def remove_pointer(releases: Path) -> None:
    """Takes the pointer away: no release stands."""
    (releases / "latest.json").unlink(missing_ok=True)


def write_pointer(releases: Path, manifest: Manifest, folder: Path) -> None:
    """Moves the pointer to a complete release."""
    digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    pointer = Pointer(version=manifest.version, manifest_sha256=digest)
    write_atomically(releases / "latest.json", _json(pointer.model_dump()))


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"


INDICATORS = "indicators"
Changes = Mapping[str, tuple[int, int, int]]


def next_version(
    releases: Path,
    latest: Pointer | None,
    tables: Mapping[str, pa.Table],
    rates: pa.Table,
    digests: Mapping[str, str],
    project: Project,
) -> tuple[str | None, Changes]:
    """The version to give, None where no file changed; and per data set keys added, removed, values changed.

    Compared is with the latest release that stands; the version is above every version there was.
    """
    highest = max([(0, 0, 0), *(_numbers(version) for version in versions(releases))])
    if latest is None:
        return f"{highest[0] + 1}.0.0", {
            name: (table.num_rows, 0, 0) for name, table in {**tables, INDICATORS: rates}.items()
        }
    before = releases / latest.version
    manifest = read_manifest(before)
    if manifest.files == dict(digests):
        return None, {}
    changes = {
        name: _compare(before / "data" / f"{name}.parquet", table, contract1.key_columns(project.dataset(name)))
        for name, table in tables.items()
    }
    keys = ["indicator", "period", "area", *indicators.breakdown_columns(project)]
    changes[INDICATORS] = _compare(before / f"{INDICATORS}.parquet", rates, keys)
    lost = set(manifest.deliveries) - set(tables)
    changes |= {name: (0, pq.read_metadata(before / "data" / f"{name}.parquet").num_rows, 0) for name in lost}
    major, minor, patch = highest
    if lost or any(removed for _, removed, _ in changes.values()) or manifest.contract != contract1.CONTRACT:
        return f"{major + 1}.0.0", changes
    if any(added for added, _, _ in changes.values()):
        return f"{major}.{minor + 1}.0", changes
    return f"{major}.{minor}.{patch + 1}", changes


def _compare(path: Path, table: pa.Table, keys: list[str]) -> tuple[int, int, int]:
    """Keys added, keys removed, values or statuses changed against an earlier file."""
    now = table.select([*keys, "value", "obs_status", "conf_status"]).to_pandas().astype(dict.fromkeys(keys, str))
    if not path.is_file():
        return len(now), 0, 0
    if not set(keys) <= set(pq.read_schema(path).names):
        return len(now), pq.read_metadata(path).num_rows, 0
    old = pq.read_table(path, columns=[*keys, "value", "obs_status", "conf_status"]).to_pandas()
    joined = now.merge(
        old.astype(dict.fromkeys(keys, str)), on=keys, how="outer", suffixes=("", "_old"), indicator=True
    )
    both = joined[joined["_merge"] == "both"]
    same = (both["value"] == both["value_old"]) | (both["value"].isna() & both["value_old"].isna())
    for status in ("obs_status", "conf_status"):
        same &= both[status].astype(str) == both[f"{status}_old"].astype(str)
    return (
        int((joined["_merge"] == "left_only").sum()),
        int((joined["_merge"] == "right_only").sum()),
        int((~same).sum()),
    )


def describe(
    folder: Path, manifest: Manifest, changes: Changes, tables: Mapping[str, pa.Table], project: Project
) -> None:
    """Writes data package, change log, sums and, last, the manifest."""
    (folder / "datapackage.json").write_bytes(_json(data_package(manifest.version, tables, project)))
    (folder / "CHANGELOG.md").write_bytes(_change_log(manifest, changes, project).encode())
    names = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in names}
    (folder / "SHA256SUMS").write_text(
        "".join(f"{digest}  {name}\n" for name, digest in sums.items()), encoding="utf-8"
    )
    (folder / "manifest.json").write_bytes(_json(manifest.model_dump()))


def _change_log(manifest: Manifest, changes: Changes, project: Project) -> str:
    lines = [f"# {manifest.version}", ""]
    lines.append("Erste Veröffentlichung." if manifest.replaces is None else f"Ersetzt {manifest.replaces}.")
    lines += ["", "| Datensatz | neue Werte | entfallene Werte | geänderte Werte |", "|---|---:|---:|---:|"]
    for name, (added, removed, changed) in sorted(changes.items()):
        title = project.datasets[name].title.de if name in project.datasets else "Indikatoren"
        lines.append(f"| {title} (`{name}`) | {added} | {removed} | {changed} |")
    return "\n".join(lines) + "\n"


def _fields(schema: pa.Schema) -> list[dict[str, object]]:
    fields: list[dict[str, object]] = []
    for field in schema:
        metadata = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        entry: dict[str, object] = {
            "name": field.name,
            "type": _TYPES.get(str(field.type), "string"),
            "title": metadata["description_de"],
            "description": metadata["description_en"],
            "constraints": {"required": not field.nullable},
        }
        if "codelist" in metadata:
            entry["codelists"] = [f"codelists/{name}.csv" for name in metadata["codelist"].split("|")]
        if "unit" in metadata:
            entry["unit"] = metadata["unit"]
        fields.append(entry)
    return fields


def data_package(version: str, tables: Mapping[str, pa.Table], project: Project) -> dict[str, object]:
    """The Frictionless data package of a release."""
    resources: list[dict[str, object]] = []
    for name in sorted(tables):
        dataset = project.dataset(name)
        resources.append(
            {
                "name": name,
                "path": f"data/{name}.parquet",
                "format": "parquet",
                "title": dataset.title.de,
                "description": dataset.description.de,
                "sources": [{"title": dataset.source.de}],
                "schema": {
                    "fields": _fields(contract1.schema(dataset)),
                    "primaryKey": contract1.key_columns(dataset),
                },
            }
        )
    resources.append(
        {
            "name": "indicators",
            "path": "indicators.parquet",
            "format": "parquet",
            "title": "Indikatoren",
            "schema": {
                "fields": _fields(indicators.schema(project)),
                "primaryKey": ["indicator", "period", "area", *indicators.breakdown_columns(project)],
            },
        }
    )
    resources.extend(
        {
            "name": f"codelist-{path.stem.replace('_', '-')}",
            "path": f"codelists/{path.name}",
            "format": "csv",
            "encoding": "utf-8",
        }
        for path in sorted((project.folder / "schemas" / "codelists").glob("*.csv"))
    )
    return {
        "name": "integrationsmonitoring-der-laender",
        "title": "Integrationsmonitoring der Länder",
        "version": version,
        "resources": resources,
    }
