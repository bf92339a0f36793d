"""What follows from a change, done once however much was changed together.

A command may set a dozen items that one thing follows from. It is worked out as soon as the device does
something by itself, after the command is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.network.clock import Instant

Consequence = Callable[["EmulatedDevice", "Instant"], None]


class Afterwards:
    """What a device is going to heed."""

    __slots__ = ("_device", "_waiting")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._waiting: set[Consequence] = set()

    def heed(self, consequence: Consequence) -> None:
        """Have something done soon, unless it is waiting to be done already."""
        if consequence not in self._waiting:
            self._waiting.add(consequence)
            self._device.schedule(self._device.template.start, lambda now: self._heed(consequence, now))

    def _heed(self, consequence: Consequence, now: Instant) -> None:
        self._waiting.remove(consequence)
        consequence(self._device, now)
