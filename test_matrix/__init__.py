"""Which homes to test: factors, constraints, expansion, counting. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from test_matrix.matrix import Factor, Level, Matrix, Projection

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Factor", "Level", "Matrix", "Projection", "load_matrix"]


def load_matrix(
    name_or_path: str | Path | None = None, *, cpl: Path | str | None = None, level: str | None = None
) -> Matrix:
    """A built-in matrix by name, or one defined in a file; see ``test_matrix.loading.load_matrix``."""
    # Workers unpickle a Matrix and read no definition: YAML and pydantic are loaded here, not above.
    from test_matrix import loading  # noqa: PLC0415 - see above

    return loading.load_matrix(name_or_path, cpl=cpl, level=level)
