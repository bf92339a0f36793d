"""Which devices of a home are on the hub's network, and what lets one come in (GBCS 13.7, CHTS 4.5.1).

A device joins with the key of its install code. One that was on the network of a hub that has been
replaced comes back with the hash of the key that it had there, which is what a backup of the hub's log
holds (ZigBee Smart Energy 1.x, 5.4.2.2.3). Joining gives it a new key with the hub that it joined.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Final

from harness.crypto.zigbee import aes_mmo, install_code_with_crc, link_key_of
from harness.emulators.identity import install_code_of

_KEY_LENGTH: Final = 16


@lru_cache(maxsize=4096)
def hashed_install_key(install_code: bytes) -> bytes:
    """The hash of the link key that an install code (16 octets, without CRC) gives."""
    return aes_mmo(link_key_of(install_code_with_crc(install_code)))


@lru_cache(maxsize=4096)
def link_key_between(hub: bytes, device: bytes) -> bytes:
    """The link key (16 octets) that a hub and a device (entity identifiers) agreed on when it joined."""
    return blake2b(hub + device, digest_size=_KEY_LENGTH, person=b"link key").digest()


@lru_cache(maxsize=4096)
def hashed_link_key(hub: bytes, device: bytes) -> bytes:
    """The hash of the link key between a hub and a device."""
    return aes_mmo(link_key_between(hub, device))


class Membership:
    """The devices that are away from the network (entity identifiers), and the hub that each knows."""

    __slots__ = ("_first_hub", "_hubs", "away")

    def __init__(self, hub: bytes) -> None:
        self._first_hub = hub
        self._hubs: dict[bytes, bytes] = {}
        self.away: set[bytes] = set()

    def leave(self, device: bytes) -> None:
        """Have a device leave the network."""
        self.away.add(device)

    def come_in(self, device: bytes, hub: bytes, hashed_key: bytes) -> bool:
        """Let a device join a hub that expects a key of it; say whether the device has that key."""
        last = hashed_link_key(self._hubs.get(device, self._first_hub), device)
        if hashed_key not in (last, hashed_install_key(install_code_of(device))):
            return False
        self._hubs[device] = hub
        self.away.discard(device)
        return True
