"""The hub's device log: who may be on its network, and the backup of that (CHTS 4.5.1, 4.6.2.1).

It holds up to sixteen devices. What it holds beyond CHTS is read here as follows: adding a device that is
there already replaces what is known of its key; the log of the past keeps the last sixteen devices that
were taken off; a device that the log lets in joins as soon as joining is enabled, or as soon as it has
power while it is. Whatever changes the list is told to the access control broker with the whole list, as
a backup (CCS01 to CCS07, CS14).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from harness.emulators.membership import hashed_install_key, hashed_link_key
from harness.emulators.subjects.radio_channel import RadioChannel
from harness.network.clock import SECOND, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

CAPACITY: Final = 16


class LogChange(Enum):
    """What came of a change to the list."""

    DONE = auto()
    FULL = auto()
    NOT_LOGGED = auto()
    NOT_TO_BE_LOGGED = auto()
    """The hub itself, or the same device twice."""


@dataclass(frozen=True, slots=True)
class LoggedDevice:
    """A device that may be on the network: its entity identifier, and the hash of the key that it has.

    ``joined`` is whether it came in. In a backup only identifier and hash are told.
    """

    entity_id: bytes
    hashed_key: bytes
    joined: bool = False


class HubLog:
    """The list of one hub. Homes begin with all their devices in it, joined.

    ``network`` is the extended PAN identifier (8 octets), at first the hub's own; ``former`` what was
    taken off, oldest first.
    """

    __slots__ = ("_device", "_open_until", "devices", "former", "network")

    def __init__(self, device: EmulatedDevice) -> None:
        hub, partners = device.entity_id, device.template.kind.log_partners
        self._device = device
        self._open_until = device.template.start
        self.network = hub
        self.devices = [
            LoggedDevice(entity_id, hashed_link_key(hub, entity_id), joined=True)
            for entity_id, _ in device.surroundings.joined(partners)
        ]
        self.former: deque[LoggedDevice] = deque(maxlen=CAPACITY)

    def begin(self) -> None:
        """Be the log of a hub that nothing was joined with yet."""
        self.devices.clear()

    def find(self, entity_id: bytes) -> LoggedDevice | None:
        """The entry of a device, or None."""
        return next((one for one in self.devices if one.entity_id == entity_id), None)

    def add(self, entity_id: bytes, install_code: bytes, now: Instant) -> LogChange:
        """Let a device join with its install code, 16 octets."""
        if entity_id == self._device.entity_id:
            return LogChange.NOT_TO_BE_LOGGED
        known = self.find(entity_id)
        if known is None and len(self.devices) >= CAPACITY:
            return LogChange.FULL
        entry = LoggedDevice(entity_id, hashed_install_key(install_code))
        if known is None:
            self.devices.append(entry)
        else:
            self.devices[self.devices.index(known)] = entry
        self._let_in(now)
        return LogChange.DONE

    def remove(self, entity_id: bytes) -> LogChange:
        """Take a device off the list, and have it leave the network."""
        known = self.find(entity_id)
        if known is None:
            return LogChange.NOT_LOGGED
        self.devices.remove(known)
        self.former.append(known)
        self._device.surroundings.send_away(entity_id)
        return LogChange.DONE

    def restore(self, network: bytes, devices: tuple[LoggedDevice, ...], now: Instant) -> LogChange:
        """Take over a network with the devices of a backup, beside those on the list; all of them or none.

        Devices that were on that network find the hub by its identifier and come in with their old keys.
        """
        restored = {one.entity_id: one for one in devices}
        if len(restored) < len(devices) or self._device.entity_id in restored:
            return LogChange.NOT_TO_BE_LOGGED
        kept = [one for one in self.devices if one.entity_id not in restored]
        if len(kept) + len(devices) > CAPACITY:
            return LogChange.FULL
        self.network = network
        self.devices = [*kept, *(self._joining(one, now) for one in devices)]
        return LogChange.DONE

    def open(self, period: int, now: Instant) -> None:
        """Let devices of the list join for so many seconds from now on."""
        self._open_until = Instant(now + period * SECOND)
        self._let_in(now)

    def came(self, entity_id: bytes, now: Instant) -> None:
        """A device looks for a network, having been without power: it is let in while devices may join."""
        if now < self._open_until:
            self.devices = [
                self._joining(one, now) if one.entity_id == entity_id and not one.joined else one
                for one in self.devices
            ]

    def close(self) -> None:
        """Let nobody join."""
        self._open_until = self._device.template.start

    def _let_in(self, now: Instant) -> None:
        if now < self._open_until:
            self.devices = [one if one.joined else self._joining(one, now) for one in self.devices]

    def _joining(self, entry: LoggedDevice, now: Instant) -> LoggedDevice:
        """A device as it is once it was let in, or as it was if it did not come or there is no room."""
        surroundings, radio = self._device.surroundings, self._device.part(RadioChannel)
        if radio.is_full and surroundings.needs_sub_ghz(entry.entity_id):
            radio.turn_away(entry.entity_id, now)
            return entry
        if not surroundings.let_in(entry.entity_id, entry.hashed_key):
            return entry
        agreed = hashed_link_key(self._device.entity_id, entry.entity_id)
        return replace(entry, hashed_key=agreed, joined=True)
