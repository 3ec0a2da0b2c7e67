"""The draft as YAML with remarks, as a steward would write it."""

from __future__ import annotations

from typing import Any

import yaml

from einklang.draft.drafting import Draft

_WIDTH = 110


class _Dumper(yaml.SafeDumper):
    """Lists below their key are indented, as in the committed profiles."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # A key with a leading zero, and a word such as `no`, stay texts whoever reads the file.
    style = "'" if "\\" in text else '"' if text.isdigit() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write_draft(draft: Draft) -> str:
    """The YAML of a draft: every setting under its remarks, open questions first."""
    lines = [f"# Entwurf aus „{_one_line(draft.sample.path.name)}“; die Fragen unter `todo` klären und dort löschen."]
    for name, value in draft.content.items():
        lines.extend(f"# {_one_line(text)}" for text in draft.remarks.get(name, []))
        lines.append(_dump({name: value}))
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _dump(content: dict[str, Any]) -> str:
    """One setting; what is no list or mapping, and lists of sentences, stand in lines of their own."""
    (value,) = content.values()
    is_flow = None if isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict)) else False
    text: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=is_flow
    )
    return text.rstrip("\n")
