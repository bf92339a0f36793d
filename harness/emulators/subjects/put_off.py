"""What a device was told to do later: the latest word on each thing counts, by its own clock (GBCS 9.2).

Commands of every payload family wait in one queue. What they are about is its key: a COSEM activation
time, a ZCL cluster and command, or the message code of a command in ASN.1. A later command about the same
takes the place of an earlier one, and the time that never comes takes it back.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from harness.emulators.asn1_time import NEVER, moment_of
from harness.emulators.subjects.clock import Clock
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

Action = Callable[[Instant], None]


class PutOff:
    """What waits for its time. It outlives restarts, and what was due without power is done after it."""

    __slots__ = ("_device", "waiting")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.waiting: dict[Hashable, Action] = {}

    def put_off(self, key: Hashable, due: Instant, action: Action, now: Instant) -> None:
        """Do something when the device's clock shows a time, as soon as can be where that is past."""
        self.waiting[key] = action
        self._schedule(key, due, action, now)

    def put_off_until(self, message_code: int, when: str, action: Action, now: Instant) -> None:
        """Do what a command in ASN.1 asks for at its GeneralizedTime, or never."""
        self.cancel(message_code)
        if when != NEVER:
            self.put_off(message_code, moment_of(when), action, now)

    def cancel(self, key: Hashable) -> None:
        """Do not do what was put off."""
        self.waiting.pop(key, None)

    def _schedule(self, key: Hashable, due: Instant, action: Action, now: Instant) -> None:
        at = Instant(max(due - self._device.part(Clock).offset, now))
        self._device.schedule(at, lambda woken: self._carry_out(key, due, action, woken))

    def _carry_out(self, key: Hashable, due: Instant, action: Action, now: Instant) -> None:
        if self.waiting.get(key) is not action:
            return
        if self._device.part(Clock).now(now) < due:
            # The clock was set back since.
            self._schedule(key, due, action, now)
            return
        self.cancel(key)
        action(now)
