"""Abbreviated words (`Ausl.`, `Eink.-steuer`) held against whole ones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from einklang.draft.words import words
from einklang.labels import normalise

_SHORT_WORD = re.compile(r"\w{2}\.")
_LONGEST = 100


def is_word_of(word: str, written: str) -> bool:
    """Whether a word is written so, or so abbreviated (`eink.steuer` for `einkommensteuer`); both normalised."""
    if "." not in written.rstrip("."):
        return word == written or (written.endswith(".") and len(written) > 3 and word.startswith(written[:-1]))
    first, _, last = written.partition(".")
    return len(first) > 1 and word.startswith(first) and word.endswith(last)


def spelled_out(text: str, labels: Mapping[str, str]) -> str | None:
    """The code of the label (normalised) that a text abbreviates word by word; None where none or several are meant."""
    plain = normalise(text)
    if not _SHORT_WORD.search(plain) or len(plain) > _LONGEST:
        return None
    readings = [one.split() for one in dict.fromkeys((plain, re.sub(r"\.(?=\w)", ". ", plain)))]
    found = {code for label, code in labels.items() if any(_abbreviates(one, label.split()) for one in readings)}
    return found.pop() if len(found) == 1 else None


def with_type(text: str) -> list[str]:
    """The name of an area with its type in full (`Koblenz, kfr. St.`, `Böblingen (LKR)`), and without a title."""
    for short, whole in words().types.items():
        if not text.endswith((short, f"{short})")):
            continue
        if hit := re.fullmatch(rf"(?P<name>.+?)(?:,? | ?\()(?P<type>{re.escape(short)})\)?", text):
            name = hit["name"]
            return [f"{name}, {whole}", f"{name.partition(',')[0]}, {whole}"]
    return []


def _abbreviates(written: list[str], words: list[str]) -> bool:
    return len(written) == len(words) and all(is_word_of(word, one) for word, one in zip(words, written, strict=True))
