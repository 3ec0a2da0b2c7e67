"""The project folder: finds it, loads every declaration in it, and checks that they fit together.

Declarations are read once and are immutable; `Project.fingerprint` changes with any byte of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from einklang.declarations.base import build, inherit, read_yaml
from einklang.declarations.codelists import Code, CodeList, load_codelist, union
from einklang.declarations.comparability import Comparability, Gap, load_comparability
from einklang.declarations.dataset import Dataset
from einklang.declarations.expectations import Expectation, Expectations
from einklang.declarations.indicator import Indicator
from einklang.declarations.place import Place
from einklang.declarations.profile import Profile
from einklang.declarations.rules import Catalogue
from einklang.declarations.signs import Meaning, Signs, load_signs
from einklang.errors import DeclarationError, ProjectNotFound, UnknownName

PACKAGED = Path(__file__).parent / "declared"
CHECKOUT = Path(__file__).parents[2]
AREA_WORDS = frozenset({"land", "kreise", "laender", "country"})
MEASURE_PARAMETERS = ("measure", "rate", "numerator", "denominator", "result", "plus", "minus", "carried")
SIGN_FILES = ("signs.csv", "sign_conventions.csv")


def find_project(start: Path | None = None) -> Path:
    """The folder with `schemas` and `expectations`: the named one, the current one, or the shipped one.

    Raises:
        ProjectNotFound: `start` was given and holds no declarations.
    """
    for folder in [start] if start else [Path.cwd(), CHECKOUT, PACKAGED]:
        if (folder / "schemas").is_dir() and (folder / "expectations").is_dir():
            return folder.resolve()
    raise ProjectNotFound(start or Path.cwd())


def read_profile(
    path: Path, schemas: Path, seen: tuple[Path, ...] = (), known: dict[str, dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The mapping of a profile with everything it is based on.

    `based_on` names a file below `schemas/` without its ending; a place of a dimension that the
    profile gives anew replaces the inherited place as a whole. `known` keeps what several profiles are based on.
    """
    known = {} if known is None else known
    if path in seen:
        raise DeclarationError(path, "it is based on itself")
    content = read_yaml(path)
    name = content.pop("based_on", None)
    if name is None:
        return content
    if name not in known:
        parent = (schemas / f"{name}.yaml").resolve()
        if not parent.is_relative_to(schemas.resolve()) or not parent.is_file():
            raise DeclarationError(path, f"`based_on: {name}` names no file below schemas/")
        known[name] = read_profile(parent, schemas, (*seen, path), known)
    return inherit(known[name], content)


@dataclass(frozen=True)
class Project:
    """All declarations of a project folder."""

    folder: Path
    codelists: Mapping[str, CodeList]
    signs: Signs
    datasets: Mapping[str, Dataset]
    profiles: Mapping[tuple[str, str], tuple[Profile, ...]]
    indicators: Mapping[str, Indicator]
    catalogue: Catalogue
    expectations: Mapping[str, Expectations]
    comparability: Comparability
    fingerprint: str

    def dataset(self, name: str) -> Dataset:
        """The data set of that name (UnknownName if there is none)."""
        if name not in self.datasets:
            raise UnknownName("data set", name, self.datasets)
        return self.datasets[name]

    def supplier(self, code: str) -> Code:
        """The supplier of that code (UnknownName if there is none)."""
        suppliers = self.codelists["suppliers"].codes
        if code not in suppliers:
            raise UnknownName("supplier", code, suppliers)
        return suppliers[code]

    def profiles_of(self, supplier: str, dataset: str) -> tuple[Profile, ...]:
        """The profiles of a supplier for a data set: those that know their title first, then newest first.

        Raises:
            UnknownName: supplier or data set is not declared, or there is no profile for the two.
        """
        self.supplier(supplier)
        self.dataset(dataset)
        found = self.profiles.get((supplier, dataset), ())
        if not found:
            known = [f"{one}/{other}" for one, other in self.profiles]
            raise UnknownName("delivery profile", f"{supplier}/{dataset}", known)
        return found

    @cached_property
    def _unions(self) -> Mapping[tuple[str, str], CodeList]:
        return {
            (dataset.name, dimension.name): union(
                f"{dataset.name}.{dimension.name}", (self.codelists[name] for name in dimension.codelists)
            )
            for dataset in self.datasets.values()
            for dimension in dataset.dimensions
        }

    def codes(self, dataset: str, dimension: str) -> CodeList:
        """The codes allowed in a dimension of a data set."""
        return self._unions[dataset, dimension]

    def sign_meanings(self, profile: Profile) -> dict[str, Meaning]:
        """Sign → meaning as agreed with the supplier."""
        table = {**self.signs.conventions[profile.signs.convention], **profile.signs.changes}
        return {sign: self.signs.meanings[meaning] for sign, meaning in table.items()}

    def word_meanings(self, profile: Profile) -> dict[str, Meaning]:
        """Word of a status column → meaning as agreed with the supplier."""
        return {
            word: self.signs.meanings[meaning]
            for layout in profile.layouts
            for word, meaning in (layout.status.words.items() if layout.status else ())
        }

    def factor(self, unit: str, wanted: str) -> float | None:
        """Factor from a unit to another; None where the one cannot become the other.

        Counts are counts: persons, cases and plain numbers are not told apart by offices.
        """
        units = self.codelists["units"].codes
        one, other = units[unit], units[wanted]
        if one.extra["canonical"] != other.extra["canonical"] and {one.kind, other.kind} != {"count"}:
            return None
        return self.multiplier(unit) / self.multiplier(wanted)

    def multiplier(self, unit: str) -> float:
        """Factor from a unit to its canonical unit."""
        return float(self.codelists["units"].codes[unit].extra["multiplier"])


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("schemas/**/*"), *folder.glob("expectations/**/*")]):
        if path.suffix in {".csv", ".yaml"}:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def load_project(start: Path | None = None, supplier: str | None = None) -> Project:
    """Every declaration of the project folder, checked against each other; of profiles those of one supplier if named.

    Raises:
        ProjectNotFound: there is no such folder.
        DeclarationError: naming the file and what is wrong in it.
    """
    folder = find_project(start)
    schemas = folder / "schemas"
    codelists = {
        path.stem: load_codelist(path)
        for path in sorted((schemas / "codelists").glob("*.csv"))
        if path.name not in SIGN_FILES
    }
    signs = load_signs(schemas / "codelists")
    datasets = {
        path.stem: build(Dataset, read_yaml(path), path) for path in sorted((schemas / "datasets").glob("*.yaml"))
    }
    catalogue_path = folder / "expectations" / "rules.yaml"
    catalogue = build(Catalogue, read_yaml(catalogue_path), catalogue_path)
    expectations = {
        path.stem: build(Expectations, read_yaml(path), path)
        for path in sorted((folder / "expectations").glob("*.yaml"))
        if path != catalogue_path
    }
    indicators = {
        path.stem: build(Indicator, read_yaml(path), path) for path in sorted((schemas / "indicators").glob("*.yaml"))
    }
    profiles: dict[tuple[str, str], list[Profile]] = {}
    paths: dict[int, Path] = {}
    known: dict[str, dict[str, Any]] = {}
    for path in sorted((schemas / "profiles").glob("*/*.yaml")):
        if supplier not in {None, path.parent.name}:
            continue
        profile = build(Profile, read_profile(path, schemas, known=known), path)
        if profile.supplier != path.parent.name or not path.stem.startswith(profile.dataset):
            raise DeclarationError(path, "folder and file name must be the supplier and the data set")
        profiles.setdefault((profile.supplier, profile.dataset), []).append(profile)
        paths[id(profile)] = path
    project = Project(
        folder=folder,
        codelists=codelists,
        signs=signs,
        datasets=datasets,
        profiles={
            key: tuple(sorted(found, key=lambda one: (one.table.title is not None, one.valid_from), reverse=True))
            for key, found in profiles.items()
        },
        indicators=indicators,
        catalogue=catalogue,
        expectations=expectations,
        comparability=load_comparability(schemas),
        fingerprint=_fingerprint(folder),
    )
    _check_datasets(project)
    for found in profiles.values():
        for profile in found:
            for layout in profile.layouts:
                _check_profile(project, layout, paths[id(profile)])
    _check_expectations(project)
    _check_indicators(project)
    _check_comparability(project)
    return project


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
    meanings = {*profile.signs.changes.values(), *(profile.status.words.values() if profile.status else ())}
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
    if unknown := set(profile.rounding_by_area) - set(project.codes(profile.dataset, "area").codes):
        raise DeclarationError(path, f"{sorted(unknown)} are no codes of `area`")
    if unknown := set(profile.units) - measures:
        raise DeclarationError(path, f"{sorted(unknown)} are no codes of `measure`")
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
