"""The project folder: finds it, loads every declaration in it, and has them checked against each other (`fit`).

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
from einklang.declarations.comparability import Comparability, load_comparability
from einklang.declarations.dataset import Dataset
from einklang.declarations.expectations import Expectations
from einklang.declarations.indicator import Indicator
from einklang.declarations.profile import Profile
from einklang.declarations.rules import Catalogue
from einklang.declarations.signs import Meaning, Signs, assigned, load_signs
from einklang.errors import DeclarationError, ProjectNotFound, UnknownName
from einklang.fit import check_fit

PACKAGED = Path(__file__).parent / "declared"
CHECKOUT = Path(__file__).parents[2]
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
    def _unions(self) -> dict[tuple[str, str], CodeList]:
        return {}

    def codes(self, dataset: str, dimension: str) -> CodeList:
        """The codes allowed in a dimension of a data set."""
        key = dataset, dimension
        if key not in self._unions:
            lists = self.datasets[dataset].dimension(dimension).codelists
            self._unions[key] = union(*(self.codelists[name] for name in lists))
        return self._unions[key]

    def sign_meanings(self, profile: Profile) -> dict[str, Meaning]:
        """Sign → meaning as agreed with the supplier."""
        table = {**self.signs.conventions[profile.signs.convention], **profile.signs.changes}
        return {sign: self.signs.meanings[meaning] for sign, meaning in table.items()}

    def word_meanings(self, profile: Profile) -> dict[str, Meaning]:
        """Word that says a status → meaning as agreed with the supplier, also where the profile gives it itself."""
        words = {
            word: meaning
            for layout in profile.layouts
            for one in layout.statuses
            for word, meaning in one.words.items()
        }
        given = {assigned(meaning): meaning for layout in profile.layouts for meaning in layout.status_meanings}
        return {word: self.signs.meanings[meaning] for word, meaning in (words | given).items()}

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
    check_fit(project, paths)
    return project
