"""The office's own workbook back: result and list of findings first, then its sheets with every finding marked.

Only values, formats, widths, heights and merged ranges of the sender travel: the workbook is built anew, so
formulas, macros, links, names, comments, pictures, hidden sheets and personal properties have no way into it.
`read_answers` takes the filled column "Antwort" out of a returned list of findings.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.comments import Comment
from openpyxl.utils import quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table as ListObject
from openpyxl.worksheet.table import TableStyleInfo

from einklang.declarations.profile import FileFormat
from einklang.discretion import SecretMarks
from einklang.report.display import visible
from einklang.report.texts import Language, say
from einklang.report.workbook_answers import Answer, read_answers
from einklang.report.workbook_entries import UNREAD_RULES, Entry, Secrets, Wording, list_entries, marks_of
from einklang.report.workbook_front import FIRST_COLUMNS, Facts, FrontWriter, Links, ListHeads, ListWriter
from einklang.report.workbook_layout import lay_out
from einklang.report.workbook_source import DAMAGED, Source, SourceSheet, open_source
from einklang.report.workbook_styles import Styles, own_font, theme_like
from einklang.report.workbook_tables import Table, TableWriter
from einklang.report.workbook_texts import load_workbook_texts, own_sheets
from einklang.report.workbook_xml import Spool, letter, save
from einklang.result import Result
from einklang.unpack import opened as opened_file

__all__ = ["Answer", "read_answers", "render_workbook"]

_TITLE_LENGTH = 31
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
_NOTE_WIDTH = 360
_NOTE_LINE = 18
_NOTE_CHARACTERS = 52
_TALLEST_NOTE = 420


def render_workbook(
    result: Result,
    files: Mapping[str, Path],
    path: Path,
    language: Language = "de",
    agreed: FileFormat | None = None,
    marks: SecretMarks | None = None,
) -> None:
    """Writes the workbook for a delivery to `path`.

    `files` leads from the name of a file as delivered to its bytes; `agreed` is how a text file is written and
    is found out where it is not given. `marks` tells how the office marks secret figures, which counts where the
    delivery could not be read far enough to know them. A file that could not be read, or is not safe to open, is
    left out.
    """
    with tempfile.TemporaryDirectory(prefix="einklang-") as folder:
        beside = path.with_name(f".{path.name}.part")
        try:
            try:
                with _Build(result, language, Path(folder), marks, with_formats=True) as build:
                    build.build(files, agreed, beside)
            except DAMAGED:
                with _Build(result, language, Path(folder), marks, with_formats=False) as build:
                    build.build(files, agreed, beside)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


class _Build:
    """One attempt at a workbook; the second one, without formats, follows where a file turned out damaged."""

    def __init__(
        self, result: Result, language: Language, folder: Path, marks: SecretMarks | None, *, with_formats: bool
    ) -> None:
        self._result = result
        self._language: Language = language
        self._folder = folder
        self._with_formats = with_formats
        self._book = Workbook()
        self._styles = Styles(self._book)
        self._secrets = Secrets.of(result, marks or SecretMarks())
        self._wording = Wording(language, self._secrets)
        self._facts = Facts(secret_everywhere=self._secrets.everywhere)
        self._spools: dict[str, Spool] = {}
        self._unpacked = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for spool in self._spools.values():
            spool.close()
        self._unpacked.close()

    def build(self, files: Mapping[str, Path], agreed: FileFormat | None, path: Path) -> None:
        texts = load_workbook_texts()
        entries = list_entries(self._result, self._secrets)
        front = self._sheet(say(texts.sheets.result, self._language), self._book.active)
        findings = self._sheet(say(texts.sheets.findings, self._language))
        marks = marks_of(entries)
        writer = TableWriter(self._styles, self._secrets, self._language)
        for name, source in self._open(files, agreed):
            for sheet in _own_sheets_left_out(source.sheets, {sheet for file, sheet in marks if file == name}):
                wanted = sheet.name or visible(Path(name).stem) or say(texts.sheets.file, self._language)
                title = self._title(wanted)
                target = self._book.create_sheet(title)
                key = (name, sheet.name)
                table = writer.write(key, title, sheet, marks.get(key, {}), self._folder / f"{len(self._spools)}.xml")
                self._spools[title] = table.spool
                self._facts.tables.append(table)
                lay_out(target, table.layout, table.merges if table.rows_kept is None else [], self._styles)
        for table in self._facts.tables:
            self._note(self._book[table.title], table)
        self._write_list(findings, entries)
        self._write_front(front, entries)
        save(self._book, self._spools, path, self._result.identity.received_at)

    def _open(self, files: Mapping[str, Path], agreed: FileFormat | None) -> list[tuple[str, Source]]:
        refused = {
            place.file for finding in self._result.findings if finding.rule in UNREAD_RULES for place in finding.places
        }
        opened: list[tuple[str, Source]] = []
        for name in [file.name for file in self._result.identity.files] or list(files):
            for part, path in self._parts(name, files.get(name)):
                source = None
                if path is not None and not {name, part} & refused:
                    source = open_source(path, agreed, with_formats=self._with_formats)
                if source is None:
                    self._facts.unread.append(part)
                    continue
                opened.append((part, source))
                self._tell(part, source)
        return opened

    def _parts(self, name: str, path: Path | None) -> list[tuple[str, Path | None]]:
        """The file, or the members of an archive as the sender sees them."""
        parts = self._unpacked.enter_context(opened_file(path, name)) if path is not None else ()
        return [(part.name, part.path) for part in parts] if isinstance(parts, tuple) and parts else [(name, None)]

    def _tell(self, name: str, source: Source) -> None:
        facts = self._facts
        facts.hidden.extend(source.hidden)
        if source.is_text:
            facts.text_files.append(name)
            return
        facts.has_workbook = True
        if source.is_plain:
            facts.plain.append(name)
        elif source.sheets and self._book.loaded_theme is None:
            # Widths count characters of the standard font, dates count from the epoch: both are the workbook's.
            sheet = source.sheets[0].styles
            self._book.epoch = source.epoch
            self._book.loaded_theme = theme_like(source.theme)
            self._book._colors = sheet.parent._colors
            self._book._named_styles["Normal"].font = own_font(ReadOnlyCell(sheet, 1, 1, None))

    def _title(self, wanted: str) -> str:
        base = _NOT_IN_TITLE.sub("_", visible(wanted)).strip("'")[:_TITLE_LENGTH].rstrip("'") or "_"
        taken = {title.casefold() for title in self._book.sheetnames}
        title, copies = base, 1
        while title.casefold() in taken:
            copies += 1
            title = f"{base[: _TITLE_LENGTH - len(str(copies)) - 3]} ({copies})"
        return title

    def _sheet(self, title: str, sheet: Any = None) -> Any:
        sheet = sheet if sheet is not None else self._book.create_sheet()
        sheet.title = title
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_setup.fitToHeight = 0
        self._spools[title] = Spool(self._folder / f"{len(self._spools)}.xml")
        return sheet

    def _write_list(self, sheet: Any, entries: list[Entry]) -> None:
        heads = ListHeads.of(self._result, self._language)
        tables = {table.name: table for table in self._facts.tables}
        addresses = {name: quote_sheetname(table.title) for name, table in tables.items()}

        def place(entry: Entry) -> tuple[str, str]:
            if entry.place is None:
                return "", ""
            name = (entry.place.file, entry.place.sheet)
            table = tables.get(name)
            if table is None:
                return visible(entry.place.sheet), ""
            now = table.now_at_place(entry.place)
            return table.title, f"{addresses[name]}!{letter(now[1] - 1)}{now[0]}" if now else ""

        links: Links = {}
        spool = self._spools[sheet.title]
        ListWriter(self._styles, self._wording, heads).write(spool, entries, place, links)
        spool.close()
        for (row, column), address in links.items():
            reference = f"{letter(column - 1)}{row}"
            sheet.cell(row, column).hyperlink = Hyperlink(ref=reference, location=address)
        for column, width in enumerate(heads.widths, 1):
            sheet.column_dimensions[letter(column - 1)].width = width
        sheet.freeze_panes = "A2"
        sheet.print_title_rows = "1:1"
        sheet.page_setup.orientation = "landscape"
        answer = sheet.cell(1, heads.column("answer"))
        answer.comment = _comment(say(load_workbook_texts().note.answer, self._language))
        if entries:
            last = f"{letter(len(heads.names) - 1)}{len(entries) + 1}"
            listed = ListObject(displayName="Fehlerliste", ref=f"A1:{last}", tableStyleInfo=TableStyleInfo(name=None))
            listed._initialise_columns()
            for head, text in zip(listed.tableColumns, heads.heads, strict=True):
                head.name = text
            sheet.add_table(listed)

    def _write_front(self, sheet: Any, entries: list[Entry]) -> None:
        spool = self._spools[sheet.title]
        FrontWriter(self._styles, self._result, self._language).write(spool, entries, self._facts)
        spool.close()
        for column, width in enumerate(FIRST_COLUMNS):
            sheet.column_dimensions[letter(column)].width = width
        sheet.sheet_view.showGridLines = False
        sheet.page_setup.orientation = "portrait"

    def _note(self, sheet: Any, table: Table) -> None:
        for (row, column), entries in table.noted().items():
            sheet.cell(row, column).comment = _comment(self._wording.note(entries))


def _own_sheets_left_out(sheets: list[SourceSheet], marked: set[str]) -> list[SourceSheet]:
    """The sheets without those that the service put before them last time; but never without a marked one."""
    names = {sheet.name for sheet in sheets}
    passed = {name for group in own_sheets() if set(group) < names for name in group} - marked
    return [sheet for sheet in sheets if sheet.name not in passed]


def _comment(text: str) -> Any:
    lines = sum(1 + len(line) // _NOTE_CHARACTERS for line in text.split("\n"))
    return Comment(text, "Einklang", width=_NOTE_WIDTH, height=min(_TALLEST_NOTE, _NOTE_LINE * (lines + 1)))
