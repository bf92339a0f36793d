"""A constraint as a table: which levels of a few factors may share a home.

Levels that a constraint cannot tell apart are one *class* of it, so the table stays small however many
firmwares there are: two bands and a handful of versions make a table of a dozen cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """What must hold for the factors at positions ``scope`` (ascending) of a matrix.

    ``classes[i][level]`` is the class of a level of factor ``scope[i]``; ``allowed`` has one axis for
    each factor of the scope and one cell for each tuple of classes.
    """

    id: str
    because: str
    scope: tuple[int, ...]
    classes: tuple[Indices, ...]
    allowed: npt.NDArray[np.bool_]

    def excludes_anything(self) -> bool:
        """Whether some tuple of levels is not allowed."""
        return not self.allowed.all()


def constraint_of(
    identity: str,
    because: str,
    scope: Sequence[int],
    classes: Sequence[npt.ArrayLike],
    allowed: npt.ArrayLike,
) -> Constraint:
    """A constraint with classes merged where the table does not tell them apart."""
    table = np.asarray(allowed, dtype=bool)
    merged: list[Indices] = []
    for axis, given in enumerate(classes):
        slices = np.moveaxis(table, axis, 0).reshape(table.shape[axis], -1)
        _, first, inverse = np.unique(slices, axis=0, return_index=True, return_inverse=True)
        table = np.take(table, first, axis=axis)
        merged.append(inverse.reshape(-1)[np.asarray(given, dtype=np.intp)].astype(np.intp))
    order = sorted(range(len(scope)), key=lambda position: scope[position])
    return Constraint(
        identity,
        because,
        tuple(scope[position] for position in order),
        tuple(merged[position] for position in order),
        np.ascontiguousarray(table.transpose(order)),
    )
