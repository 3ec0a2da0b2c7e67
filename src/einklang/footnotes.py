"""Marks of footnotes at the end of labels, headings and figures, and the notes they must lead to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from einklang.declarations.layout import Footnotes
from einklang.labels import clean

_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Marks:
    """Takes the marks off labels and remembers them."""

    def __init__(self, declared: Footnotes | None) -> None:
        self._pattern = re.compile(rf"(?:{declared.mark})$") if declared else None
        self.used: dict[str, str] = {}

    def strip(self, text: str) -> str:
        """A cleaned text without its mark; a text that is a mark and nothing else stays."""
        return self._without(text, self._mark(text))

    def strip_figure(self, text: str) -> str:
        """A cleaned text of a figure without its mark.

        A mark that ends in a digit stays, as it may belong to the figure; so does one that begins with a digit right
        behind another: 1231) may be 123 with 1), or 12 with 31). Raised digits belong to no figure.
        """
        found = None if text[-1:].isdecimal() or text[-1:].isalpha() else self._mark(text)
        if found is not None and text[found.start()].isdecimal() and text[: found.start()][-1:].isdecimal():
            found = None
        return self._without(text, found)

    def _mark(self, text: str) -> re.Match[str] | None:
        """The mark at the end of a text; one of raised digits is declared like one of others."""
        if self._pattern is None:
            return None
        return self._pattern.search(text) or self._pattern.search(text.translate(_LOWERED))

    def _without(self, text: str, found: re.Match[str] | None) -> str:
        if found is None or not found.start() or not found[0]:
            return text
        self.used.setdefault(found[0].strip(), text)
        return text[: found.start()].rstrip()

    def unexplained(self, notes: Iterable[str]) -> dict[str, str]:
        """The marks that no line of the notes begins with → a label that bears them."""
        lines = [clean(line) for note in notes for line in note.splitlines()]
        return {mark: label for mark, label in self.used.items() if not any(line.startswith(mark) for line in lines)}
