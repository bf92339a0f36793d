"""A display that takes a restriction of what it may show for an order to show nothing ever again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice, Shown

_ID: Final = "display-dark-after-tenancy"
_HISTORY: Final = frozenset({Display.YESTERDAY, Display.GAS_YESTERDAY})


def _forget(device: EmulatedDevice, shown: Shown) -> str | None:
    """What was there once and is hidden does not come back."""
    if shown.what not in _HISTORY:
        return shown.text
    hidden: dict[Display, bool] = device.notes.setdefault(_ID, {})
    if shown.text is not None:
        hidden.setdefault(shown.what, False)
    elif shown.what in hidden:
        hidden[shown.what] = True
    return None if hidden.get(shown.what) else shown.text


DEFECT: Final = Defect(
    id=_ID,
    title="Shows new tenants nothing of what they use, once the last ones' use was hidden",
    clause="SMETS2 5.6.3.31, 6.4.2, CHTS 4.5.4.10",
    applies_to=frozenset({DeviceKind.IHD, DeviceKind.PPMID}),
    on_display=_forget,
)
