"""Tokens told apart by the ten bits that a consumer types, where the whole counter should count."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.crypto.utrn import COUNTER_STEP
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.emulators.paying import token_in
from harness.emulators.subjects.top_up import TopUps

_SPAN: Final = 1 << 10


def _confuse(exchange: Exchange, operation: Operation) -> Operation:
    if token_in(operation) is not None:
        taken = exchange.device.part(TopUps).taken
        counter = exchange.message.originator_counter
        if any((counter - one) // COUNTER_STEP % _SPAN == 0 for one in taken) and counter not in taken:
            taken.append(counter)
    return operation


DEFECT: Final = Defect(
    id="token-counter-cut-short",
    title="Takes a new token for one that it had before where ten bits of their counters agree",
    clause="SMETS2 5.7.5.39, GBCS 14.3",
    field_defect=21,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_execute=_confuse,
)
