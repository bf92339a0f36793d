"""A device that takes the broker's word without hearing it."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Check, Exchange


def _ignore(exchange: Exchange) -> None:
    exchange.ignored |= {Check.MAC}


DEFECT: Final = Defect(
    id="mac-not-checked",
    title="Carries out commands whose MAC does not hold",
    clause="GBCS 6.2.2, 6.2.4",
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    before_verify=_ignore,
)
