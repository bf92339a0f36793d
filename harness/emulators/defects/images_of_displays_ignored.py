"""A hub from before displays and controllers could be updated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.gbcs.roles import DeviceRole

if TYPE_CHECKING:
    from harness.emulators.device import Arriving, EmulatedDevice

_UNKNOWN: Final = frozenset({DeviceRole.PPMID, DeviceRole.HCALCS})


def _ignore(_hub: EmulatedDevice, image: Arriving) -> bytes | None:
    return None if image.target in _UNKNOWN else image.image


DEFECT: Final = Defect(
    id="images-of-displays-ignored",
    title="A hub passes on no upgrade image for a PPMID or HCALCS, as firmware before theirs did not",
    clause="CHTS 4.5.2, GBCS 11.2, CCS08",
    field_defect=5,
    applies_to=frozenset({DeviceKind.COMMS_HUB}),
    on_image=_ignore,
)
