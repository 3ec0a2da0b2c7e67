"""What cells of an XLSX file show beside their value: colour of characters, of the background, comments.

Only where a profile asks for it. Colours are six hexadecimal digits; those of a theme are worked out from it,
black characters and white or no background are left out. Colours that a condition gives are not seen.
Source: ECMA-376-1 sections 18.3.1.15 (`color`), 18.8 (styles), 20.1.6 (theme), 18.7 (comments).
"""

from __future__ import annotations

import colorsys
import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from einklang.boxed.sheets import Refused
from einklang.boxed.xlsx import MAX_FOUND, Told, parts_of, pieces
from einklang.letters import column_index

Cells = dict[tuple[int, int], str]
"""Text of each cell that shows one, by row and column from 0."""

_STYLED = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*?\bs="(\d{1,6})")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_THEME_ORDER = (
    "lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink",
)  # fmt: skip
_AUTOMATIC = {64: "000000", 65: "FFFFFF"}
_PLAIN = {"font_colour": "000000", "fill_colour": "FFFFFF"}


def look_at_cells(path: Path, told: Mapping[str, Told], kinds: Sequence[str]) -> None:
    """Adds what the cells of the sheets show; kinds as in `Status.shown_by`.

    Raises:
        Refused: a part is too large, or too much was found.
    """
    with zipfile.ZipFile(path) as archive:
        parts = parts_of(archive)
        present = set(archive.namelist())
        for kind in kinds:
            colours = {} if kind == "comment" else _colours_of_styles(archive, kind)
            for name, (look, _) in told.items():
                if (part := parts.get(name)) in present and part is not None:
                    cells = _comments(archive, part) if kind == "comment" else _coloured(archive, part, colours)
                    look.shown[kind] = _by_text(cells)


def _by_text(cells: Cells) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, text in sorted(cells.items()):
        found.setdefault(text, []).extend(place)
    return found


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    """A part of the archive, looked through for its limits first; an empty one where there is none."""
    if part not in archive.namelist():
        return ElementTree.Element("none")
    for _ in pieces(archive, part):
        pass
    try:
        return ElementTree.fromstring(archive.read(part))
    except ElementTree.ParseError as error:
        raise Refused("unreadable", "file_is_broken_zip") from error


def _bare(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: ElementTree.Element | None, name: str) -> list[ElementTree.Element]:
    """The children of the child with this name."""
    return list(next((one for one in (() if element is None else element) if _bare(one) == name), ()))


def _coloured(archive: zipfile.ZipFile, part: str, colours: Mapping[int, str]) -> Cells:
    cells: Cells = {}
    if not colours:
        return cells
    for piece in pieces(archive, part):
        for style, letters, row in _STYLED.findall(piece):
            colour = colours.get(int(style))
            if colour is not None:
                cells[int(row) - 1, column_index(letters.decode())] = colour
        _check(len(cells))
    return cells


def _check(count: int) -> None:
    if count > MAX_FOUND:
        raise Refused("limit", "limit_found", count, MAX_FOUND)


def _colours_of_styles(archive: zipfile.ZipFile, kind: str) -> dict[int, str]:
    """Number of a cell style → its colour; without those that are plain."""
    root = _tree(archive, "xl/styles.xml")
    theme = _theme(archive)
    indexed = [one.get("rgb", "")[-6:].upper() for one in _children(_child(root, "colors"), "indexedColors")]

    def colour(element: ElementTree.Element | None) -> str:
        return "" if element is None else _colour(element, theme, indexed)

    of_part = _of_font if kind == "font_colour" else _of_fill
    listed = _children(root, "fonts" if kind == "font_colour" else "fills")
    each = [of_part(one, colour) for one in listed]
    attribute = "fontId" if kind == "font_colour" else "fillId"
    found = {}
    for number, style in enumerate(_children(root, "cellXfs")):
        index = style.get(attribute, "0")
        shown = each[int(index)] if index.isdecimal() and int(index) < len(each) else ""
        if shown and shown != _PLAIN[kind]:
            found[number] = shown
    return found


def _child(element: ElementTree.Element, name: str) -> ElementTree.Element | None:
    return next((one for one in element if _bare(one) == name), None)


def _of_font(font: ElementTree.Element, colour: Callable[[ElementTree.Element | None], str]) -> str:
    return colour(_child(font, "color"))


def _of_fill(fill: ElementTree.Element, colour: Callable[[ElementTree.Element | None], str]) -> str:
    """The colour of a background; the one in front where it is a pattern."""
    pattern = _child(fill, "patternFill")
    if pattern is None or pattern.get("patternType", "none") == "none":
        return ""
    return colour(_child(pattern, "fgColor"))


def _theme(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of a colour of the theme → six digits."""
    scheme = next((one for one in _tree(archive, "xl/theme/theme1.xml").iter() if _bare(one) == "clrScheme"), None)
    found = {}
    for named in () if scheme is None else scheme:
        said = next(iter(named), None)
        if said is not None:
            found[_bare(named)] = (said.get("lastClr") or said.get("val") or "").upper()
    return found


def _colour(element: ElementTree.Element, theme: Mapping[str, str], indexed: Sequence[str]) -> str:
    """Six hexadecimal digits; empty where the colour is automatic or not told."""
    tint = _number(element.get("tint", "0"))
    if rgb := element.get("rgb"):
        return _tinted(rgb[-6:].upper(), tint)
    if (number := element.get("theme", "")).isdecimal() and int(number) < len(_THEME_ORDER):
        return _tinted(theme.get(_THEME_ORDER[int(number)], ""), tint)
    if (number := element.get("indexed", "")).isdecimal():
        return _tinted(_indexed(int(number), indexed), tint)
    return ""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _indexed(number: int, own: Sequence[str]) -> str:
    if number in _AUTOMATIC:
        return _AUTOMATIC[number]
    from openpyxl.styles.colors import COLOR_INDEX  # seldom asked for, and slow to import

    listed = own or [one[-6:].upper() for one in COLOR_INDEX]
    return listed[number] if number < len(listed) else ""


def _tinted(colour: str, tint: float) -> str:
    """The colour made lighter (above 0) or darker (below 0) as the standard says."""
    if not re.fullmatch("[0-9A-F]{6}", colour):
        return ""
    if not tint:
        return colour
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    mixed = colorsys.hls_to_rgb(hue, min(1.0, max(0.0, light)), saturation)
    return "".join(f"{round(255 * part):02X}" for part in mixed)


def _comments(archive: zipfile.ZipFile, part: str) -> Cells:
    """The comments of a sheet without the names of their authors; of a thread, its first."""
    folder, name = posixpath.split(part)
    cells: Cells = {}
    links = [(one.get("Type", "").rpartition("/")[2], one) for one in _tree(archive, f"{folder}/_rels/{name}.rels")]
    # A thread has a note too, for programs that know no threads.
    for kind, link in sorted(links, key=lambda one: one[0]):
        target = link.get("Target", "")
        if kind not in {"comments", "threadedComment"} or link.get("TargetMode") == "External":
            continue
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        root = _tree(archive, path)
        cells |= _notes(root) if kind == "comments" else _threads(root)
        _check(len(cells))
    return cells


def _place(reference: str) -> tuple[int, int] | None:
    found = _PLACE.fullmatch(reference)
    return (int(found[2]) - 1, column_index(found[1])) if found else None


def _notes(root: ElementTree.Element) -> Cells:
    authors = [(one.text or "").strip() for one in _children(root, "authors")]
    cells: Cells = {}
    for comment in _children(root, "commentList"):
        place = _place(comment.get("ref", ""))
        if place is not None:
            text = "".join(one.text or "" for one in comment.iter() if _bare(one) == "t").strip()
            number = comment.get("authorId", "")
            author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
            cells[place] = text.removeprefix(f"{author}:").strip() if author else text
    return cells


def _threads(root: ElementTree.Element) -> Cells:
    cells: Cells = {}
    for comment in root:
        place = _place(comment.get("ref", ""))
        if place is not None and comment.get("parentId") is None:
            cells[place] = "".join(one.text or "" for one in comment if _bare(one) == "text").strip()
    return cells
