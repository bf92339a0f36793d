"""One use case that any known party may use."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Check, Exchange

_BALANCE_RESETS: Final = frozenset({0x00B3, 0x00B4})
"""ECS04b and GCS40b, of which a meter has one."""


def _ignore(exchange: Exchange) -> None:
    if exchange.message.message_code in _BALANCE_RESETS:
        exchange.ignored |= {Check.ROLE}


DEFECT: Final = Defect(
    id="role-not-checked",
    title="Resets the meter balance for any party that it knows, a network operator included",
    clause="GBCS 6.2.4, 13.3",
    field_defect=38,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    before_verify=_ignore,
)
