"""Labels that say from where to where a group reaches (`3 - 6 Jahre`, `95 oder älter`), held against a code list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from einklang.declarations.codelists import CodeList

_INTERVAL = re.compile(r"(?:von |Alter )?(?P<from>\d{1,3})\s*(?:-|–|bis)\s*(?P<under>unter\s*)?(?P<to>\d{1,3})(?!\d).*")
_OPEN = re.compile(
    r"(?:(?:ab|>=|≥)\s*(?P<first>\d{1,3})(?!\d).*"
    r"|(?P<second>\d{1,3})\s*(?:Jahren?\s*)?(?:\+|(?:und|oder|u\.)\s*(?:mehr|älter|darüber)).*)"
)
# Codes of columns: E_E03_05, E_18U25, ALT015B20.
_CODED = re.compile(r"[A-Z_]*?(?P<from>\d{1,3})(?:_|U|B)(?P<to>\d{1,3})")
_CODED_BELOW = re.compile(r"[A-Z_]+U(?P<to>\d{1,3})")
_SEVERAL = 2
_OLDEST = 100
_BELOW = re.compile(r"(?:bis\s*)?unter\s*(?P<to>\d{1,3})(?!\d).*")

Limits = tuple[int, int | None]


def codes_by_limits(texts: Sequence[str], codelist: CodeList) -> dict[str, str]:
    """The code of each text whose limits (`from_age`, `to_age`) are those of one code of the list.

    `3 - 6` reaches up to 5 where a group begins at the end of another (`6 - 10`), and up to 6 where none does.
    """
    if "from_age" not in codelist.schemes:
        return {}
    known: dict[Limits, str] = {}
    for code in codelist.codes.values():
        if (start := code.extra.get("from_age", "")) and code.kind in {"interval", "open", "single"}:
            end = code.extra.get("to_age", "")
            known.setdefault((int(start), int(end) if end else None), code.code)
    intervals = [found for text in texts if (found := _INTERVAL.fullmatch(text)) and not found["under"]]
    starts = {int(found["from"]) for found in intervals}
    starts |= {int(found[1] or found[2]) for text in texts if (found := _OPEN.fullmatch(text))}
    is_under = any(int(found["to"]) in starts for found in intervals)
    read = {text: limits for text in texts if (limits := _limits(text, is_under)) is not None}
    return {text: known[limits] for text, limits in read.items() if limits in known}


def code_of_whole(codes: Iterable[str | None], codelist: CodeList) -> str | None:
    """The code of the group that adjacent groups make up, but for codes without limits; None where they are not."""
    if "from_age" not in codelist.schemes:
        return None
    found = {code: codelist.codes[code].extra for code in codes if code is not None and code in codelist.codes}
    limits = sorted((one["from_age"].zfill(3), one.get("to_age", "")) for one in found.values() if one.get("from_age"))
    if len(limits) < _SEVERAL or not all(end for _, end in limits):
        return None
    parts = [(int(start), int(end)) for start, end in limits]
    if any(end + 1 != start for (_, end), (start, _) in pairwise(parts)):
        return None
    wanted = (str(parts[0][0]), str(parts[-1][1]))
    every = ((code.code, (code.extra.get("from_age"), code.extra.get("to_age"))) for code in codelist.codes.values())
    return next((code for code, own in every if own == wanted), None)


def _limits(text: str, is_under: bool) -> Limits | None:
    if found := _INTERVAL.fullmatch(text):
        end = int(found["to"])
        return int(found["from"]), end - 1 if found["under"] or is_under else end
    if found := _OPEN.fullmatch(text):
        return int(found[1] or found[2]), None
    if found := _CODED.fullmatch(text):
        end = int(found["to"])
        return int(found["from"]), end - 1 if end < _OLDEST else None
    if found := _BELOW.fullmatch(text) or _CODED_BELOW.fullmatch(text):
        return 0, int(found["to"]) - 1
    return None
