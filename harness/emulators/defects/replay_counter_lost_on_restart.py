"""Replay floors that live in volatile memory."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.emulators.subjects.counters import ReplayCounters

_ID: Final = "replay-counter-lost-on-restart"


def _forget(exchange: Exchange) -> None:
    device = exchange.device
    if device.notes.get(_ID, 0) != device.boots:
        device.notes[_ID] = device.boots
        device.part(ReplayCounters).forget()


DEFECT: Final = Defect(
    id=_ID,
    title="Loses the replay counters when it restarts",
    clause="GBCS 4.3.1.5",
    field_defect=36,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME, DeviceKind.SAPC}),
    before_verify=_forget,
)
