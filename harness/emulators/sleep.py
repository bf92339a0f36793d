"""When a sleepy gas meter is awake: a moment every half hour, in its own phase (GBCS 10.3.3)."""

from __future__ import annotations

from typing import Final

from harness.network.clock import MINUTE, Duration, Instant

WAKE_INTERVAL: Final = Duration(30 * MINUTE)


def next_wake(phase: Duration, now: Instant) -> Instant:
    """The first time after ``now`` at which the meter wakes."""
    return Instant(last_wake(phase, now) + WAKE_INTERVAL)


def last_wake(phase: Duration, now: Instant) -> Instant:
    """The last time up to ``now`` at which it woke."""
    return Instant(now - (now - phase) % WAKE_INTERVAL)
