"""Step *release*: the accepted deliveries of all Länder become one immutable, versioned state.

    releases/<version>/   data/<dataset>.parquet  indicators.parquet  codelists/*.csv  datapackage.json
                          CHANGELOG.md  manifest.json  SHA256SUMS
    releases/latest.json  moved last: a reader never sees half a release

The same accepted deliveries give the same bytes, and no new version.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from einklang import observations as contract1
from einklang.contract import check_released
from einklang.cube import Cube, cube_of
from einklang.declarations.base import Text
from einklang.declarations.dataset import Dataset
from einklang.declarations.rules import Severity
from einklang.disclosure.gate import Audit, audit, found_in_files
from einklang.disclosure.known import Sources
from einklang.disclosure.scan import scan
from einklang.errors import StoreError
from einklang.findings import Confirmation, Finding
from einklang.indicators import compute_indicators
from einklang.measures.figures import Context
from einklang.plausibility import judge
from einklang.project import Project
from einklang.publication import Manifest, describe, next_version, read_latest, standing_releases, write_pointer
from einklang.release_report import REPORT, release_result
from einklang.report import render_html, render_json
from einklang.result import Result
from einklang.store import Store, write_atomically
from einklang.withdrawal import withdrawn_before


@dataclass(frozen=True)
class Released:
    """What became of a release.

    `version` is None where a rule of the release or the disclosure gate blocks it; `is_new` is false where nothing
    changed since the latest version. `audit` is what the disclosure gate looked at, None where it was not reached.
    """

    version: str | None
    folder: Path | None
    is_new: bool
    findings: tuple[Finding, ...]
    audit: Audit | None = None

    @property
    def blocked(self) -> bool:
        """Whether a rule or the disclosure gate blocks the release."""
        return self.version is None and bool(self.findings)


def national_table(dataset: Dataset, project: Project, store: Store) -> pa.Table | None:
    """The observations of all suppliers that hold, each key once, in order of the key.

    Of every supplier and period the latest accepted delivery counts. Where two suppliers deliver a key, the
    data set's `priority` decides.
    """
    by_delivery: dict[str, list[str]] = {}
    for (_, period), delivery in store.accepted_periods(dataset.name).items():
        by_delivery.setdefault(delivery.delivery, []).append(period)
    if not by_delivery:
        return None
    tables = [store.observations(delivery, periods) for delivery, periods in sorted(by_delivery.items())]
    whole = pa.concat_tables(tables).cast(contract1.schema(dataset)).unify_dictionaries().combine_chunks()
    return _one_per_key(contract1.in_key_order(whole, contract1.key_columns(dataset)), dataset, project)


def _one_per_key(table: pa.Table, dataset: Dataset, project: Project) -> pa.Table:
    suppliers = project.codelists["suppliers"].codes
    ranks: dict[str, int] = {kind: number for number, kind in enumerate(dataset.priority)}
    supplier = table.column("supplier").combine_chunks()
    rank_of = [ranks.get(suppliers[code].kind, len(ranks)) for code in supplier.dictionary.to_pylist()]
    rank = np.asarray(rank_of or [0])[supplier.indices.to_numpy(zero_copy_only=False)]
    key = np.zeros(table.num_rows, dtype=np.int64)
    for name in contract1.key_columns(dataset):
        column = table.column(name).combine_chunks()
        key = key * max(1, len(column.dictionary)) + column.indices.to_numpy(zero_copy_only=False)
    order = np.lexsort((rank, key))
    first = np.concatenate([[True], key[order][1:] != key[order][:-1]]) if len(key) else np.empty(0, dtype=bool)
    return contract1.compact(table.take(pa.array(np.sort(order[first]))))


def judge_release(tables: Mapping[str, pa.Table], project: Project) -> list[Finding]:
    """What national rules and the contract find in the tables to be released."""
    found: list[Finding] = []
    for name, table in tables.items():
        dataset = project.dataset(name)
        found.extend(check_released(table, dataset, project))
        cube = cube_of(table, dataset)

        def cell(row: int, table: pa.Table = table) -> str:
            delivery, column, line = (table.column(name)[row].as_py() for name in ("delivery", "column", "row"))
            return f"{delivery} {column}{line}"

        def about(row: int, table: pa.Table = table, dataset: Dataset = dataset) -> Text:
            area = project.codes(dataset.name, "area").codes[table.column("area")[row].as_py()]
            rest = [table.column(column)[row].as_py() for column in ("period", *contract1.axes(dataset), "measure")]
            return Text(de=", ".join([area.label_de, *rest]), en=", ".join([area.label_en, *rest]))

        context = Context(
            cube=cube,
            delivered=partial(_same, cube),
            history=None,
            labels_known=True,
            project=project,
            dataset=dataset,
            profile=None,
            describe=about,
            cell=cell,
        )
        judged = judge(context, project.expectations[name].release, None, project)
        found.extend(one.finding for one in judged.located)
    return found


def _same(cube: Cube) -> Cube:
    return cube


def make_release(project: Project, store: Store) -> Released:
    """Writes a new version where something changed and neither a rule nor the disclosure gate blocks it."""
    tables = {
        name: table
        for name, dataset in sorted(project.datasets.items())
        if (table := national_table(dataset, project, store)) is not None
    }
    if not tables:
        return Released(None, None, False, ())
    released = _judge_and_write(tables, project, store)
    write_report(released, tables, project, store)
    return released


def _judge_and_write(tables: Mapping[str, pa.Table], project: Project, store: Store) -> Released:
    findings = tuple(judge_release(tables, project))
    if _has_errors(findings):
        return Released(None, None, False, findings)
    rates = compute_indicators(project, tables)
    apart = {
        name: secret for name, table in tables.items() if (secret := _kept_apart(table, project, store)) is not None
    }
    checked = audit(Sources(tables, rates, apart, standing_releases(store.root / "releases")), project)
    findings += checked.findings
    if _has_errors(findings):
        return Released(None, None, False, findings, checked)
    releases = store.root / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".building-", dir=releases))
    try:
        _write_data(tables, rates, project, beside)
        if leaking := found_in_files(scan(beside, apart, project), project):
            return Released(None, None, False, (*findings, *leaking), checked)
        latest, digests = read_latest(releases), _digests(beside)
        version, changes = next_version(releases, latest, tables, rates, digests, project)
        if version is None:
            assert latest is not None
            return Released(latest.version, releases / latest.version, False, findings, checked)
        if again := withdrawn_before(releases, digests, project.catalogue):
            return Released(None, None, False, (*findings, *again), checked)
        manifest = Manifest(
            version=version,
            replaces=latest.version if latest is not None else None,
            contract=contract1.CONTRACT,
            rules=project.catalogue.version,
            declarations=project.fingerprint,
            deliveries=_deliveries(tables),
            overrides=_overrides(tables, store),
            coverage=_coverage(tables, project),
            files=digests,
        )
        describe(beside, manifest, changes, tables, project)
        target = releases / version
        beside.chmod(0o755)
        beside.rename(target)
        write_pointer(releases, manifest, target)
    finally:
        if beside.exists():
            shutil.rmtree(beside)
    return Released(version, target, True, findings, checked)


def write_report(released: Released, tables: Mapping[str, pa.Table], project: Project, store: Store) -> None:
    """Writes what the rules of the release found, for the stewards, as a page and as JSON."""
    result = release_result(released.findings, tables, project, released.audit)
    write_atomically(store.root / REPORT, render_html(result).encode())
    write_atomically((store.root / REPORT).with_suffix(".json"), render_json(result).encode())


def read_report(store: Store) -> Result:
    """What the rules found in the last attempt at a release.

    Raises:
        StoreError: there was none, or the file is damaged.
    """
    path = (store.root / REPORT).with_suffix(".json")
    try:
        return Result.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StoreError(path, "the file is missing or damaged") from error


def _has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _kept_apart(table: pa.Table, project: Project, store: Store) -> pa.Table | None:
    """The cells that the deliveries of a table marked as secret although they held a number: they are withheld too."""
    tables = [store.quarantine(delivery) for delivery in table.column("delivery").unique().to_pylist()]
    whole = pa.concat_tables(
        [one.filter(_is_marked(one)).select(table.schema.names).cast(table.schema) for one in tables]
    )
    return whole.unify_dictionaries().combine_chunks() if whole.num_rows else None


def _is_marked(table: pa.Table) -> pa.Array:
    """Whether IM-STA-002 is among the rules that a row broke, which are joined by `|`."""
    return pa.compute.match_substring_regex(table.column("rules").cast(pa.string()), r"(^|\|)IM-STA-002($|\|)")


def _write_data(tables: Mapping[str, pa.Table], rates: pa.Table, project: Project, folder: Path) -> None:
    (folder / "data").mkdir()
    for name, table in tables.items():
        contract1.write_parquet(table, folder / "data" / f"{name}.parquet")
    contract1.write_parquet(rates, folder / "indicators.parquet")
    (folder / "codelists").mkdir()
    for path in sorted((project.folder / "schemas" / "codelists").glob("*.csv")):
        shutil.copyfile(path, folder / "codelists" / path.name)


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _deliveries(tables: Mapping[str, pa.Table]) -> dict[str, list[str]]:
    return {
        name: sorted(set(table.column("delivery").combine_chunks().dictionary.to_pylist()))
        for name, table in tables.items()
    }


def _overrides(tables: Mapping[str, pa.Table], store: Store) -> list[Confirmation]:
    """The errors that stewards overrode in the deliveries released."""
    names = sorted({name for listed in _deliveries(tables).values() for name in listed})
    return [
        finding.confirmation
        for name in names
        for finding in store.result(name).findings
        if finding.confirmation is not None and finding.confirmation.second
    ]


def _coverage(tables: Mapping[str, pa.Table], project: Project) -> dict[str, dict[str, list[str]]]:
    """Data set → period → Länder of which figures are released."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, table in tables.items():
        codes = project.codes(name, "area").codes
        pairs = table.select(["period", "area"]).group_by(["period", "area"]).aggregate([])
        lands: dict[str, set[str]] = {}
        for period, area in zip(pairs.column("period").to_pylist(), pairs.column("area").to_pylist(), strict=True):
            if codes[area].kind == "land":
                lands.setdefault(period, set()).add(area)
        found[name] = {period: sorted(areas) for period, areas in sorted(lands.items())}
    return found


def read_released(folder: Path, dataset: str) -> pa.Table:
    """The released observations of a data set."""
    return pq.read_table(folder / "data" / f"{dataset}.parquet")
