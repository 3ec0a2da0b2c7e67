"""Ways to spoil a file, each repeatable from its seed: bytes, lines, columns, cells, numbers in XML, archives."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from random import Random

Mutator = Callable[[bytes, Random], bytes]
_HOSTILE = (
    "=1+1", "=HYPERLINK(\"http://x\")", "<script>alert(1)</script>", "\u202e04", "\0", "{zelle}", "%s", "#REF!",
    "9" * 400, "x" * 70_000, "\"", "''", "\ufeff", "\ud7ff", "1e308", "-0", "31.02.2024", "𝟙𝟚", "nan", "\x1b[31m", "",
)  # fmt: skip
_NUMBERS = ("0", "-1", "1", "1048576", "16384", "4294967296", "99999999999999999999", "XFD1048576", "A0", "")
_ATTRIBUTE = re.compile(rb'((?:r|ref|min|max|s|t|Index|Span|MergeAcross|MergeDown|repeated|count|spans|id)=")([^"]*)"')


def _at(content: bytes, random: Random) -> int:
    return random.randrange(len(content) + 1)


def flip_bits(content: bytes, random: Random) -> bytes:
    spoiled = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        if spoiled:
            spoiled[random.randrange(len(spoiled))] ^= 1 << random.randrange(8)
    return bytes(spoiled)


def cut(content: bytes, random: Random) -> bytes:
    return content[: _at(content, random)]


def remove(content: bytes, random: Random) -> bytes:
    start, end = sorted((_at(content, random), _at(content, random)))
    return content[:start] + content[end:]


def repeat(content: bytes, random: Random) -> bytes:
    start, end = sorted((_at(content, random), _at(content, random)))
    return content[:end] + content[start:end] * random.randrange(1, 20) + content[end:]


def insert(content: bytes, random: Random) -> bytes:
    at = _at(content, random)
    return content[:at] + random.randbytes(random.choice((1, 4, 100))) + content[at:]


def shuffle_lines(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    random.shuffle(lines)
    return b"".join(lines)


def swap_columns(content: bytes, random: Random) -> bytes:
    lines = [line.split(b";") for line in content.split(b"\n")]
    first, second = random.randrange(6), random.randrange(6)
    for fields in lines:
        if len(fields) > max(first, second):
            fields[first], fields[second] = fields[second], fields[first]
    return b"\n".join(b";".join(fields) for fields in lines)


def replace_cell(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    number = random.randrange(len(lines))
    fields = lines[number].split(b";")
    fields[random.randrange(len(fields))] = random.choice(_HOSTILE).encode("utf-8", "replace")
    lines[number] = b";".join(fields)
    return b"\n".join(lines)


def replace_attribute(content: bytes, random: Random) -> bytes:
    found = list(_ATTRIBUTE.finditer(content))
    if not found:
        return replace_text(content, random)
    one = random.choice(found)
    return content[: one.start(2)] + random.choice(_NUMBERS).encode() + content[one.end(2) :]


def replace_text(content: bytes, random: Random) -> bytes:
    found = list(re.finditer(rb">([^<]*)<", content)) or list(re.finditer(rb'"([^"]*)"', content))
    if not found:
        return flip_bits(content, random)
    one = random.choice(found)
    return content[: one.start(1)] + random.choice(_HOSTILE).encode("utf-8", "replace") + content[one.end(1) :]


PLAIN: tuple[Mutator, ...] = (
    flip_bits, cut, remove, repeat, insert, shuffle_lines, swap_columns, replace_cell, replace_attribute, replace_text,
)  # fmt: skip


def edit_archive(content: bytes, random: Random) -> bytes:
    """Mutates, drops, doubles or renames members, and packs again."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return flip_bits(content, random)
    if not members:
        return content
    at = random.randrange(len(members))
    name, data = members[at]
    match random.randrange(10):
        case 0:
            del members[at]
        case 1:
            members.append((name, data))
        case 2:
            members[at] = (random.choice(("../x", "/etc/passwd", "C:\\x", "x\\..\\y", "ü" * 300, "con")), data)
        case 3:
            members.append((random.choice(("xl/embeddings/o.bin", "xl/vbaProject.bin", "b.csv", "c.zip")), content))
        case 4:
            members[at] = (name, b"")
        case _:
            members[at] = (name, random.choice(PLAIN)(data, random))
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)  # the same name twice is the point
        for member, text in members:
            if random.random() < 0.98:
                info = zipfile.ZipInfo(member)
                info.compress_type = random.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
                archive.writestr(info, text)
    packed = stream.getvalue()
    return flip_bits(packed, random) if random.random() < 0.1 else packed


def mutated(content: bytes, random: Random) -> bytes:
    """The file spoiled in one to four ways."""
    is_archive = content.startswith(b"PK")
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        mutator = edit_archive if is_archive and random.random() < 0.7 else random.choice(PLAIN)
        content = mutator(content, random)
    return content
