"""Marks of footnotes at the end of labels, headings and figures, and the notes they must lead to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from einklang.declarations.layout import Footnotes
from einklang.labels import clean


class Marks:
    """Takes the marks off labels and remembers them."""

    def __init__(self, declared: Footnotes | None) -> None:
        self._pattern = re.compile(rf"(?:{declared.mark})$") if declared else None
        self.used: dict[str, str] = {}

    def strip(self, text: str) -> str:
        """A cleaned text without its mark; a text that is a mark and nothing else stays."""
        if self._pattern is None or not (found := self._pattern.search(text)) or not found.start():
            return text
        self.used.setdefault(found[0].strip(), text)
        return text[: found.start()].rstrip()

    def strip_figure(self, text: str) -> str:
        """A cleaned text of a figure without its mark; a mark that ends in a digit stays, as it may belong to it."""
        return text if text[-1:].isalnum() else self.strip(text)

    def unexplained(self, notes: Iterable[str]) -> dict[str, str]:
        """The marks that no line of the notes begins with → a label that bears them."""
        lines = [clean(line) for note in notes for line in note.splitlines()]
        return {mark: label for mark, label in self.used.items() if not any(line.startswith(mark) for line in lines)}
