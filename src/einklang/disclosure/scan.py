"""Whether a number behind a secrecy mark stands anywhere in the files of a release: values, texts, dictionaries,
statistics, and every text file beside the data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from einklang.disclosure.known import is_secret
from einklang.project import Project

_NUMBER = re.compile(r"[1-9]")
_SHORTEST = 3
_TEXT_FILES = frozenset({".json", ".md", ".csv", ".txt", ""})
_WORDS = re.compile(r"[\w.,\u202f\u00a0-]+")


def scan(folder: Path, apart: Mapping[str, pa.Table], project: Project) -> list[str]:
    """Names of the files, relative to the folder, in which a withheld number stands; each once, in order."""
    found = set()
    secret = {text for table in apart.values() for text in _secret_texts(table, project)}
    open_texts: set[str] = set()
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    tables = [path for path in paths if path.suffix == ".parquet"]
    for path in tables:
        table = pq.read_table(path)
        if "value_text" in table.schema.names:
            open_texts |= set(table.column("value_text").unique().to_pylist())
        if _speaks(table, project) or _remembers(path, table):
            found.add(path.relative_to(folder).as_posix())
    distinctive = {text for text in secret - open_texts if sum(sign.isdigit() for sign in text) >= _SHORTEST}
    for path in paths:
        if distinctive and not distinctive.isdisjoint(_texts(path)):
            found.add(path.relative_to(folder).as_posix())
    return sorted(found)


def _secret_texts(table: pa.Table, project: Project) -> Iterator[str]:
    frame = table.select(["value_text", "obs_status", "conf_status"]).to_pandas().astype(str)
    hit = is_secret(frame["obs_status"], frame["conf_status"], project)
    yield from (text for text in frame.loc[hit, "value_text"].unique() if _NUMBER.search(text))


def _speaks(table: pa.Table, project: Project) -> bool:
    """Whether a withheld row has a value, or a text with a number."""
    names = [name for name in ("value", "value_text", "obs_status", "conf_status") if name in table.schema.names]
    frame = table.select(names).to_pandas()
    frame = frame.astype({name: str for name in names if name != "value"})
    withheld = frame[is_secret(frame["obs_status"], frame["conf_status"], project)]
    if (withheld["value"].notna() & (withheld["value"] != 0)).any():
        return True
    return "value_text" in names and bool(withheld["value_text"].str.contains(_NUMBER).any())


def _remembers(path: Path, table: pa.Table) -> bool:
    """Whether a dictionary or the statistics of a column hold what occurs in no row."""
    metadata = pq.read_metadata(path)
    for position, name in enumerate(table.schema.names):
        column = table.column(name)
        occurring = None
        if pa.types.is_dictionary(column.type):
            occurring = set(column.unique().to_pylist())
            listed = {text for chunk in column.chunks for text in chunk.dictionary.to_pylist()}
            if listed - occurring:
                return True
        for group in range(metadata.num_row_groups):
            statistics = metadata.row_group(group).column(position).statistics
            if name == "value" and statistics is not None and statistics.has_min_max:
                ends = pa.compute.min_max(column).as_py()
                if statistics.min < ends["min"] or statistics.max > ends["max"]:
                    return True
    return False


def _texts(path: Path) -> set[str]:
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        return {
            text
            for column in table.columns
            if pa.types.is_dictionary(column.type)
            for text in column.unique().to_pylist()
        }
    if path.suffix in _TEXT_FILES:
        return set(_WORDS.findall(path.read_text(encoding="utf-8", errors="replace")))
    return set()
