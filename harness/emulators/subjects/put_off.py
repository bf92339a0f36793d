"""ASN.1 commands that were put off: one of each use case at a time, by the device's own clock (GBCS 9.2).

A later command of the use case takes the place of an earlier one, and the time that never comes
cancels it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.emulators.asn1_time import NEVER, moment_of
from harness.emulators.subjects.clock import Clock
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

Action = Callable[[Instant], None]


class PutOff:
    """What waits for its time, by message code."""

    __slots__ = ("_device", "_waiting")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._waiting: dict[int, Action] = {}

    def put_off(self, message_code: int, when: str, action: Action, now: Instant) -> None:
        """Do something at a GeneralizedTime, at once where that is past; never for the time that cancels."""
        self.cancel(message_code)
        if when != NEVER:
            self._waiting[message_code] = action
            self._schedule(message_code, moment_of(when), action, now)

    def cancel(self, message_code: int) -> None:
        """Do not do what was put off."""
        self._waiting.pop(message_code, None)

    def _schedule(self, message_code: int, due: Instant, action: Action, now: Instant) -> None:
        at = Instant(max(due - self._device.part(Clock).offset, now))
        self._device.schedule(at, lambda woken: self._carry_out(message_code, due, action, woken))

    def _carry_out(self, message_code: int, due: Instant, action: Action, now: Instant) -> None:
        if self._waiting.get(message_code) is not action:
            return
        if self._device.part(Clock).now(now) < due:
            # The clock was set back since.
            self._schedule(message_code, due, action, now)
            return
        self.cancel(message_code)
        action(now)
