"""Protection against replay: the highest counter accepted from each party (GBCS 4.3.1.4, 6.2.4).

Top-ups count apart from all else that a party sends. The floors are stored for good: neither a
restart nor a loss of power changes them. Replacing a party's credentials may set them anew (13.3).
"""

from __future__ import annotations

from enum import IntEnum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice


class CounterClass(IntEnum):
    """Commands that share a counter. The numbers are only ours."""

    GENERAL = auto()
    TOP_UP = auto()


class ReplayCounters:
    """Highest accepted counter by scope and class; 0 where nothing came yet.

    The scope of a party that the device knows is its role, so that a successor takes over where the
    last one stood; that of any other is its entity identifier.
    """

    __slots__ = ("_floors",)

    def __init__(self, _device: EmulatedDevice) -> None:
        self._floors: dict[tuple[object, CounterClass], int] = {}

    def floor(self, scope: object, kind: CounterClass = CounterClass.GENERAL) -> int:
        """The counter that the next command has to exceed."""
        return self._floors.get((scope, kind), 0)

    def accept(self, scope: object, counter: int, kind: CounterClass = CounterClass.GENERAL) -> bool:
        """Take note of a counter if it exceeds the floor; say whether it did."""
        if counter <= self.floor(scope, kind):
            return False
        self._floors[scope, kind] = counter
        return True

    def set_floor(self, scope: object, floor: int, kind: CounterClass = CounterClass.GENERAL) -> None:
        """Have commands count from another floor on, be it higher or lower."""
        self._floors[scope, kind] = floor

    def forget(self) -> None:
        """Lose every floor."""
        self._floors.clear()
