"""How much of an hour a sub-GHz radio was on the air, and what it may still send (CHTS 4.6.2; DBCH06).

Up to each threshold a radio is in the state before it: normal, limited, critical, regulated. Limited
radios leave out what can wait, critical ones send only what must go, regulated ones nothing at all.
Thresholds are parts in ten thousand of the hour, as the hub's settings have them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from harness.network.clock import HOUR, Instant

_PARTS: Final = 10_000


class DutyState(IntEnum):
    """States in the order in which they restrict."""

    NORMAL = 0
    LIMITED = 1
    CRITICAL = 2
    REGULATED = 3


class Urgency(IntEnum):
    """What a frame is for: it goes up to the state of the same number."""

    ROUTINE = 0
    """What can be left out: publications, keep-alive, images."""
    NORMAL = 1
    """Messages of remote parties."""
    CRITICAL = 2
    """What keeps the network and supply going: joining, keys, acknowledgements."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Use of the air, in parts in ten thousand of an hour, from which on each state holds."""

    limited: int = 180
    critical: int = 240
    regulated: int = 280

    def state_at(self, parts: int) -> DutyState:
        """The state of a radio that used so much."""
        if parts >= self.regulated:
            return DutyState.REGULATED
        if parts >= self.critical:
            return DutyState.CRITICAL
        return DutyState.LIMITED if parts >= self.limited else DutyState.NORMAL


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state: when, from which, to which."""

    at: Instant
    before: DutyState
    after: DutyState

    @property
    def alert_codes(self) -> tuple[int, ...]:
        """The alerts that a hub raises for it, one for each threshold that was crossed."""
        if self.after > self.before:
            return tuple(_ACTION_TAKEN[DutyState(state)] for state in range(self.before + 1, self.after + 1))
        return tuple(_FALLEN_BELOW[DutyState(state)] for state in range(self.before, self.after, -1))


_ACTION_TAKEN: Final = {
    DutyState.LIMITED: 0x8F20,
    DutyState.CRITICAL: 0x8F22,
    DutyState.REGULATED: 0x8F24,
}
_FALLEN_BELOW: Final = {
    DutyState.LIMITED: 0x8F21,
    DutyState.CRITICAL: 0x8F23,
    DutyState.REGULATED: 0x8F25,
}


class DutyCycle:
    """The account of one radio over the last hour."""

    __slots__ = ("_sent", "_state", "_used", "thresholds", "transitions")

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self.thresholds = thresholds or Thresholds()
        self.transitions: list[Transition] = []
        self._sent: deque[tuple[int, int]] = deque()
        self._used = 0
        self._state = DutyState.NORMAL

    def used(self, now: Instant) -> int:
        """Microseconds on the air in the hour up to now."""
        while self._sent and self._sent[0][0] <= now - HOUR:
            self._used -= self._sent.popleft()[1]
        return self._used

    def state(self, now: Instant) -> DutyState:
        """The state now. What changed since it was last asked for is in ``transitions``."""
        after = self.thresholds.state_at(self.used(now) * _PARTS // HOUR)
        if after is not self._state:
            self.transitions.append(Transition(now, self._state, after))
            self._state = after
        return after

    def account(self, now: Instant, airtime: int) -> DutyState:
        """Add so many microseconds on the air, and give the state then."""
        self._sent.append((now, airtime))
        self._used += airtime
        return self.state(now)

    def allows(self, urgency: Urgency, now: Instant) -> bool:
        """Whether a frame of that urgency may go now."""
        return self.state(now) <= int(urgency)

    def review_at(self) -> Instant | None:
        """When the oldest use of the air leaves the account, which may end a restriction."""
        return Instant(self._sent[0][0] + HOUR) if self._sent and self._state else None
