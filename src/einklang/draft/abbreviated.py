"""Abbreviated words (`Ausl.`, `Eink.-steuer`) held against whole ones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from einklang.labels import normalise

_SHORTEST = 2


def is_word_of(word: str, written: str) -> bool:
    """Whether a word is written so, or so abbreviated (`eink.steuer` for `einkommensteuer`); both normalised."""
    if "." not in written.rstrip("."):
        return word == written or (written.endswith(".") and len(written) > 3 and word.startswith(written[:-1]))
    first, _, last = written.partition(".")
    return len(first) > 1 and word.startswith(first) and word.endswith(last)


def spelled_out(text: str, labels: Mapping[str, str]) -> str | None:
    """The code of the label (normalised) that a text abbreviates word by word; None where none or several are meant."""
    written = re.sub(r"\.(?=\w)", ". ", normalise(text)).split()
    if not any(part.endswith(".") and len(part) > _SHORTEST for part in written):
        return None
    found = {code for label, code in labels.items() if _abbreviates(written, label.split())}
    return found.pop() if len(found) == 1 else None


def _abbreviates(written: list[str], words: list[str]) -> bool:
    return len(written) == len(words) and all(is_word_of(word, one) for word, one in zip(words, written, strict=True))
