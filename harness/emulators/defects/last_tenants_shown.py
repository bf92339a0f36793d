"""A display that remembers who lived here before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice, Shown

_ID: Final = "last-tenants-shown"
_HISTORY: Final = frozenset({Display.YESTERDAY, Display.GAS_YESTERDAY})


def _remember(device: EmulatedDevice, shown: Shown) -> str | None:
    if shown.what not in _HISTORY:
        return shown.text
    known: dict[Display, str] = device.notes.setdefault(_ID, {})
    if shown.text is not None:
        known[shown.what] = shown.text
    return known.get(shown.what)


DEFECT: Final = Defect(
    id=_ID,
    title="Goes on showing what was used before a change of tenancy, though its meter hides it",
    clause="SMETS2 5.6.3.31, 6.4.2, CHTS 4.5.4.10",
    field_defect=16,
    applies_to=frozenset({DeviceKind.IHD, DeviceKind.PPMID}),
    on_display=_remember,
)
