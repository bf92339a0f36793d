"""Executions of cases that have the same participants, as one table: distinct tuples × cases.

Tuples are level indices of the participants, a row each, in lexicographic order. Looking up the
tuple that a combination holds is one multiplication per participant and one binary search.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from reports.verdicts import NOT_RUN, Codes, ranks

Rows = npt.NDArray[Any]
"""Level indices, a row for each tuple or combination."""
Keys = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]
"""Numbers of tuples."""

_LARGEST_KEY = 2**63


class KeySpace:
    """Mixed-radix numbers for rows of level indices; their order is the lexicographic one.

    Raises ValueError where the numbers would not fit 63 bits.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        if math.prod(max(size, 1) for size in sizes) >= _LARGEST_KEY:
            raise ValueError(f"participants with {'×'.join(map(str, sizes))} levels are too many to index")
        self._sizes = tuple(max(size, 1) for size in sizes)

    def keys(self, rows: Rows) -> Keys:
        """One key per row of level indices, which has a column for each participant."""
        total = np.zeros(len(rows), dtype=np.int64)
        for column, size in enumerate(self._sizes):
            total = total * size + rows[:, column]
        return total


@dataclass(frozen=True, eq=False)
class Group:
    """Every case with these participants. Positions are of the run's factors and cases.

    ``verdicts`` has a row for each case and a column for each tuple.
    """

    participants: tuple[int, ...]
    cases: tuple[int, ...]
    space: KeySpace
    keys: Keys
    levels: Rows
    verdicts: Codes

    def find(self, combinations: Rows) -> Places:
        """For each combination the number of the tuple that it holds, or -1 where none was run."""
        return self.place(combinations[:, self.participants])

    def place(self, levels: Rows) -> Places:
        """The number of each tuple (a column for each participant), or -1 where there is no such."""
        if not len(self.keys):
            return np.full(len(levels), -1, dtype=np.int64)
        wanted = self.space.keys(levels)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, place, -1)

    def worst(self) -> Codes:
        """The highest rank of all cases, for each tuple."""
        worst: Codes = ranks(self.verdicts).max(axis=0, initial=0)
        return worst


@dataclass(frozen=True, eq=False)
class Executions:
    """What was stored of one case: tuples (n × participants) and their verdicts. Tuples may repeat."""

    case: int
    levels: Rows
    verdicts: Codes


def group_executions(
    participants: tuple[int, ...], sizes: Sequence[int], executions: Sequence[Executions]
) -> Group:
    """Join the executions of cases that have the same participants.

    Where a tuple was run more than once (a run without sharing), its worst verdict counts.
    """
    space = KeySpace([sizes[factor] for factor in participants])
    width = len(participants)
    keyed = [(entry, space.keys(entry.levels)) for entry in executions]
    keys = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *(own for _, own in keyed)]))
    levels = np.zeros((len(keys), width), dtype=np.uint16)
    verdicts = np.full((len(executions), len(keys)), NOT_RUN, dtype=np.uint8)
    for row, (entry, own) in enumerate(keyed):
        place = np.searchsorted(keys, own)
        levels[place] = entry.levels
        verdicts[row] = _worst_of_repeats(place, entry.verdicts, len(keys))
    return Group(participants, tuple(entry.case for entry in executions), space, keys, levels, verdicts)


def _worst_of_repeats(place: Rows, verdicts: Codes, count: int) -> Codes:
    result = np.full(count, NOT_RUN, dtype=np.uint8)
    order = np.argsort(ranks(verdicts), kind="stable")
    result[place[order]] = verdicts[order]  # of several writes to a place the last stays: the highest rank
    return result
