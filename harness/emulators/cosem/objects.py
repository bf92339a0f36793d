"""Values of COSEM attributes that nothing else keeps: what was written, else what they held at first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from device_profiles.model import EsmeVariant
from harness.emulators.cosem.first_values import Origin

if TYPE_CHECKING:
    from harness.codecs.cosem_data import Data
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import CosemKey


class Objects:
    """Attributes by key."""

    __slots__ = ("_device", "_origin", "_values")

    def __init__(self, device: EmulatedDevice) -> None:
        template = device.template
        self._device = device
        self._origin = Origin(
            template.entity_id,
            template.start,
            second_element=template.variant is EsmeVariant.TWIN_ELEMENT,
        )
        self._values: dict[CosemKey, Data] = {}

    def value(self, key: CosemKey, first: Callable[[Origin], Data]) -> Data:
        """What an attribute holds; what ``first`` makes of the device's origin where nobody wrote it."""
        found = self._values.get(key)
        return first(self._origin) if found is None else found

    def written(self, key: CosemKey) -> Data | None:
        """What somebody wrote into an attribute; None for nothing."""
        return self._values.get(key)

    def put(self, key: CosemKey, value: Data) -> None:
        """Have an attribute hold a value."""
        self._values[key] = value
        changed = self._device.template.kind.watched.get(key)
        if changed is not None:
            changed(self._device)
