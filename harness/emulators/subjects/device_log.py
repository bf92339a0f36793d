"""The device log: which devices a device is joined to (GBCS 13.7 to 13.9, CS07; CHTS 4.4.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.joining import (
    DeviceLogEntry,
    DeviceLogResponse,
    JoinCode,
    ReadCode,
    UnjoinCode,
)
from harness.emulators.asn1_answer import Asn1Answer

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange

CAPACITY: Final = 16


class DeviceLog:
    """Entries in the order in which devices were joined. A home begins with all of them joined.

    The faults are what its memory fails with, None where it works; those of writing are of one entry each,
    by its device. ``capacity`` is how many entries it holds.
    """

    __slots__ = ("capacity", "entries", "read_fault", "unjoin_fault", "write_faults")

    def __init__(self, device: EmulatedDevice) -> None:
        self.entries = [
            DeviceLogEntry(entity_id, role.device_type)
            for entity_id, role in device.surroundings.joined(device.template.kind.log_partners)
        ]
        self.capacity = CAPACITY
        self.read_fault: ReadCode | None = None
        self.write_faults: dict[bytes, JoinCode] = {}
        self.unjoin_fault: UnjoinCode | None = None

    def begin(self) -> None:
        """Be the log of a device that nothing was joined with yet."""
        self.entries.clear()

    def find(self, entity_id: bytes) -> DeviceLogEntry | None:
        """The entry of a device, or None."""
        return next((entry for entry in self.entries if entry.device_id == entity_id), None)

    def room_for(self, entry: DeviceLogEntry) -> JoinCode:
        """Whether an entry can be added: success for one that is there already."""
        known = self.find(entry.device_id)
        if known is not None and known.device_type is not entry.device_type:
            return JoinCode.INCOMPATIBLE_WITH_EXISTING_ENTRY
        if known is None and len(self.entries) >= self.capacity:
            return JoinCode.DEVICE_LOG_FULL
        return self.write_faults.get(entry.device_id, JoinCode.SUCCESS)

    def add(self, entry: DeviceLogEntry) -> JoinCode:
        """Add an entry where there is room."""
        code = self.room_for(entry)
        if code is JoinCode.SUCCESS and entry not in self.entries:
            self.entries.append(entry)
        return code

    def remove(self, entity_id: bytes) -> UnjoinCode:
        """Remove the entry of a device."""
        entry = self.find(entity_id)
        if entry is None:
            return UnjoinCode.NOT_IN_DEVICE_LOG
        if self.unjoin_fault is not None:
            return self.unjoin_fault
        self.entries.remove(entry)
        return UnjoinCode.SUCCESS


def _read(exchange: Exchange) -> None:
    """CS07: every entry."""
    log = exchange.device.part(DeviceLog)
    if log.read_fault is not None:
        exchange.response = DeviceLogResponse(log.read_fault)
        return
    exchange.response = DeviceLogResponse(ReadCode.SUCCESS, tuple(log.entries))


READ_DEVICE_LOG: Final = Asn1Answer(_read)
