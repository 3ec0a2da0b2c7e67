"""Headings that say several things: a measure with a group, or a measure in words over several header rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from einklang.draft.abbreviated import is_word_of
from einklang.draft.known import Known, Match
from einklang.draft.meant import measure_meant
from einklang.draft.wording import is_word, without_mark, without_part
from einklang.draft.words import words
from einklang.labels import normalise

_SHORT = 3
_MOST_WORDS = 7
_SUFFIX = 2
_WORDS_OF_UNIT = 3
_BETWEEN = ":,;–- "


def compose(known: Known, text: str, but: Sequence[str] = ()) -> tuple[dict[str, str], bool]:
    """The codes of a heading that names a measure and, before or behind it, a group; whether it is only near.

    A group of the dimensions `but` is not looked for, and a total is none: of which dimension it is, the other
    headings say.
    """
    labels = known.lists["measure"].by_label
    if whole := labels.get(normalise(text)):
        return {"measure": whole}, False
    parts = text.replace("_", " ").split()
    if behind := _words_of_unit(known, parts):
        if whole := labels.get(normalise(" ".join(parts[:-behind]))):
            return {"measure": whole}, False
        parts = parts if len(parts) == behind + 1 else parts[:-behind]
    for count in range(len(parts) - 1, 0, -1):
        for head, rest in ((parts[:count], parts[count:]), (parts[-count:], parts[:-count])):
            named = _group(known, " ".join(rest).strip(_BETWEEN), but)
            measure = " ".join(head).strip(_BETWEEN)
            if named is not None and (code := labels.get(normalise(measure)) or measure_meant(known, measure)):
                return {"measure": code, **named}, normalise(measure) not in labels
    near = measure_meant(known, text) or _measure_within(known, parts) or _measure_of_unit(known, text.split())
    return ({"measure": near}, True) if near else ({}, False)


def unit_behind(known: Known, text: str, measure: str | None) -> str | None:
    """The unit that a heading ends with (`… in 1000`), where it is another one than that of the measure."""
    parts = text.replace("_", " ").split()
    count = _words_of_unit(known, parts)
    unit = known.lists["unit"].by_label[normalise(" ".join(parts[-count:]))] if count else ""
    own = {one.unit for one in known.dataset.measures if measure in {one.name, None}}
    return unit if count and len(own) == 1 and known.project.factor(unit, *own) not in {None, 1} else None


def _words_of_unit(known: Known, parts: Sequence[str]) -> int:
    """How many words of a unit stand behind other words."""
    units = known.lists["unit"].by_label
    longest = min(_WORDS_OF_UNIT, len(parts) - 1)
    return next((count for count in range(longest, 0, -1) if normalise(" ".join(parts[-count:])) in units), 0)


def measures_by_kind(known: Known, texts: Sequence[str]) -> Match | None:
    """`Bestand` and `Quote` as the only count and the only rate of the data set; None where one is not named."""
    units = known.lists["unit"].codes
    kinds: dict[str, list[str]] = {"count": [], "share": []}
    for one in known.dataset.measures:
        kinds.setdefault(units[one.unit].kind, []).append(one.name)
    if len(kinds["count"]) != 1 or len(kinds["share"]) != 1:
        return None
    listed = {"count": words().counts, "share": words().rates}
    codes = {text: kinds[kind][0] for text in texts for kind, named in listed.items() if is_word(text, named)}
    is_whole = len(codes) == len(texts) and len(set(codes.values())) == len(listed)
    return Match("measure", "label", {**codes}, parts=frozenset(codes)) if is_whole else None


def measures_of_path(known: Known, paths: Sequence[Sequence[str]]) -> dict[int, str]:
    """The measure of each column whose headings, from the upper to the lower, hold all words of its label.

    Abbreviated words count (`Eink.-steuer`). Of several measures it is the one whose words stand over the fewest
    columns.
    """
    words_of = [[_tokens(text) for text in _joined(path)] for path in paths]
    every = [{word for text in path for word in text} for path in words_of]
    columns = Counter(word for one in every for word in one)
    labels = {name: list(map(_tokens, own)) for name, own in known.labels_of_measures.items()}
    found: dict[int, str] = {}
    for index, path in enumerate(words_of):
        worth = {
            name: max(_worth_of_label(label, every[index], columns) for label in own) for name, own in labels.items()
        }
        most = max(worth.values(), default=0.0)
        named = [name for name, one in worth.items() if one == most > 0]
        if len(named) == 1 and _holds_lowest(known, named[0], path, columns, len(paths)):
            found[index] = named[0]
    return found


class Meant(NamedTuple):
    """Headings as measures; of some the codes of a group too (`composed`), or the measure by likeness only (`near`)."""

    match: Match
    composed: dict[str, dict[str, str]]
    near: dict[str, str]


def measures_meant(known: Known, texts: Sequence[str], placed: Sequence[str], is_alone: bool) -> Meant:
    """Headings as measures, by their labels or the nearest ones; in a row that is alone they may name a group too."""
    read = {text: compose(known, text, placed) for text in texts}
    codes = {text: found.get("measure") if is_alone or len(found) < 2 else None for text, (found, _) in read.items()}
    if is_alone:
        left = {text: found.get("measure", "") for text, (found, _) in read.items()}
        for text, found in groups_of_left(known, left, placed).items():
            read[text] = (found, False)
            codes[text] = found["measure"]
    # Two headings that mean the same measure exactly and nearly are two things.
    exact = {frozenset(found.items()) for found, is_near in read.values() if found and not is_near}
    for text, (found, is_near) in read.items():
        if is_near and frozenset(found.items()) in exact:
            codes[text] = None
    return Meant(
        Match("measure", "label", codes),
        {text: found for text, (found, _) in read.items() if is_alone and len(found) > 1},
        {text: found["measure"] for text, (found, is_near) in read.items() if is_near and codes[text]},
    )


def groups_of(known: Known, texts: Sequence[str], but: Sequence[str]) -> dict[str, dict[str, str]]:
    """The codes of headings that name groups of several dimensions, or two of them (`Ausländer weiblich`).

    What headings have in common around their groups (`Auslaender_…_Anzahl`) is left out. Totals have no code of their
    own. Empty where a heading is not understood, or no group is named.
    """
    inner = _without_common(texts)
    found: dict[str, dict[str, str]] = {}
    for text, words_of_text in zip(texts, inner, strict=True):
        codes = _groups(known, words_of_text, but)
        if codes is None:
            return {}
        found[text] = codes
    return found if any(found.values()) and len({tuple(sorted(one.items())) for one in found.values()}) > 1 else {}


def groups_of_left(known: Known, measures: Mapping[str, str], but: Sequence[str]) -> dict[str, dict[str, str]]:
    """The codes of headings such as `dar. weibl.`, which name a group of the measure to their left.

    `measures` are the headings from the left, with their measure or an empty text.
    """
    found: dict[str, dict[str, str]] = {}
    left = ""
    for text, measure in measures.items():
        rest = without_part(text)
        if measure:
            left = measure
        elif left and rest != text and (group := _group(known, rest, but)):
            found[text] = {"measure": left, **group}
    return found


def suffixes_of(known: Known, match: Match, but: Sequence[str]) -> dict[str, dict[str, str]]:
    """Headings that differ by a letter or two: `E`, `EM`, `EW` are a total and its groups; empty where none do."""
    total = known.total(match.dimension) if match.dimension in known.lists else None
    for base in match.unknown if total is not None else ():
        ends = {text: text.removeprefix(base).strip("_ ") for text in match.unknown if text.startswith(base)}
        groups = [end for end in ends.values() if end]
        if not 1 < len(groups) == len(ends) - 1 or max(map(len, groups)) > _SUFFIX:
            continue
        for fitting in known.best(groups, but=but):
            whole = known.total(fitting.dimension) if fitting.dimension in known.lists else None
            if fitting.share == 1 and whole is not None:
                named = {text: fitting.codes.get(end) or whole for text, end in ends.items()}
                return {text: {match.dimension: total or "", fitting.dimension: code} for text, code in named.items()}
    return {}


def _without_common(texts: Sequence[str]) -> list[list[str]]:
    """The words of the texts without those that all of them begin and end with."""
    split = [text.replace("_", " ").split() for text in texts]
    if len(split) < 2:
        return split
    start = next((n for n in range(min(map(len, split))) if len({one[n] for one in split}) > 1), 0)
    rest = [one[start:] for one in split]
    shortest = min(map(len, rest))
    end = next((n for n in range(1, shortest + 1) if len({one[-n] for one in rest}) > 1), shortest + 1) - 1
    return [one[: len(one) - end] for one in rest]


def _groups(known: Known, parts: list[str], but: Sequence[str]) -> dict[str, str] | None:
    """The codes of one group, or of two that stand one behind the other."""
    if parts and normalise(parts[0]) in words().part:
        parts = parts[1:]
    if not parts:
        return {}
    if (titled := _titled(known, parts, but)) is not None:
        return titled
    whole = _group(known, " ".join(parts), but)
    if whole is not None:
        return whole
    for count in range(1, len(parts)):
        first = _group(known, " ".join(parts[:count]), but)
        second = _group(known, " ".join(parts[count:]), [*but, *(first or ())])
        if first is not None and second is not None:
            return {**first, **second}
    return None


def matches_without_start(known: Known, texts: Sequence[str], but: Sequence[str]) -> list[Match]:
    """The dimensions that explain all headings without the words that their groups begin with (`Kinder mit …`)."""
    inner = _without_start(texts)
    found = []
    for match in known.best(list(inner.values()), but=[*but, "measure", "period"]) if inner else []:
        sums = {text: known.total(match.dimension) for text in texts if text not in inner}
        if match.share == 1 and all(sums.values()):
            codes = {text: match.codes[rest] for text, rest in inner.items()}
            found.append(Match(match.dimension, "label", {**sums, **codes}, said=frozenset(inner)))
    return found


def _without_start(texts: Sequence[str]) -> dict[str, str]:
    """Text → what is left without the words that all texts but totals begin with; empty where they share none."""
    own = [text for text in texts if not is_total(text)]
    split = [text.split() for text in own]
    shared = 0
    while split and min(map(len, split)) > shared + 1 and len({one[shared] for one in split}) == 1:
        shared += 1
    return (
        {text: " ".join(one[shared:]) for text, one in zip(own, split, strict=True)} if shared and len(own) > 1 else {}
    )


def _titled(known: Known, parts: list[str], but: Sequence[str]) -> dict[str, str] | None:
    """The code of a group behind the title of its dimension (`Geschlecht weiblich`), empty for a total."""
    for axis in known.dataset.dimensions:
        count = len(axis.title.de.split())
        rest = " ".join(parts[count:])
        if axis.name in but or not rest or normalise(" ".join(parts[:count])) != normalise(axis.title.de):
            continue
        code = known.match([rest], axis.name).codes.get(rest)
        if is_total(rest) or code is not None:
            return {axis.name: code} if code and code != known.total(axis.name) else {}
    return None


def is_total(text: str) -> bool:
    """Whether a word stands for a sum."""
    return is_word(text, words().total)


def is_total_of(text: str, labels: Sequence[str]) -> bool:
    """Whether a heading is a word for a sum, alone or behind the first words of one of the labels (normalised)."""
    head, _, last = text.rpartition(" ")
    return is_total(last) and (not head or any(label.startswith(f"{normalise(head)} ") for label in labels))


def _group(known: Known, text: str, but: Sequence[str]) -> dict[str, str] | None:
    """The code of a group, empty for a total; None where it is unknown."""
    if is_word(text, words().total):
        return {}
    if text.count(" ") > _MOST_WORDS:
        return None
    groups = [name for name in known.lists if name not in {"measure", "unit", "area", *but}]
    for name in groups:
        if code := known.match([text], name).codes.get(text):
            return {} if code == known.total(name) else {name: code}
    return None


def _measure_within(known: Known, parts: list[str]) -> str | None:
    """The measure of a heading with one short word more, such as `JD Arbeitslose`."""
    labels = known.lists["measure"].by_label
    shorter = [parts[1:], parts[:-1]] if len(parts) > 1 and min(len(parts[0]), len(parts[-1])) <= _SHORT else []
    return next((code for one in shorter if (code := labels.get(normalise(" ".join(one))))), None)


def _measure_of_unit(known: Known, parts: list[str]) -> str | None:
    """The only measure in the unit that a heading ends with, such as `in %`."""
    units = known.lists["unit"].by_label
    unit = next((code for count in (2, 1) if (code := units.get(normalise(" ".join(parts[-count:]))))), None)
    of_unit = [one.name for one in known.dataset.measures if one.unit == unit]
    return of_unit[0] if len(of_unit) == 1 and len(parts) > 1 and len(known.dataset.measures) > 1 else None


def _holds_lowest(known: Known, name: str, path: list[list[str]], columns: Counter[str], count: int) -> bool:
    """Whether the lowest heading, but for sums and what stands over all columns, holds a word of the measure."""
    lowest = [word for word in (path[-1] if path else []) if columns[word] < count and not is_total(word)]
    labels = {word for label in known.labels_of_measures[name] for word in _tokens(label)}
    return not lowest or any(is_word_of(word, each) for word in labels for each in lowest)


def _joined(path: Sequence[str]) -> list[str]:
    """The headings, a word that is divided between two of them whole (`Durchschnitts-`, below it `alter`)."""
    found: list[str] = []
    for text in path:
        if found and found[-1].endswith("-") and text[:1].islower():
            found[-1] = found[-1][:-1] + text
        else:
            found.append(text)
    return found


def _tokens(text: str) -> list[str]:
    """The words of a heading, normalised, those divided at the end of a line joined again."""
    joined = re.sub(r"(?<=\w)\.- (?=[a-zäöüß])", ".", without_mark(text))
    return [word for part in normalise(joined).split() if (word := part.strip("(),;:-").replace("-", ""))]


def _worth_of_label(label: list[str], written: set[str], columns: Counter[str]) -> float:
    """How much a label says of a column whose headings hold all its words: words of few columns say more."""
    hits = [next((each for each in written if is_word_of(word, each)), None) for word in label]
    return sum(1 / columns[hit] for hit in hits if hit) if hits and all(hits) else 0.0
