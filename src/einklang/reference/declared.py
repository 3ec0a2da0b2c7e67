"""The page and the JSON Schemas of the declarations."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from typing import Any

from einklang.declarations.base import Declaration, Text
from einklang.declarations.comparability import Break, Gap, KnownCase, Persons
from einklang.declarations.dataset import Dataset, Dimension, Measure, Rounding
from einklang.declarations.expectations import Expectation, Expectations
from einklang.declarations.indicator import Indicator, Operand
from einklang.declarations.layout import CellsNotData, Column, Footnotes, Header, RowsNotData, Status, Table
from einklang.declarations.place import Place
from einklang.declarations.profile import Classes, FileFormat, Numbers, Profile, SignTable
from einklang.declarations.rules import Catalogue, Example, Rule, VerdictTexts
from einklang.reference.markdown import fields, page, table

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_BASED_ON = (
    "File below `schemas/`, without its ending, whose content holds where this file says nothing. Mappings are "
    "merged, lists are replaced, and a dimension given anew replaces the inherited one as a whole."
)
_MODELS: Mapping[str, tuple[str, Sequence[type[Declaration]]]] = {
    "Profiles": (
        "`schemas/profiles/<supplier>/<dataset>.yaml`, with shared parts in `schemas/layouts/`. Explained with"
        " examples in [profiles.md](profiles.md).",
        (
            Profile,
            FileFormat,
            Numbers,
            Classes,
            SignTable,
            Table,
            Header,
            Place,
            Column,
            RowsNotData,
            CellsNotData,
            Status,
            Footnotes,
        ),
    ),
    "Data sets": ("`schemas/datasets/<dataset>.yaml`.", (Dataset, Dimension, Measure, Rounding)),
    "Indicators": ("`schemas/indicators/<code>.yaml`.", (Indicator, Operand)),
    "Expectations": ("`expectations/<dataset>.yaml`.", (Expectations, Expectation)),
    "Comparability": (
        "`schemas/breaks.csv`, `known_cases.csv`, `gaps.csv` and `population.csv`, UTF-8, comma: one per line, the"
        " columns are these fields. How to register one: [recipe](recipes/register-a-break.md).",
        (Break, KnownCase, Gap, Persons),
    ),
    "Rule catalogue": ("`expectations/rules.yaml`.", (Catalogue, Rule, Example, VerdictTexts)),
    "Texts": ("Wherever a text has two languages: `{de: …, en: …}`.", (Text,)),
}
_SCHEMAS: Mapping[str, type[Declaration]] = {
    "profile": Profile,
    "dataset": Dataset,
    "indicator": Indicator,
    "expectations": Expectations,
    "rules": Catalogue,
}
_REF_PLACE = {"$ref": "#/$defs/Place"}
# Parts that a profile may leave to the file it is based on.
_INHERITED = (FileFormat, SignTable, Table, Header)
_MEASURES = "What an expectation can name. A measure computes figures, the expectation judges one column of them."
_CODELISTS = (
    "`schemas/codelists/<list>.csv`, UTF-8, comma. A further column is a note or another key, which a profile can name"
    " as `scheme`."
)
_CODELIST_COLUMNS = (
    ("`code`", "Our code, text."),
    ("`label_de`, `label_en`", "Labels; both are recognised in deliveries."),
    ("`aliases`", "Other spellings, with a bar between them. Case, blanks and the spelling of umlauts do not matter."),
    ("`parent`", "The code one level above."),
    ("`kind`", "Level or class, e.g. land, kreis."),
    ("`valid_from`, `valid_to`", "First and last day of validity; empty: always."),
)


def declarations_page() -> str:
    """Every field of every declaration, and the measures that an expectation can name."""
    from einklang.measures import MEASURES

    lines = [
        "Every field of every YAML file. Unknown fields are refused, and all files are checked against each other when"
        " the project is loaded. JSON Schemas for editors lie in [schemas/](schemas/).",
        "",
    ]
    for title, (where, models) in _MODELS.items():
        lines += [f"## {title}", "", where, ""]
        for model in models:
            lines += [f"### {model.__name__}", "", inspect.getdoc(model) or "", ""]
            if model is Profile:
                lines += [f"`based_on` (text) may stand at the top of a profile or layout. {_BASED_ON}", ""]
            lines += fields(model)
    lines += ["## Measures", "", _MEASURES, ""]
    for name, measure in MEASURES.items():
        lines += [f"### {name}", "", inspect.getdoc(measure) or "", ""]
    lines += ["## Code lists", "", _CODELISTS, "", *table(("column", "meaning"), _CODELIST_COLUMNS)]
    return page("Declarations", lines)


def json_schemas() -> dict[str, str]:
    """A JSON Schema for each kind of YAML file, for completion in editors."""
    return {f"schemas/{name}.json": _json_schema(model) for name, model in _SCHEMAS.items()}


def _json_schema(model: type[Declaration]) -> str:
    schema: dict[str, Any] = model.model_json_schema()
    if model is Profile:
        whole = schema["$defs"]["Profile"]
        based_on = {"type": "string", "description": _BASED_ON}
        for part in (whole, *(schema["$defs"][inherited.__name__] for inherited in _INHERITED)):
            part.pop("required", None)
        whole["properties"]["dimensions"]["additionalProperties"] = {"anyOf": [_REF_PLACE, {"type": "null"}]}
        schema = {**whole, "properties": {"based_on": based_on, **whole["properties"]}, "$defs": schema["$defs"]}
    return json.dumps({"$schema": _DRAFT, **schema}, ensure_ascii=False, indent=2) + "\n"
