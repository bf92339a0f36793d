"""Loss and return of the mains: how long it lasted, and the alert about it (SMETS2 5.5.12.6, ECS80)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.clock import date_time_of
from harness.emulators.subjects.supply import Supply
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import MINUTE, SECOND, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

LONG_OUTAGE: Final = 3 * MINUTE
_STATUS: Final = 0x00
_MOST: Final = 0xFFFF_FFFF


class Outage:
    """When the mains went, while they are gone; and when they were gone before."""

    __slots__ = ("_device", "began", "past")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.began: Instant | None = None
        self.past: list[tuple[Instant, Instant]] = []

    def touches(self, start: Instant, end: Instant) -> bool:
        """Whether the mains were gone at some time between two moments."""
        if self.began is not None and self.began < end:
            return True
        return any(began < end and ended > start for began, ended in self.past)

    def report(self, began: Instant, ended: Instant) -> None:
        """Tell the known parties of an outage that is over."""
        late = ended - began >= LONG_OUTAGE
        code = AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE if late else AlertCode.SUPPLY_RESTORED
        times = [
            Data(DataTag.OCTET_STRING, date_time_of(moment, _STATUS).to_octets()) for moment in (began, ended)
        ]
        lasted = min((ended - began) // SECOND, _MOST).to_bytes(4, "big")
        self._device.part(Alerts).event(code, ended, information=lasted, further=times)


def mains_changed(device: EmulatedDevice, now: Instant) -> None:
    """Follow the mains: stop or restart the registers, and report an outage once it is over."""
    device.part(Supply).mains(now)
    outage = device.part(Outage)
    if not device.powered:
        outage.began = now
        device.part(Alerts).event(AlertCode.SUPPLY_INTERRUPTED, now)
    elif outage.began is not None:
        outage.past.append((outage.began, now))
        outage.report(outage.began, now)
        outage.began = None
