"""The security log: the last hundred security events of a device (SMETS2 5.7.5.34, GBCS 16)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

DEPTH: Final = 100


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """What happened and when. ``code`` is the event's alert code; ``source`` the message's originator."""

    at: Instant
    code: int
    source: bytes


class SecurityLog:
    """Events, oldest first; the oldest gives way when the log is full."""

    __slots__ = ("events",)

    def __init__(self, _device: EmulatedDevice) -> None:
        self.events: deque[SecurityEvent] = deque(maxlen=DEPTH)

    def note(self, event: SecurityEvent) -> None:
        """Write an event."""
        self.events.append(event)
