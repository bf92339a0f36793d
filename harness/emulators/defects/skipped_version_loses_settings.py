"""Firmware that relies on what the version before it would have converted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.asn1.firmware import ActivateFirmwareResponse, ActivationCode
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.emulators.subjects.demand import MaximumDemand
from harness.emulators.subjects.firmware import Firmware
from harness.emulators.subjects.publications import Publications
from harness.network.clock import DAY

if TYPE_CHECKING:
    from harness.emulators.device import Arriving, EmulatedDevice

_ID: Final = "skipped-version-loses-settings"
_FLOW_LIMIT: Final = (0x0702, 0x0E)


def _notice(device: EmulatedDevice, image: Arriving) -> bytes:
    """A second image while the first one waits: the first will never have run."""
    device.notes[_ID] = device.part(Firmware).waiting is not None
    return image.image


def _lose(exchange: Exchange) -> None:
    response, device = exchange.response, exchange.device
    outcome = response.outcome if isinstance(response, ActivateFirmwareResponse) else None
    if outcome is None or outcome.code is not ActivationCode.SUCCESS or not device.notes.pop(_ID, False):
        return
    device.part(MaximumDemand).configure((0, int(DAY)), exchange.now)
    device.part(Publications).forget(*_FLOW_LIMIT)


DEFECT: Final = Defect(
    id=_ID,
    title="Loses settings when firmware is activated that came while another version waited to be",
    clause="GBCS 11.3, SMETS2 4.5.12, 5.5.14",
    field_defect=4,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_image=_notice,
    before_encode=_lose,
)
