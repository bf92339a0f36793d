"""A parser that stops when it has what it wants."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Check, Exchange


def _ignore(exchange: Exchange) -> None:
    exchange.ignored |= {Check.TRAILING_OCTETS}


DEFECT: Final = Defect(
    id="trailing-octets-accepted",
    title="Accepts a command with octets behind its payload's end",
    clause="GBCS 6.2.4, 7.2.9",
    field_defect=51,
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    before_verify=_ignore,
)
