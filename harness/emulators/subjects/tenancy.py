"""A change of tenancy: the house is not to see what was used before it (SMETS2 5.6.3.31, CHTS 4.5.4.10).

Remote parties go on reading all of it. The restriction is the meter's for electricity and the gas
proxy's for gas; one that lies ahead restricts nothing yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_date_time import CosemDateTime
from harness.emulators.cosem.objects import Objects
from harness.gbcs.use_case import obis_octets
from harness.network.clock import Instant, instant_of

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_RESTRICTED: Final = (1, obis_octets("0-0:94.44.3.2"), 2, False)


class Tenancy:
    """Since when the tenants are there. ``since`` is what a gas proxy was told, None for nothing."""

    __slots__ = ("_device", "since")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.since: Instant | None = None

    def hides(self, begun: Instant, now: Instant) -> bool:
        """Whether the house is not to see what began to be counted at a moment."""
        since = self.since or self._written()
        return since is not None and begun < since <= now

    def _written(self) -> Instant | None:
        """What an electricity meter was told (ECS12)."""
        written = self._device.part(Objects).written(_RESTRICTED)
        if written is None or not isinstance(written.value, bytes):
            return None
        try:
            return instant_of(CosemDateTime.from_octets(written.value).to_datetime())
        except (ValueError, OverflowError):
            return None
