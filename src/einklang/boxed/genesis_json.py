"""Reads GENESIS JSON (data sets like JSON-stat): one row per figure, its codes, the value and its status.

`value` and `status` are lists over all combinations of the dimensions, the last one changing fastest
(`size`). A status is a letter of quality (`e` final, `p` provisional …), or the sign that stands for a
missing figure; the value beside such a sign is a filler, 0, and the sign is the cell.
"""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from einklang.boxed.sheets import Block, Column, Refused, Sheet, check_extent, write_number

_MOST = 400 * 1024 * 1024


def read_genesis_json(path: Path, decimal: str) -> list[Sheet]:
    """A sheet per data set, named by its code.

    Raises:
        Refused: it is no JSON, another one, or exceeds a limit.
    """
    if path.stat().st_size > _MOST:
        raise Refused("limit", "limit_size", path.stat().st_size, _MOST)
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Refused("unreadable", "json_is_broken") from error
    sets = content.get("data", [content]) if isinstance(content, dict) else content
    try:
        return [_sheet(one, decimal, number) for number, one in enumerate(sets, 1)]
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        raise Refused("unreadable", "json_is_other") from error


def _sheet(data: Mapping[str, Any], decimal: str, number: int) -> Sheet:
    names = [str(name) for name in data["id"]]
    sizes = [int(size) for size in data["size"]]
    cells = math.prod(sizes)
    if not names or len(names) != len(sizes) or cells <= 0:
        raise ValueError("dimensions and sizes do not go together")
    check_extent(cells + 1, len(names) + 2)
    blocks: list[Block] = []
    repeat = cells
    for name, size in zip(names, sizes, strict=True):
        codes = _codes(data["dimension"][name]["category"]["index"], size)
        repeat //= size
        block = array("i")
        for position in range(1, size + 1):
            block.extend(array("i", [position]) * repeat)
        blocks.append(_headed(name, codes, block * (cells // len(block)), len(blocks)))
    statuses = _spread(data.get("status") or {}, cells)
    pairs = Column(lambda pair: _text(pair, decimal))
    pairs.extend(["value"])
    pairs.extend(list(zip(_spread(data["value"], cells), statuses, strict=True)))
    marks = Column()
    marks.extend(["status", *("" if status is None else str(status) for status in statuses)])
    code = data.get("code")
    width = len(blocks)
    blocks += [pairs.finish(width), marks.finish(width + 1)]
    return Sheet(code if isinstance(code, str) else f"{number}", blocks)


def _codes(index: Any, size: int) -> list[str]:
    """Codes in order of position; `index` is an object code → position, in any order, or a list."""
    if isinstance(index, dict):
        positions = {position: code for code, position in index.items()}
        codes = [str(positions[position]) for position in range(size)]
    else:
        codes = [str(code) for code in index]
    if len(codes) != size:
        raise ValueError("a dimension has more or fewer codes than its size says")
    return codes


def _headed(name: str, codes: list[str], positions: array[int], number: int) -> Block:
    known = {text: position for position, text in enumerate(dict.fromkeys([name, *codes]))}
    own = [0, *(known[code] for code in codes)]
    return Block(list(known), array("i", [0, *map(own.__getitem__, positions)]), number)


def _spread(values: Any, cells: int) -> list[Any]:
    """A value per cell; an object position → value gives some, one text all of them."""
    if isinstance(values, dict):
        spread: list[Any] = [None] * cells
        for position, value in values.items():
            if not position.isdecimal():
                raise ValueError("a position is no number")
            spread[int(position)] = value
        return _checked(spread)
    if isinstance(values, str):
        return [values] * cells
    if len(values) != cells:
        raise ValueError("there are more or fewer values than combinations")
    return _checked(list(values))


def _checked(values: list[Any]) -> list[Any]:
    if not all(value is None or type(value) in {str, int, float} for value in values):
        raise ValueError("a value is neither text nor number")
    return values


def _text(pair: tuple[Any, Any], decimal: str) -> str:
    value, status = pair
    written = write_number(float(value), decimal) if isinstance(value, (int, float)) else str(value or "")
    sign = "" if status is None else str(status)
    if not sign or (sign.isalpha() and sign != "x"):
        return written
    return sign if not value else f"{written} {sign}"
