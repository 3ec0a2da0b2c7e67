"""Places as the sender names them: `Zellen C19–C24, Blatt „Tab 1“`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from einklang.declarations.base import Text
from einklang.findings import PlaceFound
from einklang.report.display import SHORT_TEXT, number, shorten
from einklang.report.texts import Language, load_texts, say
from einklang.result import Result


@dataclass(frozen=True)
class Span:
    """Cells that lie below each other and hold the same text; mostly one cell."""

    first: PlaceFound
    last: PlaceFound
    count: int

    @property
    def cell(self) -> str:
        """`C17`, or `C19–C24`."""
        return self.first.cell if self.count == 1 else f"{self.first.cell}–{self.last.cell}"

    def continues_with(self, place: PlaceFound) -> bool:
        """Whether `place` is the next cell below with the same text."""
        return (
            self.last.row is not None
            and place.row == self.last.row + 1
            and (place.file, place.sheet, place.column, place.raw)
            == (self.last.file, self.last.sheet, self.last.column, self.last.raw)
        )


def merge(places: Sequence[PlaceFound]) -> list[Span]:
    """The places in their order; cells below each other with the same text as one."""
    spans: list[Span] = []
    for place in places:
        if spans and spans[-1].continues_with(place):
            spans[-1] = replace(spans[-1], last=place, count=spans[-1].count + 1)
        else:
            spans.append(Span(place, place, 1))
    return spans


def where(span: Span, language: Language) -> str:
    """The place in words, without the name of the file."""
    texts = load_texts().places
    is_one = span.count == 1
    parts: list[str] = []
    if span.first.row is not None and span.first.column:
        parts.append(say(texts.cell if is_one else texts.cells, language, cell=span.cell))
    elif span.first.row is not None:
        parts.append(say(texts.row if is_one else texts.rows, language, row=span.cell))
    elif span.first.column:
        parts.append(say(texts.column, language, column=span.first.column))
    if span.first.sheet:
        parts.append(say(texts.sheet, language, sheet=shorten(span.first.sheet, SHORT_TEXT, language)))
    named = ", ".join(parts) or say(texts.whole_file, language)
    return named[0].upper() + named[1:]


def unread_sheets(result: Result, language: Language) -> list[tuple[str, str]]:
    """For each workbook a label and the first names of the sheets that were not read, and how many more there are."""
    texts = load_texts().counts
    several = len(result.identity.files) != 1 or len(result.unread_sheets) > 1
    lines = []
    for one in result.unread_sheets:
        file = shorten(one.file, SHORT_TEXT, language)
        label = say(texts.unread_in, language, file=file) if several else say(texts.unread, language)
        names = ", ".join(one.names)
        more = one.count - len(one.names)
        if more:
            names = say(texts.names_and_more, language, names=names, count=number(more, language))
        lines.append((label, names))
    return lines


def about(span: Span, language: Language) -> str:
    """What the cells are about; of several the first and the last. Empty where nothing is known."""
    first, last = (_key(place.key, language) for place in (span.first, span.last))
    if first == last or not first or not last:
        return first or last
    return say(load_texts().places.from_to, language, first=first, last=last)


def _key(key: Text | None, language: Language) -> str:
    return "" if key is None else shorten(say(key, language), SHORT_TEXT, language)
