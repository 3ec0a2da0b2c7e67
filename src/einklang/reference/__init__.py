"""Pages of the documentation that follow from declarations and code: `python -m einklang.reference`.

Belongs here: what can be generated and would drift if written by hand. Does not belong here: explanation
(the other pages of `docs/`).
"""

from __future__ import annotations

from einklang.project import Project
from einklang.reference.commands import cli_page
from einklang.reference.data import dictionary_page
from einklang.reference.declared import declarations_page, json_schemas
from einklang.reference.examples import readme_page
from einklang.reference.rules import rules_page


def generated_pages(project: Project) -> dict[str, str]:
    """Path below `docs/` → content."""
    return {
        "rules.md": rules_page(project),
        "data-dictionary.md": dictionary_page(project),
        "declarations.md": declarations_page(),
        "cli.md": cli_page(),
        **json_schemas(),
        "../README.md": readme_page(project),
    }


def outdated_pages(project: Project) -> dict[str, str]:
    """The generated pages that are missing in `docs/` or differ from what they should be."""
    docs = project.folder / "docs"
    return {
        name: text
        for name, text in generated_pages(project).items()
        if not (docs / name).is_file() or (docs / name).read_text(encoding="utf-8") != text
    }
