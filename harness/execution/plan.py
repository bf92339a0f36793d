"""What a run will do: which case on which tuples of participants, cut into chunks of work.

A case runs once for each distinct tuple of its participants that valid combinations hold, in the first
combination that holds it; a case that takes the whole home, and every case of a run without sharing, runs
on each combination. A plan follows from matrix, cases, seed and sharing, and is never listed as a whole:
any process works out a chunk from the plan and the chunk's place in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from harness.execution.digests import digest_of
from harness.records.types import CaseRecord
from test_matrix import Matrix, Projection

CHUNK_EXECUTIONS: Final = 1000
"""Executions in one chunk: about a second's work of one core at most."""
_BLOCK: Final = 1 << 16
_DIGEST_OCTETS: Final = 32

Rows = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Work that is stored as one: a case on ``count`` consecutive tuples of a projection.

    ``left`` are the executions, counted from 0, that are still to be done; None for all of them.
    """

    number: int
    case_number: int
    projection: int
    first: int
    count: int
    left: tuple[int, ...] | None = None

    @property
    def executions(self) -> Sequence[int]:
        """The executions to be done, counted from 0."""
        return range(self.count) if self.left is None else self.left


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case and the number of the projection whose tuples it runs on."""

    record: CaseRecord
    projection: int


@dataclass(frozen=True)
class Plan:
    """A whole run before it starts. Pickles to little more than its matrix.

    ``projections`` are positions of factors; number 0 is all of them: the combinations themselves. With
    ``frames`` every home has a network of frames, otherwise those of cases about it do.
    """

    matrix: Matrix
    cases: tuple[PlannedCase, ...]
    projections: tuple[tuple[int, ...], ...]
    sizes: tuple[int, ...]
    seed: int
    sharing: bool
    engine: str
    chunk_executions: int = CHUNK_EXECUTIONS
    frames: bool = False

    @property
    def combinations(self) -> int:
        """Valid combinations of the matrix."""
        return self.sizes[0]

    @property
    def executions(self) -> int:
        """Executions of all cases together."""
        return sum(self.sizes[case.projection] for case in self.cases)

    def chunks(self) -> Iterator[Chunk]:
        """Everything there is to do, in order."""
        number = 0
        for case_number in sorted(range(len(self.cases)), key=self._turn):
            case = self.cases[case_number]
            size = self.sizes[case.projection]
            for first in range(0, size, self.chunk_executions):
                count = min(self.chunk_executions, size - first)
                yield Chunk(number, case_number, case.projection, first, count)
                number += 1

    def chunks_left(self, finished: Collection[int]) -> Iterator[Chunk]:
        """The chunks whose numbers are not among those finished, in order."""
        return (chunk for chunk in self.chunks() if chunk.number not in finished)

    def batches(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, ...]]:
        """Chunks as work is handed out: small ones taken together."""
        batch: list[Chunk] = []
        executions = 0
        for chunk in chunks:
            own = len(chunk.executions)
            if batch and executions + own > self.chunk_executions:
                yield tuple(batch)
                batch, executions = [], 0
            batch.append(chunk)
            executions += own
        if batch:
            yield tuple(batch)

    def homes(self, chunk: Chunk) -> Rows:
        """The combinations that a chunk runs on: a row of level indices of every factor for each."""
        last = chunk.first + chunk.count
        if chunk.projection == 0:
            return self.matrix.rows(chunk.first, last)
        homes: Rows = self._projected(chunk.projection).representatives[chunk.first : last]
        return homes

    def weights(self, chunk: Chunk) -> npt.NDArray[np.int64]:
        """How many combinations inherit each verdict of a chunk."""
        if chunk.projection == 0:
            return np.ones(chunk.count, dtype=np.int64)
        return self._projected(chunk.projection).counts[chunk.first : chunk.first + chunk.count]

    def blocks(self, projection: int) -> Iterator[tuple[Rows, Rows | None]]:
        """All tuples of a projection with their homes, some at a time; no homes for combinations."""
        if projection == 0:
            for rows in self.matrix.chunks(_BLOCK):
                yield rows, None
            return
        projected = self._projected(projection)
        for first in range(0, len(projected.tuples), _BLOCK):
            part = slice(first, first + _BLOCK)
            yield projected.tuples[part], projected.representatives[part]

    def likenesses(self, chunk: Chunk, homes: Rows) -> npt.NDArray[np.int64]:
        """A number for each tuple of a chunk, equal for tuples that are tried for one another.

        Those are of devices that differ in names alone, where the matrix asks for it. Of combinations none
        are equal: each is driven itself.
        """
        if not self.matrix.alike or chunk.projection == 0:
            return np.arange(chunk.count, dtype=np.int64)
        numbers = np.zeros(chunk.count, dtype=np.int64)
        for factor in self.projections[chunk.projection]:
            first = self._first_alike[factor]
            numbers = numbers * len(first) + first[homes[:, factor]]
        return numbers

    def address(self, chunk: Chunk, homes: Rows) -> str:
        """SHA-256 (hexadecimal) of all that a chunk's verdicts depend on.

        The case's source, the catalogue with the rest of the engine, the seed, how messages are carried,
        and what the profiles of the participants say, tuple after tuple. Equal addresses have equal verdicts.
        """
        planned = self.cases[chunk.case_number]
        record = planned.record
        basis = digest_of((record.case_id, record.source_digest, *(text for _, text in self.basis)))
        content = hashlib.sha256(bytes.fromhex(basis))
        for factor in self.projections[chunk.projection]:
            content.update(self._level_digests[factor][homes[:, factor]].tobytes())
        return content.hexdigest()

    def _turn(self, case_number: int) -> tuple[bool, int, int]:
        """What others rely on goes first; then what is shared most, for every case to say something soon."""
        case = self.cases[case_number]
        return not case.record.leads, self.sizes[case.projection], case.projection

    @property
    def basis(self) -> tuple[tuple[str, str], ...]:
        """What every verdict depends on, by name, beside its case and the profiles of the participants."""
        return (
            ("source of the emulated devices", self.engine),
            ("seed", str(self.seed)),
            ("home area network", "frames" if self.frames else "messages"),
        )

    @cached_property
    def digests(self) -> tuple[tuple[str, str], ...]:
        """What the plan depends on, by name: a run goes on only where all of these are the same."""
        return (
            ("matrix", digest_of((self.matrix.name, self.matrix.level, self.matrix.digest))),
            ("cases", digest_of(f"{case.record}" for case in self.cases)),
            ("sharing", "on" if self.sharing else "off"),
            ("devices alike", "tried for one another" if self.matrix.alike else "tried one by one"),
            ("chunk size", str(self.chunk_executions)),
            *self.basis,
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the plan."""
        return digest_of(text for pair in self.digests for text in pair)

    @cached_property
    def level_digests(self) -> tuple[tuple[str, ...], ...]:
        """For each factor and level, what the profile says of the device."""
        return tuple(tuple(level.digest for level in factor.levels) for factor in self.matrix.factors)

    @cached_property
    def _first_alike(self) -> tuple[npt.NDArray[np.int64], ...]:
        """For each factor and level, the first level that is like it."""
        return tuple(
            _first_equal([level.likeness for level in factor.levels]) for factor in self.matrix.factors
        )

    @cached_property
    def _level_digests(self) -> tuple[npt.NDArray[Any], ...]:
        return tuple(
            np.frombuffer(b"".join(map(bytes.fromhex, own)), dtype=f"V{_DIGEST_OCTETS}")
            for own in self.level_digests
        )

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: what is derived from them is made again where it is wanted."""
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    def _projected(self, projection: int) -> Projection:
        kept = self.__dict__.setdefault("_kept", {})
        if projection not in kept:
            kept.clear()  # chunks come in order of projection: keeping one bounds memory
            names = [self.matrix.factors[factor].name for factor in self.projections[projection]]
            kept[projection] = self.matrix.project(names)
        found: Projection = kept[projection]
        return found


def _first_equal(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """For each text the index of the first that is equal to it."""
    first: dict[str, int] = {}
    return np.array([first.setdefault(text, number) for number, text in enumerate(texts)], dtype=np.int64)
