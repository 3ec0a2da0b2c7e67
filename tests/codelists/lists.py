"""The code lists as rows of texts, read without the library."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODELISTS = ROOT / "schemas" / "codelists"
Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    with (CODELISTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, strict=True))


def by_code(name: str) -> dict[str, Row]:
    return {row["code"]: row for row in rows(name)}


def normalise(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u00ad", "")
    text = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return re.sub(r"[\s_]+", " ", text).strip()


def split(text: str) -> list[str]:
    return text.split("|") if text else []


def spellings(row: Row) -> set[str]:
    texts = [row["code"], row["label_de"], row["label_en"], *split(row["aliases"])]
    return {normalise(text) for text in texts}


def clashes(*names: str) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for row in rows(name):
            for spelling in spellings(row):
                owners[spelling].add(f"{name}:{row['code']}")
    return {spelling: codes for spelling, codes in owners.items() if len(codes) > 1}


def is_valid_on(row: Row, day: date) -> bool:
    start = date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min
    end = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
    return start <= day <= end
