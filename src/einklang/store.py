"""State is the folder: deliveries and releases as files. No database.

    deliveries/<supplier>/<dataset>/<number>/
        raw/            the bytes, under generated names
        receipt.json    what was received
        observations.parquet, quarantine.parquet, report.json, report.html, findings.csv, ess.json
        delivery.json   written last: without it the delivery does not exist for readers
    releases/           see einklang.release
    answers/            see einklang.answers
    outbox/             see einklang.outbox
    locks/              held while a delivery is judged

Every file is written beside its place and then moved there.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, ValidationError

from einklang.check import SentFile
from einklang.errors import DamagedRecord, StoreError, UnknownName
from einklang.records import Record
from einklang.result import DeliveredFile, Result, Verdict

try:
    import fcntl
except ImportError:  # not on Windows, where one run at a time is the rule
    fcntl = None  # type: ignore[assignment]

ACCEPTED = frozenset({Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_NOTES})
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


class Receipt(Record):
    """What was received, before it was read."""

    delivery: str = Field(description="supplier/dataset/number.")
    supplier: str = Field(description="Code of the supplier.")
    dataset: str = Field(description="Name of the data set.")
    number: int = Field(ge=1, description="Number among the deliveries of this supplier and data set.")
    received_at: str = Field(description="ISO 8601, UTC.")
    files: list[DeliveredFile] = Field(description="The files.")
    older_than: int | None = Field(
        default=None, description="Number of the accepted delivery after which this older version arrived."
    )
    same_as: int | None = Field(default=None, description="Number of the earlier delivery with the same bytes.")
    same_received_at: str | None = Field(default=None, description="When that delivery was received.")


class Delivery(Record):
    """A delivery that was judged: the commit of its folder."""

    delivery: str = Field(description="supplier/dataset/number.")
    supplier: str = Field(description="Code of the supplier.")
    dataset: str = Field(description="Name of the data set.")
    number: int = Field(ge=1, description="Number among the deliveries of this supplier and data set.")
    received_at: str = Field(description="ISO 8601, UTC.")
    sha256: list[str] = Field(description="SHA-256 of each file.")
    periods: list[str] = Field(description="Periods found.")
    replaces: str | None = Field(description="The delivery that this one replaces.")
    verdict: Verdict = Field(description="The verdict.")
    errors: int = Field(ge=0, description="Findings that are errors.")
    warnings: int = Field(ge=0, description="Findings that are warnings.")
    accepted: int = Field(ge=0, description="Accepted observations.")
    quarantined: int = Field(ge=0, description="Quarantined observations.")
    declarations: str = Field(description="SHA-256 over the declarations it was judged with.")
    judgement: int = Field(default=1, ge=1, description="How often it was judged: once, and again after answers.")
    judged_at: str = Field(default="", description="When it was judged again; empty where it was judged once.")


@dataclass(frozen=True)
class Survey:
    """All that lies in a store: what can be read, and the records that cannot."""

    deliveries: list[Delivery]
    unfinished: list[Receipt]
    damaged: list[DamagedRecord]


Stored = TypeVar("Stored", bound=Record)


def write_atomically(path: Path, content: bytes) -> None:
    """Writes a file so that a reader sees all of it or nothing (StoreError if it cannot)."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError as error:
        raise StoreError(path, error.strerror or "it is not writable") from error


def _load(model: type[Stored], path: Path) -> Stored:
    try:
        return model.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DamagedRecord(path) from error


def _read_table(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DamagedRecord(path) from error


@dataclass(frozen=True)
class Store:
    """A store folder."""

    root: Path

    def folder(self, delivery: str) -> Path:
        """The folder of a delivery id."""
        return self.root / "deliveries" / delivery

    def _numbers(self, supplier: str, dataset: str) -> list[int]:
        parent = self.root / "deliveries" / supplier / dataset
        if not parent.is_dir():
            return []
        return sorted(int(folder.name) for folder in parent.iterdir() if folder.name.isdigit())

    def begin(self, supplier: str, dataset: str) -> tuple[str, int]:
        """A new, empty delivery folder: its id and number. Safe against others doing the same."""
        numbers = self._numbers(supplier, dataset)
        number = numbers[-1] + 1 if numbers else 1
        while True:
            delivery = f"{supplier}/{dataset}/{number:04d}"
            try:
                self.folder(delivery).mkdir(parents=True)
            except FileExistsError:
                number += 1
            except OSError as error:
                raise StoreError(self.root, error.strerror or "it is not writable") from error
            else:
                return delivery, number

    def keep_raw(self, delivery: str, files: Sequence[SentFile]) -> list[SentFile]:
        """The files, copied into the delivery under generated names."""
        raw = self.folder(delivery) / "raw"
        raw.mkdir()
        kept = []
        for position, file in enumerate(files, 1):
            suffix = Path(file.name).suffix
            name = f"{position}{suffix.lower() if _SUFFIX.fullmatch(suffix) else ''}"
            shutil.copyfile(file.path, raw / name)
            kept.append(SentFile(raw / name, file.name, name, file.sha256, file.size))
        return kept

    def deliveries(self, supplier: str | None = None, dataset: str | None = None) -> Iterator[Delivery]:
        """All judged deliveries, oldest first within supplier and data set.

        Raises:
            DamagedRecord: a record cannot be read; who only shows the state goes on with `survey`.
        """
        root = self.root / "deliveries"
        for path in sorted(root.glob(f"{supplier or '*'}/{dataset or '*'}/*/delivery.json")):
            yield _load(Delivery, path)

    def delivery(self, delivery: str) -> Delivery:
        """A judged delivery by id (UnknownName if there is none)."""
        path = self.folder(delivery) / "delivery.json"
        if not path.is_file():
            raise UnknownName("delivery", delivery, [one.delivery for one in self.deliveries()])
        return _load(Delivery, path)

    def receipt(self, delivery: str) -> Receipt:
        """The receipt of a delivery."""
        return _load(Receipt, self.folder(delivery) / "receipt.json")

    def result(self, delivery: str) -> Result:
        """The result of the check of a delivery."""
        return _load(Result, self.folder(delivery) / "report.json")

    def is_judged(self, delivery: str) -> bool:
        """Whether the delivery has its record."""
        return (self.folder(delivery) / "delivery.json").is_file()

    @contextmanager
    def judging(self, delivery: str) -> Iterator[None]:
        """While it is open, no other run on this machine judges the delivery; a dead run holds nothing."""
        path = self.root / "locks" / f"{delivery.replace('/', '-')}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as lock:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def survey(self) -> Survey:
        """Everything that can be read: judged deliveries, received ones whose run was interrupted, and what is damaged.

        A damaged record hides no other.
        """
        found = Survey([], [], [])
        for folder in sorted((self.root / "deliveries").glob("*/*/*")):
            try:
                if (folder / "delivery.json").is_file():
                    found.deliveries.append(_load(Delivery, folder / "delivery.json"))
                elif (folder / "receipt.json").is_file():
                    found.unfinished.append(_load(Receipt, folder / "receipt.json"))
            except DamagedRecord as error:
                found.damaged.append(error)
        return found

    def accepted_periods(
        self, dataset: str, supplier: str | None = None, before: int | None = None
    ) -> dict[tuple[str, str], Delivery]:
        """The accepted delivery that holds for each supplier and period: the latest; before a number if given."""
        found: dict[tuple[str, str], Delivery] = {}
        for delivery in self.deliveries(supplier, dataset):
            if delivery.verdict in ACCEPTED and (before is None or delivery.number < before):
                for period in delivery.periods:
                    found[delivery.supplier, period] = delivery
        return found

    def observations(self, delivery: str, periods: Sequence[str] | None = None) -> pa.Table:
        """The accepted observations of a delivery, of some periods only if named."""
        table = _read_table(self.folder(delivery) / "observations.parquet")
        if periods is None:
            return table
        wanted = pa.array(sorted(periods), pa.string())
        column = table.column("period").cast(pa.string())
        return table.filter(pa.compute.is_in(column, value_set=wanted))

    def quarantine(self, delivery: str) -> pa.Table:
        """The cells of a delivery that were kept apart, with the rules they break in the column `rules`."""
        return _read_table(self.folder(delivery) / "quarantine.parquet")

    def history(self, supplier: str, dataset: str, before: int | None = None) -> pa.Table | None:
        """The supplier's accepted observations of all periods, or None; of deliveries before a number if given."""
        by_delivery: dict[str, list[str]] = {}
        for (_, period), delivery in self.accepted_periods(dataset, supplier, before).items():
            by_delivery.setdefault(delivery.delivery, []).append(period)
        tables = [self.observations(delivery, periods) for delivery, periods in sorted(by_delivery.items())]
        return pa.concat_tables(tables).unify_dictionaries().combine_chunks() if tables else None


def current_deliveries(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Those that have no successor: for one of their periods no later delivery of the supplier and data set came.

    A delivery in which no period was recognised is current while it is the last one.
    """
    ordered = sorted(deliveries, key=lambda one: one.number)
    last = {(one.supplier, one.dataset): one for one in ordered}
    by_period = {(one.supplier, one.dataset, period): one for one in ordered for period in one.periods}
    current = {one.delivery for one in last.values() if not one.periods}
    current |= {one.delivery for one in by_period.values()}
    return [one for one in deliveries if one.delivery in current]


def now() -> str:
    """The time of receipt, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
