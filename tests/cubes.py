"""Contexts of measures from a few figures, for tests that need no file."""

from __future__ import annotations

from typing import Any

import numpy as np

from einklang.cube import Axis, Cube
from einklang.declarations.dataset import Dataset
from einklang.measures.figures import Context
from einklang.project import Project


def context_of(
    project: Project, dataset: str | Dataset, figures: dict[tuple[str, ...], float], **parts: Any
) -> Context:
    """A context of figures by (measure, period, area, ...), further axes at their total."""
    declared = project.dataset(dataset) if isinstance(dataset, str) else dataset
    names = ["measure", "period", "area", *[one.name for one in declared.dimensions if one.name != "area"]]
    axes = {}
    for number, name in enumerate(names):
        codes = [key[number] if number < len(key) else "_T" for key in figures]
        listed = sorted(set(codes))
        axes[name] = Axis(tuple(listed), np.asarray([listed.index(code) for code in codes], dtype=np.int32))
    value = np.asarray(list(figures.values()), dtype=np.float64)
    cube = Cube(declared, axes, value, np.ones(len(value), dtype=np.bool_), np.arange(len(value)))
    given: dict[str, Any] = {
        "cube": cube,
        "delivered": cube,
        "history": cube,
        "labels_known": True,
        "project": project,
        "dataset": declared,
        "profile": None,
        "describe": lambda row: declared.title,
        "cell": lambda row: f"A{row}",
    }
    return Context(**{**given, **parts})
