"""A column of figures headed as a sum, beside others that name their measure: it has that of the title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from einklang.draft.composed import is_total_of
from einklang.draft.known import Known
from einklang.draft.shape import Shape
from einklang.draft.titles import measures_in_title
from einklang.labels import normalise


def measure_of_title(
    shape: Shape, known: Known, paths: Sequence[Sequence[str]], read: Mapping[int, str]
) -> dict[int, str]:
    """The number of the column and the only measure of the title that no other column has; empty where it is unsure.

    `paths` are the headings of each column of figures, `read` the measures that they name. The heading may begin like
    the label of the measure (`Bevölkerung insgesamt`).
    """
    named = measures_in_title(shape, known) - set(read.values())
    labels = [normalise(label) for one in named for label in known.labels_of_measures[one]]
    sums = [
        number
        for number, path in enumerate(paths)
        if number not in read and path and all(is_total_of(text, labels) for text in path)
    ]
    return {sums[0]: named.pop()} if len(sums) == len(named) == 1 else {}
