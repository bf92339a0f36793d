"""ZCL commands that take effect later: by the time in them, or not after all (GBCS 9.2).

A command says when it takes effect in a field of its own, or its component does; those of one message
that say nothing go with the one before them. The latest word on a command counts, by cluster and command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.emulators.refusal import CommandRefused
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.putting_off import Cause, tell_instruction
from harness.network.clock import SECOND, Instant, utc_time_of

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange
    from harness.emulators.zcl.templates import Asked
    from harness.emulators.zcl_access import ZclCommand

EFFECT_FIELDS: Final = ("implementation_date_time", "start_time", "start_date_time")
"""Fields that say when a command takes effect."""
NEVER: Final = 0xFFFF_FFFE
"""This time and the one after it are never."""
_Key = tuple[int, int]


def time_in(asked: Asked) -> int | None:
    """When a command takes effect, in UTCTime; None where it does not say."""
    if asked.component.from_date_time is not None:
        return asked.component.from_date_time
    for field in asked.command.fields:
        if field.name in EFFECT_FIELDS and isinstance(field.value, int):
            return field.value
    return None


class Later:
    """What waits for its time, by cluster and command."""

    __slots__ = ("_device", "_waiting")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._waiting: dict[_Key, object] = {}

    def takes(self, exchange: Exchange, asked: Asked, row: ZclCommand, when: int | None) -> bool:
        """Put a command off, or take it back; False for one that takes effect at once."""
        if when is None or not exchange.ability.use_case.future_datable:
            return False
        key = (asked.component.cluster, asked.component.command)
        self._waiting.pop(key, None)
        if when >= NEVER:
            return True
        if when <= utc_time_of(self._device.part(Clock).now(exchange.now)):
            return False
        self._waiting[key] = token = object()
        self._schedule(key, token, (exchange, asked, row), Instant(when * SECOND))
        return True

    def _schedule(
        self, key: _Key, token: object, work: tuple[Exchange, Asked, ZclCommand], due: Instant
    ) -> None:
        exchange = work[0]
        at = Instant(max(due - self._device.part(Clock).offset, exchange.now))
        self._device.schedule(at, lambda now: self._carry_out(key, token, work, due, now))

    def _carry_out(
        self,
        key: _Key,
        token: object,
        work: tuple[Exchange, Asked, ZclCommand],
        due: Instant,
        now: Instant,
    ) -> None:
        if self._waiting.get(key) is not token:
            return
        exchange, asked, row = work
        exchange.now = now
        if self._device.part(Clock).now(now) < due:
            # The clock was set back since.
            self._schedule(key, token, work, due)
            return
        del self._waiting[key]
        try:
            row.act(exchange, asked)
            done = True
        except CommandRefused:
            done = False
        if time_in(asked) is not None:
            component = asked.component
            told = (component.cluster, component.frame_control, component.command)
            tell_instruction(self._device, Cause.of(exchange), told, now, done=done)
