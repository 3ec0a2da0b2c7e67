"""What labels could be: every code list of a data set, and periods, held against the texts of a column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from rapidfuzz import fuzz, process

from einklang.codes import measure_list
from einklang.declarations.codelists import CodeList
from einklang.declarations.dataset import Dataset
from einklang.draft.abbreviated import spelled_out, with_type
from einklang.draft.limits import code_of_whole, codes_by_limits
from einklang.draft.municipal import LENGTH_OF_KREIS, PATTERN_OF_MUNICIPALITY, kreise_of
from einklang.draft.suggested import Suggestion, suggested
from einklang.draft.wording import CODE, is_word, kind_of_mark, looks_like_codes, without_mark, without_part
from einklang.draft.words import words
from einklang.labels import normalise
from einklang.periods import read_period
from einklang.project import Project

_KEY_AND_NAME = re.compile(r"(?P<key>\d{1,8})\s+\D.*")
_LETTERS_AND_KEY = re.compile(r"(?P<letters>[A-Za-z]{1,8}[-_]?)(?P<key>\d+)")
_DATED_OR_NOT = r"(?P<key>.+?)(?: \([^()]*(?:19|20)\d\d[^()]*\))?"
_DATED = re.compile(_DATED_OR_NOT.removesuffix("?"))
_END_OF_YEAR = r"31\.12\.(?P<key>\d{4})"
_BULLET = re.compile(r"(?P<bullet>[•●▪·‣◦–-] )(?P<key>.+)")
_MOST = 4_000
_SPELLINGS = 400
_MOST_PAIRS = 200_000
_SURE = 0.6
# Of so many texts some are tried first, and the others only where one in ten is known.
_MANY = 400
_PROBED = 100
_ANY = 0.1
_MOSTLY = 0.6
_SEVERAL = 2
_VERY_NEAR = 90
# Digits of the keys of Regierungsbezirke and Gemeinden, and of the Regionalschlüssel.
_LEVELS = (3, 8, 12)
# Digits of the key of a Kreis behind that of its Land.
_OF_KREIS = 3


@dataclass(frozen=True)
class Match:
    """How well texts fit a dimension: the code of each text (None: unknown), read by `scheme`, `pattern`,
    `prefix` and `length`.

    A profile must say the codes of three kinds of texts: `said` have theirs by their limits or by the name beside them,
    `parts` without a word such as `dar.`, `near` abbreviate a label. `levels` are the keys of areas of a level that is
    not collected; `marks` the kinds of footnote marks without which a text has its code.
    """

    dimension: str
    scheme: str
    codes: dict[str, str | None]
    pattern: str | None = None
    prefix: str = ""
    length: int | None = None
    said: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()

    @property
    def share(self) -> float:
        """Share of the texts that have a code, but for levels that are not collected."""
        known = sum(code is not None for code in self.codes.values())
        return known / max(1, len(self.codes) - len(self.levels))

    @property
    def unknown(self) -> list[str]:
        """The texts without a code, but for levels that are not collected."""
        return [text for text, code in self.codes.items() if code is None and text not in self.levels]

    @property
    def written(self) -> dict[str, str]:
        """The codes that a profile must say."""
        return {text: code for text, code in self.codes.items() if code and text in self.said | self.parts | self.near}

    @property
    def is_keyed(self) -> bool:
        """Whether the texts are keys, not names."""
        return self.scheme != "label" or looks_like_codes(list(self.codes))


@dataclass(frozen=True)
class Lookups:
    """What was looked up before: readings of texts, and normalised texts."""

    matches: dict[tuple[object, ...], Match] = field(default_factory=dict)
    normalised: dict[str, str] = field(default_factory=dict)

    def normalise(self, text: str) -> str:
        """The text as it is compared."""
        if text not in self.normalised:
            self.normalised[text] = normalise(text)
        return self.normalised[text]


@dataclass(frozen=True)
class Known:
    """The code lists of one data set; `lookups` are shared by the data sets, which share most lists.

    `land` is the key of the supplier's Land, where it has one.
    """

    project: Project
    dataset: Dataset
    lookups: Lookups = field(default_factory=Lookups)
    land: str = ""

    @cached_property
    def lists(self) -> dict[str, CodeList]:
        """Dimension → code list; `measure` and `unit` too."""
        axes = {one.name: self.project.codes(self.dataset.name, one.name) for one in self.dataset.dimensions}
        return {**axes, "measure": measure_list(self.dataset), "unit": self.project.codelists["units"]}

    @cached_property
    def schemes(self) -> dict[str, list[str]]:
        """Dimension → the keys its labels can be: an extra column serves where it tells every code apart."""
        found: dict[str, list[str]] = {}
        for name, codelist in self.lists.items():
            found[name] = ["label", "key"] if name not in {"measure", "unit"} else ["label"]
            if name in {"measure", "unit"}:
                continue
            for scheme in sorted(codelist.schemes):
                values = [code.extra[scheme] for code in codelist.codes.values() if code.extra.get(scheme)]
                if len(values) > 1 and len(set(values)) == len(values) and all(map(_is_short_key, values)):
                    found[name].append(scheme)
        return found

    def total(self, dimension: str) -> str | None:
        """The code of the total of a dimension; None where its list has none."""
        axis = next((one for one in self.dataset.dimensions if one.name == dimension), None)
        return axis.total if axis is not None and axis.total in self.lists[dimension].codes else None

    def period(self, texts: Sequence[str]) -> Match:
        """The texts as periods of the data set; a year is one too with the month of its reference day (`202412`)
        or its last day."""
        asked = ("period", self.dataset.period_type, self.dataset.reference_day, tuple(texts[:_MOST]))
        if asked not in self.lookups.matches:
            self.lookups.matches[asked] = self._period(texts)
        return self.lookups.matches[asked]

    def _period(self, texts: Sequence[str]) -> Match:
        if len(texts) > _MANY and not self._period(texts[:: len(texts) // _PROBED]).share > _ANY:
            return Match("period", "label", dict.fromkeys(texts))
        codes = self._coded({text: text for text in texts[:_MOST] if text})
        bare = {text: without_mark(text) for text, code in codes.items() if not code}
        marked = {text: code for text, code in self._coded(bare).items() if code}
        marks = frozenset(filter(None, map(kind_of_mark, marked)))
        match = Match("period", "label", {**codes, **marked}, marks=marks)
        month = (self.dataset.reference_day or "12")[:2]
        for pattern in () if match.share else (rf"(?P<key>\d{{4}}){month}", _END_OF_YEAR):
            years = {text: hit["key"] for text in match.codes if (hit := re.fullmatch(pattern, text))}
            if years and len(years) == len(match.codes):
                match = Match("period", "label", self._coded(years), pattern)
        return match

    def _coded(self, written: Mapping[str, str]) -> dict[str, str | None]:
        """The code of each text by the period that is written for it."""
        found = {text: read_period(period, self.dataset) for text, period in written.items()}
        return {text: one.code if one else None for text, one in found.items()}

    def match(self, texts: Sequence[str], dimension: str) -> Match:
        """The reading of the texts as labels of a dimension that explains most of them."""
        wanted = [text for text in dict.fromkeys(texts) if text][:_MOST]
        asked = (*self._listed(dimension), tuple(wanted))
        if asked not in self.lookups.matches:
            self.lookups.matches[asked] = self._match(wanted, dimension)
        return self.lookups.matches[asked]

    def _listed(self, dimension: str) -> tuple[object, ...]:
        """What tells the code list of a dimension from others."""
        axis = next((one for one in self.dataset.dimensions if one.name == dimension), None)
        return dimension, tuple(axis.codelists) if axis else () if dimension == "unit" else self.dataset.name

    def _look_up(self, texts: Sequence[str], dimension: str, scheme: str) -> list[str | None]:
        """The code of each text in a scheme, None where it is unknown."""
        table = self.lists[dimension].spellings(scheme)
        return [table.get(self.lookups.normalise(text)) for text in texts]

    def _match(self, wanted: list[str], dimension: str) -> Match:
        best = Match(dimension, "label", dict.fromkeys(wanted))
        if len(wanted) > _MANY and not self._match(wanted[:: len(wanted) // _PROBED], dimension).share > _ANY:
            return best
        for scheme in self.schemes[dimension]:
            best = max(best, self._read(wanted, dimension, scheme), key=_worth)
        if best.share < _SURE:
            best = max(best, *self._rewritten(wanted, dimension), key=_worth)
        if best.scheme == "label":
            if any(_DATED.fullmatch(text) for text in best.unknown):
                best = max(best, self._undated(wanted, dimension), key=_worth)
            best = self._by_limits(best) if dimension in self._with_limits else best
        if best.unknown and best.scheme == "label" and best.pattern is None:
            best = self._without_bullets(best)
        if best.unknown and best.scheme == "label":
            best = self._without_part(best)
        if best.unknown and best.scheme == "label" and dimension not in {"measure", "unit"}:
            best = self._abbreviated(best)
        return best

    def _abbreviated(self, match: Match) -> Match:
        """The match with the texts that abbreviate a label, or the type of an area."""
        labels = self.lists[match.dimension].by_label
        if len(match.unknown) * len(labels) > _MOST_PAIRS:
            return match
        typed = {
            text: code
            for text in match.unknown
            if (code := next(filter(None, (labels.get(normalise(one)) for one in with_type(text))), None))
        }
        rest = [text for text in match.unknown if text not in typed]
        near = {text: code for text in rest if (code := spelled_out(without_part(text), labels))}
        parts, abbreviated = match.parts | typed.keys(), match.near | near.keys()
        return replace(match, codes={**match.codes, **typed, **near}, parts=parts, near=abbreviated)

    def _without_part(self, match: Match) -> Match:
        """The match with the texts behind `darunter` and the like (`dar. Ausl.`)."""
        behind = {text: rest for text in match.unknown if (rest := without_part(text)) != text and rest}
        read = self._read(list(dict.fromkeys(behind.values())), match.dimension, match.scheme)
        codes = {text: code for text, rest in behind.items() if (code := read.codes[rest])}
        return replace(match, codes={**match.codes, **codes}, parts=frozenset(codes)) if codes else match

    def _without_bullets(self, match: Match) -> Match:
        """The match with the texts that stand behind a bullet (`• EU-Drittstaaten`)."""
        listed = {text: hit for text in match.unknown if (hit := _BULLET.fullmatch(text))}
        if not listed:
            return match
        read = self._read([hit["key"] for hit in listed.values()], match.dimension, match.scheme)
        codes = {text: read.codes[hit["key"]] for text, hit in listed.items()}
        if not any(codes.values()):
            return match
        bullets = "|".join(dict.fromkeys(re.escape(hit["bullet"]).replace("\\ ", " ") for hit in listed.values()))
        pattern = f"(?:{bullets})?(?P<key>.+)"
        return replace(match, codes={**match.codes, **codes}, pattern=pattern, marks=match.marks | read.marks)

    def _undated(self, wanted: list[str], dimension: str) -> Match:
        """Labels with a date in brackets behind them (`Arbeitslose (Dez 2013)`)."""
        keys = [hit["key"] if (hit := _DATED.fullmatch(text)) else text for text in wanted]
        return replace(self._read(wanted, dimension, "label", keys), pattern=_DATED_OR_NOT)

    def _rewritten(self, wanted: list[str], dimension: str) -> list[Match]:
        """Keys with a name behind them, with letters before them, or without their leading zero."""
        found = [Match(dimension, "label", dict.fromkeys(wanted))]
        split = [hit["key"] if (hit := _KEY_AND_NAME.fullmatch(text)) else "" for text in wanted]
        keyed_texts = sum(map(bool, split)) >= _MOSTLY * len(wanted)
        if keyed_texts:
            keyed = self._read(wanted, dimension, "key", split)
            lengths = sorted({len(key) for key, text in zip(split, wanted, strict=True) if keyed.codes[text]})
            either = "|".join(rf"\d{{{length}}}" for length in lengths)
            found.append(replace(keyed, pattern=f"(?P<key>{either}) .+"))
        lettered = [hit for text in wanted if (hit := _LETTERS_AND_KEY.fullmatch(text))]
        if len(lettered) > _SEVERAL and len(lettered) >= _MOSTLY * len(wanted):
            letters = lettered[0]["letters"]
            keys = [text.removeprefix(letters) for text in wanted]
            pattern = rf"{re.escape(letters)}(?P<key>\d+)"
            found += [
                replace(self._read(wanted, dimension, scheme, keys), pattern=pattern)
                for scheme in self.schemes[dimension]
                if scheme != "label"
            ]
        if dimension == "area":
            found += [*self._prefixed(wanted, wanted, None), *self._of_municipalities(wanted)]
            if keyed_texts:
                found += self._prefixed(wanted, split, "(?P<key>{}) .+")
        return found

    def _of_municipalities(self, texts: list[str]) -> list[Match]:
        """Keys of Kreise and Länder written as those of municipalities (`06411000`), also without the first zero."""
        keys = kreise_of(texts)
        if keys is None:
            return []
        match = self._read(texts, "area", "key", [keys[text] for text in texts])
        lands = {text: key[:2] for text, key in keys.items() if key.endswith("000")}
        lands = {text: land for text, land in lands.items() if land in self.project.codelists["laender"].codes}
        levels = {text for text, key in keys.items() if key.endswith("00") and text not in lands}
        codes = {**match.codes, **lands}
        said, rest = frozenset(lands), frozenset(levels) - {text for text in levels if codes[text]}
        return [
            replace(
                match,
                codes=codes,
                parts=said,
                levels=rest,
                pattern=PATTERN_OF_MUNICIPALITY,
                length=LENGTH_OF_KREIS,
            )
        ]

    def _prefixed(self, texts: list[str], keys: list[str], pattern: str | None) -> list[Match]:
        """Keys without their leading zero, or without the key of the Land."""
        if not all(key.isdecimal() for key in keys):
            return []
        found = []
        own = _OF_KREIS if any(len(key) < _OF_KREIS for key in keys) else None
        for prefix, length in (("0", None), (self.land, own)):
            if not prefix or (prefix == "0" and any(key.startswith("0") for key in keys)):
                continue
            match = self._read(texts, "area", "key", [f"{prefix}{key.zfill(length or 0)}" for key in keys])
            lengths = sorted({len(key) for key, text in zip(keys, texts, strict=True) if match.codes[text]})
            form = pattern and pattern.format("|".join(rf"\d{{{length}}}" for length in lengths))
            found.append(replace(match, prefix=prefix, length=length, pattern=form))
        return found

    def _read(self, texts: list[str], dimension: str, scheme: str, keys: list[str] | None = None) -> Match:
        """The texts by one scheme; `keys` are the parts of them that are looked up, where not the whole."""
        found = self._look_up(keys or texts, dimension, scheme)
        marks: frozenset[str] = frozenset()
        if keys is None and None in found:
            stripped = self._look_up(list(map(without_mark, texts)), dimension, scheme)
            pairs = [(text, other) for text, code, other in zip(texts, found, stripped, strict=True) if not code]
            marks = frozenset(filter(None, (kind_of_mark(text) for text, other in pairs if other)))
            found = [code or other for code, other in zip(found, stripped, strict=True)]
        levels: frozenset[str] = frozenset()
        if dimension == "area" and scheme == "key":
            levels = frozenset(
                text
                for text, key, code in zip(texts, keys or texts, found, strict=True)
                if code is None and self._is_level(key)
            )
        return Match(dimension, scheme, dict(zip(texts, found, strict=True)), levels=levels, marks=marks)

    @cached_property
    def labels_of_measures(self) -> dict[str, list[str]]:
        """Measure → its label and aliases."""
        return {one.name: [one.title.de, *one.aliases] for one in self.dataset.measures}

    @cached_property
    def _key_lengths(self) -> frozenset[int]:
        return frozenset(len(code) for code in self.lists["area"].codes if code.isdecimal())

    def of_land(self, land: str) -> Known:
        """The same for keys without the key of this Land."""
        return self if land == self.land else replace(self, land=land, lookups=Lookups())

    def _is_level(self, key: str) -> bool:
        """Whether a key stands for a level of areas that is not collected, e.g. a Gemeinde."""
        return (
            key.isdecimal()
            and len(key) in _LEVELS
            and len(key) not in self._key_lengths
            and key[:2] in self.project.codelists["laender"].codes
        )

    @cached_property
    def _with_limits(self) -> frozenset[str]:
        """The dimensions whose codes say from where to where they reach."""
        return frozenset(name for name, one in self.lists.items() if "from_age" in one.schemes)

    def _by_limits(self, match: Match) -> Match:
        """The match with the texts that say from where to where they reach."""
        codelist = self.lists[match.dimension]
        behind = {text: without_part(text) for text in match.codes}
        codes = codes_by_limits(match.unknown and list(dict.fromkeys(behind.values())), codelist)
        said = {text: codes[behind[text]] for text in match.unknown if behind[text] in codes}
        sums = [text for text in match.codes if is_word(text, words().subtotal)]
        if sums and (whole := code_of_whole({**match.codes, **said}.values(), codelist)):
            said |= dict.fromkeys(sums, whole)
        return replace(match, codes={**match.codes, **said}, said=match.said | said.keys())

    def best(self, texts: Sequence[str], but: Sequence[str] = ()) -> list[Match]:
        """The dimensions that fit, best first; `but` are not asked."""
        found = [self.match(texts, name) for name in self.lists if name not in but]
        if "period" not in but:
            found.append(self.period(texts))
        return sorted((one for one in found if one.share > 0), key=lambda one: -one.share)

    def units(self, texts: Sequence[str]) -> Match:
        """The texts as units, of those that a measure of the data set can have."""
        found = self.match(texts, "unit")
        own = {measure.unit for measure in self.dataset.measures}
        fitting = {
            code
            for code in filter(None, found.codes.values())
            if any(self.project.factor(code, one) is not None for one in own)
        }
        return replace(found, codes={text: code if code in fitting else None for text, code in found.codes.items()})

    def nearest(self, text: str, dimension: str) -> str | None:
        """The code of the only label that is very near."""
        if code := spelled_out(without_part(text), self.lists[dimension].by_label):
            return code
        codes = self.lists[dimension].codes
        labels = {code.label_de: code.code for code in codes.values()}
        near = process.extract(without_mark(text), labels.keys(), scorer=fuzz.WRatio, score_cutoff=_VERY_NEAR, limit=2)
        return labels[near[0][0]] if len(near) == 1 and len(text) < _SPELLINGS else None

    def suggestion(self, text: str, dimension: str) -> str:
        """The nearest label of a dimension; empty where none is near."""
        meant = self.meant(text, dimension)
        return self.lists[dimension].codes[meant.code].label_de if meant else ""

    def meant(self, text: str, dimension: str) -> Suggestion | None:
        """The code whose label shares the words of a text; None where none does, or too many do."""
        if dimension not in self.lists or len(text) > _SPELLINGS:
            return None
        return suggested(text, {one.label_de: one.code for one in self.lists[dimension].codes.values()})


def _is_short_key(text: str) -> bool:
    return len(text) <= CODE and " " not in text and "|" not in text


def _worth(match: Match) -> tuple[float, int]:
    """What makes one reading better than another: its share, then how many texts it knows."""
    return match.share, sum(code is not None for code in match.codes.values())
