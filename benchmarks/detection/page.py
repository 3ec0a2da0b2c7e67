"""The results as Markdown tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.detection.run import FaultClass, Outcome, Report, Untouched, classes

_MISSES_SHOWN = 40
_ORIGINS = {
    "real": "Real files",
    "demo": "The demonstration",
    "invented": "Invented",
    "example": "Examples of the catalogue",
}


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


@dataclass(frozen=True)
class Recall:
    """How many faults of a class were found."""

    one: FaultClass
    outcomes: Sequence[Outcome]

    @property
    def decidable(self) -> list[Outcome]:
        """The faults that the delivery, its sums or last year's figures show."""
        return [outcome for outcome in self.outcomes if outcome.is_decidable]

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is kept; None where there is none, or nothing was planted."""
        if self.one.goal is None or not self.decidable:
            return None
        found = sum(outcome.by_right_rule for outcome in self.decidable)
        return found >= self.one.goal * len(self.decidable)

    def cells(self) -> list[str]:
        """The row of the table."""
        decidable = self.decidable
        others = [outcome for outcome in self.outcomes if not outcome.is_decidable]
        goal = "–" if self.one.goal is None else f"{self.one.goal:.0%}"
        met = {None: goal, True: f"{goal}: met", False: f"{goal}: **not met**"}[self.is_met]
        return [
            self.one.title,
            self.one.decided_by,
            str(len(decidable)),
            _share(sum(outcome.is_found for outcome in decidable), len(decidable)),
            _share(sum(outcome.by_right_rule for outcome in decidable), len(decidable)),
            _share(sum(outcome.at_right_place for outcome in decidable), len(decidable)),
            str(len(others)),
            _share(sum(outcome.is_found for outcome in others), len(others)),
            met if self.outcomes else f"{goal}: nothing to plant it in",
        ]


def recalls(report: Report) -> list[Recall]:
    """The recall of every class."""
    return [Recall(one, [each for each in report.outcomes if each.fault == one.name]) for one in classes()]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _untouched(untouched: Sequence[Untouched]) -> list[str]:
    rules = sorted({rule for one in untouched for rule in one.findings})
    cells = sum(one.cells for one in untouched)
    lines = [
        "| rule | severity | findings | cells flagged | per 10,000 cells | deliveries |",
        "|---|---|---|---|---|---|",
    ]
    for rule in rules:
        with_rule = [one for one in untouched if rule in one.findings]
        flagged = sum(one.flagged[rule] for one in with_rule)
        severities = sorted({one.severities[rule] for one in with_rule})
        findings = str(sum(one.findings[rule] for one in with_rule))
        listed = ", ".join(f"`{one.delivery}`" for one in with_rule)
        lines.append(
            _row([rule, "/".join(severities), findings, str(flagged), f"{10_000 * flagged / cells:.1f}", listed])
        )
    if not rules:
        lines.append(_row(["none", "–", "0", "0", "0.0", "–"]))
    return lines


def render(report: Report, command: str, versions: str) -> str:
    """All tables, with what they were made with."""
    lines = [
        f"Made with `{command}`; {versions}.",
        "",
        f"{len(report.outcomes):,} faults planted into {len({one.delivery for one in report.outcomes})} deliveries.",
        "",
        "### Planted faults",
        "",
        "| fault | decided by | planted, decidable | found | by the right rule | at the right place "
        "| planted, not decidable | found | goal |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(recall.cells()) for recall in recalls(report)),
        "",
        "### Untouched deliveries",
        "",
    ]
    for origin, title in (
        ("real", "Real files"),
        ("demo", "The demonstration"),
        ("invented", "Invented"),
        ("example", "Examples of the catalogue"),
    ):
        chosen = [one for one in report.untouched if one.delivery.startswith(f"{origin}/")]
        if chosen:
            cells = sum(one.cells for one in chosen)
            lines += [
                f"{title}: {len(chosen)} deliver{'y' if len(chosen) == 1 else 'ies'}, {cells:,} cells.",
                "",
                *_untouched(chosen),
                "",
            ]
    missed = [one for one in report.outcomes if one.is_decidable and not one.by_right_rule]
    lines += ["### Decidable faults that no right rule found", ""]
    lines += ["| fault | delivery | planted | rules that spoke |", "|---|---|---|---|"]
    lines += [
        _row([one.fault, f"`{one.delivery}`", one.what, ", ".join(one.rules) or "–"]) for one in missed[:_MISSES_SHOWN]
    ]
    if not missed:
        lines.append(_row(["none", "–", "–", "–"]))
    if len(missed) > _MISSES_SHOWN:
        lines += ["", f"{len(missed) - _MISSES_SHOWN} more are not shown."]
    return "\n".join(lines) + "\n"
