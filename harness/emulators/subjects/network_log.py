"""The network data log of a gas meter: consumption in six minutes each, once begun (SMETS2 4.6.5.15)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.registers import Registers
from harness.network.clock import MINUTE, Duration, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

PERIOD: Final = Duration(6 * MINUTE)


class NetworkLog:
    """When the log was last begun, and how many entries it takes."""

    __slots__ = ("_begun", "_device", "_most")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._begun: Instant | None = None
        self._most = 0

    def start(self, now: Instant, most: int) -> None:
        """Begin anew now; what was there is gone."""
        self._begun, self._most = now, most

    def samples(self, now: Instant, most: int) -> tuple[Instant, tuple[int, ...]]:
        """When the log was begun, and its first entries in dm³; none before it ever was."""
        if self._begun is None:
            return now, ()
        begun = self._begun
        count = min((now - begun) // PERIOD, self._most, most)
        at = self._device.part(Registers).active_import
        edges = [at(Instant(begun + number * PERIOD)) for number in range(count + 1)]
        return begun, tuple(later - earlier for earlier, later in pairwise(edges))
