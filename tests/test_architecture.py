"""The dependency arrow: prefect.yaml → flows → einklang, never back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "src" / "einklang"
FORBIDDEN = {"prefect", "flows"}
OTHERS = [path for folder in ("demo", "benchmarks") for path in (ROOT / folder).rglob("*.py")]


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
            case ast.Call(
                func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_the_library_knows_neither_prefect_nor_the_flows(path: Path) -> None:
    assert not {name for name in imported(path) if name.partition(".")[0] in FORBIDDEN}


@pytest.mark.parametrize("path", sorted(OTHERS), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_flows_import_prefect(path: Path) -> None:
    assert "prefect" not in {name.partition(".")[0] for name in imported(path)}


def test_the_walk_sees_every_kind_of_import(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "import a.b\nfrom c import d\nfrom . import j\ndef f():\n    import e\n"
        "__import__('g')\nimportlib.import_module('h.i')\n"
    )
    assert sorted(imported(module)) == ["a.b", "c", "e", "g", "h.i"]
