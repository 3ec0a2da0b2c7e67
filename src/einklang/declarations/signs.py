"""What a sign in a cell means: meanings and the conventions that offices follow."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from einklang.declarations.base import Text
from einklang.errors import DeclarationError
from einklang.labels import normalise


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a sign says of a value, in SDMX statuses.

    `value` is what the sign does to the number: `0` sets zero, `none` leaves no value, `keep`
    goes with a number. `words` are what legends say for it, normalised.
    """

    code: str
    label_de: str
    label_en: str
    value: Literal["0", "none", "keep"]
    obs_status: str
    conf_status: str
    words: tuple[str, ...] = ()

    @property
    def label(self) -> Text:
        """What it is called."""
        return Text(de=self.label_de, en=self.label_en)

    @property
    def is_withheld(self) -> bool:
        """Whether a figure is not to be given: secret, not reliable enough, or in a cell that is blocked."""
        return self.is_secret or (self.value == "none" and self.obs_status in {"Q", "U", "M"})

    @property
    def is_secret(self) -> bool:
        """Whether a number beside the sign must not be shown."""
        return self.conf_status != "F"


@dataclass(frozen=True)
class Signs:
    """All meanings, and sign → meaning for each convention."""

    meanings: Mapping[str, Meaning]
    conventions: Mapping[str, Mapping[str, str]]


def assigned(meaning: str) -> str:
    """How the status of a figure is written that the profile gives it without a word of the office."""
    return f"={meaning}"


def explained(signs: Mapping[str, Meaning], beside_numbers: bool = False) -> Text:
    """The signs of the office with their meanings, the first of each; those beside numbers only where asked for."""
    first: dict[str, tuple[str, Meaning]] = {}
    for sign, meaning in signs.items():
        if sign and sign != assigned(meaning.code) and (beside_numbers or meaning.value != "keep"):
            first.setdefault(meaning.code, (sign, meaning))
    shown = first.values()
    return Text(
        de="; ".join(f"„{sign}“ = {meaning.label_de}" for sign, meaning in shown) or "–",
        en="; ".join(f"“{sign}” = {meaning.label_en}" for sign, meaning in shown) or "–",
    )


def load_signs(folder: Path) -> Signs:
    """Meanings from `signs.csv`, conventions from `sign_conventions.csv`."""
    meanings: dict[str, Meaning] = {}
    with (folder / "signs.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            value: Literal["0", "none", "keep"]
            match row["value"]:
                case "0":
                    value = "0"
                case "":
                    value = "none"
                case "keep":
                    value = "keep"
                case other:
                    raise DeclarationError(folder / "signs.csv", f"`{other}` is no value rule")
            meanings[row["code"]] = Meaning(
                row["code"],
                row["label_de"],
                row["label_en"],
                value,
                row["obs_status"],
                row["conf_status"],
                tuple(normalise(word) for word in row["words"].split("|") if word),
            )
    conventions: dict[str, dict[str, str]] = {}
    with (folder / "sign_conventions.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["meaning"] not in meanings:
                raise DeclarationError(folder / "sign_conventions.csv", f"`{row['meaning']}` is no meaning")
            conventions.setdefault(row["convention"], {})[row["sign"]] = row["meaning"]
    return Signs(meanings, conventions)
