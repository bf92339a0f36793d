"""The boost button: a while of full load on the controllers that go with it (SMETS2 5.14, ECS61c, ECS62)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.emulators.cosem.objects import Objects
from harness.gbcs.use_case import obis_octets
from harness.network.clock import MINUTE, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

DEPTH: Final = 25
STEP: Final = 15
"""Minutes that each further press adds."""
LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Boosted:
    """When a boost began and ended, or is to end, by the device's clock."""

    start: Instant
    end: Instant


class Boost:
    """Boosts, oldest first; the oldest gives way when the log is full."""

    __slots__ = ("_device", "log")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.log: deque[Boosted] = deque(maxlen=DEPTH)

    def press(self, now: Instant) -> None:
        """The button is pressed: a quarter of an hour more, up to an hour from the start."""
        running = self._running(now)
        if running is None:
            self.log.append(Boosted(now, Instant(now + STEP * MINUTE)))
            return
        self.log.pop()
        end = min(running.end + STEP * MINUTE, running.start + LONGEST * MINUTE)
        self.log.append(Boosted(running.start, Instant(end)))

    def cancel(self, now: Instant) -> None:
        """A boost that is on is called off."""
        running = self._running(now)
        if running is not None:
            self.log.pop()
            self.log.append(Boosted(running.start, now))

    def boosts(self, controller: int, at: Instant) -> bool:
        """Whether a controller goes with the button, and a boost is on."""
        if not any(one.start <= at < one.end for one in self.log):
            return False
        written = self._device.part(Objects).written((1, obis_octets(f"0-0:94.44.6.{controller}"), 2, False))
        return written is not None and written.value is True

    def _running(self, now: Instant) -> Boosted | None:
        last = self.log[-1] if self.log else None
        return last if last is not None and last.start <= now < last.end else None
