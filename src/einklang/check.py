"""The straight line: read → structure → parse → harmonise → contract → plausibility → verdict.

Takes files, gives one immutable result with the accepted and the quarantined observations. Nothing is
stored here. Inside a step everything is collected; a step whose errors leave nothing to judge ends the
line, and the rules of the steps behind it are "not evaluable".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einklang import observations as contract1
from einklang.accounted import Accounted
from einklang.appearance import check_appearance
from einklang.claims import check_claims
from einklang.contract import check_contract
from einklang.cube import Cube, cube_of
from einklang.declarations.base import Text
from einklang.declarations.dataset import Dataset
from einklang.declarations.profile import Profile
from einklang.declarations.rules import Rule, Severity
from einklang.discretion import SecretMarks
from einklang.errors import FileNotUsable
from einklang.excerpts import Excerpts
from einklang.findings import Confirmation, Finding, Located, fill, finding
from einklang.harmonise import Harmonised, harmonise
from einklang.legend import check_legend
from einklang.longtable import LongTable
from einklang.measures.figures import Context, References, no_references
from einklang.parse import Parsed, parse
from einklang.parted import Finished, rules_of_rows
from einklang.plausibility import judge
from einklang.project import Project
from einklang.rawtable import RawTable
from einklang.read import read_file
from einklang.result import DeliveredFile, Identity, Result, UnreadSheets, Versions, installed_version
from einklang.status_counts import status_counts
from einklang.structure import Structured, structure
from einklang.timeliness import RULE as TIMELINESS
from einklang.timeliness import judge_timeliness
from einklang.verdict import order, rule_outcomes, settle, verdict_facts, verdict_of
from einklang.versions import several_versions

_CHUNK = 1024 * 1024
Progress = Callable[[str], None]
History = Callable[[], pa.Table | None]


@dataclass(frozen=True)
class SentFile:
    """A file as it lies on disk, with the name the sender gave it and its name in the archive."""

    path: Path
    name: str
    stored_as: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Sending:
    """Everything known about the files before they are read."""

    supplier: str
    dataset: str
    files: tuple[SentFile, ...]
    delivery: str = ""
    number: int | None = None
    received_at: str | None = None
    replaces: str | None = None
    findings: tuple[Finding, ...] = ()
    answers: tuple[Confirmation, ...] = ()


@dataclass(frozen=True)
class Checked:
    """The result, and the observations it is about."""

    result: Result
    observations: pa.Table
    quarantine: pa.Table


@dataclass
class _Judgement:
    """Findings so far, the steps reached, and the rules that could not be judged."""

    located: list[Located] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    not_evaluable: dict[str, str] = field(default_factory=dict)
    stopped_in: str = ""
    is_of_kind: bool = True

    @property
    def completed(self) -> set[str]:
        """The steps that looked at everything; not the one whose errors ended the line."""
        return set(self.steps) - {self.stopped_in}

    def add(self, step: str, findings: Sequence[Finding | Located]) -> bool:
        """Takes the findings of a step; tells whether there is no error among them."""
        self.steps.append(step)
        added = [Located(one) if isinstance(one, Finding) else one for one in findings]
        self.located.extend(added)
        return all(one.finding.severity is not Severity.ERROR for one in added)

    @property
    def reached(self) -> tuple[int, bool, int]:
        """How far the line came: the more steps the further, then a file of the kind agreed, then the fewer errors."""
        errors = sum(one.finding.severity is Severity.ERROR for one in self.located)
        return len(self.steps), self.is_of_kind, -errors


def sent_file(path: Path, stored_as: str = "") -> SentFile:
    """The file at a path, measured.

    Raises:
        FileNotUsable: it is no readable file.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        size = path.stat().st_size
    except OSError as error:
        raise FileNotUsable(path, error.strerror or "unreadable") from error
    return SentFile(path, path.name, stored_as or path.name, digest.hexdigest(), size)


def check(
    sending: Sending,
    project: Project,
    history: History = lambda: None,
    progress: Progress = lambda _: None,
    released: History = lambda: None,
    references: References = no_references,
) -> Checked:
    """Checks a delivery.

    `history` gives the sender's own accepted observations when they are needed, `released` those of the latest
    release, of all Länder, `references` what else figures may be compared with; `progress` is told each step.
    Of several profiles of the supplier the first that fits is taken; where none does, the one that came furthest.

    Raises:
        UnknownName: supplier, data set or profile is not declared.
    """
    profiles = project.profiles_of(sending.supplier, sending.dataset)
    tried: list[tuple[tuple[int, bool, int], Checked]] = []
    for profile in profiles:
        judgement = _Judgement()
        judgement.add("receive", sending.findings)
        line = _Line(sending, project, profile, history, released, judgement, progress, references, len(profiles) > 1)
        checked = line.run()
        if "parse" in judgement.steps and line.is_period_agreed:
            return checked
        tried.append((judgement.reached, checked))
    return max(tried, key=lambda one: one[0])[1]


@dataclass
class _Line:
    sending: Sending
    project: Project
    profile: Profile
    history: History
    released: History
    judgement: _Judgement
    progress: Progress
    references: References = no_references
    is_chosen: bool = False
    is_period_agreed: bool = True
    excerpts: Excerpts | None = None
    members: dict[str, str] = field(default_factory=dict)
    unread: list[UnreadSheets] = field(default_factory=list)
    legends: list[RawTable] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.marks = SecretMarks.of([self.profile], self.project)

    def run(self) -> Checked:
        finished = self._finished()
        # What the verdict is made of takes more than the table itself, and is let go before that is parted.
        self.excerpts = None
        return Checked(finished.result, *finished.parted())

    def _finished(self) -> Finished:
        dataset = self.project.dataset(self.sending.dataset)
        structured = self._read_and_structure()
        if structured is None or structured.table is None:
            return self._finish(dataset, None, None, structured.accounted if structured else Accounted())
        self.progress("parse")
        words = self.project.word_meanings(self.profile)
        parsed = parse(structured.table, self.profile, self.project.sign_meanings(self.profile), words)
        self.judgement.add("parse", self._claims(structured, parsed))
        self.progress("harmonise")
        stored = {file.name: file.stored_as for file in self.sending.files} | self.members
        harmonised = harmonise(
            structured.table, parsed, self.profile, self.project, self.sending.delivery, stored, self.marks
        )
        self.judgement.add("harmonise", harmonised.located)
        self.judgement.not_evaluable.update(harmonised.not_evaluable)
        self._judge_timeliness(harmonised, dataset)
        self.excerpts = Excerpts(structured.shown, structured.table, parsed.is_secret, self.marks)
        usable = harmonised.usable
        if not harmonised.foreign_land:
            usable = self._judge(harmonised, dataset)
        return self._finish(dataset, harmonised, usable, structured.accounted)

    def _read_and_structure(self) -> Structured | None:
        catalogue = self.project.catalogue
        self.progress("read")
        reads = [read_file(file.path, file.name, self.profile, catalogue) for file in self.sending.files]
        for file, read in zip(self.sending.files, reads, strict=True):
            self.members |= {name: f"{file.stored_as}/{number}" for name, number in read.members.items()}
            self.judgement.not_evaluable.update(read.not_evaluable)
            self.unread += read.unread
            self.legends += read.legends
            self.judgement.is_of_kind &= read.is_of_kind
        doubled = several_versions([table.file for read in reads for table in read.tables], catalogue)
        if not self.judgement.add("read", [*doubled, *(one for read in reads for one in read.findings)]):
            self.judgement.stopped_in = "read"
            return None
        self.progress("structure")
        tables = [table for read in reads for table in read.tables]
        words, signs = self.project.word_meanings(self.profile), self.project.sign_meanings(self.profile)
        structured = structure(tables, self.profile, words, signs, catalogue)
        beside = self._beside_the_figures(tables, structured.table) if structured.table is not None else []
        if not self.judgement.add("structure", [*structured.findings, *beside]):
            self.judgement.stopped_in = "structure"
            if structured.table is not None:
                structured.accounted.leave_unstructured(structured.table.count_rows(), structured.table.size)
            return Structured(None, structured.findings, structured.accounted)
        return structured

    def _beside_the_figures(self, tables: Sequence[RawTable], long: LongTable) -> list[Finding]:
        """What the tables show and say beside their figures."""
        signs, meanings = self.project.sign_meanings(self.profile), self.project.signs.meanings.values()
        catalogue = self.project.catalogue
        legend = check_legend(tables, self.legends, long, signs, meanings, catalogue)
        return [*check_appearance(tables, long, catalogue), *legend]

    def _claims(self, structured: Structured, parsed: Parsed) -> list[Finding]:
        """What the file says of the status of its figures, and the profile does not take."""
        assert structured.table is not None
        meanings, catalogue = self.project.signs.meanings, self.project.catalogue
        return check_claims(structured.read, self.legends, structured.table, parsed, meanings, catalogue)

    def _judge_timeliness(self, harmonised: Harmonised, dataset: Dataset) -> None:
        if self.sending.received_at is None:
            return
        codes = [period.code for period in harmonised.periods]
        found, why = judge_timeliness(self.sending.received_at, codes, dataset, self.project.catalogue)
        self.judgement.located.extend(Located(one) for one in found)
        if why is not None:
            self.judgement.not_evaluable[TIMELINESS] = why

    def _judge(self, harmonised: Harmonised, dataset: Dataset) -> NDArray[np.bool_]:
        self.progress("contract")
        contracted = check_contract(harmonised, dataset, self.project)
        self.judgement.add("contract", contracted.located)
        self.judgement.not_evaluable.update(contracted.not_evaluable)
        self.progress("plausibility")
        context = self._context(harmonised, dataset, contracted.usable)
        expectations = self.project.expectations[dataset.name].delivery
        judged = judge(context, expectations, harmonised.locator, self.project)
        self.judgement.add("plausibility", judged.located)
        self.judgement.not_evaluable.update(judged.not_evaluable)
        return contracted.usable

    def _context(self, harmonised: Harmonised, dataset: Dataset, usable: NDArray[np.bool_]) -> Context:
        cube = cube_of(harmonised.table, dataset, usable)
        is_all = np.array_equal(usable, harmonised.labelled)
        accepted = self.history()
        return Context(
            cube=cube,
            delivered=lambda: cube if is_all else cube_of(harmonised.table, dataset, harmonised.labelled),
            history=_with_history(cube, harmonised.table, usable, accepted, dataset),
            labels_known=bool(harmonised.labelled.all()),
            project=self.project,
            dataset=dataset,
            profile=self.profile,
            describe=harmonised.locator.key,
            cell=harmonised.locator.cell,
            released=lambda: _released(self.released(), dataset),
            table=harmonised.table,
            accepted=accepted,
            references=self.references,
        )

    def _finish(
        self, dataset: Dataset, harmonised: Harmonised | None, usable: NDArray[np.bool_] | None, accounted: Accounted
    ) -> Finished:
        self.progress("verdict")
        catalogue = self.project.catalogue
        if harmonised is not None and not self._period_agreed(harmonised):
            self.is_period_agreed = False
            self._wrong_period(harmonised)
        found = order(map(self.marks.discreet, (one.finding for one in self.judgement.located)))
        if self.excerpts is not None:
            found = self.excerpts.add(found)
        findings, lapsed = settle(found, self.sending.answers)
        verdict = verdict_of(findings, self.judgement.not_evaluable)
        texts = catalogue.verdicts[verdict.value]
        facts = verdict_facts(findings, catalogue)
        concerned = self._concerned_rules(dataset)
        empty = contract1.schema(dataset).empty_table()
        table = harmonised.table if harmonised is not None else empty
        keep = usable if usable is not None else np.zeros(table.num_rows, dtype=np.bool_)
        quarantined = np.flatnonzero(~keep)
        rules = rules_of_rows(self.judgement.located, table.num_rows, quarantined)
        kept_rows = harmonised.count_rows(keep) if harmonised is not None else (0, 0)
        rows, cells = accounted.balance(kept_rows, keep, catalogue.reasons)
        result = Result(
            verdict=verdict,
            sentence=fill(texts.sentence if self.sending.delivery else texts.trial_sentence, facts),
            next_step=texts.next_step if self.sending.delivery else texts.trial_next_step,
            identity=self._identity(dataset, harmonised),
            versions=Versions(
                einklang=installed_version(), rules=catalogue.version, declarations=self.project.fingerprint
            ),
            rows=rows,
            cells=cells,
            statuses=status_counts(table, keep, self.project),
            unread_sheets=self.unread,
            findings=findings,
            rules=rule_outcomes(
                catalogue,
                findings,
                self.judgement.not_evaluable,
                {rule.id for rule in concerned},
                {rule.id for rule in concerned if rule.step in self.judgement.completed},
            ),
            answer_by=self._answer_by(dataset, findings),
            lapsed=lapsed,
            stopped_in=self.judgement.stopped_in,
        )
        return Finished(result, table, keep, rules)

    def _answer_by(self, dataset: Dataset, findings: Sequence[Finding]) -> str | None:
        if self.sending.received_at is None or not any(finding.is_open for finding in findings):
            return None
        received = datetime.fromisoformat(self.sending.received_at).date()
        return (received + timedelta(days=dataset.answer_days)).isoformat()

    def _concerned_rules(self, dataset: Dataset) -> list[Rule]:
        delivery = self.project.expectations[dataset.name].delivery
        expected = {one.rule for one in delivery} | {one.pattern for one in delivery}
        return [
            rule
            for rule in self.project.catalogue.rules
            if rule.step not in {"release", "disclosure"}
            and (rule.step != "plausibility" or rule.id in expected)
            and (rule.step != "receive" or self.sending.delivery)
        ]

    def _period_agreed(self, harmonised: Harmonised) -> bool:
        codes = [period.code for period in harmonised.periods]
        low, high = self.profile.valid_from, self.profile.valid_to
        return all((not low or code >= low) and (not high or code <= high) for code in codes)

    def _wrong_period(self, harmonised: Harmonised) -> None:
        found = finding(
            self.project.catalogue,
            "IM-STR-002",
            gefunden=self.profile.title,
            jahr=", ".join(period.code for period in harmonised.periods),
            von=self.profile.valid_from or "–",
            bis=self.profile.valid_to or "–",
        )
        self.judgement.located.append(Located(found))

    def _identity(self, dataset: Dataset, harmonised: Harmonised | None) -> Identity:
        sending = self.sending
        supplier = self.project.supplier(sending.supplier)
        return Identity(
            supplier=sending.supplier,
            supplier_name=Text(de=supplier.label_de, en=supplier.label_en),
            dataset=dataset.name,
            dataset_title=dataset.title,
            delivery=sending.delivery,
            number=sending.number,
            received_at=sending.received_at,
            replaces=sending.replaces,
            files=[
                DeliveredFile(name=file.name, stored_as=file.stored_as, sha256=file.sha256, size=file.size)
                for file in sending.files
            ],
            periods=[period.code for period in harmonised.periods] if harmonised is not None else [],
            profile=self.profile.title if self.is_chosen else "",
        )


def _released(table: pa.Table | None, dataset: Dataset) -> Cube | None:
    return cube_of(table, dataset) if table is not None and table.num_rows else None


def _with_history(
    cube: Cube, table: pa.Table, usable: NDArray[np.bool_], history: pa.Table | None, dataset: Dataset
) -> Cube:
    """The delivery's usable figures and, of other periods, the sender's accepted ones (row -1)."""
    names = [*contract1.key_columns(dataset), "value", "obs_status"]
    own = set(cube.axes["period"].codes)
    if history is None or not history.num_rows:
        return cube
    periods = history.column("period").combine_chunks().dictionary_decode().to_pylist()
    other = history.filter(pa.array([period not in own for period in periods])).select(names)
    if not other.num_rows:
        return cube
    both = pa.concat_tables([table.select(names), other.cast(table.select(names).schema)]).unify_dictionaries()
    hit = np.concatenate([usable, np.ones(other.num_rows, dtype=np.bool_)])
    joined = cube_of(both.combine_chunks(), dataset, hit)
    row = np.where(joined.row >= table.num_rows, -1, joined.row)
    return replace(joined, row=row)
