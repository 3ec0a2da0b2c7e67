from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb
import jsonschema
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from einklang import observations as contract1
from einklang.deliver import deliver
from einklang.project import Project
from einklang.publication import read_latest
from einklang.release import Released, judge_release, make_release, national_table
from einklang.store import Store

ROOT = Path(__file__).parents[1]
INBOX = ROOT / "demo" / "inbox"
TIME = "2026-03-14T13:05:00+00:00"
CHOSEN = ("nw/einbuergerungen", "ni/einbuergerungen", "sn/einbuergerungen", "ni/arbeitslose", "bw/arbeitslose")


def fill(root: Path, project: Project, chosen: tuple[str, ...] = CHOSEN, waves: str = "[12]-*") -> Store:
    store = Store(root)
    for one in chosen:
        for path in sorted(INBOX.glob(f"{waves}/{one}/*")):
            supplier, dataset = one.split("/")
            deliver([path], supplier, dataset, project, store, TIME)
    return store


@pytest.fixture(scope="module")
def store(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return fill(tmp_path_factory.mktemp("store"), project)


@pytest.fixture(scope="module")
def released(project: Project, store: Store) -> Released:
    return make_release(project, store)


@pytest.fixture(scope="module")
def folder(released: Released) -> Path:
    assert released.folder is not None
    return released.folder


def test_a_release_has_all_its_parts(released: Released, folder: Path) -> None:
    assert released.version == "1.0.0"
    assert released.is_new
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {
        "data/einbuergerungen.parquet",
        "data/arbeitslose.parquet",
        "indicators.parquet",
        "codelists/laender.csv",
        "datapackage.json",
        "CHANGELOG.md",
        "manifest.json",
        "SHA256SUMS",
    } <= names


def test_sums_and_pointer_are_true(store: Store, folder: Path) -> None:
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    latest = read_latest(store.root / "releases")
    assert latest is not None
    assert latest.manifest_sha256 == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def test_the_same_deliveries_give_the_same_bytes(project: Project, folder: Path, tmp_path: Path) -> None:
    again = make_release(project, fill(tmp_path, project, tuple(reversed(CHOSEN))))
    assert again.folder is not None
    for path in folder.rglob("*"):
        if path.is_file():
            other = again.folder / path.relative_to(folder)
            assert other.read_bytes() == path.read_bytes(), path.name


def test_nothing_new_gives_no_new_version(project: Project, store: Store, released: Released) -> None:
    again = make_release(project, store)
    assert (again.version, again.is_new) == (released.version, False)


def test_more_periods_raise_the_minor_version(project: Project, tmp_path: Path) -> None:
    store = fill(tmp_path, project, ("nw/einbuergerungen",), "1-*")
    assert make_release(project, store).version == "1.0.0"
    fill(tmp_path, project, ("nw/einbuergerungen",), "2-*")
    second = make_release(project, store)
    assert second.version == "1.1.0"
    assert second.folder is not None
    assert "Ersetzt 1.0.0." in (second.folder / "CHANGELOG.md").read_text(encoding="utf-8")


def test_a_rejected_delivery_is_not_released(project: Project, tmp_path: Path) -> None:
    store = fill(tmp_path, project, ("be/einbuergerungen",))
    assert make_release(project, store) == Released(None, None, False, ())
    assert not (tmp_path / "releases").exists()


def test_an_unfinished_release_is_invisible(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = fill(tmp_path, project, ("ni/einbuergerungen",))

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("einklang.release.describe", fail)
    with pytest.raises(OSError, match="disk full"):
        make_release(project, store)
    assert read_latest(tmp_path / "releases") is None
    assert list((tmp_path / "releases").iterdir()) == []


@pytest.mark.parametrize("name", ["einbuergerungen", "arbeitslose"])
def test_contract_and_order(project: Project, folder: Path, name: str) -> None:
    table = pq.read_table(folder / "data" / f"{name}.parquet")
    dataset = project.dataset(name)
    assert table.schema.names == contract1.schema(dataset).names
    keys = table.select(contract1.key_columns(dataset)).to_pandas().astype(str)
    assert not keys.duplicated().any()
    assert keys.equals(keys.sort_values(list(keys.columns), kind="stable").reset_index(drop=True))
    for field in table.schema:
        assert field.metadata[b"description_de"]
        assert field.metadata[b"description_en"]
    assert b"unit" in table.schema.field("value").metadata
    assert table.schema.metadata[b"contract"] == b"1"


def test_every_row_names_its_cell(folder: Path, store: Store) -> None:
    table = pq.read_table(folder / "data" / "arbeitslose.parquet").to_pandas()
    row = table[(table["area"] == "03101") & (table["measure"] == "unemployed") & (table["citizenship"] == "FOREIGN")]
    assert row["value"].tolist() == [2938.0]
    delivery, file = row["delivery"].iloc[0], row["file"].iloc[0]
    raw = (store.folder(delivery) / "raw" / file).read_text(encoding="cp1252").splitlines()
    assert "2938" in raw[int(row["row"].iloc[0]) - 1].replace(".", "")


def keys_in(path: Path) -> dict[str, list[str]]:
    return {
        "pandas": pd.read_parquet(path)["area"].astype(str).tolist(),
        "polars": pl.read_parquet(path)["area"].cast(pl.String).to_list(),
        "duckdb": [row[0] for row in duckdb.sql(f"SELECT area FROM '{path}'").fetchall()],
    }


def test_readers_agree_and_keep_keys_as_text(folder: Path) -> None:
    found = keys_in(folder / "data" / "arbeitslose.parquet")
    assert found["pandas"] == found["polars"] == found["duckdb"]
    assert {"03", "03101", "08"} <= set(found["duckdb"])
    kind = duckdb.sql(f"DESCRIBE SELECT area, period FROM '{folder / 'data' / 'arbeitslose.parquet'}'").fetchall()
    assert [row[1] for row in kind] == ["VARCHAR", "VARCHAR"]


def test_missing_values_have_a_reason(folder: Path) -> None:
    table = pq.read_table(folder / "data" / "einbuergerungen.parquet").to_pandas()
    missing = table[table["value"].isna()]
    assert not missing.empty
    assert (missing["obs_status"] != "A").all()
    assert table.loc[table["value"].notna(), "obs_status"].isin(["A", "P", "E", "U", "N"]).all()


def indicator(folder: Path, code: str, area: str, period: str, **codes: str) -> pd.Series:
    table = pq.read_table(folder / "indicators.parquet").to_pandas()
    hit = (table["indicator"] == code) & (table["area"] == area) & (table["period"] == period)
    for name, value in codes.items():
        hit &= table[name] == value
    found = table[hit]
    assert len(found) == 1, found
    row: pd.Series = found.iloc[0]
    return row


@pytest.mark.parametrize(
    ("code", "sex", "expected"),
    [
        ("B2b", "_T", 1.09),
        ("B2a", "_T", 1.93),
        ("B2b", "M", 0.95),
        ("B2a", "M", 1.78),
        ("B2b", "F", 1.26),
        ("B2a", "F", 2.08),
    ],
)
def test_published_rates_of_2017_reproduce(folder: Path, code: str, sex: str, expected: float) -> None:
    assert indicator(folder, code, "05", "2017", sex=sex)["value"] == expected


def test_a_rate_without_base_has_no_value_and_the_reason_of_the_base(folder: Path) -> None:
    row = indicator(folder, "B2a", "05", "2024", sex="_T")
    assert pd.isna(row["value"])
    assert row["obs_status"] == "L"


def test_unemployment_rates_are_released_as_delivered(folder: Path) -> None:
    row = indicator(folder, "E5", "03", "2025", citizenship="FOREIGN")
    assert (row["value"], row["sex"]) == (16.9, "_Z")


def test_data_package_describes_the_files(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_bytes())
    jsonschema.validate(package, {"type": "object", "required": ["name", "version", "resources"]})
    for resource in package["resources"]:
        assert (folder / resource["path"]).is_file()
        if resource["format"] == "parquet":
            described = [field["name"] for field in resource["schema"]["fields"]]
            assert described == pq.read_schema(folder / resource["path"]).names


def test_manifest_names_deliveries_and_coverage(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["coverage"]["arbeitslose"] == {"2025": ["03", "08"]}
    assert "ni/arbeitslose/0001" in manifest["deliveries"]["arbeitslose"]


def test_the_land_comes_before_the_federal_source(project: Project, store: Store) -> None:
    dataset = project.dataset("einbuergerungen")
    table = national_table(dataset, project, store)
    assert table is not None
    assert set(table.column("supplier").unique().to_pylist()) == {"nw", "ni", "sn"}


def changed(table: pa.Table, row: int, value: float) -> pa.Table:
    values = table.column("value").to_pylist()
    values[row] = value
    return table.set_column(table.schema.get_field_index("value"), table.schema.field("value"), pa.array(values))


def test_a_number_behind_a_secrecy_status_blocks_the_release(project: Project, store: Store) -> None:
    table = national_table(project.dataset("einbuergerungen"), project, store)
    assert table is not None
    size = table.num_rows
    secret = table.set_column(
        table.schema.get_field_index("conf_status"),
        table.schema.field("conf_status"),
        contract1.constant("C", size),
    )
    assert "IM-STA-002" in {finding.rule for finding in judge_release({"einbuergerungen": secret}, project)}


def test_laender_that_do_not_sum_to_germany_block_the_release(project: Project) -> None:
    dataset = project.dataset("einbuergerungen")
    areas = [*(f"{number:02d}" for number in range(1, 17)), "ABROAD", "DE"]
    size = len(areas)
    values = [100.0] * 17
    columns = {
        name: contract1.constant(text, size)
        for name, text in {
            "dataset": "einbuergerungen", "measure": "naturalisations", "period": "2024", "area_level": "land",
            "area_version": "2024-12-31", "sex": "_T", "nationality_group": "_T", "unit": "PERSONS",
            "obs_status": "A", "conf_status": "F", "value_text": "", "supplier": "destatis",
            "delivery": "destatis/einbuergerungen/0001", "file": "1.csv", "sheet": "", "column": "A",
        }.items()
    }  # fmt: skip
    day = pa.array([0] * size, pa.int32()).cast(pa.date32())
    columns |= {
        "period_start": day,
        "period_end": day,
        "area": pa.array(areas).dictionary_encode(),
        "row": pa.array(range(size), pa.int32()),
    }
    for total, expected in ((1705.0, set()), (1740.0, {"IM-AGG-004"})):
        columns["value"] = pa.array([*values, total])
        schema = contract1.schema(dataset)
        table = pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)
        assert {finding.rule for finding in judge_release({"einbuergerungen": table}, project)} == expected


def test_no_text_of_a_withheld_row_stays_in_the_bytes(project: Project, tmp_path: Path) -> None:
    source = next((INBOX / "2-aktuell" / "bb" / "auslaender").iterdir())
    text = source.read_bytes()
    secret = [line for line in text.splitlines() if b"geheim" in line]
    assert secret
    store = fill(tmp_path, project, ("bb/auslaender",), "2-*")
    delivery = next(store.deliveries("bb", "auslaender"))
    numbers = {
        field for line in secret for field in line.split(b";") if len(field) >= 4 and field.replace(b".", b"").isdigit()
    }
    folder = store.folder(delivery.delivery)
    marked = [number for number in numbers if text.count(number) == 1]
    for name in ("observations.parquet", "report.json", "report.html", "findings.csv", "delivery.json"):
        for number in marked:
            assert number not in (folder / name).read_bytes(), (name, number)
