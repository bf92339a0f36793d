"""One token, paid once: keyed in by the customer, and sent by the supplier."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.emulators.paying import token_in
from harness.emulators.subjects.top_up import TopUps


def _forget_tokens(exchange: Exchange, operation: Operation) -> Operation:
    if token_in(operation) is not None:
        exchange.device.part(TopUps).taken.clear()
    return operation


DEFECT: Final = Defect(
    id="token-counted-each-way",
    title="Takes a token over the network that was keyed in at the meter before",
    clause="SMETS2 4.5.3.18, 5.6.3.3, 5.7.5.39",
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_execute=_forget_tokens,
)
