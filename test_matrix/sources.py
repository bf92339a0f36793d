"""Where matrix definitions, version tables and profiles come from: the package, and a person's files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from device_profiles import catalogue, load_models, specimens
from device_profiles.checking import checked, hint
from device_profiles.errors import InputError, InputProblem
from device_profiles.marked_yaml import MarkedDocument, parse_yaml
from device_profiles.model import DeviceModel, SpecificationFamily, TechnicalSpecification, Version
from test_matrix.documents import (
    ConstraintDocument,
    ConstraintsDocument,
    MatrixDocument,
    VersionPairsDocument,
)
from test_matrix.version_pairs import VersionPairs

BUILT_IN_PROFILES = "built-in"
SPECIMENS = "specimens"
CPL_PROFILES = "cpl"
_PACKAGED: Final[dict[str, Callable[[], Sequence[DeviceModel]]]] = {
    BUILT_IN_PROFILES: catalogue,
    SPECIMENS: specimens,
}


def matrix_names() -> tuple[str, ...]:
    """Names of the built-in matrices."""
    folder = files("test_matrix") / "matrices"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir()))


def read_definition(name_or_path: str) -> tuple[MarkedDocument, Path]:
    """The definition of that name or in that file, and the folder that its files are relative to."""
    names = matrix_names()
    if name_or_path in names:
        return _resource(f"matrices/{name_or_path}.yaml"), Path()
    path = Path(name_or_path)
    if not path.is_file():
        said = f"expected a matrix file or the name of a built-in matrix: {hint(name_or_path, names)}"
        raise InputError([InputProblem(name_or_path, 0, 0, "", said)])
    return parse_yaml(path.read_bytes(), str(path)), path.parent


def matrix_definition(name: str) -> MatrixDocument:
    """The definition of a built-in matrix, unexpanded."""
    return checked(read_definition(name)[0], MatrixDocument)


def standard_constraints() -> tuple[ConstraintDocument, ...]:
    """The constraints that every matrix starts with."""
    return tuple(checked(_resource("standard_constraints.yaml"), ConstraintsDocument).constraints)


def version_pairs(path: Path | None = None) -> VersionPairs:
    """The table of version pairs in ``path``, or the built-in one."""
    document = parse_yaml(path.read_bytes(), str(path)) if path else _resource("version_pairs.yaml")
    table = checked(document, VersionPairsDocument)
    families = {SpecificationFamily.SMETS: "smets", SpecificationFamily.CHTS: "chts"}
    pairs = frozenset(
        (Version.parse(row.gbcs), TechnicalSpecification(family, Version.parse(version)))
        for row in table.pairs
        for family, column in families.items()
        for version in getattr(row, column)
    )
    return VersionPairs(table.as_of, pairs)


def read_models(
    document: MarkedDocument, sources: Sequence[str], folder: Path, cpl: Path | None
) -> list[DeviceModel]:
    """The models of all ``sources``, each model once. ``cpl`` is the products list that may be meant."""
    models: list[DeviceModel] = []
    for index, source in enumerate(sources):
        if source in _PACKAGED:
            models.extend(_PACKAGED[source]())
        elif source != CPL_PROFILES:
            models.extend(load_models([folder / source]))
        elif cpl is not None:
            models.extend(_imported(cpl))
        else:
            expected = "a Central Products List is needed: give its CSV or XLSX file (--cpl FILE)"
            raise InputError([document.problem(("profiles", index), expected)])
    _refuse_repeated(models)
    return models


def _resource(name: str) -> MarkedDocument:
    resource = files("test_matrix").joinpath(*name.split("/"))
    return parse_yaml(resource.read_bytes(), f"test_matrix/{name}")


def _imported(path: Path) -> Sequence[DeviceModel]:
    from device_profiles.cpl import import_cpl  # noqa: PLC0415 - openpyxl is loaded only for a products list

    return import_cpl(path).models


def _refuse_repeated(models: Iterable[DeviceModel]) -> None:
    known: dict[str, DeviceModel] = {}
    problems = []
    for model in models:
        first = known.setdefault(model.key, model)
        if first is not model:
            path, _, line = model.source.rpartition(":")
            expected = f"expected each model from one source, {first.source} has {model.key} too"
            problems.append(InputProblem(path, int(line), 0, "model", expected))
    if problems:
        raise InputError(problems)
