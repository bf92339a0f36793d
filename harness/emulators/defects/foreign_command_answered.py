"""A device that takes what it gets for its own."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Check, Exchange


def _ignore(exchange: Exchange) -> None:
    exchange.ignored |= {Check.RECIPIENT}


DEFECT: Final = Defect(
    id="foreign-command-answered",
    title="Carries out and answers a command that is addressed to another device",
    clause="GBCS 6.2.4, 7.2.7",
    field_defect=52,
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    before_verify=_ignore,
)
