"""Which texts may be shown while it is not known whether a figure is secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from einklang.declarations.profile import Profile
from einklang.findings import Finding, PlaceFound, concealed
from einklang.labels import without_unit
from einklang.project import Project
from einklang.rawtable import RawTable, column_letter

_PERIOD = re.compile(
    r"(?:\d{1,2}\.\s?\d{1,2}\.\s?)?(?:19|20)\d\d|(?:19|20)\d\d-[01]\d(?:-[0-3]\d)?|(?:19|20)\d\d\s?/\s?(?:\d\d){1,2}"
)
_WORD = re.compile(r"[^\W\d_]{2}")


def has_digit(text: str) -> bool:
    """Whether a text could be a figure."""
    return any(character.isdigit() for character in text)


def has_word(text: str) -> bool:
    """Whether a text has two letters side by side."""
    return _WORD.search(text) is not None


def may_be_figure(text: str) -> bool:
    """Whether a text has digits and no word, such as `1.234`, `12 p` or `2024`."""
    return has_digit(text) and not has_word(text)


def headings_hidden(texts: Sequence[str]) -> list[bool]:
    """Which texts of a row of headings may be figures: where all bare numbers of the row are years or dates, none."""
    bare = [may_be_figure(text) for text in texts]
    if all(_PERIOD.fullmatch(text.strip()) for text, is_bare in zip(texts, bare, strict=True) if is_bare):
        return [False] * len(texts)
    return bare


def place_in(table: RawTable, row: int | None = None, column: int | None = None) -> PlaceFound:
    """A place of a sheet, row and column counted from 0, with its text unless that may be a figure."""
    is_cell = row is not None and column is not None and row < table.rows and column < len(table.columns)
    raw = table.text(row, column) if is_cell and row is not None and column is not None else ""
    is_hidden = may_be_figure(raw)
    return PlaceFound(
        file=table.file,
        sheet=table.sheet,
        row=None if row is None else row + 1,
        column="" if column is None else column_letter(column),
        raw="" if is_hidden else raw,
        is_hidden=is_hidden,
    )


@dataclass(frozen=True)
class SecretMarks:
    """How an office marks figures as secret: signs beside the number, and words elsewhere in its row.

    `by_look`: the colour or the comment of a cell may say it, a heading or a title, which no row shows where the table
    is not understood.
    """

    signs: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    by_look: bool = False

    @classmethod
    def of(cls, profiles: Iterable[Profile], project: Project) -> SecretMarks:
        """As agreed with the office, in any of its layouts."""
        signs: set[str] = set()
        words: set[str] = set()
        by_look = False
        for profile in profiles:
            signs |= {sign for sign, meaning in project.sign_meanings(profile).items() if meaning.is_secret}
            secret = {word.casefold() for word, meaning in project.word_meanings(profile).items() if meaning.is_secret}
            words |= secret
            meanings = {
                meaning
                for layout in profile.layouts
                for one in (
                    *(status.words.values() for status in layout.statuses if not status.is_in_columns),
                    layout.status_meanings,
                )
                for meaning in one
            }
            by_look |= any(project.signs.meanings[meaning].is_secret for meaning in meanings)
        return cls(tuple(sorted(sign for sign in signs if not has_digit(sign))), frozenset(words), by_look)

    def hides_row(self, texts: Iterable[str]) -> bool:
        """Whether a word in the row says that its figures are secret, or something unseen could."""
        return self.by_look or (bool(self.words) and any(text.strip().casefold() in self.words for text in texts))

    def hides_cell(self, text: str) -> bool:
        """Whether a sign stands beside a number."""
        bare = without_unit(text.strip())
        return bool(self.signs) and bare.startswith(self.signs) | bare.endswith(self.signs) and has_digit(bare)

    def hides_label(self, text: str) -> bool:
        """Whether a text where a label or heading is expected is a number with a sign beside it."""
        bare = without_unit(text.strip())
        if not bare or (bare[0].isdigit() and bare[-1].isdigit()):
            return False  # signs have no digits
        rests = [bare.removeprefix(sign) if bare.startswith(sign) else bare.removesuffix(sign) for sign in self.signs]
        return any(rest != bare and may_be_figure(rest) for rest in rests)

    def discreet(self, finding: Finding) -> Finding:
        """The finding without the figures marked as secret that stand where a label or heading is expected."""
        return concealed(finding, self.hides_label)
