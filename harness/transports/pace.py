"""The time of a home that is not emulated here: the machine's, or one that runs at a multiple of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from harness.network.clock import SECOND, Duration, Instant, instant_of


class Pace(Protocol):
    """A clock, and how long its time takes."""

    def now(self) -> Instant:
        """The present moment of the home."""
        ...

    def seconds(self, duration: Duration, /) -> float:
        """How many seconds of the machine a duration takes."""
        ...


@dataclass(frozen=True, slots=True)
class Running:
    """Time that began at ``begins`` when this was made, and runs ``speed`` times as fast as the machine's."""

    begins: Instant = field(default_factory=lambda: instant_of(datetime.now(UTC)))
    speed: float = 1.0
    _made: float = field(default_factory=time.monotonic)

    def now(self) -> Instant:
        """The present moment."""
        return Instant(self.begins + round((time.monotonic() - self._made) * self.speed * SECOND))

    def seconds(self, duration: Duration, /) -> float:
        """How many seconds of the machine a duration takes."""
        return max(duration, 0) / SECOND / self.speed
