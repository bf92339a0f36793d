"""A matrix by name or from a file: the one way in."""

from __future__ import annotations

from pathlib import Path

from device_profiles.checking import checked
from test_matrix.building import Builder
from test_matrix.documents import Granularity, MatrixDocument
from test_matrix.matrix import Matrix
from test_matrix.sources import read_definition, read_models, standard_constraints, version_pairs

DEFAULT_MATRIX = "national"
CPL_MATRIX = "cpl"


def load_matrix(
    name_or_path: str | Path | None = None,
    *,
    cpl: Path | str | None = None,
    level: Granularity | str | None = None,
) -> Matrix:
    """A built-in matrix by name, or one defined in a file.

    None is the national matrix, or the one of the Central Products List where ``cpl`` (its CSV or XLSX
    file) is given. ``level`` overrides what the definition says. Raises InputError with all problems
    found, and OSError where a file cannot be read.
    """
    chosen = str(name_or_path or (CPL_MATRIX if cpl else DEFAULT_MATRIX))
    document, folder = read_definition(chosen)
    definition = checked(document, MatrixDocument)
    builder = Builder(
        document,
        definition,
        standard_constraints(),
        version_pairs(folder / definition.version_pairs if definition.version_pairs else None),
        Granularity(level) if level is not None else None,
    )
    return builder.build(read_models(document, definition.profiles, folder, Path(cpl) if cpl else None))
