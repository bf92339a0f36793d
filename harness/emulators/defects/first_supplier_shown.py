"""A meter that takes new contact details, and shows those that were written first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice, Shown

_ID: Final = "first-supplier-shown"


def _go_by_the_first(device: EmulatedDevice, shown: Shown) -> str | None:
    if shown.what is not Display.SUPPLIER or shown.text is None:
        return shown.text
    first: str = device.notes.setdefault(_ID, shown.text)
    return first


DEFECT: Final = Defect(
    id=_ID,
    title="Goes on showing the first supplier's name and number after a change of supplier",
    clause="SMETS2 4.6.4.4, 5.7.4.8",
    field_defect=None,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_display=_go_by_the_first,
)
