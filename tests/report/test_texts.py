from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from einklang.declarations.base import build, read_yaml
from einklang.errors import DeclarationError
from einklang.report.texts import TEXTS, Texts, leaves, load_texts

SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in TEXTS.parent.iterdir() if path.suffix in {".py", ".j2"}
)


def _content() -> dict[str, Any]:
    return copy.deepcopy(read_yaml(TEXTS))


def test_every_key_has_both_languages() -> None:
    found = dict(leaves(load_texts()))
    assert len(found) > 100
    for name, one in found.items():
        assert one.de.strip(), name
        assert one.en.strip(), name


@pytest.mark.parametrize("language", ["de", "en"])
def test_missing_language_is_refused(language: str) -> None:
    content = _content()
    del content["page"]["title"][language]
    with pytest.raises(DeclarationError, match=f"page.title.{language}"):
        build(Texts, content, Path("texts.yaml"))


def test_unknown_key_is_refused() -> None:
    content = _content()
    content["page"]["heading"] = {"de": "a", "en": "b"}
    with pytest.raises(DeclarationError, match=r"page\.heading"):
        build(Texts, content, Path("texts.yaml"))


def test_different_placeholders_are_refused() -> None:
    content = _content()
    content["page"]["number"]["en"] = "Delivery"
    with pytest.raises(DeclarationError, match=r"page\.number"):
        build(Texts, content, Path("texts.yaml"))


def test_missing_verdict_is_refused() -> None:
    content = _content()
    del content["verdict"]["words"]["rejected"]
    with pytest.raises(DeclarationError, match="rejected"):
        build(Texts, content, Path("texts.yaml"))


@pytest.mark.parametrize("name", [name for name, _ in leaves(load_texts()) if not name.startswith("columns.")])
def test_every_key_is_used(name: str) -> None:
    parts = [part for part in name.split(".") if part not in {"one", "many"}]
    is_named_by_value = parts[-2] in {"words", "counted", "outcomes"}
    key = parts[-2] if is_named_by_value else parts[-1]
    is_by_scope = name in {"counts.rows", "counts.cells"}
    assert is_by_scope or re.search(rf"\.{key}\b", SOURCES)


@pytest.mark.parametrize(("name", "german"), [(name, one.de) for name, one in leaves(load_texts())])
def test_german_is_plain(name: str, german: str) -> None:
    assert not re.search(r"\b(Null|null|Error|Warning|Report|Check|Upload|Download|Status|File|Feedback)\b", german), (
        name
    )
    assert '"' not in german
