"""Where profile files come from: the built-in catalogue, and the files and folders that a person names.

Every fault of every file is reported at once. pydantic and YAML are loaded with the first file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from device_profiles.errors import InputError, InputProblem
from device_profiles.model import DeviceKind, DeviceModel, DeviceProfile

SUFFIXES = (".yaml", ".yml")


@cache
def catalogue() -> tuple[DeviceModel, ...]:
    """The built-in models of fictional makers, ordered by kind and key."""
    return _packaged("models")


@cache
def specimens() -> tuple[DeviceModel, ...]:
    """Models whose every firmware carries one seeded defect, so that each defect can be met alone."""
    return _packaged("specimens")


def _packaged(name: str) -> tuple[DeviceModel, ...]:
    folder = files("device_profiles") / name
    return _models(
        (f"device_profiles/{name}/{entry.name}", entry.read_bytes())
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(SUFFIXES)
    )


def load_models(paths: Iterable[Path | str]) -> tuple[DeviceModel, ...]:
    """Read profile files, and those in folders (searched to their depth), ordered by kind and key.

    Raises InputError with all problems of all files; OSError where a file cannot be read.
    """
    return _models((str(path), path.read_bytes()) for given in paths for path in _profile_files(Path(given)))


def profiles_of(model: DeviceModel) -> tuple[DeviceProfile, ...]:
    """A profile for each firmware entry of the model, in the model's order."""
    return tuple(DeviceProfile(model, firmware) for firmware in model.firmwares)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a profile file, for editors."""
    from device_profiles import documents  # noqa: PLC0415 - pydantic is loaded only when it is needed

    return documents.json_schema()


def _profile_files(given: Path) -> list[Path]:
    if not given.is_dir():
        return [given]
    found = sorted(path for path in given.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    if not found:
        raise InputError(
            [InputProblem(str(given), 0, 0, "", "expected profile files (*.yaml) in this folder")]
        )
    return found


def _models(sources: Iterable[tuple[str, bytes]]) -> tuple[DeviceModel, ...]:
    from device_profiles.reading import read_model  # noqa: PLC0415 - see the module's docstring

    models: list[DeviceModel] = []
    problems: list[InputProblem] = []
    for path, octets in sources:
        try:
            models.append(read_model(octets, path))
        except InputError as error:
            problems.extend(error.problems)
    problems.extend(_repeated(models))
    if problems:
        raise InputError(problems)
    kinds = list(DeviceKind)
    return tuple(sorted(models, key=lambda model: (kinds.index(model.kind), model.key)))


def _repeated(models: Iterable[DeviceModel]) -> Iterator[InputProblem]:
    first: dict[str, DeviceModel] = {}
    for model in models:
        other = first.setdefault(model.key, model)
        if other is not model:
            path, _, line = model.source.rpartition(":")
            yield InputProblem(
                path, int(line), 1, "model", f"expected one file for {model.key}, {other.source} has it too"
            )
