"""Keys of Kreise as offices write those of municipalities: eight digits, the last three of them zero.

Source: amtlicher Gemeindeschlüssel (AGS): two digits of the Land, one of the Regierungsbezirk, two of the Kreis, three
of the municipality. Spreadsheets lose the leading zero.
"""

from __future__ import annotations

from collections.abc import Iterable

OF_MUNICIPALITY = "000"
LENGTH_OF_KREIS = 5
PATTERN_OF_MUNICIPALITY = rf"(?P<key>\d{{4,5}}){OF_MUNICIPALITY}"
PATTERN_OF_REGIONS = r"\d{1,2}[1-9]00000"
_LENGTH = 8


def kreise_of(texts: Iterable[str]) -> dict[str, str] | None:
    """Text → the first five digits of its key; None where a text is no such key."""
    keys = {text: text.zfill(_LENGTH) for text in texts}
    fitting = all(
        text.isdecimal()
        and len(key) == _LENGTH == len(text) + (key[0] == "0" != text[0])
        and key.endswith(OF_MUNICIPALITY)
        for text, key in keys.items()
    )
    return {text: key.removesuffix(OF_MUNICIPALITY) for text, key in keys.items()} if keys and fitting else None
