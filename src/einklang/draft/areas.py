"""Areas that the other areas of a table tell: Länder that are a single Kreis, and what makes up the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from einklang.draft.known import Known
from einklang.labels import normalise


def lands_of_one_kreis(known: Known, codes: Mapping[str, str]) -> dict[str, str]:
    """Label of the only Kreis of a Land → the Land, in a table that names most Länder, but not this one.

    `codes` are those of the labels of areas. Of Hamburg and Berlin a list of Länder and Kreise often has one row.
    """
    lands, kreise = (known.project.codelists[name].codes for name in ("laender", "kreise"))
    missing = lands.keys() - set(codes.values())
    if 2 * len(missing) >= len(lands):
        return {}
    sizes = Counter(one.parent for one in kreise.values() if not one.valid_to)
    only = {one.code: one.parent for one in kreise.values() if one.parent in missing and sizes[one.parent] == 1}
    return {text: only[code] for text, code in codes.items() if code in only}


def complement(known: Known, text: str, others: Iterable[str]) -> str | None:
    """The only area whose label begins with the text and that makes up the whole with one of the other areas.

    So `Früheres Bundesgebiet` beside `Neue Länder einschließlich Berlin` is that without Berlin.
    """
    codelist = known.lists["area"]
    members = {
        code: frozenset(one.extra["members"].split("|"))
        for code, one in codelist.codes.items()
        if one.extra.get("members")
    }
    whole = {code.code for code in codelist.codes.values() if code.kind == "land"}
    start = f"{normalise(text)} "
    begun = {code for label, code in codelist.by_label.items() if label.startswith(start) and code in members}
    beside = [members[code] for code in others if code in members]
    found = [code for code in begun if any(members[code] | one == whole and not members[code] & one for one in beside)]
    return found[0] if len(found) == 1 else None
