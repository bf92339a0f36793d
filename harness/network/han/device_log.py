"""Which devices may join: the hub's log, with the link key of each one's install code (CCS01, CCS02)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from harness.crypto.zigbee import ZigbeeSecurityError, link_key_of

MOST_DEVICES: Final = 16
"""Devices that a hub has room for (CHTS 4.4.2)."""


class LogOutcome(Enum):
    """What became of a request to add or remove a device."""

    DONE = auto()
    BAD_INSTALL_CODE = auto()
    FULL = auto()
    UNKNOWN = auto()


@dataclass(slots=True)
class LoggedDevice:
    """A device in the log: the key of its install code, and whether it has joined with it."""

    eui64: int
    install_key: bytes
    joined: bool = False


class DeviceLog:
    """The whitelist of one hub."""

    __slots__ = ("_devices", "room")

    def __init__(self, room: int = MOST_DEVICES) -> None:
        self.room = room
        self._devices: dict[int, LoggedDevice] = {}

    def add(self, eui64: int, install_code: bytes) -> LogOutcome:
        """Let a device join with its install code, which is given with its CRC."""
        try:
            key = link_key_of(install_code)
        except ZigbeeSecurityError:
            return LogOutcome.BAD_INSTALL_CODE
        if eui64 not in self._devices and len(self._devices) >= self.room:
            return LogOutcome.FULL
        self._devices[eui64] = LoggedDevice(eui64, key)
        return LogOutcome.DONE

    def enter(self, device: LoggedDevice) -> LogOutcome:
        """Put an entry in as it is, as when a log is restored."""
        if device.eui64 not in self._devices and len(self._devices) >= self.room:
            return LogOutcome.FULL
        self._devices[device.eui64] = device
        return LogOutcome.DONE

    def remove(self, eui64: int) -> LogOutcome:
        """Forget a device."""
        return LogOutcome.UNKNOWN if self._devices.pop(eui64, None) is None else LogOutcome.DONE

    def find(self, eui64: int) -> LoggedDevice | None:
        """The entry of a device, or None."""
        return self._devices.get(eui64)

    def devices(self) -> tuple[LoggedDevice, ...]:
        """All entries, oldest first."""
        return tuple(self._devices.values())
