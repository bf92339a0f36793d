"""A test matrix: factors, their levels, and the constraints that say which homes there are."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile, Region
from test_matrix.constraint import Constraint
from test_matrix.elimination import Counts, Elimination, Rows

REGION = "region"
"""Name of the factor that is a place, not a device. Every other factor is named by its kind."""
NONE = "none"
"""Key of the level "no such device in the home"."""
# Rows hold level indices of 16 bits; the largest index stays free.
_MOST_LEVELS = (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class Level:
    """One choice of a factor: a device, a region, or (with neither) no device at all."""

    key: str
    label: str
    profile: DeviceProfile | None = None
    region: Region | None = None

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of what the level is and of what its profile says of the device."""
        return hashlib.sha256(f"{self.key} {_content(self.profile)}\n".encode()).hexdigest()

    @property
    def likeness(self) -> str:
        """Equal for devices that differ in nothing but names, identifiers and version numbers.

        A device with seeded defects is like no other, as a defect may go by any of these.
        """
        if self.profile is None or self.profile.firmware.defects:
            return self.key
        return _abilities(self.profile)


@dataclass(frozen=True, slots=True)
class Factor:
    """One axis: the places of one kind of device in a home, or the region."""

    name: str
    kind: DeviceKind | None
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Projection:
    """The distinct tuples of some factors that valid combinations hold, in lexicographic order.

    ``tuples`` has a column for each factor asked for, ``representatives`` one for each factor of the
    matrix (the first valid combination that holds the tuple), ``counts`` the number of combinations
    that hold it.
    """

    tuples: Rows
    representatives: Rows
    counts: Counts


@dataclass(frozen=True)
class Matrix:
    """Factors and constraints. Rows are level indices (uint16), one column for each factor in order.

    Pickles to little more than its profiles, so that every worker can have it.
    """

    name: str
    title: str
    level: str
    factors: tuple[Factor, ...]
    constraints: tuple[Constraint, ...] = ()
    cases: tuple[str, ...] = ()
    """Patterns of the cases that a run does unless a person names others; empty for all of them."""
    alike: bool = False
    """Whether devices that differ in names alone are tried for one another (``Level.likeness``)."""

    def __post_init__(self) -> None:
        if any(size > _MOST_LEVELS for size in self._sizes):
            raise ValueError(f"a factor has at most {_MOST_LEVELS} levels")

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: what is derived from them is cheaper to make again than to send."""
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    def factor(self, name: str) -> Factor:
        """The factor of that name. Raises KeyError."""
        return self.factors[self._position[name]]

    def count(self) -> int:
        """The number of valid combinations, exact, without listing them."""
        return self._elimination.total

    def count_unconstrained(self) -> int:
        """The number of combinations before constraints."""
        return math.prod(self._sizes)

    def excluded_by(self, constraint: Constraint) -> int:
        """How many combinations the constraint excludes when it stands alone."""
        alone = Elimination(self._sizes, (constraint,), tuple(range(len(self.factors))))
        return self.count_unconstrained() - alone.total

    def chunks(self, size: int) -> Iterator[Rows]:
        """All valid combinations in lexicographic order, at most ``size`` rows at a time."""
        for start in range(0, self.count(), size):
            yield self.rows(start, start + size)

    def rows(self, start: int, stop: int) -> Rows:
        """Valid combinations number ``start`` up to ``stop`` (from 0, lexicographic)."""
        return self._elimination.rows(start, stop)[0]

    def project(self, factor_names: Sequence[str]) -> Projection:
        """Which tuples of the named factors (each once) there are, and a combination for each."""
        asked = tuple(self._position[name] for name in factor_names)
        others = tuple(position for position in range(len(self.factors)) if position not in asked)
        elimination = Elimination(self._sizes, self.constraints, asked + others)
        tuples, counts = elimination.rows(0, elimination.total, depth=len(asked))
        completed = elimination.completed(tuples)
        representatives = np.empty_like(completed)
        representatives[:, asked + others] = completed
        return Projection(tuples, representatives, counts)

    def sample(self, n: int, seed: int) -> Rows:
        """``n`` different valid combinations (all, if there are fewer), in order; the same for a seed."""
        total = self.count()
        if n >= total:
            return self.rows(0, total)
        few = min(n, total - n)
        drawn: set[int] = set()
        for draw in itertools.count():
            if len(drawn) == few:
                break
            octets = hashlib.sha256(f"{seed}:{draw}".encode()).digest()
            drawn.add(int.from_bytes(octets, "big") % total)
        chosen = sorted(drawn) if few == n else [rank for rank in range(total) if rank not in drawn]
        return np.concatenate([self.rows(0, 0), *(self.rows(rank, rank + 1) for rank in chosen)])

    def home(self, row: Sequence[int] | npt.NDArray[np.integer[Any]]) -> HomeProfile:
        """The home that a row of level indices stands for."""
        devices: dict[DeviceKind, DeviceProfile] = {}
        for kind, position, profiles in self._places:
            profile = profiles[row[position]]
            if profile is not None:
                devices[kind] = profile
        regions = self._regions
        region = regions[1][row[regions[0]]] if regions else None
        return HomeProfile(devices, region)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of what decides the combinations: levels, what they are, constraints."""
        content = hashlib.sha256()
        for factor in self.factors:
            content.update(f"factor {factor.name}\n".encode())
            for level in factor.levels:
                content.update(level.digest.encode())
        for constraint in self.constraints:
            content.update(f"constraint {constraint.scope} {constraint.allowed.shape}\n".encode())
            for classes in constraint.classes:
                content.update(classes.astype("<u2").tobytes())
            content.update(np.packbits(constraint.allowed).tobytes())
        return content.hexdigest()

    @cached_property
    def _position(self) -> dict[str, int]:
        return {factor.name: position for position, factor in enumerate(self.factors)}

    @cached_property
    def _sizes(self) -> tuple[int, ...]:
        return tuple(len(factor.levels) for factor in self.factors)

    @cached_property
    def _elimination(self) -> Elimination:
        return Elimination(self._sizes, self.constraints, tuple(range(len(self.factors))))

    @cached_property
    def _places(self) -> tuple[tuple[DeviceKind, int, tuple[DeviceProfile | None, ...]], ...]:
        return tuple(
            (kind, position, tuple(level.profile for level in factor.levels))
            for kind in DeviceKind
            for position, factor in enumerate(self.factors)
            if factor.kind is kind
        )

    @cached_property
    def _regions(self) -> tuple[int, tuple[Region | None, ...]] | None:
        if REGION not in self._position:
            return None
        factor = self.factor(REGION)
        return self._position[REGION], tuple(level.region for level in factor.levels)


def _content(profile: DeviceProfile | None) -> str:
    """What a profile says of a device, apart from where it was read and the other firmwares of its model."""
    if profile is None:
        return ""
    model, firmware = profile.model, profile.firmware
    texts = (model.name, model.maker, firmware.image_hash or "", *firmware.defects)
    return repr((texts, _abilities(profile)))


def _abilities(profile: DeviceProfile) -> str:
    """What a profile says that a device can do, and by which specifications."""
    model, firmware = profile.model, profile.firmware
    words = (profile.kind, model.variant, firmware.specification, firmware.gbcs, model.features_known)
    sets = (profile.features, model.bands, model.wan, model.regions)
    return repr(([str(word) for word in words], [sorted(map(str, values)) for values in sets]))
