"""From a claim and the levels of factors to a table of what may stand together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from test_matrix.attributes import ATTRIBUTES, PRESENT, Value
from test_matrix.claims import Claim
from test_matrix.constraint import Constraint, constraint_of
from test_matrix.elimination import TooEntangled
from test_matrix.matrix import REGION, Factor, Level
from test_matrix.names import Atom
from test_matrix.version_pairs import VersionPairs

# Asking this often takes some seconds. Only a constraint on names or firmwares of many factors gets there.
_LARGEST_TABLE = 1 << 20


def tabulated(
    identity: str, because: str, claim: Claim, factors: Sequence[Factor], version_pairs: VersionPairs
) -> Constraint:
    """The constraint that excludes the combinations for which ``claim`` is false.

    The claim is asked once for each tuple of distinct answers, however many levels give them.
    """
    scope = [position for position, factor in enumerate(factors) if factor.name in _named(claim)]
    atoms = [[atom for atom in claim.atoms if atom.factor == factors[position].name] for position in scope]
    classes: list[list[int]] = []
    answers: list[list[tuple[Value, ...]]] = []
    for position, asked in zip(scope, atoms, strict=True):
        known: dict[tuple[Value, ...], int] = {}
        given = [
            tuple(answer(atom, level, version_pairs) for atom in asked) for level in factors[position].levels
        ]
        classes.append([known.setdefault(values, len(known)) for values in given])
        answers.append(list(known))
    shape = [len(known) for known in answers]
    if math.prod(shape) > _LARGEST_TABLE:
        raise TooEntangled(f"{identity} compares {' × '.join(map(str, shape))} different devices")
    names = [atom for asked in atoms for atom in asked]
    allowed = [
        claim.verdict(dict(zip(names, itertools.chain(*cell), strict=True))) is not False
        for cell in itertools.product(*answers)
    ]
    return constraint_of(identity, because, scope, classes, np.array(allowed, dtype=bool).reshape(shape))


def answer(atom: Atom, level: Level, version_pairs: VersionPairs) -> Value:
    """What a level says to one question; None is "unknown"."""
    if atom.factor == REGION:
        return level.region
    if level.profile is None:
        return False if atom.attribute == PRESENT else None
    return ATTRIBUTES[atom.attribute].read(level.profile, version_pairs)


def _named(claim: Claim) -> frozenset[str]:
    return frozenset(atom.factor for atom in claim.atoms)
