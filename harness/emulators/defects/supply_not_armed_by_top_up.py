"""Paid up, and still in the dark."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.emulators.paying import token_in
from harness.emulators.subjects.supply import Supply, SupplyState

_ID: Final = "supply-not-armed-by-top-up"


def _note(exchange: Exchange, operation: Operation) -> Operation:
    if token_in(operation) is not None:
        exchange.device.notes[_ID] = exchange.device.part(Supply).state
    return operation


def _stay_off(exchange: Exchange) -> None:
    supply = exchange.device.part(Supply)
    was = exchange.device.notes.pop(_ID, None)
    if was is SupplyState.DISABLED and supply.state is SupplyState.ARMED:
        supply.change(SupplyState.DISABLED, exchange.now)


DEFECT: Final = Defect(
    id=_ID,
    title="Leaves the supply disabled when a top-up brings the balance above the disablement threshold",
    clause="SMETS2 4.5.3.3, 5.5.7",
    field_defect=58,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_execute=_note,
    before_encode=_stay_off,
)
