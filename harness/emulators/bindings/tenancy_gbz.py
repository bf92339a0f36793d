"""A change of tenancy told to the gas proxy (GCS09)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.tenancy import Tenancy
from harness.emulators.zcl.tables import served
from harness.emulators.zcl_access import ZclAnswer, ZclCommand
from harness.network.clock import SECOND, Instant

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange
    from harness.emulators.zcl.templates import Asked

_NOW: Final = 0
_NEVER: Final = 0xFFFF_FFFF


def _change(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    seconds = asked.command["implementation_date_time"]
    tenancy = exchange.device.part(Tenancy)
    if seconds == _NOW:
        tenancy.since = exchange.now
    elif isinstance(seconds, int):
        tenancy.since = None if seconds == _NEVER else Instant(seconds * SECOND)
    return served(exchange, asked)


COMMANDS: Final = (ZclCommand(cluster=0x0708, command=0x00, act=_change, from_server=True),)
