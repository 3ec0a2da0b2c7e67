"""Drafts of tables that are laid out differently, joined to one profile with `parts`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_OF_PARTS = (
    "table",
    "footnotes",
    "dimensions",
    "columns",
    "unit",
    "units",
    "status",
    "rows_not_data",
    "cells_not_data",
)
# Of these a part says only what differs from the rest.
_MERGED = ("table", "dimensions")


def join_parts(contents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One profile: what all tables share stands once, the rest in a part per table; questions name their sheet."""
    if len(contents) == 1:
        return contents[0]
    first = contents[0]
    sheets = [one["file"].get("sheet") for one in contents]
    is_one = len(set(sheets)) == 1
    file = {name: value for name, value in first["file"].items() if name != "sheet" or is_one}
    joined = {**first, "file": file, "todo": _questions(contents), "numbers": _merged(contents, "numbers")}
    joined["delivers"] = _delivers(contents)
    parts: list[dict[str, Any]] = [{} if is_one else {"file": {"sheet": sheet}} for sheet in sheets]
    for name in _OF_PARTS:
        joined.pop(name, None)
        if name in first and all(one.get(name) == first[name] for one in contents):
            joined[name] = first[name]
            continue
        shared = _shared([one.get(name, {}) for one in contents]) if name in _MERGED else {}
        joined |= {name: shared} if shared else {}
        for part, one in zip(parts, contents, strict=True):
            own = {key: value for key, value in one[name].items() if key not in shared} if shared else one.get(name)
            part |= {name: own} if own else {}
    joined["parts"] = parts
    return {name: value for name, value in joined.items() if value not in ([], {}, None)}


def _shared(settings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in settings[0].items() if all(one.get(key) == value for one in settings)}


def _questions(contents: Sequence[dict[str, Any]]) -> list[str]:
    """The questions of all parts, with the sheet or the columns where these differ."""
    sheets = [one["file"].get("sheet", "") for one in contents]
    spans = [one["table"].get("columns", "") for one in contents]
    named = [f"Blatt {sheet}: " if len(set(sheets)) > 1 else "" for sheet in sheets]
    named = [
        f"{one}Spalten {span.replace(':', ' bis ')}: " if span else one for one, span in zip(named, spans, strict=True)
    ]
    asked = [f"{name}{text}" for name, one in zip(named, contents, strict=True) for text in one.get("todo", ())]
    return list(dict.fromkeys(asked))


def _merged(contents: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    return {key: value for one in reversed(contents) for key, value in one.get(name, {}).items()}


def _delivers(contents: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """What the tables hold together."""
    names = dict.fromkeys(name for one in contents for name in one.get("delivers", {}))
    return {
        name: list(dict.fromkeys(code for one in contents for code in one.get("delivers", {}).get(name, ())))
        for name in names
    }
