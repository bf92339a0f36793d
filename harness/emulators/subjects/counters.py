"""Protection against replay: the highest counter accepted from each party (GBCS 4.3.1.4, 6.2.4).

The floors are stored for good: neither a restart nor a loss of power changes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice


class ReplayCounters:
    """Highest accepted counter by scope, the party's entity identifier; 0 where nothing came yet."""

    __slots__ = ("_floors",)

    def __init__(self, _device: EmulatedDevice) -> None:
        self._floors: dict[object, int] = {}

    def floor(self, scope: object) -> int:
        """The counter that the next command has to exceed."""
        return self._floors.get(scope, 0)

    def accept(self, scope: object, counter: int) -> bool:
        """Take note of a counter if it exceeds the floor; say whether it did."""
        if counter <= self.floor(scope):
            return False
        self._floors[scope] = counter
        return True

    def forget(self) -> None:
        """Lose every floor."""
        self._floors.clear()
