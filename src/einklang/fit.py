"""Whether the declarations of a project folder fit together: what one names, another one declares.

Each fault is a `DeclarationError` that names the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from einklang.declarations.comparability import Gap
from einklang.declarations.dataset import Dataset
from einklang.declarations.expectations import Expectation
from einklang.declarations.place import Place
from einklang.declarations.profile import Profile
from einklang.errors import DeclarationError

if TYPE_CHECKING:
    from einklang.project import Project

AREA_WORDS = frozenset({"land", "kreise", "laender", "country"})
MEASURE_PARAMETERS = ("measure", "rate", "numerator", "denominator", "result", "plus", "minus", "carried")


def check_fit(project: Project, paths: Mapping[int, Path]) -> None:
    """All declarations against each other; `paths` gives the file of each profile, by its `id`.

    Raises:
        DeclarationError: naming the file and what it names that is not there.
    """
    _check_datasets(project)
    for found in project.profiles.values():
        for profile in found:
            for layout in profile.layouts:
                _check_profile(project, layout, paths[id(profile)])
    _check_expectations(project)
    _check_indicators(project)
    _check_comparability(project)


def _check_datasets(project: Project) -> None:
    for name, dataset in project.datasets.items():
        path = project.folder / "schemas" / "datasets" / f"{name}.yaml"
        if dataset.name != name:
            raise DeclarationError(path, f"it names the data set `{dataset.name}`")
        lists = {listed for dimension in dataset.dimensions for listed in dimension.codelists}
        if unknown := lists - set(project.codelists):
            raise DeclarationError(path, f"there are no code lists {sorted(unknown)}")
    for name, dataset in project.datasets.items():
        path = project.folder / "schemas" / "datasets" / f"{name}.yaml"
        if unknown := {measure.unit for measure in dataset.measures} - set(project.codelists["units"].codes):
            raise DeclarationError(path, f"there are no units {sorted(unknown)}")
        for dimension in dataset.dimensions:
            known = project.codes(name, dimension.name).codes
            for code in (dimension.total, dimension.default):
                if code is not None and code not in known:
                    raise DeclarationError(path, f"`{code}` is no code of the dimension `{dimension.name}`")
        if name not in project.expectations:
            raise DeclarationError(path, f"expectations/{name}.yaml is missing")


def _check_place(project: Project, dataset: Dataset, name: str, place: Place, path: Path) -> None:
    if name == "period":
        return
    if name == "measure":
        known = {measure.name for measure in dataset.measures}
    else:
        codelist = project.codes(dataset.name, name)
        known = set(codelist.codes)
        if place.scheme not in {"label", "key", *codelist.schemes}:
            raise DeclarationError(path, f"`{place.scheme}` is no scheme of the dimension `{name}`")
    codes = {*place.codes.values(), *filter(None, (place.constant, place.otherwise))}
    if unknown := codes - known:
        raise DeclarationError(path, f"{sorted(unknown)} are no codes of `{name}`")


def _check_profile(project: Project, profile: Profile, path: Path) -> None:
    if profile.supplier not in project.codelists["suppliers"].codes:
        raise DeclarationError(path, f"there is no supplier `{profile.supplier}`")
    if profile.dataset not in project.datasets:
        raise DeclarationError(path, f"there is no data set `{profile.dataset}`")
    dataset = project.datasets[profile.dataset]
    if profile.signs.convention not in project.signs.conventions:
        raise DeclarationError(path, f"there is no sign convention `{profile.signs.convention}`")
    meanings = {*profile.signs.changes.values(), *profile.status_meanings}
    meanings |= {meaning for one in profile.statuses for meaning in one.words.values()}
    if unknown := meanings - set(project.signs.meanings):
        raise DeclarationError(path, f"{sorted(unknown)} are no meanings of a sign")
    by_column = {name for column in profile.columns for name in column.codes}
    axes = {dimension.name: dimension for dimension in dataset.dimensions}
    known = {*axes, "period", "measure"}
    if unknown := (set(profile.dimensions) | by_column | set(profile.delivers) | set(profile.may_deliver)) - known:
        raise DeclarationError(path, f"the data set has no dimensions {sorted(unknown)}")
    optional = {name for name, dimension in axes.items() if dimension.default is not None}
    if missing := known - optional - set(profile.dimensions) - by_column:
        raise DeclarationError(path, f"it does not say where {sorted(missing)} stand")
    for name, place in profile.dimensions.items():
        _check_place(project, dataset, name, place, path)
    measures = {measure.name for measure in dataset.measures}
    for column in profile.columns:
        for name, code in column.codes.items():
            allowed = measures if name == "measure" else None
            if name == "period":
                continue
            if code not in (allowed if allowed is not None else project.codes(dataset.name, name).codes):
                raise DeclarationError(path, f"`{code}` is no code of `{name}`")
    if unknown := set(profile.complete_hierarchies) - set(axes):
        raise DeclarationError(path, f"the data set has no dimensions {sorted(unknown)}")
    judged = project.expectations[profile.dataset].judged_hierarchies
    if unjudged := sorted(set(profile.complete_hierarchies) - judged):
        raise DeclarationError(
            path,
            f"`complete_hierarchies` names {unjudged}, but expectations/{profile.dataset}.yaml has no sum over them "
            "(`dimension_sums`, for areas `area_sums`): add one, or leave them out",
        )
    if unknown := set(profile.rounding_by_area) - set(project.codes(profile.dataset, "area").codes):
        raise DeclarationError(path, f"{sorted(unknown)} are no codes of `area`")
    if unknown := set(profile.units) - measures:
        raise DeclarationError(path, f"{sorted(unknown)} are no codes of `measure`")
    if unknown := set(profile.not_delivered) - measures:
        raise DeclarationError(path, f"{sorted(unknown)} are no codes of `measure`")
    if both := sorted(set(profile.not_delivered) & set(profile.delivers.get("measure", []))):
        raise DeclarationError(path, f"{both} stand in `delivers` and in `not_delivered`")
    _check_delivers(project, profile, measures, path)
    units = {*profile.units.values(), *(column.unit for column in profile.columns if column.unit)}
    if profile.unit is not None:
        units |= {*profile.unit.codes.values(), *filter(None, (profile.unit.constant, profile.unit.otherwise))}
    if unknown := units - set(project.codelists["units"].codes):
        raise DeclarationError(path, f"there are no units {sorted(unknown)}")


def _check_delivers(project: Project, profile: Profile, measures: set[str], path: Path) -> None:
    for name, codes in (*profile.delivers.items(), *profile.may_deliver.items()):
        match name:
            case "period":
                continue
            case "measure":
                known = measures
            case "area":
                known = {*project.codes(profile.dataset, name).codes, *AREA_WORDS}
            case _:
                known = set(project.codes(profile.dataset, name).codes)
        if unknown := set(codes) - known:
            raise DeclarationError(path, f"{sorted(unknown)} are no codes of `{name}`")


def _check_expectations(project: Project) -> None:
    for name, expectations in project.expectations.items():
        path = project.folder / "expectations" / f"{name}.yaml"
        if expectations.dataset != name or name not in project.datasets:
            raise DeclarationError(path, f"`{expectations.dataset}` is no data set, or not the one of the file name")
        each = (*expectations.delivery, *expectations.release)
        rules = {one.rule for one in each} | {one.pattern for one in each if one.pattern}
        if unknown := rules - set(project.catalogue.by_id):
            raise DeclarationError(path, f"there are no rules {sorted(unknown)}")
        for one in (*expectations.delivery, *expectations.release):
            _check_parameters(project, project.datasets[name], one, path)


def _check_parameters(project: Project, dataset: Dataset, one: Expectation, path: Path) -> None:
    """Dimensions, codes and measures that the parameters of an expectation name."""
    measures = {measure.name for measure in dataset.measures}
    axes = {dimension.name for dimension in dataset.dimensions}
    dimension = str(one.parameters.get("dimension", "measure"))
    if dimension not in axes | {"measure"}:
        raise DeclarationError(path, f"`{dimension}` is no dimension of the data set")
    known = measures if dimension == "measure" else set(project.codes(dataset.name, dimension).codes)
    areas = set(project.codes(dataset.name, "area").codes)
    if one.measure == "mirror_differences":
        _check_mirror(project, dataset, one, path)
        return
    named = {
        "measures": measures,
        "residual": areas,
        "optional": areas,
        **dict.fromkeys(MEASURE_PARAMETERS, measures),
        **dict.fromkeys(("by", "along"), axes),
        **dict.fromkeys(("total", "parts", "subset", "whole"), known),
    }
    for parameter, allowed in named.items():
        value = one.parameters.get(parameter, [])
        if unknown := set(value if isinstance(value, list) else [value]) - allowed:
            raise DeclarationError(
                path, f"`{parameter}` names {sorted(map(str, unknown))}, which the data set does not have"
            )


def _check_mirror(project: Project, dataset: Dataset, one: Expectation, path: Path) -> None:
    """The other data set, the two measures, and the dimensions that answer to each other."""
    name = str(one.parameters["dataset"])
    if name not in project.datasets:
        raise DeclarationError(path, f"there is no data set `{name}` to compare with")
    other = project.datasets[name]
    for key, holder in (("here", dataset), ("measure", other)):
        if one.parameters[key] not in {measure.name for measure in holder.measures}:
            raise DeclarationError(path, f"`{key}` names a measure that `{holder.name}` does not have")
    axes = one.parameters.get("axes", [])
    for axis in axes if isinstance(axes, list) else [str(axes)]:
        ours, _, theirs = axis.partition("=")
        for dimension, holder in ((ours, dataset), (theirs, other)):
            if dimension not in {known.name for known in holder.dimensions}:
                raise DeclarationError(path, f"`axes` names `{dimension}`, which `{holder.name}` does not have")


def _check_indicators(project: Project) -> None:
    for code, indicator in project.indicators.items():
        path = project.folder / "schemas" / "indicators" / f"{code}.yaml"
        if indicator.code != code:
            raise DeclarationError(path, f"it names the indicator `{indicator.code}`")
        for operand in filter(None, (indicator.numerator, indicator.denominator)):
            dataset = project.datasets.get(operand.dataset)
            if dataset is None or operand.measure not in {measure.name for measure in dataset.measures}:
                raise DeclarationError(path, f"there is no measure `{operand.measure}` in `{operand.dataset}`")
            axes = {dimension.name for dimension in dataset.dimensions}
            if unknown := {*operand.codes, *indicator.breakdowns} - axes:
                raise DeclarationError(path, f"`{operand.dataset}` has no dimensions {sorted(unknown)}")


def _check_comparability(project: Project) -> None:
    for name, lines in project.comparability.by_file.items():
        path = project.folder / "schemas" / name
        for line in lines:
            if line.area and not any(line.area in codelist.codes for codelist in project.codelists.values()):
                raise DeclarationError(path, f"there is no area `{line.area}`")
            if not line.dataset:
                continue
            dataset = project.datasets.get(line.dataset)
            if dataset is None:
                raise DeclarationError(path, f"there is no data set `{line.dataset}`")
            if line.measure and line.measure not in {measure.name for measure in dataset.measures}:
                raise DeclarationError(path, f"there is no measure `{line.measure}` in `{line.dataset}`")
            for dimension, codes in (line.by_dimension if isinstance(line, Gap) else {}).items():
                if dimension not in {one.name for one in dataset.dimensions}:
                    raise DeclarationError(path, f"`{line.dataset}` has no dimensions ['{dimension}']")
                if unknown := codes - set(project.codes(line.dataset, dimension).codes):
                    raise DeclarationError(path, f"{sorted(unknown)} are no codes of `{dimension}`")
