"""A replay floor for each use case, where there should be one for each party."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange


def _narrow(exchange: Exchange) -> None:
    exchange.counter_scope = (exchange.party, exchange.message.message_code)


DEFECT: Final = Defect(
    id="per-use-case-replay-counter",
    title="Keeps the replay counter per use case, so that an old command of another use case is accepted",
    clause="GBCS 4.3.1.5, 6.2.4",
    field_defect=35,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME, DeviceKind.SAPC}),
    before_verify=_narrow,
)
