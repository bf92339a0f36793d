"""ZCL commands that take effect later: by the time in them, or not after all (GBCS 9.2).

A command says when it takes effect in a field of its own, or its component does; those of one message
that say nothing go with the one before them. The latest word on a command counts, by cluster and command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.emulators.refusal import CommandRefused
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.put_off import PutOff
from harness.emulators.subjects.putting_off import Cause, tell_instruction
from harness.network.clock import SECOND, Instant, utc_time_of

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange
    from harness.emulators.zcl.templates import Asked
    from harness.emulators.zcl_access import ZclCommand

EFFECT_FIELDS: Final = ("implementation_date_time", "start_time", "start_date_time")
"""Fields that say when a command takes effect."""
NEVER: Final = 0xFFFF_FFFE
"""This time and the one after it are never."""


def time_in(asked: Asked) -> int | None:
    """When a command takes effect, in UTCTime; None where it does not say."""
    if asked.component.from_date_time is not None:
        return asked.component.from_date_time
    for field in asked.command.fields:
        if field.name in EFFECT_FIELDS and isinstance(field.value, int):
            return field.value
    return None


def put_off(exchange: Exchange, asked: Asked, row: ZclCommand, when: int | None) -> bool:
    """Put a command off, or take it back; False for one that takes effect at once."""
    if when is None or not exchange.ability.use_case.future_datable:
        return False
    device, now = exchange.device, exchange.now
    queue, key = device.part(PutOff), (asked.component.cluster, asked.component.command)
    queue.cancel(key)
    if when >= NEVER:
        return True
    if when <= utc_time_of(device.part(Clock).now(now)):
        return False
    queue.put_off(key, Instant(when * SECOND), lambda due: _carry_out(exchange, asked, row, due), now)
    return True


def _carry_out(exchange: Exchange, asked: Asked, row: ZclCommand, now: Instant) -> None:
    exchange.now = now
    try:
        row.act(exchange, asked)
        done = True
    except CommandRefused:
        done = False
    if time_in(asked) is not None:
        component = asked.component
        told = (component.cluster, component.frame_control, component.command)
        tell_instruction(exchange.device, Cause.of(exchange), told, now, done=done)
