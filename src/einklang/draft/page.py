"""A profile on a file as people see it: some figures in long form, and the sheets with their regions in colours and
words.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from einklang.declarations.profile import Profile
from einklang.draft.picture import label_of, paint_sheets
from einklang.draft.trial import Trial
from einklang.draft.uses import WORDS, Use
from einklang.observations import key_columns
from einklang.project import Project
from einklang.region import find_regions, seen_by
from einklang.report.page import render
from einklang.report.statuses import status_sentence
from einklang.status_counts import status_label

ON_PAGE = 12
_EXPLAINED = {
    Use.TITLE: "über der Tabelle",
    Use.HEADER: "sagt, was in der Spalte steht",
    Use.KEY: "sagt, was in der Zeile steht",
    Use.VALUE: "wird gelesen",
    Use.TOTAL: "wird mit den Teilen verglichen",
    Use.NOTE: "unter der Tabelle",
    Use.IGNORED: "bleibt mit Grund außen vor",
    Use.UNEXPLAINED: "hier fehlt eine Angabe im Profil",
}


def names_of(profile: Profile, project: Project) -> list[str]:
    """The dimensions of the long form and the status, in words."""
    dataset = project.dataset(profile.dataset)
    titles = {one.name: one.title.de for one in dataset.dimensions}
    titles |= {"period": "Zeit", "measure": "Merkmal"}
    return [*(titles[name] for name in key_columns(dataset)), "Status"]


def some_figures(trial: Trial, profile: Profile, project: Project, count: int = ON_PAGE) -> list[list[str]]:
    """Figures in long form: cell, labels, text as written, value; what is secret is not shown.

    They are spread evenly: at least `count` of them where there are so many, from each table of each sheet.
    """
    dataset = project.dataset(profile.dataset)
    chosen = _spread(trial, profile, count)
    lines = []
    for number, row in zip(chosen, trial.observations.take(pa.array(chosen, pa.int64())).to_pylist(), strict=True):
        sheet = f"{row['sheet']}!" if row["sheet"] else ""
        is_secret = bool(trial.is_secret[number])
        hidden = is_secret and any(character.isdigit() for character in row["value_text"])
        text = "(geheim)" if hidden else row["value_text"].strip()
        value = "–" if row["value"] is None or is_secret else f"{row['value']:.10g}".replace(".", ",")
        labels = [label_of(project, dataset, name, str(row[name])) for name in key_columns(dataset)]
        labels.append(status_label(row["obs_status"], row["conf_status"], project).de)
        lines.append([f"{sheet}{row['column']}{row['row']}", *labels, text, value])
    return lines


def _spread(trial: Trial, profile: Profile, count: int) -> list[int]:
    """Positions of figures, as many from each table of each sheet, from its first to its last."""
    sheets = trial.observations["sheet"].cast("string").combine_chunks().dictionary_encode()
    sheet, row = sheets.indices.to_numpy(zero_copy_only=False), trial.observations["row"].to_numpy()
    names = sheets.dictionary.to_pylist()
    letters = trial.observations["column"].cast("string").combine_chunks().dictionary_encode()
    column = letters.indices.to_numpy(zero_copy_only=False)
    group = np.zeros(len(row), dtype=np.int64)
    for table in trial.tables:
        if table.sheet not in names:
            continue
        here = np.flatnonzero(sheet == names.index(table.sheet))
        for part, layout in enumerate(profile.layouts):
            if not re.fullmatch(layout.file.sheet, table.sheet.strip()):
                continue
            if found := find_regions(seen_by(layout, table), layout).found:
                ends = np.asarray([one.end for one in found])
                at = np.searchsorted([one.first for one in found], row[here] - 1, side="right") - 1
                has = np.asarray(list(map(layout.table.has, letters.dictionary.to_pylist())))[column[here]]
                group[here[has & (at >= 0) & (row[here] <= ends[at])]] = part
    pairs, number = np.unique(np.stack([sheet, group]), axis=1, return_inverse=True)
    share = -(-count // max(1, pairs.shape[1]))
    chosen: list[int] = []
    for one in range(pairs.shape[1]):
        own = np.flatnonzero(number.ravel() == one)
        chosen += own[np.linspace(0, len(own) - 1, min(share, len(own))).round().astype(np.int64)].tolist()
    return chosen


def render_page(file: str, trial: Trial, profile: Profile, project: Project) -> str:
    """The page of a profile on a file of this name."""
    dataset = project.dataset(profile.dataset)
    sheets, left_out = paint_sheets(trial, profile, project)
    used = frozenset[Use]().union(*(one.uses for one in sheets)) - {Use.BLANK}
    return render(
        "draft.html.j2",
        ("draft.css",),
        file=file,
        dataset=dataset.title.de,
        figures=trial.observations.num_rows,
        usable=trial.usable,
        todo=profile.todo,
        sheets=sheets,
        left_out=left_out,
        legend=[(use.value, WORDS[use], _EXPLAINED[use]) for use in Use if use in used],
        statuses=status_sentence(trial.statuses(project), "de"),
        names=names_of(profile, project),
        lines=some_figures(trial, profile, project),
    )
