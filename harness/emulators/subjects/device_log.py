"""The device log: which devices a device is joined to (GBCS 13.7, CS07)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.joining import DeviceLogEntry, DeviceLogResponse, ReadCode
from harness.emulators.asn1_answer import Asn1Answer

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange


class DeviceLog:
    """Entries in the order in which devices were joined. A home begins with all of them joined."""

    __slots__ = ("entries",)

    def __init__(self, device: EmulatedDevice) -> None:
        self.entries = [
            DeviceLogEntry(entity_id, role.device_type)
            for entity_id, role in device.surroundings.joined(device.template.kind.log_partners)
        ]


def _read(exchange: Exchange) -> None:
    """CS07: every entry."""
    exchange.response = DeviceLogResponse(ReadCode.SUCCESS, tuple(exchange.device.part(DeviceLog).entries))


READ_DEVICE_LOG: Final = Asn1Answer(_read)
