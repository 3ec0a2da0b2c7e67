"""The draft as people see it: the first figures in long form, and the sheet with its regions in colours and words."""

from __future__ import annotations

import re

from einklang.draft.drafting import Draft
from einklang.draft.picture import Use, label_of, paint_sheet
from einklang.observations import key_columns
from einklang.project import Project
from einklang.report.page import render

FIRST = 12
_EXPLAINED = {
    Use.TITLE: "über der Tabelle",
    Use.HEADER: "sagt, was in der Spalte steht",
    Use.KEY: "sagt, was in der Zeile steht",
    Use.VALUE: "wird gelesen",
    Use.TOTAL: "wird gelesen und mit den Teilen verglichen",
    Use.NOTE: "unter der Tabelle",
    Use.IGNORED: "bleibt mit Grund außen vor",
    Use.UNEXPLAINED: "hier fehlt eine Angabe im Profil",
}


def names_of(draft: Draft, project: Project) -> list[str]:
    """The dimensions of the long form, in words."""
    dataset = project.dataset(draft.profile.dataset)
    titles = {one.name: one.title.de for one in dataset.dimensions}
    titles |= {"period": "Zeit", "measure": "Merkmal"}
    return [titles[name] for name in key_columns(dataset)]


def first_lines(draft: Draft, project: Project, count: int = FIRST) -> list[list[str]]:
    """The first figures in long form: cell, labels, text as written, value; what is secret is not shown."""
    dataset = project.dataset(draft.profile.dataset)
    lines = []
    for number, row in enumerate(draft.trial.observations.slice(0, count).to_pylist()):
        sheet = f"{row['sheet']}!" if row["sheet"] else ""
        is_secret = bool(draft.trial.is_secret[number])
        hidden = is_secret and any(character.isdigit() for character in row["value_text"])
        text = "(geheim)" if hidden else row["value_text"].strip()
        value = "–" if row["value"] is None or is_secret else f"{row['value']:.10g}".replace(".", ",")
        labels = [label_of(project, dataset, name, str(row[name])) for name in key_columns(dataset)]
        lines.append([f"{sheet}{row['column']}{row['row']}", *labels, text, value])
    return lines


def render_page(draft: Draft, project: Project) -> str:
    """The page of a draft."""
    dataset = project.dataset(draft.profile.dataset)
    table = next((one for one in draft.trial.tables if one.sheet == draft.shape.table.sheet), draft.trial.tables[0])
    layouts = [one for one in draft.profile.layouts if re.fullmatch(one.file.sheet, table.sheet.strip())]
    return render(
        "draft.html.j2",
        ("draft.css",),
        file=draft.sample.path.name,
        dataset=dataset.title.de,
        figures=draft.trial.observations.num_rows,
        usable=draft.trial.usable,
        todo=draft.profile.todo,
        sheet=paint_sheet(table, layouts, draft.trial, project),
        explained={use.value: text for use, text in _EXPLAINED.items()},
        names=names_of(draft, project),
        lines=first_lines(draft, project),
    )
