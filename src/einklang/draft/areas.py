"""Areas of which a table says one level by the key of another: Länder that are a single Kreis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from einklang.draft.known import Known


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
