"""Marks of footnotes at the end of labels, headings and figures, and the notes they must lead to.

Raised and plain digits are the same mark: `2023¹)` has the note `1) vorläufig`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from einklang.declarations.layout import Footnotes
from einklang.labels import clean

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_PLAIN = str.maketrans(f"{_RAISED}⁽⁾", "0123456789()")
_POWER = re.compile(r"\b[cdkm]?m[²³]$")
_LONGEST = 20
_NO_UNIT = r"(?<!\bm)(?<!\b[cdkm]m)"
_RAISED_END = re.compile(rf"\s?[(⁽]?{_NO_UNIT}[{_RAISED}][{_RAISED}\s,;()⁽⁾]{{0,{_LONGEST}}}$")


def plain(text: str) -> str:
    """The text with plain digits and brackets in place of raised ones; as long as before."""
    return text.translate(_PLAIN)


def start_of_mark(mark: re.Pattern[str], text: str) -> int | None:
    """Where the mark at the end of a text begins; None where it bears none, or is a mark and nothing else.

    `mark` matches at the end only. Digits before raised ones are never part of the mark (`2023¹)`), and the power of a
    unit (`km²`) is none.
    """
    if _POWER.search(text):
        return None
    starts = [found.start() for found in [mark.search(text)] if found]
    if raised := _RAISED_END.search(text):
        starts += [found.start() for found in [mark.search(plain(text), raised.start())] if found]
    start = min(starts, default=0)
    return start if 0 < start < len(text) else None


class Marks:
    """Takes the marks off labels and remembers them."""

    def __init__(self, declared: Footnotes | None) -> None:
        self._pattern = re.compile(rf"(?:{declared.mark})$") if declared else None
        self._used: dict[str, tuple[str, str]] = {}

    def strip(self, text: str) -> str:
        """A cleaned text without its mark; a text that is a mark and nothing else stays."""
        return self._without(text, self._start(text))

    def strip_figure(self, text: str) -> str:
        """A cleaned text of a figure without its mark.

        A mark that ends in a digit stays, as it may belong to the figure; so does one that begins with a digit right
        behind another: 1231) may be 123 with 1), or 12 with 31). Raised digits belong to no figure.
        """
        start = None if text[-1:].isdecimal() or text[-1:].isalpha() else self._start(text)
        if start is not None and text[start].isdecimal() and text[:start][-1:].isdecimal():
            start = None
        return self._without(text, start)

    def _start(self, text: str) -> int | None:
        return None if self._pattern is None else start_of_mark(self._pattern, text)

    def _without(self, text: str, start: int | None) -> str:
        if start is None:
            return text
        mark = text[start:].strip()
        self._used.setdefault(plain(mark), (mark, text))
        return text[:start].rstrip()

    def unexplained(self, notes: Iterable[str]) -> dict[str, str]:
        """The marks that no line of the notes begins with → a label that bears them."""
        if not self._used:
            return {}
        lines = [plain(clean(line)) for note in notes for line in note.splitlines()]
        return dict(said for mark, said in self._used.items() if not any(line.startswith(mark) for line in lines))
