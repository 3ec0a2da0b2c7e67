"""What all declarations share: strict models, texts in two languages, YAML from disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from einklang.errors import DeclarationError


class Declaration(BaseModel):
    """A declaration: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class Text(Declaration):
    """One sentence or label in both languages, German first."""

    de: str = Field(min_length=1, description="German, hand-written.")
    en: str = Field(min_length=1, description="English, hand-written.")


Model = TypeVar("Model", bound=Declaration)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file.

    Raises:
        DeclarationError: the file is unreadable, no YAML, or no mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DeclarationError(path, f"it cannot be read as YAML ({error})") from error
    if not isinstance(content, dict):
        raise DeclarationError(path, "it holds no mapping of names to values")
    return content


# Its numbers are those of other rows where the part has other header rows.
_REPLACED = {"unread"}


def _merge(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the values of `change`; mappings are merged, everything else is replaced."""
    merged = dict(base)
    for name, value in change.items():
        if isinstance(value, dict) and isinstance(merged.get(name), dict) and name not in _REPLACED:
            merged[name] = _merge(merged[name], value)
        else:
            merged[name] = value
    return merged


def inherit(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """A profile based on another: mappings are merged, everything else is replaced.

    A dimension given anew replaces the inherited one as a whole; one given as null is taken away. So does a
    `status`, unless it gives further words only, and `unread`, whose rows are numbered.
    """
    merged = _merge(base, change)
    if isinstance(change.get("status"), dict) and set(change["status"]) != {"words"}:
        merged["status"] = change["status"]
    if "dimensions" in merged:
        places = {**base.get("dimensions", {}), **change.get("dimensions", {})}
        merged["dimensions"] = {name: place for name, place in places.items() if place is not None}
    return merged


def build(model: type[Model], content: dict[str, Any], path: Path) -> Model:
    """The declaration in `content`.

    Raises:
        DeclarationError: naming each key that is missing, unknown or of the wrong kind.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or '(whole file)'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise DeclarationError(path, problems) from error
