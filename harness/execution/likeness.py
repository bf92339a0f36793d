"""What devices that differ in names alone need not be tried for one by one.

A list of products has many models, and says little of each: kind, radio, options, specification versions.
Emulated from that, models that agree in it are one device with other names on it. A matrix may ask that
such devices be tried for one another: in every chunk of work two tuples of each likeness are executed, and
where both pass, or neither is applicable for the same reason, the rest of that likeness inherits the
verdict. Whatever else comes of the two, each tuple of that likeness is executed itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from harness.records.evidence import Evidence

Judged = Evidence | str | None
"""None for a pass, the reason why a case does not apply, or what was found."""

_TRIED: Final = 2


class Likenesses:
    """What came of a chunk's tuples so far. ``numbers`` has one for each tuple, equal for those alike."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers
        self._came: dict[int, list[Judged]] = {}
        self.performed = 0

    def judge(self, row: int, execute: Callable[[], Judged]) -> Judged:
        """What is known of tuples like this one, or what comes of executing it."""
        came = self._came.setdefault(self._numbers[row], [])
        if len(came) == _TRIED and came[0] == came[1] and not isinstance(came[0], Evidence):
            return came[0]
        judged = execute()
        self.performed += 1
        if len(came) < _TRIED:
            came.append(judged)
        return judged
