"""Why cases fail: the devices, or pairs of devices, that every failure has in common.

A level is a cause for a case when every execution that holds it failed. Among such levels the one
that covers most failures is taken, then the next, until none is left; what remains is put down to
pairs of levels in the same way, and the rest is listed as scattered. This is counting, not proof: it
says where to look first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations as pairs_of

import numpy as np
import numpy.typing as npt

from reports.tuples import Group, Rows
from reports.verdicts import FIRST_BAD_RANK, NOT_RUN_RANK, PASS_RANK, Codes, ranks

Place = tuple[int, int]
"""A factor and one of its levels, by position."""

_Mask = npt.NDArray[np.bool_]

_MOST_NUMBERS = 1 << 21
"""Pairs of factors with more pairs of levels than this are not looked at."""
_MOST_CAUSES = 64
"""Causes of one case, of single levels and of pairs each; more would explain nothing."""


@dataclass(frozen=True)
class Blamed:
    """Part of one case's failures: those at these tuples of its group."""

    case: int
    group: int
    tuples: Rows


@dataclass(frozen=True)
class Cause:
    """Levels that failures have in common, over all cases.

    No place and ``everywhere``: the case failed wherever it ran. No place otherwise: scattered.
    """

    places: tuple[Place, ...]
    everywhere: bool
    blamed: tuple[Blamed, ...]

    @property
    def executions(self) -> int:
        """Failed executions put down to this cause."""
        return sum(len(entry.tuples) for entry in self.blamed)


def find_causes(groups: Sequence[Group], sizes: Sequence[int]) -> tuple[Cause, ...]:
    """Causes of everything that did not pass; those with the most cases come first."""
    found: dict[tuple[tuple[Place, ...], bool], list[Blamed]] = defaultdict(list)
    for number, group in enumerate(groups):
        group_sizes = [sizes[factor] for factor in group.participants]
        for row, case in enumerate(group.cases):
            for columns, everywhere, tuples in _explain(group.levels, group.verdicts[row], group_sizes):
                places = tuple((group.participants[column], level) for column, level in columns)
                found[places, everywhere].append(Blamed(case, number, tuples))
    causes = [Cause(places, everywhere, tuple(blamed)) for (places, everywhere), blamed in found.items()]
    return tuple(sorted(causes, key=lambda cause: (-len(cause.blamed), -cause.executions, cause.places)))


_Explained = tuple[tuple[Place, ...], bool, Rows]


def _explain(levels: Rows, verdicts: Codes, sizes: Sequence[int]) -> Iterator[_Explained]:
    """Split the failures of one case; columns stand for its participants."""
    rank = ranks(verdicts)
    bad = rank >= FIRST_BAD_RANK
    if not bad.any():
        return
    ran = bad | ((rank >= PASS_RANK) & (rank != NOT_RUN_RANK))
    left = np.flatnonzero(bad)
    if len(left) == ran.sum() and (len(sizes) != 1 or len(left) > 1):
        yield (), True, left
        return
    for width in (1, 2):
        shared = _shared_places(levels, ran, bad, sizes, width)
        for places, covered in _cover(shared, left):
            yield places, False, covered
            left = np.setdiff1d(left, covered, assume_unique=True)
    if len(left):
        yield (), False, left


@dataclass(frozen=True)
class _Shared:
    """One set of columns: the number of each tuple's levels in them, and which of those always fail."""

    columns: tuple[int, ...]
    sizes: tuple[int, ...]
    numbers: Rows
    always_fails: npt.NDArray[np.bool_]

    def places(self, number: int) -> tuple[Place, ...]:
        levels = np.unravel_index(number, self.sizes)
        return tuple((column, int(level)) for column, level in zip(self.columns, levels, strict=True))


def _shared_places(levels: Rows, ran: _Mask, bad: _Mask, sizes: Sequence[int], width: int) -> list[_Shared]:
    result = []
    for columns in pairs_of(range(len(sizes)), width):
        own = tuple(sizes[column] for column in columns)
        count = math.prod(own)
        if count > _MOST_NUMBERS:
            continue
        numbers = np.ravel_multi_index(tuple(levels[:, column].astype(np.int64) for column in columns), own)
        failed = np.bincount(numbers[bad], minlength=count)
        always = (failed > 0) & (failed == np.bincount(numbers[ran], minlength=count))
        if always.any():
            result.append(_Shared(columns, own, numbers, always))
    return result


def _cover(shared: Sequence[_Shared], left: Rows) -> Iterator[tuple[tuple[Place, ...], Rows]]:
    """Take what always fails and covers most of what is left, again and again."""
    for _ in range(_MOST_CAUSES):
        best, best_count = None, 0
        for entry in shared:
            counts = np.bincount(entry.numbers[left], minlength=len(entry.always_fails)) * entry.always_fails
            number = int(counts.argmax())
            if counts[number] > best_count:
                best, best_count = (entry, number), int(counts[number])
        if best is None:
            return
        entry, number = best
        covered = entry.numbers[left] == number
        yield entry.places(number), left[covered]
        left = left[~covered]
