"""The page of what stands in a release."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from einklang import indicators
from einklang import observations as contract1
from einklang.declarations.codelists import CodeList
from einklang.declarations.dataset import Dataset, Measure, Rounding
from einklang.declarations.indicator import Indicator, Operand
from einklang.project import Project
from einklang.publication import Manifest, Pointer
from einklang.reference.markdown import code, fields, number, page, table
from einklang.withdrawal import Withdrawal

_PERIODS = {
    "year": "2024",
    "reference_date": "2024-12-31",
    "school_year": "2019/20",
    "semester": "2023-10P6M",
    "quarter": "2024-Q1",
    "month": "2024-06",
    "week": "2024-W12",
}
_FILES = """\
```text
releases/latest.json                   which version is the latest; moved last
releases/<version>/
    data/<data set>.parquet            the figures
    indicators.parquet                 the rates computed from them
    codelists/*.csv                    every code with its labels
    datapackage.json                   Frictionless data package: columns, keys, units, code lists
    CHANGELOG.md                       keys added, keys removed, values changed against the version before
    SHA256SUMS                         for `sha256sum -c`
    manifest.json                      what the release was made of; written last inside the folder
    withdrawn.json                     only where it is withdrawn: why and by whom
```
"""


def _columns(schema: pa.Schema, names: Iterable[str]) -> list[str]:
    rows = []
    for name in names:
        field = schema.field(name)
        said = {key.decode(): value.decode() for key, value in field.metadata.items()}
        kind = "text (dictionary)" if pa.types.is_dictionary(field.type) else str(field.type)
        lists = code(said["codelist"].split("|")) if "codelist" in said else ""
        null = "yes" if field.nullable else "no"
        rows.append((f"`{name}`", kind, null, said["description_de"], said["description_en"], lists))
    return table(("column", "type", "null", "German", "English", "code list"), rows)


def _codes(codelist: CodeList) -> list[str]:
    extra = sorted(codelist.schemes)
    rows = [
        (f"`{one.code}`", one.label_de, one.label_en, *(one.extra.get(name, "") for name in extra))
        for one in codelist.codes.values()
    ]
    return table(("code", "German", "English", *(name.replace("_", " ") for name in extra)), rows)


def _rounding(rounding: Rounding | None) -> str:
    if rounding is None:
        return ""
    what = "averages, base" if rounding.of_averages else "base"
    since = f" since {rounding.since}" if rounding.since else ""
    return f"{what} {rounding.base}{since} ({rounding.source})"


def _range(measure: Measure) -> str:
    whole = ", whole" if measure.is_integer else ""
    return f"{number(measure.minimum) or '−∞'} to {number(measure.maximum) or '∞'}{whole}"


def _dataset(dataset: Dataset) -> list[str]:
    example = f"`{_PERIODS[dataset.period_type]}`"
    if dataset.reference_day:
        example = f"`2024-{dataset.reference_day}`"
    period = dataset.period_type.replace("_", " ")
    lines = [f"### {dataset.name}", "", f"{dataset.title.en} ({dataset.title.de}). {dataset.description.en}", ""]
    keys = code(contract1.key_columns(dataset))
    lines += [f"Source: {dataset.source.en}. Period: {period}, e.g. {example}. Key: {keys}.", ""]
    dimensions = [
        (
            f"`{one.name}`",
            one.title.de,
            one.title.en,
            code(one.codelists),
            f"`{one.total}`",
            f"`{one.default}`" if one.default else "must be said",
        )
        for one in dataset.dimensions
    ]
    lines += table(("dimension", "German", "English", "code lists", "total", "where a table is silent"), dimensions)
    measures = [
        (
            f"`{one.name}`",
            one.title.de,
            one.title.en,
            one.unit,
            one.decimals,
            _range(one),
            one.additivity,
            _rounding(one.rounding),
        )
        for one in dataset.measures
    ]
    heads = ("measure", "German", "English", "unit", "decimals", "range", "additivity", "rounding by the source")
    return lines + table(heads, measures)


def _operand(operand: Operand | None) -> str:
    if operand is None:
        return "–"
    codes = "".join(f", {name} = {value}" for name, value in operand.codes.items())
    years = f", {-operand.period_offset} years before" if operand.period_offset else ""
    return f"{operand.dataset}.{operand.measure}{codes}{years}"


def _indicator(indicator: Indicator) -> tuple[object, ...]:
    return (
        f"`{indicator.code}`",
        indicator.title.de,
        indicator.title.en,
        _operand(indicator.numerator),
        _operand(indicator.denominator),
        ", ".join(indicator.breakdowns),
        indicator.unit,
        indicator.decimals,
        indicator.notes.en,
    )


def dictionary_page(project: Project) -> str:
    """Files and columns of a release, data sets, indicators, statuses and code lists."""
    some = contract1.schema(next(iter(project.datasets.values())))
    rates = indicators.schema(project)
    lines = [
        f"What stands in a release, contract {contract1.CONTRACT}. Within a contract, columns are only added."
        " Descriptions, units and code lists are also in the Arrow schema of each file.",
        "",
        "## Files",
        "",
        _FILES,
        "A version is `major.minor.patch`: major where keys or a data set went, minor where keys were added, patch"
        " where only values or other files changed.",
        "",
        "## Columns of the data sets",
        "",
        "The data set's own dimensions stand between `area_version` and `unit`. Keys are text: `01` stays `01`."
        " `_T` is the total, `_Z` not applicable, `_U` unknown. No row is left out because its value is missing:"
        " `value` is null and `obs_status` says why.",
        "",
        *_columns(some, contract1.FIXED_COLUMNS),
        "## Columns of indicators.parquet",
        "",
        *_columns(rates, rates.names),
        "## Data sets",
        "",
    ]
    for _, dataset in sorted(project.datasets.items()):
        lines += _dataset(dataset)
    heads = ("code", "German", "English", "numerator", "denominator", "by", "unit", "decimals", "note")
    lines += ["## Indicators", "", "100 · numerator / denominator, or the rate as the source delivers it.", ""]
    lines += table(heads, [_indicator(one) for _, one in sorted(project.indicators.items())])
    lines += ["## Statuses", "", "`allowed value` says which value goes with the status.", ""]
    for name in ("obs_status", "conf_status"):
        lines += [f"### {name}", "", *_codes(project.codelists[name])]
    lines += ["## Code lists", ""]
    lines += table(
        ("list", "codes", "further columns"),
        [
            (f"[`{name}`](../schemas/codelists/{name}.csv)", len(codelist.codes), code(sorted(codelist.schemes)))
            for name, codelist in sorted(project.codelists.items())
        ],
    )
    for title, model in (("manifest.json", Manifest), ("latest.json", Pointer), ("withdrawn.json", Withdrawal)):
        lines += [f"## {title}", "", *fields(model)]
    return page("Data dictionary", lines)
