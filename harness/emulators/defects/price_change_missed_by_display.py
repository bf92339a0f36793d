"""A display that asked for the price once, and goes by that for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.network.clock import DAY
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice, Shown

_ID: Final = "price-change-missed-by-display"


def _go_by_the_last(device: EmulatedDevice, shown: Shown) -> str | None:
    if shown.what is not Display.PRICE or shown.text is None:
        return shown.text
    text: str
    day, text = device.notes.get(_ID, (shown.at // DAY, shown.text))
    if day == shown.at // DAY:
        text = shown.text
    device.notes[_ID] = (day, text)
    return text


DEFECT: Final = Defect(
    id=_ID,
    title="Goes on showing the last price that it knew when another one comes into force at midnight",
    clause="SMETS2 6.4.2, 8.4.2",
    field_defect=26,
    applies_to=frozenset({DeviceKind.IHD, DeviceKind.PPMID}),
    on_display=_go_by_the_last,
)
