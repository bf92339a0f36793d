"""A device that is content with the broker's MAC."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Check, Exchange


def _ignore(exchange: Exchange) -> None:
    exchange.ignored |= {Check.SIGNATURE}


DEFECT: Final = Defect(
    id="signature-not-checked",
    title="Carries out critical commands whose MAC holds, whatever their signature",
    clause="GBCS 6.2.3, 6.2.4",
    field_defect=37,
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    before_verify=_ignore,
)
