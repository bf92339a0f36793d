"""Readings at changes of payment mode or tariff: the part of the billing log that no calendar makes (ECS20b).

Several values that change at one moment are one event. What the account held is noted with the
registers, as neither can be worked out later.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.logs import Number, register_reading
from harness.emulators.subjects.prepayment import Account
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

DEPTH: Final = 12


@dataclass(frozen=True, slots=True)
class BillingEvent:
    """Registers and balances (millipence) at a moment."""

    at: Instant
    registers: tuple[Number, ...]
    balances: tuple[int, ...]


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
        balances = (held.emergency, held.meter, held.payment_debt, *held.time_debts, held.accumulated)
        self.events.append(BillingEvent(now, register_reading(self._device, now), balances))


def changed(device: EmulatedDevice) -> None:
    """A value that a bill depends on took another one: note that, next."""
    device.schedule(device.template.start, device.part(BillingEvents).note)
