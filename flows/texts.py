"""What the flows show in the Prefect UI, in German. No Prefect here: texts in, texts out.

Names of files come from senders: in Markdown they stand as code, with everything else that acts removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from einklang.declarations.base import Text
from einklang.release_report import gate_sentence
from einklang.report.display import visible
from einklang.report.texts import load_texts
from einklang.result import Verdict
from einklang.store import Delivery

if TYPE_CHECKING:
    from einklang.release import Released
    from flows.inbox import InboxRow

NOT_FINISHED = "abgebrochen"
NOT_USABLE = "nicht zuzuordnen"


def verdict_word(verdict: Verdict) -> str:
    """The verdict as the reports say it."""
    return load_texts().verdict.words[verdict].de


def code(text: object) -> str:
    """Foreign text as Markdown code."""
    return f"`{visible(str(text)).replace('`', '´')}`"


def delivery_sentence(record: Delivery, report: Path) -> str:
    """A delivery in one line."""
    return (
        f"{record.delivery}: {verdict_word(record.verdict)}, {record.errors} Fehler, {record.warnings} Warnungen. "
        f"Prüfbericht: {report}"
    )


def delivery_page(record: Delivery, report: Path, is_repeat: bool) -> str:
    """A delivery as Markdown."""
    lines = [
        f"## {verdict_word(record.verdict)}",
        "",
        f"- Lieferung {code(record.delivery)}, Zeitraum {', '.join(record.periods) or 'nicht erkannt'}",
        f"- {record.errors} Fehler, {record.warnings} Warnungen",
        f"- {record.accepted} Werte übernommen, {record.quarantined} zurückgestellt",
        f"- Prüfbericht: {code(report)}",
    ]
    if is_repeat:
        lines += ["", "Dieselben Dateien waren schon geprüft; es gibt nichts Neues."]
    return "\n".join(lines)


def inbox_table(rows: Iterable[InboxRow]) -> list[dict[str, str | int]]:
    """One line per delivery."""
    return [
        {
            "Liefernde Stelle": row.supplier,
            "Datensatz": row.dataset,
            "Lieferung": row.delivery or "–",
            "Datei": visible(row.source),
            "Ergebnis": _result_word(row),
            "Fehler": row.errors,
            "Warnungen": row.warnings,
            "Prüfbericht": str(row.report or "–"),
            "Anmerkung": visible(row.note),
        }
        for row in rows
    ]


def _result_word(row: InboxRow) -> str:
    if row.verdict is not None:
        return verdict_word(row.verdict)
    return NOT_USABLE if row.is_unusable else NOT_FINISHED


def inbox_sentence(rows: Sequence[InboxRow]) -> str:
    """All deliveries in one line: how many of each result."""
    if not rows:
        return "Der Eingang ist leer."
    words = [_result_word(row) for row in rows]
    counted = ", ".join(f"{words.count(word)} {word.lower()}" for word in dict.fromkeys(sorted(words)))
    repeats = sum(row.is_repeat for row in rows)
    return f"{len(rows)} Lieferungen: {counted}" + (f"; {repeats} davon unverändert." if repeats else ".")


def inbox_page(rows: Sequence[InboxRow], inbox: Path, store: Path) -> str:
    """The inbox as Markdown: a summary, what needs attention, and where the reports lie."""
    lines = [
        "## Eingang",
        "",
        inbox_sentence(rows),
        "",
        f"- Eingang: {code(inbox)}",
        f"- Prüfberichte: {code(store / 'deliveries' / '<Stelle>' / '<Datensatz>' / '<Nummer>' / 'report.html')}",
    ]
    wrong = [row for row in rows if row.verdict is None]
    if wrong:
        lines += ["", "### Nicht geprüft", ""]
        lines += [f"- {code(row.source)}: {_result_word(row)}. {code(row.note)}" for row in wrong]
    asked = [row for row in rows if row.needs_attention and row.verdict is not None]
    if asked:
        lines += ["", "### Zu klären oder zurückgewiesen", ""]
        lines += [f"- {code(row.delivery)}: {_result_word(row)}. Prüfbericht: {code(row.report)}" for row in asked]
    return "\n".join(lines)


def release_sentence(released: Released) -> str:
    """The outcome of a release in one line."""
    if released.version is None and not released.findings:
        return "Es gibt keine angenommene Lieferung, die veröffentlicht werden kann."
    if released.version is None:
        return f"Die Veröffentlichung ist gesperrt: {len(released.findings)} Befunde."
    return f"Veröffentlichungsstand {released.version}: {'neu gebildet' if released.is_new else 'unverändert'}."


def release_page(released: Released) -> str:
    """The outcome of a release as Markdown."""
    lines = ["## Veröffentlichung", "", release_sentence(released), "", gate_sentence(released)]
    if released.folder is not None:
        lines += ["", f"- Ordner: {code(released.folder)}"]
    if released.findings:
        lines += ["", "### Befunde", ""]
        lines += [f"- **{one.rule}** {_one_line(one.message)} {_one_line(one.remedy)}" for one in released.findings]
    return "\n".join(lines)


def _one_line(text: Text) -> str:
    return visible(text.de)
