"""New firmware over night, and a blank display in the morning; the meter itself answers as ever."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.asn1.firmware import ActivateFirmwareResponse, ActivationCode
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange


def _fall_silent(exchange: Exchange) -> None:
    response = exchange.response
    outcome = response.outcome if isinstance(response, ActivateFirmwareResponse) else None
    if outcome is not None and outcome.code is ActivationCode.SUCCESS:
        exchange.device.heard = False


DEFECT: Final = Defect(
    id="display-dark-after-update",
    title="Tells the displays in the home nothing any more once it runs new firmware",
    clause="SMETS2 5.5.14, 5.5.15",
    field_defect=24,
    applies_to=frozenset({DeviceKind.ESME}),
    before_encode=_fall_silent,
)
