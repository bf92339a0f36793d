"""The GPF's mirror of the gas meter: what the meter last reported, and when (CHTS 4.4.3, GBCS 10.3.3).

The meter reports whenever it wakes, to the proxy that it is joined with. A report is worked out when
somebody looks at the mirror, from the meter as it was at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.emulators.sleep import last_wake
from harness.emulators.subjects.device_log import DeviceLog
from harness.emulators.subjects.firmware import Firmware
from harness.emulators.subjects.registers import Registers
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice


@dataclass(frozen=True, slots=True)
class Report:
    """What the gas meter told the GPF: its register in dm³ and its firmware version, at a moment."""

    at: Instant
    consumption: int
    firmware_version: bytes


class Mirror:
    """The copy of the gas meter that the GPF keeps."""

    __slots__ = ("_device",)

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device

    def meter(self, now: Instant) -> tuple[EmulatedDevice, Instant] | None:
        """The meter and when it last reported; None where no gas meter that speaks is joined."""
        meter = self._device.surroundings.heard(DeviceRole.GSME, DeviceRole.GPF)
        if meter is None or self._device.part(DeviceLog).find(meter.entity_id) is None:
            return None
        return meter, last_wake(meter.template.phase, now)

    def latest(self, now: Instant) -> Report | None:
        """The meter's last report up to ``now``; None where no gas meter that speaks is joined."""
        known = self.meter(now)
        if known is None:
            return None
        meter, at = known
        return Report(at, meter.part(Registers).active_import(at), meter.part(Firmware).version_at(at))
