"""The signs that stand beside words where there is no picture: terminal, workbook. One set for all."""

from __future__ import annotations

from einklang.declarations.rules import Severity
from einklang.result import Verdict

OF_SEVERITY = {Severity.ERROR: "×", Severity.WARNING: "!", Severity.INFORMATION: "i"}
OF_VERDICT = {
    Verdict.ACCEPTED: "✓",
    Verdict.ACCEPTED_WITH_NOTES: "✓",
    Verdict.CLARIFICATION_NEEDED: "!",
    Verdict.REJECTED: "×",
}
