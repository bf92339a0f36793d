"""Event, security and power logs of a device, and what becomes of each event (GBCS 16.2, ECS25, GCS20).

Each log holds a hundred entries; the oldest gives way. What an event does by itself is in the table of
events; a supplier or network operator can set some of that, event by event.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.security_log import DEPTH, SecurityEvent, SecurityLog
from harness.gbcs.events import EventLog, EventRow, Treatment
from harness.network.clock import Instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.emulators.device import EmulatedDevice


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry: when by the device's clock, the event's code, and what else is noted of it.

    ``information`` is the message code of a command in the event log, a number of four octets (seconds
    that an outage lasted) in the power log, the originator of a message in the security log.
    """

    at: Instant
    code: int
    information: bytes = b""


class EventLogs:
    """Logs by their names, each oldest entry first."""

    __slots__ = ("_device", "_logs")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._logs: dict[EventLog, deque[Logged]] = {}

    def write(self, log: EventLog, entry: Logged) -> None:
        """Add an entry to a log."""
        if log is EventLog.SECURITY:
            event = SecurityEvent(entry.at, entry.code, entry.information)
            self._device.part(SecurityLog).note(event)
        else:
            self._logs.setdefault(log, deque(maxlen=DEPTH)).append(entry)

    def entries(self, log: EventLog) -> Iterable[Logged]:
        """What a log holds."""
        if log is EventLog.SECURITY:
            events = self._device.part(SecurityLog).events
            return [Logged(event.at, event.code, event.source) for event in events]
        return tuple(self._logs.get(log, ()))

    def clear(self, log: EventLog) -> None:
        """Forget what an event log or a power log holds. Nothing clears a security log."""
        self._logs.pop(log, None)


class EventSettings:
    """What parties set about events; what the table says where nobody set anything."""

    __slots__ = ("_set",)

    def __init__(self, _device: EmulatedDevice) -> None:
        self._set: dict[int, Treatment] = {}

    def of(self, row: EventRow) -> Treatment:
        """What the device does about an event."""
        return self._set.get(row.code, row.treatment)

    def put(self, row: EventRow, part: Treatment, wanted: Treatment) -> None:
        """Have some ``part`` of a treatment be as wanted, as far as it can be set for the event."""
        settable = part & (row.settable or _NOTHING)
        if settable:
            self._set[row.code] = self.of(row) & ~settable | wanted & settable


_NOTHING: Final = Treatment.NONE
