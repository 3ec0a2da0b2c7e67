"""The result of one check: the one object of which every report is a rendering."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.metadata import version

from pydantic import Field

from einklang.declarations.base import Text
from einklang.evidence import Shortened
from einklang.findings import Confirmation, Finding
from einklang.records import Record


class Verdict(StrEnum):
    """What follows from the findings; best first."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_NOTES = "accepted_with_notes"
    CLARIFICATION_NEEDED = "clarification_needed"
    REJECTED = "rejected"


class DeliveredFile(Record):
    """One file of a delivery."""

    name: str = Field(description="Name as delivered.")
    stored_as: str = Field(description="Name in the store; the `file` of the observations.")
    sha256: str = Field(description="SHA-256 of the bytes.")
    size: int = Field(ge=0, description="Bytes.")


class Identity(Record):
    """Which delivery the result is about."""

    supplier: str = Field(description="Code of the supplier.")
    supplier_name: Text = Field(description="Name of the supplier.")
    dataset: str = Field(description="Name of the data set.")
    dataset_title: Text = Field(description="Title of the data set.")
    delivery: str = Field(description="supplier/dataset/number; empty for a check without delivery.")
    number: int | None = Field(description="Number of the delivery of this supplier and data set.")
    received_at: str | None = Field(description="ISO 8601 with offset, UTC.")
    replaces: str | None = Field(description="The delivery that this one replaces.")
    files: list[DeliveredFile] = Field(description="The files.")
    periods: list[str] = Field(description="Periods found, in order.")
    profile: str = Field(
        default="", description="Title of the profile that was read by; empty where the supplier has one only."
    )


class Versions(Record):
    """With what the delivery was judged."""

    einklang: str = Field(description="Version of the program.")
    rules: str = Field(description="Version of the rule catalogue.")
    declarations: str = Field(description="SHA-256 over schemas/ and expectations/.")


@cache
def installed_version() -> str:
    """The version of this program."""
    return version("einklang")


class NotData(Record):
    """Rows or cells that were read and are declared as no data."""

    reason: Text = Field(description="Why.")
    count: int = Field(ge=1, description="How many.")


class Accounting(Record):
    """Where everything that was read has gone: read = accepted + quarantined + not_data."""

    read: int = Field(ge=0, description="All that was read.")
    accepted: int = Field(ge=0, description="Taken over.")
    quarantined: int = Field(ge=0, description="Kept apart because of an error.")
    not_data: list[NotData] = Field(description="Declared as no data, by reason.")

    @property
    def is_complete(self) -> bool:
        """Whether nothing was lost."""
        return self.read == self.accepted + self.quarantined + sum(part.count for part in self.not_data)


class StatusCount(Record):
    """How many figures of a period have the same status."""

    period: str = Field(description="The period.")
    obs_status: str = Field(description="Observation status (SDMX CL_OBS_STATUS).")
    conf_status: str = Field(description="Confidentiality status (SDMX CL_CONF_STATUS).")
    status: Text = Field(description="What the status is called.")
    count: int = Field(ge=1, description="How many figures without an error of their own.")


class UnreadSheets(Record):
    """The sheets of one workbook that the profile does not read."""

    file: str = Field(description="Name of the workbook as delivered.")
    count: int = Field(ge=1, description="How many sheets.")
    names: list[Shortened] = Field(description="Names of the first of them, at most ten.")


class Outcome(StrEnum):
    """What became of a rule."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_EVALUABLE = "not_evaluable"


class RuleOutcome(Record):
    """What became of one rule in this check."""

    rule: str = Field(description="Code of the rule.")
    title: Text = Field(description="What the rule is about.")
    expected: Text | None = Field(default=None, description="What must hold; null where it depends on the finding.")
    outcome: Outcome = Field(description="passed, failed or not evaluable.")
    reason: Text | None = Field(default=None, description="Why it could not be evaluated.")


class Revision(Record):
    """A figure that differs from the previous delivery."""

    key: Text = Field(description="What the figure is about.")
    before: float | None = Field(description="Value in the previous delivery; null where there was none.")
    now: float | None = Field(description="Value in this delivery; null where there is none.")


class Comparison(Record):
    """This delivery beside the one it replaces."""

    delivery: str = Field(description="The previous delivery.")
    mended: int = Field(ge=0, description="Findings of the previous delivery that are gone.")
    still_open: int = Field(ge=0, description="Findings that stand in both.")
    new: int = Field(ge=0, description="Findings that are new.")
    unchanged: int = Field(ge=0, description="Figures with the same value and status.")
    changed: int = Field(ge=0, description="Figures with another value or status.")
    added: int = Field(ge=0, description="Figures that the previous delivery did not have.")
    removed: int = Field(ge=0, description="Figures that only the previous delivery had.")
    mean_revision: float | None = Field(default=None, description="MR: mean of now − before over common numbers.")
    mean_absolute_revision: float | None = Field(default=None, description="MAR: the same without signs.")
    relative_revision: float | None = Field(default=None, description="RMAR: sum of |now − before| by sum of |now|.")
    now_suppressed: int = Field(default=0, ge=0, description="Figures that had a number and are suppressed now.")
    no_longer_suppressed: int = Field(
        default=0, ge=0, description="Figures that were suppressed and have a number now."
    )
    largest: list[Revision] = Field(description="The largest changes of a value, at most ten.")


class Result(Record):
    """All that is known after one check."""

    schema_version: str = Field(default="1.0", description="Version of this format.")
    verdict: Verdict = Field(description="The verdict.")
    sentence: Text = Field(description="The verdict in one sentence.")
    next_step: Text = Field(description="What happens next.")
    identity: Identity = Field(description="Which delivery.")
    versions: Versions = Field(description="Judged with what.")
    rows: Accounting = Field(description="Rows of the files.")
    cells: Accounting = Field(description="Cells of the columns of figures in data rows.")
    statuses: list[StatusCount] = Field(default=[], description="Figures by period and status.")
    unread_sheets: list[UnreadSheets] = Field(default=[], description="Sheets that were not read, by workbook.")
    findings: list[Finding] = Field(description="Worst first.")
    rules: list[RuleOutcome] = Field(description="Every rule of the catalogue that concerns a delivery.")
    answer_by: str | None = Field(default=None, description="Day by which an answer is expected, ISO 8601.")
    stopped_in: str = Field(
        default="", description="Step whose errors ended the check (read, structure); empty where none did."
    )
    comparison: Comparison | None = Field(default=None, description="Beside the delivery that this one replaces.")
    lapsed: list[Confirmation] = Field(default=[], description="Confirmations that no longer hold: the value changed.")
