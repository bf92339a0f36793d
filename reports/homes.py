"""What the homes inherit: one pass over the combinations, a chunk at a time.

A home has no verdict of its own; it takes those of the tuples that it holds. The pass costs one
lookup per set of participants and combination, whatever the number of cases, and keeps only counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations as pairs_of
from typing import Any

import numpy as np
import numpy.typing as npt

from reports.tuples import Group, Rows
from reports.verdicts import FIRST_BAD_RANK, RANK_COUNT, Codes, Tally, ranks

Counts = npt.NDArray[np.int64]
FactorPair = tuple[int, int]

SHARD = 1 << 16
"""Combinations in one data file of the site."""


@dataclass(frozen=True)
class Measured:
    """One case whose verdict is counted per pair of factors: a row of a group."""

    group: int
    row: int
    case: int


@dataclass(frozen=True)
class Shard:
    """Consecutive combinations with what they inherit.

    ``worst`` is the highest rank of each home and ``bad`` its number of cases that did not pass;
    ``tuples`` has for each group the number of the tuple that each home holds, or -1.
    """

    start: int
    rows: Rows
    worst: Codes
    bad: npt.NDArray[np.uint16]
    tuples: tuple[Rows, ...]


class HomeCounts:
    """Counts that grow with every shard.

    ``weights`` has for each group the number of homes that hold each tuple. ``pairs`` has for each
    pair of factors an array level × level × rank of homes, one per measure; measure 0 is "all cases",
    the others are the measured cases. ``singles`` has for each factor an array level × rank.
    """

    def __init__(
        self, sizes: Sequence[int], groups: Sequence[Group], measured: Sequence[Measured], absent_rank: int
    ) -> None:
        """``absent_rank`` is as for ``inherit``."""
        self._sizes = tuple(sizes)
        self._groups = tuple(groups)
        self._measured = tuple(measured)
        self._absent = np.uint8(absent_rank)
        self.count = 0
        self.tally = Tally()
        self.weights = [np.zeros(len(group.keys) + 1, dtype=np.int64) for group in groups]
        self.singles = [np.zeros((size, RANK_COUNT), dtype=np.int64) for size in sizes]
        self.pairs: dict[FactorPair, Counts] = {
            (a, b): np.zeros((1 + len(self._measured), sizes[a], sizes[b], RANK_COUNT), dtype=np.int64)
            for a, b in pairs_of(range(len(sizes)), 2)
        }

    def add(self, shard: Shard) -> None:
        """Count one shard."""
        self.count += len(shard.rows)
        self.tally += Tally.of_ranks(shard.worst)
        for weights, tuples in zip(self.weights, shard.tuples, strict=True):
            np.add(weights, np.bincount(tuples % len(weights), minlength=len(weights)), out=weights)
        columns = [shard.rows[:, factor].astype(np.int64) for factor in range(len(self._sizes))]
        for factor, single in enumerate(self.singles):
            np.add(single, _counted(columns[factor], shard.worst, single.shape), out=single)
        for measure, rank in enumerate(self._ranks(shard)):
            for (a, b), counts in self.pairs.items():
                place = columns[a] * self._sizes[b] + columns[b]
                counts[measure] += _counted(place, rank, counts.shape[1:])

    def _ranks(self, shard: Shard) -> Iterator[Codes]:
        yield shard.worst
        for measured in self._measured:
            verdicts = ranks(self._groups[measured.group].verdicts[measured.row])
            yield np.append(verdicts, self._absent)[shard.tuples[measured.group]]


def _counted(place: Counts, rank: Codes, shape: tuple[int, ...]) -> Counts:
    flat = np.bincount(place * RANK_COUNT + rank, minlength=int(np.prod(shape)))
    return flat.reshape(shape)


def inherit(chunks: Iterable[Rows], groups: Sequence[Group], absent_rank: int) -> Iterator[Shard]:
    """Give each combination what it inherits, in shards of ``SHARD`` combinations.

    ``absent_rank`` is the rank of a home that holds a tuple that was not run.
    """
    # One more entry for "no such tuple", where the index -1 finds it.
    worst = [np.append(group.worst(), np.uint8(absent_rank)) for group in groups]
    bad = [
        np.append((ranks(group.verdicts) >= FIRST_BAD_RANK).sum(axis=0), 0).astype(np.uint16)
        for group in groups
    ]
    start = 0
    for rows in regroup(chunks, SHARD):
        tuples = tuple(group.find(rows) for group in groups)
        home_worst = np.zeros(len(rows), dtype=np.uint8)
        home_bad = np.zeros(len(rows), dtype=np.uint16)
        for number, found in enumerate(tuples):
            np.maximum(home_worst, worst[number][found], out=home_worst)
            home_bad += bad[number][found]
        yield Shard(start, rows, home_worst, home_bad, tuples)
        start += len(rows)


def regroup(chunks: Iterable[Rows], size: int) -> Iterator[Rows]:
    """The same rows in the same order, ``size`` at a time (the last may have fewer)."""
    waiting: list[npt.NDArray[Any]] = []
    count = 0
    for chunk in chunks:
        waiting.append(chunk)
        count += len(chunk)
        while count >= size:
            joined = np.concatenate(waiting)
            yield joined[:size]
            waiting, count = [joined[size:]], count - size
    if count:
        yield np.concatenate(waiting)


class FirstHomes:
    """Finds the first combination that holds each of some tuples, while the shards go by."""

    def __init__(self, wanted: Iterable[tuple[int, int]]) -> None:
        """``wanted`` are pairs of group and tuple."""
        self._missing: dict[int, set[int]] = {}
        for group, row in wanted:
            self._missing.setdefault(group, set()).add(row)
        self.found: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {}
        """For each pair the combination's number, counted from 0, and its level indices."""

    def add(self, shard: Shard) -> None:
        """Look through one shard."""
        for group, missing in self._missing.items():
            if not missing:
                continue
            rows, first = np.unique(shard.tuples[group], return_index=True)
            here = np.isin(rows, list(missing))
            for row, place in zip(rows[here].tolist(), first[here].tolist(), strict=True):
                missing.discard(row)
                self.found[group, row] = (shard.start + place, tuple(shard.rows[place].tolist()))
