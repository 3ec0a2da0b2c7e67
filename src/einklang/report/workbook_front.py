"""The two sheets that the service puts before the sender's own: the result, and the list of findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from einklang.declarations.rules import Severity
from einklang.findings import Finding
from einklang.report import display, symbols
from einklang.report.places import unread_sheets
from einklang.report.texts import Language, load_texts, say
from einklang.report.workbook_entries import Entry, Wording, cell_of
from einklang.report.workbook_sheet import Stored
from einklang.report.workbook_styles import COLOURS, LINK, SOFT, Format, Styles
from einklang.report.workbook_tables import NOTES_SHOWN, Table
from einklang.report.workbook_texts import load_workbook_texts
from einklang.report.workbook_xml import Spool, plain_text, starts_formula
from einklang.result import Accounting, Outcome, Result, Verdict

LINKS_SHOWN = 50_000
FIRST_COLUMNS = (27.0, 96.0)
_TONES = {
    Verdict.ACCEPTED: ("FF17613A", "FFE3F1E8"),
    Verdict.ACCEPTED_WITH_NOTES: ("FF1B4F8A", "FFE4EEF8"),
    Verdict.CLARIFICATION_NEEDED: ("FF855000", "FFFBF0D9"),
    Verdict.REJECTED: ("FFA01C1C", "FFFAE5E1"),
}
_WIDTHS = {
    "number": 6,
    "severity": 11,
    "rule": 24,
    "file": 22,
    "sheet": 13,
    "cell": 10,
    "key": 26,
    "raw": 15,
    "message": 46,
    "remedy": 36,
    "confirm": 12,
    "answer": 30,
    "identifier": 24,
}
_HEAD_FILL = "FF1D2733"
_ANSWER_FILL = "FFFFF9E8"
_SHORT_DIGEST = 12
_HIGHEST = 400
_PERIODS_SHOWN = 400

_LONG_OWN = ("file", "sheet", "key", "raw")

Links = dict[tuple[int, int], str]
_Content = tuple[int, str, str]


@dataclass
class Facts:
    """What happened on the way to the workbook, to be told on its first sheet."""

    tables: list[Table] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    text_files: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    has_workbook: bool = False
    secret_everywhere: bool = False


@dataclass(frozen=True)
class ListHeads:
    """The columns of the list of findings, by name, and their heads."""

    names: list[str]
    heads: list[str]

    @classmethod
    def of(cls, result: Result, language: Language) -> ListHeads:
        """The column of the file is there only where there are several."""
        names = [name for name in _WIDTHS if name != "file" or len(result.identity.files) > 1]
        return cls(names, [say(getattr(load_workbook_texts().columns, name), language) for name in names])

    @property
    def widths(self) -> list[float]:
        """The widths of the columns."""
        return [_WIDTHS[name] for name in self.names]

    def column(self, name: str) -> int:
        """The number of a column, from 1."""
        return self.names.index(name) + 1


class ListWriter:
    """Writes the list of findings."""

    def __init__(self, styles: Styles, wording: Wording, heads: ListHeads) -> None:
        self._styles = styles
        self._wording = wording
        self._heads = heads
        self._body = styles.own(Format(wrap=True, line=True))
        self._quoted = styles.text(self._body)
        self._made: dict[int, tuple[dict[str, _Content], int]] = {}
        self._open = styles.own(Format(wrap=True, line=True, fill=_ANSWER_FILL))
        self._soft = styles.own(Format(size=9, colour=SOFT, line=True))
        self._number = styles.own(Format(line=True, left=True))
        self._link = styles.own(Format(colour=LINK, underline=True, line=True))
        self._kinds = {one: styles.own(Format(bold=True, colour=COLOURS[one], line=True)) for one in Severity}

    def write(
        self, spool: Spool, entries: Sequence[Entry], place: Callable[[Entry], tuple[str, str]], links: Links
    ) -> None:
        """All rows; `place` tells for an entry the name of its sheet and the address of its cell, if it has one."""
        head = self._styles.own(Format(bold=True, colour="FFFFFFFF", fill=_HEAD_FILL, wrap=True))
        heads = [Stored(column, head, "s", text) for column, text in enumerate(self._heads.heads, 1)]
        spool.put(1, heads, _height(2))
        cell_column = self._heads.column("cell")
        for row, entry in enumerate(entries, 2):
            sheet, address = place(entry)
            is_linked = bool(address) and len(links) < LINKS_SHOWN
            if is_linked:
                links[row, cell_column] = address
            cells, lines = self._row(entry, sheet, is_linked=is_linked)
            spool.put(row, cells, _height(lines))
        if not entries:
            none = say(load_workbook_texts().cells.no_findings, self._wording.language)
            spool.put(2, [Stored(self._heads.column("message"), self._body, "s", none)])

    def _row(self, entry: Entry, sheet: str, *, is_linked: bool) -> tuple[list[Stored], int]:
        """The cells, and how many lines the longest of them takes."""
        wording, place = self._wording, entry.place
        shared, lines = self._shared(entry.finding)
        own = {
            "number": (self._number, "n", str(entry.number)),
            "file": self._text(display.visible(place.file) if place else ""),
            "sheet": self._text(sheet),
            "cell": (self._link if is_linked else self._body, "s", wording.cell(entry)),
            "key": self._text(wording.key(entry)),
            "raw": self._text(wording.raw(entry)),
            "identifier": (self._soft, "s", plain_text(entry.identifier)),
        }
        cells = [Stored(column, *(shared.get(name) or own[name])) for column, name in enumerate(self._heads.names, 1)]
        own_lines = max(lines_of(own[name][2], _WIDTHS[name]) for name in _LONG_OWN)
        return cells, max(lines, own_lines)

    def _text(self, text: str) -> _Content:
        text = plain_text(text)
        return self._quoted if starts_formula(text) else self._body, "s" if text else "", text

    def _shared(self, finding: Finding) -> tuple[dict[str, _Content], int]:
        """What all rows of a finding have in common."""
        if id(finding) not in self._made:
            wording, columns = self._wording, load_texts().columns
            title, message, remedy = wording.of_finding(finding)
            confirm = say(columns.yes if finding.confirm else columns.no, wording.language)
            kind = f"{symbols.OF_SEVERITY[finding.severity]} {wording.severity(finding.severity)}"
            shared = {
                "severity": (self._kinds[finding.severity], "s", kind),
                "rule": self._text(f"{display.visible(finding.rule)} {title}"),
                "message": self._text(message),
                "remedy": self._text(remedy),
                "confirm": self._text(confirm),
                "answer": (self._open if finding.confirm else self._body, "", ""),
            }
            self._made[id(finding)] = (
                shared,
                max(lines_of(text, _WIDTHS[name]) for name, (_, _, text) in shared.items()),
            )
        return self._made[id(finding)]


@lru_cache(maxsize=10_000)
def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of that width; rather one too many."""
    room = max(1.0, width - 1.5)
    lines = 0
    for paragraph in text.split("\n"):
        lines, used = lines + 1, 0.0
        for word in paragraph.split(" "):
            if used and used + len(word) > room:
                lines, used = lines + 1, 0.0
            used += len(word) + 1
            lines, used = lines + int((used - 1) // room), (used - 1) % room + 1
    return lines


def _height(lines: int, line: float = 15) -> str:
    # Spreadsheets measure wrapped texts only while somebody edits them, so the height is said.
    return f' ht="{min(_HIGHEST, line * lines + 2):g}" customHeight="1"'


class FrontWriter:
    """Writes the first sheet."""

    def __init__(self, styles: Styles, result: Result, language: Language) -> None:
        self._styles = styles
        self._result = result
        self._language: Language = language
        self._row = 0
        self._label = styles.own(Format(colour=SOFT, wrap=True))
        self._value = styles.own(Format(wrap=True))
        self._legend = styles.own(Format(indent=1, middle=True))
        self._heading = styles.own(Format(bold=True, size=13))

    def write(self, spool: Spool, entries: Sequence[Entry], facts: Facts) -> None:
        """Verdict, what happens next, identity, counts, how to go on, and what differs from the sender's file."""
        self._spool = spool
        self._verdict()
        self._identity()
        self._counts()
        self._how(bool(facts.tables))
        self._sheets(facts)
        self._limits(entries, facts)

    def _put(self, *cells: tuple[str, int], height: float = 15) -> None:
        self._row += 1
        numbered = enumerate(cells, 1)
        written = [Stored(column, style, "s" if text else "", plain_text(text)) for column, (text, style) in numbered]
        lines = max(
            (lines_of(text, width) for (text, _), width in zip(cells[1:], FIRST_COLUMNS[1:], strict=False)), default=1
        )
        self._spool.put(self._row, written, _height(lines, height))

    def _line(self, label: str, value: str) -> None:
        self._put((label, self._label), (display.visible(value, keep="\n"), self._value))

    def _head(self, text: str) -> None:
        self._put()
        self._put((text, self._heading), height=21)

    def _say(self, text: object, **facts: str) -> str:
        return say(text, self._language, **facts)  # type: ignore[arg-type]

    def _count(self, number: int) -> str:
        return display.number(number, self._language)

    def _verdict(self) -> None:
        result, texts, own = self._result, load_texts(), load_workbook_texts().front
        colour, wash = _TONES[result.verdict]
        series = self._styles.own(Format(colour=SOFT))
        title = self._styles.own(Format(bold=True, size=16))
        word = self._styles.own(Format(bold=True, size=18, colour=colour, fill=wash, indent=1, middle=True))
        said = self._styles.own(Format(fill=wash, wrap=True, indent=1))
        self._put((self._say(texts.page.series), series))
        self._put((self._say(own.title if result.identity.delivery else own.title_trial), title), height=26)
        self._put()
        verdict = f"{symbols.OF_VERDICT[result.verdict]}  {self._say(texts.verdict.words[result.verdict])}"
        self._put((verdict, word), ("", said), height=30)
        label = self._styles.own(Format(bold=True, fill=wash, wrap=True, indent=1))
        heading = texts.verdict.heading if self._result.identity.delivery else texts.verdict.heading_trial
        self._put((self._say(heading), label), (display.visible(self._say(result.sentence)), said))
        step = display.visible(self._say(result.next_step))
        if result.answer_by:
            day = display.period(result.answer_by, self._language)
            step = f"{step} {self._say(texts.verdict.answer_by, day=day)}"
        self._put((self._say(texts.verdict.next), label), (step, said))

    def _identity(self) -> None:
        identity, texts = self._result.identity, load_texts().identity
        self._head(self._say(texts.heading if identity.delivery else texts.heading_trial))
        self._line(self._say(texts.supplier), self._say(identity.supplier_name))
        self._line(self._say(texts.dataset), self._say(identity.dataset_title))
        periods = ", ".join(display.period(code, self._language) for code in identity.periods)
        periods = display.shorten(periods, _PERIODS_SHOWN, self._language)
        self._line(self._say(texts.periods), periods or display.no_periods(self._result, self._language))
        if identity.profile:
            self._line(self._say(texts.profile), display.shorten(identity.profile, display.SHORT_TEXT, self._language))
        if identity.delivery:
            self._line(self._say(texts.delivery), identity.delivery)
        if identity.received_at:
            self._line(self._say(texts.received), display.moment(identity.received_at, self._language))
        if identity.replaces:
            self._line(self._say(texts.replaces), identity.replaces)
        for file in identity.files:
            size = display.size(file.size, self._language)
            digest = f"{self._say(texts.checksum)} {file.sha256[:_SHORT_DIGEST]}"
            self._line(self._say(texts.file), f"{display.visible(file.name)}, {size}, {digest}")
        versions = self._result.versions
        self._line(
            self._say(texts.versions),
            self._say(
                texts.versions_line,
                einklang=versions.einklang,
                rules=versions.rules,
                declarations=versions.declarations[:_SHORT_DIGEST],
            ),
        )

    def _counts(self) -> None:
        result, texts, own = self._result, load_texts(), load_workbook_texts().front
        self._head(self._say(texts.counts.heading))
        lines: list[str] = []
        for severity in Severity:
            findings = [one for one in result.findings if one.severity is severity]
            if not findings:
                continue
            counted = texts.severity.counted[severity].of(len(findings))
            places = sum(one.count for one in findings)
            at = self._say(texts.findings.places_counted.of(places), count=self._count(places))
            found = self._say(counted, count=self._count(len(findings)))
            lines.append(self._say(own.found_at, findings=found, places=at))
        self._line(self._say(own.found), "\n".join(lines) or self._say(own.found_none))
        self._line(self._say(texts.counts.rows), self._account(result.rows))
        self._line(self._say(texts.counts.cells), self._account(result.cells))
        for label, names in unread_sheets(result, self._language):
            self._line(label, names)
        outcomes = {one: sum(rule.outcome is one for rule in result.rules) for one in Outcome}
        words = texts.counts.outcomes
        told = ", ".join(f"{self._count(count)} {self._say(words[one]).lower()}" for one, count in outcomes.items())
        self._line(self._say(texts.counts.rules), told)

    def _account(self, account: Accounting) -> str:
        return self._say(
            load_texts().counts.sum_line,
            read=self._count(account.read),
            accepted=self._count(account.accepted),
            quarantined=self._count(account.quarantined),
            not_data=self._count(sum(part.count for part in account.not_data)),
        )

    def _how(self, has_tables: bool) -> None:
        findings, texts = self._result.findings, load_workbook_texts().how
        if not findings:
            return
        severities = {one.severity for one in findings}
        self._head(self._say(texts.heading))
        self._line(self._say(texts.list_label), self._say(texts.list))
        if has_tables:
            self._line(self._say(texts.marks_label), self._say(texts.marks))
            for severity in Severity:
                if severity in severities:
                    style = self._styles.marked(self._legend, severity)
                    self._put(("", self._label), (self._say(texts.legend[severity]), style), height=20)
            self._put()
        if Severity.ERROR in severities:
            self._line(self._say(texts.mend_label), self._say(texts.mend))
        if any(one.confirm for one in findings):
            self._line(self._say(texts.answer_label), self._say(texts.answer))

    def _sheets(self, facts: Facts) -> None:
        texts = load_workbook_texts().front
        if not facts.tables:
            return
        self._head(self._say(texts.sheets))
        for table in facts.tables:
            marked = len(table.marked)
            counted = texts.cells_marked.of(marked) if marked else texts.cells_marked_none
            cells = self._say(counted, count=self._count(marked))
            self._line(table.title, self._say(texts.sheet_line, file=display.visible(table.name[0]), cells=cells))

    def _limits(self, entries: Sequence[Entry], facts: Facts) -> None:
        lines = list(self._departures(entries, facts))
        if lines:
            self._head(self._say(load_workbook_texts().limits.heading))
            for line in lines:
                self._line("", line)

    def _departures(self, entries: Sequence[Entry], facts: Facts) -> Iterable[str]:
        texts = load_workbook_texts().limits
        for name in facts.unread:
            yield self._say(texts.unread, file=name)
        if facts.has_workbook:
            yield self._say(texts.values)
        for name in facts.text_files:
            yield self._say(texts.text_file, file=name)
        for name in facts.plain:
            yield self._say(texts.plain, file=name)
        if facts.hidden:
            yield self._say(texts.hidden_sheets, names=", ".join(facts.hidden))
        hidden_values = sum(table.hidden_values for table in facts.tables)
        if facts.secret_everywhere and facts.tables:
            yield self._say(texts.secret_everywhere)
        elif hidden_values:
            yield self._say(texts.secret.of(hidden_values), count=self._count(hidden_values))
        for table in facts.tables:
            if table.rows_kept is not None:
                yield self._say(texts.excerpt, file=table.name[0], sheet=table.title)
            if table.layout.hides_lines:
                yield self._say(texts.hidden_lines, sheet=table.title)
            if len(table.marked) > NOTES_SHOWN:
                counted = self._count(len(table.marked))
                yield self._say(texts.notes, sheet=table.title, limit=self._count(NOTES_SHOWN), count=counted)
        linked = sum(entry.place is not None and cell_of(entry.place) is not None for entry in entries)
        if facts.tables and linked > LINKS_SHOWN:
            yield self._say(texts.links, limit=self._count(LINKS_SHOWN))
        places = sum(finding.count for finding in self._result.findings)
        if places > len(entries):
            yield self._say(texts.listed, listed=self._count(len(entries)), count=self._count(places))
