"""Readings at changes of payment mode or tariff: billing data that no calendar asks for (ECS20b, GCS15b).

Several values that change at one moment are one event. What the account held is noted with the
registers, as neither can be worked out later.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.logs import Log, Number, register_reading
from harness.emulators.subjects.prepayment import Account
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.subjects.ledger import Balances

DEPTH: Final = 12
CHANGES: Final = 0x6008
"""The cause of its snapshots in ZCL: payment mode, supplier, tariff."""


@dataclass(frozen=True, slots=True)
class BillingEvent:
    """Registers and what the account held at a moment."""

    at: Instant
    registers: tuple[Number, ...]
    balances: Balances


class BillingEvents:
    """Events, oldest first; the oldest gives way when the log is full."""

    __slots__ = ("_device", "events")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.events: deque[BillingEvent] = deque(maxlen=DEPTH)

    def note(self, now: Instant) -> None:
        """Something changed that a bill depends on."""
        if self.events and self.events[-1].at == now:
            return
        held = self._device.part(Account).at(now)
        self.events.append(BillingEvent(now, register_reading(self._device, now), held))


def changed(device: EmulatedDevice) -> None:
    """A value that a bill depends on took another one: note that, next."""
    device.schedule(device.template.start, device.part(BillingEvents).note)


def _stamps(device: EmulatedDevice, start: Instant, end: Instant, _now: Instant) -> Iterable[Instant]:
    return (one.at for one in device.part(BillingEvents).events if start <= one.at <= end)


def _registers(device: EmulatedDevice, stamp: Instant) -> tuple[Number, ...]:
    return next(one.registers for one in device.part(BillingEvents).events if one.at == stamp)


READ_AT_CHANGES: Final = Log(_stamps, _registers)
"""The registers of the events, as other logs have theirs."""
