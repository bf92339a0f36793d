"""Verdicts as people see them: always a word and a symbol, never a colour alone.

``NOT_RUN`` stands beside the verdicts where a table needs a value for "no execution was stored".
``rank`` orders them by how much attention they want: a home takes the highest rank of its cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.records.types import Verdict

NOT_RUN = 255
"""Stored nowhere: the value of an execution that there is none of."""

Codes = npt.NDArray[np.uint8]
"""Verdict values, or ``NOT_RUN``."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one verdict is shown. ``code`` is the verdict's value; ``style`` names its CSS class."""

    code: int
    word: str
    symbol: str
    style: str
    ended: str


LOOKS: tuple[Look, ...] = (
    Look(Verdict.NOT_APPLICABLE, "Not applicable", "–", "na", "not applicable"),
    Look(Verdict.PASS, "Pass", "✓", "pass", "passed"),
    Look(NOT_RUN, "Not run", "·", "none", "not run"),
    Look(Verdict.INCONCLUSIVE, "Inconclusive", "?", "inconclusive", "stayed inconclusive"),
    Look(Verdict.FAIL, "Fail", "✗", "fail", "failed"),
    Look(Verdict.ERROR, "Error", "!", "error", "ended in error"),
)
"""In the order of rank, lowest first. NOT_RUN outranks PASS: half a home tested is not a pass."""

RANK_COUNT = len(LOOKS)
NOT_APPLICABLE_RANK, PASS_RANK, NOT_RUN_RANK, *_ = range(RANK_COUNT)
FIRST_BAD_RANK = NOT_RUN_RANK + 1

_RANK_OF_CODE = np.zeros(256, dtype=np.uint8)
for _rank, _look in enumerate(LOOKS):
    _RANK_OF_CODE[_look.code] = _rank


def ranks(codes: Codes) -> Codes:
    """The rank of each verdict value."""
    return _RANK_OF_CODE[codes]


def look(code: int) -> Look:
    """How a verdict value is shown. Raises KeyError for a value that is no verdict."""
    return _BY_CODE[code]


_BY_CODE = {entry.code: entry for entry in LOOKS}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of something ended in each way, by rank."""

    counts: tuple[int, ...] = (0,) * RANK_COUNT

    @classmethod
    def of_ranks(cls, values: npt.NDArray[Any], weights: npt.NDArray[Any] | None = None) -> Tally:
        """Count ranks, each with its weight where there are weights."""
        counted = np.bincount(values, weights=weights, minlength=RANK_COUNT)
        return cls(tuple(int(count) for count in counted))

    def __add__(self, other: Tally) -> Tally:
        return Tally(tuple(mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)))

    def of(self, code: int) -> int:
        """The count of one verdict value."""
        return self.counts[int(_RANK_OF_CODE[code])]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)

    @property
    def bad(self) -> int:
        """Those that fail the gate: failed, inconclusive, in error."""
        return sum(self.counts[FIRST_BAD_RANK:])

    @property
    def decided(self) -> int:
        """Those that were run and applied."""
        return self.counts[PASS_RANK] + self.bad

    def shown(self) -> tuple[tuple[Look, int], ...]:
        """Looks with a count, most urgent first."""
        pairs = zip(LOOKS, self.counts, strict=True)
        return tuple((entry, count) for entry, count in reversed(tuple(pairs)) if count)
