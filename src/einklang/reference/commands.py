"""The page of the commands."""

from __future__ import annotations

import inspect
import types
import typing
from pathlib import Path
from typing import Any, Literal

from einklang.reference.markdown import default_text, page, table

_VALUES = {"Path": "PATH", "str": "TEXT", "int": "NUMBER"}


def _value(annotation: Any) -> str:
    """What to give for an argument or option."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated or origin is list:
        return _value(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in arguments)
    if origin in {typing.Union, types.UnionType}:
        return _value(next(one for one in arguments if one is not type(None)))
    return _VALUES.get(annotation.__name__, "")


def _row(parameter: Any, hints: dict[str, Any]) -> tuple[str, str, str, str]:
    is_option = parameter.opts[0].startswith("-")
    name = ", ".join(f"`{text}`" for text in parameter.opts) if is_option else f"`{parameter.name.upper()}`"
    default = str(parameter.default) if isinstance(parameter.default, Path) else parameter.default
    return (
        name,
        "" if getattr(parameter, "is_flag", False) else _value(hints[parameter.name]),
        "required" if parameter.required else default_text(default),
        parameter.help or "",
    )


def cli_page() -> str:
    """The help of every command."""
    import typer

    from einklang.cli.app import app

    group: Any = typer.main.get_command(app)
    functions = {(one.name or getattr(one.callback, "__name__", "")): one.callback for one in app.registered_commands}
    lines = [
        f"{group.help} Every command has `--help`.",
        "",
        "An error is one sentence with a remedy, on standard error. Set `EINKLANG_DEBUG=1` to see where an unexpected"
        " one arose.",
        "",
    ]
    for name, command in group.commands.items():
        function = functions[name.replace("-", "_")] if name not in functions else functions[name]
        hints = typing.get_type_hints(function, include_extras=True)
        arguments = [one for one in command.params if not one.opts[0].startswith("-")]
        options = [one for one in command.params if one.opts[0].startswith("-")]
        shown = "".join(f" {one.name.upper()}{'…' if one.nargs == -1 else ''}" for one in arguments)
        lines += [f"## einklang {name}", "", f"`einklang {name}{shown}{' [OPTIONS]' if options else ''}`", ""]
        lines += [inspect.cleandoc(command.help or ""), ""]
        lines += table(("", "value", "default", "meaning"), [_row(one, hints) for one in (*arguments, *options)])
    return page("Commands", lines)
